"""Keys of tables that have many rows for each, one after the other."""

from sqlalchemy import Connection

from lms_tracker.store import dialects

# The next key of an index after one, again and again: so that what lies between is not read.
_NEXT_KEYS = (
    "WITH RECURSIVE found(key) AS ({first} UNION ALL"
    " SELECT (SELECT {key} FROM {table} WHERE {condition}{key} > found.key ORDER BY {key} LIMIT 1)"
    " FROM found WHERE found.key IS NOT NULL)"
    " SELECT key FROM found WHERE key IS NOT NULL LIMIT ?"
)


def next_keys(
    connection: Connection, table: str, key: str, after: bytes, limit: int, provider: int | None = None
) -> list[bytes]:
    """Different keys of a table in order, after one; of rows with this `provider_id`, where it is named."""
    condition = "" if provider is None else "provider_id = ? AND "
    given = () if provider is None else (provider,)
    first = f"SELECT (SELECT {key} FROM {table} WHERE {condition}{key} > ? ORDER BY {key} LIMIT 1)"
    select = _NEXT_KEYS.format(first=first, table=table, key=key, condition=condition)
    return [row[0] for row in dialects.rows(connection, select, (*given, after, *given, limit))]
