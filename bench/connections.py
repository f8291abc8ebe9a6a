"""A client that costs little: raw sockets kept alive, one thread, request bytes made before the start."""

from __future__ import annotations

import selectors
import socket
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address

SECONDS_WITHOUT_AN_ANSWER = 60


class ServiceFailed(Exception):
    """The service answered with another status than it should, or not at all."""


@dataclass(slots=True)
class Outcome:
    """What came of a run: its seconds, each request's milliseconds, the bodies of the answers in order."""

    seconds: float
    milliseconds: list[float]
    bodies: list[bytes]


@dataclass(slots=True)
class _Connection:
    socket: socket.socket
    number: int = -1
    started: float = 0.0
    unsent: memoryview = field(default_factory=lambda: memoryview(b""))
    got: bytearray = field(default_factory=bytearray)
    expected: int | None = None


def drive(port: int, requests: Sequence[bytes], connections: int, status: int = 200) -> Outcome:
    """Send every request once, over so many connections at once, and read every answer.

    Raises ServiceFailed when an answer has another status.
    """
    selector = selectors.DefaultSelector()
    waiting = deque(range(len(requests)))
    outcome = Outcome(0.0, [0.0] * len(requests), [b""] * len(requests))
    opened = [_opened(port) for _ in range(min(connections, len(requests)))]
    unanswered = len(requests)
    try:
        started = time.perf_counter()
        for connection in opened:
            _send(connection, waiting.popleft(), requests)
            selector.register(connection.socket, _events(connection), connection)
        while unanswered:
            ready = selector.select(SECONDS_WITHOUT_AN_ANSWER)
            if not ready:
                raise ServiceFailed(f"no answer within {SECONDS_WITHOUT_AN_ANSWER} s")
            for key, _ in ready:
                connection = key.data
                if connection.unsent:
                    _send_more(connection)
                elif _receive(connection, outcome, status):
                    unanswered -= 1
                    if not waiting:
                        selector.unregister(connection.socket)
                        continue
                    _send(connection, waiting.popleft(), requests)
                if key.events != _events(connection):
                    selector.modify(connection.socket, _events(connection), connection)
        outcome.seconds = time.perf_counter() - started
    finally:
        selector.close()
        for connection in opened:
            connection.socket.close()
    return outcome


def _opened(port: int) -> _Connection:
    opened = socket.create_connection(("127.0.0.1", port))
    if not ip_address(opened.getpeername()[0]).is_loopback:
        raise ServiceFailed("the bench speaks to this machine alone")
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    opened.setblocking(False)
    return _Connection(opened)


def _events(connection: _Connection) -> int:
    return selectors.EVENT_WRITE if connection.unsent else selectors.EVENT_READ


def _send(connection: _Connection, number: int, requests: Sequence[bytes]) -> None:
    connection.number, connection.unsent = number, memoryview(requests[number])
    connection.started = time.perf_counter()
    _send_more(connection)


def _send_more(connection: _Connection) -> None:
    try:
        connection.unsent = connection.unsent[connection.socket.send(connection.unsent) :]
    except BlockingIOError:
        return


def _receive(connection: _Connection, outcome: Outcome, status: int) -> bool:
    """Read what is there; whether the answer is complete with it."""
    came = connection.socket.recv(262_144)
    if not came:
        raise ServiceFailed("the service closed a connection")
    got = connection.got
    got += came
    if connection.expected is None:
        end = got.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(got[:end]).lower()
        if not head.startswith(b"http/1.1 %d" % status):
            raise ServiceFailed(f"expected status {status}: {bytes(got[:1000]).decode(errors='replace')}")
        length = head.partition(b"content-length:")[2].partition(b"\r\n")[0]
        connection.expected = end + 4 + int(length or b"0")
        del got[: end + 4]
        connection.expected -= end + 4
    if len(got) < connection.expected:
        return False
    outcome.milliseconds[connection.number] = 1000 * (time.perf_counter() - connection.started)
    outcome.bodies[connection.number] = bytes(got[: connection.expected])
    del got[: connection.expected]
    connection.expected = None
    return True
