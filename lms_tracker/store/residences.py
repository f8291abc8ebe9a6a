"""Where people live and lived, and what is known of who lives in a place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select, update

from lms_tracker.learning.places import Level
from lms_tracker.store import dialects, places, schema

_RESIDENCE, _PERSON, _PLACE = schema.residences, schema.people, schema.places


@dataclass(frozen=True, slots=True)
class Residence:
    """From one local date to another, both included; None is open."""

    id: int
    place_id: int
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody with their newest residence below a place; of a merged record `key` is the surviving one."""

    key: bytes
    name: str
    birth_year: int | None
    birth_date: date | None
    sex: str | None
    phone: str
    died_on: date | None
    residence: Residence


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody in a list: `sort_key` and `key` say where the list goes on."""

    key: bytes
    name: str
    birth_year: int | None
    sex: str | None
    place_id: int
    sort_key: str


def lived_below(connection: Connection, path: str) -> list[Resident]:
    """Everybody who ever lived in the place with this path or below, each with their newest residence."""
    link = schema.links
    residence = _RESIDENCE.c
    newest_last = (residence.person_key, residence.since.is_not(None), residence.since, residence.id)
    rows = connection.execute(
        select(
            _PERSON.c.person_key, link.c.person_key, _PERSON.c.name, _PERSON.c.birth_year,
            _PERSON.c.birth_date, _PERSON.c.sex, _PERSON.c.phone, _PERSON.c.died_on, _RESIDENCE.c.id,
            _RESIDENCE.c.place_id, _RESIDENCE.c.since, _RESIDENCE.c.until,
        )
        .select_from(
            _RESIDENCE.join(_PLACE, _PLACE.c.id == _RESIDENCE.c.place_id)
            .join(_PERSON, _PERSON.c.person_key == _RESIDENCE.c.person_key)
            .outerjoin(link, link.c.actor_key == _PERSON.c.person_key)
        )
        .where(places.within(_PLACE.c.path, path))
        .order_by(*newest_last)
    )  # fmt: skip
    found: dict[bytes, Resident] = {}
    for own, survivor, name, year, day, sex, phone, died_on, *lived in rows:
        one = Resident(bytes(survivor or own), name, year, day, sex, phone or "", died_on, Residence(*lived))
        # Of two records that were merged, what the surviving one says is what is known.
        if survivor is None or one.key not in found:
            found[one.key] = one
    return list(found.values())


def lives(on: date) -> ColumnElement[bool]:
    """The condition that a residence holds on a day."""
    since, until = _RESIDENCE.c.since, _RESIDENCE.c.until
    return and_(or_(since.is_(None), since <= on), or_(until.is_(None), until >= on))


def _below(path: str, on: date) -> list[ColumnElement[bool]]:
    merged = select(schema.links.c.actor_key).where(schema.links.c.actor_key == _PERSON.c.person_key)
    return [places.within(_PLACE.c.path, path), lives(on), ~merged.exists()]


def _residents() -> Any:
    return _RESIDENCE.join(_PLACE, _PLACE.c.id == _RESIDENCE.c.place_id).join(
        _PERSON, _PERSON.c.person_key == _RESIDENCE.c.person_key
    )


def listed(
    connection: Connection,
    path: str,
    on: date,
    words: Sequence[str],
    after: tuple[str, bytes] | None,
    limit: int,
) -> list[Listed]:
    """Who lives below a place on a day, by given name; after the one with this sort key and person key.

    Each of `words`, folded, begins a word of the name.
    """
    conditions = _below(path, on)
    for word in words:
        conditions.append((" " + _PERSON.c.search).contains(f" {word}", autoescape=True))
    if after is not None:
        key, person = after
        beyond = and_(_PERSON.c.sort_key == key, _PERSON.c.person_key > person)
        conditions.append(or_(_PERSON.c.sort_key > key, beyond))
    rows = connection.execute(
        select(
            _PERSON.c.person_key, _PERSON.c.name, _PERSON.c.birth_year, _PERSON.c.sex,
            func.max(_RESIDENCE.c.place_id), _PERSON.c.sort_key,
        )
        .select_from(_residents())
        .where(*conditions)
        .group_by(
            _PERSON.c.person_key, _PERSON.c.name, _PERSON.c.birth_year, _PERSON.c.sex, _PERSON.c.sort_key
        )
        .order_by(_PERSON.c.sort_key, _PERSON.c.person_key)
        .limit(limit)
    )  # fmt: skip
    return [Listed(bytes(row[0]), *row[1:]) for row in rows]


def count(connection: Connection, path: str, on: date) -> int:
    """How many people live below a place on a day, each once."""
    chosen = select(func.count(func.distinct(_PERSON.c.person_key))).select_from(_residents())
    return int(connection.execute(chosen.where(*_below(path, on))).scalar_one())


def of_person(connection: Connection, person_key: bytes) -> list[Residence]:
    """The newest first."""
    table = _RESIDENCE.c
    rows = connection.execute(
        select(table.id, table.place_id, table.since, table.until)
        .where(table.person_key == person_key)
        .order_by(table.since.is_(None), table.since.desc(), table.id.desc())
    )
    return [Residence(*row) for row in rows]


def begin(connection: Connection, beginnings: Sequence[tuple[bytes, int, date | None]]) -> None:
    """Write that people live in places from a day on, or since nobody knows when: (person, place, day)."""
    numbers = dialects.new_numbers(connection, _RESIDENCE, len(beginnings))
    rows = [
        (number, key, place_id, since and since.isoformat(), None)
        for number, (key, place_id, since) in zip(numbers, beginnings, strict=True)
    ]
    dialects.insert(connection, _RESIDENCE, rows)


def move(connection: Connection, ids: Sequence[int], place_ids: Sequence[int]) -> None:
    """Write that each of these residences was in another place from its beginning on: what was a mistake."""
    statement = "UPDATE residences SET place_id = ? WHERE id = ?"
    dialects.change_many(connection, statement, list(zip(place_ids, ids, strict=True)))


def end(connection: Connection, endings: Sequence[tuple[int, date]]) -> None:
    """Write the last day of residences that are open: (id, day)."""
    statement = "UPDATE residences SET until = ? WHERE id = ? AND until IS NULL"
    dialects.change_many(connection, statement, [(day.isoformat(), number) for number, day in endings])


def end_of_person(connection: Connection, person_key: bytes, last: date) -> int:
    """Write the last day of every open residence of somebody; how many there were."""
    table = _RESIDENCE.c
    done = connection.execute(
        update(_RESIDENCE)
        .where(
            table.person_key == person_key,
            table.until.is_(None),
            or_(table.since.is_(None), table.since <= last),
        )
        .values(until=last)
    )  # fmt: skip
    return int(done.rowcount)


def places_with_people(connection: Connection, limit: int) -> list[int]:
    """Communes of which people are known."""
    above = func.coalesce(_PLACE.c.parent_id, _PLACE.c.id)
    at_commune = case((_PLACE.c.level > Level.COMMUNE, above), else_=_PLACE.c.id)
    inside = select(_RESIDENCE.c.id).where(_RESIDENCE.c.place_id == _PLACE.c.id).exists()
    return list(connection.execute(select(at_commune).where(inside).distinct().limit(limit)).scalars())
