"""Engines and transactions. What differs between SQLite and PostgreSQL for a transaction is decided here.

A success is promised only after `COMMIT` returned (I1): SQLite runs in WAL mode with `synchronous=FULL` and
writers begin with `BEGIN IMMEDIATE`, so that two writers wait for each other instead of failing on upgrade.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

from lms_tracker.store.schema import metadata

BUSY_SECONDS = 30

db = SQLAlchemy(metadata=metadata)


class Busy(Exception):
    """Another writer holds the database and the caller did not want to wait."""


def engine_options(url: str) -> dict[str, Any]:
    """Options for `SQLALCHEMY_ENGINE_OPTIONS`; threads of one process share one pool."""
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False}, "pool_size": 16}
    return {"pool_size": 16, "pool_pre_ping": True}


def prepare_engine(engine: Engine) -> None:
    """Make SQLite durable and let us, not the driver, decide how a transaction begins."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def durable(dbapi_connection: Any, _record: Any) -> None:
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-32768"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("lms_writing", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def reading() -> Iterator[Connection]:
    """One consistent snapshot. On PostgreSQL `REPEATABLE READ`; nothing written in it is kept."""
    options: dict[str, Any] = {"lms_writing": False}
    if db.engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with db.engine.connect().execution_options(**options) as connection:
        yield connection
        connection.rollback()


@contextmanager
def writing() -> Iterator[Connection]:
    """A transaction that commits when the block ends and leaves nothing when it raises."""
    with db.engine.begin() as connection:
        yield connection


@contextmanager
def writing_if_free() -> Iterator[Connection]:
    """Like `writing`, but raises `Busy` at once where SQLite's only writer is taken."""
    if db.engine.dialect.name != "sqlite":
        with writing() as connection:
            yield connection
        return
    with db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA busy_timeout=0")
        try:
            transaction = connection.begin()
        except OperationalError as error:
            raise Busy from error
        finally:
            driver.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        with transaction:
            yield connection
