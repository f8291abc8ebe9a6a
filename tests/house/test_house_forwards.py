"""`lms-tracker forward`: what its commands do and print, on a store that answers as it is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result

from lms_tracker.actions import forwarding
from lms_tracker.cli import main
from lms_tracker.config import Settings
from tests import databases, record_stores
from tests.actions.forwarded import Sender
from tests.ports import free_port
from tests.record_stores import Asked, Said, Scripted, stored
from tests.web.lrs_client import statement

Command = Callable[..., Result]


@pytest.fixture
def command(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("LMS_TRACKER_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("LMS_TRACKER_SECRET_KEY", databases.SECRET_KEY)

    def run(*arguments: str, stdin: str | None = "bí mật\n") -> Result:
        result = CliRunner().invoke(main, ["forward", *arguments], input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def store() -> Iterator[Scripted]:
    with record_stores.scripted(speaking("1.0.3")) as scripted:
        yield scripted


def speaking(*versions: str, refusing: bool = False) -> Callable[[Asked], Said]:
    def answer(asked: Asked) -> Said:
        if asked.path.endswith("/about"):
            return Said(body=json.dumps({"version": versions}).encode())
        return Said(400, b"khong nhan") if refusing else stored(asked)

    return answer


def added(command: Command, endpoint: str, *more: str) -> Result:
    return command(
        "add", "so", "--endpoint", endpoint, "--key", "k", "--secret-file", "-", "--from", "beginning", *more
    )


def send(sqlite_url: str, *statements: dict[str, object]) -> None:
    """Record statements and do what the job does."""
    settings = Settings(database_url=sqlite_url, secret_key=databases.SECRET_KEY)
    with databases.application(settings) as app, app.app_context():
        if statements:
            Sender(app.extensions["lms_tracker.recorder"]).record(*statements)
        forwarding.send_due()


def test_a_forward_is_added_listed_paused_resumed_and_removed(command: Command, store: Scripted) -> None:
    done = added(command, store.endpoint, "--verb", "http://a.vn/v", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout) == {"forward": "so", "endpoint": store.endpoint, "warning": None}
    assert "bí mật" not in done.output
    (row,) = json.loads(command("list", "--json").stdout)["forwards"]
    assert (row["state"], row["verbs"], row["dead_letters"]) == ("running", ["http://a.vn/v"], 0)
    assert command("pause", "so").exit_code == 0
    assert "so  paused  to " in command("list").stdout
    assert command("resume", "so").exit_code == 0
    assert json.loads(command("remove", "so", "--json").stdout) == {"forward": "so", "dead_letters": 0}
    assert "no forward yet" in command("list").stdout


def test_dead_letters_are_looked_at_and_sent_again(
    command: Command, store: Scripted, sqlite_url: str
) -> None:
    store.rule = speaking("1.0.3", refusing=True)
    added(command, store.endpoint)
    one, other = statement(), statement()
    send(sqlite_url, one, other)
    letters = json.loads(command("dead", "so", "--json").stdout)["dead_letters"]
    assert [row["statement"] for row in letters] == [one["id"], other["id"]]
    assert (letters[0]["status"], letters[0]["answer"], letters[0]["attempts"]) == (400, "khong nhan", 1)
    assert "khong nhan" in command("dead", "so").stdout

    refused = command("resend", "so", str(one["id"]), "--json")
    assert refused.exit_code == 1
    assert json.loads(refused.stdout)["still_dead"] == 1
    assert "0 were taken, 1 refused again" in refused.stderr
    again = json.loads(command("dead", "so", "--json").stdout)["dead_letters"]
    assert [row["attempts"] for row in again] == [2, 1]

    store.answer(Said(503, b"away"))
    away = command("resend", "so")
    assert away.exit_code == 1
    assert "the rest waits: answered 503: away" in away.stderr

    store.rule = speaking("1.0.3")
    done = command("resend", "so", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout) == {"sent": 2, "still_dead": 0, "gone": 0}
    assert command("dead", "so").stdout == "so has no dead letters.\n"


def test_a_store_that_is_away_is_shown_with_the_reason_and_a_resume_tries_at_once(
    command: Command, store: Scripted, sqlite_url: str
) -> None:
    added(command, store.endpoint)
    store.answer(Said(503, b"bao tri"))
    send(sqlite_url, statement())
    (row,) = json.loads(command("list", "--json").stdout)["forwards"]
    assert (row["state"], row["failures"], row["last_error"]) == ("failing", 1, "answered 503: bao tri")
    assert row["again"] is not None
    assert "1 failures in a row" in command("list").stdout
    store.rule = speaking("1.0.3")
    command("resume", "so")
    send(sqlite_url)
    (row,) = json.loads(command("list", "--json").stdout)["forwards"]
    assert (row["state"], row["behind_seconds"], row["last_error"]) == ("running", 0, None)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--endpoint", "ftp://a.vn/"), "expected an address such as"),
        (("--endpoint", "http://a.vn/xapi"), "expected an https address"),
        *(
            (("--endpoint", f"{origin}:8000/xapi"), "is this service itself")
            for origin in (
                "http://127.0.0.1",
                "https://127.0.0.1",
                "http://LocalHost",
                "http://lrs.localhost",
                "http://127.5.0.1",
                "http://[::1]",
            )
        ),
        (("--verb", "completed"), "expected an absolute IRI"),
        (("--activity", "khoa 1"), "expected an absolute IRI"),
        (("--from", "yesterday"), 'expected "now", "beginning" or a time'),
        (("--provider", "7"), "there is no provider 7"),
        (("--key", "a:b"), "a key without a colon"),
        (("--version", "2.0.0"), "speaks 1.0.3, not 2.0.0"),
    ],
)
def test_what_cannot_be_forwarded_to_is_refused_with_a_sentence(
    command: Command, store: Scripted, more: tuple[str, ...], says: str
) -> None:
    result = added(command, store.endpoint, *more)
    assert result.exit_code == 1
    assert says in result.stderr
    assert json.loads(command("list", "--json").stdout)["forwards"] == []


def test_a_name_is_given_once(command: Command, store: Scripted) -> None:
    added(command, store.endpoint)
    again = added(command, store.endpoint)
    assert again.exit_code == 1
    assert "there is a forward so already" in again.stderr


def test_a_store_that_does_not_answer_yet_is_added_with_a_warning(command: Command) -> None:
    result = added(command, f"http://127.0.0.1:{free_port()}/", "--json")
    assert result.exit_code == 0
    assert "could not be asked" in json.loads(result.stdout)["warning"]


@pytest.mark.parametrize(
    "words",
    [
        ("pause", "ai"), ("resume", "ai"), ("remove", "ai"), ("dead", "ai"), ("resend", "ai"),
        ("credential", "ai", "--key", "k", "--secret-file", "-"),
    ],
)  # fmt: skip
def test_a_forward_that_there_is_not_is_said_not_to_be_there(
    command: Command, words: tuple[str, ...]
) -> None:
    result = command(*words)
    assert result.exit_code == 1
    assert "there is no forward ai" in result.stderr


def test_without_a_secret_key_no_secret_is_taken(
    command: Command, store: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LMS_TRACKER_SECRET_KEY")
    result = added(command, store.endpoint)
    assert result.exit_code == 1
    assert "LMS_TRACKER_SECRET_KEY" in result.stderr


def test_the_secret_is_asked_for_on_a_terminal_alone(command: Command, store: Scripted) -> None:
    result = command("add", "so", "--endpoint", store.endpoint, "--key", "k")
    assert result.exit_code == 2
    assert "--secret-file" in result.stderr
