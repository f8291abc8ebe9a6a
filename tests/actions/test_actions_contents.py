"""Data of attachments and documents: kept once, read as they came, and swept only when nothing needs them."""

from __future__ import annotations

import errno
import hashlib
import os
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask

from lms_tracker.actions import clock, content_files, contents
from lms_tracker.actions.availability import NotWritten
from lms_tracker.config import ConfigurationError, Settings
from lms_tracker.store import contents as stored
from lms_tracker.store import database, dialects
from lms_tracker.store.contents import PIECE_BYTES

DAY_US = stored.UNTOUCHED_US
MOST = 10**9


@pytest.fixture(scope="module", autouse=True)
def on_an_ordinary_day() -> None:
    """On the day that it is outside: the sweep compares it with that on which files were written."""


@pytest.fixture(params=["database", "folder"])
def settings(settings: Settings, request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "database":
        return settings
    (tmp_path / "contents").mkdir()
    return replace(settings, content_folder=str(tmp_path / "contents"))


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The time, in microseconds, which a test may move on."""
    time = [clock.now_us()]
    monkeypatch.setattr(clock, "now_us", lambda: time[0])
    return time


def rows(table: str) -> int:
    with database.reading() as connection:
        return int(dialects.rows(connection, f"SELECT COUNT(*) FROM {table}", ())[0][0])


def files(app: Flask) -> list[Path]:
    folder = app.config["SETTINGS"].content_folder
    return [path for path in Path(folder).rglob("*") if path.is_file()] if folder else []


def refer_to(content_key: bytes) -> None:
    with database.writing() as connection:
        values = (b"\1" * 16, content_key, content_key)
        dialects.change(connection, "INSERT INTO statement_attachments VALUES (?, ?, ?)", values)


def keep(data: bytes) -> bytes:
    return contents.keep([data], MOST).content_key


def data_of(content_key: bytes) -> bytes:
    return b"".join(contents.read(content_key))


SIZES = [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES]


def test_what_is_kept_is_read_as_it_came(in_app: Flask) -> None:
    for size in SIZES:
        data = os.urandom(size)
        kept = contents.keep([data[:10], data[10:]], MOST)
        assert (kept.content_key, kept.size) == (hashlib.sha256(data).digest(), size)
        assert data_of(kept.content_key) == data
        with database.reading() as connection:
            assert contents.whole(connection, kept.content_key) == data


def test_what_is_put_within_a_transaction_is_read_as_it_came(in_app: Flask) -> None:
    for size in SIZES:
        data = os.urandom(size)
        with database.writing() as connection:
            kept = contents.put(connection, data)
            assert contents.whole(connection, kept.content_key) == data
        assert data_of(kept.content_key) == data


def test_one_content_is_kept_once_however_often_and_by_whichever_way_it_comes(in_app: Flask) -> None:
    data = os.urandom(2 * PIECE_BYTES)
    keys = {keep(data), keep(data)}
    with database.writing() as connection:
        keys.add(contents.put(connection, data).content_key)
    assert len(keys) == 1
    assert rows("contents") == 1
    assert (rows("content_pieces"), len(files(in_app))) in ((2, 0), (0, 1))


def test_what_is_too_large_is_refused_while_it_comes_and_leaves_nothing(in_app: Flask) -> None:
    asked: list[int] = []

    def chunks() -> Iterator[bytes]:
        for number in range(100):
            asked.append(number)
            yield b"x" * 1000

    with pytest.raises(contents.TooLarge) as refused:
        contents.keep(chunks(), 2500)
    assert refused.value.most == 2500
    assert asked == [0, 1, 2]
    assert (rows("contents"), rows("content_pieces"), files(in_app)) == (0, 0, [])


def test_several_that_come_together_are_read_and_kept_each_for_itself(in_app: Flask) -> None:
    parts = [os.urandom(1000), b"", os.urandom(PIECE_BYTES + 7), b"small"]
    with contents.laying_aside() as aside:
        held = [aside.add([part], MOST, ["sha512"]) for part in (*parts, parts[0])]
        assert [b"".join(aside.read(one)) for one in held] == [*parts, parts[0]]
        for one in held[:2]:
            aside.keep(one)
    assert held[2].digests["sha512"] == hashlib.sha512(parts[2]).digest()
    assert rows("contents") == 2
    assert data_of(held[0].content_key) == parts[0]


def test_a_large_content_goes_in_and_out_in_bounded_memory(in_app: Flask) -> None:
    piece = os.urandom(PIECE_BYTES)
    keep(b"warm")
    tracemalloc.start()
    try:
        kept = contents.keep((piece for _ in range(128)), MOST)
        assert sum(map(len, contents.read(kept.content_key))) == 128 * PIECE_BYTES
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # Several times the pieces of one transaction (2 MiB), of 32 MiB in all.
    assert peak < 10 * 2**20


def test_what_nothing_refers_to_is_swept_a_day_later_and_not_before(in_app: Flask, now: list[int]) -> None:
    key = keep(b"nobody's")
    now[0] += DAY_US
    assert contents.sweep() == 0
    now[0] += 1
    assert contents.sweep() == 1
    assert (rows("contents"), rows("content_pieces"), files(in_app)) == (0, 0, [])
    with pytest.raises(contents.Missing):
        contents.read(key)


def test_what_a_statement_refers_to_is_never_swept(in_app: Flask, now: list[int]) -> None:
    key = keep(b"somebody's")
    refer_to(key)
    now[0] += 1000 * DAY_US
    assert contents.sweep() == 0
    assert data_of(key) == b"somebody's"


def test_what_comes_again_or_was_let_go_is_left_alone_for_another_day(in_app: Flask, now: list[int]) -> None:
    again, gone = keep(b"again"), keep(b"let go")
    now[0] += DAY_US + 1
    keep(b"again")
    with database.writing() as connection:
        contents.let_go(connection, gone)
    assert contents.sweep() == 0
    assert data_of(again) + data_of(gone) == b"againlet go"


def test_the_sweep_asks_once_more_after_it_has_the_lock(in_app: Flask, now: list[int]) -> None:
    referred, touched = keep(b"referred"), keep(b"touched")
    now[0] += DAY_US + 1
    before = now[0] - DAY_US
    with database.reading() as connection:
        assert len(stored.unreferred(connection, before, b"", 10)) == 2
    refer_to(referred)
    keep(b"touched")
    for key in (referred, touched):
        with database.writing() as connection:
            assert stored.lock_if_swept(connection, key, before) is None


def test_a_content_that_was_swept_may_come_again(in_app: Flask, now: list[int]) -> None:
    keep(b"comes again")
    now[0] += DAY_US + 1
    assert contents.sweep() == 1
    assert data_of(keep(b"comes again")) == b"comes again"


def test_pieces_that_a_writer_cut_off_did_not_write_are_written_by_the_next(in_app: Flask) -> None:
    if in_app.config["SETTINGS"].content_folder:
        # A sweep cut off between unlinking and committing leaves a row without its file.
        key = keep(b"half" * PIECE_BYTES)
        content_files.remove(Path(in_app.config["SETTINGS"].content_folder), key)
    else:
        key = keep(b"half" * PIECE_BYTES)
        with database.writing() as connection:
            dialects.change(connection, "DELETE FROM content_pieces WHERE number IN (?, ?)", (1, 3))
    with pytest.raises(contents.Missing):
        data_of(key)
    assert keep(b"half" * PIECE_BYTES) == key
    assert data_of(key) == b"half" * PIECE_BYTES


def test_what_a_writer_cut_off_left_in_the_folder_is_swept(in_app: Flask, now: list[int]) -> None:
    folder = Path(in_app.config["SETTINGS"].content_folder or ".")
    if folder == Path("."):
        # In the database a writer that is cut off leaves a row like any other.
        return
    kept = keep(b"kept")
    refer_to(kept)
    lost = hashlib.sha256(b"lost").digest()
    content_files.put_in_place(folder, content_files.write(folder, [b"lost"]), lost)
    content_files.write(folder, [b"unfinished"])
    (folder / "ab").mkdir(exist_ok=True)
    (folder / "ab" / "somebody's notes").write_text("not ours")
    assert contents.sweep() == 0
    now[0] += DAY_US * 2
    for _ in range(256):
        contents.sweep()
        now[0] += 3_600_000_000
    left = {path.name for path in files(in_app)}
    assert left == {kept.hex(), "somebody's notes"}


def test_a_folder_that_is_no_longer_set_is_left_for_the_database(
    in_app: Flask, tmp_path: Path, now: list[int]
) -> None:
    settings = in_app.config["SETTINGS"]
    other = tmp_path / "other"
    other.mkdir()
    key = keep(b"moves")
    in_app.config["SETTINGS"] = replace(
        settings, content_folder="" if settings.content_folder else str(other)
    )
    if settings.content_folder:
        with pytest.raises(contents.Missing):
            contents.read(key)
        now[0] += DAY_US + 1
        assert contents.sweep() == 0
    assert keep(b"moves") == key
    assert data_of(key) == b"moves"
    assert rows("content_pieces") == 1
    assert [path for path in other.rglob("*") if path.is_file()] == []


def test_the_content_folder_is_one_that_can_be_written_to(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    for path in (tmp_path / "missing", file):
        with pytest.raises(ConfigurationError, match="CONTENT_FOLDER: expected a folder that exists"):
            Settings.from_environment({"LMS_TRACKER_CONTENT_FOLDER": str(path)})
    settings = Settings.from_environment({"LMS_TRACKER_CONTENT_FOLDER": str(tmp_path)})
    assert settings.content_folder == str(tmp_path)


def test_where_there_is_no_room_for_a_file_nothing_is_written_and_it_may_be_sent_again(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(BytesIO):
        def write(self, _: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(contents.tempfile, "SpooledTemporaryFile", lambda **_: Full())
    with pytest.raises(NotWritten):
        keep(b"too much")
    assert (rows("contents"), rows("content_pieces"), files(in_app)) == (0, 0, [])
