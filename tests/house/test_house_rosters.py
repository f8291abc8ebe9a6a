"""`roster check` and `roster import`, as people and scripts run them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from lms_tracker.cli import main
from tests.actions import communes

Command = Callable[..., Result]


@pytest.fixture
def command(
    app: Flask, migrated_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Command:
    """Runs a command on a database with one commune of three thôn."""
    monkeypatch.setenv("LMS_TRACKER_DATABASE_URL", migrated_database_url)
    with app.app_context():
        communes.settle()

    def run(*arguments: object, exit_code: int = 0) -> Result:
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == exit_code, result.output
        return result

    (tmp_path / "list.csv").write_bytes(
        communes.roster(
            "Nguyễn Văn An;1960;Nam;Thôn Đông;1;Chủ hộ;;;;x",
            "Nguyễn Văn An;1960;Nam;Thôn Đông;2;Chủ hộ;;;;",
            "Lê Thị Sáu;31/2/1960;Nữ;Thôn Tây;3;Chủ hộ;;;;",
        )
    )
    return run


def test_a_roster_is_checked_and_imported_and_the_second_time_changes_nothing(
    command: Command, tmp_path: Path
) -> None:
    words = (tmp_path / "list.csv", "--place", "31018")
    found = json.loads(command("roster", "check", *words, "--json").stdout)
    assert (found["new"], found["waiting"], found["wrong"]) == (1, 1, 1)
    assert found["questions"] == [
        {"line": 3, "name": "Nguyễn Văn An", "verdict": "ask",
         "answers": [{"answer": "line:2", "differs": ["household"]}]}
    ]  # fmt: skip
    told = command("roster", "check", *words).stdout
    assert "line 4, birth_year: expected a day that is in the calendar" in told
    assert "line 3: Nguyễn Văn An waits for an answer: new, line:2 (other household)" in told
    assert told.endswith("Nothing was stored.\n")
    done = json.loads(command("roster", "import", *words, "--answer", "3=new", "--json").stdout)["done"]
    assert (done["new"], done["consents"], done["waiting"]) == (2, 1, 0)
    again = json.loads(command("roster", "import", *words, "--json").stdout)["done"]
    assert (again["new"], again["unchanged"], again["waiting"]) == (0, 2, 0)


def test_what_cannot_be_read_or_is_no_commune_is_refused(command: Command, tmp_path: Path) -> None:
    (tmp_path / "short.csv").write_text("Họ tên;Giới tính\nLê A;nam\n")
    refused = command("roster", "import", tmp_path / "short.csv", "--place", "31018", "--json", exit_code=1)
    assert [one["column"] for one in json.loads(refused.stdout)["errors"]] == ["birth", "place"]
    good = tmp_path / "list.csv"
    assert (
        "no unit has the code 99999"
        in command("roster", "check", good, "--place", "99999", exit_code=1).stderr
    )
    assert "expected a commune" in command("roster", "check", good, "--place", "91", exit_code=1).stderr
    command("roster", "check", good, "--place", "31018", "--answer", "three=new", exit_code=2)
