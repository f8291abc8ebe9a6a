"""Ratios that keep what they were made of (I14), and what a published one says beside the computed one.

Everything is computed on exact rationals and rounded once, at the end, half up: 73,5876 % is 73,59 %, and of
a negative change the half goes away from zero as well. A bound stays what it is: of a lower bound nothing
exact is made.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from lms_tracker.learning.reporting import numbers
from lms_tracker.learning.reporting.numbers import Bound, write

# How the programme rounds, as exports name it.
ROUNDING = "half-up"
DIGITS = 2
# As many decimals as a published number may have, and the two finer ones beside it.
MOST_DIGITS = numbers.MOST_DIGITS + 2

Exact = int | Decimal | Fraction


def digits_of(value: Decimal) -> int:
    """How many decimals a number was printed with."""
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def rounded(value: Exact, digits: int) -> Decimal:
    """Half up (I14); a half below zero goes away from zero."""
    return _cut(value, digits, ROUND_HALF_UP)


def truncated(value: Exact, digits: int) -> Decimal:
    """What is left where decimals are cut off instead of being rounded."""
    return _cut(value, digits, ROUND_DOWN)


def _cut(value: Exact, digits: int, how: str) -> Decimal:
    if not 0 <= digits <= MOST_DIGITS:
        raise ValueError(f"expected 0 to {MOST_DIGITS} digits")
    scaled = Fraction(value) * 10**digits
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    if how == ROUND_HALF_UP and 2 * rest >= scaled.denominator:
        whole += 1
    return Decimal(whole if scaled >= 0 else -whole).scaleb(-digits) if whole else Decimal(0).scaleb(-digits)


def sum_bound(bounds: Iterable[Bound]) -> Bound:
    """What a sum of numbers with these bounds is: with one lower bound among them a lower bound."""
    found = set(bounds) - {Bound.EXACT}
    if len(found) > 1:
        return Bound.ABOUT
    return found.pop() if found else Bound.EXACT


def ratio_bound(numerator: Bound, denominator: Bound) -> Bound:
    """A greater denominator makes a smaller ratio, so its bound turns round."""
    turned = {Bound.AT_LEAST: Bound.AT_MOST, Bound.AT_MOST: Bound.AT_LEAST}
    return sum_bound((numerator, turned.get(denominator, denominator)))


@dataclass(frozen=True, slots=True)
class Ratio:
    """A part of a whole; `counts` is a key for what the denominator counts, `on` the local day it is of.

    `digits` is how many decimals the per cent are rounded to.
    """

    numerator: Exact
    denominator: Exact
    counts: str
    on: date | None
    digits: int = DIGITS
    numerator_bound: Bound = Bound.EXACT
    denominator_bound: Bound = Bound.EXACT

    @property
    def exact(self) -> Fraction | None:
        """Per cent; None of nothing, which has no ratio."""
        return Fraction(self.numerator) / Fraction(self.denominator) * 100 if self.denominator else None

    @property
    def percent(self) -> Decimal | None:
        return None if self.exact is None else rounded(self.exact, self.digits)

    @property
    def bound(self) -> Bound:
        return ratio_bound(self.numerator_bound, self.denominator_bound)

    @property
    def is_above_whole(self) -> bool:
        """A part above its whole: the two were not counted of the same."""
        return bool(self.denominator) and Fraction(self.numerator) > Fraction(self.denominator)

    def written(self, language: str) -> str:
        """ "73,59%" in Vietnamese, "73.59%" in English; empty where there is no ratio."""
        return "" if self.percent is None else f"{write(self.percent, language, self.digits)}%"


@dataclass(frozen=True, slots=True)
class Change:
    """From the year before: in percentage points of the ratio, and of the numerator in relative per cent.

    Each None where it cannot be told: no ratio in one of the years, or nothing to begin with.
    """

    points: Decimal | None
    relative: Decimal | None
    difference: Exact
    bound: Bound = Bound.EXACT


def change(now: Ratio, before: Ratio, digits: int = DIGITS) -> Change:
    points = now.exact - before.exact if now.exact is not None and before.exact is not None else None
    difference = Fraction(now.numerator) - Fraction(before.numerator)
    relative = difference / Fraction(before.numerator) * 100 if before.numerator else None
    bounds = (now.numerator_bound, now.denominator_bound, before.numerator_bound, before.denominator_bound)
    return Change(
        None if points is None else rounded(points, digits),
        None if relative is None else rounded(relative, digits),
        int(difference) if difference.denominator == 1 else difference,
        Bound.EXACT if set(bounds) == {Bound.EXACT} else Bound.ABOUT,
    )


# --- beside what was published ---------------------------------------------------------------------------


class Verdict(StrEnum):
    """What a published percentage is beside the computed one."""

    EQUAL = "equal"
    # The same, at another number of decimals than the programme shows.
    OTHER_DIGITS = "other-digits"
    # Decimals were cut off instead of being rounded.
    TRUNCATED = "truncated"
    # It is the ratio to another denominator than the one given.
    OTHER_DENOMINATOR = "other-denominator"
    # There is no denominator to compute it with.
    NO_DENOMINATOR = "no-denominator"
    # A share of nothing, which says nothing of its denominator.
    UNCHECKABLE = "uncheckable"


@dataclass(frozen=True, slots=True)
class Implied:
    """The denominator that a published percentage implies: the likeliest, and from where to where.

    Whole numbers; the range is what half a unit of its last decimal leaves open.
    """

    likely: int
    least: int
    greatest: int


@dataclass(frozen=True, slots=True)
class Explained:
    """`computed` has the digits of the published value, `finer` two more; None without a denominator."""

    verdict: Verdict
    published: Decimal
    computed: Decimal | None
    finer: Decimal | None
    implied: Implied | None


def implied(numerator: Exact, published: Decimal) -> Implied | None:
    """None for a share of about nothing."""
    half = Fraction(1, 2 * 10 ** digits_of(published))
    share = Fraction(published)
    if share - half <= 0 or not numerator:
        return None
    likely, least, greatest = (
        int(rounded(Fraction(numerator) / one * 100, 0)) for one in (share, share + half, share - half)
    )
    return Implied(likely, least, greatest)


def explained(ratio: Ratio, published: Decimal) -> Explained:
    """A published percentage, with as many decimals as were printed, beside the ratio that was computed."""
    digits, exact = digits_of(published), ratio.exact
    found = implied(ratio.numerator, published)
    if exact is None:
        verdict = Verdict.UNCHECKABLE if found is None else Verdict.NO_DENOMINATOR
        return Explained(verdict, published, None, None, found)
    computed, finer = rounded(exact, digits), rounded(exact, digits + 2)
    if computed == published:
        verdict = Verdict.EQUAL if digits == ratio.digits else Verdict.OTHER_DIGITS
    elif truncated(exact, digits) == published:
        verdict = Verdict.TRUNCATED
    else:
        verdict = Verdict.OTHER_DENOMINATOR if found is not None else Verdict.UNCHECKABLE
    return Explained(verdict, published, computed, finer, found)


class Meant(StrEnum):
    """What a published change says: the ratio's change in points, the numerator's in per cent, or neither."""

    POINTS = "points"
    RELATIVE = "relative"
    # Both come out the same at its number of decimals.
    EITHER = "either"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class ExplainedChange:
    """`implied_base` is the denominator of the year before, where the change alone tells it."""

    meant: Meant
    published: Decimal
    change: Change
    implied_base: int | None = None


# A denominator of last year that a change implies is believed while it is this near to this year's.
ALIKE = Fraction(1, 10)


def explained_change(now: Ratio, before: Ratio, published: Decimal) -> ExplainedChange:
    """A published change, written as "0,64%", beside what it can be.

    Where last year's denominator is not known, it is the one that the change implies, if that is near to this
    year's: Hà Giang's members rose by 0,64 points from 330.909 of about 934.580.
    """
    digits = digits_of(published)
    found = change(now, before, max(digits, DIGITS))
    exact_relative = (
        (Fraction(now.numerator) / Fraction(before.numerator) - 1) * 100 if before.numerator else None
    )
    is_relative = exact_relative is not None and rounded(exact_relative, digits) == published
    base: int | None = None
    if now.exact is not None and before.exact is not None:
        is_points = rounded(now.exact - before.exact, digits) == published
    else:
        # What can be computed goes before what can only be supposed.
        base = None if is_relative else _base_before(now, before, published)
        is_points = base is not None
    if is_points and is_relative:
        meant = Meant.EITHER
    elif is_points:
        meant = Meant.POINTS
    else:
        meant = Meant.RELATIVE if is_relative else Meant.NEITHER
    return ExplainedChange(meant, published, found, base)


def _base_before(now: Ratio, before: Ratio, published: Decimal) -> int | None:
    if now.exact is None or not before.numerator:
        return None
    share = now.exact - Fraction(published)
    if share <= 0:
        return None
    base = Fraction(before.numerator) / share * 100
    denominator = Fraction(now.denominator)
    return int(rounded(base, 0)) if abs(base - denominator) <= denominator * ALIKE else None
