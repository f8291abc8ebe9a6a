"""The database that commands find, do not find, or make."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lms_tracker.cli import main


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.mark.parametrize("mask", [0, 0o022, 0o277])
def test_the_database_file_is_its_owners_alone_whatever_the_umask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mask: int
) -> None:
    file = tmp_path / "lms.db"
    monkeypatch.setenv("LMS_TRACKER_DATABASE_URL", f"sqlite:///{file}")
    before = os.umask(mask)
    try:
        result = run("db", "upgrade")
    finally:
        os.umask(before)
    assert result.exit_code == 0, result.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("words", ["serve", "jobs", "provider add A", "credit verify"])
def test_a_file_that_is_not_there_is_not_made_by_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    file = tmp_path / "lms.db"
    monkeypatch.setenv("LMS_TRACKER_DATABASE_URL", f"sqlite:///{file}")
    result = run(*words.split())
    assert result.exit_code == 1
    assert result.stderr.startswith(f"there is no database at {file}. ")
    assert "lms-tracker db upgrade" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_upgrade_that_cannot_make_the_file_says_why_and_does_not_name_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LMS_TRACKER_DATABASE_URL", f"sqlite:///{tmp_path}/nowhere/lms.db")
    result = run("db", "upgrade")
    assert result.exit_code == 1
    assert "cannot be made: No such file or directory" in result.stderr
    assert "db upgrade" not in result.stderr


@pytest.mark.parametrize("words", ["serve", "jobs", "db upgrade"])
def test_what_the_driver_says_is_handed_on(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    monkeypatch.setenv("LMS_TRACKER_DATABASE_URL", "postgresql+psycopg://me:hunter2@127.0.0.1:1/tracker")
    result = run(*words.split())
    assert result.exit_code == 1
    assert "Connection refused" in result.stderr
    assert "LMS_TRACKER_DATABASE_URL" in result.stderr
    assert "db upgrade" not in result.stderr
    assert "hunter2" not in result.output


def test_serving_says_which_table_is_missing(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if database_url.startswith("sqlite"):
        Path(database_url.removeprefix("sqlite:///")).touch()
    monkeypatch.setenv("LMS_TRACKER_DATABASE_URL", database_url)
    result = run("serve")
    assert result.exit_code == 1
    assert result.stderr.startswith("the database lacks our tables: ")
    assert "horizon" in result.stderr


def test_a_missing_extra_is_named_as_one_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_TRACKER_DATABASE_URL", "postgresql+psycopg://me@127.0.0.1:1/tracker")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    result = run("credit", "verify")
    assert result.exit_code == 1
    assert "pip install '.[postgresql]'" in result.stderr
