"""The clock where the database is away: it waits longer and longer, says why, and finds back by itself."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys

import pytest
import structlog
from click.testing import CliRunner
from flask import Flask
from sqlalchemy.exc import IntegrityError, OperationalError

from lms_tracker import jobs
from lms_tracker.cli import main
from lms_tracker.jobs import schedule
from lms_tracker.jobs.due import Job


def work_with(outcomes: list[Exception | None]) -> Job:
    def work() -> int:
        outcome = outcomes.pop(0)
        if outcome is not None:
            raise outcome
        return 0

    return Job("credit", 0.25, work)


def away() -> OperationalError:
    return OperationalError("SELECT 1", {}, sqlite3.OperationalError("disk I/O error\nand more"))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(schedule.time, "monotonic", lambda: now[0])
    return now


def test_a_job_that_fails_waits_twice_as_long_each_time_up_to_half_a_minute(clock: list[float]) -> None:
    work = schedule._guarded(Flask("a"), work_with([away() for _ in range(20)]))
    with structlog.testing.capture_logs() as lines:
        for _ in range(4 * 100):
            work()
            clock[0] += 0.25
    assert [line["again_in_seconds"] for line in lines] == [1, 2, 4, 8, 16, 30, 30, 30]
    assert {(line["kind"], line["reason"]) for line in lines} == {("OperationalError", "disk I/O error")}


def test_a_job_that_works_again_says_so_once_and_is_woken_as_usual(clock: list[float]) -> None:
    outcomes = [away(), None, None, away()]
    work = schedule._guarded(Flask("a"), work_with(outcomes))
    with structlog.testing.capture_logs() as lines:
        work()
        clock[0] += 1
        for _ in range(3):
            work()
    assert outcomes == []
    assert [line["event"] for line in lines] == ["job failed", "job works again", "job failed"]
    assert lines[-1]["again_in_seconds"] == 1


def test_an_error_that_may_quote_values_is_logged_by_its_kind_alone() -> None:
    error = IntegrityError("INSERT", {}, sqlite3.IntegrityError("Key (login)=(0912345678) already exists"))
    with structlog.testing.capture_logs() as lines:
        schedule._guarded(Flask("a"), work_with([error]))()
    assert lines[0]["kind"] == "IntegrityError"
    assert "0912345678" not in str(lines)


def test_the_clock_does_not_start_on_a_database_without_tables(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LMS_TRACKER_DATABASE_URL", database_url)
    monkeypatch.setattr(jobs, "run", lambda _app: pytest.fail("it runs"))
    result = CliRunner().invoke(main, ["jobs", "--json"])
    assert result.exit_code == 1, result.exception
    assert "lms-tracker db upgrade" in result.stderr


HANGING = """
import threading
from lms_tracker import jobs
from lms_tracker.app import create_app
from lms_tracker.jobs import schedule
from lms_tracker.jobs.due import Job

def hang():
    print("hangs", flush=True)
    threading.Event().wait()

schedule.JOBS = (Job("forwarding", 0.1, hang),)
schedule.SECONDS_TO_FINISH = 0.5
jobs.run(create_app())
"""


def test_what_hangs_does_not_keep_the_jobs_from_ending(sqlite_url: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HANGING],
        env=os.environ | {"LMS_TRACKER_DATABASE_URL": sqlite_url, "LMS_TRACKER_LOG_FORMAT": "json"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        with process.stdout:
            assert "hangs\n" in iter(process.stdout.readline, "")
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.wait()
