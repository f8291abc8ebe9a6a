"""The rules as this process knows them, catalogue and policy, read again when somebody changed them."""

import threading

from flask import current_app
from sqlalchemy import Connection

from lms_tracker.actions import clock
from lms_tracker.learning import policy_files
from lms_tracker.learning.catalogue import Catalogue
from lms_tracker.learning.policy import Policy
from lms_tracker.store import courses, database, horizon, policies, recounts

# The version under which the policy that comes with the program is kept in a new database.
FIRST_VERSION = 1
SHIPPED = "Comes with the program."


class CurrentCatalogue:
    """One for each process, shared by its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._catalogue: Catalogue | None = None
        # A version's rules never change.
        self._policies: dict[tuple[int, str], Policy] = {}

    def read(self, connection: Connection) -> Catalogue:
        """The catalogue of this transaction's snapshot."""
        version = courses.version(connection)
        with self._lock:
            if self._catalogue is None or self._catalogue.version != version:
                self._catalogue = Catalogue(
                    courses.everything(connection),
                    courses.approved_providers(connection),
                    version,
                    courses.provider_readings(connection),
                    courses.own_providers(connection),
                )
            return self._catalogue

    def policy(self, connection: Connection, version: int) -> Policy:
        timezone = current_app.config["SETTINGS"].timezone
        found = self._policies.get((version, timezone))
        if found is None:
            kept = policies.by_version(connection, version)
            found = policy_files.read(kept.rules if kept else policy_files.shipped(), version, timezone)
            if kept is not None:
                self._policies[version, timezone] = found
        return found


def _held() -> CurrentCatalogue:
    held: CurrentCatalogue = current_app.extensions["lms_tracker.catalogue"]
    return held


def current(connection: Connection) -> Catalogue:
    return _held().read(connection)


def policy(connection: Connection, version: int | None = None) -> Policy:
    """The policy that decides now, or one of its versions; in the time zone of this process's settings.

    Of a version that is not kept, which is so in a database that nobody counted in yet, the one that comes
    with the program.
    """
    return _held().policy(connection, policy_version(connection) if version is None else version)


def policy_version(connection: Connection) -> int:
    """The version of the policy that the ledger is decided under; before the first, of the one to come."""
    return courses.kept_policy(connection)[0] or FIRST_VERSION


def adopt_policy() -> bool:
    """Keep the first policy in a new database, and have all counted anew after a change of the time zone.

    Answers whether there was something to do.
    """
    timezone = current_app.config["SETTINGS"].timezone
    # Asked first without the right to write, for which one may have to wait long.
    with database.reading() as connection:
        if _is_kept(connection, timezone):
            return False
        people = recounts.count_concerned(connection, ())
    with database.writing() as connection:
        courses.lock_version(connection)
        if _is_kept(connection, timezone):
            return False
        version, former = courses.kept_policy(connection)
        now = clock.now_us()
        if policies.by_version(connection, version) is None:
            version = policies.add(connection, policy_files.shipped(), SHIPPED, None, now)
            policies.adopt(connection, version, None, now)
        courses.keep_policy(connection, version, timezone)
        courses.raise_version(connection)
        if former != timezone and (former or people):
            recounts.begin(connection, "policy", version, (), people, horizon.take(connection, now))
    return True


def _is_kept(connection: Connection, timezone: str) -> bool:
    version, kept = courses.kept_policy(connection)
    return kept == timezone and policies.by_version(connection, version) is not None
