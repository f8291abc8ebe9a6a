"""Language tags (RFC 5646) and language maps (xAPI-Data 4.2)."""

from __future__ import annotations

import re
from typing import Any

from xapi.faults import MOST_FAULTS_OF_ONE
from xapi.findings import Checker, Finding, Findings, broken, together, under, wrong_type

CLAUSE = "xAPI-Data 4.2"

_GRANDFATHERED = (
    "en-GB-oed|i-ami|i-bnn|i-default|i-enochian|i-hak|i-klingon|i-lux|i-mingo|i-navajo|i-pwn|i-tao|i-tay|"
    "i-tsu|sgn-BE-FR|sgn-BE-NL|sgn-CH-DE|art-lojban|cel-gaulish|no-bok|no-nyn|zh-guoyu|zh-hakka|zh-min|"
    "zh-min-nan|zh-xiang"
)
_TAG = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})"
    r"(?:-[a-z]{4})?"
    r"(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"
    r"(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*"
    r"(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+"
    rf"|{_GRANDFATHERED}",
    re.IGNORECASE | re.ASCII,
)
_LONGEST_TAG = 250
_MOST_REMEMBERED = 2_000
_known: set[str] = set()


def is_tag(value: str) -> bool:
    """True for a well-formed tag; case does not matter (RFC 5646 2.1, 2.1.1)."""
    if value in _known:
        return True
    if len(value) > _LONGEST_TAG or _TAG.fullmatch(value) is None:
        return False
    if len(_known) >= _MOST_REMEMBERED:
        _known.clear()
    _known.add(value)
    return True


def tag(clause: str) -> Checker:
    """A checker for a property that holds one language tag."""

    def check(value: Any) -> Findings:
        if type(value) is not str:
            return wrong_type("a string", value, clause)
        return None if value in _known or is_tag(value) else _not_a_tag(value, clause)

    return check


def language_map(clause: str) -> Checker:
    """A checker for an object of language tags and strings."""

    def check(value: Any) -> Findings:
        if type(value) is not dict:
            return wrong_type("an object", value, clause)
        found: Findings = None
        for key, words in value.items():
            if key not in _known and not is_tag(key):
                found = together(found, under(key, _not_a_tag(key, CLAUSE)))
            if type(words) is not str:
                found = together(found, under(key, wrong_type("a string", words, CLAUSE)))
            if found is not None and len(found) >= MOST_FAULTS_OF_ONE:
                return found
        return found

    return check


def _not_a_tag(value: str, clause: str) -> list[Finding]:
    message = 'expected a language tag of RFC 5646, such as "vi" or "en-US"'
    return broken("language-tag", message, value, clause)
