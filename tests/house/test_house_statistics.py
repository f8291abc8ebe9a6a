"""`statistics`, as people and scripts run it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lms_tracker.cli import main
from tests.some_places import FEW

Command = Callable[..., Result]


@pytest.fixture
def command(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("LMS_TRACKER_DATABASE_URL", sqlite_url)
    file = tmp_path / "places.tsv"
    file.write_bytes(FEW)

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments])

    assert run("places", "load", file).exit_code == 0
    return run


def test_statistics_are_by_the_units_of_the_year_and_name_every_part_of_a_ratio_i13_i14(
    command: Command,
) -> None:
    district = json.loads(command("statistics", "show", "907", "--year", 2024, "--json").stdout)
    assert (district["place"]["name"], district["on"]) == ("Gò Quao", "2024-12-31")
    assert district["place"]["above"] == ["Kiên Giang"]
    communes = next(one for one in district["rows"] if one["model"] == "commune")
    assert (communes["numerator"], communes["denominator"], communes["percent"]) == (0, 4, "0.00")
    assert district["rounding"] == {"rule": "half-up", "digits": 2}
    gone = command("statistics", "show", "907", "--year", 2026, "--on", "2024-01-01", "--json")
    assert gone.exit_code == 1
    assert "was not there" in json.loads(gone.stdout)["refused"]
    assert "30952" in json.loads(gone.stdout)["refused"]


def test_statistics_of_the_future_and_of_unknown_places_are_refused(command: Command) -> None:
    for arguments in (("show", "91", "--year", 2099), ("show", "99999"), ("recount", "--year", 2099)):
        assert command("statistics", *arguments).exit_code == 1
    assert command("statistics", "show", "91", "--year", "x").exit_code == 2


def test_totals_are_counted_again_and_shown_to_people(command: Command) -> None:
    done = json.loads(command("statistics", "recount", "--place", "91", "--json").stdout)
    assert done == {"marked": 0, "places": 0, "organisations": 0}
    shown = command("statistics", "show", "91")
    assert shown.exit_code == 0
    assert "Learning families: 0 of 0 households" in shown.stdout
