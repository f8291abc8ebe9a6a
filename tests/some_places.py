"""A part of the shipped places, which loads in a moment: the provinces where the traps are."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

from lms_tracker.config import Settings
from lms_tracker.learning import place_files
from tests import databases

# Kiên Giang and An Giang, which became An Giang; Hải Phòng and Hải Dương, which became Hải Phòng.
OLD, NEW = frozenset({"91", "89", "31", "30"}), frozenset({"91", "31"})


@cache
def excerpt() -> bytes:
    """A file of places with these provinces, all below them, and the moves between those."""
    lines: list[str] = []
    codes: set[str] = set()
    province, provinces = "", OLD
    for line in place_files.shipped().decode().splitlines():
        fields = line.split("\t")
        if line.startswith("@"):
            provinces = NEW if fields[:2] == ["@units", "2025-07-01"] else OLD
            lines.append(line)
        elif len(fields) == 4:
            province = fields[1] if fields[0] == "1" else province
            if province in provinces:
                lines.append(line)
                codes.add(fields[1])
        elif {fields[0], fields[1]} <= codes:
            lines.append(line)
    return ("\n".join(lines) + "\n").encode()


# Gò Quao took Định An over whole; Vĩnh Phước B was split between Gò Quao and Vĩnh Tuy.
FEW = """@places\t1
@units\t-\t2025-06-30
1\t91\ttinh\tKiên Giang
2\t907\thuyen\tGò Quao
3\t30952\tthi-tran\tGò Quao
3\t30964\txa\tĐịnh An
3\t30976\txa\tVĩnh Phước B
3\t30979\txa\tVĩnh Tuy
@units\t2025-07-01\t-
1\t91\ttinh\tAn Giang
3\t30952\txa\tGò Quao
3\t30982\txa\tVĩnh Tuy
@moves\t2025-07-01
91\t91
30952\t30952
30964\t30952
30976\t30952\tmost
30976\t30982\tpart
30979\t30982
""".encode()


@contextmanager
def application_with_places(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """An application, in its context, on a database with the excerpt, for tests that only read."""
    from lms_tracker.actions import place_loading

    with _database(kind, folder, request) as url:
        settings = Settings(database_url=url, secret_key=databases.SECRET_KEY)
        with databases.application(settings) as app, app.app_context():
            place_loading.load(excerpt(), lambda done, total: None)
            yield app


@contextmanager
def _database(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    shared = request.getfixturevalue("shared_folder")
    if kind == "sqlite":
        copy = folder / "places.db"
        shutil.copyfile(databases.sqlite_template(shared), copy)
        yield f"sqlite:///{copy}"
        return
    server = request.getfixturevalue("postgresql_url")
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    template = databases.postgresql_template(server, shared, run)
    with databases.postgresql_database(server, template=template) as url:
        yield url
