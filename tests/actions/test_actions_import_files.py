"""An import that was ended goes on where it was, and leaves nothing of itself that is not done."""

from __future__ import annotations

import gzip
import io
import json
import uuid
from pathlib import Path

import pytest
from flask import Flask

from lms_tracker.actions import import_files, import_inputs, providers
from lms_tracker.actions.import_files import Outcome, Wanted, progress_file
from lms_tracker.actions.rejected_files import RejectedInUse
from lms_tracker.store import database, dialects


@pytest.fixture
def wanted(app: Flask, tmp_path: Path):
    with app.app_context():
        provider = providers.add_provider("Trung tâm").provider
        yield Wanted(provider, tmp_path / "in.jsonl", tmp_path / "out.jsonl", batch=10)


def statement(number: int, mbox: str = "mailto:lan@example.vn") -> dict[str, object]:
    return {
        "id": str(uuid.UUID(int=number + 1)),
        "actor": {"mbox": mbox},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/attempted"},
        "object": {"id": "https://hoc.example.vn/khoa"},
    }


def write(wanted: Wanted, wrong: set[int], count: int = 100) -> None:
    assert wanted.input is not None
    some = (
        statement(number, "lan" if number in wrong else "mailto:lan@example.vn") for number in range(count)
    )
    wanted.input.write_text("".join(json.dumps(one) + "\n" for one in some))


def run(wanted: Wanted, ended_after: int | None = None) -> Outcome:
    """Import; with `ended_after`, a Ctrl+C comes after so many batches."""
    batches = 0

    def progress(read: int, size: int | None) -> None:
        nonlocal batches
        batches += 1
        if batches == ended_after:
            raise KeyboardInterrupt

    return import_files.run(wanted, io.BytesIO(), progress)


def rejected(wanted: Wanted) -> list[int]:
    return [json.loads(line)["index"] for line in wanted.rejected.read_bytes().splitlines()]


def stored() -> int:
    with database.reading() as connection:
        return int(dialects.rows(connection, "SELECT COUNT(*) FROM statements", ())[0][0])


def test_an_import_that_was_ended_goes_on_where_it_was(wanted: Wanted) -> None:
    write(wanted, {3, 25, 26, 77})
    first = run(wanted, ended_after=3)
    assert (first.done, first.stored, first.rejected, first.line) == (False, 27, 3, 31)
    assert rejected(wanted) == [3, 25, 26]
    second = run(wanted)
    assert (second.done, second.resumed_at) == (True, 31)
    assert (second.stored, second.known, second.rejected) == (96, 0, 4)
    assert rejected(wanted) == [3, 25, 26, 77]
    assert stored() == 96
    assert not progress_file(wanted.rejected).exists()


def test_what_was_torn_off_behind_the_last_rejected_statement_is_taken_away(wanted: Wanted) -> None:
    write(wanted, {3})
    run(wanted, ended_after=2)
    with wanted.rejected.open("ab") as torn:
        torn.write(b'{"line": 21, "index": 20, "torn')
    assert run(wanted).rejected == 1
    assert rejected(wanted) == [3]


def test_only_the_first_bytes_of_all_are_a_byte_order_mark(
    wanted: Wanted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A piece that is read may begin with the same letter, U+FEFF, within a statement."""
    assert wanted.input is not None
    one = json.dumps(statement(0)).encode()
    begin = one[:-1] + b', "context": {"platform": "'
    wanted.input.write_bytes(one.replace(b"000001", b"000002") + b"\n" + begin + b'\xef\xbb\xbf"}}\n')
    monkeypatch.setattr(import_inputs, "CHUNK", len(one) + 1 + len(begin))
    outcome = run(wanted)
    assert (outcome.stored, outcome.rejected, outcome.line) == (2, 0, 3)


@pytest.mark.parametrize("change", ["input", "provider", "version", "rejected"])
def test_what_changed_meanwhile_begins_anew(wanted: Wanted, change: str) -> None:
    write(wanted, {3})
    run(wanted, ended_after=2)
    if change == "input":
        write(wanted, {3, 5}, count=90)
    elif change == "provider":
        wanted = Wanted(providers.add_provider("Trường").provider, wanted.input, wanted.rejected)
    elif change == "version":
        wanted = Wanted(wanted.provider_id, wanted.input, wanted.rejected, "1.0.3")
    else:
        wanted.rejected.write_bytes(b"")
    outcome = run(wanted)
    assert outcome.resumed_at is None
    assert rejected(wanted) == ([3, 5] if change == "input" else [3])
    assert outcome.stored + outcome.known + outcome.rejected == (90 if change == "input" else 100)


def test_a_file_of_progress_that_is_no_such_thing_is_left_out_of_account(wanted: Wanted) -> None:
    write(wanted, set())
    for content in (b"", b"{}", b"[1]", b"\xff", b'{"input": 3}'):
        progress_file(wanted.rejected).write_bytes(content)
        outcome = run(wanted)
        assert (outcome.done, outcome.resumed_at) == (True, None)
        assert outcome.stored + outcome.known == 100


def packed(wanted: Wanted, *, without_last_break: bool = False) -> bytes:
    """A hundred statements in two members, as of two files of gzip after each other; a few bytes in all."""
    write(wanted, set())
    assert wanted.input is not None
    text = wanted.input.read_bytes()
    if without_last_break:
        text = text[:-1]
    return gzip.compress(text[:9_999]) + b"\0" * 9 + gzip.compress(text[9_999:])


@pytest.mark.parametrize("junk", [b"\n", b"junk" * 99, b"{}", b"\0\0x"])
def test_what_stands_before_trailing_junk_is_stored_and_the_junk_told(wanted: Wanted, junk: bytes) -> None:
    body = packed(wanted, without_last_break=True)
    assert wanted.input is not None
    wanted.input.write_bytes(body + junk)
    for again in (False, True):
        outcome = run(wanted)
        assert (outcome.done, outcome.rejected) == (False, 0)
        assert (outcome.stored, stored()) == (100, 100)
        assert "what follows the packed input is not packed" in str(outcome.trouble)
        assert "by itself" in str(outcome.remedy)
        assert (outcome.resumed_at is not None) is again
    wanted.input.write_bytes(body + b"\0" * 9)
    assert run(wanted).done


@pytest.mark.parametrize("cut", [1, 8, 9, 30])
def test_what_is_whole_of_a_packed_input_that_is_cut_off_is_stored(wanted: Wanted, cut: int) -> None:
    """The last eight bytes are no statements but the sum of all."""
    body = packed(wanted, without_last_break=True)
    assert wanted.input is not None
    wanted.input.write_bytes(body[:-cut])
    outcome = run(wanted)
    assert (outcome.done, outcome.rejected) == (False, 0)
    assert "cut off" in str(outcome.trouble)
    assert "whole copy" in str(outcome.remedy)
    assert outcome.stored == stored()
    assert outcome.stored == 100 if cut <= 8 else 60 < outcome.stored <= 100
    wanted.input.write_bytes(body)
    mended = run(wanted)
    assert (mended.done, mended.rejected, stored()) == (True, 0, 100)


def test_a_packed_input_that_is_damaged_gives_what_stands_before(wanted: Wanted) -> None:
    body = packed(wanted)
    assert wanted.input is not None
    wanted.input.write_bytes(body[:-8] + bytes(byte ^ 1 for byte in body[-8:]))
    outcome = run(wanted)
    assert (outcome.done, outcome.stored, stored()) == (False, 100, 100)
    assert "damaged" in str(outcome.trouble)


def test_two_imports_do_not_write_to_one_file_of_rejected_statements(wanted: Wanted) -> None:
    write(wanted, {3})

    def progress(read: int, size: int | None) -> None:
        with pytest.raises(RejectedInUse, match="another import is writing to"):
            run(wanted)

    first = import_files.run(wanted, io.BytesIO(), progress)
    assert (first.done, first.stored, first.rejected) == (True, 99, 1)
    assert rejected(wanted) == [3]
    assert run(wanted).known == 99
    assert sorted(path.name for path in wanted.rejected.parent.glob("out*")) == ["out.jsonl", "out.jsonl~"]
