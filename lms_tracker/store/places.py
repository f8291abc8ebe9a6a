"""Places, each from one day to another, and what became of them. A code is asked for with a day (I13)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, func, or_, select, update

from lms_tracker.learning import names
from lms_tracker.store import dialects, schema

# No unit has nearly as many directly below it.
MOST_CHILDREN = 2_000

_TABLE = schema.places
COLUMNS = (
    _TABLE.c.id,
    _TABLE.c.level,
    _TABLE.c.code,
    _TABLE.c.kind,
    _TABLE.c.name,
    _TABLE.c.parent_id,
    _TABLE.c.path,
    _TABLE.c.valid_from,
    _TABLE.c.valid_to,
)


# The same of `places p`, for the driver.
SELECTED = ", ".join(f"p.{column.name}" for column in COLUMNS)


@dataclass(frozen=True, slots=True)
class Place:
    """A unit as it was from `valid_from` to `valid_to`, both included; None is open.

    `level` and `kind` are those of learning.places, `code` is None for local places. `path` holds the ids
    from the top down to this one, as "/1/23/456/".
    """

    id: int
    level: int
    code: str | None
    kind: str
    name: str
    parent_id: int | None
    path: str
    valid_from: date | None
    valid_to: date | None

    @property
    def above(self) -> list[int]:
        """The ids of all above this one, the highest first."""
        return [int(part) for part in self.path.split("/")[1:-2]]


@dataclass(frozen=True, slots=True)
class PlaceMove:
    """From a unit to one that took it or a part of it over, on the first day of the new one."""

    from_id: int
    to_id: int
    on: date
    is_split: bool
    is_default: bool


def in_force(on: date) -> ColumnElement[bool]:
    """The condition that a place is there on a day."""
    first, last = _TABLE.c.valid_from, _TABLE.c.valid_to
    return or_(first.is_(None), first <= on) & or_(last.is_(None), last >= on)


def within(column: Column[Any], path: str) -> ColumnElement[bool]:
    """The condition that a path is this one or below it: a range, which an index of paths answers."""
    # "0" comes after "/"; paths are compared byte by byte.
    return (column >= path) & (column < path[:-1] + "0")


def read(connection: Connection, chosen: Select[Any]) -> list[Place]:
    """The places of a select of COLUMNS."""
    return [Place(*row) for row in connection.execute(chosen)]


def by_id(connection: Connection, place_id: int) -> Place | None:
    return by_ids(connection, [place_id]).get(place_id)


def by_ids(connection: Connection, ids: Collection[int]) -> dict[int, Place]:
    said = f"SELECT {SELECTED} FROM places p WHERE p.id {{keys}}"
    return {row[0]: from_row(row) for row in dialects.rows_by_key(connection, said, list(ids))}


def from_row(row: Sequence[Any]) -> Place:
    """What the driver answers for SELECTED."""
    number, level, code, kind, name, parent_id, path, first, last = row
    days = dialects.as_date(first), dialects.as_date(last)
    return Place(number, level, code, kind, name, parent_id, path, *days)


def with_code(connection: Connection, code: str) -> list[Place]:
    """Every unit that ever had a code, those whose beginning is unknown first, then by their first day."""
    found = read(connection, select(*COLUMNS).where(_TABLE.c.code == code).order_by(_TABLE.c.id))
    return sorted(found, key=lambda place: (place.level, place.valid_from or date.min, place.id))


def by_code(connection: Connection, code: str, level: int, on: date) -> Place | None:
    """The unit that a code means on a day."""
    chosen = select(*COLUMNS).where(_TABLE.c.code == code, _TABLE.c.level == level, in_force(on))
    return next(iter(read(connection, chosen)), None)


def children(connection: Connection, parent_id: int | None, on: date) -> list[Place]:
    """The units directly below another, or the provinces for None, in Vietnamese order."""
    above = _TABLE.c.parent_id.is_(None) if parent_id is None else _TABLE.c.parent_id == parent_id
    order = _TABLE.c.sort_key, _TABLE.c.id
    chosen = select(*COLUMNS).where(above, in_force(on)).order_by(*order).limit(MOST_CHILDREN)
    return read(connection, chosen)


def ancestors(connection: Connection, place: Place) -> list[Place]:
    """All above a place, the highest first."""
    return chains(connection, [place])[place.id]


def chains(connection: Connection, places: Iterable[Place]) -> dict[int, list[Place]]:
    """All above each of these places, the highest first."""
    asked = list(places)
    known = by_ids(connection, {above for place in asked for above in place.above})
    return {place.id: [known[above] for above in place.above] for place in asked}


def subtree(connection: Connection, path: str, on: date | None = None) -> list[Place]:
    """The place with this path and all below it, on a day or ever."""
    chosen = select(*COLUMNS).where(within(_TABLE.c.path, path))
    if on is not None:
        chosen = chosen.where(in_force(on))
    return read(connection, chosen.order_by(_TABLE.c.path))


# --- what became of units --------------------------------------------------------------------------------


def moves_from(connection: Connection, ids: Collection[int]) -> list[PlaceMove]:
    """What took over these units or parts of them, by unit and with the one that took the most first."""
    return _moves(connection, schema.place_moves.c.from_id, ids)


def moves_to(connection: Connection, ids: Collection[int]) -> list[PlaceMove]:
    """What these units were made of."""
    return _moves(connection, schema.place_moves.c.to_id, ids)


def _moves(connection: Connection, column: Column[Any], ids: Collection[int]) -> list[PlaceMove]:
    said = (
        f"SELECT from_id, to_id, on_date, is_split, is_default FROM place_moves WHERE {column.name} {{keys}}"
    )
    found = [
        PlaceMove(from_id, to_id, dialects.as_date(on) or date.min, bool(is_split), bool(is_default))
        for from_id, to_id, on, is_split, is_default in dialects.rows_by_key(connection, said, list(ids))
    ]
    return sorted(found, key=lambda move: (move.from_id, not move.is_default, move.to_id))


def add_moves(connection: Connection, moves: Sequence[PlaceMove]) -> None:
    """Keep moves; those that are known already change nothing."""
    rows = [(move.from_id, move.to_id, move.on.isoformat(), move.is_split, move.is_default) for move in moves]
    dialects.insert_new(connection, schema.place_moves, rows)


# --- writing ---------------------------------------------------------------------------------------------


def lock(connection: Connection) -> None:
    """Let nobody else write places until the transaction ends."""
    dialects.lock_table(connection, _TABLE)


def locked(connection: Connection, place_id: int) -> Place | None:
    """A place that nobody else changes until the transaction ends, nor makes places below it in this way."""
    chosen = select(*COLUMNS).where(_TABLE.c.id == place_id).with_for_update()
    return next(iter(read(connection, chosen)), None)


def new_ids(connection: Connection, count: int) -> list[int]:
    return dialects.new_numbers(connection, _TABLE, count)


def add(connection: Connection, places: Sequence[Place]) -> None:
    """Write new places, whose ids `new_ids` gave, those above others first."""
    dialects.insert(connection, _TABLE, [_row(place) for place in places])


def _row(place: Place) -> tuple[Any, ...]:
    return (
        place.id,
        place.level,
        place.code,
        place.kind,
        place.name,
        place.parent_id,
        place.path,
        # As text, which both drivers take for a date.
        place.valid_from and place.valid_from.isoformat(),
        place.valid_to and place.valid_to.isoformat(),
        names.folded(place.name),
        names.spelled(place.name),
        names.sort_key(place.name),
    )


def change(connection: Connection, place: Place) -> None:
    """Write the kind, the name and the last day of a place that is there."""
    connection.execute(
        update(_TABLE)
        .where(_TABLE.c.id == place.id)
        .values(
            kind=place.kind,
            name=place.name,
            valid_to=place.valid_to,
            search=names.folded(place.name),
            spelling=names.spelled(place.name),
            sort_key=names.sort_key(place.name),
        )
    )


def national(connection: Connection) -> list[Place]:
    """Every unit with a national code, of any time."""
    return read(connection, select(*COLUMNS).where(_TABLE.c.code.is_not(None)))


def count_of_each_level(connection: Connection, on: date) -> dict[int, int]:
    """How many places there are on a day at each level."""
    chosen = select(_TABLE.c.level, func.count()).where(in_force(on)).group_by(_TABLE.c.level)
    return {row[0]: row[1] for row in connection.execute(chosen)}
