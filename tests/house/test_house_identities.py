"""person link, unlink, share, merge and unmerge: what they print for people and for programs, and refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from lms_tracker.cli import main

Command = Callable[..., Result]
MOODLE = '{"account": {"homePage": "https://moodle.example.vn", "name": "42"}}'
WHY = ("--why", "đã đối chiếu giấy tờ")


@pytest.fixture
def command(migrated_database_url: str, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("LMS_TRACKER_DATABASE_URL", migrated_database_url)

    def run(*arguments: object, stdin: str | None = None) -> Result:
        result = CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def database_kind() -> str:
    """What commands say is the same on every database."""
    return "sqlite"


def answer(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def add(command: Command, login: str) -> str:
    added = command(
        "person",
        "add",
        login.title(),
        "--login",
        login,
        "--password-stdin",
        "--json",
        stdin="đi học mỗi ngày\n",
    )
    return str(answer(added)["person"])


def test_an_identifier_is_linked_disputed_and_unlinked(command: Command) -> None:
    hoa, lan = add(command, "hoa"), add(command, "lan")
    linked = answer(command("person", "link", "hoa", MOODLE, *WHY, "--json"))
    assert linked == {"person": hoa, "outcome": "linked"}
    assert answer(command("person", "link", hoa, MOODLE, *WHY, "--json"))["outcome"] == "already"
    unlinked = answer(command("person", "unlink", MOODLE, *WHY, "--json"))
    assert unlinked == {"person": hoa}
    again = command("person", "unlink", MOODLE, *WHY)
    assert (again.exit_code, again.stderr) == (1, "the identifier is linked to nobody\n")
    command("person", "link", "hoa", MOODLE, *WHY)
    assert answer(command("person", "link", lan, MOODLE, *WHY, "--json"))["outcome"] == "disputed"


def test_a_shared_account_is_linked_to_nobody_until_that_ends(command: Command) -> None:
    add(command, "hoa")
    assert "earns nobody" in command("person", "share", MOODLE, *WHY).stdout
    refused = command("person", "link", "hoa", MOODLE, *WHY)
    assert refused.exit_code == 1
    assert "shared by many" in refused.stderr
    assert answer(command("person", "share", MOODLE, "--end", *WHY, "--json")) == {
        "shared": False,
        "person": None,
    }
    assert command("person", "link", "hoa", MOODLE, *WHY).exit_code == 0


def test_two_records_are_merged_and_parted_again(command: Command) -> None:
    hoa, khac = add(command, "hoa"), add(command, "hoa-2")
    tried = answer(command("person", "merge", "hoa", "hoa-2", *WHY, "--dry-run", "--json"))
    assert (tried["merge"], tried["survivor"], tried["loser"]) == (None, hoa, khac)
    merged = answer(command("person", "merge", "hoa", "hoa-2", *WHY, "--json"))
    assert merged["merge"] == 1
    undone = answer(command("person", "unmerge", 1, *WHY, "--json"))
    assert undone == {"survivor": hoa, "loser": khac, "back": 0, "stayed": []}
    assert "undone already" in command("person", "unmerge", 1, *WHY).stderr


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("link", "nobody", MOODLE), "nobody has the login nobody"),
        (("link", "0" * 32, MOODLE), "there is no such record"),
        (("link", "hoa", "hoa@example.vn"), "expected mailto:…"),
        (("merge", "hoa", "nobody"), "nobody has the login nobody"),
        (("merge", "hoa", "hoa"), "expected two records"),
        (("unmerge", "7"), "there is no such merge"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(
    command: Command, arguments: tuple[str, ...], reason: str
) -> None:
    add(command, "hoa")
    refused = command("person", *arguments, *WHY, "--json")
    assert refused.exit_code == 1
    assert reason in json.loads(refused.stdout)["refused"]
