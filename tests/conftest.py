"""Fixtures for every room: databases of both kinds, the application on them, its client.

`database_url` and `app` run each test that asks for them once on SQLite and once on PostgreSQL. With
LMS_TRACKER_TEST_POSTGRESQL_URL set, databases are made on that server instead of one started for the run.
"""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from lms_tracker.config import Settings

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

# How long an example takes says more of what else the machine does than of the code.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


def pytest_collection_finish() -> None:
    """What was imported stays: looking through it for garbage again and again took a sixth of the time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def settings_of_the_shell_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("LMS_TRACKER_") and not name.startswith("LMS_TRACKER_TEST_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def ordinary_day() -> Iterator[None]:
    """Time goes on from the same moment whenever a test runs: no midnight and no new year come between."""
    from tests import days

    with days.ordinary():
        yield


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for the whole run, all workers together."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def postgresql_url(shared_folder: Path) -> Iterator[str]:
    """A server's URL, ready for SQLAlchemy; its own database is for administration alone."""
    from tests import databases

    given = os.environ.get("LMS_TRACKER_TEST_POSTGRESQL_URL")
    if given:
        yield databases.sqlalchemy_url(given)
        return
    with databases.running_postgresql(shared_folder) as uri:
        yield databases.sqlalchemy_url(uri)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database without a single table, on SQLite and on PostgreSQL in turn."""
    from tests import databases

    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    with databases.postgresql_database(request.getfixturevalue("postgresql_url")) as url:
        yield url


@pytest.fixture
def migrated_database_url(
    database_kind: str, tmp_path: Path, shared_folder: Path, request: pytest.FixtureRequest
) -> Iterator[str]:
    """The URL of a database of the newest schema without a row, on SQLite and on PostgreSQL in turn."""
    from tests import databases

    if database_kind == "sqlite":
        copy = tmp_path / "lms_tracker.db"
        shutil.copyfile(databases.sqlite_template(shared_folder), copy)
        yield f"sqlite:///{copy}"
        return
    server = request.getfixturevalue("postgresql_url")
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    template = databases.postgresql_template(server, shared_folder, run)
    with databases.postgresql_database(server, template=template) as url:
        yield url


@pytest.fixture
def settings(migrated_database_url: str) -> Settings:
    """Override this one in a module to change a setting of its application."""
    from tests import databases

    return Settings(database_url=migrated_database_url, secret_key=databases.SECRET_KEY)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    from tests import databases

    with databases.application(settings) as app:
        app.testing = True
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
