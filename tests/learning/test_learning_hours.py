"""Arithmetic of hours."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_tracker.learning.categories import CATEGORIES, DIGITAL_COMPONENTS
from lms_tracker.learning.hours import Clock, clock, shares, stated_seconds


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, Clock(0, 0, 0)),
        (59, Clock(0, 0, 59)),
        (60, Clock(0, 1, 0)),
        (8100, Clock(2, 15, 0)),
        (8159, Clock(2, 15, 0)),
        (3600 * 138_068, Clock(138_068, 0, 0)),
    ],
)
def test_a_length_is_told_in_hours_and_minutes_and_in_seconds_under_a_minute(seconds, expected):
    assert clock(seconds) == expected


@given(st.integers(0, 10**9))
def test_what_is_told_is_never_more_and_less_than_a_minute_less(seconds):
    told = clock(seconds)
    assert 0 <= seconds - (told.hours * 3600 + told.minutes * 60 + told.seconds) < 60
    assert seconds == 0 or told != Clock(0, 0, 0)


def test_a_negative_length_is_refused():
    with pytest.raises(ValueError, match="negative"):
        clock(-1)


lengths = st.lists(st.integers(0, 10**6) | st.integers(0, 130), max_size=30)


@given(lengths)
def test_parts_add_up_to_the_total_shown_and_each_is_less_than_a_minute_off(parts):
    shown, total = shares(parts), sum(parts)
    told = clock(total)
    assert sum(shown) == told.hours * 3600 + told.minutes * 60 + told.seconds
    assert all(abs(one - part) < 60 for one, part in zip(shown, parts, strict=True))
    assert total < 60 or all(one % 60 == 0 for one in shown)


@given(st.lists(lengths, min_size=1, max_size=3))
def test_parts_of_parts_add_up_to_what_each_part_shows(groups):
    sums = shares([sum(group) for group in groups])
    for group, total in zip(groups, sums, strict=True):
        shown = shares(group, total)
        assert sum(shown) == total
        assert all(abs(one - part) < 60 for one, part in zip(shown, group, strict=True))


def test_parts_that_are_not_of_this_total_are_refused():
    for parts, total in (([60, 60], 60), ([30], 90), ([-1], 0)):
        with pytest.raises(ValueError, match=r"differ|negative"):
            shares(parts, total)


def test_a_providers_hours_are_whole_seconds_or_nothing_I12():
    assert stated_seconds(Decimal("40"), 45) == 108_000
    assert stated_seconds(Decimal("0.1"), 45) == 270
    assert stated_seconds(Decimal("0.001"), 45) is None


def test_digital_skills_have_twenty_four_components_and_eight_levels():
    category = CATEGORIES["digital-skills"]
    components = [f"{domain}.{part}" for domain in range(8) for part in range(8)]
    taken = [component for component in components if category.takes_domain(component)]
    assert len(taken) == sum(DIGITAL_COMPONENTS.values()) == 24
    assert [level for level in map(str, range(12)) if category.takes_level(level)] == list("12345678")
