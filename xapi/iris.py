"""Absolute IRIs (RFC 3987): a scheme, then only the characters an IRI may hold (xAPI-Data 2.2, 4.3)."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from xapi.faults import MOST_FAULTS_OF_ONE
from xapi.findings import Checker, Finding, Findings, broken, together, under, wrong_type

CLAUSE = "xAPI-Data 4.3"

# ucschar and iprivate of RFC 3987 section 2.2: no surrogates, no non-characters, no C1 controls.
_UCS = (
    "\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
    + "".join(f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 14))
    + "\U000e1000-\U000efffd"
)
_PRIVATE = "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
_PLAIN = rf"A-Za-z0-9\-._~!$&'()*+,;={_UCS}"
_ESCAPE = "%[0-9A-Fa-f]{2}"

# Possessive quantifiers: a refusal takes time linear in the text.
_IRI = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.\-]*+:"
    rf"(?://(?:(?:[{_PLAIN}:]|{_ESCAPE})*+@)?"
    rf"(?:\[(?P<literal>[A-Za-z0-9:.!$&'()*+,;=_~\-]++)\]|(?:[{_PLAIN}]|{_ESCAPE})*+)(?::[0-9]*+)?(?=[/?#]|\Z)"
    rf"|(?!//))"
    rf"(?:[{_PLAIN}:@/]|{_ESCAPE})*+"
    rf"(?:\?(?:[{_PLAIN}:@/?{_PRIVATE}]|{_ESCAPE})*+)?"
    rf"(?:\#(?:[{_PLAIN}:@/?]|{_ESCAPE})*+)?"
)
_FUTURE_ADDRESS = re.compile(r"[vV][0-9A-Fa-f]+\.[A-Za-z0-9\-._~!$&'()*+,;=:]+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_NEVER_IN_IRI = re.compile(rf"[^{_PLAIN}:@/?#\[\]%{_PRIVATE}]")

_MOST_REMEMBERED = 20_000
_LONGEST_REMEMBERED = 300
_known: set[str] = set()


def is_iri(value: str) -> bool:
    """True for an absolute IRI."""
    if value in _known:
        return True
    match = _IRI.fullmatch(value)
    if match is None or (match["literal"] is not None and not _is_address(match["literal"])):
        return False
    if len(value) <= _LONGEST_REMEMBERED:
        if len(_known) >= _MOST_REMEMBERED:
            _known.clear()
        _known.add(value)
    return True


def _is_address(literal: str) -> bool:
    if _FUTURE_ADDRESS.fullmatch(literal):
        return True
    try:
        ipaddress.IPv6Address(literal)
    except ValueError:
        return False
    return True


def iri(clause: str) -> Checker:
    """A checker for a property that holds an absolute IRI."""

    def check(value: Any) -> Findings:
        if type(value) is not str:
            return wrong_type("a string", value, clause)
        return None if value in _known or is_iri(value) else why_not(value, clause)

    return check


def why_not(value: str, clause: str) -> list[Finding]:
    """The finding for a string that is not an absolute IRI, naming the first cause."""
    if not _SCHEME.match(value):
        return broken("iri-absolute", "expected an absolute IRI with a scheme", value, clause)
    odd = _NEVER_IN_IRI.search(value)
    if odd is not None:
        message = f"expected an IRI; U+{ord(odd[0]):04X} at character {odd.start() + 1} has to be escaped"
        return broken("iri-characters", message, value, clause)
    return broken("iri-form", "expected an IRI as RFC 3987 defines it", value, clause)


def extensions(clause: str) -> Checker:
    """An extensions map: keys are IRIs, values are any JSON at all (xAPI-Data 4.1)."""

    def check(value: Any) -> Findings:
        if type(value) is not dict:
            return wrong_type("an object", value, clause)
        found: Findings = None
        for key in value:
            if key not in _known and not is_iri(key):
                found = together(found, under(key, why_not(key, clause)))
                if len(found or ()) >= MOST_FAULTS_OF_ONE:
                    return found
        return found

    return check
