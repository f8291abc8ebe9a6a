"""Arithmetic of reported figures that does not add up, pointed at and explained; nothing is corrected.

What cannot be true is grave: a part above its whole. What may be true is a warning, which somebody has to
acknowledge: a published ratio that is not the computed one, parts that do not sum up to the whole, a change
in per cent that was meant in percentage points.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum

from lms_tracker.learning.reporting.indicators import Indicator, Register
from lms_tracker.learning.reporting.numbers import Bound
from lms_tracker.learning.reporting.ratios import (
    Meant,
    Ratio,
    Verdict,
    explained,
    explained_change,
    rounded,
)

# Against the year before: what has doubled or halved is asked about.
LARGE = Decimal(2)


Fact = Decimal | int | str
Facts = Mapping[str, Fact]


class Weight(IntEnum):
    """How much is wrong."""

    # For whoever reads: nothing has to be done.
    NOTE = 0
    # May be right; somebody has to say so.
    WARNING = 1
    # Cannot be right.
    GRAVE = 2


@dataclass(frozen=True, slots=True)
class Reported:
    """A figure as it was reported. `line` is where it stands in a file, 0 for one that is held already.

    `subject` is what it is about. Published ratio and change are numbers with as many decimals as printed,
    None where none was published; `change_unit` is "percent", "points" or empty where nobody knows.
    """

    line: int
    subject: str
    indicator: str
    year: int
    period: str
    value: Decimal
    bound: Bound
    denominator: Decimal | None = None
    published_ratio: Decimal | None = None
    published_change: Decimal | None = None
    change_unit: str = ""

    @property
    def ratio(self) -> Ratio:
        """Of nothing, where no denominator was reported."""
        return Ratio(self.value, self.denominator or 0, "", None, numerator_bound=self.bound)


@dataclass(frozen=True, slots=True)
class Finding:
    """`rule` is a stable name, for which pages have a sentence that takes the facts."""

    line: int
    column: str
    rule: str
    weight: Weight
    facts: Facts = field(default_factory=dict)


Key = tuple[str, int, str, str]
# A subject in a year and a period: which units stand below it depends on the day (I13).
When = tuple[str, int, str]


def checked(
    lines: Collection[Reported],
    held: Iterable[Reported],
    register: Register,
    below: Mapping[When, Collection[str]],
) -> list[Finding]:
    """What the lines say that does not add up, with each other and with what is held, in their order.

    `below` tells the subjects directly below a subject on the last day of a period. Where a line and a held
    figure are about the same, the line counts.
    """
    known = {_key(one): one for one in held} | {_key(one): one for one in lines}
    found: list[Finding] = []
    for one in lines:
        indicator = register.indicators[one.indicator]
        found += _alone(one)
        found += _as_part(one, indicator, known, register)
        found += _events(one, indicator, known)
        found += _published(one)
        found += _against_last_year(one, known.get((one.subject, one.year - 1, one.period, one.indicator)))
        found += _sum_below(one, known, below.get(when(one), ()))
    found += _sums_above(lines, known, below)
    return sorted(set_apart(found), key=lambda finding: (finding.line, -finding.weight))


def set_apart(found: Iterable[Finding]) -> list[Finding]:
    """Each finding once."""
    seen: dict[tuple[int, str, str, str], Finding] = {}
    for one in found:
        seen.setdefault((one.line, one.column, one.rule, str(sorted(one.facts.items(), key=str))), one)
    return list(seen.values())


def when(one: Reported) -> When:
    return one.subject, one.year, one.period


def _key(one: Reported) -> Key:
    return one.subject, one.year, one.period, one.indicator


def _alone(one: Reported) -> Iterator[Finding]:
    if one.denominator is not None and one.bound is not Bound.AT_MOST and one.value > one.denominator:
        facts = {"value": one.value, "denominator": one.denominator}
        yield Finding(one.line, "value", "numerator-above-denominator", Weight.GRAVE, facts)
    if one.bound is not Bound.EXACT:
        yield Finding(one.line, "value", f"bound-{one.bound}", Weight.NOTE, {"value": one.value})


def _as_part(
    one: Reported, indicator: Indicator, known: Mapping[Key, Reported], register: Register
) -> Iterator[Finding]:
    """Whichever of a whole and its part was changed, the part may not be above."""
    pairs: list[tuple[Reported | None, Reported | None]] = []
    if indicator.part_of:
        pairs.append((one, known.get((one.subject, one.year, one.period, indicator.part_of))))
    pairs += [
        (known.get((one.subject, one.year, one.period, part.code)), one)
        for part in register.parts_of(one.indicator)
    ]
    for part, whole in pairs:
        if part is None or whole is None or whole.bound not in (Bound.EXACT, Bound.AT_MOST):
            continue
        if part.bound is not Bound.AT_MOST and part.value > whole.value:
            facts: Facts = {
                "value": part.value,
                "whole": whole.value,
                "part_indicator": part.indicator,
                "indicator": whole.indicator,
            }
            yield Finding(one.line, "value", "part-above-whole", Weight.GRAVE, facts)


def _events(one: Reported, indicator: Indicator, known: Mapping[Key, Reported]) -> Iterator[Finding]:
    """Attendances below the number of events are no attendances, or no events (I15)."""
    events = known.get((one.subject, one.year, one.period, indicator.attendances_of))
    if events is not None and one.value < events.value and one.bound is not Bound.AT_LEAST:
        facts = {"value": one.value, "held": events.value}
        yield Finding(one.line, "value", "attendances-below-events", Weight.WARNING, facts)


# --- the ratio as published ------------------------------------------------------------------------------

_RATIO_RULES = {
    Verdict.TRUNCATED: "ratio-truncated",
    Verdict.OTHER_DENOMINATOR: "ratio-differs",
    Verdict.NO_DENOMINATOR: "ratio-without-denominator",
    Verdict.UNCHECKABLE: "ratio-not-checkable",
}


def _published(one: Reported) -> Iterator[Finding]:
    if one.published_ratio is None:
        return
    found = explained(one.ratio, one.published_ratio)
    rule = _RATIO_RULES.get(found.verdict)
    if rule is None:
        return
    facts: dict[str, Fact] = {"published": found.published}
    if found.implied is not None:
        facts |= {
            "implied": found.implied.likely,
            "least": found.implied.least,
            "greatest": found.implied.greatest,
        }
    if found.computed is not None and found.finer is not None:
        facts |= {"computed": found.computed, "exact": found.finer}
    yield Finding(one.line, "published_ratio", rule, Weight.WARNING, facts)


# --- against the year before -----------------------------------------------------------------------------


def _against_last_year(one: Reported, last: Reported | None) -> Iterator[Finding]:
    if last is None:
        return
    if last.value and not last.value / LARGE <= one.value <= last.value * LARGE:
        facts = {"value": one.value, "last": last.value}
        yield Finding(one.line, "value", "change-large", Weight.WARNING, facts)
    if one.published_change is not None and last.value:
        yield from _change(one, last, one.published_change)


def _change(one: Reported, last: Reported, published: Decimal) -> Iterator[Finding]:
    found = explained_change(one.ratio, last.ratio, published)
    facts: dict[str, Fact] = {
        "published": published,
        "difference": Decimal(one.value - last.value),
        "last": last.value,
    }
    if found.change.relative is not None:
        facts["relative"] = found.change.relative
    if found.change.points is not None:
        facts["points"] = found.change.points
    elif one.denominator is not None:
        # As if the denominator had not changed, which is the best there is.
        facts["points"] = rounded((one.value - last.value) / one.denominator * 100, 2)
    if found.implied_base is not None:
        facts["implied_base"] = found.implied_base
    rule = _change_rule(found.meant, one.change_unit)
    if rule:
        yield Finding(one.line, "published_change", rule, Weight.WARNING, facts)


def _change_rule(meant: Meant, unit: str) -> str:
    """What is said of a change: nothing where it is of the unit that was stated, or may be."""
    if meant is Meant.NEITHER:
        return "change-differs"
    if meant is Meant.POINTS and unit != "points":
        return "change-in-points"
    return "change-in-percent" if meant is Meant.RELATIVE and unit == "points" else ""


# --- sums ------------------------------------------------------------------------------------------------


def _sum_below(one: Reported, known: Mapping[Key, Reported], below: Collection[str]) -> Iterator[Finding]:
    """The units below against the unit itself: all of them sum up to it, some are not above it."""
    parts = [known.get((subject, one.year, one.period, one.indicator)) for subject in below]
    there = [part for part in parts if part is not None]
    if not there or one.bound is not Bound.EXACT:
        return
    total = sum((part.value for part in there), Decimal(0))
    facts: Facts = {"value": one.value, "sum": total, "count": len(there), "units": len(parts)}
    if len(there) == len(parts) and total != one.value:
        if all(part.bound is Bound.EXACT for part in there) or total > one.value:
            yield Finding(one.line, "value", "sum-differs", Weight.WARNING, facts)
    elif total > one.value:
        yield Finding(one.line, "value", "sum-above", Weight.WARNING, facts)


def _sums_above(
    lines: Collection[Reported], known: Mapping[Key, Reported], below: Mapping[When, Collection[str]]
) -> Iterator[Finding]:
    """For lines whose unit above is held already and not in the file itself."""
    above = {
        (subject, year, period): whole for (whole, year, period), parts in below.items() for subject in parts
    }
    for one in lines:
        whole = known.get((above.get(when(one), ""), one.year, one.period, one.indicator))
        if whole is not None and whole.line == 0:
            for found in _sum_below(whole, known, below[when(whole)]):
                yield Finding(one.line, "value", found.rule, found.weight, found.facts)
