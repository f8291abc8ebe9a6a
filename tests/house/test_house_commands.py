"""The program: what its commands print for people and for programs, and how they refuse."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lms_tracker.cli import main, output

Command = Callable[..., Result]

COLUMNS = (
    "provider,course,title,activity,match,category,domain,level,basis,hours,hour_minutes,valid_from,valid_to"
)


@pytest.fixture
def command(migrated_database_url: str, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command on a database of the newest schema."""
    monkeypatch.setenv("LMS_TRACKER_DATABASE_URL", migrated_database_url)

    def run(*arguments: object, stdin: str | None = None) -> Result:
        result = CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def without_tables(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("LMS_TRACKER_DATABASE_URL", database_url)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments)

    return run


def test_the_program_knows_the_commands_that_scripts_rely_on() -> None:
    for words in (
        "demo", "serve", "jobs", "db upgrade", "person add", "person password", "role grant", "role revoke",
        "provider add", "provider credential", "provider limit", "provider list", "provider revoke",
        "provider rotate", "provider reading", "course import", "credit rederive",
        "credit rebuild", "credit verify", "forward add", "forward list", "forward pause", "forward resume",
        "forward remove", "forward dead", "forward resend",
    ):  # fmt: skip
        result = CliRunner().invoke(main, [*words.split(), "--help"])
        assert result.exit_code == 0, words
        assert "Usage: " in result.stdout


def test_help_comes_without_loading_the_service() -> None:
    code = (
        "import sys; from lms_tracker.cli import main; main(['--help'], standalone_mode=False); "
        "print([m for m in ('flask', 'sqlalchemy', 'granian') if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-such-command",),
        ("provider", "add"),
        ("provider", "add", "A", "--no-such-option"),
        ("serve", "--port", "0"),
        ("serve", "--workers", "many"),
        ("course", "import", "no-such-file.csv"),
        ("role", "grant", "lan", "king"),
        ("person", "add", "Lan"),
    ],
)
def test_wrong_usage_ends_with_2(arguments: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert "Usage: " in result.stderr
    assert result.stdout == ""


def test_a_provider_is_added_and_json_stands_alone(command: Command) -> None:
    result = command("provider", "add", "Trung tâm Học tập cộng đồng", "--json")
    assert result.exit_code == 0
    added = json.loads(result.stdout)
    assert set(added) == {"provider", "endpoint", "key", "secret"}
    assert added["endpoint"] == "http://127.0.0.1:8000/xapi/"
    assert isinstance(added["provider"], int)


def test_a_provider_is_told_its_secret_in_words_too(command: Command) -> None:
    result = command("provider", "add", "Học viện")
    assert re.search(r"key +[0-9a-f]{32}\n +secret +\S{40,}", result.stdout)


def test_a_scope_that_does_not_exist_is_refused(command: Command) -> None:
    result = command("provider", "add", "A", "--scope", "everything", "--json")
    assert result.exit_code == 1
    assert "everything" in json.loads(result.stdout)["refused"]
    assert "everything" in result.stderr


def test_how_a_providers_time_is_read_is_set_and_wrong_words_are_refused(command: Command) -> None:
    number = json.loads(command("provider", "add", "A", "--json").stdout)["provider"]
    for value, changed in (("gaps", True), ("gaps", False), ("plain", True)):
        result = command("provider", "reading", number, value, "--json")
        assert json.loads(result.stdout) == {"provider": number, "reading": value, "changed": changed}
    assert "is read as plain. It was so already." in command("provider", "reading", number, "plain").stdout
    assert command("provider", "reading", number, "guess").exit_code == 2
    assert command("provider", "reading", number + 1, "gaps", "--json").exit_code == 1


def test_evidence_is_read_again_also_where_there_is_none(command: Command) -> None:
    result = command("credit", "rederive", "--json")
    assert json.loads(result.stdout) == {"statements": 0, "learners": 0, "resumed": False}


def test_a_person_is_added_with_a_password_made_for_them(command: Command) -> None:
    result = command(
        "person", "add", "Nguyễn Thị Lan", "--login", "0912345678", "--identifier", "mailto:l@a.vn", "--json"
    )
    assert result.exit_code == 0, result.stderr
    added = json.loads(result.stdout)
    assert added["login"] == "0912345678"
    assert re.fullmatch("[0-9a-f]{32}", added["person"])
    assert len(added["password"]) >= 20


def test_a_password_read_from_standard_input_is_not_repeated(command: Command) -> None:
    words = ("person", "add", "Lan", "--login", "lan", "--password-stdin", "--json")
    result = command(*words, stdin="một mật khẩu dài\n")
    assert result.exit_code == 0, result.stderr
    assert "password" not in json.loads(result.stdout)
    assert "mật khẩu" not in result.output


def test_a_login_is_given_once(command: Command) -> None:
    words = ("person", "add", "Lan", "--login", "lan", "--json")
    assert command(*words).exit_code == 0
    again = command(*words)
    assert again.exit_code == 1
    assert "taken" in json.loads(again.stdout)["refused"]


def test_a_role_is_granted_to_somebody_who_is_there(command: Command) -> None:
    number = json.loads(command("provider", "add", "A", "--json").stdout)["provider"]
    command("person", "add", "Lan", "--login", "lan", "--json")
    granted = command("role", "grant", "lan", "provider", "--provider", number, "--json")
    assert json.loads(granted.stdout) == {
        "login": "lan",
        "role": "provider",
        "provider": number,
        "from": None,
        "to": None,
    }
    for wrong in (
        ("nobody", "organiser"),
        ("lan", "provider"),
        ("lan", "provider", "--provider", number + 1),
    ):
        assert command("role", "grant", *wrong).exit_code == 1


def test_a_catalogue_is_imported_whole_or_not_at_all(command: Command, tmp_path: Path) -> None:
    number = json.loads(command("provider", "add", "A", "--json").stdout)["provider"]
    right = f"{number},KNS-1,Kỹ năng số,https://a.example/1,exact,other,,,measured,,60,2026-01-01,2026-12-31"
    wrong = f"{number},KNS-2,Kỹ năng số,https://a.example/2,exact,other,,,guessed,,60,2026-01-01,2026-12-31"
    file = tmp_path / "courses.csv"

    file.write_text(f"{COLUMNS}\n{right}\n{wrong}\n", encoding="utf-8")
    refused = command("course", "import", file, "--json")
    assert refused.exit_code == 1
    (error,) = json.loads(refused.stdout)["errors"]
    assert (error["line"], error["column"]) == (3, "basis")
    assert "guessed" in str(error["got"])
    assert "line 3, basis: " in refused.stderr

    file.write_text(f"{COLUMNS}\n{right}\n", encoding="utf-8")
    imported = command("course", "import", file, "--json")
    assert json.loads(imported.stdout) == {"created": 1, "updated": 0}
    again = command("course", "import", file, "--json")
    assert json.loads(again.stdout) == {"created": 0, "updated": 1}


def test_an_error_of_a_file_names_the_other_line_or_the_whole_file(command: Command, tmp_path: Path) -> None:
    number = json.loads(command("provider", "add", "A", "--json").stdout)["provider"]
    file = tmp_path / "courses.csv"
    course = f"{number},KNS-1,%s,https://a.example/%s,exact,other,,,measured,,,,"
    file.write_text(f"{COLUMNS}\n{course % ('Kỹ năng', 1)}\n{course % ('Khác', 2)}\n", encoding="utf-8")
    refused = command("course", "import", file)
    assert refused.exit_code == 1
    assert "line 3, title: expected nothing, or what line 2 states, got Khác (see line 2)\n" in refused.stderr
    file.write_bytes(b"")
    assert "the file: expected " in command("course", "import", file).stderr


def test_an_empty_ledger_agrees_with_no_evidence(command: Command) -> None:
    assert json.loads(command("credit", "rebuild", "--json").stdout) == {
        "people": 0,
        "changed": 0,
        "entries": 0,
        "failed": 0,
    }
    assert json.loads(command("credit", "verify", "--json").stdout) == {"people": 0, "differing": []}
    assert "agrees" in command("credit", "verify").stdout


def test_a_ledger_that_differs_is_said_with_status_1(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lms_tracker.actions import crediting

    found = crediting.VerifyOutcome(2, [crediting.Difference("ab" * 16, "1 entries to write")])
    monkeypatch.setattr(crediting, "verify", lambda progress: found)
    result = command("credit", "verify", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["differing"] == [{"person": "ab" * 16, "what": "1 entries to write"}]


def test_the_schema_is_brought_up_to_date_and_again_changes_nothing(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LMS_TRACKER_DATABASE_URL", database_url)
    results = [CliRunner().invoke(main, ["db", "upgrade", "--json"]) for _ in range(2)]
    assert [result.exit_code for result in results] == [0, 0], results[0].output
    first, second = (json.loads(result.stdout) for result in results)
    assert first == second
    assert first["revision"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("provider", "add", "A"),
        ("credit", "verify"),
        ("person", "add", "Lan", "--login", "lan", "--json"),
        ("serve",),
    ],
)
def test_a_database_without_our_tables_is_refused_with_advice(
    without_tables: Command, arguments: tuple[str, ...]
) -> None:
    result = without_tables(*arguments)
    assert result.exit_code == 1
    assert "lms-tracker db upgrade" in result.stderr
    assert "Traceback" not in result.output


def test_a_database_that_does_not_answer_is_refused_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_TRACKER_DATABASE_URL", "postgresql+psycopg://me:hunter2@127.0.0.1:1/tracker")
    result = CliRunner().invoke(main, ["provider", "add", "A"])
    assert result.exit_code == 1
    assert "LMS_TRACKER_DATABASE_URL" in result.stderr
    assert "hunter2" not in result.output


def test_a_wrong_setting_stops_the_start_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_TRACKER_MAX_BATCH", "lots")
    result = CliRunner().invoke(main, ["credit", "verify", "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout)["refused"].startswith("LMS_TRACKER_MAX_BATCH: expected a whole number")
    assert "Traceback" not in result.output


def test_serving_without_a_secret_is_refused(command: Command) -> None:
    result = command("serve", "--port", "8999")
    assert result.exit_code == 1
    assert "LMS_TRACKER_SECRET_KEY" in result.stderr


def test_a_bar_is_drawn_on_a_terminal_and_nothing_elsewhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with output.progress("Comparing") as advance:
        advance(1, 2)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    with output.progress("Comparing") as advance:
        advance(1, 2)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Comparing" in captured.err
