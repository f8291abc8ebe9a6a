"""How many requests a credential may make in a time, and how often an address may be refused.

Nothing is counted where nothing is limited. Counting is done by `limits`, which Flask-Limiter is made of; its
hooks would cost every request, limited or not, as much again as Flask itself takes.

Whoever has a valid key and secret is never held back for what others do at the same address: a secret has
256 random bits, so nobody is kept from guessing it, only from making us answer.

When the counts cannot be had, requests go on unlimited: a limit protects the service and must not stop it.
"""

import ipaddress
import math
import threading
import time
from functools import lru_cache
from pathlib import Path

from limits import RateLimitItem, parse_many
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from lms_tracker import logs
from lms_tracker.actions.rights import Caller
from lms_tracker.config import Settings
from lms_tracker.store import rates

log = logs.logger(__name__)

# Seconds between two lines of the log about counts that cannot be had.
SILENCE = 60.0
FILE = "file://"


class Rates:
    """One for each process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opening = threading.Lock()
        self._storage: Storage | None = None
        self._complained = -math.inf

    @property
    def of_all(self) -> str:
        """The limit of credentials without one of their own; empty where there is none."""
        return self._settings.rate_limit

    def limit_of(self, caller: Caller) -> str:
        """The limit that holds for a credential: its own, or that of all; empty where there is none."""
        return caller.rate_limit or self.of_all

    def wait(self, caller: Caller) -> int:
        """Count a request; seconds until the credential's next one is heard, 0 when this one may go on.

        A successor by rotation goes on with the count.
        """
        return self._wait(self.limit_of(caller), f"credential {caller.counts_for}")

    def wait_refused(self, address: str) -> int:
        """Count a request without valid credentials; seconds until its address is answered 401 again."""
        return self._wait(self._settings.refused_rate_limit, f"refused {_network(address)}")

    def wait_of_refused(self, address: str) -> int:
        """The same without counting: 0 while a request without valid credentials is answered 401."""
        return self._wait(self._settings.refused_rate_limit, f"refused {_network(address)}", counting=False)

    def close(self) -> None:
        """Let go of the counts; they are opened again when needed."""
        with self._opening:
            if isinstance(self._storage, rates.FileStorage):
                self._storage.close()
            self._storage = None

    def _wait(self, limit: str, key: str, *, counting: bool = True) -> int:
        if not limit:
            return 0
        try:
            return self._count(limit, key, counting)
        except Exception as error:
            # Of many kinds: each storage has its own.
            if time.monotonic() - self._complained > SILENCE:
                self._complained = time.monotonic()
                log.warning("requests cannot be counted and go on unlimited", kind=type(error).__name__)
            return 0

    def _count(self, limit: str, key: str, counting: bool) -> int:
        limiter = FixedWindowRateLimiter(self._counts())
        for item in _items(limit):
            if not (limiter.hit if counting else limiter.test)(item, key):
                ends = limiter.get_window_stats(item, key).reset_time
                return max(1, math.ceil(ends - time.time()))
        return 0

    def _counts(self) -> Storage:
        with self._opening:
            if self._storage is None:
                self._storage = _storage(self._settings)
            return self._storage


def _storage(settings: Settings) -> Storage:
    address = settings.rate_limit_storage
    if not address:
        return rates.FileStorage(rates.default_file(settings.database_url))
    if address.startswith(FILE):
        return rates.FileStorage(Path(address.removeprefix(FILE)))
    storage = storage_from_string(address)
    if not isinstance(storage, Storage):
        raise TypeError(f"{type(storage).__name__} is not for threads")
    return storage


@lru_cache(maxsize=256)
def _items(limit: str) -> tuple[RateLimitItem, ...]:
    # The shortest first: who sends too fast within a second does not use up the day.
    return tuple(sorted(parse_many(limit)))


def _network(address: str) -> str:
    """The address, or of IPv6 the network of which one customer has all addresses."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        # So a socket for both families names who came by IPv4; their network would be everybody's.
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))
