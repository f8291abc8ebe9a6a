"""Two records that turned out to be one person's."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, or_, select, update

from lms_tracker.store import schema


@dataclass(frozen=True, slots=True)
class Merge:
    id: int
    survivor: bytes
    loser: bytes
    why: str
    by_person: bytes | None
    merged_us: int
    undone_us: int | None
    undone_by: bytes | None


_table = schema.merges


def add(
    connection: Connection, survivor: bytes, loser: bytes, why: str, by_person: bytes | None, now_us: int
) -> int:
    made = connection.execute(
        insert(_table)
        .values(survivor=survivor, loser=loser, why=why, by_person=by_person, merged_us=now_us)
        .returning(_table.c.id)
    )
    return int(made.scalar_one())


def by_id(connection: Connection, merge_id: int) -> Merge | None:
    row = connection.execute(select(_table).where(_table.c.id == merge_id)).first()
    return Merge(*row) if row else None


def of_person(connection: Connection, person_key: bytes) -> list[Merge]:
    """Merges in which a record survived or was lost, the newest first."""
    rows = connection.execute(
        select(_table)
        .where(or_(_table.c.survivor == person_key, _table.c.loser == person_key))
        .order_by(_table.c.id.desc())
    )
    return [Merge(*row) for row in rows]


def undo(connection: Connection, merge_id: int, by_person: bytes | None, now_us: int) -> bool:
    """Whether the merge stood, which is undone now."""
    done = connection.execute(
        update(_table)
        .where(_table.c.id == merge_id, _table.c.undone_us.is_(None))
        .values(undone_us=now_us, undone_by=by_person)
    )
    return done.rowcount == 1
