"""Statements that another record store would not have: kept until somebody looked and sent them again."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, update

from lms_tracker.store import schema

_table = schema.dead_letters


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """`status` is the HTTP status of the refusal; `answer` is the beginning of what was said."""

    statement_id: bytes
    position: int
    failed_us: int
    attempts: int
    status: int | None
    answer: str


def bury(connection: Connection, forward_id: int, letter: DeadLetter) -> None:
    """Keep a refused statement, as a letter or as a further attempt of one."""
    if not note_attempt(connection, forward_id, letter):
        connection.execute(
            insert(_table).values(
                forward_id=forward_id,
                statement_id=letter.statement_id,
                position=letter.position,
                failed_us=letter.failed_us,
                attempts=1,
                status=letter.status,
                answer=letter.answer,
            )
        )


def note_attempt(connection: Connection, forward_id: int, letter: DeadLetter) -> bool:
    """Note that a letter was refused once more; False where there is no such letter."""
    changed = connection.execute(
        update(_table)
        .where(_table.c.forward_id == forward_id, _table.c.statement_id == letter.statement_id)
        .values(
            failed_us=letter.failed_us,
            attempts=_table.c.attempts + 1,
            status=letter.status,
            answer=letter.answer,
        )
    )
    return changed.rowcount > 0


def of_forward(connection: Connection, forward_id: int, after: int, limit: int) -> list[DeadLetter]:
    """Dead letters after a position, in the order of `stored`."""
    columns = _table.c.statement_id, _table.c.position, _table.c.failed_us, _table.c.attempts
    rows = connection.execute(
        select(*columns, _table.c.status, _table.c.answer)
        .where(_table.c.forward_id == forward_id, _table.c.position > after)
        .order_by(_table.c.position)
        .limit(limit)
    )
    return [DeadLetter(bytes(row[0]), *row[1:]) for row in rows]


def drop(connection: Connection, forward_id: int, statement_ids: Sequence[bytes]) -> None:
    connection.execute(
        delete(_table).where(_table.c.forward_id == forward_id, _table.c.statement_id.in_(statement_ids))
    )


def count(connection: Connection, most: int) -> int:
    """How many there are for all forwards together, counted up to `most`."""
    some = select(_table.c.forward_id).limit(most).subquery()
    return int(connection.execute(select(func.count()).select_from(some)).scalar_one())
