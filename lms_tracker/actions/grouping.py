"""Requests that wait to be written are written together, by the thread of one of them.

Who comes while nobody writes begins at once. Everybody else sleeps until their own request was written, or
until it is theirs to write the next group: a thread is woken once, and never to pass a lock on. Whoever
writes takes the group only when the database has let them in, so that all who came meanwhile are in it.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Request = TypeVar("Request")
# Gives the requests to write, those that wait until now; a second call gives the same.
Take = Callable[[], list[Request]]


def _locked() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


@dataclass(slots=True, eq=False)
class _Waiting(Generic[Request]):
    request: Request
    size: int
    was_written: bool = False
    # Let go of when the request was written, or its thread is to write.
    woken: threading.Lock = field(default_factory=_locked)


class Groups(Generic[Request]):
    """Hands groups to `write`, one after the other; one ends with the request that makes it `most` large."""

    def __init__(self, write: Callable[[Take[Request]], None], most: int) -> None:
        self._write = write
        self._most = most
        self._waiting: list[_Waiting[Request]] = []
        self._changing = threading.Lock()
        self._is_led = False

    def __len__(self) -> int:
        """How many requests wait."""
        return len(self._waiting)

    def hand_in(self, request: Request, size: int) -> None:
        """Return when `write` has returned from a group with this request, which bears its own outcome."""
        mine = _Waiting(request, size)
        with self._changing:
            self._waiting.append(mine)
            leads = not self._is_led
            self._is_led = True
        if not leads:
            mine.woken.acquire()
        if not mine.was_written:
            self._lead(mine)

    def _lead(self, mine: _Waiting[Request]) -> None:
        """Write the group that begins with `mine`, which has waited the longest, and name who writes next."""
        group: list[_Waiting[Request]] = []

        def take() -> list[Request]:
            if not group:
                group.extend(self._next_group())
            return [waiting.request for waiting in group]

        try:
            self._write(take)
        finally:
            # Whatever ended this thread: nobody may be left asleep.
            take()
            with self._changing:
                heir = self._waiting[0] if self._waiting else None
                self._is_led = heir is not None
            if heir is not None:
                heir.woken.release()
            for waiting in group:
                waiting.was_written = True
                if waiting is not mine:
                    waiting.woken.release()

    def _next_group(self) -> list[_Waiting[Request]]:
        with self._changing:
            count = size = 0
            while count < len(self._waiting) and size < self._most:
                size += self._waiting[count].size
                count += 1
            group, self._waiting = self._waiting[:count], self._waiting[count:]
        return group
