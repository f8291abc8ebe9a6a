"""Settings and the application for a command, with what can go wrong there said in a sentence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lms_tracker.cli.output import Refused
from lms_tracker.config import ConfigurationError, Settings, unknown

if TYPE_CHECKING:
    from flask import Flask

ADVICE = "Is LMS_TRACKER_DATABASE_URL right?"
ADVICE_WITHOUT_TABLES = "Is LMS_TRACKER_DATABASE_URL right, and has `lms-tracker db upgrade` been run?"


@contextmanager
def configured() -> Iterator[Settings]:
    """The settings of the environment; a ConfigurationError, now or inside the block, becomes a refusal."""
    from lms_tracker import logs

    try:
        settings = Settings.from_environment()
        logs.configure(settings.log_level, settings.log_format)
        for sentence in unknown(os.environ):
            logs.logger(__name__).warning(sentence)
        yield settings
    except ConfigurationError as error:
        raise Refused(str(error)) from None


@contextmanager
def closing_connections(app: Flask) -> Iterator[None]:
    """None may be open when the server forks: a child's copy would close the parent's or lose its locks."""
    try:
        yield
    finally:
        for engine in app.extensions["sqlalchemy"].engines.values():
            engine.dispose()


def errors_of_databases() -> tuple[type[Exception], ...]:
    """Those of the drivers too: what is read and written in bulk does not pass through SQLAlchemy."""
    import sqlite3

    from sqlalchemy.exc import DBAPIError

    try:
        import psycopg
    except ImportError:  # PostgreSQL is an extra
        return (DBAPIError, sqlite3.Error)
    return (DBAPIError, sqlite3.Error, psycopg.Error)


def database_file(settings: Settings) -> Path | None:
    """The file of an SQLite database; None for a database that is none."""
    from sqlalchemy import make_url

    url = make_url(settings.database_url)
    is_path = url.drivername.startswith("sqlite") and url.database and not url.database.startswith("file:")
    return Path(str(url.database)) if is_path else None


def _prepare(file: Path, making: bool) -> None:
    """SQLite would make a missing file, open to everybody. Refuse, or make it for its owner alone."""
    if file.exists():
        return
    if not making:
        raise Refused(f"there is no database at {file}. {ADVICE_WITHOUT_TABLES}")
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Refused(f"the database {file} cannot be made: {error.strerror}. {ADVICE}") from None
    os.fchmod(descriptor, 0o600)
    os.close(descriptor)


def _refusal(error: Exception) -> Refused:
    from lms_tracker.actions import availability

    said = availability.first_line(error)
    if availability.lacks_tables(error):
        return Refused(f"the database lacks our tables: {said}. {ADVICE_WITHOUT_TABLES}")
    return Refused(f"the database cannot be used: {said}. {ADVICE}")


@contextmanager
def opened(making: bool = False) -> Iterator[Flask]:
    """The application in its context, for a command that works on the database and ends.

    With `making`, an SQLite file that is not there yet is made; without, that is refused.
    """
    from lms_tracker.app import create_app

    with configured() as settings:
        file = database_file(settings)
        if file is not None:
            _prepare(file, making)
        try:
            app = create_app(settings)
            with app.app_context(), closing_connections(app):
                yield app
        except errors_of_databases() as error:
            raise _refusal(error) from None
        except ImportError as error:
            if error.name != "psycopg":
                raise
            raise Refused(
                "PostgreSQL needs the extra `postgresql`; in a checkout: pip install '.[postgresql]'"
            ) from None
