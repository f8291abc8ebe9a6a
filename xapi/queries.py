"""The parameters of GET statements (xAPI-Communication 2.1.3)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from xapi import timestamps
from xapi.actors import Identified, read_agent
from xapi.faults import Fault, Refusal
from xapi.findings import Checker, excerpt, step_to
from xapi.iris import iri
from xapi.keys import statement_id_bytes, uuid

CLAUSE = "xAPI-Communication 2.1.3"
UNKNOWN = "xAPI-Communication 3.2"
FORMATS = ("ids", "exact", "canonical")
_BESIDE_ONE = frozenset({"statementId", "voidedStatementId", "attachments", "format"})
_MOST_LIMIT_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked for: one statement by id, or those that match every filter given.

    `since` (exclusive) and `until` (inclusive) are exact nanoseconds since the epoch, UTC; `limit` 0 asks for
    as many as the server allows.
    """

    statement_id: bytes | None = None
    voided_statement_id: bytes | None = None
    agent: Identified | None = None
    verb: str | None = None
    activity: str | None = None
    registration: bytes | None = None
    related_activities: bool = False
    related_agents: bool = False
    since: int | Fraction | None = None
    until: int | Fraction | None = None
    limit: int = 0
    format: str = "exact"
    attachments: bool = False
    ascending: bool = False


def read(parameters: Iterable[tuple[str, str]], version: str, *, own: Collection[str] = ()) -> Query:
    """The query that the names and values of a request ask for; `own` are names this LRS adds, left alone.

    Raises Refusal naming each wrong parameter: unknown, in another case, given twice, of a wrong form, or
    beside an id that it cannot stand beside.
    """
    faults: list[Fault] = []
    given: dict[str, Any] = {}
    seen: set[str] = set()
    for name, value in parameters:
        if name in own:
            continue
        reader = _readers.get(name)
        if reader is None:
            faults.append(_unknown(name, value))
            continue
        if name in seen:
            faults.append(
                Fault(
                    None,
                    name,
                    "parameter-twice",
                    "this parameter is given more than once",
                    excerpt(value),
                    UNKNOWN,
                )
            )
            continue
        seen.add(name)
        field, convert = reader
        try:
            given[field] = convert(name, value, version)
        except Refusal as refusal:
            faults.extend(refusal.faults)
    faults.extend(_clashes(seen))
    if faults:
        raise Refusal(faults)
    return Query(**given)


def read_statement_id(text: str) -> bytes:
    """The `statementId` parameter, as of PUT statements; a Refusal when it is not a UUID."""
    return _uuid("statementId", text, "")


def _clashes(seen: set[str]) -> Iterable[Fault]:
    if "statementId" in seen and "voidedStatementId" in seen:
        message = "statementId and voidedStatementId cannot be asked for together"
        yield Fault(None, "voidedStatementId", "parameter-combination", message, "both", CLAUSE)
    elif seen & {"statementId", "voidedStatementId"}:
        for name in sorted(seen - _BESIDE_ONE):
            message = "beside an id only attachments and format may stand"
            yield Fault(None, name, "parameter-combination", message, name, CLAUSE)


def _unknown(name: str, value: str) -> Fault:
    alike = next((known for known in _readers if known.lower() == name.lower()), None)
    if alike is not None:
        message = f"the parameter is written {alike}; case matters"
        return Fault(None, step_to(name), "parameter-case", message, excerpt(name), UNKNOWN)
    message = f"there is no such parameter; there are {', '.join(_readers)}"
    return Fault(None, step_to(name), "parameter-unknown", message, excerpt(value), UNKNOWN)


def _refusal(name: str, rule: str, message: str, got: str) -> Refusal:
    return Refusal([Fault(None, name, rule, message, excerpt(got), CLAUSE)])


def _checked(name: str, value: str, check: Checker) -> str:
    found = check(value)
    if found is not None:
        raise Refusal(Fault(None, name, bad.rule, bad.message, bad.got, bad.clause) for bad in found)
    return value


def _uuid(name: str, value: str, _: str) -> bytes:
    key = statement_id_bytes(_checked(name, value, uuid(CLAUSE)))
    assert key is not None
    return key


def _iri(name: str, value: str, _: str) -> str:
    return _checked(name, value, iri(CLAUSE))


def _agent(_: str, value: str, version: str) -> Identified:
    return read_agent(value, version)


def _boolean(name: str, value: str, _: str) -> bool:
    if value not in ("true", "false"):
        raise _refusal(name, "type-boolean", "expected true or false", value)
    return value == "true"


def _time(name: str, value: str, version: str) -> int | Fraction:
    # RFC 3339 5.6 lets a space stand for the "T"; a "+" that was not escaped arrives as a space too.
    text = value[:10] + "T" + value[11:] if value[10:11] == " " else value
    if text[-6:-5] == " ":
        text = text[:-6] + "+" + text[-5:]
    at = timestamps.parse(text, version)
    if at is None:
        raise _refusal(name, "timestamp", 'expected a timestamp such as "2026-11-22T14:00:00.000Z"', value)
    return at


def _limit(name: str, value: str, _: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= _MOST_LIMIT_DIGITS):
        raise _refusal(name, "type-integer", "expected a whole number of at least 0", value)
    return int(value)


def _format(name: str, value: str, _: str) -> str:
    if value not in FORMATS:
        raise _refusal(name, "enumeration", "expected ids, exact or canonical", value)
    return value


_readers: dict[str, tuple[str, Callable[[str, str, str], Any]]] = {
    "statementId": ("statement_id", _uuid),
    "voidedStatementId": ("voided_statement_id", _uuid),
    "agent": ("agent", _agent),
    "verb": ("verb", _iri),
    "activity": ("activity", _iri),
    "registration": ("registration", _uuid),
    "related_activities": ("related_activities", _boolean),
    "related_agents": ("related_agents", _boolean),
    "since": ("since", _time),
    "until": ("until", _time),
    "limit": ("limit", _limit),
    "format": ("format", _format),
    "attachments": ("attachments", _boolean),
    "ascending": ("ascending", _boolean),
}
