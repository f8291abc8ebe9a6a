"""Engines and transactions. What differs between SQLite and PostgreSQL for a transaction is decided here.

A success is promised only after `COMMIT` returned (I1): SQLite runs in WAL mode with `synchronous=FULL` and
writers begin with `BEGIN IMMEDIATE`, so that two writers wait for each other instead of failing on upgrade.
"""

import select
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from flask import Flask, current_app, g
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, Transaction, event
from sqlalchemy.exc import DisconnectionError, OperationalError

from lms_tracker.store.schema import metadata
from lms_tracker.store.turns import Turns

BUSY_SECONDS = 30

# By database and whether the transaction writes.
BEGIN = {
    ("sqlite", True): "BEGIN IMMEDIATE",
    ("sqlite", False): "BEGIN",
    # Named, because a server can have another default: what waited for a lock must see what was committed.
    ("postgresql", True): "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
    ("postgresql", False): "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
}

db = SQLAlchemy(metadata=metadata)


class Busy(Exception):
    """Another writer holds the database and the caller did not want to wait."""


def attach(app: Flask, url: str) -> None:
    """Give the application its engine on the database at `url`; nothing is connected yet."""
    app.config.update(SQLALCHEMY_DATABASE_URI=url, SQLALCHEMY_ENGINE_OPTIONS=_engine_options(url))
    db.init_app(app)
    with app.app_context():
        _prepare(db.engine)
        on_sqlite = db.engine.dialect.name == "sqlite"
        app.extensions["lms_tracker.turns"] = (
            Turns(str(db.engine.url.database), BUSY_SECONDS) if on_sqlite else None
        )


def _engine_options(url: str) -> dict[str, Any]:
    """Options of SQLAlchemy's engine; threads of one process share one pool."""
    if url.startswith("sqlite"):
        connect_args: dict[str, Any] = {"timeout": BUSY_SECONDS, "check_same_thread": False}
    else:
        connect_args = {"autocommit": True}
    # Errors must not quote what was to be written: it is about people.
    # At most two for each of a worker's threads, so that none waits for a connection while it holds one.
    return {
        "connect_args": connect_args,
        "pool_size": 16,
        "max_overflow": 48,
        # The connection used last has its caches warm and its statements prepared; the others rest.
        "pool_use_lifo": True,
        "hide_parameters": True,
    }


def _prepare(engine: Engine) -> None:
    """Let us, not the driver, decide how a transaction begins; make SQLite durable."""
    kind = engine.dialect.name
    if kind == "sqlite":
        event.listen(engine, "connect", _make_durable)
    else:
        # Its defaults are durable: fsync and synchronous_commit are on.
        event.listen(engine, "checkout", _refuse_if_broken)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get("lms_alone"):
            connection.exec_driver_sql(BEGIN[kind, options.get("lms_writing", True)])


def _make_durable(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-32768"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _refuse_if_broken(dbapi_connection: Any, _record: Any, _proxy: Any) -> None:
    # An idle connection that has something to read was closed by the server. Asking the socket costs two
    # microseconds, asking the server would cost a round trip for every request.
    readable = select.poll()
    readable.register(dbapi_connection.fileno(), select.POLLIN)
    if readable.poll(0):
        raise DisconnectionError("the server closed the connection")


@contextmanager
def reading() -> Iterator[Connection]:
    """One consistent snapshot; nothing written in it is kept.

    Inside another `reading` of the same request or command it is the same snapshot.
    """
    held: Connection | None = g.get("lms_tracker_reading")
    if held is not None:
        yield held
        return
    with db.engine.connect().execution_options(lms_writing=False) as connection:
        connection.begin()
        g.lms_tracker_reading = connection
        try:
            yield connection
        finally:
            g.pop("lms_tracker_reading")
            connection.rollback()


@contextmanager
def asking() -> Iterator[Connection]:
    """For one SELECT alone, which needs no transaction around it and none of its round trips."""
    held: Connection | None = g.get("lms_tracker_reading")
    if held is not None:
        yield held
        return
    with db.engine.connect().execution_options(lms_alone=True) as connection:
        yield connection


@contextmanager
def writing() -> Iterator[Connection]:
    """A transaction that commits when the block ends and leaves nothing when it raises."""
    turns = _turns()
    with turns.mine() if turns else nullcontext(), db.engine.begin() as connection:
        yield connection


@contextmanager
def writing_if_free() -> Iterator[Connection]:
    """Like `writing`, but raises `Busy` at once where SQLite's only writer is taken."""
    turns = _turns()
    if turns is None:
        with writing() as connection:
            yield connection
        return
    with turns.mine_if_free() as free, db.engine.connect() as connection:
        if not free:
            raise Busy
        with _begun_if_free(connection):
            yield connection


def _begun_if_free(connection: Connection) -> Transaction:
    # The turn is taken by our own writers alone; a backup or a shell holds SQLite itself.
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA busy_timeout=0")
    try:
        return connection.begin()
    except OperationalError as error:
        raise Busy from error
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")


def _turns() -> Turns | None:
    turns: Turns | None = current_app.extensions["lms_tracker.turns"]
    return turns
