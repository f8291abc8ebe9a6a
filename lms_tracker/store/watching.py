"""What the watch over abuse reads and remembers: who was counted since, and what was claimed by course."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, select

from lms_tracker.learning.evidence import ATTENDED, COMPLETION, IMPOSSIBLE_DURATION, OWN_TIME
from lms_tracker.store import dialects, schema
from lms_tracker.store.dialects import Row

# Of one person the newest so many statements are looked at.
MOST_CLAIMS = 20_000
ROWS_AT_ONCE = 500

_EVIDENCE = (
    "SELECT e.actor_key, e.statement_id, e.provider_id, e.start_s, e.at_s, e.flags, e.digest, e.session,"
    " e.registration, e.activity_key FROM evidence e WHERE e.actor_key {keys} AND NOT EXISTS"
    " (SELECT 1 FROM voidings v WHERE v.target_id = e.statement_id"
    " AND (v.by_all OR v.provider_id = e.provider_id)) ORDER BY e.position DESC LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the watch came: everybody counted up to this moment and key."""

    decided_us: int
    person_key: bytes


BEGINNING = Mark(0, b"")


@dataclass(frozen=True, slots=True)
class Memory:
    """A table of claims by course, the column that says when, and how much of that column is a day."""

    table: str
    at: str
    day: int


TIMES = Memory("watched_times", "start_s", 86_400)
COMPLETIONS = Memory("watched_completions", "day", 1)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A statement that stands, as the watch sees it; `start` is None where it claims no measured time."""

    actor_key: bytes
    statement_id: bytes
    provider_id: int
    start: int | None
    at: int
    digest: bytes
    session: bytes
    completes: bool
    attended: bool


def mark(connection: Connection) -> Mark:
    rows = dialects.rows(connection, "SELECT decided_us, person_key FROM watching WHERE id = 1", ())
    return Mark(int(rows[0][0]), bytes(rows[0][1])) if rows else BEGINNING


def move(connection: Connection, seen: Mark, reached: Mark) -> bool:
    """Move the mark; False where another worker moved it since `seen`."""
    if seen == BEGINNING:
        dialects.change(
            connection,
            "INSERT INTO watching (id, decided_us, person_key) VALUES (1, ?, ?) ON CONFLICT DO NOTHING",
            (seen.decided_us, seen.person_key),
        )
    statement = (
        "UPDATE watching SET decided_us = ?, person_key = ?"
        " WHERE id = 1 AND decided_us = ? AND person_key = ?"
    )
    values = (reached.decided_us, reached.person_key, seen.decided_us, seen.person_key)
    return dialects.change(connection, statement, values) == 1


def counted(connection: Connection, after: Mark, until_us: int, limit: int) -> list[Mark]:
    """Whoever was counted after the mark and before `until_us`, in order."""
    rows = dialects.rows(
        connection,
        "SELECT decided_us, person_key FROM credit_states WHERE (decided_us, person_key) > (?, ?)"
        " AND decided_us < ? ORDER BY decided_us, person_key LIMIT ?",
        (after.decided_us, after.person_key, until_us, limit),
    )
    return [Mark(int(row[0]), bytes(row[1])) for row in rows]


def count_waiting(connection: Connection, after: Mark) -> int:
    """How many were counted after the mark."""
    select = "SELECT count(*) FROM credit_states WHERE (decided_us, person_key) > (?, ?)"
    return int(dialects.rows(connection, select, (after.decided_us, after.person_key))[0][0])


def claims(connection: Connection, actor_keys: Sequence[bytes]) -> list[Claimed]:
    """The newest `MOST_CLAIMS` statements of one person that stand and have a time of their own."""
    rows = dialects.rows_by_key(connection, _EVIDENCE, actor_keys, MOST_CLAIMS)
    return [_claimed(row) for row in rows if row[5] & OWN_TIME]


def _claimed(row: Row) -> Claimed:
    actor_key, statement_id, provider_id, start, at, flags, digest, session, registration, activity = row
    return Claimed(
        actor_key=bytes(actor_key),
        statement_id=bytes(statement_id),
        provider_id=provider_id,
        start=None if flags & IMPOSSIBLE_DURATION or start is None or start >= at else start,
        at=at,
        digest=bytes(digest),
        session=bytes(session or registration or activity or statement_id),
        completes=bool(flags & COMPLETION),
        attended=bool(flags & ATTENDED),
    )


def courses_of(connection: Connection, person_key: bytes) -> dict[bytes, int]:
    """The course in which each statement of a person stands in the ledger."""
    rows = dialects.rows(
        connection,
        "SELECT statement_id, max(course_id) FROM ledger WHERE person_key = ? AND course_id IS NOT NULL"
        " GROUP BY statement_id, course_id HAVING sum(pieces) > 0",
        (person_key,),
    )
    return {bytes(row[0]): int(row[1]) for row in rows}


def own_providers(connection: Connection) -> set[int]:
    """Providers through which only what a reviewer accepted comes in."""
    table = schema.providers
    return set(connection.scalars(select(table.c.id).where(table.c.is_ours)))


def account_names(connection: Connection, actor_keys: Sequence[bytes]) -> dict[bytes, str]:
    """The name within its site of each of these actors that is an account."""
    rows = dialects.rows_by_key(
        connection, "SELECT actor_key, identifier FROM actors WHERE actor_key {keys}", actor_keys
    )
    return {
        bytes(key): identifier.rpartition("|")[2]
        for key, identifier in rows
        if identifier.startswith("account:")
    }


def remember_times(
    connection: Connection, rows: Sequence[tuple[int, int, int, bytes, bytes]]
) -> list[tuple[int, int]]:
    """Add those rows of `watched_times` that are not there yet; answers their (course, start)."""
    return _remember(connection, schema.watched_times, rows, "course_id, start_s")


def remember_completions(
    connection: Connection, rows: Sequence[tuple[int, int, bytes, bytes]]
) -> list[tuple[int, int]]:
    """Add those rows of `watched_completions` that are not there yet; answers their (course, day)."""
    return _remember(connection, schema.watched_completions, rows, "course_id, day")


def _remember(
    connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]], answer: str
) -> list[tuple[int, int]]:
    names = [column.name for column in table.columns]
    marks = "(" + ",".join("?" * len(names)) + ")"
    new: list[tuple[int, int]] = []
    # In order, so that workers side by side wait for each other and never for ever.
    for part in dialects.chunks(sorted(set(rows)), ROWS_AT_ONCE):
        insert = (
            f"INSERT INTO {table.name} ({','.join(names)}) VALUES {','.join([marks] * len(part))}"
            f" ON CONFLICT DO NOTHING RETURNING {answer}"
        )
        found = dialects.rows(connection, insert, [value for row in part for value in row])
        new += [(int(row[0]), int(row[1])) for row in found]
    return new


def same_times(
    connection: Connection, course_id: int, first_s: int, before_s: int, least: int
) -> list[tuple[int, int, int]]:
    """(start, seconds, people) of times begun in [first_s, before_s) that `least` people or more claim."""
    rows = dialects.rows(
        connection,
        "SELECT start_s, seconds, count(*) FROM watched_times WHERE course_id = ? AND start_s >= ?"
        " AND start_s < ? GROUP BY start_s, seconds HAVING count(*) >= ?",
        (course_id, first_s, before_s, least),
    )
    return [(int(row[0]), int(row[1]), int(row[2])) for row in rows]


def people_at(
    connection: Connection, course_id: int, start_s: int, seconds: int, limit: int
) -> list[tuple[bytes, bytes]]:
    """(person, statement) of those who claim one time in a course."""
    rows = dialects.rows(
        connection,
        "SELECT person_key, statement_id FROM watched_times WHERE course_id = ? AND start_s = ?"
        " AND seconds = ? ORDER BY person_key LIMIT ?",
        (course_id, start_s, seconds, limit),
    )
    return [(bytes(row[0]), bytes(row[1])) for row in rows]


def newest_times(connection: Connection, course_id: int, limit: int) -> list[tuple[bytes, int, bytes]]:
    """(person, seconds, statement) of the newest times of a course."""
    rows = dialects.rows(
        connection,
        "SELECT person_key, seconds, statement_id FROM watched_times WHERE course_id = ?"
        " ORDER BY start_s DESC, seconds DESC, person_key DESC LIMIT ?",
        (course_id, limit),
    )
    return [(bytes(row[0]), int(row[1]), bytes(row[2])) for row in rows]


def completions_by_day(
    connection: Connection, course_id: int, first_day: int, last_day: int
) -> dict[int, int]:
    """People who completed a course or a part of it, by local day."""
    rows = dialects.rows(
        connection,
        "SELECT day, count(*) FROM watched_completions WHERE course_id = ? AND day >= ? AND day <= ?"
        " GROUP BY day",
        (course_id, first_day, last_day),
    )
    return {int(row[0]): int(row[1]) for row in rows}


def completed_on(connection: Connection, course_id: int, day: int, limit: int) -> list[tuple[bytes, bytes]]:
    """(person, statement) of those who completed a course on a day."""
    rows = dialects.rows(
        connection,
        "SELECT person_key, statement_id FROM watched_completions WHERE course_id = ? AND day = ?"
        " ORDER BY person_key LIMIT ?",
        (course_id, day, limit),
    )
    return [(bytes(row[0]), bytes(row[1])) for row in rows]


def newest(connection: Connection, memory: Memory, course_id: int) -> int | None:
    """When the newest of a course was that is remembered."""
    select = f"SELECT {memory.at} FROM {memory.table} WHERE course_id = ? ORDER BY {memory.at} DESC LIMIT 1"
    found = dialects.rows(connection, select, (course_id,))
    return int(found[0][0]) if found else None


def has_before(connection: Connection, memory: Memory, course_id: int, before: int) -> bool:
    """Whether anything of a course is remembered from before."""
    select = f"SELECT 1 FROM {memory.table} WHERE course_id = ? AND {memory.at} < ? LIMIT 1"
    return bool(dialects.rows(connection, select, (course_id, before)))


def forget(connection: Connection, memory: Memory, course_id: int, before: int, limit: int) -> int:
    """Forget of a course what is from before, about `limit` of it; answers how much that was."""
    ordered = (
        f"SELECT {memory.at} FROM {memory.table} WHERE course_id = ? AND {memory.at} < ?"
        f" ORDER BY {memory.at} LIMIT 1 OFFSET ?"
    )
    further = dialects.rows(connection, ordered, (course_id, before, limit))
    until = int(further[0][0]) + 1 if further else before
    drop = f"DELETE FROM {memory.table} WHERE course_id = ? AND {memory.at} < ?"
    return dialects.change(connection, drop, (course_id, until))
