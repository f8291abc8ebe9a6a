"""Dated denominators with their source, and which of them a ratio uses."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from lms_tracker.actions import clock
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.reporting import registers, subjects
from lms_tracker.actions.reporting.subjects import About, Subject
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.reporting import numbers
from lms_tracker.learning.reporting.indicators import Register
from lms_tracker.learning.reporting.numbers import Bound, Kind, NotANumber
from lms_tracker.store import database
from lms_tracker.store.reporting import baselines
from lms_tracker.store.reporting.baselines import Baseline

MOST_SOURCE = 500
# A denominator older than this says nothing of a year any more.
MOST_YEARS = 5


class Problem(StrEnum):
    BASE = "base"
    VALUE = "value"
    DAY = "day"
    SOURCE = "source"


class BaselineRefused(ValueError):
    """`problem` says which part is wrong; `readings` are those of an ambiguous number."""

    def __init__(self, problem: Problem, readings: tuple[Decimal, ...] = ()) -> None:
        super().__init__(f"the {problem} of a baseline is wrong")
        self.problem, self.readings = problem, readings


@dataclass(frozen=True, slots=True)
class Sheet:
    subject: Subject
    register: Register
    baselines: tuple[Baseline, ...]
    may_enter: bool


def sheet(viewer: Viewer | None, about: About) -> Sheet:
    """Raises NotAllowed and NotFound."""
    with database.reading() as connection:
        subject = subjects.demand(connection, viewer, about, None)
        found = baselines.of(connection, [about], all_=True)
        may_enter = subjects.may(connection, viewer, subject, Right.ENTER)
        return Sheet(subject, registers.held(connection), tuple(found), may_enter)


def add(viewer: Viewer | None, about: About, base: str, value: str, on: date | None, source: str) -> None:
    """Raises NotAllowed, NotFound and BaselineRefused; `value` is a number as people write it."""
    with database.writing() as connection:
        subjects.demand(connection, viewer, about, Right.ENTER)
        if base not in registers.held(connection).bases:
            raise BaselineRefused(Problem.BASE)
        try:
            number = numbers.read(value, Kind.COUNT)
        except NotANumber as error:
            raise BaselineRefused(Problem.VALUE, error.readings) from None
        if number.bound is not Bound.EXACT or not number.value:
            raise BaselineRefused(Problem.VALUE)
        if on is None or not date(1990, 1, 1) <= on <= clock.today():
            raise BaselineRefused(Problem.DAY)
        said = " ".join(source.split())
        if not 0 < len(said) <= MOST_SOURCE:
            raise BaselineRefused(Problem.SOURCE)
        by = None if viewer is None else viewer.key
        row = Baseline(0, base, about, on, str(number.value), said, clock.now_us(), by)
        baselines.add(connection, [row])


def withdraw(viewer: Viewer | None, number: int) -> About:
    """Take a denominator back; twice is the same as once. Answers what it is about."""
    with database.writing() as connection:
        found = baselines.by_id(connection, number)
        if found is None:
            raise NotFound
        subjects.demand(connection, viewer, found.about, Right.ENTER)
        baselines.withdraw(connection, number, clock.now_us(), None if viewer is None else viewer.key)
    return found.about


def for_year(found: Iterable[Baseline], about: About, base: str, year: int) -> Baseline | None:
    """The newest denominator on or before the end of a year that is not too old for it."""
    fitting = [
        one
        for one in found
        if (one.about, one.base) == (about, base) and year - MOST_YEARS <= one.on.year <= year
    ]
    return max(fitting, key=lambda one: (one.on, one.id), default=None)
