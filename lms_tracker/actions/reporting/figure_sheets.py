"""The register of a place or an organisation and a year: each indicator with figure, ratio and remarks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import Connection

from lms_tracker.actions import clock
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.reporting import baselines, figures, registers, subjects
from lms_tracker.actions.reporting.subjects import About, Ended, Subject
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.reporting.figure_checks import Finding
from lms_tracker.learning.reporting.indicators import Indicator, Named, Register
from lms_tracker.learning.reporting.numbers import Bound, Number
from lms_tracker.learning.reporting.ratios import rounded
from lms_tracker.store import database, people
from lms_tracker.store.reporting import baselines as stored_baselines
from lms_tracker.store.reporting import figures as stored
from lms_tracker.store.reporting.baselines import Baseline
from lms_tracker.store.reporting.figures import Figure

# Decimals of a ratio as it is shown, rounded half up (I14).
DIGITS = 2


@dataclass(frozen=True, slots=True)
class Share:
    """A ratio with all that belongs to it (I14), in per cent, rounded half up to DIGITS decimals.

    `counts` says in somebody's words what the denominator counts, `base` is its code of the register; either
    may be empty. `baseline` is the dated denominator that was used where the figure brought none. Of a lower
    bound the per cent are one as well.
    """

    numerator: Decimal
    denominator: Decimal
    percent: Decimal
    counts: str
    base: str
    on: date | None
    baseline: Baseline | None
    bound: Bound = Bound.EXACT

    @property
    def exact(self) -> Fraction:
        """Per cent."""
        return Fraction(self.numerator) / Fraction(self.denominator) * 100


@dataclass(frozen=True, slots=True)
class Row:
    """An indicator of a year. `difference` and `relative` (per cent) are against the year before."""

    indicator: Indicator
    figure: Figure | None
    number: Number | None
    share: Share | None
    last: Number | None
    difference: Decimal | None
    relative: Decimal | None
    points: Decimal | None
    findings: tuple[Finding, ...]

    @property
    def is_rough(self) -> bool:
        """Whether the change is not exact, because one of the two years is not."""
        return any(one is not None and one.bound is not Bound.EXACT for one in (self.number, self.last))


@dataclass(frozen=True, slots=True)
class Sheet:
    subject: Subject
    year: int
    period: str
    years: tuple[int, ...]
    register: Register
    groups: tuple[tuple[Named, tuple[Row, ...]], ...]
    ended: Ended | None
    above: Subject | None
    below: tuple[Subject, ...]
    may_enter: bool
    may_call: bool

    @property
    def rows(self) -> list[Row]:
        return [row for _, rows in self.groups for row in rows]

    @property
    def reported(self) -> list[Row]:
        return [row for row in self.rows if row.figure is not None]


def sheet(viewer: Viewer | None, about: About, year: int | None, period: str) -> Sheet:
    """Of the newest year with figures unless given. Raises NotAllowed and NotFound."""
    with database.reading() as connection:
        subject = subjects.demand(connection, viewer, about, None)
        years = stored.years_of(connection, about)
        asked = year if year is not None else next(iter(years), clock.today().year)
        figures.demand_period(asked, period)
        register = registers.held(connection)
        rows = _rows(connection, about, asked, period, register)
        above = None if subject.above is None else subjects.of(connection, subject.above)
        return Sheet(
            subject=subject,
            year=asked,
            period=period,
            years=tuple(sorted({*years, asked}, reverse=True)),
            register=register,
            groups=tuple(
                (group, tuple(rows[one.code] for one in ones)) for group, ones in register.grouped()
            ),
            ended=subjects.ended(connection, subject.place) if subject.place else None,
            above=above if above and subjects.may_see(connection, viewer, above) else None,
            below=tuple(subjects.units_below(connection, subject, subjects.last_day(asked, period))),
            may_enter=subjects.may(connection, viewer, subject, Right.ENTER),
            may_call=subjects.may(connection, viewer, subject, Right.APPROVE),
        )


def _rows(connection: Connection, about: About, year: int, period: str, register: Register) -> dict[str, Row]:
    held = stored.holding(connection, [about], [year, year - 1])
    known = {(one.year, one.indicator): one for one in held if one.period == period}
    now = [one for (of, code), one in known.items() if of == year and code in register.indicators]
    dated = stored_baselines.of(connection, [about])
    found = figures.check(connection, now, register)
    by_line: dict[int, list[Finding]] = {}
    for finding in found:
        by_line.setdefault(finding.line, []).append(finding)
    lines = {one.indicator: line for line, one in enumerate(now, 1)}
    return {
        code: row(
            indicator,
            known.get((year, code)),
            known.get((year - 1, code)),
            dated,
            by_line.get(lines.get(code, 0), ()),
        )
        for code, indicator in register.indicators.items()
    }


def row(
    indicator: Indicator,
    figure: Figure | None,
    last: Figure | None,
    dated: Sequence[Baseline],
    findings: Iterable[Finding],
) -> Row:
    number, before = _number(figure), _number(last)
    now = share(figure, indicator, dated)
    then = share(last, indicator, dated)
    difference = relative = points = None
    if number is not None and before is not None:
        difference = number.value - before.value
        if before.value:
            relative = rounded(difference / before.value * 100, DIGITS)
    if now is not None and then is not None:
        points = rounded(now.exact - then.exact, DIGITS)
    return Row(indicator, figure, number, now, before, difference, relative, points, tuple(findings))


def _number(figure: Figure | None) -> Number | None:
    return None if figure is None else Number(Decimal(figure.value), Bound(figure.bound))


def share(figure: Figure | None, indicator: Indicator, dated: Sequence[Baseline]) -> Share | None:
    """The ratio of a figure, by its own denominator or else by the dated one of its base."""
    if figure is None or indicator.kind != "count":
        return None
    numerator, baseline = Decimal(figure.value), None
    if figure.denominator:
        denominator, counts, on = (
            Decimal(figure.denominator),
            figure.denominator_counts,
            figure.denominator_on,
        )
    else:
        baseline = baselines.for_year(dated, figure.about, indicator.base, figure.year)
        if baseline is None:
            return None
        denominator, counts, on = Decimal(baseline.value), "", baseline.on
    percent = rounded(Fraction(numerator) / Fraction(denominator) * 100, DIGITS)
    bound = Bound(figure.bound)
    return Share(numerator, denominator, percent, counts, indicator.base, on, baseline, bound)


@dataclass(frozen=True, slots=True)
class Entry:
    """One indicator of one year, to enter it: what holds now, and all that there was, the newest first."""

    subject: Subject
    register: Register
    row: Row
    year: int
    period: str
    history: tuple[tuple[Figure, str], ...]
    may_enter: bool


def entry(viewer: Viewer | None, about: About, year: int, period: str, code: str) -> Entry:
    """With each figure the name of who entered it. Raises NotAllowed and NotFound."""
    figures.demand_period(year, period)
    with database.reading() as connection:
        subject = subjects.demand(connection, viewer, about, None)
        register = registers.held(connection)
        if code not in register.indicators:
            raise NotFound
        past = stored.history(connection, about, year, period, code)
        known = people.accounts(connection, {one.made_by for one in past if one.made_by is not None})
        return Entry(
            subject=subject,
            register=register,
            row=_rows(connection, about, year, period, register)[code],
            year=year,
            period=period,
            history=tuple((one, known.get(one.made_by or b"", ("", ""))[1]) for one in past),
            may_enter=subjects.may(connection, viewer, subject, Right.ENTER),
        )
