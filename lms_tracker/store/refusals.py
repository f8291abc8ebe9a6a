"""The refusal log: what a provider sent that was not taken, bounded for each provider."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert

from lms_tracker.store import dialects, schema

Line = tuple[int | None, str, str, str, str]


def add(connection: Connection, provider_id: int, refused_us: int, lines: Sequence[Line]) -> None:
    """Write lines of (index in the batch, path, rule, message, excerpt)."""
    connection.execute(
        insert(schema.refusals),
        [
            {
                "provider_id": provider_id,
                "refused_us": refused_us,
                "item": item,
                "path": path,
                "rule": rule,
                "message": message,
                "excerpt": excerpt,
            }
            for item, path, rule, message, excerpt in lines
        ],
    )


def keep_newest(connection: Connection, provider_id: int, rows: int) -> None:
    """Drop what lies beyond the newest `rows` lines of the provider."""
    dialects.change(
        connection,
        "DELETE FROM refusals WHERE provider_id = ? AND id <= COALESCE((SELECT id FROM refusals"
        " WHERE provider_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?), 0)",
        (provider_id, provider_id, rows),
    )


def drop_older(connection: Connection, before_us: int) -> int:
    """Drop lines older than an instant; answers how many."""
    table = schema.refusals
    return connection.execute(delete(table).where(table.c.refused_us < before_us)).rowcount
