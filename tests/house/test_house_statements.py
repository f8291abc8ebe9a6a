"""`statements import` and `statements export`, as people and scripts run them."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from lms_tracker.actions.import_inputs import Source
from lms_tracker.cli import main

Command = Callable[..., Result]
HERE = Path(__file__).resolve().parents[2]


@pytest.fixture
def command(migrated_database_url: str, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command on a database of the newest schema, in which there are two providers."""
    monkeypatch.setenv("LMS_TRACKER_DATABASE_URL", migrated_database_url)

    def run(*arguments: object, stdin: bytes | None = None, exit_code: int = 0) -> Result:
        result = CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == exit_code, result.output
        return result

    run("provider", "add", "Trung tâm học tập cộng đồng")
    run("provider", "add", "Trường Hàn ngữ")
    return run


def made(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.UUID(int=number + 1)),
        "actor": {"account": {"homePage": "https://lms.example.vn", "name": f"hv-{number % 7}"}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": f"https://hoc.example.vn/{number % 5}"},
        "timestamp": "2026-10-01T09:00:00+07:00",
        **changes,
    }


def wrong(number: int) -> dict[str, Any]:
    return made(number, actor={"mbox": f"hv-{number}"})


def lines(statements: Iterable[object]) -> bytes:
    return b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in statements)


def imported(result: Result) -> tuple[int, int, int]:
    told = json.loads(result.stdout)
    return told["stored"], told["known"], told["rejected"]


def exported(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def plain(statement: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in statement.items() if name not in ("stored", "authority")}


def cursor_of(result: Result) -> str:
    return result.stderr.split("--since ")[1].strip()


# --- in --------------------------------------------------------------------------------------------------


def test_a_file_is_imported_and_a_second_time_changes_nothing(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "statements.jsonl"
    file.write_bytes(lines(made(number) for number in range(30)))
    result = command("statements", "import", file, "--provider", 1, "--batch", 7)
    assert result.stdout == "30 statements were stored, 0 were stored before.\n"
    assert imported(command("statements", "import", file, "--provider", 1, "--json")) == (0, 30, 0)
    assert list(tmp_path.glob("statements.jsonl*")) == [file]
    assert [one["id"] for one in exported(command("statements", "export"))] == [
        made(number)["id"] for number in range(30)
    ]


@pytest.mark.parametrize("packed", [False, True])
def test_any_shape_is_taken_from_a_file_and_from_standard_input(
    command: Command, tmp_path: Path, packed: bool
) -> None:
    some = [made(number) for number in range(6)]
    shapes = [
        lines(some[:1]),
        json.dumps(some[1:2], indent=2).encode(),
        json.dumps({"statements": some[2:3], "more": "/xapi/statements?cursor=1"}).encode(),
        b"\xef\xbb\xbf" + lines([some[3:4], {"more": "", "statements": some[4:5]}, some[5]]),
    ]
    for number, shape in enumerate(shapes):
        file = tmp_path / f"{number}.json"
        file.write_bytes(gzip.compress(shape) if packed else shape)
        stored = imported(command("statements", "import", file, "--provider", 1, "--json"))
        assert stored == ((3 if number == 3 else 1), 0, 0)
        again = command(
            "statements", "import", "-", "--provider", 1, "--json", stdin=file.read_bytes()
        )  # fmt: skip
        assert imported(again) == (0, stored[0], 0)


def test_what_is_rejected_is_told_mended_and_imported(command: Command, tmp_path: Path) -> None:
    file, rejected = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    file.write_bytes(lines([made(0), wrong(1), made(2)]) + b'{"cut')
    words = ("statements", "import", file, "--provider", 1, "--rejected", rejected)
    result = command(*words, exit_code=1)
    assert "2 were rejected" in result.stderr
    assert "line 2: actor.mbox:" in result.stderr
    told = [json.loads(line) for line in rejected.read_bytes().splitlines()]
    assert [(one["line"], one["index"], one["path"], one["rule"]) for one in told] == [
        (2, 1, "actor.mbox", "mbox"), (4, 3, "", "json"),
    ]  # fmt: skip
    assert told[0]["statement"] == wrong(1)
    again = command(*words, "--json", exit_code=1)
    assert imported(again) == (0, 2, 2)
    assert json.loads(again.stdout)["rejected_file"] == str(rejected)
    assert len(rejected.read_bytes().splitlines()) == 2
    mended = rejected.with_name("mended.jsonl")
    mended.write_bytes(rejected.read_bytes().replace(b'"hv-1"', b'"mailto:hv-1@example.vn"'))
    assert imported(command("statements", "import", mended, "--provider", 1, "--json", exit_code=1)) == (
        1, 0, 1,
    )  # fmt: skip


def test_files_that_hold_statements_are_for_their_owner_alone(command: Command, tmp_path: Path) -> None:
    file, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    file.write_bytes(lines([made(0), wrong(1)]))
    command("statements", "import", file, "--provider", 1, exit_code=1)
    command("statements", "export", "--output", output)
    for made_by_us in (output, tmp_path / "in.jsonl.rejected"):
        assert made_by_us.stat().st_mode & 0o777 == 0o600


def test_what_was_rejected_before_is_set_aside_and_not_lost(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_bytes(lines([wrong(1)]))
    command("statements", "import", file, "--provider", 1, exit_code=1)
    rejected = tmp_path / "in.jsonl.rejected"
    rejected.write_bytes(b"being mended\n")
    file.write_bytes(lines([made(1)]))
    command("statements", "import", file, "--provider", 1)
    assert not rejected.exists()
    assert (tmp_path / "in.jsonl.rejected~").read_bytes() == b"being mended\n"
    rejected.write_bytes(b"mended more\n")
    command("statements", "import", file, "--provider", 1)
    assert (tmp_path / "in.jsonl.rejected~").read_bytes() == b"being mended\n"
    assert (tmp_path / "in.jsonl.rejected~2").read_bytes() == b"mended more\n"


def test_what_is_no_plain_file_is_never_set_aside(command: Command, tmp_path: Path) -> None:
    """Or /dev/null would be gone where root imports."""
    file, pipe = tmp_path / "in.jsonl", tmp_path / "pipe"
    file.write_bytes(lines([wrong(1)]))
    os.mkfifo(pipe)
    command("statements", "import", file, "--provider", 1, "--rejected", pipe, exit_code=2)
    assert pipe.is_fifo()
    assert sorted(path.name for path in tmp_path.glob("pipe*")) == ["pipe"]


def test_an_input_that_cannot_be_read_to_its_end_says_so_and_keeps_what_came(
    command: Command, tmp_path: Path
) -> None:
    file = tmp_path / "in.gz"
    packed = gzip.compress(lines(made(number) for number in range(2_000)))
    file.write_bytes(packed[:-200])
    result = command("statements", "import", file, "--provider", 1, "--batch", 10, "--json", exit_code=1)
    told = json.loads(result.stdout)
    assert told["done"] is False
    assert "cut off" in told["refused"]
    file.write_bytes("[]".encode("utf-16"))
    assert "UTF-16" in command("statements", "import", file, "--provider", 1, exit_code=1).stderr
    file.write_bytes(b"[" + lines([made(1)]))
    result = command("statements", "import", file, "--provider", 1, exit_code=1)
    assert "it was cut off" in result.stderr


def test_an_import_is_refused_for_who_is_not_there(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_bytes(lines([made(1)]))
    result = command("statements", "import", file, "--provider", 9, "--json", exit_code=1)
    assert json.loads(result.stdout) == {"refused": "there is no provider 9"}
    command("statements", "import", file, exit_code=2)
    command("statements", "import", file, "--provider", 1, "--rejected", file, exit_code=2)
    lost = tmp_path / "no" / "such" / "folder"
    file.write_bytes(lines([wrong(1)]))
    assert "No such file" in command(
        "statements", "import", file, "--provider", 1, "--rejected", lost, exit_code=1
    ).stderr  # fmt: skip


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_import_that_is_killed_again_and_again_stores_everything_once(
    command: Command, tmp_path: Path
) -> None:
    """Each kill comes when the import has rejected some more, in the middle of a batch or between two."""
    many = 1_500
    file, rejected = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    file.write_bytes(lines(wrong(number) if number % 5 == 0 else made(number) for number in range(many)))
    kills = 0
    for share in (0.1, 0.4, 0.7):
        with _running(file, rejected) as importing:
            kills += _killed_when(importing, rejected, int(many / 5 * share * 400))
        with rejected.open("ab") as torn:
            torn.write(b'{"line": 3, "torn')
    result = command(
        "statements", "import", file, "--provider", 1, "--rejected", rejected, "--json", exit_code=1
    )
    assert kills > 0
    assert json.loads(result.stdout)["resumed_at"] > 1
    told = [json.loads(line)["index"] for line in rejected.read_bytes().splitlines()]
    assert told == list(range(0, many, 5))
    assert json.loads(result.stdout)["rejected"] == len(told)
    found = [one["id"] for one in exported(command("statements", "export"))]
    assert found == [made(number)["id"] for number in range(many) if number % 5]
    assert not list(tmp_path.glob("*.progress*"))


def _running(file: Path, rejected: Path, *more: str) -> subprocess.Popen[bytes]:
    code = (
        "from lms_tracker.actions import import_files; import_files.KEPT_EVERY_US = 0\n"
        "from lms_tracker.cli import main; main()"
    )
    words = ["statements", "import", str(file), "--provider", "1", "--batch", "20"]
    return subprocess.Popen(
        [sys.executable, "-c", code, *words, "--rejected", str(rejected), *more],
        cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def _killed_when(importing: subprocess.Popen[bytes], rejected: Path, size: int) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and importing.poll() is None:
        if rejected.exists() and rejected.stat().st_size > size:
            importing.send_signal(signal.SIGKILL)
            return True
        time.sleep(0.001)
    return False


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_an_import_that_is_interrupted_says_what_was_done_and_how_to_go_on(
    command: Command, tmp_path: Path
) -> None:
    file = tmp_path / "in.jsonl"
    os.mkfifo(file)
    importing = _running(file, tmp_path / "out.jsonl", "--json")
    with importing, file.open("wb") as writer:
        writer.write(lines(made(number) for number in range(3_000)))
        writer.flush()
        deadline = time.monotonic() + 60
        while not exported(command("statements", "export")) and time.monotonic() < deadline:
            time.sleep(0.05)
        importing.send_signal(signal.SIGTERM)
        told = json.loads(importing.communicate(timeout=30)[0])
    assert importing.returncode == 1
    assert told["done"] is False
    assert "Ended at line" in told["refused"]
    assert told["stored"] > 0
    (tmp_path / "all.jsonl").write_bytes(lines(made(number) for number in range(3_000)))
    again = command("statements", "import", tmp_path / "all.jsonl", "--provider", 1, "--json")
    stored, known, _ = imported(again)
    # The transaction that the signal came into may have been committed; it is not told, and not done twice.
    assert stored + known == 3_000
    assert known - told["stored"] in (0, 20)


def test_progress_into_another_database_is_no_reason_to_leave_anything_out(
    command: Command, tmp_path: Path
) -> None:
    file, rejected = tmp_path / "in.jsonl", tmp_path / "in.jsonl.rejected"
    file.write_bytes(lines(made(number) for number in range(5)))
    kept = {
        "input": "", "provider": 1, "version": None, "last": "AAAAAAAAAAAAAAAAAAAAAA==",
        "place": {"offset": 200, "line": 2, "index": 1, "lines": True, "inside": ""},
        "rejected_bytes": 0, "stored": 1, "known": 0, "rejected": 0,
    }  # fmt: skip
    with file.open("rb") as raw:
        kept["input"] = Source(raw, file).identity
    Path(f"{rejected}.progress").write_text(json.dumps(kept))
    assert imported(command("statements", "import", file, "--provider", 1, "--json")) == (5, 0, 0)


# --- out -------------------------------------------------------------------------------------------------


def test_what_is_exported_and_imported_elsewhere_is_exported_alike(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests import databases

    voided = "http://adlnet.gov/expapi/verbs/voided"
    some = [
        made(0, result={"score": {"raw": 12345678901234567890, "scaled": 0.10}}, version="1.0.0"),
        {name: value for name, value in made(1).items() if name not in ("id", "timestamp")},
        made(2, version="2.0.0", timestamp="2026-10-01T09:00:00.123456789Z"),
        made(3),
        made(4, verb={"id": voided}, object={"objectType": "StatementRef", "id": made(3)["id"]}),
        made(5, verb={"id": voided}, object={"objectType": "StatementRef", "id": made(99)["id"]}),
    ]  # fmt: skip
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    (tmp_path / "in.json").write_text(json.dumps(some, indent=1))
    command("statements", "import", tmp_path / "in.json", "--provider", 1)
    command("statements", "export", "--output", first)
    url = f"sqlite:///{tmp_path / 'another.db'}"
    databases.migrate(url)
    monkeypatch.setenv("LMS_TRACKER_DATABASE_URL", url)
    command("provider", "add", "Nơi khác")
    assert imported(command("statements", "import", first, "--provider", 1, "--json")) == (5, 0, 0)
    command("statements", "export", "--output", second)
    before, after = ([json.loads(line) for line in path.read_text().splitlines()] for path in (first, second))
    assert list(map(plain, before)) == list(map(plain, after))
    assert len(before) == 5
    assert "12345678901234567890" in first.read_text()
    assert [one["authority"]["name"] for one in after] == ["Nơi khác"] * 5


def test_i4_a_copy_of_everything_has_what_was_voided_and_is_voided_there_too(
    command: Command, tmp_path: Path
) -> None:
    voided = "http://adlnet.gov/expapi/verbs/voided"
    aim = {"objectType": "StatementRef", "id": made(1)["id"]}
    file, copy = tmp_path / "in.jsonl", tmp_path / "copy.jsonl"
    file.write_bytes(lines([made(0), made(1), made(2, verb={"id": voided}, object=aim)]))
    command("statements", "import", file, "--provider", 1)
    command("statements", "export", "--with-voided", "--output", copy)
    assert [json.loads(line)["id"] for line in copy.read_text().splitlines()] == [
        made(number)["id"] for number in range(3)
    ]
    standing = exported(command("statements", "export", "--provider", 1))
    assert [one["id"] for one in standing] == [made(0)["id"], made(2)["id"]]
    ours = json.loads(command("statements", "import", copy, "--provider", 1, "--json").stdout)
    assert (ours["stored"], ours["known"]) == (0, 3)


def test_an_export_takes_the_filters_of_get(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    registration = str(uuid.uuid4())
    file.write_bytes(lines([made(0), made(1), made(2, context={"registration": registration})]))
    command("statements", "import", file, "--provider", 1)
    file.write_bytes(lines([made(3)]))
    command("statements", "import", file, "--provider", 2)
    everything = exported(command("statements", "export"))
    for filters, wanted in (
        ((), [0, 1, 2, 3]),
        (("--provider", 2), [3]),
        (("--agent", json.dumps(made(1)["actor"])), [1]),
        (("--activity", "https://hoc.example.vn/2"), [2]),
        (("--registration", registration), [2]),
        (("--verb", "http://adlnet.gov/expapi/verbs/completed", "--provider", 1), [0, 1, 2]),
        (("--verb", "http://adlnet.gov/expapi/verbs/passed"), []),
        (("--since", everything[1]["stored"]), [2, 3]),
        (("--until", everything[1]["stored"]), [0, 1]),
        (("--since", everything[0]["stored"], "--until", everything[2]["stored"]), [1, 2]),
        (("--since", "2100-01-01T00:00:00Z"), []),
    ):
        found = exported(command("statements", "export", *filters))
        assert [one["id"] for one in found] == [made(number)["id"] for number in wanted], filters
    assert "no provider 7" in command("statements", "export", "--provider", 7, exit_code=1).stderr
    for option, value in (("agent", "lan"), ("since", "yesterday"), ("registration", "7"), ("verb", "ran")):
        refused = command("statements", "export", f"--{option}", value, exit_code=1)
        assert refused.stderr.startswith(f"--{option}")
        assert refused.stdout == ""


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_export_finds_related_agents_and_activities_where_they_are_asked_for(
    command: Command, tmp_path: Path
) -> None:
    teacher = {"objectType": "Agent", "mbox": "mailto:co.giao@example.vn"}
    parent = {"objectType": "Activity", "id": "https://hoc.example.vn/lop"}
    context = {"instructor": teacher, "contextActivities": {"parent": [parent]}}
    file = tmp_path / "in.jsonl"
    file.write_bytes(lines([made(1), made(2, context=context)]))
    command("statements", "import", file, "--provider", 1)
    for name, filters in (
        ("agents", ("--agent", json.dumps(teacher))),
        ("activities", ("--activity", parent["id"])),
    ):
        assert exported(command("statements", "export", *filters)) == []
        (found,) = exported(command("statements", "export", *filters, f"--related-{name}"))
        assert found["id"] == made(2)["id"]


def test_i5_from_cursor_to_cursor_nothing_is_missed_and_nothing_comes_twice(
    command: Command, tmp_path: Path
) -> None:
    file, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    since: list[str] = []
    found: list[str] = []
    for round_ in range(3):
        numbers = range(round_ * 10, round_ * 10 + round_ * 4)
        file.write_bytes(lines(map(made, numbers)))
        command("statements", "import", file, "--provider", 1)
        result = command("statements", "export", *since)
        assert [one["id"] for one in exported(result)] == [made(number)["id"] for number in numbers]
        since = ["--since", cursor_of(result)]
        found += [one["id"] for one in exported(result)]
        told = json.loads(command("statements", "export", "--output", output, "--json").stdout)
        assert told["statements"] == len(numbers)
    assert [json.loads(line)["id"] for line in output.read_text().splitlines()] == found


def test_an_export_goes_on_after_the_last_whole_line_of_its_file(command: Command, tmp_path: Path) -> None:
    file, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    file.write_bytes(lines(made(number, result={"response": "đ" * 700}) for number in range(120)))
    command("statements", "import", file, "--provider", 1)
    command("statements", "export", "--output", output)
    whole = output.read_bytes()
    for left in (len(whole), len(whole) - 1, len(whole) // 2, 900, 1, 0):
        output.write_bytes(whole[:left])
        command("statements", "export", "--output", output)
        assert output.read_bytes() == whole
    output.write_bytes(b"something else\nand more")
    assert "does not end in" in command("statements", "export", "--output", output, exit_code=1).stderr
    assert output.read_bytes() == b"something else\nand more"
    for precious in (b"one line", b'{"notes": "no line break"}', b"[1]"):
        output.write_bytes(precious)
        command("statements", "export", "--output", output, exit_code=1)
        assert output.read_bytes() == precious
    refused = command("statements", "export", "--output", tmp_path / "no" / "such", "--json", exit_code=1)
    assert "No such file" in json.loads(refused.stdout)["refused"]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_export_to_a_device_or_a_pipe_begins_at_the_beginning(command: Command, tmp_path: Path) -> None:
    file, pipe = tmp_path / "in.jsonl", tmp_path / "pipe"
    file.write_bytes(lines([made(1), made(2)]))
    command("statements", "import", file, "--provider", 1)
    told = json.loads(command("statements", "export", "--output", "/dev/null", "--json").stdout)
    assert told["statements"] == 2
    full = command("statements", "export", "--output", "/dev/full", exit_code=1)
    assert full.stderr == "/dev/full: No space left on device\n"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        command("statements", "export", "--output", pipe)
        assert [json.loads(line)["id"] for line in os.read(reading, 65_536).splitlines()] == [
            made(1)["id"], made(2)["id"],
        ]  # fmt: skip
    finally:
        os.close(reading)


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_export_since_the_ends_of_time_is_of_all_or_of_nothing(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_bytes(lines([made(1)]))
    command("statements", "import", file, "--provider", 1)
    for since, count in {
        "9999-12-31T23:59:59-12:00": 0,
        "9999-12-31T23:59:59Z": 0,
        "0001-01-01T00:00:00+14:00": 1,
    }.items():
        result = command("statements", "export", "--since", since)
        assert len(exported(result)) == count
        assert exported(command("statements", "export", "--since", cursor_of(result))) == []
    for rubbish in ("rubbish", "", "2026-13-01T00:00:00Z", "9" * 5_000):
        result = command("statements", "export", "--since", rubbish, exit_code=1)
        assert "--since: expected a timestamp" in result.stderr
