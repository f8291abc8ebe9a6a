"""How far each target of a plan is from the newest figure, and one plan as its page shows it.

Of a model of learning that nobody has reported, what the service counts itself is taken, and told to be so.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import ceil, floor

from sqlalchemy import Connection

from lms_tracker.actions import clock
from lms_tracker.actions.reporting import baselines, figure_sheets, plans, registers, statistics, subjects
from lms_tracker.actions.reporting.figure_sheets import DIGITS, Share
from lms_tracker.actions.reporting.subjects import About, Ended, Subject
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.places import Level
from lms_tracker.learning.reporting.indicators import Register
from lms_tracker.learning.reporting.measures import MODELS
from lms_tracker.learning.reporting.numbers import Bound, Number
from lms_tracker.learning.reporting.ratios import Ratio, rounded
from lms_tracker.store import database
from lms_tracker.store import places as stored_places
from lms_tracker.store.reporting import baselines as stored_baselines
from lms_tracker.store.reporting import figures
from lms_tracker.store.reporting import plans as stored
from lms_tracker.store.reporting.baselines import Baseline
from lms_tracker.store.reporting.figures import Figure
from lms_tracker.store.reporting.plans import Phase, Plan, Target, Task

# A page counts of so many places at most what nobody has reported.
MOST_COUNTED = 10

# The ratios of a place in a year, by the code of a model.
Counting = Callable[[int, int], Mapping[str, Ratio]]


@dataclass(frozen=True, slots=True)
class Distance:
    """Where a target stands. `missing` counts what lacks, in the indicator's unit; None where nobody knows.

    `missing_bound` says whether it is exact: to a lower bound at most so much lacks. `is_met` is None where
    that cannot be told. `counted_on` is the day of what was counted here, where nobody has reported a figure.

    `needed` is what reaches the target on the denominator that is known, and `share_needed` what that comes
    to in per cent: 33 % of 9 are 3, which are 33,33 %. `within` is the target in per cent of the one it is a
    part of (trong đó), where both are of the same base.
    """

    target: Target
    figure: Figure | None
    number: Number | None
    share: Share | None
    denominator: Decimal | None
    baseline: Baseline | None
    needed: Decimal | None
    share_needed: Decimal | None
    missing: Decimal | None
    missing_bound: Bound
    points: Decimal | None
    is_met: bool | None
    counted_on: date | None
    whole: Target | None
    within: Decimal | None
    ended: tuple[Ended, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    plan: Plan
    subject: Subject
    register: Register
    carries_out: Plan | None
    carried_out_by: tuple[Plan, ...]
    phases: tuple[tuple[Phase, int], ...]
    distances: tuple[Distance, ...]
    tasks: tuple[tuple[str, tuple[tuple[Task, int], ...]], ...]
    done: int
    overdue: int
    ended: Ended | None
    may_enter: bool
    may_administer: bool


def sheet(viewer: Viewer | None, number: int) -> Sheet:
    """A plan; phases and tasks each with the days that they are late. Raises NotAllowed and NotFound."""
    today = clock.today()
    with database.reading() as connection:
        plan, subject = plans.demand(connection, viewer, number, None)
        register = registers.held(connection)
        phases, tasks = stored.phases(connection, number), stored.tasks(connection, number)
        above = None if plan.carries_out is None else stored.of(connection, plan.carries_out)
        late = [(one, plans.overdue(one.due_on, one.done_on, today)) for one in tasks]
        headings: dict[str, list[tuple[Task, int]]] = {}
        for one, days in late:
            headings.setdefault(one.heading, []).append((one, days))
        return Sheet(
            plan=plan,
            subject=subject,
            register=register,
            carries_out=above,
            carried_out_by=tuple(stored.carried_out_by(connection, number)),
            phases=tuple((one, plans.overdue(one.review_due, one.reviewed_on, today)) for one in phases),
            distances=tuple(distances(connection, plan, stored.targets(connection, number), register)),
            tasks=tuple((heading, tuple(ones)) for heading, ones in headings.items()),
            done=sum(1 for one in tasks if one.done_on),
            overdue=sum(1 for _, days in late if days),
            ended=subjects.ended(connection, subject.place) if subject.place else None,
            may_enter=subjects.may(connection, viewer, subject, Right.ENTER),
            may_administer=subjects.may(connection, viewer, subject, Right.ADMINISTER),
        )


def distances(
    connection: Connection, plan: Plan, targets: Sequence[Target], register: Register
) -> list[Distance]:
    """How far each target is from the newest figure that is not of a later year than the target."""
    abouts = {_about(plan, one) for one in targets}
    held = figures.holding(connection, abouts, indicators={one.indicator for one in targets})
    dated = stored_baselines.of(connection, abouts)
    known, counting = {one.id: one for one in targets}, _counting(connection)
    found = []
    for one in targets:
        about, whole = _about(plan, one), known.get(one.part_of or 0)
        reached = _reached(one, about, held, dated, register) or _counted(one, about, counting) or _NOTHING
        found.append(_distance(connection, one, about, reached, dated, whole))
    return found


def _counting(connection: Connection) -> Counting:
    asked: set[int] = set()

    @cache
    def counted(place_id: int, year: int) -> Mapping[str, Ratio]:
        asked.add(place_id)
        place = stored_places.by_id(connection, place_id) if len(asked) <= MOST_COUNTED else None
        return {} if place is None else statistics.counted(connection, place, year)

    return counted


def _about(plan: Plan, target: Target) -> About:
    return plan.about if target.place_id is None else About(place_id=target.place_id)


@dataclass(frozen=True, slots=True)
class _Reached:
    figure: Figure | None
    number: Number | None
    share: Share | None
    counted_on: date | None = None


_NOTHING = _Reached(None, None, None)


def _reached(
    target: Target, about: About, held: Sequence[Figure], dated: Sequence[Baseline], register: Register
) -> _Reached | None:
    """The newest figure that was reported."""
    fitting = [
        one
        for one in held
        if one.about == about and one.indicator == target.indicator and one.year <= target.year
    ]
    if not fitting:
        return None
    figure = max(fitting, key=lambda one: (one.year, one.period == "year", one.id))
    share = figure_sheets.share(figure, register.indicators[target.indicator], dated)
    return _Reached(figure, Number(Decimal(figure.value), Bound(figure.bound)), share)


def _counted(target: Target, about: About, counting: Counting) -> _Reached | None:
    """What is counted here, of the target's year or of the one that runs."""
    if about.place_id is None:
        return None
    year = min(target.year, clock.today().year)
    ratios = counting(about.place_id, year)
    # Of citizens two denominators are in use.
    alike = [one for one in MODELS if one.model.value == target.indicator and one.indicator in ratios]
    counts = next((one for one in alike if one.counts == target.base), next(iter(alike), None))
    ratio = None if counts is None else ratios[counts.indicator]
    if ratio is None or ratio.on is None:
        return None
    numerator, denominator = Decimal(int(ratio.numerator)), Decimal(int(ratio.denominator))
    share = None
    if ratio.percent is not None and target.base in ("", ratio.counts):
        share = Share(numerator, denominator, ratio.percent, "", ratio.counts, ratio.on, None)
    return _Reached(None, Number(numerator), share, ratio.on)


def _distance(
    connection: Connection,
    target: Target,
    about: About,
    reached: _Reached,
    dated: Sequence[Baseline],
    whole: Target | None,
) -> Distance:
    number, share = reached.number, reached.share
    baseline = None
    denominator = None if share is None else share.denominator
    if denominator is None and target.base:
        baseline = baselines.for_year(dated, about, target.base, target.year)
        denominator = None if baseline is None else Decimal(baseline.value)
    value = Decimal(target.value)
    needed = _needed(target, value, denominator)
    missing = is_met = points = None
    missing_bound = Bound.EXACT
    if number is not None and needed is not None:
        missing, missing_bound, is_met = judged(number, needed, at_most=target.bound == "at-most")
    if share is not None and target.kind == "ratio":
        points = rounded(share.exact - Fraction(value), DIGITS)
    return Distance(
        target=target,
        figure=reached.figure,
        number=number,
        share=share,
        denominator=denominator,
        baseline=baseline,
        needed=needed,
        share_needed=_share_needed(target, needed, denominator),
        missing=missing,
        missing_bound=missing_bound,
        points=points,
        is_met=is_met,
        counted_on=reached.counted_on,
        whole=whole,
        within=_within(target, whole),
        ended=_ended(connection, about, target),
    )


def _needed(target: Target, value: Decimal, denominator: Decimal | None) -> Decimal | None:
    """What reaches the target: of a share of people, whole people."""
    if target.kind == "count":
        return value
    if denominator is None:
        return None
    exact = Fraction(value) * Fraction(denominator) / 100
    # Of a target that is not to be exceeded, the last that is below it.
    return Decimal(floor(exact) if target.bound == "at-most" else ceil(exact))


def judged(number: Number, needed: Decimal, *, at_most: bool) -> tuple[Decimal, Bound, bool | None]:
    """What lacks (or is too much), what kind of number that is, and whether the target is met.

    More than 120 may be 130: of a lower bound only what it reaches is known.
    """
    missing = max(number.value - needed if at_most else needed - number.value, Decimal(0))
    if number.bound is Bound.EXACT:
        return missing, Bound.EXACT, missing == 0
    if number.bound is Bound.AT_LEAST and bool(missing) == at_most:
        return missing, Bound.AT_LEAST if at_most else Bound.EXACT, not at_most
    return missing, Bound.AT_MOST if number.bound is Bound.AT_LEAST and not at_most else Bound.ABOUT, None


def _share_needed(target: Target, needed: Decimal | None, denominator: Decimal | None) -> Decimal | None:
    if target.kind != "ratio" or needed is None or not denominator:
        return None
    return rounded(Fraction(needed) / Fraction(denominator) * 100, DIGITS)


def _within(target: Target, whole: Target | None) -> Decimal | None:
    if whole is None or (whole.kind, whole.base) != (target.kind, target.base) or not Decimal(whole.value):
        return None
    return rounded(Fraction(target.value) / Fraction(whole.value) * 100, DIGITS)


def _ended(connection: Connection, about: About, target: Target) -> tuple[Ended, ...]:
    """The units of a target that are no more: its own place, or the districts that it counts."""
    if about.place_id is None:
        return ()
    place = stored_places.by_id(connection, about.place_id)
    if place is None:
        return ()
    if target.base != "districts":
        gone = subjects.ended(connection, place) if target.place_id is not None else None
        return () if gone is None else (gone,)
    below = stored_places.children(connection, place.id, subjects.last_day(target.year, "year"))
    found = [subjects.ended(connection, one) for one in below if one.level == Level.DISTRICT]
    return tuple(one for one in found if one is not None)
