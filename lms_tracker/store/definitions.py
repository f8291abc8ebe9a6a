"""What each provider's statements say that activities are, one merged definition of each."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection

from lms_tracker.store import dialects

# A definition may have 65,536 bytes; of those that are asked for together no more are in memory.
AT_ONCE = 200

_SHOWN = """
    WITH wanted AS (SELECT * FROM definitions WHERE activity_key {keys}),
    ranked AS (
        SELECT activity_key, definition, ROW_NUMBER() OVER (
            PARTITION BY activity_key ORDER BY provider_id = ? DESC, changed_us DESC, provider_id
        ) AS place
        FROM wanted
    )
    SELECT activity_key, definition FROM ranked WHERE place = 1
"""


def of_provider(connection: Connection, provider_id: int, keys: Sequence[bytes]) -> dict[bytes, bytes]:
    """JSON text, by activity key, of the definitions that a provider's own statements gave."""
    found = dialects.rows_by_key(
        connection,
        "SELECT activity_key, definition FROM definitions WHERE activity_key {keys} AND provider_id = ?",
        keys,
        provider_id,
    )
    return {key: text.encode() for key, text in found}


def save(connection: Connection, rows: Sequence[tuple[bytes, int, str, int]]) -> None:
    """Write rows, in the order of the table's columns, in the place of those that are there."""
    dialects.change_many(
        connection,
        "INSERT INTO definitions (activity_key, provider_id, definition, changed_us) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (activity_key, provider_id)"
        " DO UPDATE SET definition = excluded.definition, changed_us = excluded.changed_us",
        rows,
    )


def changed_after(connection: Connection, position: int, most: int) -> list[tuple[int, str | None]]:
    """Provider and IRI of definitions that changed after a position; no IRI where only its key is known."""
    found = dialects.rows(
        connection,
        "SELECT d.provider_id, a.iri FROM definitions d"
        " LEFT JOIN activities a ON a.activity_key = d.activity_key WHERE d.changed_us > ? LIMIT ?",
        (position, most),
    )
    return [(provider_id, iri) for provider_id, iri in found]


def shown_to(
    connection: Connection, provider_id: int, keys: Iterable[bytes]
) -> Iterator[tuple[bytes, bytes]]:
    """Activity key and definition as a provider sees them: its own, else the newest of the others'."""
    wanted = sorted(keys)
    for part in dialects.chunks(wanted, AT_ONCE):
        found = dialects.rows_by_key(
            connection,
            _SHOWN,
            part,
            provider_id,
        )
        yield from ((key, text.encode()) for key, text in found)
