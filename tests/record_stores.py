"""Other record stores to talk to: one that answers as it is told, and our own service at a port."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from flask import Flask
from werkzeug.serving import make_server

LOOPBACK = "127.0.0.1"
# A server looks so often whether it should end; by itself each half a second.
SECONDS_TO_END = 0.02


@dataclass(frozen=True)
class Asked:
    """A request as it came; the names of headers are in lowercase."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def statements(self) -> list[dict[str, object]]:
        found = json.loads(self.body)
        return list(found) if isinstance(found, list) else [found]

    @property
    def ids(self) -> list[str]:
        return [str(statement["id"]) for statement in self.statements]


@dataclass(frozen=True)
class Said:
    """What to answer; `hangs_up` closes the connection instead, after the bytes of `raw` if there are any."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    hangs_up: bool = False
    raw: bytes = b""


Rule = Callable[[Asked], Said]


def stored(asked: Asked) -> Said:
    """As a record store answers to statements it takes."""
    return Said(200, json.dumps(asked.ids).encode())


@dataclass
class Scripted:
    """A store that answers by `rule`, which a test may change at any time, and remembers what was asked."""

    rule: Rule = stored
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    @property
    def endpoint(self) -> str:
        return f"http://{LOOPBACK}:{self.port}/xapi/"

    def answer(self, *said: Said) -> None:
        """Answer the next requests so, and all that follow like the last of them."""
        waiting = list(said)
        self.rule = lambda _asked: waiting.pop(0) if len(waiting) > 1 else waiting[0]

    def posted(self) -> list[list[str]]:
        """The ids of each request that posted statements."""
        return [asked.ids for asked in self.asked if asked.method == "POST"]


@contextmanager
def scripted(rule: Rule = stored) -> Iterator[Scripted]:
    store = Scripted(rule)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Else each answer waits 40 ms for the other side to acknowledge its head.
        disable_nagle_algorithm = True

        def setup(self) -> None:
            store.connections += 1
            super().setup()

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except OSError:  # whoever asked has hung up
                self.close_connection = True

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, self.path, headers, body)
            store.asked.append(asked)
            said = store.rule(asked)
            if said.hangs_up:
                self.wfile.write(said.raw)
                self.close_connection = True
                return
            self.send_response(said.status)
            for name, value in {"Content-Length": str(len(said.body)), **said.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said.body)

        do_POST = do_PUT = do_GET

        def log_message(self, *_: object) -> None:
            """Tests print nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Whoever asked has hung up."""

    with Server((LOOPBACK, 0), Handler) as server:
        store.port = server.server_address[1]
        with _in_a_thread(partial(server.serve_forever, SECONDS_TO_END), server.shutdown):
            yield store


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Our own service at a port of this machine; gives the endpoint of its record store."""
    server = make_server(LOOPBACK, 0, app, threaded=True)
    try:
        with _in_a_thread(partial(server.serve_forever, SECONDS_TO_END), server.shutdown):
            yield f"http://{LOOPBACK}:{server.server_port}/xapi/"
    finally:
        server.server_close()


@contextmanager
def _in_a_thread(work: Callable[[], None], end: Callable[[], None]) -> Iterator[None]:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        end()
        thread.join(10)
