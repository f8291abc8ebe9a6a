"""Dated denominators with their source: never changed, only withdrawn and stated anew."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select, update

from lms_tracker.store import dialects, schema
from lms_tracker.store.reporting.subjects import About, is_about

_TABLE = schema.baselines


@dataclass(frozen=True, slots=True)
class Baseline:
    """`value` is an exact decimal as text; `base` a code of the register."""

    id: int
    base: str
    about: About
    on: date
    value: str
    source: str
    made_us: int
    made_by: bytes | None
    withdrawn_us: int | None = None


def add(connection: Connection, baselines: Collection[Baseline]) -> None:
    """Write new ones; their ids are made here."""
    rows = [
        {
            "base": one.base,
            "place_id": one.about.place_id,
            "organisation_id": one.about.organisation_id,
            "on_date": one.on,
            "value": one.value,
            "source": one.source,
            "made_us": one.made_us,
            "made_by": one.made_by,
        }
        for one in baselines
    ]
    if rows:
        connection.execute(insert(_TABLE), rows)


def of(connection: Connection, about: Collection[About], *, all_: bool = False) -> list[Baseline]:
    """Those of these, the newest day first; with `all_` those withdrawn too."""
    found: list[Baseline] = []
    for part in dialects.chunks(list(about), dialects.CHUNK):
        chosen = select(_TABLE).where(is_about(_TABLE, part))
        if not all_:
            chosen = chosen.where(_TABLE.c.withdrawn_us.is_(None))
        found += [_read(row) for row in connection.execute(chosen).mappings()]
    return sorted(found, key=lambda one: (one.base, -one.on.toordinal(), -one.id))


def by_id(connection: Connection, number: int) -> Baseline | None:
    row = connection.execute(select(_TABLE).where(_TABLE.c.id == number)).mappings().first()
    return None if row is None else _read(row)


def withdraw(connection: Connection, number: int, at_us: int, by: bytes | None) -> bool:
    """Whether this took it back: False where somebody did before."""
    done = connection.execute(
        update(_TABLE)
        .where(_TABLE.c.id == number, _TABLE.c.withdrawn_us.is_(None))
        .values(withdrawn_us=at_us, withdrawn_by=by)
    )
    return bool(done.rowcount)


def _read(row: Any) -> Baseline:
    found: dict[str, Any] = dict(row)
    return Baseline(
        found["id"],
        found["base"],
        About(found["place_id"], found["organisation_id"]),
        found["on_date"],
        found["value"],
        found["source"],
        found["made_us"],
        bytes(found["made_by"]) if found["made_by"] else None,
        found["withdrawn_us"],
    )
