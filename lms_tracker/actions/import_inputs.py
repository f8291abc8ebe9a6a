"""What is imported, as bytes: from a file or a pipe, unpacked where it is packed."""

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO, cast

CHUNK = 262_144
_GZIP = b"\x1f\x8b"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Unreadable(Exception):
    """The input cannot be read to its end; the text is a sentence that says why."""


class Source:
    """The bytes of an input, unpacked where they are packed; whether they are is told by the bytes."""

    def __init__(self, raw: IO[bytes], path: Path | None) -> None:
        self._raw = raw if isinstance(raw, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, raw))
        packed = self._raw.peek(2).startswith(_GZIP)
        self._stream: BinaryIO = cast(BinaryIO, gzip.GzipFile(fileobj=self._raw)) if packed else self._raw
        # Of what comes through a pipe nothing tells how much there is, or whether it is the same as before.
        is_file = path is not None and path.is_file()
        self.size = path.stat().st_size if path is not None and is_file else None
        self.identity = _identity(path) if path is not None and is_file else None

    def chunks(self, offset: int) -> Iterator[bytes]:
        """What follows after so many unpacked bytes. Raises Unreadable."""
        try:
            if offset:
                self._stream.seek(offset)
            while chunk := self._stream.read(CHUNK):
                if chunk.startswith(_UTF_16) and not offset:
                    raise Unreadable("expected statements in UTF-8, got UTF-16")
                yield chunk
                offset += len(chunk)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise Unreadable(f"the packed input is damaged or cut off: {error}") from None

    def read(self) -> int:
        """How many bytes were read, as they are packed; 0 where that is not known."""
        return 0 if self.size is None else self._raw.tell()


def _identity(path: Path) -> str:
    found = path.stat()
    with open(path, "rb") as file:
        head = hashlib.blake2b(file.read(65_536), digest_size=16).hexdigest()
    return f"{found.st_size} {found.st_mtime_ns} {head}"
