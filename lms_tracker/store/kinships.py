"""Households and clans, and who belongs to them from one day to another."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from lms_tracker.learning import names
from lms_tracker.store import dialects, places, schema

HOUSEHOLD, CLAN = "household", "clan"
KINDS = (HOUSEHOLD, CLAN)
_TABLE, _MEMBER, _PLACE = schema.kinships, schema.kinship_members, schema.places


@dataclass(frozen=True, slots=True)
class Kinship:
    id: int
    kind: str
    name: str
    place_id: int


@dataclass(frozen=True, slots=True)
class Membership:
    """That somebody belongs or belonged to a household or clan; dates are inclusive, None is open."""

    id: int
    person_key: bytes
    relation: str
    since: date | None
    until: date | None
    kinship: Kinship


@dataclass(frozen=True, slots=True)
class Counted:
    """A household or clan in a list, with how many belong to it on the day."""

    kinship: Kinship
    members: int
    sort_key: str


_COLUMNS = (_TABLE.c.id, _TABLE.c.kind, _TABLE.c.name, _TABLE.c.place_id)


def below(connection: Connection, path: str) -> list[Kinship]:
    """Every household and clan of the place with this path and of all below it."""
    rows = connection.execute(
        select(*_COLUMNS)
        .select_from(_TABLE.join(_PLACE, _PLACE.c.id == _TABLE.c.place_id))
        .where(places.within(_PLACE.c.path, path))
    )
    return [Kinship(*row) for row in rows]


def of(connection: Connection, number: int) -> Kinship | None:
    row = connection.execute(select(*_COLUMNS).where(_TABLE.c.id == number)).first()
    return Kinship(*row) if row else None


def holds(on: date) -> ColumnElement[bool]:
    """The condition that a membership holds on a day."""
    since, until = _MEMBER.c.since, _MEMBER.c.until
    return and_(or_(since.is_(None), since <= on), or_(until.is_(None), until >= on))


def _memberships(connection: Connection, *conditions: ColumnElement[bool]) -> list[Membership]:
    rows = connection.execute(
        select(
            _MEMBER.c.id, _MEMBER.c.person_key, _MEMBER.c.relation, _MEMBER.c.since, _MEMBER.c.until,
            *_COLUMNS,
        )
        .select_from(_MEMBER.join(_TABLE, _TABLE.c.id == _MEMBER.c.kinship_id))
        .where(*conditions)
        .order_by(_MEMBER.c.id)
    )  # fmt: skip
    return [
        Membership(number, bytes(key), relation, since, until, Kinship(*kinship))
        for number, key, relation, since, until, *kinship in rows
    ]


def open_below(connection: Connection, path: str) -> list[Membership]:
    """Who belongs to the households and clans of a place and of all below it, without a last day."""
    inside = select(_TABLE.c.id).join(_PLACE, _PLACE.c.id == _TABLE.c.place_id)
    numbers = inside.where(places.within(_PLACE.c.path, path))
    return _memberships(connection, _MEMBER.c.kinship_id.in_(numbers), _MEMBER.c.until.is_(None))


def of_person(connection: Connection, person_key: bytes) -> list[Membership]:
    return _memberships(connection, _MEMBER.c.person_key == person_key)


def members(connection: Connection, number: int, on: date) -> list[Membership]:
    return _memberships(connection, _MEMBER.c.kinship_id == number, holds(on))


def everybody(connection: Connection, number: int) -> list[Membership]:
    """Who belongs or ever belonged to a household or clan."""
    return _memberships(connection, _MEMBER.c.kinship_id == number)


def of_people(connection: Connection, person_keys: Collection[bytes], kind: str) -> list[Membership]:
    """The households or clans to which any of these people ever belonged."""
    return _memberships(connection, _MEMBER.c.person_key.in_(person_keys), _TABLE.c.kind == kind)


def membership(connection: Connection, number: int) -> Membership | None:
    """A membership by its number."""
    return next(iter(_memberships(connection, _MEMBER.c.id == number)), None)


def locked(connection: Connection, number: int) -> Kinship | None:
    """A household or clan whose members nobody else changes in this way until the transaction ends."""
    row = connection.execute(select(*_COLUMNS).where(_TABLE.c.id == number).with_for_update()).first()
    return Kinship(*row) if row else None


def at_place(connection: Connection, place_id: int, kind: str) -> list[Kinship]:
    """The households or clans of a place itself."""
    rows = connection.execute(select(*_COLUMNS).where(_TABLE.c.place_id == place_id, _TABLE.c.kind == kind))
    return [Kinship(*row) for row in rows]


def rename(connection: Connection, number: int, name: str) -> None:
    connection.execute(
        update(_TABLE)
        .where(_TABLE.c.id == number)
        .values(name=name, search=names.folded(name), sort_key=names.sort_key(name))
    )


def listed(
    connection: Connection, path: str, kind: str, on: date, after: tuple[str, int] | None, limit: int
) -> list[Counted]:
    """Households or clans below a place in Vietnamese order, after the one with this sort key and number."""
    conditions = [places.within(_PLACE.c.path, path), _TABLE.c.kind == kind]
    if after is not None:
        key, number = after
        beyond = and_(_TABLE.c.sort_key == key, _TABLE.c.id > number)
        conditions.append(or_(_TABLE.c.sort_key > key, beyond))
    counted = select(func.count()).where(_MEMBER.c.kinship_id == _TABLE.c.id, holds(on)).scalar_subquery()
    rows = connection.execute(
        select(*_COLUMNS, counted, _TABLE.c.sort_key)
        .select_from(_TABLE.join(_PLACE, _PLACE.c.id == _TABLE.c.place_id))
        .where(*conditions)
        .order_by(_TABLE.c.sort_key, _TABLE.c.id)
        .limit(limit)
    )
    return [Counted(Kinship(*row[:4]), row[4], row[5]) for row in rows]


def add(connection: Connection, kinships: Sequence[tuple[str, str, int]], created_us: int) -> list[int]:
    """Write households and clans (kind, name, place); answers their numbers."""
    numbers = dialects.new_numbers(connection, _TABLE, len(kinships))
    rows = [
        (number, kind, name, place_id, names.folded(name), names.sort_key(name), created_us)
        for number, (kind, name, place_id) in zip(numbers, kinships, strict=True)
    ]
    dialects.insert(connection, _TABLE, rows)
    return numbers


def join(connection: Connection, members: Sequence[tuple[int, bytes, str, date | None]]) -> None:
    """Write that people belong to households and clans: (kinship, person, relation, first day or None)."""
    numbers = dialects.new_numbers(connection, _MEMBER, len(members))
    rows = [
        (number, kinship, key, relation, since and since.isoformat(), None)
        for number, (kinship, key, relation, since) in zip(numbers, members, strict=True)
    ]
    dialects.insert(connection, _MEMBER, rows)


def correct(connection: Connection, corrections: Sequence[tuple[int, int, str]]) -> None:
    """Write that memberships were of another kinship, or in another relation: (id, kinship, relation)."""
    statement = "UPDATE kinship_members SET kinship_id = ?, relation = ? WHERE id = ?"
    rows = [(kinship, relation, number) for number, kinship, relation in corrections]
    dialects.change_many(connection, statement, rows)


def leave(connection: Connection, endings: Sequence[tuple[int, date]]) -> None:
    """Write the last day of memberships that are open: (id, day)."""
    statement = "UPDATE kinship_members SET until = ? WHERE id = ? AND until IS NULL"
    dialects.change_many(connection, statement, [(day.isoformat(), number) for number, day in endings])


def leave_all(connection: Connection, person_keys: Collection[bytes], last: date) -> None:
    """Write the last day of everything that these people belong to."""
    connection.execute(
        update(_MEMBER)
        .where(_MEMBER.c.person_key.in_(person_keys), _MEMBER.c.until.is_(None))
        .values(until=last)
    )
