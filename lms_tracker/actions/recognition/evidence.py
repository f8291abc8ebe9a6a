"""What the credited hours of a round's year propose for many people at once: evidence, no condition (I11)."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import Connection

from lms_tracker.actions import catalogue
from lms_tracker.learning.criteria import AnySet, IndicatorProposal, PointsSet, propose
from lms_tracker.learning.records import CATEGORY_OF_UNKNOWN
from lms_tracker.store import due
from lms_tracker.store.recognition import subjects
from lms_tracker.store.recognition.assessments import Assessment

Proposals = Mapping[bytes, Sequence[IndicatorProposal]]


def of_rows(connection: Connection, criteria: AnySet, year: int, rows: Sequence[Assessment]) -> Proposals:
    """What evidence proposes for the persons of these rows, by their keys there.

    The window is the part of the local calendar year that the set says.
    """
    if not isinstance(criteria, PointsSet):
        return {}
    populations = {row.person_key: row.population for row in rows if row.person_key is not None}
    now = due.person_keys(connection, sorted(populations))
    first, last = window(criteria, year)
    seconds = subjects.seconds(connection, sorted(set(now.values())), first.toordinal(), last.toordinal())
    courses = catalogue.current(connection).courses if seconds else {}
    found: dict[bytes, Sequence[IndicatorProposal]] = {}
    known: dict[tuple[object, ...], Sequence[IndicatorProposal]] = {}
    for key, population in populations.items():
        by_category: dict[str, int] = {}
        for course_id, length in seconds.get(now[key], {}).items():
            course = courses.get(course_id)
            category = course.category if course else CATEGORY_OF_UNKNOWN
            by_category[category] = by_category.get(category, 0) + length
        # Most people of a commune have learned nothing that is recorded.
        alike = (population, *sorted(by_category.items()))
        if alike not in known:
            known[alike] = propose(criteria, by_category, population)
        found[key] = known[alike]
    return found


def window(criteria: PointsSet, year: int) -> tuple[date, date]:
    """The first and the last local day whose evidence counts for a year."""
    return _day(year, criteria.window.since), _day(year, criteria.window.until)


def _day(year: int, text: str) -> date:
    month, _, day = text.partition("-")
    # 29 February is the last of its month in years without it.
    last = 28 if (month, day) == ("02", "29") and not _is_leap(year) else int(day)
    return date(year, int(month), last)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def points(proposals: Sequence[IndicatorProposal]) -> dict[str, int | None]:
    """Proposed points by column code; None where hours say nothing."""
    return {str(one.number): one.points for one in proposals}
