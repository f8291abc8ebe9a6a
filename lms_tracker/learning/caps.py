"""How much time may still be credited: per event, per course row, per local day, per local year."""

from datetime import date

from lms_tracker.learning.catalogue import CAPPED, Course
from lms_tracker.learning.policy import Policy

# An event and what the role in it allows: its activity, and how many seconds.
Event = tuple[str, int]

_UNKNOWN = -1


class Allowances:
    """What remains of one learner's caps while placed time is credited in the order of time.

    A second counts against all its caps together, and only when none of them is used up: time that the day
    cap cuts uses up nothing of the course. Nominal time has no place in that order and counts against none.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self.day_cap = policy.day_cap
        self._year_cap = policy.year_cap
        # Whether the day alone limits what is granted, of courses that state no hours and statements of no
        # event. Whoever credits such may take from what is left of each day without asking.
        self.is_daily = policy.year_cap is None and policy.course_cap is None and not any(policy.course_caps)
        self.of_day: dict[int, int] = {}
        self._of_course: dict[int, int | None] = {}
        self._of_year: dict[int, int] = {}
        self._of_event: dict[str, int] = {}

    def grant(
        self, course: Course, day: int, wanted: int, booked: int = 0, event: Event | None = None
    ) -> int:
        """How many of the wanted seconds of a day are credited; they are used up.

        `booked` is the day under which they are written, where that is another one.
        """
        of_course = self._of_course.get(course.id, _UNKNOWN)
        if of_course == _UNKNOWN:
            of_course = self._of_course[course.id] = self._course_cap(course)
        of_day = self.of_day.get(day, self.day_cap)
        granted = wanted if wanted < of_day else of_day
        if of_course is not None and of_course < granted:
            granted = of_course
        if event is not None:
            # Who had two roles in one event gets what the better of them allows, not both.
            granted = max(0, min(granted, event[1] - self._of_event.get(event[0], 0)))
        if self._year_cap is not None:
            granted = self._within_year(booked or day, granted, self._year_cap)
        if of_course is not None:
            self._of_course[course.id] = of_course - granted
        if event is not None:
            self._of_event[event[0]] = self._of_event.get(event[0], 0) + granted
        self.of_day[day] = of_day - granted
        return granted

    def _within_year(self, day: int, wanted: int, cap: int) -> int:
        year = date.fromordinal(day).year
        left = self._of_year.get(year, cap)
        granted = min(wanted, left)
        self._of_year[year] = left - granted
        return granted

    def _course_cap(self, course: Course) -> int | None:
        policy = self._policy
        stated = course.seconds if course.basis == CAPPED else None
        own = policy.course_caps.get((course.provider_id, course.code), policy.course_cap)
        return min((cap for cap in (stated, own) if cap is not None), default=None)
