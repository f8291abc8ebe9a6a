"""Programs of providers, each at the LRS door of the test's application."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.web.lrs_client import Lrs, new_lrs


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
