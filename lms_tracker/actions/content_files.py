"""The folder of contents: `ab/abcd…`, each file under its SHA-256 in hexadecimal, and `unfinished/`.

Every process that serves or does jobs must see the same folder. When files are written and removed is decided
under the lock of their row; see `store.contents`.
"""

import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

READ_AT_ONCE = 256 * 1024
_DIGITS = 64


def write(folder: Path, chunks: Iterable[bytes]) -> Path:
    """Write data, durably, to a new file that is no content yet."""
    unfinished = folder / "unfinished"
    unfinished.mkdir(exist_ok=True)
    number, name = tempfile.mkstemp(dir=unfinished)
    try:
        with open(number, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        os.unlink(name)
        raise
    return Path(name)


def put_in_place(folder: Path, unfinished: Path, content_key: bytes) -> None:
    """Make a file that was written the content's, in place of one that may be there."""
    place = _path(folder, content_key)
    if not place.parent.exists():
        place.parent.mkdir(exist_ok=True)
        _make_durable(folder)
    unfinished.rename(place)
    _make_durable(place.parent)


def _make_durable(folder: Path) -> None:
    # A new name is there after a loss of power only when its folder was written too.
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def read(folder: Path, content_key: bytes) -> Iterator[bytes]:
    """The data of a content; raises FileNotFoundError at once."""
    path = _path(folder, content_key)
    path.stat()
    return _chunks(path)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(READ_AT_ONCE):
            yield chunk


def remove(folder: Path, content_key: bytes) -> None:
    _path(folder, content_key).unlink(missing_ok=True)


def older(folder: Path, number: int, before_s: int) -> Iterator[tuple[bytes, int]]:
    """Key and size of the contents in subfolder `number`, 0 to 255, written before a time since the epoch."""
    for path, status in _files(folder / f"{number:02x}"):
        if status.st_mtime < before_s and len(path.name) == _DIGITS:
            try:
                yield bytes.fromhex(path.name), status.st_size
            except ValueError:
                # Somebody else's file.
                continue


def drop_unfinished(folder: Path, before_s: int) -> None:
    """Remove what writers that were cut off before this time have left."""
    for path, status in _files(folder / "unfinished"):
        if status.st_mtime < before_s:
            path.unlink(missing_ok=True)


def _files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            try:
                yield Path(entry.path), entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                # Another sweep was faster.
                continue


def _path(folder: Path, content_key: bytes) -> Path:
    name = content_key.hex()
    return folder / name[:2] / name
