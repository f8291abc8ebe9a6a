"""Zipped packages of which the same parts make the same bytes: no time of making stands in them."""

import zipfile
from collections.abc import Iterable, Iterator
from typing import IO

# The earliest that a ZIP file can state.
ALWAYS = (1980, 1, 1, 0, 0, 0)
# So many characters are packed at once.
_AT_ONCE = 1 << 16


class _Sink:
    """What was written since it was taken last; it cannot be gone back in."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._waiting.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """There is nothing behind it."""

    def close(self) -> None:
        """There is nothing to close."""

    def take(self) -> bytes:
        taken = b"".join(self._waiting)
        self._waiting.clear()
        return taken


def package(parts: Iterable[tuple[str, Iterable[str]]]) -> Iterator[bytes]:
    """A package of parts, each of pieces of text that are packed as they come, so that none is held whole."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, pieces in parts:
            with archive.open(_entry(name), "w") as part:
                for _written in _write(part, pieces):
                    if packed := sink.take():
                        yield packed
    yield sink.take()


def _entry(name: str) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo(name, ALWAYS)
    found.compress_type = zipfile.ZIP_DEFLATED
    # As if made on one system, whichever this is.
    found.create_system = 3
    found.external_attr = 0o600 << 16
    return found


def _write(part: IO[bytes], pieces: Iterable[str]) -> Iterator[int]:
    """Write a part; tells after each time how many characters that were."""
    waiting: list[str] = []
    length = 0
    for piece in pieces:
        waiting.append(piece)
        length += len(piece)
        if length >= _AT_ONCE:
            part.write("".join(waiting).encode())
            yield length
            waiting, length = [], 0
    part.write("".join(waiting).encode())
    yield length
