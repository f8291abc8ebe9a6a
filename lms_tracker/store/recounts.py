"""Recounts of many in the background, as rows: who is concerned is marked due, some at a time.

The marks of one recount all have its own position. So the transaction that removes a mark, because it writes
its effect, also knows whose progress that is; and whoever is not marked yet is told from the cursor `after`,
which moves in the transaction that marks. Killed anywhere, nothing is lost and nothing is done twice.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from lms_tracker.learning.reasons import Reason
from lms_tracker.store import dialects
from lms_tracker.store.key_scans import next_keys

# Above every key, which has 16 bytes.
END = b"\xff" * 17


@dataclass(frozen=True, slots=True)
class Recount:
    """`providers` are those whose learners it concerns, none for everybody."""

    id: int
    cause: str
    version: int
    providers: tuple[int, ...]
    after: bytes
    people: int
    done: int
    changed: int
    entries: int
    started_us: int
    ended_us: int | None


_COLUMNS = "id, cause, version, providers, after, people, done, changed, entries, started_us, ended_us"


def _recount(row: dialects.Row) -> Recount:
    number, cause, version, providers, *rest = row
    return Recount(number, cause, version, tuple(json.loads(providers)) if providers else (), *rest)


def begin(
    connection: Connection, cause: str, version: int, providers: Collection[int], people: int, position: int
) -> None:
    """`position` is one that nobody else marks with."""
    insert = (
        "INSERT INTO recounts (cause, version, providers, after, people, done, changed, entries, started_us)"
        " VALUES (?, ?, ?, ?, ?, 0, 0, 0, ?)"
    )
    named = json.dumps(sorted(set(providers))) if providers else ""
    dialects.change(connection, insert, (cause, version, named, b"", people, position))


def under_way(connection: Connection) -> list[Recount]:
    select = f"SELECT {_COLUMNS} FROM recounts WHERE ended_us IS NULL ORDER BY id"
    return [_recount(row) for row in dialects.rows(connection, select, ())]


def newest(connection: Connection, limit: int) -> list[Recount]:
    select = f"SELECT {_COLUMNS} FROM recounts ORDER BY id DESC LIMIT ?"
    return [_recount(row) for row in dialects.rows(connection, select, (limit,))]


def lock(connection: Connection, number: int) -> Recount | None:
    """The recount, which nobody else marks for before this transaction ends; None where somebody does."""
    select = f"SELECT {_COLUMNS} FROM recounts WHERE id = ? AND ended_us IS NULL"
    if dialects.is_postgresql(connection):
        select += " FOR UPDATE SKIP LOCKED"
    found = dialects.rows(connection, select, (number,))
    return _recount(found[0]) if found else None


def marks_left(connection: Connection, recount: Recount, most: int) -> int:
    """How many of its marks wait, counted up to `most`."""
    select = "SELECT count(*) FROM (SELECT 1 FROM due_marks WHERE position = ? LIMIT ?) AS found"
    return int(dialects.rows(connection, select, (recount.started_us, most))[0][0])


def next_concerned(connection: Connection, recount: Recount, limit: int) -> list[bytes]:
    """Whoever comes next, `limit` at most; nobody where all are marked."""
    if recount.after == END:
        return []
    return concerned_after(connection, recount.providers, recount.after, limit)


def mark_next(connection: Connection, recount: Recount, concerned: Sequence[bytes], limit: int) -> None:
    """Mark what `next_concerned` found with this limit and move the cursor; the caller holds the lock."""
    dialects.change_many(
        connection,
        "INSERT INTO due_marks (position, actor_key) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(recount.started_us, key) for key in concerned],
    )
    after = concerned[-1] if len(concerned) == limit else END
    dialects.change(connection, "UPDATE recounts SET after = ? WHERE id = ?", (after, recount.id))


_REFUSED = (
    "SELECT DISTINCT person_key FROM ledger WHERE reason IN (?, ?) AND person_key > ? AND person_key <= ?"
    " ORDER BY person_key LIMIT ?"
)


def concerned_after(
    connection: Connection, providers: Sequence[int], after: bytes, limit: int
) -> list[bytes]:
    """Keys of those whom a change concerns, in order, after a key; fewer than `limit` at the end alone.

    Everybody with evidence or a ledger; or, where providers are named, learners with evidence from them, and
    persons whose time stands refused for want of a course: what no course claimed may now be another
    provider's, and the other way round.
    """
    if providers:
        parts = [
            next_keys(connection, "evidence", "actor_key", after, limit, provider) for provider in providers
        ]
    else:
        parts = [
            next_keys(connection, "evidence", "actor_key", after, limit),
            next_keys(connection, "credit_states", "person_key", after, limit),
        ]
    keys = sorted(set().union(*parts))[:limit]
    if not providers:
        return keys
    until = keys[-1] if len(keys) == limit else END
    reasons = (int(Reason.UNKNOWN_COURSE), int(Reason.PROVIDER_NOT_ALLOWED))
    refused = dialects.rows(connection, _REFUSED, (*reasons, after, until, limit))
    return sorted({*keys, *(row[0] for row in refused)})[:limit]


def count_concerned(connection: Connection, providers: Sequence[int]) -> int:
    """About how many that are, for showing progress: whoever has evidence."""
    if not providers:
        select = "SELECT count(*) FROM (SELECT DISTINCT actor_key FROM evidence) AS known"
        return int(dialects.rows(connection, select, ())[0][0])
    marks = ",".join("?" * len(providers))
    select = (
        f"SELECT count(*) FROM (SELECT DISTINCT actor_key FROM evidence WHERE provider_id IN ({marks})) AS k"
    )
    return int(dialects.rows(connection, select, tuple(providers))[0][0])


def add_progress(connection: Connection, started_us: int, done: int, changed: int, entries: int) -> None:
    """Added in the transaction that removes `done` marks of the recount at this position."""
    dialects.change(
        connection,
        "UPDATE recounts SET done = done + ?, changed = changed + ?, entries = entries + ?"
        " WHERE started_us = ? AND ended_us IS NULL",
        (done, changed, entries, started_us),
    )


def end(connection: Connection, number: int, now_us: int) -> None:
    dialects.change(
        connection, "UPDATE recounts SET people = done, ended_us = ? WHERE id = ?", (now_us, number)
    )


def concern(connection: Connection, keys: Sequence[bytes]) -> bool:
    """Whether a recount under way has yet to mark one of these actors and persons."""
    for recount in under_way(connection):
        left = [key for key in keys if key > recount.after]
        if not left:
            continue
        sources: list[tuple[str, tuple[int, ...]]] = [
            ("evidence WHERE actor_key", ()),
            ("credit_states WHERE person_key", ()),
        ]
        if recount.providers:
            marks = ",".join("?" * len(recount.providers))
            reasons = (int(Reason.UNKNOWN_COURSE), int(Reason.PROVIDER_NOT_ALLOWED))
            sources = [
                (f"evidence WHERE provider_id IN ({marks}) AND actor_key", recount.providers),
                ("ledger WHERE reason IN (?, ?) AND person_key", reasons),
            ]
        for source, given in sources:
            found = f"SELECT 1 FROM {source} IN ({','.join('?' * len(left))}) LIMIT 1"
            if dialects.rows(connection, found, (*given, *left)):
                return True
    return False
