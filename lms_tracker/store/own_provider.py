"""The one provider through which what people declare or attend here comes in."""

from sqlalchemy import Connection, update

from lms_tracker.store import credentials, dialects, schema


def number(connection: Connection) -> int | None:
    """Its number; None before it was needed for the first time."""
    select = "SELECT id FROM providers WHERE is_ours = ? ORDER BY id LIMIT 1"
    found = dialects.rows(connection, select, (True,))
    return int(found[0][0]) if found else None


def add(connection: Connection, name: str, created_us: int) -> int:
    """Make it; the caller holds the lock of the catalogue and has seen that there is none."""
    provider_id = credentials.add_provider(connection, name, created_us)
    table = schema.providers
    connection.execute(update(table).where(table.c.id == provider_id).values(is_ours=True))
    return provider_id


def course_codes(connection: Connection, provider_id: int) -> set[str]:
    """The codes of its courses."""
    select = "SELECT code FROM courses WHERE provider_id = ?"
    return {row[0] for row in dialects.rows(connection, select, (provider_id,))}
