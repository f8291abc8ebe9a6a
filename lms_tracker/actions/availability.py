"""Whether the database answers, and which errors mean that it does not."""

import importlib
import sqlite3

from sqlalchemy.exc import OperationalError

from lms_tracker.store import database, horizon


def _drivers() -> tuple[type[Exception], ...]:
    try:
        return (importlib.import_module("psycopg").OperationalError,)
    except ImportError:  # PostgreSQL is an extra
        return ()


class NotWritten(Exception):
    """Whoever was writing this request for several was interrupted; nothing of it is stored."""


UNAVAILABLE: tuple[type[Exception], ...] = (
    OperationalError,
    sqlite3.OperationalError,
    NotWritten,
    *_drivers(),
)


def is_ready() -> bool:
    """Whether the database can be reached and has our schema."""
    try:
        with database.reading() as connection:
            horizon.read(connection)
    except Exception as error:
        if isinstance(error, UNAVAILABLE) or type(error).__name__ in ("UndefinedTable", "ProgrammingError"):
            return False
        raise
    return True
