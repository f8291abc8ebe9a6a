"""Programs of providers at the LRS door of the test's application, and a commune for its pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from flask import Flask

from lms_tracker.actions import passwords, people
from lms_tracker.actions.throttling import Throttle
from tests.journeys import commune
from tests.journeys.commune import Commune
from tests.web.lrs_client import Lrs, new_lrs


@pytest.fixture(scope="module", autouse=True)
def on_an_ordinary_day(ordinary_day: None) -> None:
    """What is done here is asked for on one day, whatever day it is outside."""


@pytest.fixture
def lrs(app: Flask) -> Lrs:
    return new_lrs(app)


@pytest.fixture
def stranger(app: Flask) -> Lrs:
    """Another provider with the same scopes."""
    return new_lrs(app, "Nhà cung cấp khác")


@pytest.fixture
def overseer(app: Flask) -> Lrs:
    """A credential with scope `all`, of a provider of its own."""
    return new_lrs(app, "Sở Giáo dục và Đào tạo", ["all"])


@pytest.fixture
def quick_and_unthrottled(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hashes that are quick, and nobody's failures to sign in remembered."""
    for name, free in (("_by_login_and_place", 5), ("_by_login", 30), ("_by_place", 200)):
        monkeypatch.setattr(people, name, Throttle(free=free))
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._hash_of_nobody.cache_clear()
    yield
    passwords._hash_of_nobody.cache_clear()


@pytest.fixture
def settled(app: Flask, quick_and_unthrottled: None) -> Commune:
    return commune.settle(app)
