"""Completions of a provider's courses from a CSV or XLSX file: each wrong line is told.

Columns: the learner is `email`, or `account` with `home_page`; `name` is how people know them. `course` is
the provider's code. `completed_at` is a date or a time. The time that was learned may stand as `minutes`, as
`duration`, or as `hours`: those are the course's own, of as many minutes as the catalogue says, unless the
line states `hour_minutes`. `result` is passed or failed, `score` the points, of `score_max`.
"""

from decimal import Decimal
from typing import Any

from lms_tracker.learning import completion_fields, course_fields, course_sheets, file_columns
from lms_tracker.learning.catalogue import CONTEXT, EXACT, Catalogue, Course
from lms_tracker.learning.completion_fields import MOST_SECONDS
from lms_tracker.learning.completions import Completion, Score
from lms_tracker.learning.course_conflicts import LineError
from lms_tracker.learning.course_sheets import Bounds, Cell, Line
from lms_tracker.learning.days import local_days
from lms_tracker.learning.hours import stated_seconds

__all__ = ["COLUMNS", "CompletionFileRefusal", "LineError", "read_completions"]

BOUNDS = Bounds(bytes=32 * 1024 * 1024, unpacked_bytes=192 * 1024 * 1024, tags=8_000_000, lines=100_001)
COLUMNS = tuple(completion_fields.readers("UTC"))
REQUIRED = ("course", "completed_at")
LENGTHS = ("minutes", "hours", "duration")
# What we call a moment after now; clocks may differ by so much.
TOLERANCE_SECONDS = 600

Values = dict[str, Any]


class CompletionFileRefusal(Exception):
    """`errors` in the order of lines; never empty."""

    def __init__(self, errors: list[LineError]) -> None:
        super().__init__(f"{len(errors)} errors")
        self.errors = errors


def read_completions(
    body: bytes, *, provider_id: int, catalogue: Catalogue, timezone: str, now: int, bounds: Bounds = BOUNDS
) -> list[Completion]:
    """The completions of a file, in its order; `now` is in epoch seconds. Raises CompletionFileRefusal."""
    try:
        header, *lines = course_sheets.read_lines(body, bounds)
        course_sheets.refuse_formulas_without_values(body)
    except course_sheets.Unreadable as fault:
        error = LineError(fault.line, "", fault.rule, fault.expected, fault.got)
        raise CompletionFileRefusal([error]) from fault
    reading = _Reading(provider_id, catalogue, timezone, now)
    columns, errors = file_columns.named(header, COLUMNS, REQUIRED)
    if not errors and not lines:
        errors.append(LineError(header.number, "", "file-empty", "at least one completion", "a header alone"))
    if errors:
        raise CompletionFileRefusal(errors)
    found = [reading.line(columns, line) for line in lines]
    if reading.errors:
        raise CompletionFileRefusal(reading.errors)
    return [completion for completion in found if completion is not None]


class _Reading:
    """One file being read, and what was wrong so far."""

    def __init__(self, provider_id: int, catalogue: Catalogue, timezone: str, now: int) -> None:
        self._readers = completion_fields.readers(timezone)
        self._days = local_days(timezone)
        self._now = now
        self._courses: dict[str, list[Course]] = {}
        for course in catalogue.courses.values():
            if course.provider_id == provider_id:
                self._courses.setdefault(course.code, []).append(course)
        self._seen: dict[tuple[object, ...], int] = {}
        self.errors: list[LineError] = []

    def line(self, columns: list[str], line: Line) -> Completion | None:
        found = len(self.errors)
        cells, errors = file_columns.cells(columns, line)
        self.errors += errors
        values = self._values(line.number, cells)
        for column in REQUIRED:
            if column not in cells:
                self._wrong(line.number, column, "required", "a value on every line", "")
        agent = self._agent(line.number, cells, values)
        if len(self.errors) > found:
            return None
        course = self._course(line.number, values)
        activity = self._activity(line.number, values, course) if course else None
        seconds = self._seconds(line.number, cells, values, course) if course else None
        score = self._score(line.number, values)
        if course is None or activity is None or len(self.errors) > found:
            return None
        at, _ = values["completed_at"]
        learner = values.get("email") or values["account"]
        made = Completion(
            line.number, agent, learner, course, activity, at, seconds, values.get("result"), score
        )
        return made if self._is_first(made) else None

    def _values(self, number: int, cells: dict[str, Cell]) -> Values:
        values: Values = {}
        for column, cell in cells.items():
            try:
                values[column] = self._readers[column](cell)
            except course_fields.FieldFault as fault:
                self._wrong(number, column, fault.rule, fault.expected, course_fields.excerpt(cell))
        return values

    def _agent(self, number: int, cells: dict[str, Cell], values: Values) -> dict[str, Any]:
        given = [column for column in ("email", "account") if column in cells]
        if len(given) != 1:
            expected = "who completed it: an email, or an account with its home_page"
            self._wrong(number, "email", "learner-one", expected, " and ".join(given))
        elif ("account" in cells) != ("home_page" in cells):
            expected = "an account and its home_page together"
            self._wrong(number, "home_page", "account-home-page", expected, "")
        name = {"name": values["name"]} if "name" in values else {}
        if "email" in values:
            return {"objectType": "Agent", **name, "mbox": f"mailto:{values['email']}"}
        account = {"homePage": values.get("home_page"), "name": values.get("account")}
        return {"objectType": "Agent", **name, "account": account}

    def _course(self, number: int, values: Values) -> Course | None:
        """The course with this code, in the period of the day where it has several."""
        periods = self._courses.get(values["course"], [])
        if not periods:
            expected = "the code of a course of this provider in the catalogue"
            self._wrong(number, "course", "course-known", expected, values["course"][:80])
            return None
        at, _ = values["completed_at"]
        if at.timestamp() > self._now + TOLERANCE_SECONDS:
            self._wrong(number, "completed_at", "date-future", "a time that has come", at.isoformat())
        day = self._days.day(int(at.timestamp()))
        valid = (course for course in periods if course.first_day <= day <= course.last_day)
        return next(valid, periods[-1])

    def _activity(self, number: int, values: Values, course: Course) -> str | None:
        """The activity that was completed: the one that is the course, unless the line names one."""
        own = sorted({iri for iri, match in course.activities if match != CONTEXT})
        stated = values.get("activity")
        if stated is not None:
            if _belongs(stated, course):
                return str(stated)
            expected = f"an activity of course {course.code}"
            self._wrong(number, "activity", "activity-of-course", expected, stated[:80])
        elif len(own) == 1:
            return own[0]
        elif own:
            expected = f"which of the course's {len(own)} activities, in a column activity"
            self._wrong(number, "activity", "activity-needed", expected, "")
        else:
            expected = (
                "a course with an activity of its own; the catalogue knows this one by its context alone"
            )
            self._wrong(number, "course", "course-without-activity", expected, course.code)
        return None

    def _seconds(self, number: int, cells: dict[str, Cell], values: Values, course: Course) -> int | None:
        given = [column for column in LENGTHS if column in cells]
        if "hour_minutes" in cells and "hours" not in cells:
            self._wrong(number, "hour_minutes", "hour-minutes-alone", "hours beside hour_minutes", "")
        if not given:
            return None
        if len(given) > 1:
            self._wrong(
                number, given[1], "length-once", "one of minutes, hours and duration", ", ".join(given)
            )
            return None
        _, has_time = values["completed_at"]
        if not has_time:
            expected = "a time of day, because the length has to be placed on the clock; or no length"
            self._wrong(number, "completed_at", "time-needed", expected, str(cells["completed_at"])[:80])
            return None
        if given == ["hours"]:
            return self._hours(number, values["hours"], values.get("hour_minutes", course.hour_minutes))
        return int(values[given[0]])

    def _hours(self, number: int, hours: Decimal, minutes: int) -> int | None:
        seconds = stated_seconds(hours, minutes)
        if seconds is None or seconds > MOST_SECONDS:
            expected = f"hours of {minutes} minutes that come to whole seconds"
            self._wrong(number, "hours", "hours-whole-seconds", expected, str(hours))
        return seconds

    def _score(self, number: int, values: Values) -> Score | None:
        points, most = values.get("score"), values.get("score_max")
        if points is None:
            if most is not None:
                self._wrong(number, "score", "score-needed", "a score beside score_max", "")
            return None
        if most is not None and (most <= 0 or points > most):
            self._wrong(number, "score", "score-range", f"at most {most}", str(points))
        return Score(points, most)

    def _is_first(self, made: Completion) -> bool:
        """A completion stands once in a file; who pasted it twice should know."""
        key = (
            tuple(made.agent.get("account", {}).items()) or made.agent.get("mbox"),
            made.activity,
            made.completed_at,
            made.passed,
        )
        first = self._seen.setdefault(key, made.line)
        if first != made.line:
            got = f"{made.learner}, {made.course.code}"[:80]
            self._wrong(made.line, "", "line-twice", "each completion once", got, first)
        return first == made.line

    def _wrong(
        self, line: int, column: str, rule: str, expected: str, got: str, other: int | None = None
    ) -> None:
        self.errors.append(LineError(line, column, rule, expected, got, other))


def _belongs(iri: str, course: Course) -> bool:
    return any(
        iri == stated if match == EXACT else iri.startswith(stated)
        for stated, match in course.activities
        if match != CONTEXT
    )
