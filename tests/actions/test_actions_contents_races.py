"""Keepers and the sweep at once: whoever comes second waits, and what is kept is there afterwards."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection

from lms_tracker.actions import clock, contents
from lms_tracker.config import Settings
from lms_tracker.store import contents as stored
from lms_tracker.store import database, dialects
from lms_tracker.store.contents import PIECE_BYTES

DATA = b"wanted again" * 50_000
# So long is waited for what must not happen: that somebody gets past a lock.
SECONDS = 0.2


@pytest.fixture(scope="module", autouse=True)
def on_an_ordinary_day() -> None:
    """On the day that it is outside: the sweep compares it with that on which files were written."""


@pytest.fixture(params=["database", "folder"])
def settings(settings: Settings, request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "database":
        return settings
    (tmp_path / "contents").mkdir()
    return replace(settings, content_folder=str(tmp_path / "contents"))


@contextmanager
def at_once(app: Flask, *works: Callable[[], object]) -> Iterator[list[threading.Thread]]:
    """Each work in a thread and application context of its own; what one raises is raised at the end."""
    failures: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        try:
            with app.app_context():
                work()
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(work,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    yield threads
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    if failures:
        raise failures[0]


@pytest.fixture
def old(in_app: Flask, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A content that nothing refers to, and that the sweep would take now."""
    with monkeypatch.context() as earlier:
        earlier.setattr(clock, "now_us", lambda: 1)
        return contents.keep([DATA], len(DATA)).content_key


def data_of(content_key: bytes) -> bytes:
    return b"".join(contents.read(content_key))


def test_the_sweep_waits_for_a_keeper_and_then_leaves_the_content(in_app: Flask, old: bytes) -> None:
    held, keeper_may_end = threading.Event(), threading.Event()
    swept: list[int] = []

    def put() -> None:
        with database.writing() as connection:
            contents.put(connection, DATA)
            held.set()
            assert keeper_may_end.wait(30)

    def sweep() -> None:
        assert held.wait(30)
        swept.append(contents.sweep())

    with at_once(in_app, put, sweep) as (_, sweeper):
        sweeper.join(SECONDS)
        assert swept == []
        keeper_may_end.set()
    assert swept == [0]
    assert data_of(old) == DATA


class CutOffError(Exception):
    pass


def test_a_keeper_that_is_cut_off_does_not_keep_the_sweep_from_its_work(in_app: Flask, old: bytes) -> None:
    def cut_off() -> None:
        with database.writing() as connection:
            contents.put(connection, DATA)
            raise CutOffError

    with pytest.raises(CutOffError):
        cut_off()
    assert contents.sweep() == 1


def test_a_keeper_waits_for_the_sweep_and_then_makes_the_content_anew(
    in_app: Flask, old: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper_may_go, sweep_may_end = threading.Event(), threading.Event()
    kept: list[bytes] = []
    drop = stored.drop

    def slowly(connection: Connection, content_key: bytes) -> None:
        keeper_may_go.set()
        assert sweep_may_end.wait(30)
        drop(connection, content_key)

    def keep() -> None:
        assert keeper_may_go.wait(30)
        kept.append(contents.keep([DATA], len(DATA)).content_key)

    monkeypatch.setattr(stored, "drop", slowly)
    with at_once(in_app, contents.sweep, keep) as (_, keeper):
        assert keeper_may_go.wait(30)
        keeper.join(SECONDS)
        assert kept == []
        sweep_may_end.set()
    assert kept == [old]
    assert data_of(old) == DATA


def test_many_who_keep_the_same_at_once_keep_it_once_and_whole(in_app: Flask) -> None:
    data = os.urandom(20 * PIECE_BYTES + 1)
    keys: list[bytes] = []

    def keep() -> None:
        keys.append(contents.keep([data], len(data)).content_key)
        assert data_of(keys[-1]) == data

    def put() -> None:
        with database.writing() as connection:
            keys.append(contents.put(connection, data).content_key)

    with at_once(in_app, keep, put, keep, put, keep, contents.sweep):
        pass
    assert len(keys) == 5
    assert len(set(keys)) == 1
    assert data_of(keys[0]) == data
    with database.reading() as connection:
        assert dialects.rows(connection, "SELECT COUNT(*) FROM contents", ())[0][0] == 1
