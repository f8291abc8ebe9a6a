"""Requests put through the whole WSGI stack in this process, and what is wrong with their answers."""

from __future__ import annotations

import io
import json
import urllib.parse
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
# Enough to send it again by hand: the keys of signers are others in each run.
SHOWN = 20_000


@dataclass(frozen=True, slots=True)
class Request:
    """`path` and `query` are what stands in the request line, percent-encoding included."""

    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    chunked: bool = False

    def __str__(self) -> str:
        target = self.path + ("?" + self.query if self.query else "")
        lines = [f"{self.method} {target}", *(f"{name}: {value!r}" for name, value in self.headers)]
        if self.chunked:
            lines.append("(in chunks)")
        body = repr(self.body)
        return "\n".join([*lines, "", body if len(body) <= SHOWN else f"{body[:SHOWN]} ({len(body)} long)"])


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


def send(app: Application, request: Request) -> Answer:
    """The answer of the application, called as granian calls it; whatever it raises is raised."""
    began: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> None:
        began.append((status, headers))

    given = app(environ(request), start_response)
    try:
        body = b"".join(given)
    finally:
        close = getattr(given, "close", None)
        if close is not None:
            close()
    status, headers = began[-1]
    return Answer(int(status.partition(" ")[0]), headers, body)


def environ(request: Request) -> dict[str, Any]:
    made: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": urllib.parse.unquote_to_bytes(request.path).decode("latin-1"),
        # granian takes UTF-8 there, and hands it on as WSGI wants it.
        "QUERY_STRING": request.query.encode().decode("latin-1"),
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.input_terminated": True,
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if request.chunked:
        made["HTTP_TRANSFER_ENCODING"] = "chunked"
    elif request.body or request.method in ("POST", "PUT"):
        made["CONTENT_LENGTH"] = str(len(request.body))
    for name, value in request.headers:
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        # A header that comes twice is one, as servers hand it on.
        made[key] = f"{made[key]},{value}" if key in made and key != "HTTP_HOST" else value
    return made


def complaint(request: Request, answer: Answer) -> str | None:
    """What no answer may be, whatever was asked; None for an answer that is in order."""
    if answer.status >= 500:
        return f"answered with {answer.status}"
    for name, value in answer.headers:
        if not (name.isascii() and name.isprintable()) or any(letter in value for letter in "\r\n\0"):
            return f"the header {name!r} carries a line of its own"
        if any(ord(letter) > 255 for letter in value):
            return f"the header {name!r} cannot be sent"
    length = answer.header("Content-Length")
    if request.method == "HEAD":
        return "HEAD was answered with a body" if answer.body else None
    if length is not None and int(length) != len(answer.body):
        return f"Content-Length {length} stands before {len(answer.body)} bytes"
    is_refusal = request.path.startswith(("/xapi/", "/api/v1/")) and answer.status >= 400
    # The alternate request syntax asks for HEAD in a POST.
    is_head = "method=HEAD" in request.query and not answer.body
    return _of_refusal(answer) if is_refusal and not is_head else None


def _of_refusal(answer: Answer) -> str | None:
    """Refusals of the doors for programs have one shape."""
    if answer.header("Content-Encoding"):
        return None
    try:
        said = json.loads(answer.body)
    except ValueError:
        return f"a refusal with {answer.status} that is no JSON"
    if not isinstance(said, dict) or not {"error", "faults"} <= said.keys():
        return f"a refusal with {answer.status} in a shape of its own"
    return None
