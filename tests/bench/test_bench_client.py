"""The bench's own client: what it counts must be what was answered."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.connections import ServiceFailed, drive


class Echo(BaseHTTPRequestHandler):
    """Answers with what came; a body of `no` is refused."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(400 if body == b"no" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield int(server.server_address[1])
        server.shutdown()


def request(body: bytes) -> bytes:
    return b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def test_every_answer_is_read_whole_and_kept_in_the_order_of_the_requests(port: int) -> None:
    bodies = [b"%d " % number * (number * 3_000 + 1) for number in range(30)]
    outcome = drive(port, [request(body) for body in bodies], connections=4)
    assert outcome.bodies == bodies
    assert all(milliseconds > 0 for milliseconds in outcome.milliseconds)
    assert outcome.seconds > 0


def test_another_status_than_expected_ends_the_measurement(port: int) -> None:
    with pytest.raises(ServiceFailed, match="expected status 200"):
        drive(port, [request(b"yes"), request(b"no")], connections=1)


def test_an_answer_of_the_expected_refusal_is_fine(port: int) -> None:
    assert drive(port, [request(b"no")], connections=1, status=400).bodies == [b"no"]
