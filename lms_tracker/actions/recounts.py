"""Recounts of many in the background after a change of the rules: marking more, and how far they are.

What is to be counted is told by marks like any other (`actions.crediting`); only so many of a recount's wait
at a time, so that what has just arrived is counted in between.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from lms_tracker.actions import clock
from lms_tracker.store import courses, database, due, horizon, recounts
from lms_tracker.store.recounts import Recount

# More are marked once fewer than the half of these wait.
MARKED_AT_ONCE = 1_000
NEWEST = 5


def begin_for_catalogue(connection: Connection, providers: Iterable[int], people: int) -> None:
    """Have whoever a change of these providers' courses concerns counted anew; raises the version."""
    courses.raise_version(connection)
    version = courses.version(connection)
    position = horizon.take(connection, clock.now_us())
    recounts.begin(connection, "catalogue", version, set(providers), people, position)


def advance() -> int:
    """Mark more people for the recounts under way; answers how many, and ends what is done."""
    with database.reading() as connection:
        # Found before the right to write is taken: to see that there is nobody else may take seconds. Who
        # comes to it after this snapshot was marked by what brought them.
        found = [
            (recount, recounts.next_concerned(connection, recount, MARKED_AT_ONCE))
            for recount in recounts.under_way(connection)
            if recounts.marks_left(connection, recount, MARKED_AT_ONCE) < MARKED_AT_ONCE // 2
        ]
    return sum(_advance(recount, concerned) for recount, concerned in found)


def _advance(seen: Recount, concerned: Sequence[bytes]) -> int:
    with database.writing() as connection:
        recount = recounts.lock(connection, seen.id)
        if recount is None or recount.after != seen.after:
            return 0
        if recount.after != recounts.END:
            recounts.mark_next(connection, recount, concerned, MARKED_AT_ONCE)
            if concerned:
                return len(concerned)
        if not recounts.marks_left(connection, recount, 1):
            recounts.end(connection, recount.id, clock.now_us())
        return 0


def is_pending(connection: Connection, keys: list[bytes]) -> bool:
    """Whether the ledger of these actors and persons lacks the effect of something, recounts included."""
    return bool(due.marks(connection, keys)) or recounts.concern(connection, keys)


def newest() -> list[Recount]:
    """The newest recounts, those under way among them."""
    with database.reading() as connection:
        found = recounts.newest(connection, NEWEST)
        older = [one for one in recounts.under_way(connection) if one not in found]
    return [*found, *reversed(older)]


def under_way() -> list[Recount]:
    """The recounts that have not ended, for pages."""
    with database.reading() as connection:
        return recounts.under_way(connection)
