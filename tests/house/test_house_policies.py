"""Commands about the rules: policies as versions, what they would change, and how far a recount is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lms_tracker.cli import main
from lms_tracker.learning import policy_files

Command = Callable[..., Result]


@pytest.fixture
def command(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("LMS_TRACKER_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("LMS_TRACKER_SECRET_KEY", "a key for tests alone, which signs nothing")

    def run(*arguments: object) -> Result:
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def shorter_days(tmp_path: Path) -> Path:
    rules = json.loads(policy_files.shipped())
    rules["caps"]["day"] = {"hours": 3}
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(rules), encoding="utf-8")
    return file


def said(result: Result) -> dict[str, object]:
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_a_policy_is_checked_added_shown_tried_and_adopted(command: Command, shorter_days: Path) -> None:
    assert said(command("policy", "check", shorter_days, "--json")) == {"problems": []}
    added = command("policy", "add", shorter_days, "--why", "Hội đồng xã đã quyết", "--json")
    assert said(added) == {"version": 2}
    tried = said(command("policy", "adopt", 2, "--dry-run", "--json"))
    assert (tried["dry_run"], tried["people"], tried["changes"]) == (True, 0, [])
    assert said(command("credit", "status", "--json"))["policy"] == 1
    assert said(command("policy", "adopt", 2, "--json")) == {"version": 2, "people": 0}
    listed = said(command("policy", "list", "--json"))
    assert listed["decides"] == 2
    assert [(one["version"], one["why"]) for one in listed["versions"]] == [  # type: ignore[attr-defined]
        (1, "Comes with the program."),
        (2, "Hội đồng xã đã quyết"),
    ]
    shown = said(command("policy", "show", "--json"))
    assert (shown["version"], shown["decides"]) == (2, True)
    assert shown["rules"] == json.loads(shorter_days.read_text(encoding="utf-8"))
    status = said(command("credit", "status", "--json"))
    assert (status["policy"], status["waiting"]) == (2, 0)
    assert [(one["cause"], one["version"]) for one in status["recounts"]] == [("policy", 2)]  # type: ignore[attr-defined]


def test_what_is_shown_can_be_edited_and_added_again(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "again.json"
    file.write_text(command("policy", "show").stdout, encoding="utf-8")
    assert command("policy", "add", file, "--why", "as it is").exit_code == 0


def test_what_is_wrong_with_a_file_is_told_with_its_place(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "wrong.json"
    file.write_text(policy_files.shipped().replace("03-31", "02-30"), encoding="utf-8")
    for arguments in (("check", file, "--json"), ("add", file, "--why", "x", "--json")):
        result = command("policy", *arguments)
        assert result.exit_code == 1
        assert [one["where"] for one in json.loads(result.stdout)["problems"]] == ["late_arrivals.closes"]
        assert "late_arrivals.closes: expected" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("adopt", 9), "there is no version 9"),
        (("adopt", 9, "--dry-run"), "there is no version 9"),
        (("show", 9), "there is no version 9"),
    ],
)
def test_what_is_not_possible_is_refused_with_a_sentence(
    command: Command, arguments: tuple[object, ...], reason: str
) -> None:
    result = command("policy", *arguments)
    assert (result.exit_code, result.stderr.strip()) == (1, reason)


def test_a_reason_must_be_given_and_whoever_decided_must_be_known(
    command: Command, shorter_days: Path
) -> None:
    assert command("policy", "add", shorter_days).exit_code == 2
    assert command("policy", "add", shorter_days, "--why", " ").exit_code == 1
    result = command("policy", "add", shorter_days, "--why", "x", "--by", "nobody.here")
    assert (result.exit_code, result.stderr.strip()) == (1, "there is no person with the login nobody.here")


def test_courses_can_be_tried_before_they_are_imported(command: Command, tmp_path: Path) -> None:
    number = said(command("provider", "add", "Trung tâm", "--json"))["provider"]
    file = tmp_path / "courses.csv"
    file.write_text(
        "provider,course,title,activity,match,category,basis\n"
        f"{number},K1,Khóa,https://hoc.example.vn/k,exact,other,measured\n",
        encoding="utf-8",
    )
    tried = said(command("course", "import", file, "--dry-run", "--json"))
    assert (tried["created"], tried["updated"], tried["touched"], tried["dry_run"]) == (1, 0, 0, True)
    assert said(command("course", "import", file, "--json")) == {"created": 1, "updated": 0}


def test_several_processes_rebuild_what_one_would(command: Command) -> None:
    assert said(command("credit", "rebuild", "--dry-run", "--json"))["touched"] == 0
    alone = said(command("credit", "rebuild", "--json"))
    assert said(command("credit", "rebuild", "--processes", 2, "--json")) == alone
