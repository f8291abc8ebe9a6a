"""Keys on the command line: made with terms, rotated with an overlap, limited, and listed as they stand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner, Result
from flask import Flask

from lms_tracker.actions import providers, terms
from lms_tracker.actions.rights import Caller
from lms_tracker.cli import main
from lms_tracker.config import Settings

Command = Callable[..., Result]

KEPT = ("scopes", "rate", "daily_statements", "leaves_out_2")


@pytest.fixture
def command(settings: Settings, monkeypatch: pytest.MonkeyPatch, app: Flask) -> Iterator[Command]:
    """Runs a command on the database of `app`, in whose context the test looks at what became of it."""
    monkeypatch.setenv("LMS_TRACKER_DATABASE_URL", settings.database_url)

    def run(*arguments: object) -> Result:
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    with app.app_context():
        yield run


def answer(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def added(command: Command) -> dict[str, Any]:
    return answer(command("provider", "add", "Trung tâm", "--json"))


def caller(made: dict[str, Any]) -> Caller | None:
    return providers.authenticate(made["key"], made["secret"])


def keys(command: Command) -> dict[str, dict[str, Any]]:
    (provider,) = answer(command("provider", "list", "--json"))["providers"]
    return {key["key"]: key for key in provider["keys"]}


def test_a_key_is_made_with_an_end_limits_and_the_switch(command: Command) -> None:
    number = added(command)["provider"]
    with time_machine.travel("2027-03-01T00:00:00Z", tick=False):
        made = answer(
            command(
                "provider", "credential", number, "--scope", "state", "--expires", "2027-03-05",
                "--rate", "20/second; 600/minute", "--daily", 5000, "--leave-out-2", "--json",
            )
        )  # fmt: skip
        assert set(made) == {"provider", "endpoint", "key", "secret"}
        listed = keys(command)[made["key"]]
    # The last day is one of Asia/Ho_Chi_Minh, to its end.
    assert listed == {
        "key": made["key"],
        "state": "expiring",
        "scopes": ["state"],
        "created": "2027-03-01T00:00:00Z",
        "last_used": None,
        "expires": "2027-03-05T17:00:00Z",
        "revoked": None,
        "rate": "20/second;600/minute",
        "daily_statements": 5000,
        "leaves_out_2": True,
    }
    with time_machine.travel("2027-03-05T16:59:59Z", tick=False):
        found = caller(made)
        assert found is not None
        assert (found.rate_limit, found.daily_statements, found.leaves_out_2) == (
            "20/second;600/minute", 5000, True,
        )  # fmt: skip
    with time_machine.travel("2027-03-05T17:00:00Z", tick=False):
        assert caller(made) is None
        assert keys(command)[made["key"]]["state"] == "expired"


def test_a_rotated_key_goes_on_for_the_overlap_and_its_successor_has_the_same_terms(command: Command) -> None:
    number = added(command)["provider"]
    with time_machine.travel("2027-03-01T00:00:00Z", tick=False):
        old = answer(
            command(
                "provider", "credential", number, "--scope", "statements/read", "--scope", "define",
                "--rate", "9/hour", "--daily", 7, "--leave-out-2", "--json",
            )
        )  # fmt: skip
        new = answer(command("provider", "rotate", old["key"], "--json"))
        assert set(new) == {"provider", "endpoint", "key", "secret", "old"}
        assert new["old"] == {"key": old["key"], "expires": "2027-03-08T00:00:00Z"}
        listed = keys(command)
        was, now = listed[old["key"]], listed[new["key"]]
        assert {name: now[name] for name in KEPT} == {name: was[name] for name in KEPT}
        assert (was["state"], now["state"]) == ("expiring", "active")
    with time_machine.travel("2027-03-07T23:59:59Z", tick=False):
        both = [caller(made) for made in (old, new)]
        assert [one and one.provider_id for one in both] == [number, number]
    with time_machine.travel("2027-03-08T00:00:00Z", tick=False):
        assert caller(old) is None
        assert caller(new) is not None


def test_an_overlap_never_lengthens_what_ends_sooner_and_none_ends_it_now(command: Command) -> None:
    number = added(command)["provider"]
    with time_machine.travel("2027-03-01T00:00:00Z", tick=False):
        short = answer(command("provider", "credential", number, "--expires", "1h", "--json"))
        rotated = answer(command("provider", "rotate", short["key"], "--overlap", "7d", "--json"))
        assert rotated["old"]["expires"] == "2027-03-01T01:00:00Z"
        assert keys(command)[rotated["key"]]["expires"] is None
        last = answer(
            command("provider", "rotate", rotated["key"], "--overlap", "0m", "--expires", "2d", "--json")
        )
        assert caller(rotated) is None
        assert keys(command)[last["key"]]["expires"] == "2027-03-03T00:00:00Z"


def test_what_has_no_use_any_more_is_not_rotated(command: Command) -> None:
    made = added(command)
    with time_machine.travel("2027-03-01T00:00:00Z", tick=False) as clock:
        expiring = answer(command("provider", "credential", made["provider"], "--expires", "1h", "--json"))
        clock.shift(3600)
        refused = command("provider", "rotate", expiring["key"], "--json")
    assert json.loads(refused.stdout)["refused"].startswith(f"the key {expiring['key']} is expired")
    answer(command("provider", "revoke", made["key"], "--json"))
    before = keys(command)
    for key, why in ((made["key"], "is revoked"), ("abc", "there is no key abc"), ("x" * 10_000, "no key")):
        refused = command("provider", "rotate", key, "--json")
        assert refused.exit_code == 1
        assert why in json.loads(refused.stdout)["refused"]
    assert keys(command) == before


def test_a_limit_is_set_changed_and_taken_away_and_what_is_not_named_stays(command: Command) -> None:
    made = added(command)

    def limit(*words: object) -> dict[str, Any]:
        limited = answer(command("provider", "limit", made["key"], *words, "--json"))
        assert (limited.pop("provider"), limited.pop("key")) == (made["provider"], made["key"])
        return limited

    assert limit("--rate", "600/minute") == {
        "rate": "600/minute", "daily_statements": None, "leaves_out_2": False,
    }  # fmt: skip
    assert limit("--daily", 10, "--leave-out-2")["rate"] == "600/minute"
    assert limit("--rate", "none") == {"rate": None, "daily_statements": 10, "leaves_out_2": True}
    found = caller(made)
    assert found is not None
    assert (found.rate_limit, found.daily_statements, found.leaves_out_2) == (None, 10, True)
    assert limit("--daily", "none", "--no-leave-out-2") == {
        "rate": None, "daily_statements": None, "leaves_out_2": False,
    }  # fmt: skip
    assert command("provider", "limit", made["key"]).exit_code == 2
    assert command("provider", "limit", "abc", "--daily", 1).exit_code == 1


@pytest.mark.parametrize(
    ("option", "values"),
    [
        ("--rate", ["", "0/minute", "-1/minute", "1/0", "many", "1/fortnight", "600", "1e3/minute",
                    "9" * 4000, "٣/minute", "1/minute;" * 9, "1/minute;;1/day", "99999999999/second",
                    " " * 93 + "1/hours"]),
        ("--daily", ["", "0", "-1", "1.5", "9999999999", "9" * 4000, "٣", "1e3", "NONE"]),
        ("--expires", ["", "0", "7", "d", "-7d", "2027-02-30", "2001-01-01", "9999-12-31", "0000-00-00",
                       "tomorrow", "9999999d", "٧d", "7d\n", "9" * 4000, "2027-1-1"]),
    ],
)  # fmt: skip
def test_a_term_that_cannot_be_is_refused_with_what_was_expected(
    command: Command, option: str, values: list[str]
) -> None:
    number = added(command)["provider"]
    before = keys(command)
    for value in values:
        result = command("provider", "credential", number, f"{option}={value}", "--json")
        assert result.exit_code == 1, value
        refused = json.loads(result.stdout)["refused"]
        assert refused.startswith("expected ")
        assert len(refused) < 300
    assert keys(command) == before


@pytest.mark.parametrize("overlap", ["", "7", "-1d", "7 d", "1w", "9999999d", "9" * 4000, "٧d"])
def test_an_overlap_that_cannot_be_changes_nothing(command: Command, overlap: str) -> None:
    made = added(command)
    before = keys(command)
    result = command("provider", "rotate", made["key"], f"--overlap={overlap}", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["refused"].startswith("expected ")
    assert keys(command) == before


def test_the_list_says_in_words_how_each_key_stands(command: Command) -> None:
    made = added(command)
    command("provider", "limit", made["key"], "--rate", "600/minute", "--daily", 100, "--leave-out-2")
    further = answer(command("provider", "credential", made["provider"], "--json"))
    answer(command("provider", "revoke", further["key"], "--json"))
    one, two = command("provider", "list").stdout.splitlines()[1:]
    assert f"{made['key']}  active: " in one
    assert "not used yet, 600/minute requests, 100 statements a day, leaves out 2.0" in one
    assert f"{further['key']}  revoked: " in two
    assert "requests as the settings allow, no limit of statements; " in two


def test_terms_are_none_unless_given(app: Flask) -> None:
    with app.app_context():
        assert terms.Terms() == terms.Terms(terms.scopes(None), None, None, None, False)
        assert terms.span("3653d") == 3653 * 86_400 * 1_000_000
