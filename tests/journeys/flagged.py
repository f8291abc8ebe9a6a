"""A flag of each kind, about one learner or the first course and provider, made by the rules themselves."""

import uuid
from collections.abc import Iterator
from datetime import date

from lms_tracker.actions import watching
from lms_tracker.learning import watched_courses, watched_people
from lms_tracker.learning.days import local_days
from lms_tracker.learning.watched_people import Claim
from lms_tracker.learning.watching import Found, Place, Thresholds, claimed_twice
from lms_tracker.store import database, flags

HOUR = 3600
DAYS = local_days("Asia/Ho_Chi_Minh")
LIMITS = Thresholds()


def raise_each(person_key: bytes, statement: str, day: date) -> dict[str, int]:
    """The number of the flag of each kind; needs the application's context."""
    with database.writing() as connection:
        for found in _each(person_key, uuid.UUID(statement).bytes, day.toordinal()):
            watching._raise(connection, found, 1_000_000 * DAYS.start(day.toordinal()))
    with database.reading() as connection:
        return {str(flag.kind): flag.id for flag in flags.everything(connection, waiting=True, limit=100)}


def _each(person_key: bytes, statement: bytes, day: int) -> Iterator[Found]:
    place = [Place(person_key.hex(), statement.hex())]
    yield from watched_people.long_days(person_key, _claims(day, statement, 3, 6), DAYS, LIMITS)
    yield from watched_people.shared_accounts(person_key, _claims(day, statement, 7, 1), {}, DAYS, LIMITS)
    week = watched_courses.monday(day)
    past = {week - 7 * number: 10 + number % 3 for number in range(1, 13)}
    for found in watched_courses.course_jumps(1, past | {week: 500}, [week], LIMITS, 1):
        yield watched_courses.with_places(found, place)
    groups = [(DAYS.start(day) + 8 * HOUR, 2700, 40), (DAYS.start(day) + 9 * HOUR, 1800, 12)]
    for one in (
        watched_courses.same_times(1, day, groups, LIMITS, place, 1),
        watched_courses.at_the_cap(
            1, [(bytes([number % 7]) * 16, 4 * HOUR) for number in range(60)], 4 * HOUR, LIMITS, place
        ),
    ):
        assert one is not None
        yield one
    yield claimed_twice(b"\x07" * 16, person_key, 1_000_000 * DAYS.start(day))


def _claims(day: int, statement: bytes, count: int, hours: int) -> list[Claim]:
    """So many sessions from six in the morning on, each ten minutes after the one before."""
    start = DAYS.start(day) + 6 * HOUR
    return [
        Claim(
            b"a" * 16,
            statement,
            1,
            str(number).encode(),
            start + 600 * number,
            start + 600 * number + hours * HOUR,
        )
        for number in range(count)
    ]
