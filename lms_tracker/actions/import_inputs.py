"""What is imported, as bytes: from a file or a pipe, unpacked where it is packed."""

from __future__ import annotations

import contextlib
import hashlib
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

CHUNK = 262_144
_PACKED_AT_ONCE = 65_536
_GZIP = b"\x1f\x8b"
_WITH_GZIP_HEADERS = 16 + zlib.MAX_WBITS
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_ANOTHER = "Import a whole copy; nothing is stored twice."


class Unreadable(Exception):
    """The input cannot be read to its end; the text says why, `remedy` is a sentence on what to do.

    `ended` says that what was read before is whole: only what follows it is something else.
    """

    def __init__(self, trouble: str, remedy: str, *, ended: bool = False) -> None:
        super().__init__(trouble)
        self.remedy, self.ended = remedy, ended


class Source:
    """The bytes of an input, unpacked where they are packed; whether they are is told by the bytes."""

    def __init__(self, raw: IO[bytes], path: Path | None) -> None:
        self._raw = raw if isinstance(raw, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, raw))
        packed = self._raw.peek(2).startswith(_GZIP)
        self._stream = _Unpacked(self._raw) if packed else self._raw
        # Of what comes through a pipe nothing tells how much there is, or whether it is the same as before.
        is_file = path is not None and path.is_file()
        self.size = path.stat().st_size if path is not None and is_file else None
        self.identity = _identity(path) if path is not None and is_file else None

    def chunks(self, offset: int) -> Iterator[bytes]:
        """What follows after so many unpacked bytes, all that can be read. Raises Unreadable."""
        if offset:
            self._stream.seek(offset)
        while chunk := self._stream.read(CHUNK):
            if chunk.startswith(_UTF_16) and not offset:
                trouble = "expected statements in UTF-8, got UTF-16"
                raise Unreadable(trouble, "Import a copy in UTF-8; nothing is stored twice.")
            yield chunk
            offset += len(chunk)

    def read(self) -> int:
        """How many bytes were read, as they are packed; 0 where that is not known."""
        return 0 if self.size is None else self._raw.tell()


class _Unpacked:
    """A stream of gzip, of one member or several (RFC 1952 2.2), read up to the first byte that is wrong.

    Python's own loses what it unpacked in the read in which it fails.
    """

    def __init__(self, raw: io.BufferedReader) -> None:
        self._raw = raw
        self._packed = b""
        # What unpacks the member that stands here; None between two.
        self._member: zlib._Decompress | None = zlib.decompressobj(_WITH_GZIP_HEADERS)
        self._trouble: Unreadable | None = None

    def seek(self, offset: int) -> None:
        """Pass over the first `offset` unpacked bytes."""
        while offset and (passed := self.read(min(offset, CHUNK))):
            offset -= len(passed)

    def read(self, size: int) -> bytes:
        """So many bytes, fewer only at the end. Raises Unreadable once there is nothing more to give."""
        found = bytearray()
        while self._trouble is None and len(found) < size:
            try:
                piece = self._piece(size - len(found))
            except Unreadable as trouble:
                self._trouble = trouble
                break
            if not piece:
                break
            found += piece
        if self._trouble is not None and not found:
            raise self._trouble
        return bytes(found)

    def _piece(self, most: int) -> bytes:
        """Some bytes; none at the end."""
        while self._member is not None or self._begin_member():
            assert self._member is not None
            packed = self._packed or self._raw.read(_PACKED_AT_ONCE)
            before = self._member.copy()
            try:
                piece = self._member.decompress(packed, most)
            except zlib.error as error:
                self._trouble = Unreadable(f"the packed input is damaged: {error}", _ANOTHER)
                return _until_damage(before, packed)
            self._packed = self._member.unconsumed_tail
            if self._member.eof:
                self._packed = self._member.unused_data
                self._member = None
            elif not packed and not piece:
                raise Unreadable("the packed input is cut off", _ANOTHER)
            if piece:
                return piece
        return b""

    def _begin_member(self) -> bool:
        """Whether there is one more; gzip lets zeros stand behind the last."""
        self._packed = self._packed.lstrip(b"\0")
        while len(self._packed) < len(_GZIP) and (more := self._raw.read(_PACKED_AT_ONCE)):
            self._packed = (self._packed + more).lstrip(b"\0")
        if not self._packed:
            return False
        if not self._packed.startswith(_GZIP):
            trouble = "what follows the packed input is not packed and was not imported; the input ended"
            raise Unreadable(trouble, "Where it is needed, import it by itself.", ended=True)
        self._member = zlib.decompressobj(_WITH_GZIP_HEADERS)
        return True


def _until_damage(member: zlib._Decompress, packed: bytes) -> bytes:
    """What a member gives before the byte at which it fails."""
    found = bytearray()
    with contextlib.suppress(zlib.error):
        for at in range(len(packed)):
            found += member.decompress(packed[at : at + 1])
    return bytes(found)


def _identity(path: Path) -> str:
    found = path.stat()
    with open(path, "rb") as file:
        head = hashlib.blake2b(file.read(65_536), digest_size=16).hexdigest()
    return f"{found.st_size} {found.st_mtime_ns} {head}"
