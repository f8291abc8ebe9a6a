"""Samples of recognitions that a higher level looks at (thẩm định), and what it found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from lms_tracker.store import dialects, schema
from lms_tracker.store.reach import Reach, at_or_below

_TABLE, _ITEMS = schema.inspections, schema.inspection_items
OPEN, RETURNED = "open", "returned"
RIGHT, WRONG, UNCLEAR = "right", "wrong", "unclear"


@dataclass(frozen=True, slots=True)
class Inspection:
    """A row of `inspections`: `size` were drawn of `of_many` with `seed`."""

    id: int
    place_id: int
    model: str
    year: int
    seed: str
    of_many: int
    size: int
    state: str
    note: str
    made_us: int
    made_by: bytes
    returned_us: int | None
    returned_by: bytes | None
    revision: int


@dataclass(frozen=True, slots=True)
class Item:
    """One recognition of a sample; `finding` is empty while nobody looked."""

    inspection_id: int
    recognition_id: int
    finding: str
    note: str
    found_us: int | None
    found_by: bytes | None
    answer: str
    answered_us: int | None
    answered_by: bytes | None


_COLUMNS = [_TABLE.c[name] for name in Inspection.__dataclass_fields__]
_ITEM_COLUMNS = [_ITEMS.c[name] for name in Item.__dataclass_fields__]


def _read(connection: Connection, chosen: Any) -> list[Inspection]:
    found = []
    for row in connection.execute(chosen).mappings():
        values: dict[str, Any] = dict(row)
        for name in ("made_by", "returned_by"):
            values[name] = None if values[name] is None else bytes(values[name])
        found.append(Inspection(**values))
    return found


def by_id(connection: Connection, number: int) -> Inspection | None:
    return next(iter(_read(connection, select(*_COLUMNS).where(_TABLE.c.id == number))), None)


def listed(connection: Connection, reach: Reach, limit: int, offset: int = 0) -> list[Inspection]:
    """Inspections of places within reach, the newest first."""
    places = schema.places
    chosen = select(*_COLUMNS).order_by(_TABLE.c.id.desc()).limit(limit).offset(offset)
    if not reach.everywhere:
        paths = [at_or_below(places, path) for path in reach.place_paths]
        if not paths:
            return []
        chosen = chosen.where(_TABLE.c.place_id.in_(select(places.c.id).where(or_(*paths))))
    return _read(connection, chosen)


def alike(
    connection: Connection, place_id: int, model: str, year: int, seed: str, of_many: int, size: int
) -> int | None:
    """The open sample that was drawn from the same by the same seed, and so holds the same."""
    chosen = select(_TABLE.c.id).where(
        _TABLE.c.place_id == place_id,
        _TABLE.c.model == model,
        _TABLE.c.year == year,
        _TABLE.c.seed == seed,
        _TABLE.c.of_many == of_many,
        _TABLE.c.size == size,
        _TABLE.c.state == OPEN,
    )
    return connection.execute(chosen.order_by(_TABLE.c.id).limit(1)).scalar()


def add(connection: Connection, recognition_ids: Sequence[int], **values: Any) -> int:
    """Keep a sample."""
    done = connection.execute(insert(_TABLE).values(**values, state=OPEN, revision=0))
    key: Sequence[Any] = done.inserted_primary_key or ()
    number = int(key[0])
    rows = [(number, one, "", "", None, None, "", None, None) for one in recognition_ids]
    dialects.insert(connection, _ITEMS, rows)
    return number


def change(connection: Connection, one: Inspection, **values: Any) -> bool:
    """Change an inspection unless somebody changed it since it was read; answers whether this one did."""
    done = connection.execute(
        update(_TABLE)
        .where(_TABLE.c.id == one.id, _TABLE.c.revision == one.revision)
        .values(**values, revision=one.revision + 1)
    )
    return done.rowcount == 1


def items(connection: Connection, number: int) -> list[Item]:
    """What was drawn, in the order of the recognitions' numbers."""
    chosen = select(*_ITEM_COLUMNS).where(_ITEMS.c.inspection_id == number).order_by(_ITEMS.c.recognition_id)
    found = []
    for row in connection.execute(chosen).mappings():
        values: dict[str, Any] = dict(row)
        for name in ("found_by", "answered_by"):
            values[name] = None if values[name] is None else bytes(values[name])
        found.append(Item(**values))
    return found


def change_item(connection: Connection, item: Item, **values: Any) -> None:
    connection.execute(
        update(_ITEMS)
        .where(_ITEMS.c.inspection_id == item.inspection_id, _ITEMS.c.recognition_id == item.recognition_id)
        .values(**values)
    )
