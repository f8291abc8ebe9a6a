"""Bodies that come slowly, or never: the requests that wait for theirs leave some threads to all others.

granian hands a request over as soon as its head is there, and reading a body waits for as long as the
connection stands. It cannot be given up either: granian, while it answers, waits for the read to end and
holds Python's lock as it does. So what can be bounded is how many threads wait.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from werkzeug.exceptions import ServiceUnavailable

# So long a request waits for its turn to read, and so much later it may try again.
SECONDS_FOR_A_TURN = 0.2
SECONDS_UNTIL_ANOTHER_TRY = 5

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Stream(Protocol):
    """Of `wsgi.input` what is used here."""

    def read(self, size: int, /) -> bytes: ...


class Body:
    """`wsgi.input` that is read in turn: raises ServiceUnavailable (503) when no turn comes soon."""

    def __init__(self, stream: Stream, turns: threading.Semaphore) -> None:
        self._stream = stream
        self._turns = turns

    def read(self, size: int = -1) -> bytes:
        if not self._turns.acquire(timeout=SECONDS_FOR_A_TURN):
            raise ServiceUnavailable(
                "too many requests wait for their bodies; try again soon",
                retry_after=SECONDS_UNTIL_ANOTHER_TRY,
            )
        try:
            return self._stream.read(size)
        finally:
            self._turns.release()


def read_in_turn(app: Application, at_once: int) -> Application:
    """`app`, in which no more than `at_once` threads read, or wait for, bodies at a time."""
    turns = threading.Semaphore(at_once)

    def bounded(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["wsgi.input"] = Body(environ["wsgi.input"], turns)
        return app(environ, start_response)

    return bounded
