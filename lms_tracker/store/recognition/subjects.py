"""Who could be in a round, where they lived on its day, and what they learned in its year."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from lms_tracker.store import dialects, schema
from lms_tracker.store.reach import at_or_below, in_force
from lms_tracker.store.recognition.assessments import WITHDRAWN

_PERSON, _LIVED, _PLACE = schema.people, schema.residences, schema.places


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as a list needs them; `place_id` is the smallest place on the day, None for none of these."""

    key: bytes
    name: str
    sort_key: str
    birth_year: int | None
    place_id: int | None
    died_on: date | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """That somebody lived at a place below those asked for, both days included; open where empty."""

    place_id: int
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Among:
    """Whom alone a question is about; None and nothing narrow nothing.

    `outside_round` leaves out who is in a round and did not withdraw. `words` are folded parts of the name,
    each of which is needed.
    """

    person_keys: Collection[bytes] | None = None
    outside_round: int | None = None
    words: Sequence[str] = ()

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.person_keys is not None:
            found.append(_PERSON.c.person_key.in_(self.person_keys))
        if self.outside_round is not None:
            row = schema.assessments
            inside = select(row.c.id).where(
                row.c.round_id == self.outside_round,
                row.c.person_key == _PERSON.c.person_key,
                row.c.state != WITHDRAWN,
            )
            found.append(~inside.exists())
        found += [_PERSON.c.search.contains(word, autoescape=True) for word in self.words]
        return found


EVERYBODY = Among()


def _below(paths: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(at_or_below(_PLACE, path) for path in paths))


def residents(
    connection: Connection, paths: Sequence[str], on: date, among: Among = EVERYBODY
) -> list[Person]:
    """Those of `among` who live in places with these paths or below on a day; merged records are left out."""
    if not paths:
        return []
    merged = select(schema.links.c.actor_key).where(schema.links.c.actor_key == _PERSON.c.person_key)
    rows = connection.execute(
        select(
            _PERSON.c.person_key, _PERSON.c.name, _PERSON.c.sort_key, _PERSON.c.birth_year,
            func.max(_LIVED.c.place_id), _PERSON.c.died_on,
        )
        .select_from(
            _LIVED.join(_PLACE, _PLACE.c.id == _LIVED.c.place_id).join(
                _PERSON, _PERSON.c.person_key == _LIVED.c.person_key
            )
        )
        .where(
            _below(paths),
            in_force(_LIVED.c.since, _LIVED.c.until, on),
            ~merged.exists(),
            *among.conditions(),
        )
        .group_by(
            _PERSON.c.person_key, _PERSON.c.name, _PERSON.c.sort_key, _PERSON.c.birth_year, _PERSON.c.died_on
        )
    )  # fmt: skip
    return [Person(bytes(row[0]), *row[1:]) for row in rows]


def homes(connection: Connection, paths: Sequence[str], on: date) -> list[int]:
    """The places with these paths or below where anybody lives on a day."""
    if not paths:
        return []
    living = select(_LIVED.c.id).where(
        _LIVED.c.place_id == _PLACE.c.id, in_force(_LIVED.c.since, _LIVED.c.until, on)
    )
    return list(connection.execute(select(_PLACE.c.id).where(_below(paths), living.exists())).scalars())


def members(connection: Connection, paths: Sequence[str], on: date, among: Among = EVERYBODY) -> list[Person]:
    """Those of `among` who belong to organisations with these paths or below on a day."""
    if not paths:
        return []
    belongs, organisations = schema.organisation_members, schema.organisations
    merged = select(schema.links.c.actor_key).where(schema.links.c.actor_key == _PERSON.c.person_key)
    rows = connection.execute(
        select(
            _PERSON.c.person_key, _PERSON.c.name, _PERSON.c.sort_key, _PERSON.c.birth_year,
            _PERSON.c.died_on,
        )
        .distinct()
        .select_from(
            belongs.join(organisations, organisations.c.id == belongs.c.organisation_id).join(
                _PERSON, _PERSON.c.person_key == belongs.c.person_key
            )
        )
        .where(
            or_(*(at_or_below(organisations, path) for path in paths)),
            in_force(belongs.c.since, belongs.c.until, on),
            ~merged.exists(),
            *among.conditions(),
        )
    )  # fmt: skip
    return [Person(bytes(row[0]), *row[1:4], None, row[4]) for row in rows]


def people(connection: Connection, keys: Collection[bytes]) -> dict[bytes, Person]:
    """What is known of these people; of a place nothing."""
    found: dict[bytes, Person] = {}
    for part in dialects.chunks(list(keys), dialects.CHUNK):
        rows = connection.execute(
            select(
                _PERSON.c.person_key, _PERSON.c.name, _PERSON.c.sort_key, _PERSON.c.birth_year,
                _PERSON.c.died_on,
            ).where(_PERSON.c.person_key.in_(part))
        )  # fmt: skip
        found |= {bytes(row[0]): Person(bytes(row[0]), *row[1:4], None, row[4]) for row in rows}
    return found


def stays(
    connection: Connection, paths: Sequence[str], person_keys: Collection[bytes]
) -> dict[bytes, list[Stay]]:
    """When and where these people lived below places with these paths, ever."""
    found: dict[bytes, list[Stay]] = {key: [] for key in person_keys}
    if not paths:
        return found
    for part in dialects.chunks(list(person_keys), dialects.CHUNK):
        rows = connection.execute(
            select(_LIVED.c.person_key, _LIVED.c.place_id, _LIVED.c.since, _LIVED.c.until)
            .join(_PLACE, _PLACE.c.id == _LIVED.c.place_id)
            .where(_LIVED.c.person_key.in_(part), _below(paths))
        )
        for key, *stay in rows:
            found[bytes(key)].append(Stay(*stay))
    return found


def memberships(
    connection: Connection, paths: Sequence[str], person_keys: Collection[bytes]
) -> dict[bytes, list[Stay]]:
    """When these people belonged to organisations with these paths or below, which stand as the place."""
    found: dict[bytes, list[Stay]] = {key: [] for key in person_keys}
    belongs, organisations = schema.organisation_members, schema.organisations
    for part in dialects.chunks(list(person_keys), dialects.CHUNK) if paths else ():
        rows = connection.execute(
            select(belongs.c.person_key, belongs.c.organisation_id, belongs.c.since, belongs.c.until)
            .join(organisations, organisations.c.id == belongs.c.organisation_id)
            .where(belongs.c.person_key.in_(part), or_(*(at_or_below(organisations, path) for path in paths)))
        )
        for key, *stay in rows:
            found[bytes(key)].append(Stay(*stay))
    return found


def order_of_places(connection: Connection, place_ids: Collection[int]) -> dict[int, str]:
    """The sort key of these places, in Vietnamese order and numbers as numbers."""
    rows = connection.execute(select(_PLACE.c.id, _PLACE.c.sort_key).where(_PLACE.c.id.in_(place_ids)))
    return {row[0]: row[1] for row in rows}


def seconds(
    connection: Connection, person_keys: Sequence[bytes], first_day: int, last_day: int
) -> Mapping[bytes, dict[int, int]]:
    """Credited seconds of these persons within local days (ordinals), both included, by course."""
    found: dict[bytes, dict[int, int]] = {}
    rows = dialects.rows_by_key(
        connection,
        "SELECT person_key, course_id, SUM(placed_seconds) + SUM(nominal_seconds) FROM totals"
        " WHERE person_key {keys} AND day BETWEEN ? AND ? GROUP BY person_key, course_id",
        person_keys,
        first_day,
        last_day,
    )
    for key, course_id, sum_ in rows:
        found.setdefault(bytes(key), {})[course_id] = int(sum_)
    return found


def lived(stays_: Sequence[Stay], on: date) -> Stay | None:
    """The stay that holds on a day."""
    return next((one for one in stays_ if _holds(one, on)), None)


def _holds(one: Stay, on: date) -> bool:
    return (one.since is None or one.since <= on) and (one.until is None or one.until >= on)


def kinships(connection: Connection, kind: str, paths: Sequence[str]) -> list[tuple[int, str, int, str]]:
    """Households or clans below places with these paths: number, name, place and sort key."""
    table = schema.kinships
    if not paths:
        return []
    rows = connection.execute(
        select(table.c.id, table.c.name, table.c.place_id, table.c.sort_key)
        .join(_PLACE, _PLACE.c.id == table.c.place_id)
        .where(and_(table.c.kind == kind, _below(paths)))
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation as a list needs it."""

    id: int
    name: str
    place_id: int | None


def units(connection: Connection, paths: Sequence[str], on: date, *, is_tree: bool) -> list[Unit]:
    """Organisations of places with these paths, or, of a tree, those with these paths and all below."""
    table = schema.organisations
    if not paths:
        return []
    there = (
        or_(*(at_or_below(table, path) for path in paths))
        if is_tree
        else table.c.place_id.in_(select(_PLACE.c.id).where(_below(paths)))
    )
    rows = connection.execute(
        select(table.c.id, table.c.name, table.c.place_id).where(
            there, in_force(table.c.valid_from, table.c.valid_to, on)
        )
    )
    return [Unit(*row) for row in rows]


def organisations_of(connection: Connection, person_key: bytes) -> list[int]:
    """The organisations that somebody ever belonged to, and all above these."""
    belongs, organisations = schema.organisation_members, schema.organisations
    rows = connection.execute(
        select(organisations.c.path)
        .join(belongs, belongs.c.organisation_id == organisations.c.id)
        .where(belongs.c.person_key == person_key)
    )
    return sorted({int(part) for (path,) in rows for part in path.strip("/").split("/")})
