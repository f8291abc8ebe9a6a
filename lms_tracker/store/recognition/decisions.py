"""Numbered decisions, each of which covers many names."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, extract, func, insert, select

from lms_tracker.store import dialects, schema

_TABLE = schema.decisions
RECOGNITION, REVOCATION, APPEAL, AWARD = "recognition", "revocation", "appeal", "award"


@dataclass(frozen=True, slots=True)
class Decision:
    """A row of `decisions`; `decided_on` is the local day that the document bears."""

    id: int
    kind: str
    round_id: int | None
    place_id: int | None
    organisation_id: int | None
    number: str
    decided_on: date
    authority: str
    signed_by: str
    why: str
    content_key: bytes | None
    content_type: str | None
    content_name: str | None
    made_us: int
    made_by: bytes
    form_key: bytes


_NAMES = tuple(Decision.__dataclass_fields__)
_COLUMNS = [_TABLE.c[name] for name in _NAMES]
_KEYS = ("content_key", "made_by", "form_key")


def _read(connection: Connection, *conditions: ColumnElement[bool], limit: int = 1_000) -> list[Decision]:
    chosen = select(*_COLUMNS).where(*conditions).order_by(_TABLE.c.id).limit(limit)
    found = []
    for row in connection.execute(chosen).mappings():
        values: dict[str, Any] = dict(row)
        for name in _KEYS:
            values[name] = None if values[name] is None else bytes(values[name])
        found.append(Decision(**values))
    return found


def by_id(connection: Connection, number: int) -> Decision | None:
    return next(iter(_read(connection, _TABLE.c.id == number)), None)


def by_ids(connection: Connection, numbers: Collection[int]) -> dict[int, Decision]:
    found: dict[int, Decision] = {}
    for part in dialects.chunks(list(numbers), 900):
        found |= {one.id: one for one in _read(connection, _TABLE.c.id.in_(part))}
    return found


def by_form(connection: Connection, form_key: bytes) -> Decision | None:
    """The decision that was made of this form."""
    return next(iter(_read(connection, _TABLE.c.form_key == form_key)), None)


def of_round(connection: Connection, round_id: int) -> list[Decision]:
    """The decisions about a round, the first first."""
    return _read(connection, _TABLE.c.round_id == round_id)


def lock(connection: Connection) -> None:
    """Let nobody else decide until this transaction ends: numbers and titles of the year are compared."""
    dialects.lock_table(connection, _TABLE)


def is_taken(
    connection: Connection, number: str, year: int, place_id: int | None, organisation_id: int | None
) -> bool:
    """Whether a decision of this place or organisation in a year bears this number, however it is spaced."""
    whose = (
        _TABLE.c.place_id == place_id if place_id is not None else _TABLE.c.organisation_id == organisation_id
    )
    # Honours are entered from decisions of many bodies, each with numbers of its own.
    own = _TABLE.c.kind != AWARD
    asked = select(_TABLE.c.number).where(whose, own, extract("year", _TABLE.c.decided_on) == year)
    wanted = plain(number)
    return any(plain(text) == wanted for text in connection.execute(asked).scalars())


def plain(number: str) -> str:
    """A number of a document as it is compared: "12/QĐ-UBND" and "12 / qđ-ubnd" are one."""
    return "".join(number.split()).casefold()


def add(connection: Connection, **values: Any) -> int:
    done = connection.execute(insert(_TABLE).values(**values))
    key: Sequence[Any] = done.inserted_primary_key or ()
    return int(key[0])


def sizes(connection: Connection, numbers: Sequence[int]) -> dict[int, dict[str, int]]:
    """How many recognitions of each result these decisions hold."""
    found: dict[int, dict[str, int]] = {number: {} for number in numbers}
    table = schema.recognitions
    rows = connection.execute(
        select(table.c.decision_id, table.c.result, func.count())
        .where(table.c.decision_id.in_(numbers))
        .group_by(table.c.decision_id, table.c.result)
    )
    for number, result, count in rows:
        found[number][result] = int(count)
    return found
