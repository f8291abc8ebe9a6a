"""Data of attachments and documents come in and go out piece by piece, whatever their size.

They are kept under their SHA-256, in the database or in the folder of the settings; `store.contents` says why
nothing that is referred to gets lost. What comes in is laid aside in a file without a name until it is known
to be right, so that what is refused leaves nothing.
"""

import hashlib
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from flask import current_app
from sqlalchemy import Connection

from lms_tracker.actions import clock, content_files
from lms_tracker.actions.availability import NotWritten
from lms_tracker.store import contents, database
from lms_tracker.store.contents import PIECE_BYTES

# Up to here what is laid aside stays in memory.
IN_MEMORY_BYTES = 1024 * 1024
# So many pieces are written in one transaction.
PIECES_AT_ONCE = 8
SWEPT_AT_ONCE = 1_000


class TooLarge(Exception):
    """More bytes came than are taken; `most` is how many are."""

    def __init__(self, most: int) -> None:
        super().__init__(f"more than {most} bytes")
        self.most = most


class Missing(LookupError):
    """There is no such content, or not all of it: what refers to it was let go, or data were lost."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A content: its key (SHA-256), its size in bytes, and its digests by the names that were asked for."""

    content_key: bytes
    size: int
    digests: Mapping[str, bytes]


class LaidAside:
    """What came with one request, in one file without a name, until it is kept or forgotten."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._end = 0
        self._begins: dict[bytes, int] = {}

    def add(self, chunks: Iterable[bytes], most_bytes: int, digests: Collection[str] = ()) -> Kept:
        """Take the data of one content; raises TooLarge, NotWritten, and whatever `chunks` raises.

        `digests` are names as hashlib knows them ("sha512").
        """
        hashes = {name: hashlib.new(name) for name in {"sha256", *digests}}
        size = 0
        self._file.seek(self._end)
        for chunk in chunks:
            size += len(chunk)
            if size > most_bytes:
                raise TooLarge(most_bytes)
            with _writing_file():
                self._file.write(chunk)
            for one in hashes.values():
                one.update(chunk)
        kept = Kept(hashes["sha256"].digest(), size, {name: one.digest() for name, one in hashes.items()})
        if kept.content_key not in self._begins:
            self._begins[kept.content_key] = self._end
            self._end += size
        return kept

    def read(self, kept: Kept) -> Iterator[bytes]:
        """The data of a content that was added, in pieces as they are stored."""
        begin = self._begins[kept.content_key]
        for offset in range(0, kept.size, PIECE_BYTES):
            self._file.seek(begin + offset)
            yield self._file.read(min(PIECE_BYTES, kept.size - offset))

    def keep(self, kept: Kept) -> None:
        """Store a content that was added; from now on, and for a day, it may be referred to."""
        folder = _folder()
        if folder is not None:
            with _writing_file():
                unfinished = content_files.write(folder, self.read(kept))
            try:
                with database.writing() as connection:
                    if _claim(connection, kept.content_key, kept.size):
                        content_files.put_in_place(folder, unfinished, kept.content_key)
                        return
            finally:
                unfinished.unlink(missing_ok=True)
        self._keep_in_database(kept)

    def _keep_in_database(self, kept: Kept) -> None:
        key = kept.content_key
        with database.writing() as connection:
            was_in_folder = _claim(connection, key, kept.size)
            if not was_in_folder and not contents.lacks_pieces(connection, key, kept.size):
                return
        pieces, first = self.read(kept), 0
        while few := list(islice(pieces, PIECES_AT_ONCE)):
            with database.writing() as connection:
                contents.add_pieces(connection, key, first, few)
            first += len(few)
        if was_in_folder:
            with database.writing() as connection:
                contents.move_to_database(connection, key)


@contextmanager
def _writing_file() -> Iterator[None]:
    """Raises NotWritten, which is answered with 503, where there is no room for a file any more."""
    try:
        yield
    except OSError as error:
        raise NotWritten("a file could not be written") from error


@contextmanager
def laying_aside() -> Iterator[LaidAside]:
    """Room for what comes with one request; what was not kept is gone after the block."""
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as file:
        yield LaidAside(file)


def keep(chunks: Iterable[bytes], most_bytes: int) -> Kept:
    """Store a content of any size, in transactions of its own; raises TooLarge and what `chunks` raises.

    For a day it is left alone although nothing refers to it.
    """
    with laying_aside() as aside:
        kept = aside.add(chunks, most_bytes)
        aside.keep(kept)
    return kept


def put(connection: Connection, data: bytes) -> Kept:
    """Store a small content, of a few pieces at most, inside the caller's transaction."""
    kept = Kept(hashlib.sha256(data).digest(), len(data), {})
    folder = _folder()
    belongs_in_folder = _claim(connection, kept.content_key, kept.size)
    if belongs_in_folder and folder is not None:
        with _writing_file():
            unfinished = content_files.write(folder, [data])
        content_files.put_in_place(folder, unfinished, kept.content_key)
        return kept
    if contents.lacks_pieces(connection, kept.content_key, kept.size):
        pieces = (data[begin : begin + PIECE_BYTES] for begin in range(0, len(data), PIECE_BYTES))
        contents.add_pieces(connection, kept.content_key, 0, pieces)
    if belongs_in_folder:
        contents.move_to_database(connection, kept.content_key)
    return kept


def let_go(connection: Connection, content_key: bytes) -> None:
    """Say that a document no longer refers to a content: who is reading it has a day to finish."""
    contents.touch(connection, content_key, clock.now_us())


def read(content_key: bytes) -> Iterator[bytes]:
    """The data of a content, read as they are asked for; no transaction stays open between two pieces.

    Raises Missing, at once where nothing is there, and while it is read where a part is not.
    """
    with database.asking() as connection:
        place = contents.place(connection, content_key)
    if place is None:
        raise Missing(content_key.hex())
    if not place.in_folder:
        return _pieces(content_key, contents.piece_count(place.size))
    return _file(content_key)


def whole(connection: Connection, content_key: bytes) -> bytes:
    """The data of a small content, as the caller's transaction sees them; raises Missing."""
    place = contents.place(connection, content_key)
    if place is None:
        raise Missing(content_key.hex())
    if place.in_folder:
        return b"".join(_file(content_key))
    pieces = (contents.piece(connection, content_key, n) for n in range(contents.piece_count(place.size)))
    return b"".join(_there(piece, content_key) for piece in pieces)


def sweep() -> int:
    """Remove contents that nothing refers to and that were not touched for a day; answers how many."""
    folder, before_us = _folder(), clock.now_us() - contents.UNTOUCHED_US
    if folder is not None:
        content_files.drop_unfinished(folder, before_us // 1_000_000)
        _adopt(folder, before_us)
    swept, after = 0, b""
    while True:
        with database.asking() as connection:
            keys = contents.unreferred(connection, before_us, after, SWEPT_AT_ONCE)
        if not keys:
            return swept
        swept += sum(_swept(folder, key, before_us) for key in keys)
        after = keys[-1]


def _swept(folder: Path | None, content_key: bytes, before_us: int) -> bool:
    with database.writing() as connection:
        place = contents.lock_if_swept(connection, content_key, before_us)
        if place is None or (place.in_folder and folder is None):
            return False
        if place.in_folder and folder is not None:
            # Before the commit: see `store.contents`, 3.
            content_files.remove(folder, content_key)
        contents.drop(connection, content_key)
    return True


def _adopt(folder: Path, before_us: int) -> None:
    """Give files without a row one; each hour looks at one of the 256 subfolders."""
    hour = before_us // 3_600_000_000
    for content_key, size in content_files.older(folder, hour % 256, before_us // 1_000_000):
        with database.asking() as connection:
            known = contents.place(connection, content_key)
        if known is None:
            with database.writing() as connection:
                contents.adopt(connection, content_key, size)


def _claim(connection: Connection, content_key: bytes, size: int) -> bool:
    in_folder = _folder() is not None
    return contents.claim(connection, content_key, size, clock.now_us(), in_folder=in_folder)


def _file(content_key: bytes) -> Iterator[bytes]:
    folder = _folder()
    if folder is None:
        raise Missing(f"{content_key.hex()} is in a folder, and the settings name none")
    try:
        return content_files.read(folder, content_key)
    except FileNotFoundError:
        raise Missing(content_key.hex()) from None


def _pieces(content_key: bytes, count: int) -> Iterator[bytes]:
    for number in range(count):
        with database.asking() as connection:
            piece = contents.piece(connection, content_key, number)
        yield _there(piece, content_key)


def _there(piece: bytes | None, content_key: bytes) -> bytes:
    if piece is None:
        raise Missing(content_key.hex())
    return piece


def _folder() -> Path | None:
    configured: str = current_app.config["SETTINGS"].content_folder
    return Path(configured) if configured else None
