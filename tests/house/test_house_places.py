"""`places`, as people and scripts run it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lms_tracker.cli import main
from tests.some_places import excerpt

Command = Callable[..., Result]


@pytest.fixture
def command(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("LMS_TRACKER_DATABASE_URL", sqlite_url)
    return lambda *arguments: CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def loaded(command: Command, tmp_path: Path) -> Command:
    file = tmp_path / "places.tsv"
    file.write_bytes(excerpt())
    assert command("places", "load", file).exit_code == 0
    return command


def test_places_are_loaded_and_counted(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "places.tsv"
    file.write_bytes(excerpt())
    first = json.loads(command("places", "load", file, "--json").stdout)
    again = json.loads(command("places", "load", file, "--json").stdout)
    assert again == {"added": 0, "changed": 0, "same": first["added"], "moves": first["moves"]}


def test_a_file_that_is_wrong_is_refused_with_its_line(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "places.tsv"
    file.write_text("@places\t1\n@units\t-\t-\n1\t9\ttinh\tA\n")
    refused = command("places", "load", file, "--json")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["refused"].startswith("line 3: ")


def test_places_are_found_by_name_and_day(loaded: Command) -> None:
    (found,) = json.loads(loaded("places", "find", "go quao", "--json").stdout)["places"]
    assert (found["code"], found["level"], found["kind"], found["valid_from"]) == (
        "30952",
        3,
        "xa",
        "2025-07-01",
    )
    assert [(above["code"], above["kind"], above["name"]) for above in found["above"]] == [
        ("91", "tinh", "An Giang")
    ]
    before = json.loads(loaded("places", "find", "go quao", "--on", "2024-12-31", "--json").stdout)["places"]
    assert [one["kind"] for one in before] == ["huyen", "thi-tran"]
    assert "Nothing found" in loaded("places", "find", "khong co").stdout


def test_i13_without_a_day_a_code_means_todays_unit_and_the_others_are_named(loaded: Command) -> None:
    now = json.loads(loaded("places", "show", "91", "--json").stdout)
    assert (now["name"], [one["name"] for one in now["other_times"]]) == ("An Giang", ["Kiên Giang"])
    assert "at another time the code meant: 91    tỉnh Kiên Giang" in loaded("places", "show", "91").stdout
    before = json.loads(loaded("places", "show", "10933", "--json").stdout)
    assert (before["name"], before["other_times"]) == ("Phúc Điền", [])


def test_i13_what_became_of_a_code_of_two_units_is_refused_without_a_day_and_both_are_named(
    loaded: Command,
) -> None:
    refused = loaded("places", "moves", "91", "--json")
    assert refused.exit_code == 1
    assert loaded("places", "moves", "91", "--level", "3").exit_code == 1
    assert "it stands" in loaded("places", "moves", "91", "--level", "1", "--on", "2025-07-01").stdout
    answer = json.loads(refused.stdout)
    assert [one["name"] for one in answer["meanings"]] == ["Kiên Giang", "An Giang"]
    assert "Kiên Giang" in refused.stderr
    shown = json.loads(loaded("places", "show", "91", "--on", "2024-12-31", "--json").stdout)
    assert (shown["name"], shown["became"]["fate"]) == ("Kiên Giang", "one")


def test_moves_say_whether_somebody_has_to_be_asked(loaded: Command) -> None:
    one = json.loads(loaded("places", "moves", "30964", "--json").stdout)
    assert (one["fate"], [heir["code"] for heir in one["heirs"]]) == ("one", ["30952"])
    split = json.loads(loaded("places", "moves", "10933", "--json").stdout)
    assert split["fate"] == "split"
    assert len(split["heirs"]) == 2
    assert "ask which" in loaded("places", "moves", "10933").stdout
    assert "it stands" in loaded("places", "moves", "30952", "--on", "2025-07-01").stdout


def test_wrong_codes_and_days_are_refused(loaded: Command) -> None:
    assert loaded("places", "show", "9").exit_code == 1
    assert loaded("places", "show", "91", "--level", "3").exit_code == 1
    assert loaded("places", "show", "91", "--on", "30/06/2025").exit_code == 2


def test_an_upgraded_database_without_places_is_told_how_to_get_them(loaded: Command, tmp_path: Path) -> None:
    assert "places load" not in loaded("db", "upgrade").stdout
    new = f"sqlite:///{tmp_path / 'new.db'}"
    told = CliRunner().invoke(main, ["db", "upgrade"], env={"LMS_TRACKER_DATABASE_URL": new})
    assert "lms-tracker places load" in told.stdout
