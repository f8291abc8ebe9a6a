"""Everybody who may have credit: whoever has evidence, a link or a ledger."""

from sqlalchemy import Connection

from lms_tracker.store import dialects
from lms_tracker.store.key_scans import next_keys

_SOURCES = (("evidence", "actor_key"), ("links", "person_key"), ("credit_states", "person_key"))


def keys_after(connection: Connection, after: bytes, limit: int) -> list[bytes]:
    """Keys in order, above `after`: every actor with evidence, and whoever has a link or a ledger."""
    found = (next_keys(connection, table, key, after, limit) for table, key in _SOURCES)
    return sorted(set().union(*found))[:limit]


def count(connection: Connection) -> int:
    """How many persons there are: linked actors count with their person."""
    known = " UNION ".join(f"SELECT {key} AS person_key FROM {table}" for table, key in _SOURCES)
    select = (
        f"SELECT count(*) FROM ({known}) AS known"
        " WHERE NOT EXISTS (SELECT 1 FROM links l WHERE l.actor_key = known.person_key)"
    )
    return int(dialects.rows(connection, select, ())[0][0])
