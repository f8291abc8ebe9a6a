"""Versions of the policy: kept with who and why, adopted one after the other."""

from flask import current_app

from lms_tracker.actions import catalogue, clock, people, previews
from lms_tracker.actions.previews import Preview, Progress
from lms_tracker.learning import policy_files
from lms_tracker.learning.policy import Policy
from lms_tracker.learning.policy_files import Problem
from lms_tracker.store import courses, database, horizon, policies, recounts
from lms_tracker.store.policies import Kept

__all__ = ["Kept", "NotPossible", "add", "adopt", "check", "listed", "person", "preview", "shown"]

MOST_WHY = 2_000


class NotPossible(Exception):
    """The sentence says what stands against it."""


def check(data: bytes) -> list[Problem]:
    """What is wrong with a policy's file; nothing where it could be added."""
    try:
        policy_files.canonical(data)
    except policy_files.PolicyRefused as refusal:
        return refusal.problems
    return []


def add(data: bytes, why: str, by_person: bytes | None) -> int:
    """Keep a policy as a new version, which decides nothing before it is adopted; answers the version.

    Raises policy_files.PolicyRefused, and NotPossible where no reason is given.
    """
    rules, why = policy_files.canonical(data), why.strip()
    if not 0 < len(why) <= MOST_WHY:
        raise NotPossible(f"say why, in 1 to {MOST_WHY} characters")
    # So that the version which decides now is the first in the list.
    catalogue.adopt_policy()
    with database.writing() as connection:
        courses.lock_version(connection)
        return policies.add(connection, rules, why, by_person, clock.now_us())


def adopt(version: int, by_person: bytes | None) -> int:
    """Have everybody counted under this version; answers about how many people that concerns.

    Raises NotPossible: a version that decided once is not adopted again. Whoever wants its rules back adds
    them once more, so that versions in the ledger follow each other in time.
    """
    catalogue.adopt_policy()
    with database.reading() as connection:
        _demand_newer(version, courses.kept_policy(connection)[0], policies.by_version(connection, version))
        people = recounts.count_concerned(connection, ())
    with database.writing() as connection:
        courses.lock_version(connection)
        current, timezone = courses.kept_policy(connection)
        _demand_newer(version, current, policies.by_version(connection, version))
        now = clock.now_us()
        policies.adopt(connection, version, by_person, now)
        courses.keep_policy(connection, version, timezone)
        courses.raise_version(connection)
        recounts.begin(connection, "policy", version, (), people, horizon.take(connection, now))
    return people


def _demand_newer(version: int, current: int, kept: Kept | None) -> None:
    if kept is None:
        raise NotPossible(f"there is no version {version}")
    if version == current:
        raise NotPossible(f"version {version} decides already")
    if version < current:
        raise NotPossible(f"version {version} is older than {current}, which decides; add its rules anew")


def preview(version: int, progress: Progress | None = None) -> Preview:
    """What `adopt` would change, and nothing is changed. Raises NotPossible."""
    with database.reading() as connection:
        _demand_newer(version, catalogue.policy_version(connection), policies.by_version(connection, version))
        policy = catalogue.policy(connection, version)
    return previews.of_everybody(policy, progress)


def listed() -> tuple[int, list[Kept]]:
    """The version that decides now, and all versions; in a new database there may be none yet."""
    with database.reading() as connection:
        return catalogue.policy_version(connection), policies.everything(connection)


def shown(version: int | None = None) -> tuple[Kept, Policy]:
    """A version, the one that decides unless named. Raises NotPossible."""
    with database.reading() as connection:
        version = catalogue.policy_version(connection) if version is None else version
        kept = policies.by_version(connection, version)
    if kept is None and version == catalogue.FIRST_VERSION:
        kept = Kept(version, policy_files.shipped(), catalogue.SHIPPED, None, 0, None, None)
    if kept is None:
        raise NotPossible(f"there is no version {version}")
    timezone = current_app.config["SETTINGS"].timezone
    return kept, policy_files.read(kept.rules, version, timezone)


def person(login: str) -> bytes:
    """The key of who is named as having decided. Raises NotPossible."""
    with database.reading() as connection:
        found = people.with_login(connection, login)
    if found is None:
        raise NotPossible(f"there is no person with the login {login}")
    return found.key
