"""Bodies of the type multipart/mixed, read and written piece by piece in bounded memory.

What RFC 2046 5.1 has a reader bear is borne: text before the first boundary and after the last, blanks after
a boundary, headers that are folded, parts without headers. Lines end in CRLF, as it demands and as all
clients known to us send them: a lone LF before a boundary may be the data's own last byte. One of them,
xAPI.js, ends no line at all between an attachment's data and the boundary of the next; that is borne where
the next begins with its Content-Type.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from xapi.faults import Fault, Refusal
from xapi.findings import excerpt

CLAUSE = "xAPI-Communication 1.5.2"
RFC = "RFC 2046 5.1.1"
MOST_HEADER_BYTES = 16 * 1024
MOST_PADDING = 1000

_CRLF = b"\r\n"
_BOUNDARY_PARAMETER = re.compile(r';\s*boundary\s*=\s*(?:"([^"]*)"|([^;]*))', re.IGNORECASE)
# RFC 2046 allows fewer characters; which ones a sender chose does no harm, as long as they stay in a line.
_BOUNDARY = re.compile(r"[\x20-\x7e]{0,69}[\x21-\x7e]")
_FOLD = re.compile(rb"\r\n[ \t]+")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)")


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its place (0 is the first), its headers by lowercase name, its data.

    `data` can be gone through once, and only before the next part is asked for.
    """

    number: int
    headers: Mapping[str, str]
    data: Iterator[bytes]


def boundary_of(content_type: str) -> str:
    """The boundary that the header Content-Type of a request names; raises Refusal."""
    found = _BOUNDARY_PARAMETER.search(content_type)
    boundary = (found[1] if found[1] is not None else found[2].strip()) if found else ""
    if not _BOUNDARY.fullmatch(boundary):
        message = "expected multipart/mixed; boundary=… with 1 to 70 characters of ASCII"
        came = excerpt(content_type)
        raise Refusal([Fault(None, "Content-Type", "multipart-boundary", message, came, RFC)])
    return boundary


def read(chunks: Iterable[bytes], boundary: str) -> Iterator[Part]:
    """The parts of a body, each before the next one is looked for; raises Refusal where it has not the form.

    Of the body no more is held than a header block, or a chunk as it came and a boundary.
    """
    body = _Body(chunks, boundary)
    for _ in body.up_to_delimiter():
        continue
    number = 0
    while not body.at_last_delimiter():
        part = Part(number, body.headers(), body.up_to_delimiter())
        yield part
        for _ in part.data:
            continue
        number += 1
        body.part = number
    body.drain()


class _Body:
    def __init__(self, chunks: Iterable[bytes], boundary: str) -> None:
        self._chunks = iter(chunks)
        self._delimiter = b"\r\n--" + boundary.encode()
        # xAPI.js ends no line between the data of one attachment and the boundary of the next.
        self._run_in = self._delimiter[2:] + b"\r\nContent-Type: "
        # As if a line ended before it: the first boundary may stand at the very beginning.
        self._buffer = bytearray(_CRLF)
        self.part = 0

    def up_to_delimiter(self) -> Iterator[bytes]:
        """What stands before the next delimiter, which is taken with it."""
        buffer, delimiter = self._buffer, self._delimiter
        run_in = self._run_in
        kept = len(run_in) - 1
        while (at := buffer.find(delimiter)) < 0 and run_in not in buffer:
            if len(buffer) > kept:
                yield bytes(buffer[:-kept])
                del buffer[:-kept]
            self._take_more()
        early = buffer.find(run_in, 0, len(buffer) if at < 0 else at + len(run_in) - 1)
        if early >= 0:
            at, delimiter = early, delimiter[2:]
        if at:
            yield bytes(buffer[:at])
        del buffer[: at + len(delimiter)]

    def at_last_delimiter(self) -> bool:
        """Whether the delimiter just taken is the last; of any other the rest of its line is taken."""
        buffer = self._buffer
        while len(buffer) < len(_CRLF):
            self._take_more()
        if buffer.startswith(b"--"):
            return True
        while (end := buffer.find(_CRLF, 0, MOST_PADDING)) < 0 and len(buffer) < MOST_PADDING:
            if buffer.strip(b" \t\r"):
                break
            self._take_more()
        rest = bytes(buffer[:MOST_PADDING] if end < 0 else buffer[:end])
        if end < 0 or rest.strip(b" \t"):
            raise self._broken("expected a line to end, in CRLF, after the boundary", rest[:80])
        del buffer[: end + len(_CRLF)]
        return False

    def headers(self) -> dict[str, str]:
        """The headers of the part that begins, with the empty line after them taken."""
        buffer, looked_at = self._buffer, 0
        while not buffer.startswith(_CRLF) and buffer.find(_CRLF * 2, looked_at, MOST_HEADER_BYTES) < 0:
            if len(buffer) >= MOST_HEADER_BYTES:
                message = f"expected headers of at most {MOST_HEADER_BYTES} bytes, and an empty line"
                raise self._broken(message, bytes(buffer[:80]))
            looked_at = max(0, len(buffer) - 3)
            self._take_more()
        end = 0 if buffer.startswith(_CRLF) else buffer.find(_CRLF * 2, looked_at)
        block = bytes(buffer[:end])
        # The empty line belongs to the next boundary where a part has no data at all.
        del buffer[: end + len(_CRLF) if end else 0]
        while len(buffer) < len(self._delimiter):
            self._take_more()
        if not buffer.startswith(self._delimiter):
            del buffer[: len(_CRLF)]
        return self._parsed(block)

    def _parsed(self, block: bytes) -> dict[str, str]:
        headers: dict[str, str] = {}
        for line in _FOLD.sub(b" ", block).split(_CRLF) if block else ():
            # ASCII by RFC 2046, but a media type's parameter may be more, as the statement says it in UTF-8.
            header = _HEADER.fullmatch(line.decode("utf-8", "replace"))
            if header is None:
                raise self._broken("expected a header such as Content-Type: text/plain", line[:80])
            name = header[1].lower()
            if name in headers:
                raise self._broken(f"expected the header {header[1]} once", line[:80])
            headers[name] = header[2].rstrip()
        return headers

    def drain(self) -> None:
        """Pass over what follows the last delimiter."""
        self._buffer.clear()
        for _ in self._chunks:
            continue

    def _take_more(self) -> None:
        chunk = next(self._chunks, None)
        if chunk is None:
            delimiter = self._delimiter[2:].decode()
            raise self._broken(f"expected the line {delimiter}-- at the end of the last part", b"")
        self._buffer += chunk

    def _broken(self, message: str, near: bytes) -> Refusal:
        came = excerpt(near.decode("utf-8", "replace")) if near else "the end of the body"
        return Refusal([Fault(None, f"part[{self.part}]", "multipart-form", message, came, RFC)])


def write(parts: Iterable[tuple[Mapping[str, str], Iterable[bytes]]], boundary: str) -> Iterator[bytes]:
    """A body of these parts, headers and data; the boundary must not occur in them."""
    for headers, data in parts:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        yield f"--{boundary}\r\n{lines}\r\n".encode()
        yield from data
        yield _CRLF
    yield f"--{boundary}--\r\n".encode()
