"""Taking turns at SQLite's one writer, across threads and processes.

SQLite itself lets a writer wait by trying again and again, with pauses of up to a tenth of a second: whoever
waits long is overtaken by whoever comes at the right moment. A lock on a file beside the database wakes the
next in turn at once, and is gone with the process that held it. It decides only who waits how long; that
there is one writer is still SQLite's own doing.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """The queue for one database file; its lock file stands beside it."""

    def __init__(self, database: str) -> None:
        self._path = f"{database}-turns"
        self._threads = threading.Lock()
        self._file: int | None = None
        self._process = 0

    @contextmanager
    def mine(self) -> Iterator[None]:
        """Wait until it is this thread's turn, and have it for the block."""
        with self._threads:
            fcntl.flock(self._open(), fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._open(), fcntl.LOCK_UN)

    @contextmanager
    def mine_if_free(self) -> Iterator[bool]:
        """Have the turn for the block if nobody has it; gives whether that is so."""
        if not self._threads.acquire(blocking=False):
            yield False
            return
        try:
            try:
                fcntl.flock(self._open(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            try:
                yield True
            finally:
                fcntl.flock(self._open(), fcntl.LOCK_UN)
        finally:
            self._threads.release()

    def _open(self) -> int:
        # After a fork the file must be opened anew: a lock belongs to the opening, which both would share.
        if self._file is None or self._process != os.getpid():
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._process = os.getpid()
        return self._file
