"""What could earn credit, and the marks that say whose credit must be looked at again."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from lms_tracker.store import dialects, schema
from lms_tracker.store.dialects import Row


def add(connection: Connection, rows: Sequence[Row]) -> None:
    """Write rows in the column order of `schema.evidence`."""
    dialects.insert(connection, schema.evidence, rows)


def mark_due(connection: Connection, position: int, actor_keys: Collection[bytes]) -> None:
    """Mark learners, in key order; `position` is one that no other transaction marks with."""
    dialects.insert(connection, schema.due_marks, [(position, key) for key in sorted(set(actor_keys))])
