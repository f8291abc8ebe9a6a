"""Settings and the application for a command, with what can go wrong there said in a sentence."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lms_tracker.cli.output import Refused
from lms_tracker.config import ConfigurationError, Settings, unknown

if TYPE_CHECKING:
    from flask import Flask

ADVICE = "Is LMS_TRACKER_DATABASE_URL right, and has `lms-tracker db upgrade` been run?"


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


@contextmanager
def opened() -> Iterator[Flask]:
    """The application in its context, for a command that works on the database and ends."""
    from lms_tracker.app import create_app

    with configured() as settings:
        try:
            app = create_app(settings)
            with app.app_context(), closing_connections(app):
                yield app
        except errors_of_databases() as error:
            # The first line alone: what follows may quote what was to be written.
            reason = str(getattr(error, "orig", error)).strip().partition("\n")[0]
            raise Refused(f"the database cannot be used: {reason}. {ADVICE}") from None
        except ImportError as error:
            if error.name != "psycopg":
                raise
            raise Refused("PostgreSQL needs the extra: pip install 'lms-tracker[postgresql]'") from None
