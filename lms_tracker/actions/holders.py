"""Credentials that a process has looked up, so that it need not do so again for each request that posts.

To ask the database costs a tenth of what a single statement costs. Nothing is taken on trust: the transaction
that stores the statements reads how often credentials have changed, which stands in a row that it locks
anyway, and stores nothing where that is more often than when the credential was looked up
(`actions.recording`). So a revocation works from the moment at which it is committed, in every process.
"""

import hashlib

from lms_tracker.actions import clock
from lms_tracker.actions.providers import Credential

# Headers remembered by a process; when there are more it begins anew.
MOST = 1_000


class Holders:
    """What was found valid, by the hash of the header that named it: secrets are not kept.

    One for each process.
    """

    def __init__(self) -> None:
        self._found: dict[bytes, Credential] = {}

    def get(self, authorization: str) -> Credential | None:
        """What was remembered of this header, unless its time has ended since."""
        found = self._found.get(_name(authorization))
        ended = found is not None and found.expires_us is not None and found.expires_us <= clock.now_us()
        return None if ended else found

    def remember(self, authorization: str, credential: Credential) -> None:
        """Remember a credential that was valid when it was read."""
        if len(self._found) >= MOST:
            self._found = {}
        self._found[_name(authorization)] = credential

    def forget(self, authorization: str) -> None:
        """Look it up the next time."""
        self._found.pop(_name(authorization), None)


def _name(authorization: str) -> bytes:
    return hashlib.sha256(authorization.encode("utf-8", "surrogatepass")).digest()
