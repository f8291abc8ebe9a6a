"""Slowing down whoever guesses: each failure beyond a few makes the next attempt wait longer, up to a bound.

Nobody is locked out for good: the wait never exceeds `LONGEST_WAIT` and a quiet time forgets the failures.
Counts live in this process, so with N processes a guesser gets at most N times the attempts. A bounded number
of keys is remembered; the oldest give way.
"""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

# Seconds.
FIRST_WAIT = 2.0
LONGEST_WAIT = 60.0
FORGET_AFTER = 900.0


@dataclass(slots=True)
class _Failures:
    count: int
    last: float


class Throttle:
    """Counts failures by key; time is whatever clock the caller reads, in seconds."""

    def __init__(self, free: int, keys: int = 10_000) -> None:
        """`free` failures cost nothing."""
        self._free = free
        self._keys = keys
        self._failures: OrderedDict[str, _Failures] = OrderedDict()
        self._lock = Lock()

    def wait(self, key: str, now: float) -> float:
        """Seconds until an attempt for this key is heard again; 0 when it may be made now."""
        with self._lock:
            found = self._failures.get(key)
            if found is None or now - found.last > FORGET_AFTER or found.count < self._free:
                return 0.0
            pause = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(found.count - self._free, 16))
            return max(0.0, found.last + pause - now)

    def failed(self, key: str, now: float) -> None:
        with self._lock:
            found = self._failures.pop(key, None)
            count = found.count if found and now - found.last <= FORGET_AFTER else 0
            self._failures[key] = _Failures(count + 1, now)
            while len(self._failures) > self._keys:
                self._failures.popitem(last=False)

    def succeeded(self, key: str) -> None:
        with self._lock:
            self._failures.pop(key, None)
