"""Requests to the LRS in the alternate syntax of 1.0.3, rewritten before they are routed.

Everything behind this room sees the request that was meant. Where there is none to be seen, the refusal goes
with the request to `lrs.enter`, which answers it as every other.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote, urlencode
from wsgiref.types import WSGIApplication

from flask import request
from werkzeug.exceptions import ClientDisconnected, HTTPException, LengthRequired, RequestEntityTooLarge
from werkzeug.wsgi import get_content_length, get_input_stream

from xapi import alternate_syntax
from xapi.alternate_syntax import CLAUSE, Intended
from xapi.faults import Fault, Refusal

_REFUSED = "lms_tracker.alternate_syntax.refused"
_NAMES = {"Content-Type": "CONTENT_TYPE"}
_READ_AT_ONCE = 65_536


def rewritten(
    app: WSGIApplication, most_bytes: int, demand_welcome: Callable[[str], None]
) -> WSGIApplication:
    """`app`, given what requests in the alternate syntax mean.

    A form has at most `most_bytes`, and at most what a form may have. `demand_welcome` raises HTTPException
    where nothing is read of what comes from an address.
    """
    most_bytes = min(most_bytes, alternate_syntax.MOST_BYTES)

    def read_first(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        query = environ.get("QUERY_STRING", "")
        at_the_lrs = environ.get("PATH_INFO", "").startswith("/xapi/")
        if at_the_lrs and alternate_syntax.is_meant(environ["REQUEST_METHOD"], query):
            try:
                _demand_version_1(environ.get("HTTP_X_EXPERIENCE_API_VERSION"))
                demand_welcome(environ.get("REMOTE_ADDR", ""))
                intended = alternate_syntax.read(query, _form(environ, most_bytes))
                _demand_version_1(intended.headers.get("X-Experience-API-Version"))
                _rewrite(environ, intended)
                if intended.method == "HEAD":
                    return app(environ, _of_no_length(start_response))
            except (Refusal, HTTPException) as refused:
                environ[_REFUSED] = refused
        return app(environ, start_response)

    return read_first


def demand_understood() -> None:
    """Raise what a request in the alternate syntax was refused for."""
    refused: Exception | None = request.environ.get(_REFUSED)
    if refused is not None:
        raise refused


def _demand_version_1(header: str | None) -> None:
    # What is wrong with a version, or that there is none, is said where every request is asked for it.
    if header is not None and header.strip().startswith("2."):
        message = "expected a request of its own method; 2.0 has no alternate request syntax"
        raise Refusal([Fault(None, "method", "alternate-syntax", message, header[:80], CLAUSE)])


def _of_no_length(start_response: Any) -> Any:
    """The connection carries a POST, whose answer has the length that is sent, not that of a GET."""

    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
        return start_response(status, [*kept, ("Content-Length", "0")], *more)

    return start


def _form(environ: dict[str, Any], most_bytes: int) -> bytes:
    body = bytearray()
    if "HTTP_TRANSFER_ENCODING" in environ:
        # The server does not say whether such a body broke off, and a part of a form is a form.
        raise LengthRequired("expected the header Content-Length, for a form sent in one piece")
    try:
        # One more, so that a form of unknown length is seen to be too large.
        stream = get_input_stream(environ, max_content_length=most_bytes + 1)
        while len(body) <= most_bytes and (chunk := stream.read(_READ_AT_ONCE)):
            body += chunk
        if len(body) > most_bytes:
            raise RequestEntityTooLarge
        if len(body) < (get_content_length(environ) or 0):
            # What is cut off could still be read as a form, of less content.
            raise ClientDisconnected
    except RequestEntityTooLarge:
        message = f"expected a form of at most {most_bytes} bytes; send more by the method that is meant"
        fault = Fault(None, "", "body-too-large", message, "more", "xAPI-Communication 3.2")
        raise Refusal([fault], status=413) from None
    return bytes(body)


def _rewrite(environ: dict[str, Any], intended: Intended) -> None:
    content = intended.content or b""
    environ["REQUEST_METHOD"] = intended.method
    environ["QUERY_STRING"] = urlencode(intended.parameters, quote_via=quote)
    # The type of the form is not that of its content, which is JSON where nothing else is said.
    environ["CONTENT_TYPE"] = "application/json" if intended.content is not None else ""
    for name, value in intended.headers.items():
        environ[_NAMES.get(name, f"HTTP_{name.upper().replace('-', '_')}")] = value
    # Senders count characters, not bytes, and what they count is not needed.
    environ.pop("HTTP_CONTENT_LENGTH", None)
    environ["CONTENT_LENGTH"] = str(len(content))
    environ["wsgi.input"] = io.BytesIO(content)
