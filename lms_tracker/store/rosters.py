"""Rosters that officers handed in: looked at, then applied or thrown away."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update

from lms_tracker.store import schema

PREVIEW, APPLIED, DISCARDED = "preview", "applied", "discarded"
_TABLE = schema.rosters


@dataclass(frozen=True, slots=True)
class RosterRow:
    """`rows` and `summary` are JSON texts, as `actions.rosters` writes them."""

    id: int
    place_id: int
    by_person: bytes
    uploaded_us: int
    name: str
    state: str
    summary: str
    settled_us: int | None
    rows: str = ""


_HEAD = (
    _TABLE.c.id, _TABLE.c.place_id, _TABLE.c.by_person, _TABLE.c.uploaded_us, _TABLE.c.name, _TABLE.c.state,
    _TABLE.c.summary, _TABLE.c.settled_us,
)  # fmt: skip


def add(connection: Connection, place_id: int, by: bytes, uploaded_us: int, name: str, rows: str) -> int:
    """Keep a preview; answers its number."""
    done = connection.execute(
        insert(_TABLE)
        .values(
            place_id=place_id, by_person=by, uploaded_us=uploaded_us, name=name, state=PREVIEW, rows=rows,
            summary="",
        )
        .returning(_TABLE.c.id)
    )  # fmt: skip
    return int(done.scalar_one())


def of(connection: Connection, number: int) -> RosterRow | None:
    row = connection.execute(select(*_HEAD, _TABLE.c.rows).where(_TABLE.c.id == number)).first()
    return RosterRow(row[0], row[1], bytes(row[2]), *row[3:]) if row else None


def locked(connection: Connection, number: int) -> RosterRow | None:
    """A roster that nobody else changes until the transaction ends."""
    chosen = select(*_HEAD, _TABLE.c.rows).where(_TABLE.c.id == number).with_for_update()
    row = connection.execute(chosen).first()
    return RosterRow(row[0], row[1], bytes(row[2]), *row[3:]) if row else None


def newest(connection: Connection, place_ids: list[int], limit: int) -> list[RosterRow]:
    """The newest of these places, without what they hold."""
    rows = connection.execute(
        select(*_HEAD).where(_TABLE.c.place_id.in_(place_ids)).order_by(_TABLE.c.id.desc()).limit(limit)
    )
    return [RosterRow(row[0], row[1], bytes(row[2]), *row[3:]) for row in rows]


def waiting(connection: Connection, by: bytes) -> int:
    """How many previews of somebody wait for a decision."""
    chosen = select(func.count()).where(_TABLE.c.by_person == by, _TABLE.c.state == PREVIEW)
    return int(connection.execute(chosen).scalar_one())


def keep(connection: Connection, number: int, rows: str) -> None:
    """Write what was decided."""
    connection.execute(update(_TABLE).where(_TABLE.c.id == number).values(rows=rows))


def settle(connection: Connection, number: int, state: str, summary: str, settled_us: int) -> None:
    """Write what became of a roster, whose people are kept in it no longer."""
    connection.execute(
        update(_TABLE)
        .where(_TABLE.c.id == number)
        .values(state=state, rows="", summary=summary, settled_us=settled_us)
    )


def old_previews(connection: Connection, before_us: int, limit: int) -> list[int]:
    """Previews that were handed in before an instant and never settled."""
    rows = connection.execute(
        select(_TABLE.c.id).where(_TABLE.c.state == PREVIEW, _TABLE.c.uploaded_us < before_us).limit(limit)
    )
    return [row[0] for row in rows]
