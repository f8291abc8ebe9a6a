"""Ratios with everything they were made of, and what is said of published ones (I14)."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_tracker.learning.reporting.numbers import Bound
from lms_tracker.learning.reporting.ratios import (
    Implied,
    Meant,
    Ratio,
    Verdict,
    change,
    explained,
    explained_change,
    implied,
    ratio_bound,
    rounded,
    sum_bound,
    truncated,
)

DAY = date(2024, 12, 31)

# The figures of the article on Hà Giang in 2024: numerator, denominator, as published, and what that is.
ARTICLE = [
    ("families", 138_068, 187_624, "73.58", Verdict.TRUNCATED, "73.59%"),
    ("clans", 1_564, 2_263, "69.1", Verdict.OTHER_DIGITS, "69.11%"),
    ("communities", 1_681, 2_069, "81.2", Verdict.OTHER_DIGITS, "81.25%"),
    ("units", 818, 834, "98", Verdict.OTHER_DIGITS, "98.08%"),
    ("members", 337_294, 935_700, "36", Verdict.OTHER_DIGITS, "36.05%"),
    ("citizens of everybody", 115_071, 935_700, "16.2", Verdict.OTHER_DENOMINATOR, "12.30%"),
    ("citizens of nobody knows whom", 115_071, 0, "16.2", Verdict.NO_DENOMINATOR, ""),
    ("nobody of nobody", 0, 0, "0", Verdict.UNCHECKABLE, ""),
]


def _ratio(numerator: int, denominator: int) -> Ratio:
    return Ratio(numerator, denominator, "households", DAY)


@pytest.mark.parametrize(
    ("numerator", "denominator", "published", "verdict", "written"),
    [row[1:] for row in ARTICLE],
    ids=[row[0] for row in ARTICLE],
)
def test_a_published_ratio_is_explained_beside_the_computed_one_i14(
    numerator: int, denominator: int, published: str, verdict: Verdict, written: str
) -> None:
    ratio = _ratio(numerator, denominator)
    assert explained(ratio, Decimal(published)).verdict is verdict
    assert ratio.written("en") == written
    assert ratio.written("vi") == written.replace(".", ",")


def test_a_truncated_ratio_shows_the_rounded_one_and_the_decimals_that_decide() -> None:
    found = explained(_ratio(138_068, 187_624), Decimal("73.58"))
    assert (found.computed, found.finer) == (Decimal("73.59"), Decimal("73.5876"))


def test_a_ratio_without_denominator_implies_one_with_the_range_of_its_rounding() -> None:
    assert implied(115_071, Decimal("16.2")) == Implied(710_315, 708_129, 712_514)
    assert implied(5, Decimal("0.0")) is None


def test_a_change_written_in_per_cent_is_told_to_be_percentage_points() -> None:
    now, before = _ratio(337_294, 935_700), _ratio(330_909, 0)
    found = explained_change(now, before, Decimal("0.64"))
    assert found.meant is Meant.POINTS
    assert found.change.relative == Decimal("1.93")
    assert found.change.points is None
    assert found.implied_base is not None
    assert 934_000 < found.implied_base < 935_000
    assert explained_change(now, before, Decimal("1.93")).meant is Meant.RELATIVE
    assert explained_change(now, _ratio(330_909, 934_580), Decimal("0.64")).meant is Meant.POINTS
    assert explained_change(now, before, Decimal("50")).meant is Meant.NEITHER


def test_points_and_per_cent_are_two_changes() -> None:
    found = change(_ratio(50, 100), _ratio(40, 100))
    assert (found.points, found.relative, found.difference) == (Decimal("10.00"), Decimal("25.00"), 10)
    from_nothing = change(_ratio(5, 10), _ratio(0, 0))
    assert (from_nothing.points, from_nothing.relative, from_nothing.difference) == (None, None, 5)


@pytest.mark.parametrize(
    ("bounds", "whole"),
    [
        ((), Bound.EXACT),
        ((Bound.EXACT, Bound.EXACT), Bound.EXACT),
        ((Bound.EXACT, Bound.AT_LEAST), Bound.AT_LEAST),
        ((Bound.AT_LEAST, Bound.AT_LEAST), Bound.AT_LEAST),
        ((Bound.AT_LEAST, Bound.AT_MOST), Bound.ABOUT),
        ((Bound.AT_LEAST, Bound.ABOUT), Bound.ABOUT),
    ],
)
def test_a_sum_with_a_lower_bound_is_a_lower_bound(bounds: tuple[Bound, ...], whole: Bound) -> None:
    assert sum_bound(bounds) is whole


def test_a_lower_bound_of_the_denominator_is_an_upper_bound_of_the_ratio() -> None:
    assert ratio_bound(Bound.AT_LEAST, Bound.EXACT) is Bound.AT_LEAST
    assert ratio_bound(Bound.EXACT, Bound.AT_LEAST) is Bound.AT_MOST
    assert ratio_bound(Bound.AT_LEAST, Bound.AT_LEAST) is Bound.ABOUT
    assert Ratio(120, 200, "classes", DAY, numerator_bound=Bound.AT_LEAST).bound is Bound.AT_LEAST


RATIONALS = st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**6)


@given(RATIONALS, st.integers(0, 6))
def test_rounding_is_never_further_than_a_half_and_truncating_never_beyond_i14(
    value: Fraction, digits: int
) -> None:
    unit = Fraction(1, 10**digits)
    assert abs(Fraction(rounded(value, digits)) - value) * 2 <= unit
    cut = Fraction(truncated(value, digits))
    assert abs(cut) <= abs(value) < abs(cut) + unit
    # The half goes away from zero.
    assert rounded(value, digits) == -rounded(-value, digits)


@given(st.integers(1, 10**7), st.integers(1, 10**7), st.integers(0, 4))
def test_what_was_rounded_implies_its_own_denominator_i14(part: int, more: int, digits: int) -> None:
    whole = part + more
    published = _ratio(part, whole)
    share = rounded(published.exact or Fraction(0), digits)
    found = implied(part, share)
    assert explained(published, share).verdict in (Verdict.EQUAL, Verdict.OTHER_DIGITS)
    if found is not None:
        assert found.least - 1 <= whole <= found.greatest + 1


@given(st.lists(st.sampled_from(list(Bound))))
def test_the_order_of_a_sum_decides_nothing(bounds: list[Bound]) -> None:
    assert sum_bound(bounds) is sum_bound(reversed(bounds))
