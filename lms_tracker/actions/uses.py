"""When a credential was last used, to within a few minutes.

It is written after the answer, when the writer is free, by whichever process sees the credential in use and
finds the time that is noted old: so no request waits for it or fails with it, no process needs a clock of its
own, and a credential costs one short commit in `EVERY_US` however many processes serve it. The jobs could not
do it: what was used is known only to the processes that answer.
"""

import threading

from lms_tracker import logs
from lms_tracker.actions import clock
from lms_tracker.actions.availability import UNAVAILABLE
from lms_tracker.store import credentials, database

log = logs.logger(__name__)

EVERY_US = 5 * 60 * 1_000_000


class Uses:
    """What a process has seen used and not yet written down. One for each process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: set[int] = set()
        self._not_before: dict[int, int] = {}

    def seen(self, credential_id: int, last_used_us: int | None) -> None:
        """A credential was used, whose use was last written down at `last_used_us`."""
        now = clock.now_us()
        if last_used_us is not None and now - last_used_us < EVERY_US:
            return
        with self._lock:
            if self._not_before.get(credential_id, 0) <= now:
                self._waiting.add(credential_id)

    @property
    def wait(self) -> bool:
        """Whether anything is to be written."""
        return bool(self._waiting)

    def write(self) -> None:
        """Write what waits, unless another writer is busy: the next request of a credential tries again."""
        with self._lock:
            ids, self._waiting = sorted(self._waiting), set()
        if not ids:
            return
        now = clock.now_us()
        try:
            with database.writing_if_free() as connection:
                for credential_id in ids:
                    credentials.used(connection, credential_id, now)
        except database.Busy:
            return
        except UNAVAILABLE as error:
            log.warning("last uses not written", kind=type(error).__name__)
        with self._lock:
            self._not_before.update(dict.fromkeys(ids, now + EVERY_US))
