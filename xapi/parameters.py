"""The parameters of a request: named exactly, given once, each of its form (xAPI-Communication 3.2)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from fractions import Fraction
from typing import Any
from urllib.parse import unquote_to_bytes

from xapi import timestamps
from xapi.actors import Identified, read_agent
from xapi.faults import MOST_FAULTS_OF_ONE, Fault, Refusal
from xapi.findings import Checker, excerpt, step_to
from xapi.iris import iri as iri_checker
from xapi.keys import statement_id_bytes
from xapi.keys import uuid as uuid_checker

UNKNOWN = "xAPI-Communication 3.2"

# From the name, the value and the version of the request to what it stands for; raises Refusal.
Reader = Callable[[str, str, str], Any]


def read(
    parameters: Iterable[tuple[str, str]],
    readers: Mapping[str, Reader],
    version: str,
    *,
    own: Collection[str] = (),
) -> tuple[dict[str, Any], set[str], list[Fault]]:
    """What each parameter stands for, the names that came whatever their value, and what is wrong.

    A fault names a parameter that is unknown, in another case, given twice or of a wrong form. `own` are
    names that this LRS adds; they are left alone. After many faults the rest is not looked at.
    """
    faults: list[Fault] = []
    values: dict[str, Any] = {}
    seen: set[str] = set()
    for name, text in parameters:
        if name in own:
            continue
        if name not in readers:
            faults.append(_unknown(name, text, readers))
        elif name in seen:
            message = "this parameter is given more than once"
            faults.append(Fault(None, name, "parameter-twice", message, excerpt(text), UNKNOWN))
        else:
            seen.add(name)
            try:
                values[name] = readers[name](name, text, version)
            except Refusal as refusal:
                faults.extend(refusal.faults)
        if len(faults) >= MOST_FAULTS_OF_ONE:
            break
    return values, seen, faults


def demand_utf8(query: bytes) -> None:
    """Raise a Refusal unless what a query stands for is UTF-8 (RFC 3987 3.1), names and values alike.

    Whoever decodes it later cannot tell such bytes from their escapes in letters, or replaces them.
    """
    if b"%" not in query and query.isascii():
        return
    try:
        unquote_to_bytes(query).decode()
    except UnicodeDecodeError as problem:
        found = f"byte 0x{problem.object[problem.start]:02x}"
        message = "expected parameters in UTF-8, whose bytes are escaped with %"
        raise Refusal([Fault(None, "", "encoding-utf8", message, found, UNKNOWN)]) from None


def _unknown(name: str, text: str, readers: Mapping[str, Reader]) -> Fault:
    alike = next((known for known in readers if known.lower() == name.lower()), None)
    if alike is not None:
        message = f"the parameter is written {alike}; case matters"
        return Fault(None, step_to(name), "parameter-case", message, excerpt(name), UNKNOWN)
    message = f"there is no such parameter; there are {', '.join(readers)}"
    return Fault(None, step_to(name), "parameter-unknown", message, excerpt(text), UNKNOWN)


def refusal(name: str, rule: str, message: str, got: str, clause: str) -> Refusal:
    """A parameter of a wrong form."""
    return Refusal([Fault(None, name, rule, message, excerpt(got), clause)])


def _checked(name: str, value: str, check: Checker) -> str:
    found = check(value)
    if found is not None:
        raise Refusal(Fault(None, name, bad.rule, bad.message, bad.got, bad.clause) for bad in found)
    return value


def uuid(clause: str) -> Reader:
    """A UUID as its 16 bytes."""
    check = uuid_checker(clause)

    def convert(name: str, value: str, _: str) -> bytes:
        key = statement_id_bytes(_checked(name, value, check))
        assert key is not None
        return key

    return convert


def iri(clause: str) -> Reader:
    """An absolute IRI."""
    check = iri_checker(clause)

    def convert(name: str, value: str, _: str) -> str:
        return _checked(name, value, check)

    return convert


def agent(_: str, value: str, version: str) -> Identified:
    """An Agent or identified Group as JSON."""
    return read_agent(value, version)


def time(clause: str) -> Reader:
    """A timestamp as exact nanoseconds since the epoch, UTC."""

    def convert(name: str, value: str, version: str) -> int | Fraction:
        # RFC 3339 5.6 lets a space stand for the "T"; a "+" that was not escaped arrives as a space too.
        text = value[:10] + "T" + value[11:] if value[10:11] == " " else value
        if text[-6:-5] == " ":
            text = text[:-6] + "+" + text[-5:]
        at = timestamps.parse(text, version)
        if at is None:
            message = 'expected a timestamp such as "2026-11-22T14:00:00.000Z"'
            raise refusal(name, "timestamp", message, value, clause)
        return at

    return convert
