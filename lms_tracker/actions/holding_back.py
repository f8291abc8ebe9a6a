"""Counting that fails unexpectedly for one person: it holds up nobody else, and is tried again later.

The person stays due. Each attempt that fails doubles the pause until the next; what failed is logged by key
and place in the program, never with values, which are about people.
"""

import traceback
from datetime import timedelta

from lms_tracker import logs
from lms_tracker.actions import clock
from lms_tracker.store import database, due, held_back, horizon
from lms_tracker.store.held_back import HeldBack

FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=6)
SHOWN = 20

log = logs.logger(__name__)


def hold_back(person_key: bytes, error: Exception) -> None:
    """Leave a person alone for a while, who stays due."""
    failure = kind(error)
    with database.writing() as connection:
        actors = sorted({*due.actor_keys(connection, [person_key])[person_key], person_key})
        if not due.marks(connection, actors):
            # A rebuild asks for everybody; nobody else would try again.
            due.mark(connection, horizon.take(connection, clock.now_us()), [person_key])
        failed = held_back.attempts(connection, actors) + 1
        pause = min(FIRST_PAUSE * 2 ** min(failed - 1, 20), LONGEST_PAUSE)
        again = clock.now_us() + int(pause / timedelta(microseconds=1))
        held_back.hold(connection, actors, HeldBack(person_key, failed, again, failure))
    log.error(
        "credit of a person not counted",
        person=person_key.hex(),
        kind=failure,
        where=where(error),
        attempts=failed,
        again_in_seconds=round(pause.total_seconds()),
    )


def kind(error: Exception) -> str:
    """The error's name, of one from the database the driver's: its message may quote what is about people."""
    return type(getattr(error, "orig", None) or error).__name__


def where(error: Exception) -> str:
    """The function and line that raised it."""
    found = traceback.extract_tb(error.__traceback__)
    return f"{found[-1].name}:{found[-1].lineno}" if found else ""


def first() -> list[HeldBack]:
    """Those who failed most often."""
    with database.reading() as connection:
        return held_back.first(connection, SHOWN)
