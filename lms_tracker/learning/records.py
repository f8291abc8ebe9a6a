"""A learner's record put together from rows of the ledger's balances and totals.

Rows are taken by their shape, so that the store may answer with its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from lms_tracker.learning.catalogue import Course
from lms_tracker.learning.reasons import Reason
from lms_tracker.learning.verdicts import NOMINAL

# Where credited time stands whose course is no longer in the catalogue.
CATEGORY_OF_UNKNOWN = "other"


class SumRow(Protocol):
    """Credited seconds of one course on one local day (ordinal)."""

    @property
    def day(self) -> int: ...
    @property
    def course_id(self) -> int: ...
    @property
    def placed(self) -> int: ...
    @property
    def nominal(self) -> int: ...


class PieceRow(Protocol):
    """What stands of one statement: net seconds of one course, day, kind and reason."""

    @property
    def course_id(self) -> int | None: ...
    @property
    def kind(self) -> int: ...
    @property
    def reason(self) -> int: ...
    @property
    def seconds(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Hours:
    """Credited seconds: `placed` on the clock, and `nominal`, the stated hours of completed courses."""

    placed: int = 0
    nominal: int = 0

    @property
    def total(self) -> int:
        return self.placed + self.nominal

    def __add__(self, other: "Hours") -> "Hours":
        return Hours(self.placed + other.placed, self.nominal + other.nominal)


@dataclass(frozen=True, slots=True)
class Part:
    """Time of one entry that stands under one reason; 0 is credited."""

    reason: int
    nominal: bool
    seconds: int


@dataclass(frozen=True, slots=True)
class Entry:
    """What one statement brought on one local day. `start` and `at` are epoch seconds.

    `claimed` is the credited and the refused time on the clock together; stated hours stand beside it.
    """

    statement_id: bytes
    day: int
    course: str | None
    provider: str
    parts: tuple[Part, ...]
    start: int | None
    at: int | None

    @property
    def claimed(self) -> int:
        """Seconds on the clock that the provider sent, on this day."""
        return sum(part.seconds for part in self.parts if not part.nominal)

    @property
    def credited(self) -> int:
        return sum(part.seconds for part in self.parts if part.reason == Reason.CREDITED)

    @property
    def stated(self) -> int:
        """Of the credited seconds those that are stated hours of a completed course."""
        return sum(part.seconds for part in self.parts if part.nominal and part.reason == Reason.CREDITED)

    @property
    def refused(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.reason != Reason.CREDITED)


def together(rows: Iterable[SumRow]) -> Hours:
    return sum((Hours(row.placed, row.nominal) for row in rows), Hours())


def by_category(rows: Iterable[SumRow], courses: Mapping[int, Course]) -> tuple[tuple[str, Hours], ...]:
    """Hours of each category, the most first."""
    found: dict[str, Hours] = {}
    for row in rows:
        course = courses.get(row.course_id)
        category = course.category if course else CATEGORY_OF_UNKNOWN
        found[category] = found.get(category, Hours()) + Hours(row.placed, row.nominal)
    return tuple(sorted(found.items(), key=lambda pair: (-pair[1].total, pair[0])))


def by_month(rows: Iterable[SumRow]) -> tuple[Hours, ...]:
    """Twelve sums, January first; the rows are of one year."""
    months = [Hours()] * 12
    for row in rows:
        month = date.fromordinal(row.day).month - 1
        months[month] += Hours(row.placed, row.nominal)
    return tuple(months)


def parts_of(pieces: Iterable[PieceRow]) -> tuple[Part, ...]:
    """Seconds by reason and kind, what is credited first."""
    seconds: dict[tuple[int, bool], int] = {}
    for piece in pieces:
        key = (piece.reason, piece.kind == NOMINAL)
        seconds[key] = seconds.get(key, 0) + piece.seconds
    return tuple(Part(reason, nominal, total) for (reason, nominal), total in sorted(seconds.items()))


def course_of(pieces: Iterable[PieceRow], courses: Mapping[int, Course]) -> Course | None:
    """The course that some piece belongs to, credited ones first; None where there is none."""
    for piece in sorted(pieces, key=lambda piece: (piece.reason != Reason.CREDITED, piece.reason)):
        course = courses.get(piece.course_id) if piece.course_id is not None else None
        if course is not None:
            return course
    return None
