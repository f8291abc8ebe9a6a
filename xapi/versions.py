"""The versions of the specification: of a request's header and of a statement (xAPI-Communication 3.3)."""

from __future__ import annotations

import re
from typing import Any

from xapi.faults import Fault, Refusal
from xapi.findings import ABSENT, Checker, Findings, broken, excerpt, wrong_type

V1 = "1.0.3"
V2 = "2.0.0"
_CLAUSE = "xAPI-Communication 3.3"
_FIRST = re.compile(r"1\.0(?:\.(?:0|[1-9][0-9]{0,8})(?:[-+][0-9A-Za-z.+-]{1,64})?)?")
_SECOND = re.compile(r"2\.0(?:\.(?:0|[1-9][0-9]{0,8})(?:[-+][0-9A-Za-z.+-]{1,64})?)?")


def negotiate(header: str | None, default: str | None) -> str:
    """The family of a request, "1.0.3" or "2.0.0", from its X-Experience-API-Version header.

    Without a header it is `default`; a Refusal where there is none, or for any version we do not speak.
    """
    if header is None:
        if default is not None:
            return negotiate(default, None)
        raise _refusal("the request needs the header X-Experience-API-Version", ABSENT)
    asked = header.strip(" \t")
    if _FIRST.fullmatch(asked):
        return V1
    if _SECOND.fullmatch(asked):
        return V2
    raise _refusal("expected version 1.0, 1.0.x, 2.0 or 2.0.x", excerpt(header))


def _refusal(message: str, got: str) -> Refusal:
    return Refusal([Fault(None, "X-Experience-API-Version", "version", message, got, _CLAUSE)])


def version(family: str) -> Checker:
    """A checker for a statement's `version` (xAPI-Data 2.4.10).

    A 2.0 LRS takes statements of 1.0 as well: their data model is a part of its own.
    """
    patterns = (_FIRST,) if family == V1 else (_FIRST, _SECOND)
    expected = "1.0 or 1.0.x" if family == V1 else "2.0, 2.0.x, 1.0 or 1.0.x"

    def check(value: Any) -> Findings:
        if type(value) is not str:
            return wrong_type("a string", value, "xAPI-Data 2.4.10")
        if any(pattern.fullmatch(value) for pattern in patterns):
            return None
        return broken("version", f"expected {expected}", value, "xAPI-Data 2.4.10")

    return check
