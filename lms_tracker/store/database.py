"""Engines and transactions. What differs between SQLite and PostgreSQL for a transaction is decided here.

A success is promised only after `COMMIT` returned (I1): SQLite runs in WAL mode with `synchronous=FULL` and
writers begin with `BEGIN IMMEDIATE`, so that two writers wait for each other instead of failing on upgrade.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from flask import Flask, current_app, g
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event

from lms_tracker.store.connections import Connections, discard, driver
from lms_tracker.store.schema import metadata
from lms_tracker.store.turns import Turns

BUSY_SECONDS = 30
# Statements that SQLite keeps prepared for each connection.
PREPARED = 256
# Of a connection: whether the transaction it is in writes.
_WRITES = "lms_tracker_writes"

# By database and whether the transaction writes.
BEGIN = {
    ("sqlite", True): "BEGIN IMMEDIATE",
    ("sqlite", False): "BEGIN",
    # Named, because a server can have another default: what waited for a lock must see what was committed.
    ("postgresql", True): "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
    ("postgresql", False): "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
}

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "cache_size=-32768",
    # Pages, 32 MB: many are written again and again before they are copied back, which a commit waits for.
    "wal_autocheckpoint=8000",
)

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
        app.extensions["lms_tracker.connections"] = Connections(db.engine)
        app.extensions["lms_tracker.turns"] = (
            Turns(str(db.engine.url.database), BUSY_SECONDS) if on_sqlite else None
        )


def _engine_options(url: str) -> dict[str, Any]:
    """Options of SQLAlchemy's engine; threads of one process share one pool."""
    if url.startswith("sqlite"):
        connect_args: dict[str, Any] = {
            "timeout": BUSY_SECONDS,
            "check_same_thread": False,
            "cached_statements": PREPARED,
        }
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
    # PostgreSQL's defaults are durable: fsync and synchronous_commit are on.
    event.listen(engine, "connect", _make_durable if kind == "sqlite" else _make_direct)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("lms_begins", True):
            connection.exec_driver_sql(BEGIN[kind, True])


def _make_durable(dbapi_connection: Any, _record: Any) -> None:
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _make_direct(dbapi_connection: Any, _record: Any) -> None:
    # Pages are read along an index that has their order and end after a few rows. Where PostgreSQL believes
    # that few match it would rather gather and sort them all, and where it believes that many do, compile.
    dbapi_connection.execute("SET enable_bitmapscan = off")
    dbapi_connection.execute("SET jit = off")


@contextmanager
def _transaction(
    *,
    writes: bool,
    begin: Callable[[Any, str], None] | None = None,
    end: Callable[[Any], None] | None = None,
) -> Iterator[Connection]:
    """A connection in a transaction: kept when the block ends and `writes`, else taken back.

    `end` undoes what `begin` set; a connection on which it did not come to that is closed.
    """
    connections = _connections()
    connection = connections.take()
    try:
        at_driver = driver(connection)
        (begin or _begin)(at_driver, BEGIN[connection.dialect.name, writes])
        connection.info[_WRITES] = writes
        try:
            yield connection
        finally:
            connection.info.pop(_WRITES, None)
        if writes:
            at_driver.commit()
        else:
            at_driver.rollback()
        if end is not None:
            end(at_driver)
    except BaseException:
        if end is None:
            connections.give_up(connection)
        else:
            discard(connection)
        raise
    connections.give_back(connection)


def may_write(connection: Connection) -> bool:
    """Whether what is written in this transaction is kept when it ends without an error."""
    return bool(connection.info.get(_WRITES))


@contextmanager
def reading() -> Iterator[Connection]:
    """One consistent snapshot; nothing written in it is kept.

    Inside another `reading` of the same request or command it is the same snapshot.
    """
    held: Connection | None = g.get("lms_tracker_reading")
    if held is not None:
        yield held
        return
    with _transaction(writes=False) as connection:
        g.lms_tracker_reading = connection
        try:
            yield connection
        finally:
            g.pop("lms_tracker_reading")


@contextmanager
def snapshot() -> Iterator[Connection]:
    """Like `reading`, but shared with nobody: a `reading` inside sees what was committed since."""
    with _transaction(writes=False) as connection:
        yield connection


@contextmanager
def asking() -> Iterator[Connection]:
    """For one SELECT alone, which needs no transaction around it and none of its round trips."""
    held: Connection | None = g.get("lms_tracker_reading")
    if held is not None:
        yield held
        return
    connections = _connections()
    connection = connections.take()
    try:
        yield connection
    except BaseException:
        connections.give_up(connection)
        raise
    connections.give_back(connection)


@contextmanager
def writing() -> Iterator[Connection]:
    """A transaction that commits when the block ends and leaves nothing when it raises."""
    turns = _turns()
    with turns.mine() if turns else nullcontext(), _transaction(writes=True) as connection:
        yield connection


@contextmanager
def writing_again() -> Iterator[Connection]:
    """Like `writing`, for what rows say is to be done until it is: a loss of power may take it back.

    Neither this commit nor whoever posts meanwhile waits for the disk. What another transaction commits later
    is kept only with everything before it, this included.
    """
    turns = _turns()
    # On PostgreSQL the setting ends with the transaction.
    begin, end = (_begin_without_disk, None) if turns is None else (_begin_with_less_disk, _durable_again)
    with (
        turns.mine() if turns else nullcontext(),
        _transaction(writes=True, begin=begin, end=end) as connection,
    ):
        yield connection


@contextmanager
def writing_if_free() -> Iterator[Connection]:
    """Like `writing`, but raises `Busy` at once where SQLite's only writer is taken."""
    turns = _turns()
    if turns is None:
        with writing() as connection:
            yield connection
        return
    with turns.mine_if_free() as free:
        if not free:
            raise Busy
        with _transaction(writes=True, begin=_begin_if_free) as connection:
            yield connection


def _begin(at_driver: Any, statement: str) -> None:
    at_driver.execute(statement)


def _begin_without_disk(at_driver: Any, statement: str) -> None:
    at_driver.execute(f"{statement}; SET LOCAL synchronous_commit TO off")


def _begin_with_less_disk(at_driver: Any, statement: str) -> None:
    at_driver.execute("PRAGMA synchronous=NORMAL")
    at_driver.execute(statement)


def _durable_again(at_driver: Any) -> None:
    at_driver.execute("PRAGMA synchronous=FULL")


def _begin_if_free(at_driver: Any, statement: str) -> None:
    # The turn is taken by our own writers alone; a backup or a shell holds SQLite itself.
    at_driver.execute("PRAGMA busy_timeout=0")
    try:
        at_driver.execute(statement)
    except sqlite3.OperationalError as error:
        raise Busy from error
    finally:
        at_driver.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")


def _connections() -> Connections:
    connections: Connections = current_app.extensions["lms_tracker.connections"]
    return connections


def _turns() -> Turns | None:
    turns: Turns | None = current_app.extensions["lms_tracker.turns"]
    return turns
