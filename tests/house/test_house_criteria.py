"""Commands about criteria sets and about who proposes and decides."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lms_tracker.cli import main

Command = Callable[..., Result]
EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "citizen-of-a-commune.json"


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


def said(result: Result) -> dict[str, object]:
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def refused(result: Result) -> dict[str, object]:
    assert result.exit_code == 1, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


@pytest.fixture
def own_set(tmp_path: Path) -> Path:
    text = EXAMPLE.read_text(encoding="utf-8")
    data = json.loads(text) | {"valid_from": "2026-02-01", "replaces": "citizen-324-2023"}
    file = tmp_path / "ours.json"
    file.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return file


def test_a_set_is_checked_added_adopted_shown_and_withdrawn(command: Command, own_set: Path) -> None:
    assert said(command("criteria", "check", own_set, "--everywhere", "--json")) == {"findings": []}
    added = said(command("criteria", "add", own_set, "--json"))
    assert (added["id"], added["adopted"], added["place"]) == ("xa-mau-cong-dan-2026", None, None)
    before = said(command("criteria", "show", "citizen", "--year", 2026, "--json"))
    assert before["id"] == "citizen-324-2023"
    assert said(command("criteria", "adopt", "xa-mau-cong-dan-2026", "--json"))["adopted"]
    after = said(command("criteria", "show", "citizen", "--year", 2026, "--json"))
    assert after["id"] == "xa-mau-cong-dan-2026"
    assert after["criteria"] == json.loads(own_set.read_text(encoding="utf-8"))
    assert refused(command("criteria", "adopt", "xa-mau-cong-dan-2026", "--json"))
    assert said(command("criteria", "withdraw", "xa-mau-cong-dan-2026", "--json"))["rounds"] == 0
    sets = said(command("criteria", "list", "--json"))["sets"]
    assert len(sets) == 8  # type: ignore[arg-type]
    assert "withdrawn" in command("criteria", "list").output


def test_check_says_all_that_is_wrong_with_lines_in_both_languages(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "wrong.json"
    text = (
        EXAMPLE.read_text(encoding="utf-8").replace('"treshold"', "").replace('"value": 70', '"value": 700')
    )
    file.write_text(text.replace('"process"', '"proces"'), encoding="utf-8")
    found = refused(command("criteria", "check", file, "--json"))["findings"]
    assert [one["rule"] for one in found] == ["member", "meant", "total-in-reach"]  # type: ignore[attr-defined]
    told = command("criteria", "check", file)
    assert told.exit_code == 1
    assert "tổng điểm tối đa" in told.output
    assert "the greatest total" in told.output
    file.write_bytes(b"\xff" * 400_000)
    assert command("criteria", "check", file).exit_code == 1


def test_what_overlaps_or_is_not_there_is_refused(command: Command) -> None:
    assert refused(command("criteria", "check", EXAMPLE, "--everywhere", "--json"))
    assert refused(command("criteria", "add", EXAMPLE, "--json"))
    assert refused(command("criteria", "add", EXAMPLE, "--place", "99999", "--json"))
    assert refused(command("criteria", "show", "nothing", "--json"))
    assert refused(command("criteria", "show", "citizen", "--year", 1999, "--json"))
    assert refused(command("criteria", "withdraw", "nothing", "--json"))


def test_the_schema_is_json_and_the_shipped_text_comes_back(command: Command) -> None:
    assert "$defs" in said(command("criteria", "schema"))
    shown = command("criteria", "show", "household-387-2022")
    assert json.loads(shown.output)["items"][0]["share"]["percent"]["value"] == 60


def test_bodies_are_added_listed_and_ended(command: Command) -> None:
    body = ("citizen", "deciding", "UBND xã", "--signs-as", "Chủ tịch", "--source", "QĐ 1")
    number = said(command("authority", "add", *body, "--from", "2026-01-01", "--json"))["authority"]
    listed = said(command("authority", "list", "--json"))
    assert [one["body"] for one in listed["settings"]] == ["UBND xã"]  # type: ignore[attr-defined]
    assert len(listed["usual"]) > 10  # type: ignore[arg-type]
    assert refused(command("authority", "add", *body, "--json"))
    assert refused(command("authority", "add", "king", *body[1:], "--json"))
    assert refused(command("authority", "add", *body, "--organisation", 77, "--json"))
    assert said(command("authority", "end", number, "--on", "2026-12-31", "--json"))["authority"] == number
    assert refused(command("authority", "end", 999, "--on", "2026-12-31", "--json"))
    assert "UBND xã" in command("authority", "list").output


def test_the_format_and_its_examples_are_printed_and_an_example_passes(
    command: Command, tmp_path: Path
) -> None:
    assert command("criteria", "format").stdout == (EXAMPLE.parents[1] / "criteria-format.md").read_text(
        "utf-8"
    )
    file = tmp_path / "levels.json"
    file.write_text(command("criteria", "format", "--example", "levels").stdout, encoding="utf-8")
    assert said(command("criteria", "check", file, "--json")) == {"findings": []}
