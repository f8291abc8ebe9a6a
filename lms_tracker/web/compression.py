"""gzip both ways at the doors for programs (RFC 9110 8.4, 12.5.3).

Bodies are unpacked as they are read, so every limit on a body is one on what it unpacks to, and nobody holds
more than a piece of it. Answers are packed where the client takes it and there is something to save.

An answer with an entity tag goes as it is: a strong tag stands for the very bytes, must not be shared by two
codings, and comes back in If-Match. What is streamed goes as it is too: data of documents and attachments,
most of them packed by their own format. Nothing secret is in an answer that holds what a stranger sent, so
its length gives nothing away.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable
from typing import Any, Protocol
from wsgiref.types import WSGIApplication

from flask import Flask, Response, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header
from werkzeug.wsgi import get_input_stream

from xapi.faults import Fault, Refusal

DOORS = ("/xapi/", "/api/v1/")
CLAUSE = "RFC 9110 8.4"

# Less than this fits into a packet as it is.
LEAST_BYTES = 1_400
LEVEL = 1

_READ_AT_ONCE = 65_536
# A body whose unpacking takes so much more than it gives is none.
_MOST_IN_VAIN = 1_048_576
_GZIP_ALONE = 16 + zlib.MAX_WBITS


class Readable(Protocol):
    """Of a body what is used here."""

    def read(self, size: int, /) -> bytes: ...


def unpacked(app: WSGIApplication) -> WSGIApplication:
    """`app`, for which a body that comes as gzip is as if it had come plain, of unknown length.

    A body in another coding stays as it is, with the header that says so.
    """

    def unpack_first(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        coding = environ.get("HTTP_CONTENT_ENCODING", "").strip().lower()
        if coding in ("gzip", "x-gzip") and environ.get("PATH_INFO", "").startswith(DOORS):
            environ["wsgi.input"] = Unpacked(get_input_stream(environ))
            environ["wsgi.input_terminated"] = True
            environ.pop("CONTENT_LENGTH", None)
            del environ["HTTP_CONTENT_ENCODING"]
        return app(environ, start_response)

    return unpack_first


class Unpacked:
    """`wsgi.input` of what a gzip body holds. Raises Refusal (400) where that is no gzip, or not whole."""

    def __init__(self, packed: Readable) -> None:
        self._packed = packed
        self._inflating = zlib.decompressobj(_GZIP_ALONE)
        self._waiting = b""
        self._taken = self._given = 0

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; none at the end."""
        while True:
            if self._inflating.eof and self._waiting:
                # Several gzip files one after the other are one (RFC 1952 2.2).
                self._inflating = zlib.decompressobj(_GZIP_ALONE)
            # Also when nothing waits: what was taken before may give more than was asked for then.
            data = self._inflate(size)
            if data:
                self._given += len(data)
                return data
            if not self._waiting:
                self._waiting = self._packed.read(_READ_AT_ONCE)
                self._taken += len(self._waiting)
                if not self._waiting:
                    return self._end()
            if self._taken > self._given + _MOST_IN_VAIN:
                raise _not_gzip("much that unpacks to next to nothing")

    def _inflate(self, size: int) -> bytes:
        try:
            data = self._inflating.decompress(self._waiting, size)
        except zlib.error:
            raise _not_gzip("something else") from None
        self._waiting = self._inflating.unconsumed_tail or self._inflating.unused_data
        return data

    def _end(self) -> bytes:
        if self._taken and not self._inflating.eof:
            raise _not_gzip("a part of it")
        return b""


def _not_gzip(came: str) -> Refusal:
    message = "expected a whole body in gzip, as Content-Encoding says"
    return Refusal([Fault(None, "Content-Encoding", "content-gzip", message, came, CLAUSE)])


def demand_plain() -> None:
    """Raise a Refusal with 415 for a body in a coding that we do not unpack."""
    coding = request.headers.get("Content-Encoding", "identity").strip()
    if coding.lower() not in ("", "identity"):
        message = "expected Content-Encoding: gzip, or none"
        fault = Fault(None, "Content-Encoding", "content-encoding", message, coding[:80], CLAUSE)
        raise Refusal([fault], status=415)


def register(app: Flask) -> None:
    app.after_request(_pack)


def _pack(response: Response) -> Response:
    if not request.path.startswith(DOORS):
        return response
    if response.status_code == 415:
        # Which codings we take (RFC 9110 12.5.3).
        response.headers["Accept-Encoding"] = "gzip"
    headers = response.headers
    packable = headers.get("Content-Type") == "application/json" and not response.is_streamed
    if not packable or "ETag" in headers or "Content-Encoding" in headers:
        return response
    headers.add("Vary", "Accept-Encoding")
    smaller = packed(response.get_data(), request.headers.get("Accept-Encoding"))
    if smaller is not None:
        response.set_data(smaller)
        headers["Content-Encoding"] = "gzip"
    return response


def packed(data: bytes, accepted: str | None) -> bytes | None:
    """`data` in gzip where the header Accept-Encoding takes it and there is something to save, else None."""
    if accepted is None or len(data) < LEAST_BYTES:
        return None
    asked = parse_accept_header(accepted, Accept)
    if not 0 < asked.quality("gzip") >= asked.quality("identity"):
        return None
    return gzip.compress(data, LEVEL, mtime=0)
