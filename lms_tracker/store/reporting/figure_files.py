"""Files of figures that somebody handed in: looked at first, applied or thrown away."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update

from lms_tracker.store import schema

PREVIEW, APPLIED, DISCARDED = "preview", "applied", "discarded"
_TABLE = schema.figure_files


@dataclass(frozen=True, slots=True)
class FigureFile:
    """`rows` and `summary` are JSON texts, as `actions.reporting.figure_imports` writes them."""

    id: int
    place_id: int
    by_person: bytes
    uploaded_us: int
    name: str
    state: str
    rows: str
    summary: str
    settled_us: int | None


def add(connection: Connection, place_id: int, by: bytes, at_us: int, name: str, rows: str) -> int:
    """Keep a preview; answers its number."""
    values = {
        "place_id": place_id,
        "by_person": by,
        "uploaded_us": at_us,
        "name": name,
        "state": PREVIEW,
        "rows": rows,
        "summary": "",
    }
    return int(connection.execute(insert(_TABLE).values(**values).returning(_TABLE.c.id)).scalar_one())


def of(connection: Connection, number: int, *, locked: bool = False) -> FigureFile | None:
    """With `locked`, nobody else changes it until the transaction ends."""
    chosen = select(_TABLE).where(_TABLE.c.id == number)
    row = connection.execute(chosen.with_for_update() if locked else chosen).mappings().first()
    if row is None:
        return None
    return FigureFile(**{**row, "by_person": bytes(row["by_person"])})


def newest(connection: Connection, place_id: int, limit: int) -> list[FigureFile]:
    chosen = select(_TABLE).where(_TABLE.c.place_id == place_id).order_by(_TABLE.c.id.desc()).limit(limit)
    rows = connection.execute(chosen).mappings()
    return [FigureFile(**{**row, "by_person": bytes(row["by_person"])}) for row in rows]


def waiting(connection: Connection, by: bytes) -> int:
    """How many previews of somebody wait."""
    chosen = select(func.count()).where(_TABLE.c.by_person == by, _TABLE.c.state == PREVIEW)
    return int(connection.execute(chosen).scalar_one())


def settle(connection: Connection, number: int, state: str, summary: str, at_us: int) -> None:
    """Applied or thrown away; what was read is forgotten."""
    values = {"state": state, "rows": "", "summary": summary, "settled_us": at_us}
    connection.execute(update(_TABLE).where(_TABLE.c.id == number).values(**values))


def old_previews(connection: Connection, before_us: int, limit: int) -> list[int]:
    """Previews handed in before a moment that nobody settled, locked."""
    chosen = (
        select(_TABLE.c.id)
        .where(_TABLE.c.state == PREVIEW, _TABLE.c.uploaded_us < before_us)
        .order_by(_TABLE.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [row[0] for row in connection.execute(chosen)]
