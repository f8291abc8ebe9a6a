"""Statements, their actors and their voidings."""

from collections.abc import Sequence
from dataclasses import dataclass

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


def kept(connection: Connection, ids: Sequence[bytes]) -> dict[bytes, Kept]:
    """Which of these statement ids are stored."""
    found = dialects.rows_by_key(
        connection,
        "SELECT statement_id, provider_id, version, is_voiding, body FROM statements"
        " WHERE statement_id {keys}",
        ids,
    )
    return {row[0]: Kept(row[1], row[2], bool(row[3]), row[4]) for row in found}


def add(
    connection: Connection,
    statements: Sequence[Row],
    actors: Sequence[Row],
    voidings: Sequence[Row],
    references: Sequence[Row],
) -> None:
    """Write rows of the family of the statement id and the actors they are found by.

    Each sequence holds tuples in the column order of its table in `schema`.
    """
    dialects.insert(connection, schema.statements, statements)
    dialects.insert(connection, schema.statement_actors, actors)
    dialects.insert(connection, schema.voidings, voidings)
    dialects.insert(connection, schema.statement_references, references)


def add_names(
    connection: Connection, verbs: Sequence[Row], activities: Sequence[Row], actors: Sequence[Row]
) -> None:
    """Remember the text behind computed keys that are not known yet."""
    dialects.insert_new(connection, schema.verbs, verbs)
    dialects.insert_new(connection, schema.activities, activities)
    dialects.insert_new(connection, schema.actors, actors)
