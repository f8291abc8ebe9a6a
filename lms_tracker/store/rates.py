"""Counting requests where a rate is limited, right for all processes of one machine together.

The counts are a storage of the library `limits`, with the strategy of fixed windows: a window begins with the
first request and ends its length later. They lie in a small SQLite file of their own. In the database they
would wait for its one writer, and every request, the refused ones too, would be a durable commit; a count
that a loss of power forgets harms nobody. One count takes some thirty microseconds.
"""

import hashlib
import os
import sqlite3
import stat
import tempfile
import threading
import time
from pathlib import Path

from limits.storage import Storage
from sqlalchemy import make_url

# The file is looked through for windows that are over once in so many counts.
SWEEP_EVERY = 1_000
# A count that cannot be had so soon is done without.
BUSY_SECONDS = 0.5

_TABLE = (
    "CREATE TABLE IF NOT EXISTS windows (key TEXT PRIMARY KEY, ends REAL NOT NULL, hits INTEGER NOT NULL)"
)
_COUNT = (
    "INSERT INTO windows (key, ends, hits) VALUES (?1, ?2, ?3) ON CONFLICT (key) DO UPDATE SET"
    " hits = CASE WHEN ends <= ?4 THEN excluded.hits ELSE hits + excluded.hits END,"
    " ends = CASE WHEN ends <= ?4 THEN excluded.ends ELSE ends END RETURNING hits"
)


def default_file(database_url: str) -> Path:
    """Where counts lie when no setting says so; all processes of this machine agree on it.

    Beside an SQLite database; for PostgreSQL in this user's own folder among the system's temporary files.
    """
    url = make_url(database_url)
    if url.drivername.startswith("sqlite"):
        return Path(f"{url.database}-rates")
    name = hashlib.blake2b(database_url.encode(), digest_size=8).hexdigest()
    return Path(tempfile.gettempdir(), f"lms-tracker-{os.getuid()}", f"{name}-rates")


class NotOurs(OSError):
    """The folder for counts belongs to somebody else or is open to others."""


class FileStorage(Storage):
    """Counts in an SQLite file, opened when first needed."""

    # It is made here by hand, not by `limits` from an address.
    STORAGE_SCHEME = None

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._counted = 0

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        return (sqlite3.Error, OSError)

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count `amount`, in a window of `expiry` seconds if none is open; answers the count."""
        now = time.time()
        self._counted += 1
        if self._counted % SWEEP_EVERY == 0:
            self._run("DELETE FROM windows WHERE ends <= ?", now)
        return int(self._run(_COUNT, key, now + expiry, amount, now)[0][0])

    def get(self, key: str) -> int:
        found = self._run("SELECT hits FROM windows WHERE key = ? AND ends > ?", key, time.time())
        return int(found[0][0]) if found else 0

    def get_expiry(self, key: str) -> float:
        """When the window that is open ends, in seconds since the epoch; now if none is."""
        now = time.time()
        found = self._run("SELECT ends FROM windows WHERE key = ? AND ends > ?", key, now)
        return float(found[0][0]) if found else now

    def check(self) -> bool:
        return self._run("SELECT 1") == [(1,)]

    def reset(self) -> int | None:
        return len(self._run("DELETE FROM windows RETURNING 1"))

    def clear(self, key: str) -> None:
        self._run("DELETE FROM windows WHERE key = ?", key)

    def close(self) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _run(self, statement: str, *values: str | float) -> list[tuple[float, ...]]:
        with self._lock:
            if self._connection is None:
                self._connection = self._open()
            return self._connection.execute(statement, values).fetchall()

    def _open(self) -> sqlite3.Connection:
        _make_folder(self._path.parent)
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
        connection = sqlite3.connect(
            self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL", _TABLE):
                connection.execute(statement)
        except BaseException:
            connection.close()
            raise
        return connection


def _make_folder(folder: Path) -> None:
    """Of the folder among temporary files, where anybody may make one, be sure that it is our own."""
    if folder.parent != Path(tempfile.gettempdir()) or not folder.name.startswith("lms-tracker-"):
        return
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise NotOurs(f"{folder} belongs to somebody else or is open to others")
