"""How far a right reaches: whose data lies within places, organisations and wards on a local date.

A place holds whoever lives there on that date, in the place itself or anywhere below it; an organisation its
members on that date, those of its branches included. Whoever lives nowhere that is known is within no place.

A grant at a unit that ended keeps covering what is still recorded there. It follows the unit through a change
of its name, kind or code, and never into a merger: nobody's right grows because units were merged. A grant at
a unit of today covers also what is still recorded in the units that went into it whole; what was split is
covered from above alone, because nobody knows who of it belongs where.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, Table, and_, bindparam, false, or_, select, text, true

from lms_tracker.store import schema

# The unit, those it became without taking over anything else, and those that went whole into any of these.
_PATHS = text(
    """
    WITH RECURSIVE ahead(origin, id) AS (
        SELECT id, id FROM places WHERE id IN :places
        UNION
        SELECT ahead.origin, move.to_id FROM ahead JOIN place_moves AS move ON move.from_id = ahead.id
        WHERE NOT move.is_split AND move.on_date <= :on AND NOT EXISTS (
            SELECT 1 FROM place_moves AS other WHERE other.to_id = move.to_id AND other.from_id <> ahead.id
        )
    ), covered(origin, id) AS (
        SELECT origin, id FROM ahead
        UNION
        SELECT covered.origin, move.from_id FROM covered JOIN place_moves AS move ON move.to_id = covered.id
        WHERE NOT move.is_split AND move.on_date <= :on
    )
    SELECT covered.origin, places.path FROM covered JOIN places ON places.id = covered.id
    ORDER BY covered.origin, places.path
    """
).bindparams(bindparam("places", expanding=True))


@dataclass(frozen=True, slots=True)
class Reach:
    """Where somebody may do something, on the local date `on`.

    `places` and `organisations` are numbers as granted; the paths are what these cover (see above), each with
    everything below it. `wards` are person keys.
    """

    on: date
    everywhere: bool = False
    places: tuple[int, ...] = ()
    organisations: tuple[int, ...] = ()
    wards: tuple[bytes, ...] = ()
    place_paths: tuple[str, ...] = ()
    organisation_paths: tuple[str, ...] = ()

    @property
    def is_nowhere(self) -> bool:
        return not (self.everywhere or self.places or self.organisations or self.wards)

    def covers_place(self, path: str) -> bool:
        """Whether the place with this path lies within; organisations and wards say nothing of places."""
        return self.everywhere or path.startswith(self.place_paths)

    def covers_organisation(self, path: str) -> bool:
        return self.everywhere or path.startswith(self.organisation_paths)


def persons(reach: Reach, person_key: ColumnElement[bytes]) -> ColumnElement[bool]:
    """The condition that the person of a row is within reach, for any select with such a column.

    It asks about each person and joins nothing, so that nobody counts twice.
    """
    if reach.everywhere:
        return true()
    parts: list[ColumnElement[bool]] = []
    if reach.place_paths:
        parts.append(person_key.in_(select(schema.residences.c.person_key).where(*_lives(reach))))
    if reach.organisation_paths:
        parts.append(person_key.in_(select(schema.organisation_members.c.person_key).where(*_belongs(reach))))
    if reach.wards:
        parts.append(person_key.in_(reach.wards))
    return or_(false(), *parts)


def within(connection: Connection, reach: Reach, person_keys: Collection[bytes]) -> set[bytes]:
    """Those of these people who are within reach."""
    keys = list(person_keys)
    if reach.everywhere:
        return set(keys)
    found = {key for key in keys if key in reach.wards}
    for table, conditions, is_asked in (
        (schema.residences, _lives, bool(reach.place_paths)),
        (schema.organisation_members, _belongs, bool(reach.organisation_paths)),
    ):
        if is_asked and keys:
            rows = connection.execute(
                select(table.c.person_key).where(table.c.person_key.in_(keys), *conditions(reach))
            )
            found.update(bytes(row[0]) for row in rows)
    return found


def _lives(reach: Reach) -> Iterable[ColumnElement[bool]]:
    table, places = schema.residences, schema.places
    covered = select(places.c.id).where(or_(false(), *(at_or_below(places, p) for p in reach.place_paths)))
    return table.c.place_id.in_(covered), in_force(table.c.since, table.c.until, reach.on)


def _belongs(reach: Reach) -> Iterable[ColumnElement[bool]]:
    table, organisations = schema.organisation_members, schema.organisations
    paths = reach.organisation_paths
    covered = select(organisations.c.id).where(or_(false(), *(at_or_below(organisations, p) for p in paths)))
    return table.c.organisation_id.in_(covered), in_force(table.c.since, table.c.until, reach.on)


def at_or_below(table: Table, path: str) -> ColumnElement[bool]:
    """The condition that a row of a tree is the one with this path or stands below it."""
    # A path ends with "/", after which "0" is the next letter.
    return and_(table.c.path >= path, table.c.path < f"{path[:-1]}0")


def in_force(
    first: ColumnElement[date | None], last: ColumnElement[date | None], on: date
) -> ColumnElement[bool]:
    """The condition that a local date is not before the first day nor after the last; open where empty."""
    return or_(first.is_(None), first <= on) & or_(last.is_(None), last >= on)


def place_paths(connection: Connection, places: Sequence[int], on: date) -> dict[int, tuple[str, ...]]:
    """The paths that a grant at each of these places covers on a local date."""
    found: dict[int, tuple[str, ...]] = {}
    if places:
        for origin, path in connection.execute(_PATHS, {"places": list(places), "on": on}):
            found[origin] = (*found.get(origin, ()), path)
    return found


def organisation_paths(connection: Connection, organisations: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The path of each of these organisations, all that a grant there covers."""
    if not organisations:
        return {}
    table = schema.organisations
    rows = connection.execute(select(table.c.id, table.c.path).where(table.c.id.in_(organisations)))
    return {row[0]: (row[1],) for row in rows}


def path_of(connection: Connection, place_id: int) -> str | None:
    """Where a place stands in the tree; None where there is no such place."""
    table = schema.places
    return connection.execute(select(table.c.path).where(table.c.id == place_id)).scalar_one_or_none()
