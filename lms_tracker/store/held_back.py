"""Learners whose counting failed unexpectedly: they stay due and are left alone for a while.

One row for each identifier that the person is due by. Rows, because every worker has to leave them alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from lms_tracker.store import dialects

# Of marks: those that may be looked at now. Its value is the moment, in microseconds.
MAY_BE_COUNTED = "actor_key NOT IN (SELECT actor_key FROM held_back WHERE again_us > ?)"


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A person who failed so many times with an error of this kind, and when to try again."""

    person_key: bytes
    attempts: int
    again_us: int
    kind: str


def attempts(connection: Connection, actors: Sequence[bytes]) -> int:
    """How often the counting of whoever has these identifiers failed in a row."""
    select = "SELECT attempts FROM held_back WHERE actor_key {keys}"
    return max((int(row[0]) for row in dialects.rows_by_key(connection, select, actors)), default=0)


def hold(connection: Connection, actors: Sequence[bytes], found: HeldBack) -> None:
    statement = (
        "INSERT INTO held_back (actor_key, person_key, attempts, again_us, kind) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (actor_key) DO UPDATE SET person_key = excluded.person_key,"
        " attempts = excluded.attempts, again_us = excluded.again_us, kind = excluded.kind"
    )
    row = (found.person_key, found.attempts, found.again_us, found.kind)
    dialects.change_many(connection, statement, [(actor, *row) for actor in sorted(actors)])


def release(connection: Connection, actors: Sequence[bytes]) -> None:
    """Of learners who were counted."""
    dialects.change_by_key(connection, "DELETE FROM held_back WHERE actor_key {keys}", sorted(actors))


def count(connection: Connection, most: int) -> int:
    """How many persons are held back, or were until their next attempt; `most` where there are more."""
    select = "SELECT count(*) FROM (SELECT DISTINCT person_key FROM held_back LIMIT ?) AS found"
    return int(dialects.rows(connection, select, (most,))[0][0])


def first(connection: Connection, limit: int) -> list[HeldBack]:
    """Those who failed most often, each person once."""
    select = (
        "SELECT person_key, max(attempts) AS failed, max(again_us), max(kind) FROM held_back"
        " GROUP BY person_key ORDER BY failed DESC, person_key LIMIT ?"
    )
    return [HeldBack(*row) for row in dialects.rows(connection, select, (limit,))]
