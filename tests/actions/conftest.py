"""The application's context, for tests of what it does."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from flask import Flask

from lms_tracker.actions import passwords


@pytest.fixture(scope="module", autouse=True)
def on_an_ordinary_day(ordinary_day: None) -> None:
    """What is done here is asked for on one day, whatever day it is outside."""


@pytest.fixture
def in_app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """Within the application's context, with hashes that are quick."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    with app.app_context():
        yield app
