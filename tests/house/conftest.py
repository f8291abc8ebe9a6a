"""The program sets up logging for its whole process; here it is one of many guests in the process."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """People are added by the dozen; journeys hash their passwords as the service does."""
    from argon2 import PasswordHasher

    from lms_tracker.actions import passwords

    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def sqlite_url(tmp_path: Path, shared_folder: Path) -> str:
    """A database of the newest schema, for tests of what does not depend on its kind."""
    from tests import databases

    copy = tmp_path / "lms_tracker.db"
    shutil.copyfile(databases.sqlite_template(shared_folder), copy)
    return f"sqlite:///{copy}"
