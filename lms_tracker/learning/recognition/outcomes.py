"""What points and members come to by a criteria set. It says what the set says; a person decides (I11)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from lms_tracker.learning.recognition.criteria_parts import Checklist, CriteriaSet, PointsSet, ShareRule


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a set of points says of somebody's points.

    `total` is of the indicators that were assessed. `achieved` is None while some were not. `missing_total`
    is how many points the total lacks. `too_low` and `unassessed` are numbers of indicators, in order.
    """

    total: int
    achieved: bool | None
    missing_total: int
    too_low: tuple[int, ...]
    unassessed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """So many are recognised (`numerator`) of so many (`denominator`)."""

    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class ItemVerdict:
    """What a checklist says of one item.

    `met` is None where nobody ticked it or nothing was counted. Of a tick the numbers are None; of a share
    `required` is how many must be recognised and `missing` how many are wanting. An item that does not apply
    is met.
    """

    code: str
    met: bool | None
    numerator: int | None = None
    denominator: int | None = None
    required: int | None = None
    missing: int | None = None
    applies: bool = True


def verdict(criteria: PointsSet, points: Mapping[int, int | None], area: str = "") -> Verdict:
    """What points by indicator number come to in an area ("": the usual thresholds).

    An indicator that is missing or None has not been assessed, which is not 0. Other numbers count for
    nothing.
    """
    least_total, least_each = criteria.least(area)
    given = {one.number: points.get(one.number) for one in criteria.indicators}
    assessed = {number: value for number, value in given.items() if value is not None}
    unassessed = tuple(number for number in given if number not in assessed)
    too_low = tuple(number for number, value in assessed.items() if value < least_each)
    total = sum(assessed.values())
    reached = total >= least_total and not too_low
    missing = max(0, least_total - total)
    return Verdict(total, None if unassessed else reached, missing, too_low, unassessed)


def checked(
    criteria: Checklist, counts: Mapping[str, Share], ticks: Mapping[str, bool], level: int = 1
) -> tuple[ItemVerdict, ...]:
    """What each item that a level needs comes to, in order.

    `counts` is by what is counted (`ShareRule.of`: "members", "learners", …), `ticks` by item code.
    """
    return tuple(
        ItemVerdict(item.code, ticks.get(item.code))
        if item.share is None
        else _counted(item.code, item.share, counts.get(item.share.of))
        for item in criteria.of_level(level)
    )


def _counted(code: str, rule: ShareRule, found: Share | None) -> ItemVerdict:
    if rule.if_any and (found is None or found.denominator == 0):
        return ItemVerdict(code, True, applies=False)
    if found is None:
        return ItemVerdict(code, None)
    required = required_of(rule, found.denominator)
    met = None if found.denominator == 0 else found.numerator >= required
    missing = max(0, required - found.numerator)
    return ItemVerdict(code, met, found.numerator, found.denominator, required, missing)


def required_of(rule: ShareRule, denominator: int) -> int:
    """How many of so many must be recognised: a share is reached, never rounded down to."""
    if rule.count is not None:
        return rule.count.value
    return -(-denominator * rule.percent.value // 100) if rule.percent is not None else 0


def outcome(items: tuple[ItemVerdict, ...]) -> bool | None:
    """Whether all items are met: False as soon as one is not, None while one is not known."""
    if any(item.met is False for item in items):
        return False
    return None if any(item.met is None for item in items) else True


def kept_until(criteria: CriteriaSet, year: int) -> date | None:
    """The last local day of a recognition for a year; None where the set does not say how long it is kept.

    TT 25/2023/TT-BGDĐT keeps a recognition for 36 months after the recognised year.
    """
    if criteria.valid_months is None:
        return None
    return _months_after(date(year, 12, 31), criteria.valid_months.value)


def level_2_from(criteria: Checklist, level_1_on: date) -> date | None:
    """The first local day on which level 2 may be asked for; None where the set states no such time."""
    if criteria.months_between is None:
        return None
    return _months_after(level_1_on, criteria.months_between.value)


def _months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year >= date.max.year:
        return date.max
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))
