"""Counting requests in a file that processes share."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import time_machine
from limits import parse
from limits.strategies import FixedWindowRateLimiter

from lms_tracker.store import rates
from lms_tracker.store.rates import FileStorage


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[FileStorage]:
    with closing(FileStorage(tmp_path / "counts")) as made:
        yield made


def test_a_window_begins_with_its_first_request_and_lets_so_many_through(storage: FileStorage) -> None:
    limiter, limit = FixedWindowRateLimiter(storage), parse("3/minute")
    with time_machine.travel("2027-03-01T00:00:50Z", tick=False) as clock:
        assert [limiter.hit(limit, "a") for _ in range(5)] == [True, True, True, False, False]
        assert limiter.hit(limit, "b")
        ends = limiter.get_window_stats(limit, "a").reset_time
        clock.shift(59)
        assert not limiter.hit(limit, "a")
        assert limiter.get_window_stats(limit, "a") == (ends, 0)
        clock.shift(1)
        assert limiter.get_window_stats(limit, "a").remaining == 3
        assert [limiter.hit(limit, "a") for _ in range(4)] == [True, True, True, False]


def test_windows_that_are_over_do_not_stay(
    storage: FileStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "SWEEP_EVERY", 10)
    with time_machine.travel("2027-03-01T00:00:00Z", tick=False) as clock:
        for address in range(9):
            storage.incr(str(address), 60)
        clock.shift(60)
        storage.incr("late", 60)
    with closing(sqlite3.connect(tmp_path / "counts")) as connection:
        assert connection.execute("SELECT key FROM windows").fetchall() == [("late",)]


def _count(path: Path, times: int) -> None:
    with closing(FileStorage(path)) as storage:
        threads = [
            threading.Thread(target=lambda: [storage.incr("k", 3600) for _ in range(times)]) for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def test_processes_and_threads_count_together(storage: FileStorage, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_count, args=(tmp_path / "counts", 100)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    assert storage.get("k") == 400
    assert storage.check()
    storage.clear("k")
    assert storage.get("k") == 0
    storage.incr("j", 60)
    assert storage.reset() == 1


def test_the_counts_stand_beside_an_sqlite_database_and_else_in_a_folder_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rates.default_file("sqlite:////srv/a b#1.db") == Path("/srv/a b#1.db-rates")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    file = rates.default_file("postgresql+psycopg://me:secret@db/tracker")
    assert "secret" not in str(file)
    assert file != rates.default_file("postgresql+psycopg://me:secret@db/other")
    with closing(FileStorage(file)) as storage:
        assert storage.incr("k", 60) == 1
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("trap", ["open to others", "a link", "a file"])
def test_a_folder_that_somebody_else_prepared_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trap: str
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    file = rates.default_file("postgresql+psycopg://me@db/tracker")
    if trap == "a link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        file.parent.symlink_to(tmp_path / "elsewhere")
    elif trap == "a file":
        file.parent.write_text("")
    else:
        file.parent.mkdir()
        os.chmod(file.parent, 0o777)
    with closing(FileStorage(file)) as storage, pytest.raises((rates.NotOurs, FileExistsError)):
        storage.incr("k", 60)
    assert not list(tmp_path.glob("*/*"))
