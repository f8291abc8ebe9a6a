"""Taking turns at SQLite's one writer, across threads and processes.

SQLite itself lets a writer wait by trying again and again, with pauses of up to a tenth of a second: whoever
waits long is overtaken by whoever comes at the right moment. A lock on a file beside the database wakes the
next in turn at once, and is gone with the process that held it. It decides only who waits how long; that
there is one writer is still SQLite's own doing. So a turn that cannot be had, because the file belongs to
somebody else or whoever has it was stopped, is done without.
"""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

# The next in turn is often served at once; who is not waits in the kernel's queue.
TRIES, SECONDS_BETWEEN_TRIES = 8, 0.0005


class Turns:
    """The queue for one database file; its lock file stands beside it. Nobody waits longer than `seconds`."""

    def __init__(self, database: str, seconds: float) -> None:
        self._database, self._path, self._seconds = database, f"{database}-turns", seconds
        self._threads = threading.Lock()
        self._file: int | None = None
        self._process = 0

    @contextmanager
    def mine(self) -> Iterator[None]:
        """Wait until it is this thread's turn, and have it for the block."""
        waited_until = time.monotonic() + self._seconds
        mine = self._threads.acquire(timeout=self._seconds)
        try:
            locked = mine and self._lock(waited_until)
            try:
                yield
            finally:
                if locked:
                    self._unlock()
        finally:
            if mine:
                self._threads.release()

    @contextmanager
    def mine_if_free(self) -> Iterator[bool]:
        """Have the turn for the block if nobody has it; gives whether that is so."""
        if not self._threads.acquire(blocking=False):
            yield False
            return
        try:
            locked = self._lock(0)
            try:
                yield locked
            finally:
                if locked:
                    self._unlock()
        finally:
            self._threads.release()

    def _lock(self, until: float) -> bool:
        """Whether the lock was had before `until`, on the monotonic clock; 0 does not wait."""
        file = self._open()
        if file is None:
            return until == 0
        for _ in range(TRIES):
            if _try(file):
                return True
            if not until:
                return False
            time.sleep(SECONDS_BETWEEN_TRIES)
        locked = _Wait(self._path).locked_file(until)
        if locked is not None:
            os.close(file)
            self._file = locked
        return locked is not None

    def _unlock(self) -> None:
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def _open(self) -> int | None:
        # After a fork the file must be opened anew: a lock belongs to the opening, which both would share.
        if self._file is None or self._process != os.getpid():
            self._process = os.getpid()
            try:
                mode = os.stat(self._database).st_mode & 0o666
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, mode)
            except OSError:
                self._file = None
        return self._file


def _try(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class _Wait:
    """Waiting in the kernel's queue, with an end: flock knows none, so a thread waits and may be left behind.

    It opens the file for itself: a lock that comes too late must not be taken for the next one's.
    """

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        self._deciding = threading.Lock()
        self._locked = self._given_up = False
        self._thread = threading.Thread(target=self._run, name="turn", daemon=True)

    def locked_file(self, until: float) -> int | None:
        """The file with the lock on it, or None when it did not come in time."""
        self._thread.start()
        self._thread.join(max(0.0, until - time.monotonic()))
        with self._deciding:
            self._given_up = not self._locked
        return self._file if self._locked else None

    def _run(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_EX)
        with self._deciding:
            self._locked = not self._given_up
        if not self._locked:
            os.close(self._file)
