"""Whose credit must be looked at again, and who a learner is."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from lms_tracker.store import dialects, schema
from lms_tracker.store.held_back import MAY_BE_COUNTED

# Later than anybody is held back.
_NEVER = 1 << 62


def waiting(
    connection: Connection, limit: int, background: Collection[int] = (), now_us: int = _NEVER
) -> list[bytes]:
    """Actor keys of the oldest marks, each once; those at the positions `background` come last.

    Whoever is held back at `now_us` is left out; by default nobody is.
    """
    others = f" AND position NOT IN ({','.join('?' * len(background))})" if background else ""
    found = dialects.rows(
        connection,
        f"SELECT actor_key FROM due_marks WHERE {MAY_BE_COUNTED}{others} ORDER BY position LIMIT ?",
        (now_us, *background, limit),
    )
    for position in background:
        if len(found) < limit:
            select = (
                f"SELECT actor_key FROM due_marks WHERE position = ? AND {MAY_BE_COUNTED}"
                " ORDER BY actor_key LIMIT ?"
            )
            found += dialects.rows(connection, select, (position, now_us, limit - len(found)))
    return list(dict.fromkeys(row[0] for row in found))


def count(connection: Connection, most: int) -> int:
    """How many marks wait; `most` where there are more, which then are not counted."""
    select = "SELECT count(*) FROM (SELECT 1 FROM due_marks LIMIT ?) AS found"
    return int(dialects.rows(connection, select, (most,))[0][0])


def person_keys(connection: Connection, actor_keys: Sequence[bytes]) -> dict[bytes, bytes]:
    """The person behind each actor: the linked one, or the actor as a person of its own."""
    linked = dialects.rows_by_key(
        connection, "SELECT actor_key, person_key FROM links WHERE actor_key {keys}", actor_keys
    )
    return {key: key for key in actor_keys} | dict(linked)


# In one message: actors linked to these persons, and these persons where they are linked themselves.
_LINKS = (
    "SELECT 0, actor_key, person_key FROM links WHERE person_key {keys}"
    " UNION ALL SELECT 1, actor_key, person_key FROM links WHERE actor_key {keys}"
)


def actor_keys(connection: Connection, persons: Sequence[bytes]) -> dict[bytes, list[bytes]]:
    """Every actor key of each person; none for an actor that is linked to somebody else now."""
    found: dict[bytes, list[bytes]] = {key: [] for key in persons}
    linked: set[bytes] = set()
    for is_own, actor_key, person_key in dialects.rows_by_key(connection, _LINKS, persons):
        if is_own:
            linked.add(actor_key)
        else:
            found[person_key].append(actor_key)
    for key in persons:
        if key not in linked:
            found[key].append(key)
    return found


def mark(connection: Connection, position: int, actor_keys: Collection[bytes]) -> None:
    """Mark learners, in key order; `position` is one that no other transaction marks with."""
    dialects.insert(connection, schema.due_marks, [(position, key) for key in sorted(set(actor_keys))])


def marks(connection: Connection, actors: Sequence[bytes]) -> list[tuple[bytes, int]]:
    """Every mark (actor key, position) of these actors."""
    found = dialects.rows_by_key(
        connection, "SELECT actor_key, position FROM due_marks WHERE actor_key {keys}", actors
    )
    return [(row[0], row[1]) for row in found]


def remove(connection: Connection, marks: Sequence[tuple[bytes, int]]) -> None:
    """Remove exactly the marks whose effect this transaction writes; whatever came since stays."""
    dialects.change_rows(
        connection,
        "DELETE FROM due_marks WHERE actor_key = ? AND position = ?",
        "DELETE FROM due_marks USING {rows} AS gone(actor_key, position)"
        " WHERE due_marks.actor_key = gone.actor_key AND due_marks.position = gone.position",
        ("bytea", "bigint"),
        marks,
    )


def oldest(connection: Connection) -> int | None:
    """The position of the oldest mark, in microseconds."""
    found = dialects.rows(connection, "SELECT min(position) FROM due_marks", ())[0][0]
    return None if found is None else int(found)
