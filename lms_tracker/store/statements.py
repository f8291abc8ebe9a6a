"""Statements, their actors and their voidings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection

from lms_tracker.store import dialects, schema
from lms_tracker.store.dialects import Row

# Longer bodies, in characters or bytes, are read one by one when they are asked for: a small request can name
# thousands of the longest statements.
LONG = 16_384


@dataclass(slots=True)
class Kept:
    """A statement that is in the store already; its body is read in the transaction that found it."""

    provider_id: int
    version: int
    is_voiding: bool
    short: str | None
    read: Callable[[], str]

    @property
    def body(self) -> str:
        return self.read() if self.short is None else self.short


class Known(NamedTuple):
    """Of some ids: those that are stored, and those that stored statements refer to."""

    statements: dict[bytes, Kept]
    awaited: set[bytes]


def kept(connection: Connection, ids: Sequence[bytes]) -> Known:
    """Which of these statement ids are stored, and which are referred to; asked for at once."""
    size = "octet_length" if dialects.is_postgresql(connection) else "length"
    short = f"CASE WHEN {size}(body) <= {LONG} THEN body END"
    found = dialects.rows_by_key(
        connection,
        f"SELECT statement_id, provider_id, version, is_voiding, {short} FROM statements"
        " WHERE statement_id {keys}"
        # Whether there is one, for a statement may be referred to by very many.
        " UNION ALL SELECT asked.key, 0, 0, FALSE, NULL FROM {asked}"
        " WHERE EXISTS (SELECT 1 FROM statement_references r WHERE r.target_id = asked.key)",
        ids,
    )
    known = Known({}, set())
    for statement_id, provider_id, version, is_voiding, body in found:
        if version == 0:
            known.awaited.add(statement_id)
        else:
            read = partial(_body, connection, statement_id)
            known.statements[statement_id] = Kept(provider_id, version, bool(is_voiding), body, read)
    return known


def _body(connection: Connection, statement_id: bytes) -> str:
    select = "SELECT body FROM statements WHERE statement_id = ?"
    return str(dialects.rows(connection, select, (statement_id,))[0][0])


def add(
    connection: Connection,
    statements: Sequence[Row],
    actors: Sequence[Row],
    activities: Sequence[Row],
    voidings: Sequence[Row],
    references: Sequence[Row],
    reached: Sequence[Row],
) -> None:
    """Write rows of the family of the statement id, and of what they are found by.

    Each sequence holds tuples in the column order of its table in `schema`.
    """
    dialects.insert(connection, schema.statements, statements)
    dialects.insert(connection, schema.statement_actors, actors)
    dialects.insert(connection, schema.statement_activities, activities)
    dialects.insert(connection, schema.voidings, voidings)
    dialects.insert(connection, schema.statement_references, references)
    dialects.insert(connection, schema.reached, reached)


def add_names(
    connection: Connection, verbs: Sequence[Row], activities: Sequence[Row], actors: Sequence[Row]
) -> None:
    """Remember the text behind computed keys that are not known yet."""
    dialects.insert_new(connection, schema.verbs, verbs)
    dialects.insert_new(connection, schema.activities, activities)
    dialects.insert_new(connection, schema.actors, actors)
