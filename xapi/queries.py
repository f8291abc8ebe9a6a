"""The parameters of GET statements (xAPI-Communication 2.1.3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction

from xapi import parameters
from xapi.actors import Identified
from xapi.faults import Fault, Refusal

CLAUSE = "xAPI-Communication 2.1.3"
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


def read(given: Iterable[tuple[str, str]], version: str, *, own: Collection[str] = ()) -> Query:
    """The query that the names and values of a request ask for; `own` are names this LRS adds, left alone.

    Raises Refusal naming each wrong parameter: unknown, in another case, given twice, of a wrong form, or
    beside an id that it cannot stand beside.
    """
    values, seen, faults = parameters.read(given, _readers, version, own=own)
    faults.extend(_clashes(seen))
    if faults:
        raise Refusal(faults)
    return Query(**{_FIELDS.get(name, name): value for name, value in values.items()})


def read_statement_id(text: str) -> bytes:
    """The `statementId` parameter, as of PUT statements; a Refusal when it is not a UUID."""
    key: bytes = _uuid("statementId", text, "")
    return key


def _clashes(seen: set[str]) -> Iterable[Fault]:
    if "statementId" in seen and "voidedStatementId" in seen:
        message = "statementId and voidedStatementId cannot be asked for together"
        yield Fault(None, "voidedStatementId", "parameter-combination", message, "both", CLAUSE)
    elif seen & {"statementId", "voidedStatementId"}:
        for name in sorted(seen - _BESIDE_ONE):
            message = "beside an id only attachments and format may stand"
            yield Fault(None, name, "parameter-combination", message, name, CLAUSE)


def _boolean(name: str, value: str, _: str) -> bool:
    # TinCanPython writes the words as Python does.
    if value not in ("true", "false", "True", "False"):
        raise parameters.refusal(name, "type-boolean", "expected true or false", value, CLAUSE)
    return value in ("true", "True")


def _limit(name: str, value: str, _: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise parameters.refusal(name, "type-integer", "expected a whole number of at least 0", value, CLAUSE)
    digits = value.lstrip("0")
    # More than any server holds, and than a number of the database: all that it allows.
    return int(digits or "0") if len(digits) <= _MOST_LIMIT_DIGITS else 0


def _format(name: str, value: str, _: str) -> str:
    if value not in FORMATS:
        raise parameters.refusal(name, "enumeration", "expected ids, exact or canonical", value, CLAUSE)
    return value


_uuid = parameters.uuid(CLAUSE)
_iri = parameters.iri(CLAUSE)
_time = parameters.time(CLAUSE)
_FIELDS = {"statementId": "statement_id", "voidedStatementId": "voided_statement_id"}
_readers: dict[str, parameters.Reader] = {
    "statementId": _uuid,
    "voidedStatementId": _uuid,
    "agent": parameters.agent,
    "verb": _iri,
    "activity": _iri,
    "registration": _uuid,
    "related_activities": _boolean,
    "related_agents": _boolean,
    "since": _time,
    "until": _time,
    "limit": _limit,
    "format": _format,
    "attachments": _boolean,
    "ascending": _boolean,
}
