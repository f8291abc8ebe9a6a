"""Rounds of recognition (đợt xét), each of a place or an organisation, for one model and year."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, false, func, insert, or_, select, update

from lms_tracker.store import schema
from lms_tracker.store.reach import Reach, at_or_below

_TABLE = schema.rounds
# In the order of what happens.
OPEN, LISTED, SUBMITTED, DECIDED, CANCELLED = "open", "listed", "submitted", "decided", "cancelled"


@dataclass(frozen=True, slots=True)
class Round:
    """A row of `rounds`; days are local and inclusive, `minutes` and `submission` JSON text or empty."""

    id: int
    model: str
    year: int
    place_id: int | None
    organisation_id: int | None
    number: int
    title: str
    criteria_set_id: int
    area: str
    opens_on: date
    closes_on: date
    state: str
    minutes: str
    submission: str
    made_us: int
    made_by: bytes
    revision: int


_COLUMNS = [_TABLE.c[name] for name in Round.__dataclass_fields__]


def _read(connection: Connection, chosen: Any) -> list[Round]:
    return [
        Round(**{**row, "made_by": bytes(row["made_by"])}) for row in connection.execute(chosen).mappings()
    ]


def by_id(connection: Connection, number: int) -> Round | None:
    return by_ids(connection, [number]).get(number)


def by_ids(connection: Connection, numbers: Collection[int]) -> dict[int, Round]:
    found = _read(connection, select(*_COLUMNS).where(_TABLE.c.id.in_(numbers)))
    return {one.id: one for one in found}


def locked(connection: Connection, number: int) -> Round | None:
    """The round, whose state nobody else changes until this transaction ends."""
    chosen = select(*_COLUMNS).where(_TABLE.c.id == number).with_for_update()
    return next(iter(_read(connection, chosen)), None)


def within(reach: Reach) -> ColumnElement[bool]:
    """The condition that a round's place or organisation lies within reach."""
    if reach.everywhere:
        return or_(_TABLE.c.place_id.is_not(None), _TABLE.c.organisation_id.is_not(None))
    places, organisations = schema.places, schema.organisations
    there = or_(false(), *(at_or_below(places, path) for path in reach.place_paths))
    units = or_(false(), *(at_or_below(organisations, path) for path in reach.organisation_paths))
    # An organisation is within reach also where the place is that it is of.
    standing = organisations.c.place_id.in_(select(places.c.id).where(there))
    return or_(
        _TABLE.c.place_id.in_(select(places.c.id).where(there)),
        _TABLE.c.organisation_id.in_(select(organisations.c.id).where(or_(units, standing))),
    )


def listed(
    connection: Connection,
    reach: Reach,
    limit: int,
    offset: int = 0,
    *,
    year: int | None = None,
    model: str | None = None,
) -> list[Round]:
    """The rounds within reach, the newest first."""
    conditions = [within(reach)]
    if year is not None:
        conditions.append(_TABLE.c.year == year)
    if model is not None:
        conditions.append(_TABLE.c.model == model)
    chosen = select(*_COLUMNS).where(*conditions).order_by(_TABLE.c.year.desc(), _TABLE.c.id.desc())
    return _read(connection, chosen.limit(limit).offset(offset))


def open_at(
    connection: Connection,
    model: str,
    place_ids: Collection[int],
    organisation_ids: Collection[int],
    on: date,
) -> list[Round]:
    """Rounds of these places and organisations in which one may register on a day."""
    chosen = select(*_COLUMNS).where(
        _TABLE.c.model == model,
        _TABLE.c.state == OPEN,
        _TABLE.c.opens_on <= on,
        _TABLE.c.closes_on >= on,
        or_(_TABLE.c.place_id.in_(place_ids), _TABLE.c.organisation_id.in_(organisation_ids)),
    )
    return _read(connection, chosen.order_by(_TABLE.c.year, _TABLE.c.id))


def of_year(
    connection: Connection, model: str, year: int, place_id: int | None, organisation_id: int | None
) -> list[Round]:
    """The rounds of one place or organisation in a year, the first first."""
    chosen = select(*_COLUMNS).where(
        _TABLE.c.model == model, _TABLE.c.year == year, _whose(place_id, organisation_id)
    )
    return _read(connection, chosen.order_by(_TABLE.c.number))


def next_number(
    connection: Connection, model: str, year: int, place_id: int | None, organisation_id: int | None
) -> int:
    asked = select(func.max(_TABLE.c.number)).where(
        _TABLE.c.model == model, _TABLE.c.year == year, _whose(place_id, organisation_id)
    )
    return int(connection.execute(asked).scalar_one() or 0) + 1


def _whose(place_id: int | None, organisation_id: int | None) -> ColumnElement[bool]:
    if place_id is not None:
        return _TABLE.c.place_id == place_id
    return _TABLE.c.organisation_id == organisation_id


def add(connection: Connection, **values: Any) -> int:
    done = connection.execute(insert(_TABLE).values(**values, revision=0))
    key: Sequence[Any] = done.inserted_primary_key or ()
    return int(key[0])


def change(connection: Connection, one: Round, **values: Any) -> bool:
    """Change a round unless somebody changed it since it was read; answers whether this one did."""
    done = connection.execute(
        update(_TABLE)
        .where(_TABLE.c.id == one.id, _TABLE.c.revision == one.revision)
        .values(**values, revision=one.revision + 1)
    )
    return done.rowcount == 1
