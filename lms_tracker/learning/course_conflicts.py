"""Which courses of a file cannot stand beside each other, or beside those in the catalogue.

Matching must have one answer for every day, so equal ranks are refused here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from lms_tracker.learning.catalogue import Course
from lms_tracker.learning.course_fields import excerpt


@dataclass(frozen=True, slots=True)
class LineError:
    """One thing wrong in a file.

    `line` is as an editor counts (0: the file as a whole), `column` "" for the whole line, `rule` a stable
    name, `expected` an English phrase, `got` at most 80 characters of what came, `other_line` the line that
    this one contradicts.
    """

    line: int
    column: str
    rule: str
    expected: str
    got: str
    other_line: int | None = None


@dataclass(slots=True)
class Period:
    """One course row of a file: its first line, what that states, the columns of it that could not be read,
    and each activity (iri, match) with the line it came on."""

    line: int
    values: dict[str, Any]
    unreadable: set[str]
    activities: dict[tuple[str, str], int] = field(default_factory=dict)


# What of a course row matters here; `line` is None for one in the catalogue.
@dataclass(frozen=True, slots=True)
class _Claim:
    line: int | None
    code: str
    valid_from: date
    valid_to: date

    def meets(self, other: "_Claim") -> bool:
        return self.valid_from <= other.valid_to and other.valid_from <= self.valid_to

    @property
    def words(self) -> str:
        where = "in the catalogue" if self.line is None else f"on line {self.line}"
        return f'course "{excerpt(self.code)}" {where}'


Place = tuple[int, str, date | None]


def place(course: Course) -> Place:
    """What makes two course rows the same one: the later import comes in the place of the earlier."""
    return course.provider_id, course.code, course.valid_from


def numbered(course: Course, numbers: Mapping[Place, int]) -> Course:
    return replace(course, id=numbers.get(place(course), 0))


def find(periods: Sequence[Period], existing: Iterable[Course]) -> list[LineError]:
    """Overlapping periods of one course, and activities that two courses of a provider have at one time.

    Rows whose dates could not be read are left out; existing rows in whose place a period comes count as
    gone.
    """
    readable = [period for period in periods if not period.unreadable & {"valid_from", "valid_to"}]
    replaced = {
        (period.values["provider"], period.values["course"], period.values.get("valid_from"))
        for period in readable
    }
    by_code: dict[tuple[int, str], list[_Claim]] = {}
    by_activity: dict[tuple[int, str, str], list[_Claim]] = {}
    for course in existing:
        if place(course) not in replaced:
            claim = _claim(None, course.code, course.valid_from, course.valid_to)
            by_code.setdefault((course.provider_id, course.code), []).append(claim)
            for iri, match in course.activities:
                by_activity.setdefault((course.provider_id, iri, match), []).append(claim)
    errors: list[LineError] = []
    for period in readable:
        errors += _of_period(period, by_code, by_activity)
    return errors


def _of_period(
    period: Period,
    by_code: dict[tuple[int, str], list[_Claim]],
    by_activity: dict[tuple[int, str, str], list[_Claim]],
) -> Iterable[LineError]:
    values = period.values
    provider, code = values["provider"], values["course"]
    dates = values.get("valid_from"), values.get("valid_to")
    own = _claim(period.line, code, *dates)
    before = by_code.setdefault((provider, code), [])
    other = next((claim for claim in before if claim.meets(own)), None)
    if other is not None:
        expected = f"a validity that does not meet that of {other.words}"
        got = " to ".join("open" if day is None else day.isoformat() for day in dates)
        yield LineError(period.line, "valid_from", "validity-once", expected, got, other.line)
    before.append(own)
    for (iri, match), line in period.activities.items():
        claims = by_activity.setdefault((provider, iri, match), [])
        other = next((claim for claim in claims if claim.code != code and claim.meets(own)), None)
        if other is not None:
            expected = (
                f"an activity that no other course has with match {match} at that time: {other.words} has"
            )
            yield LineError(line, "activity", "activity-once", expected, excerpt(iri), other.line)
        claims.append(_claim(line, code, *dates))


def _claim(line: int | None, code: str, valid_from: date | None, valid_to: date | None) -> _Claim:
    return _Claim(line, code, valid_from or date.min, valid_to or date.max)
