"""What could earn credit, written with the statements it is read from."""

from collections.abc import Sequence

from sqlalchemy import Connection

from lms_tracker.store import dialects, schema
from lms_tracker.store.dialects import Row


def add(connection: Connection, rows: Sequence[Row]) -> None:
    """Write rows in the column order of `schema.evidence`."""
    dialects.insert(connection, schema.evidence, rows)
