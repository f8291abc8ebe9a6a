"""The catalogue as this process knows it, read again when somebody changed it."""

import threading

from flask import current_app
from sqlalchemy import Connection

from lms_tracker.learning.catalogue import Catalogue
from lms_tracker.learning.policy import Policy
from lms_tracker.store import courses

# The version of the policy that decides now; written beside every ledger entry.
POLICY_VERSION = 1


class CurrentCatalogue:
    """One for each process, shared by its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._catalogue: Catalogue | None = None

    def read(self, connection: Connection) -> Catalogue:
        """The catalogue of this transaction's snapshot."""
        version = courses.version(connection)
        with self._lock:
            if self._catalogue is None or self._catalogue.version != version:
                allowed = courses.approved_providers(connection)
                self._catalogue = Catalogue(courses.everything(connection), allowed, version)
            return self._catalogue


def current(connection: Connection) -> Catalogue:
    held: CurrentCatalogue = current_app.extensions["lms_tracker.catalogue"]
    return held.read(connection)


def policy() -> Policy:
    return Policy(version=POLICY_VERSION, timezone=current_app.config["SETTINGS"].timezone)
