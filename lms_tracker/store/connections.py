"""Connections that stay open between transactions, the last used first.

What SQLAlchemy's pool does when a connection is taken and given back costs more than many a transaction
does, so those in use again and again pass it by. It still opens, counts and closes them.
"""

import select
from collections import deque
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DisconnectionError

# So many stay open for each process; more are opened when they are needed and closed afterwards.
KEPT = 16


class Connections:
    """Takes and gives back connections of one engine; whoever has one begins and ends transactions itself."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._idle: deque[Connection] = deque()
        self._over_network = engine.dialect.name != "sqlite"
        event.listen(engine, "engine_disposed", self._close_all)
        if self._over_network:
            event.listen(engine, "checkout", _refuse_if_closed)

    def take(self) -> Connection:
        while self._idle:
            try:
                connection = self._idle.pop()
            except IndexError:  # another thread was quicker
                break
            if not (self._over_network and is_closed(driver(connection))):
                return connection
            discard(connection)
        return self._engine.connect().execution_options(lms_begins=False)

    def give_back(self, connection: Connection) -> None:
        """Of a connection that is in no transaction of the database."""
        if connection.in_transaction():
            # SQLAlchemy began one of its own when it was asked something; the database knows of none.
            connection.rollback()
        if len(self._idle) < KEPT:
            self._idle.append(connection)
        else:
            connection.close()

    def give_up(self, connection: Connection) -> None:
        """Of a connection on which something failed: whatever was begun is taken back."""
        try:
            driver(connection).rollback()
            connection.close()
        except Exception:
            discard(connection)

    def _close_all(self, _engine: Engine) -> None:
        while self._idle:
            discard(self._idle.pop())


def driver(connection: Connection) -> Any:
    """The driver's connection beneath SQLAlchemy's."""
    return connection.connection.driver_connection


def is_closed(driver_connection: Any) -> bool:
    """Whether the server closed an idle connection: it has something to read then.

    Asking the socket costs two microseconds, asking the server would cost a round trip for every request.
    """
    if driver_connection.closed:
        return True
    readable = select.poll()
    readable.register(driver_connection.fileno(), select.POLLIN)
    return bool(readable.poll(0))


def _refuse_if_closed(driver_connection: Any, _record: Any, _proxy: Any) -> None:
    if is_closed(driver_connection):
        raise DisconnectionError("the server closed the connection")


def discard(connection: Connection) -> None:
    """Close a connection for good, whatever state it is in."""
    connection.invalidate()
    connection.close()
