"""Whose credit must be looked at again, and who a learner is."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from lms_tracker.store import dialects


@dataclass(frozen=True, slots=True)
class DuePerson:
    """A person with marks: their actor keys, and for each marked one the newest mark that was seen."""

    person_key: bytes
    actor_keys: tuple[bytes, ...]
    marks: tuple[tuple[bytes, int], ...]


def waiting(connection: Connection, limit: int, offset: int = 0) -> list[bytes]:
    """Actor keys of the oldest marks, each once."""
    found = dialects.rows(
        connection, "SELECT actor_key FROM due_marks ORDER BY position LIMIT ? OFFSET ?", (limit, offset)
    )
    return list(dict.fromkeys(row[0] for row in found))


def count(connection: Connection) -> int:
    return int(dialects.rows(connection, "SELECT count(*) FROM due_marks", ())[0][0])


def person_keys(connection: Connection, actor_keys: Sequence[bytes]) -> dict[bytes, bytes]:
    """The person behind each actor: the linked one, or the actor as a person of its own."""
    linked = dialects.rows_by_key(
        connection, "SELECT actor_key, person_key FROM links WHERE actor_key {keys}", actor_keys
    )
    return {key: key for key in actor_keys} | dict(linked)


def actor_keys(connection: Connection, persons: Sequence[bytes]) -> dict[bytes, list[bytes]]:
    """Every actor key of each person; none for an actor that is linked to somebody else now."""
    found: dict[bytes, list[bytes]] = {key: [] for key in persons}
    for actor_key, person_key in dialects.rows_by_key(
        connection, "SELECT actor_key, person_key FROM links WHERE person_key {keys}", persons
    ):
        found[person_key].append(actor_key)
    linked = {
        row[0]
        for row in dialects.rows_by_key(
            connection, "SELECT actor_key FROM links WHERE actor_key {keys}", persons
        )
    }
    for key in persons:
        if key not in linked:
            found[key].append(key)
    return found


def marks(connection: Connection, actors: Sequence[bytes]) -> dict[bytes, int]:
    """The newest mark of each of these actors that has one."""
    return dict(
        dialects.rows_by_key(
            connection,
            "SELECT actor_key, max(position) FROM due_marks WHERE actor_key {keys} GROUP BY actor_key",
            actors,
        )
    )


def remove(connection: Connection, actor_key: bytes, up_to: int) -> None:
    """Remove the marks whose effect this transaction writes; newer ones stay."""
    dialects.change(
        connection, "DELETE FROM due_marks WHERE actor_key = ? AND position <= ?", (actor_key, up_to)
    )


def mark_providers(connection: Connection, position: int, provider_ids: Sequence[int]) -> None:
    """Mark every learner with evidence from these providers."""
    for provider_id in provider_ids:
        dialects.change(
            connection,
            "INSERT INTO due_marks (position, actor_key) SELECT DISTINCT CAST(? AS BIGINT), actor_key"
            " FROM evidence WHERE provider_id = ? ON CONFLICT DO NOTHING",
            (position, provider_id),
        )


def oldest(connection: Connection) -> int | None:
    """The position of the oldest mark, in microseconds."""
    found = dialects.rows(connection, "SELECT min(position) FROM due_marks", ())[0][0]
    return None if found is None else int(found)
