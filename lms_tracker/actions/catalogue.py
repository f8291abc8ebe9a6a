"""The catalogue as this process knows it, read again when somebody changed it."""

import threading

from flask import current_app
from sqlalchemy import Connection

from lms_tracker.actions import clock
from lms_tracker.learning.catalogue import Catalogue
from lms_tracker.learning.policy import Policy
from lms_tracker.store import courses, database, due, horizon

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


def adopt_policy() -> bool:
    """Have the ledger decided under the policy of this version of the service and of its settings.

    Where it was decided under another, everybody is marked to be counted anew. Answers whether that was so.
    """
    wanted = (policy().version, policy().timezone)
    # Asked first without the right to write, for which one may have to wait long.
    with database.asking() as connection:
        if courses.kept_policy(connection) == wanted:
            return False
    with database.writing() as connection:
        courses.lock_version(connection)
        if courses.kept_policy(connection) == wanted:
            return False
        courses.keep_policy(connection, *wanted)
        courses.raise_version(connection)
        due.mark_everybody(connection, horizon.take(connection, clock.now_us()))
    return True


def policy_version(connection: Connection) -> int:
    """The version of the policy that the ledger is decided under; before the first, of the one to come."""
    return courses.kept_policy(connection)[0] or POLICY_VERSION
