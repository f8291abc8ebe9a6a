"""Courses from a file that a person made: each wrong line is told, and nothing comes of a file with one.

Several lines with one provider and course are several activities of that course; on the later ones the
course's other columns are empty or say the same. A line that states another `valid_from` begins another
period of validity, which is a course row of its own.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from lms_tracker.learning import course_conflicts, course_fields, course_sheets, file_columns
from lms_tracker.learning.catalogue import MEASURED, Course
from lms_tracker.learning.categories import CATEGORIES, Category
from lms_tracker.learning.course_conflicts import LineError, Period
from lms_tracker.learning.course_sheets import Cell, Line
from lms_tracker.learning.hours import stated_seconds
from lms_tracker.learning.policy import Policy

__all__ = ["CourseFileRefusal", "LineError", "read_courses"]
# What every line must state, and what the first line of a course must.
OF_EVERY_LINE = ("provider", "course", "activity", "match")
OF_A_COURSE = ("title", "category", "basis")
# What later lines of a course may repeat, but not change.
SHARED = (*OF_A_COURSE, "domain", "level", "hours", "hour_minutes", "valid_to", "reading")

Values = dict[str, Any]


class CourseFileRefusal(Exception):
    """`errors` in the order of lines; never empty."""

    def __init__(self, errors: list[LineError]) -> None:
        super().__init__(f"{len(errors)} errors")
        self.errors = errors


def read_courses(
    body: bytes,
    *,
    providers: Collection[int],
    existing: Iterable[Course] = (),
    categories: Mapping[str, Category] = CATEGORIES,
    policy: Policy | None = None,
) -> list[Course]:
    """The courses of a CSV or XLSX file, in its order. Raises CourseFileRefusal.

    Their hours are of one of the lengths that the policy allows, its default where a course states none;
    without a policy of any length, or of 60 minutes.

    A course has the `id` of the existing one with the same provider, code and `valid_from`, in whose place it
    comes, or else 0. It must not take an activity, with the same way of matching, that another course of that
    provider has at the same time.
    """
    known = list(existing)
    reading = _Reading(providers, categories, policy)
    try:
        reading.read(course_sheets.read_lines(body))
    except course_sheets.Unreadable as fault:
        error = LineError(fault.line, "", fault.rule, fault.expected, fault.got)
        raise CourseFileRefusal([error]) from fault
    courses = [reading.course(period) for period in reading.periods]
    errors = [*reading.errors, *course_conflicts.find(reading.periods, known)]
    if errors:
        raise CourseFileRefusal(sorted(errors, key=lambda error: error.line))
    numbers = {course_conflicts.place(course): course.id for course in known}
    return [course_conflicts.numbered(course, numbers) for course in courses if course is not None]


class _Reading:
    """One file being read: the course rows so far, and what was wrong."""

    def __init__(
        self, providers: Collection[int], categories: Mapping[str, Category], policy: Policy | None
    ) -> None:
        self._policy = policy
        self._readers = course_fields.readers(providers, categories)
        self._categories = categories
        self._latest: dict[tuple[int, str], list[Period]] = {}
        self.periods: list[Period] = []
        self.errors: list[LineError] = []

    def read(self, lines: list[Line]) -> None:
        header, *rest = lines
        columns = self._columns(header)
        if self.errors:
            return
        if not rest:
            self._wrong(header.number, "", "file-empty", "at least one course", "a header alone")
        for line in rest:
            self._read_line(columns, line)

    def _columns(self, header: Line) -> list[str]:
        columns, errors = file_columns.named(header, self._readers, (*OF_EVERY_LINE, *OF_A_COURSE))
        self.errors += errors
        return columns

    def _read_line(self, columns: list[str], line: Line) -> None:
        cells, errors = file_columns.cells(columns, line)
        self.errors += errors
        unreadable: set[str] = set()
        values = self._values(line.number, cells, unreadable)
        for column in OF_EVERY_LINE:
            if column not in cells:
                self._wrong(line.number, column, "required", "a value on every line", "")
        if "provider" in values and "course" in values:
            self._place(line.number, values, unreadable, cells)

    def _values(self, number: int, cells: Mapping[str, Cell], unreadable: set[str]) -> Values:
        values: Values = {}
        for column, cell in cells.items():
            try:
                values[column] = self._readers[column](cell)
            except course_fields.FieldFault as fault:
                unreadable.add(column)
                self._wrong(number, column, fault.rule, fault.expected, course_fields.excerpt(cell))
        return values

    def _place(self, number: int, values: Values, unreadable: set[str], cells: Mapping[str, Cell]) -> None:
        """Puts a line with the course row it belongs to; the first of a row states the course."""
        key = (values["provider"], values["course"])
        periods = self._latest.setdefault(key, [])
        if "valid_from" in values:
            of_then = [
                period for period in periods if period.values.get("valid_from") == values["valid_from"]
            ]
        else:
            # Without a date of its own a line goes on with the row above it.
            of_then = periods
        if of_then:
            period = of_then[-1]
            self._agree(number, period, values, cells)
        else:
            period = Period(number, values, unreadable)
            periods.append(period)
            self.periods.append(period)
            for column in OF_A_COURSE:
                if column not in cells:
                    self._wrong(number, column, "required", "a value on the first line of a course", "")
        if "activity" in values and "match" in values:
            period.activities.setdefault((values["activity"], values["match"]), number)

    def _agree(self, number: int, period: Period, values: Values, cells: Mapping[str, Cell]) -> None:
        for column in SHARED:
            if column in values and column not in period.unreadable:
                stated = period.values.get(column)
                if values[column] != stated:
                    got = course_fields.excerpt(cells[column])
                    expected = f"nothing, or what line {period.line} states"
                    self._wrong(number, column, "same-course-same-values", expected, got, period.line)

    def course(self, period: Period) -> Course | None:
        """The course row, with id 0; None where something is missing, unreadable or does not fit together."""
        found = len(self.errors)
        values = period.values
        category = self._categories.get(values.get("category", ""))
        if category is not None:
            self._fits(period, category)
        minutes = values.get("hour_minutes", self._policy.default_hour_minutes if self._policy else 60)
        if self._policy and minutes not in self._policy.hour_minutes:
            expected = (
                f"one of {', '.join(map(str, self._policy.hour_minutes))} minutes, as the policy allows"
            )
            self._wrong(period.line, "hour_minutes", "hour-unit", expected, str(minutes))
        seconds = self._seconds(period, minutes)
        since, until = values.get("valid_from"), values.get("valid_to")
        if since is not None and until is not None and since > until:
            self._wrong(period.line, "valid_to", "validity-order", f"{since} or later", str(until))
        needed = (*OF_EVERY_LINE, *OF_A_COURSE)
        if len(self.errors) > found or period.unreadable or any(column not in values for column in needed):
            return None
        return Course(
            id=0,
            provider_id=values["provider"],
            code=values["course"],
            title=values["title"],
            category=values["category"],
            domain=values.get("domain", ""),
            level=values.get("level", ""),
            basis=values["basis"],
            seconds=seconds,
            hour_minutes=minutes,
            valid_from=since,
            valid_to=until,
            activities=tuple(period.activities),
            reading=values.get("reading", ""),
        )

    def _fits(self, period: Period, category: Category) -> None:
        domain, level = period.values.get("domain", ""), period.values.get("level", "")
        if not category.takes_domain(domain):
            self._wrong(period.line, "domain", "domain-of-category", category.domain_words, domain)
        if not category.takes_level(level):
            self._wrong(period.line, "level", "level-of-category", f"a level 1 to {category.levels}", level)

    def _seconds(self, period: Period, minutes: int) -> int | None:
        hours, basis = period.values.get("hours"), period.values.get("basis")
        if hours is None:
            if basis not in (None, MEASURED) and "hours" not in period.unreadable:
                self._wrong(
                    period.line, "hours", "hours-of-basis", f"hours, because the basis is {basis}", ""
                )
            return None
        seconds = stated_seconds(hours, minutes)
        if seconds is None:
            expected = f"hours of {minutes} minutes that come to whole seconds"
            self._wrong(period.line, "hours", "hours-whole-seconds", expected, str(hours))
        return seconds

    def _wrong(
        self, line: int, column: str, rule: str, expected: str, got: str, other: int | None = None
    ) -> None:
        self.errors.append(LineError(line, column, rule, expected, got, other))
