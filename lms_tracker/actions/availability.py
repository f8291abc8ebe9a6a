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
    """Whoever was writing this request for several was interrupted, most likely before it was stored."""


UNAVAILABLE: tuple[type[Exception], ...] = (
    OperationalError,
    sqlite3.OperationalError,
    NotWritten,
    *_drivers(),
)


def lacks_tables(error: Exception) -> bool:
    """Whether this error means that the database has not our schema."""
    driver = getattr(error, "orig", None) or error
    return type(driver).__name__ == "UndefinedTable" or str(driver).startswith("no such table")


def is_unavailable(error: Exception) -> bool:
    """Whether this error means that the database is away or without our schema; it quotes no values then."""
    return isinstance(error, UNAVAILABLE) or lacks_tables(error)


def first_line(error: Exception) -> str:
    """What the driver said; what follows the first line may quote what was to be written."""
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0]


def ask() -> None:
    """Raise the driver's error when the database cannot be reached or has not our schema."""
    with database.reading() as connection:
        horizon.read(connection)


def is_ready() -> bool:
    """Whether the database can be reached and has our schema."""
    try:
        ask()
    except Exception as error:
        if is_unavailable(error):
            return False
        raise
    return True
