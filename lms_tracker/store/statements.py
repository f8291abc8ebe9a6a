"""Statements, their actors and their voidings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection

from lms_tracker.store import dialects, schema
from lms_tracker.store.dialects import Row


@dataclass(slots=True)
class Kept:
    """A statement that is in the store already."""

    provider_id: int
    version: int
    is_voiding: bool
    body: str


class Known(NamedTuple):
    """Of some ids: those that are stored, and those that stored statements refer to."""

    statements: dict[bytes, Kept]
    awaited: set[bytes]


def kept(connection: Connection, ids: Sequence[bytes]) -> Known:
    """Which of these statement ids are stored, and which are referred to; asked for at once."""
    found = dialects.rows_by_key(
        connection,
        "SELECT statement_id, provider_id, version, is_voiding, body FROM statements"
        " WHERE statement_id {keys}"
        # Grouped, for a statement may be referred to by very many.
        " UNION ALL SELECT target_id, 0, 0, FALSE, NULL FROM statement_references WHERE target_id {keys}"
        " GROUP BY target_id",
        ids,
    )
    known = Known({}, set())
    for statement_id, provider_id, version, is_voiding, body in found:
        if body is None:
            known.awaited.add(statement_id)
        else:
            known.statements[statement_id] = Kept(provider_id, version, bool(is_voiding), body)
    return known


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
