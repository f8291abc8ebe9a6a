"""What a statement says about its attachments (xAPI-Data 2.4.11)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from xapi.findings import Checker, Finding, Findings, broken, excerpt, wrong_type
from xapi.iris import iri
from xapi.languages import language_map
from xapi.shapes import array_of, record, whole_number

ATTACHMENT = "xAPI-Data 2.4.11"
EXCHANGE = "xAPI-Communication 1.5.2"

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


def attachments_of(statement: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Path and value of each attachment of a valid statement, those of its SubStatement after its own."""
    for holder, above in ((statement, ""), (statement["object"], "object.")):
        for place, one in enumerate(holder.get("attachments", ())):
            yield f"{above}attachments[{place}]", one


def without_data(statement: dict[str, Any], attached: Collection[str]) -> Findings:
    """An attachment's data came along, `attached` in lowercase, or are at a fileUrl."""
    # On the hot path nearly every statement has none.
    if "attachments" not in statement and "attachments" not in statement["object"]:
        return None
    message = "the attachment's data did not come with the request, and it names no fileUrl"
    return [
        Finding(path, "attachment-data", message, excerpt(one["sha2"]), EXCHANGE)
        for path, one in attachments_of(statement)
        if "fileUrl" not in one and one["sha2"].lower() not in attached
    ] or None
