"""What a statement says about its attachments (xAPI-Data 2.4.11)."""

from __future__ import annotations

import re
from typing import Any

from xapi.findings import Checker, Findings, broken, wrong_type
from xapi.iris import iri
from xapi.languages import language_map
from xapi.shapes import array_of, record, whole_number

ATTACHMENT = "xAPI-Data 2.4.11"

_TOKEN = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
_QUOTED = r'"(?:[^"\\\x00-\x1f]|\\[\x20-\x7e])*+"'
# Possessive, so that blanks between semicolons cannot be shared out in ever more ways.
_MEDIA_TYPE = re.compile(
    rf"{_TOKEN}/{_TOKEN}(?:[ \t]*+;[ \t]*+(?:{_TOKEN}=(?:{_TOKEN}|{_QUOTED}))?+)*+[ \t]*+"
)
_HEX = re.compile(r"[0-9a-fA-F]+")
_SHA2_LENGTHS = (64, 96, 128, 56)


def _media_type(value: Any) -> Findings:
    if type(value) is not str:
        return wrong_type("a string", value, ATTACHMENT)
    if _MEDIA_TYPE.fullmatch(value) is not None:
        return None
    return broken("media-type", 'expected a media type such as "text/plain"', value, ATTACHMENT)


def _sha2(value: Any) -> Findings:
    if type(value) is not str:
        return wrong_type("a string", value, ATTACHMENT)
    if len(value) in _SHA2_LENGTHS and _HEX.fullmatch(value) is not None:
        return None
    message = "expected the SHA-2 hash of the data as 64 hexadecimal digits (or 56, 96, 128)"
    return broken("sha2", message, value, ATTACHMENT)


_attachment = record(
    ATTACHMENT,
    {
        "usageType": iri(ATTACHMENT),
        "display": language_map(ATTACHMENT),
        "description": language_map(ATTACHMENT),
        "contentType": _media_type,
        "length": whole_number(ATTACHMENT),
        "sha2": _sha2,
        "fileUrl": iri(ATTACHMENT),
    },
    required=("usageType", "display", "contentType", "length", "sha2"),
    called="an attachment",
)

attachments: Checker = array_of(_attachment, ATTACHMENT)
