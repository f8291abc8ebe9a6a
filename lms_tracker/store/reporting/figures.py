"""Figures that somebody reported. A row is never changed: another takes its place, or it is withdrawn."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select, update

from lms_tracker.store import dialects, schema
from lms_tracker.store.reporting.subjects import About, is_about

_TABLE = schema.figures


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of figures; values are exact decimals as text, empty where there is none (see the schema)."""

    indicator: str
    about: About
    year: int
    period: str
    value: str
    bound: str
    denominator: str = ""
    denominator_counts: str = ""
    denominator_on: date | None = None
    published_ratio: str = ""
    published_change: str = ""
    published_change_unit: str = ""
    source: str = ""
    note: str = ""
    made_us: int = 0
    made_by: bytes | None = None
    id: int = 0
    replaced_by: int | None = None
    withdrawn_us: int | None = None

    @property
    def holds(self) -> bool:
        return self.replaced_by is None and self.withdrawn_us is None

    @property
    def place_in_register(self) -> tuple[About, int, str, str]:
        """What one figure holds for at a time."""
        return self.about, self.year, self.period, self.indicator


def add(connection: Connection, figures: Sequence[Figure]) -> list[int]:
    """Write figures; answers their ids."""
    if not figures:
        return []
    ids = dialects.new_numbers(connection, _TABLE, len(figures))
    connection.execute(insert(_TABLE), [_row(one, number) for one, number in zip(figures, ids, strict=True)])
    return ids


def _row(one: Figure, number: int) -> dict[str, Any]:
    return {
        "id": number,
        "indicator": one.indicator,
        "place_id": one.about.place_id,
        "organisation_id": one.about.organisation_id,
        "year": one.year,
        "period": one.period,
        "value": one.value,
        "bound": one.bound,
        "denominator": one.denominator,
        "denominator_counts": one.denominator_counts,
        "denominator_on": one.denominator_on,
        "published_ratio": one.published_ratio,
        "published_change": one.published_change,
        "published_change_unit": one.published_change_unit,
        "source": one.source,
        "note": one.note,
        "made_us": one.made_us,
        "made_by": one.made_by,
    }


def holding(
    connection: Connection,
    about: Collection[About],
    years: Collection[int] | None = None,
    indicators: Collection[str] | None = None,
) -> list[Figure]:
    """The figures of these that hold, of these years and indicators or of all."""
    conditions = [_TABLE.c.replaced_by.is_(None), _TABLE.c.withdrawn_us.is_(None)]
    if years is not None:
        conditions.append(_TABLE.c.year.in_(years))
    if indicators is not None:
        conditions.append(_TABLE.c.indicator.in_(indicators))
    found: list[Figure] = []
    for part in dialects.chunks(list(about), dialects.CHUNK):
        chosen = select(_TABLE).where(is_about(_TABLE, part), *conditions).order_by(_TABLE.c.id)
        found += _read(connection.execute(chosen).mappings())
    return found


def history(connection: Connection, about: About, year: int, period: str, indicator: str) -> list[Figure]:
    """Every figure there was for one place in the register, the newest first."""
    chosen = select(_TABLE).where(
        is_about(_TABLE, [about]),
        _TABLE.c.year == year,
        _TABLE.c.period == period,
        _TABLE.c.indicator == indicator,
    )
    return _read(connection.execute(chosen.order_by(_TABLE.c.id.desc()).limit(200)).mappings())


def years_of(connection: Connection, about: About) -> list[int]:
    """The years of which something was reported, the newest first."""
    chosen = (
        select(_TABLE.c.year).where(is_about(_TABLE, [about]), _TABLE.c.withdrawn_us.is_(None)).distinct()
    )
    return [row[0] for row in connection.execute(chosen.order_by(_TABLE.c.year.desc()))]


def reported_places(connection: Connection, limit: int) -> list[tuple[int, int]]:
    """Places with figures that hold and their newest year, by place."""
    holds = _TABLE.c.replaced_by.is_(None) & _TABLE.c.withdrawn_us.is_(None)
    chosen = select(_TABLE.c.place_id, _TABLE.c.year).where(_TABLE.c.place_id.is_not(None), holds).distinct()
    newest: dict[int, int] = {}
    for place, year in connection.execute(chosen.order_by(_TABLE.c.year.desc()).limit(limit)):
        newest.setdefault(place, year)
    return sorted(newest.items())


def by_id(connection: Connection, number: int) -> Figure | None:
    rows = connection.execute(select(_TABLE).where(_TABLE.c.id == number)).mappings()
    return next(iter(_read(rows)), None)


def replace(connection: Connection, pairs: Iterable[tuple[int, int]]) -> None:
    """Note of old figures which took their place: pairs of an old id and a new one."""
    for old, new in pairs:
        connection.execute(update(_TABLE).where(_TABLE.c.id == old).values(replaced_by=new))


def withdraw(connection: Connection, number: int, at_us: int, by: bytes | None) -> bool:
    """Whether this took it back: False where it did not hold any more."""
    done = connection.execute(
        update(_TABLE)
        .where(_TABLE.c.id == number, _TABLE.c.withdrawn_us.is_(None), _TABLE.c.replaced_by.is_(None))
        .values(withdrawn_us=at_us, withdrawn_by=by)
    )
    return bool(done.rowcount)


def _read(rows: Iterable[Any]) -> list[Figure]:
    found = []
    for row in rows:
        values = dict(row)
        about = About(values.pop("place_id"), values.pop("organisation_id"))
        values.pop("withdrawn_by")
        made_by = values.pop("made_by")
        found.append(Figure(about=about, made_by=bytes(made_by) if made_by else None, **values))
    return found
