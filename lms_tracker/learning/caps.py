"""How much time may still be credited: per course row, per local day, per local year."""

from datetime import date

from lms_tracker.learning.catalogue import CAPPED, Course
from lms_tracker.learning.policy import Policy


class Allowances:
    """What remains of one learner's caps while placed time is credited in the order of time.

    A second counts against all its caps together, and only when none of them is used up: time that the day
    cap cuts uses up nothing of the course. Nominal time has no place in that order and counts against none.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._of_day: dict[int, int] = {}
        self._of_course: dict[int, int | None] = {}
        self._of_year: dict[int, int] = {}

    def grant(self, course: Course, day: int, wanted: int) -> int:
        """How many of the wanted seconds are credited; they are used up."""
        course_id = course.id
        if course_id not in self._of_course:
            self._of_course[course_id] = self._course_cap(course)
        of_day = self._of_day.get(day, self._policy.day_cap)
        of_course = self._of_course[course_id]
        granted = wanted if wanted < of_day else of_day
        if of_course is not None and of_course < granted:
            granted = of_course
        if self._policy.year_cap is not None:
            granted = self._within_year(day, granted, self._policy.year_cap)
        if of_course is not None:
            self._of_course[course_id] = of_course - granted
        self._of_day[day] = of_day - granted
        return granted

    def _within_year(self, day: int, wanted: int, cap: int) -> int:
        year = date.fromordinal(day).year
        left = self._of_year.get(year, cap)
        granted = min(wanted, left)
        self._of_year[year] = left - granted
        return granted

    def _course_cap(self, course: Course) -> int | None:
        stated = course.seconds if course.basis == CAPPED else None
        caps = [cap for cap in (stated, self._policy.course_caps.get(course.id)) if cap is not None]
        return min(caps, default=None)
