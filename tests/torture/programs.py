"""Programs that do not give up: a request without an answer is sent again, to another server."""

from __future__ import annotations

import http.client
import random
import threading
import time
from dataclasses import dataclass

from tests.torture.servers import NotServing, Servers

THROUGH = "X-Experience-API-Consistent-Through"


class Stopped(Exception):
    """The run was ended before this program had its answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    through: str


class Program:
    """One client with one connection at a time, to any of the servers."""

    def __init__(self, servers: Servers, authorization: str, seed: int, stop: threading.Event) -> None:
        self._servers, self._stop = servers, stop
        self.chance = random.Random(seed)
        self._headers = {"Authorization": authorization, "X-Experience-API-Version": "1.0.3"}
        self._at = seed % len(servers)
        self._connection: http.client.HTTPConnection | None = None
        self.without_answer = 0

    def move(self) -> None:
        """Go on at another server."""
        self.close()
        self._at = self.chance.randrange(len(self._servers))

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def ask(self, method: str, address: str, body: bytes | None = None) -> Answer:
        """The answer, from whichever server gives one that is not 503. Raises Stopped."""
        while not self._stop.is_set():
            try:
                answer = self._once(method, address, body)
                if answer.status != 503:
                    return answer
            except NotServing:
                time.sleep(0.01)
            except (OSError, http.client.HTTPException):
                self.without_answer += 1
            self.move()
        raise Stopped

    def _once(self, method: str, address: str, body: bytes | None) -> Answer:
        if self._connection is None:
            self._connection = self._servers.connection(self._at)
        headers = self._headers if body is None else {**self._headers, "Content-Type": "application/json"}
        self._connection.request(method, address, body, headers)
        with self._connection.getresponse() as answer:
            return Answer(answer.status, answer.read(), answer.headers.get(THROUGH, ""))
