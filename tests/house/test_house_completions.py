"""`completions import`, as people and scripts run it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lms_tracker.cli import main

Command = Callable[..., Result]
COURSES = """\
provider,course,title,activity,match,category,domain,level,basis,hours,hour_minutes,valid_from,valid_to
1,RICE,Trồng lúa,https://hoc.vn/rice,exact,agriculture,,,nominal,20,45,,
"""
LINES = "email,course,completed_at\nlan@example.vn,RICE,01/10/2026\ntam@example.vn,RICE,2026-10-01 16:00\n"


@pytest.fixture
def command(migrated_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command on a database with one provider and its course."""
    monkeypatch.setenv("LMS_TRACKER_DATABASE_URL", migrated_database_url)

    def run(*arguments: object, exit_code: int = 0) -> Result:
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == exit_code, result.output
        return result

    run("provider", "add", "Trung tâm")
    (tmp_path / "courses.csv").write_text(COURSES)
    run("course", "import", tmp_path / "courses.csv")
    (tmp_path / "lines.csv").write_text(LINES)
    return run


def test_a_preview_tells_each_line_and_an_import_stores_it_once(command: Command, tmp_path: Path) -> None:
    words = ("completions", "import", tmp_path / "lines.csv", "--provider", 1)
    told = command(*words, "--preview").stdout.splitlines()
    assert told == [
        "line 2: lan@example.vn, RICE, 2026-10-01: 15 h 0 min",
        "line 3: tam@example.vn, RICE, 2026-10-01: 15 h 0 min",
        "2 completions would credit 30 h 0 min. Nothing was stored.",
    ]
    found = json.loads(command(*words, "--preview", "--json").stdout)
    assert found["nominal_seconds"] == 108_000
    assert found["lines"][0] == {
        "line": 2,
        "learner": "lan@example.vn",
        "course": "RICE",
        "activity": "https://hoc.vn/rice",
        "completed_at": "2026-10-01T00:00:00+07:00",
        "counts_for": "RICE",
        "seconds": 0,
        "nominal_seconds": 54_000,
        "refused": [],
        "stored": False,
    }
    assert json.loads(command(*words, "--json").stdout) == {"stored": 2, "known": 0}
    assert command(*words).stdout == "0 completions were stored, 2 were stored before.\n"
    assert "line 2: lan@example.vn, RICE, 2026-10-01: stored before" in command(*words, "--preview").stdout


def test_wrong_lines_are_told_and_nothing_is_imported(command: Command, tmp_path: Path) -> None:
    (tmp_path / "lines.csv").write_text(LINES + "hoa,RICE,2026-10-01\n")
    words = ("completions", "import", tmp_path / "lines.csv", "--provider", 1)
    for more in ((), ("--preview",)):
        refused = command(*words, *more, "--json", exit_code=1)
        (error,) = json.loads(refused.stdout)["errors"]
        assert (error["line"], error["column"], error["rule"]) == (4, "email", "email")
        assert "line 4, email: expected an e-mail address" in refused.stderr
    assert command("statements", "export").stdout == ""
    assert "no provider 7" in command(*words[:-1], 7, exit_code=1).stderr
