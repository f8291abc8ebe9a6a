"""What could earn credit, written with the statements it is read from, or read from them again."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from lms_tracker.store import dialects, schema
from lms_tracker.store.dialects import Row

# Twenty columns each: far fewer variables than either database takes in a statement.
_ROWS_AT_ONCE = 500


class Stored(NamedTuple):
    """A statement by what it takes to read its evidence; `size` of its body in bytes."""

    statement_id: bytes
    position: int
    size: int


def add(connection: Connection, rows: Sequence[Row]) -> None:
    """Write rows in the column order of `schema.evidence`."""
    dialects.insert(connection, schema.evidence, rows)


def put(connection: Connection, rows: Sequence[Row]) -> set[bytes]:
    """Write rows whether or not they are there; answers the actors of those that were not there so."""
    changed: set[bytes] = set()
    for part in dialects.chunks(rows, _ROWS_AT_ONCE):
        changed.update(_put(connection, part))
    return changed


def _put(connection: Connection, rows: Sequence[Row]) -> list[bytes]:
    columns = [column.name for column in schema.evidence.columns]
    others = columns[2:]
    differs = " OR ".join(
        dialects.differs(connection, f"evidence.{name}", f"excluded.{name}") for name in others
    )
    row = f"({', '.join('?' * len(columns))})"
    statement = (
        f"INSERT INTO evidence ({', '.join(columns)}) VALUES {', '.join([row] * len(rows))}"
        " ON CONFLICT (actor_key, statement_id) DO UPDATE SET"
        f" {', '.join(f'{name} = excluded.{name}' for name in others)} WHERE {differs} RETURNING actor_key"
    )
    values = [value for row in rows for value in row]
    return [found[0] for found in dialects.rows(connection, statement, values)]


def stored_after(connection: Connection, position: int, limit: int) -> list[Stored]:
    """Statements in the order in which they were stored."""
    size = "octet_length(body)" if dialects.is_postgresql(connection) else "length(body)"
    select = (
        f"SELECT statement_id, position, {size} FROM statements WHERE position > ? ORDER BY position LIMIT ?"
    )
    return [Stored(*row) for row in dialects.rows(connection, select, (position, limit))]


def count_after(connection: Connection, position: int) -> int:
    select = "SELECT count(*) FROM statements WHERE position > ?"
    return int(dialects.rows(connection, select, (position,))[0][0])


def rederived_to(connection: Connection) -> int:
    """Up to which position evidence was read again by a run that has not ended; 0 where there is none."""
    select = "SELECT rederived_to FROM catalogue_state WHERE id = 1"
    return int(dialects.rows(connection, select, ())[0][0])


def set_rederived_to(connection: Connection, position: int) -> None:
    dialects.change(connection, "UPDATE catalogue_state SET rederived_to = ? WHERE id = 1", (position,))
