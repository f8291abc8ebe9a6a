"""Zipped packages of which the same parts make the same bytes: no time of making stands in them."""

import zipfile
from collections.abc import Iterable
from io import BytesIO
from typing import IO

# The earliest that a ZIP file can state.
ALWAYS = (1980, 1, 1, 0, 0, 0)
# So many characters are packed at once.
_AT_ONCE = 1 << 16


def package(parts: Iterable[tuple[str, Iterable[str]]]) -> bytes:
    """A package of parts, each of pieces of text that are packed as they come, so that none is held whole."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, pieces in parts:
            with archive.open(_entry(name), "w") as part:
                _write(part, pieces)
    return file.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo(name, ALWAYS)
    found.compress_type = zipfile.ZIP_DEFLATED
    # As if made on one system, whichever this is.
    found.create_system = 3
    found.external_attr = 0o600 << 16
    return found


def _write(part: IO[bytes], pieces: Iterable[str]) -> None:
    waiting: list[str] = []
    length = 0
    for piece in pieces:
        waiting.append(piece)
        length += len(piece)
        if length >= _AT_ONCE:
            part.write("".join(waiting).encode())
            waiting, length = [], 0
    part.write("".join(waiting).encode())
