"""The day after: passwords, roles and keys are changed and taken back, on both databases."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from click.testing import CliRunner, Result
from flask import Flask

from lms_tracker.actions import grants, people, providers, rights
from lms_tracker.actions.grants import Scope
from lms_tracker.actions.rights import ORGANISER, WORDS, Role, Viewer
from lms_tracker.cli import main
from lms_tracker.config import Settings
from tests.actions.territory import organisation, place

Command = Callable[..., Result]


@pytest.fixture
def command(settings: Settings, monkeypatch: pytest.MonkeyPatch, app: Flask) -> Iterator[Command]:
    """Runs a command on the database of `app`, in whose context the test looks at what became of it."""
    monkeypatch.setenv("LMS_TRACKER_DATABASE_URL", settings.database_url)

    def run(*arguments: object, stdin: str | None = None) -> Result:
        result = CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    with app.app_context():
        yield run


def answer(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.stderr
    return dict(json.loads(result.stdout))


def refusal(result: Result) -> str:
    assert result.exit_code == 1, result.output
    return str(json.loads(result.stdout)["refused"])


@pytest.fixture
def lan(command: Command) -> Viewer:
    words = ("person", "add", "Lan", "--login", "lan", "--password-stdin", "--json")
    answer(command(*words, stdin="một mật khẩu dài\n"))
    return again()


def again() -> Viewer:
    """Lan, as she is now."""
    found = people.authenticate("lan", "một mật khẩu dài")
    assert found is not None
    return found


def test_a_new_password_ends_the_sessions_of_the_old_one(command: Command, lan: Viewer) -> None:
    words = ("person", "password", "LAN", "--password-stdin", "--json")
    assert answer(command(*words, stdin="mật khẩu khác hẳn\n")) == {"login": "lan"}
    assert people.authenticate("lan", "một mật khẩu dài") is None
    assert people.authenticate("lan", "mật khẩu khác hẳn") is not None
    now = people.viewer(lan.key)
    assert now is not None
    assert now.stamp != lan.stamp


def test_a_password_that_is_made_is_printed_once_and_works(command: Command, lan: Viewer) -> None:
    made = answer(command("person", "password", "lan", "--json"))["password"]
    assert len(made) >= 20
    assert people.authenticate("lan", made) is not None


def test_a_password_is_refused_to_nobody_and_when_it_is_weak(command: Command, lan: Viewer) -> None:
    assert "nobody has the login" in refusal(command("person", "password", "minh", "--json"))
    words = ("person", "password", "lan", "--password-stdin", "--json")
    assert "10 to 1024 characters" in refusal(command(*words, stdin="ngắn\n"))
    assert again().stamp == lan.stamp


def test_a_role_that_is_revoked_is_gone_and_others_stay(command: Command, lan: Viewer) -> None:
    first, second = (answer(command("provider", "add", name, "--json"))["provider"] for name in "AB")
    for words in (("organiser",), ("provider", "--provider", first), ("provider", "--provider", second)):
        answer(command("role", "grant", "lan", *words, "--json"))
    gone = answer(command("role", "revoke", "lan", "provider", "--provider", first, "--json"))
    assert gone == {"login": "lan", "role": "provider", "provider": first}
    assert again().roles == {*WORDS[ORGANISER], Role.PROVIDER}
    assert again().providers == (second,)
    answer(command("role", "revoke", "lan", "organiser", "--json"))
    assert again().roles == {Role.PROVIDER}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("lan", "organiser"), "lan is not organiser"),
        (("minh", "organiser"), "nobody has the login minh"),
        (("lan", "provider"), "expected a provider's number"),
        (("lan", "provider", "--provider", 7), "lan is not provider for provider 7"),
    ],
)
def test_a_role_that_is_not_held_cannot_be_revoked(
    command: Command, lan: Viewer, words: tuple[object, ...], sentence: str
) -> None:
    assert sentence in refusal(command("role", "revoke", *words, "--json"))


def test_roles_are_granted_where_and_when_and_listed(command: Command, lan: Viewer) -> None:
    commune = place("Trường Long")
    school = organisation("Trường THPT")
    there = answer(
        command("role", "grant", "lan", "officer", "--local-place", commune, "--to", "2999-12-31", "--json")
    )
    assert there == {
        "login": "lan",
        "role": "officer",
        "provider": None,
        "place": commune,
        "from": None,
        "to": "2999-12-31",
    }
    answer(command("role", "grant", "lan", "viewer", "--organisation", school, "--json"))
    assert not rights.may_everywhere(again(), rights.Right.SEE)
    listed = answer(command("role", "list", "--json"))["grants"]
    assert [(one["role"], one["place"], one["organisation"], one["to"]) for one in listed] == [
        ("officer", commune, None, "2999-12-31"),
        ("viewer", None, school, None),
    ]
    assert "lan  officer  xã Trường Long to 2999-12-31" in command("role", "list").stdout
    answer(command("role", "revoke", "lan", "officer", "--local-place", commune, "--json"))
    assert again().roles == {Role.VIEWER}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("viewer", "--place", "92"), "no unit has the code 92"),
        (("viewer", "--place", "x"), "expected a code"),
        (("viewer", "--on", "2025-01-01"), "expected --place"),
        (("viewer", "--place", "92", "--local-place", 1), "not several"),
        (("viewer", "--local-place", 99), "there is no such place"),
        (("guardian",), "expected a ward"),
        (("guardian", "--ward", "nobody"), "nobody has the login nobody"),
        (("guardian", "--ward", "lan"), "their own guardian"),
    ],
)
def test_a_role_that_makes_no_sense_is_refused(
    command: Command, lan: Viewer, words: tuple[object, ...], sentence: str
) -> None:
    assert sentence in refusal(command("role", "grant", "lan", *words, "--json"))


def test_a_key_is_changed_with_both_working_for_a_while(command: Command) -> None:
    old = answer(command("provider", "add", "A", "--json"))
    new = answer(command("provider", "credential", old["provider"], "--scope", "all/read", "--json"))
    assert set(new) == {"provider", "endpoint", "key", "secret"}
    assert (new["provider"], new["endpoint"]) == (old["provider"], old["endpoint"])
    callers = [providers.authenticate(made["key"], made["secret"]) for made in (old, new)]
    assert [caller and caller.provider_id for caller in callers] == [old["provider"]] * 2
    assert callers[1] is not None
    assert callers[1].scopes == {"all/read"}

    for _twice in range(2):
        gone = answer(command("provider", "revoke", old["key"], "--json"))
        assert gone == {"provider": old["provider"], "key": old["key"]}
    assert providers.authenticate(old["key"], old["secret"]) is None
    assert providers.authenticate(new["key"], new["secret"]) is not None


def test_keys_for_nobody_and_unknown_keys_and_scopes_are_refused(command: Command) -> None:
    assert refusal(command("provider", "credential", 7, "--json")) == "there is no provider 7"
    assert refusal(command("provider", "revoke", "abc", "--json")) == "there is no key abc"
    number = answer(command("provider", "add", "A", "--json"))["provider"]
    assert "king" in refusal(command("provider", "credential", number, "--scope", "king", "--json"))


def test_providers_are_listed_with_their_keys_and_without_secrets(command: Command) -> None:
    assert answer(command("provider", "list", "--json")) == {"providers": []}
    assert command("provider", "list").stdout == "There is no provider yet.\n"
    first = answer(command("provider", "add", "Trung tâm", "--json"))
    further = answer(command("provider", "credential", first["provider"], "--scope", "all", "--json"))
    second = answer(command("provider", "add", "Học viện", "--json"))
    answer(command("provider", "revoke", first["key"], "--json"))

    result = command("provider", "list", "--json")
    one, two = answer(result)["providers"]
    assert (one["provider"], one["name"]) == (first["provider"], "Trung tâm")
    assert [key["key"] for key in one["keys"]] == [first["key"], further["key"]]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", one["keys"][0]["revoked"])
    assert (one["keys"][1]["scopes"], one["keys"][1]["revoked"]) == (["all"], None)
    assert [key["key"] for key in two["keys"]] == [second["key"]]
    text = command("provider", "list").stdout
    assert f"{second['provider']}  Học viện  (since {two['created']})" in text
    for made in (first, further, second):
        assert made["secret"] not in result.stdout + text
        assert made["key"] in text


def test_changes_are_logged_without_personal_data(lan: Viewer) -> None:
    made = providers.add_provider("A")
    with structlog.testing.capture_logs() as lines:
        people.set_password("lan", "mật khẩu khác hẳn")
        grants.grant_role("lan", "provider", made.provider)
        grants.revoke_role("lan", "provider", Scope(provider_id=made.provider))
        further = providers.add_credential(made.provider)
        providers.revoke(made.key)
    assert [line["event"] for line in lines] == [
        "password changed",
        "role granted",
        "role revoked",
        "credential added",
        "credential revoked",
    ]
    assert {line.get("provider", made.provider) for line in lines} == {made.provider}
    for private in ("lan", "Lan", "mật khẩu khác hẳn", made.secret, further.secret, lan.key.hex()):
        assert private not in [str(value) for line in lines for value in line.values()]
