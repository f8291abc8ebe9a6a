"""Reported figures: entered, replaced, withdrawn. None is ever changed, and all there was stays visible."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.reporting import registers, subjects
from lms_tracker.actions.reporting.subjects import About, Subject
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.reporting import numbers
from lms_tracker.learning.reporting.figure_checks import Finding, Reported, Weight, When, checked
from lms_tracker.learning.reporting.figure_sheets import (
    FIRST_YEAR,
    LAST_YEAR,
    PERIODS,
    demand_unit,
    printed,
)
from lms_tracker.learning.reporting.indicators import Indicator, Register
from lms_tracker.learning.reporting.numbers import Bound, Kind, NotANumber
from lms_tracker.store import database
from lms_tracker.store.reporting import figures
from lms_tracker.store.reporting import subjects as stored_subjects
from lms_tracker.store.reporting.figures import Figure

MOST_TEXT = 500

log = logs.logger(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A figure as it was typed; numbers as people write them, all but the value may be empty."""

    value: str
    denominator: str = ""
    denominator_counts: str = ""
    denominator_on: date | None = None
    published_ratio: str = ""
    published_change: str = ""
    change_unit: str = ""
    source: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with one field; `readings` are those of an ambiguous number."""

    field: str
    rule: str
    expected: str = ""
    readings: tuple[Decimal, ...] = ()


class FigureRefused(Exception):
    """Nothing was kept: a field is wrong, or the arithmetic is, or nobody has acknowledged the warnings."""

    def __init__(self, wrong: Sequence[Wrong] = (), findings: Sequence[Finding] = ()) -> None:
        super().__init__("the figure cannot be kept")
        self.wrong, self.findings = tuple(wrong), tuple(findings)


class Overtaken(Exception):
    """Somebody else has entered or withdrawn this figure since the form was opened."""


def demand_period(year: int, period: str) -> None:
    """Raises NotFound for what is no year or no period of a report."""
    if not FIRST_YEAR <= year <= LAST_YEAR or period not in PERIODS:
        raise NotFound


def enter(
    viewer: Viewer | None,
    about: About,
    where: tuple[int, str, str],
    wanted: Wanted,
    *,
    current: int,
    acknowledged: bool,
) -> list[Finding]:
    """Keep a figure for a year, a period and an indicator; answers what was found about it.

    `current` is the number of the figure that held when the form was opened, 0 for none. Raises NotAllowed,
    NotFound, FigureRefused and Overtaken.
    """
    year, period, code = where
    demand_period(year, period)
    with database.writing() as connection:
        subjects.demand(connection, viewer, about, Right.ENTER)
        register = registers.held(connection)
        indicator = register.indicators.get(code)
        if indicator is None:
            raise NotFound
        figure = replace(
            read(wanted, indicator),
            about=about,
            year=year,
            period=period,
            made_us=clock.now_us(),
            made_by=None if viewer is None else viewer.key,
        )
        # So that of two officers who enter at once the second sees what the first has done.
        stored_subjects.lock(connection, about)
        held = figures.holding(connection, [about], [year], [code])
        old = next((one.id for one in held if one.period == period), 0)
        if old != current:
            raise Overtaken
        findings = check(connection, [figure], register)
        worst = max((one.weight for one in findings), default=Weight.NOTE)
        if worst is Weight.GRAVE or (worst is Weight.WARNING and not acknowledged):
            raise FigureRefused((), findings)
        (new,) = figures.add(connection, [figure])
        if old:
            figures.replace(connection, [(old, new)])
    log.info("figure entered", indicator=code, about=about.kind, number=about.number, year=year)
    return findings


def withdraw(viewer: Viewer | None, number: int) -> Figure:
    """Take a figure back; answers it. Raises NotAllowed, NotFound and Overtaken."""
    with database.writing() as connection:
        found = figures.by_id(connection, number)
        if found is None:
            raise NotFound
        subjects.demand(connection, viewer, found.about, Right.ENTER)
        stored_subjects.lock(connection, found.about)
        if not figures.withdraw(connection, number, clock.now_us(), None if viewer is None else viewer.key):
            raise Overtaken
    log.info("figure withdrawn", figure=number)
    return found


def read(wanted: Wanted, indicator: Indicator) -> Figure:
    """A figure from what was typed, about nothing yet. Raises FigureRefused with all wrong fields."""
    wrong: list[Wrong] = []

    def number(field: str, text: str, kind: Kind) -> numbers.Number | None:
        if not text.strip() and field != "value":
            return None
        try:
            found = numbers.read(text, kind)
            if field in ("value", "denominator"):
                demand_unit(found, indicator)
            if field == "value" and found.bound is Bound.AT_MOST:
                raise NotANumber("value-bound", 'a number, or a bound from below as in "trên 120"')
            if field == "denominator" and (found.bound is not Bound.EXACT or not found.value):
                raise NotANumber("denominator-exact", "an exact number above 0")
        except NotANumber as error:
            wrong.append(Wrong(field, error.rule, error.expected, error.readings))
            return None
        return found

    value = number("value", wanted.value, indicator.number_kind)
    denominator = number("denominator", wanted.denominator, indicator.number_kind)
    ratio = number("published_ratio", wanted.published_ratio, Kind.RATIO)
    change = number("published_change", wanted.published_change, Kind.CHANGE)
    unit = "points" if change is not None and change.unit == "points" else wanted.change_unit
    if unit not in ("", "percent", "points"):
        wrong.append(Wrong("change_unit", "one-of"))
    texts = {
        name: " ".join(getattr(wanted, name).split()) for name in ("denominator_counts", "source", "note")
    }
    wrong += [Wrong(name, "length") for name, text in texts.items() if len(text) > MOST_TEXT]
    if wrong or value is None:
        raise FigureRefused(wrong)
    return Figure(
        indicator=indicator.code,
        about=About(),
        year=0,
        period="",
        value=str(value.value),
        bound=value.bound,
        denominator="" if denominator is None else str(denominator.value),
        denominator_on=wanted.denominator_on,
        published_ratio="" if ratio is None else printed(wanted.published_ratio, ratio.value),
        published_change="" if change is None else printed(wanted.published_change, change.value),
        published_change_unit=unit if change is not None else "",
        denominator_counts=texts["denominator_counts"],
        source=texts["source"],
        note=texts["note"],
    )


# --- checking --------------------------------------------------------------------------------------------


def check(
    connection: Connection,
    new: Sequence[Figure],
    register: Register,
    lines: Mapping[tuple[About, int, str, str], int] | None = None,
) -> list[Finding]:
    """What of new figures does not add up, with each other and with what is held.

    `lines` tells where each stands in a file, by its place in the register; else they are numbered from 1.
    """
    numbered = [
        reported(one, (lines or {}).get(one.place_in_register, number)) for number, one in enumerate(new, 1)
    ]
    below, around = _tree(connection, new)
    years = {year for one in new for year in (one.year, one.year - 1)}
    held = figures.holding(connection, around, years)
    return checked(numbered, [reported(one, 0) for one in held], register, below)


def _tree(connection: Connection, new: Iterable[Figure]) -> tuple[dict[When, list[str]], set[About]]:
    """Which subjects stand directly below these and those above them at the time, and all of them together.

    One file may tell of years with other units (I13).
    """
    below: dict[When, list[str]] = {}
    around: set[About] = set()
    known: dict[About, Subject] = {}
    for about, year, period in {(one.about, one.year, one.period) for one in new}:
        around.add(about)
        family: About | None = about
        for _ in range(2):
            if family is None:
                break
            if family not in known:
                known[family] = subjects.of(connection, family)
            if (key(family), year, period) not in below:
                day = subjects.last_day(year, period)
                children = subjects.units_below(connection, known[family], day)
                below[key(family), year, period] = [key(child.about) for child in children]
                around |= {family, *(child.about for child in children)}
            family = known[family].above
    return below, around


def key(about: About) -> str:
    return f"{about.kind}/{about.number}"


def reported(one: Figure, line: int) -> Reported:
    return Reported(
        line=line,
        subject=key(one.about),
        indicator=one.indicator,
        year=one.year,
        period=one.period,
        value=Decimal(one.value),
        bound=Bound(one.bound),
        denominator=_decimal(one.denominator),
        published_ratio=_decimal(one.published_ratio),
        published_change=_decimal(one.published_change),
        change_unit=one.published_change_unit,
    )


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def keep(connection: Connection, new: Sequence[Figure]) -> tuple[int, int, int]:
    """Write figures that were checked, for subjects that are locked.

    Those that say what is held already are left out; answers how many are new, take the place of another,
    and are the same.
    """
    held: dict[tuple[About, int, str, str], Figure] = {}
    abouts: Collection[About] = {one.about for one in new}
    for one in figures.holding(connection, abouts, {one.year for one in new}):
        held[one.place_in_register] = one
    fresh = [one for one in new if not _same(one, held.get(one.place_in_register))]
    ids = figures.add(connection, fresh)
    pairs = [
        (held[one.place_in_register].id, number)
        for one, number in zip(fresh, ids, strict=True)
        if one.place_in_register in held
    ]
    figures.replace(connection, pairs)
    return len(fresh) - len(pairs), len(pairs), len(new) - len(fresh)


def _same(new: Figure, old: Figure | None) -> bool:
    return old is not None and old == replace(
        new, id=old.id, made_us=old.made_us, made_by=old.made_by, replaced_by=None, withdrawn_us=None
    )
