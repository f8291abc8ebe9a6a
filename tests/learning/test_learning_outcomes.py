"""What points and members come to by a criteria set, which a person then decides about."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_tracker.learning import criteria
from lms_tracker.learning.criteria import Share, checked, kept_until, level_2_from, outcome, verdict

SETS = {found.id: found for found in criteria.shipped()}
CITIZEN, COMMUNE = SETS["citizen-324-2023"], SETS["commune-25-2023"]
UNIT, FAMILY = SETS["unit-24-2023"], SETS["household-387-2022"]
NUMBERS = range(1, 11)

points_of_all = st.fixed_dictionaries({number: st.integers(0, 10) for number in NUMBERS})


def test_eighty_points_with_none_below_five_are_achieved():
    assert verdict(CITIZEN, dict.fromkeys(NUMBERS, 8)) == criteria.Verdict(80, True, 0, (), ())


def test_a_total_that_is_short_says_by_how_much():
    found = verdict(CITIZEN, dict.fromkeys(NUMBERS, 7))
    assert (found.achieved, found.missing_total) == (False, 10)
    assert verdict(CITIZEN, dict.fromkeys(NUMBERS, 7), "difficult").achieved is True


def test_one_indicator_too_low_stands_against_any_total():
    found = verdict(CITIZEN, dict.fromkeys(NUMBERS, 10) | {4: 4})
    assert (found.total, found.achieved, found.too_low) == (94, False, (4,))


def test_what_was_not_assessed_is_not_zero_and_leaves_the_outcome_open():
    found = verdict(CITIZEN, dict.fromkeys(range(1, 10), 10) | {10: None, 99: 5})
    assert (found.total, found.achieved, found.unassessed, found.too_low) == (90, None, (10,), ())


@given(points_of_all, st.sampled_from(NUMBERS), st.sampled_from(["", "difficult", "elsewhere"]))
def test_more_points_never_take_an_achievement_away(points, number, area):
    before, after = verdict(CITIZEN, points, area), verdict(CITIZEN, points | {number: 10}, area)
    assert not before.achieved or after.achieved
    assert after.missing_total <= before.missing_total
    assert set(after.too_low) <= set(before.too_low)


@given(points_of_all)
def test_a_milder_area_never_asks_more(points):
    assert not verdict(CITIZEN, points).achieved or verdict(CITIZEN, points, "difficult").achieved


def test_a_family_of_four_becomes_a_learning_family_with_the_third_who_is_recognised():
    (two,) = checked(FAMILY, {"members": Share(2, 4)}, {})
    (three,) = checked(FAMILY, {"members": Share(3, 4)}, {})
    assert (two.met, two.required, two.missing) == (False, 3, 1)
    assert (three.met, three.required, three.missing) == (True, 3, 0)
    assert FAMILY.items[0].share.percent.status == "draft"


@pytest.mark.parametrize(
    ("level", "members", "learners", "met"),
    [(1, 90, 95, True), (1, 89, 95, False), (2, 94, 97, False), (2, 95, 97, True), (2, 95, 96, False)],
)
def test_a_unit_counts_members_and_learners_apart_on_both_levels(level, members, learners, met):
    ticks = {item.code: True for item in UNIT.items if item.share is None}
    counts = {"members": Share(members, 100), "learners": Share(learners, 100)}
    assert outcome(checked(UNIT, counts, ticks, level)) is met


def test_an_office_without_learners_is_not_asked_about_them():
    found = {one.code: one for one in checked(UNIT, {"members": Share(9, 10), "learners": Share(0, 0)}, {})}
    assert (found["3.2-1"].met, found["3.2-1"].applies) == (True, False)
    assert found["3.1-1"].met is True


def test_what_nobody_ticked_or_counted_leaves_the_outcome_open():
    found = checked(COMMUNE, {}, {})
    assert {one.met for one in found if one.applies} == {None}
    assert outcome(found) is None
    assert outcome(checked(COMMUNE, {"households": Share(0, 0)}, {})) is None
    assert outcome(checked(COMMUNE, {"households": Share(1, 9)}, {})) is False


def test_level_2_asks_for_its_own_items_and_for_those_of_level_1_that_it_does_not_replace():
    one = {item.code for item in COMMUNE.of_level(1)}
    two = {item.code for item in COMMUNE.of_level(2)}
    assert "5.1-1" in one - two
    assert "5.1-2" in two - one
    assert "1.3" in one & two


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_share_is_reached_exactly_where_the_fraction_reaches_it(numerator, denominator):
    (found,) = checked(FAMILY, {"members": Share(numerator, denominator)}, {})
    if denominator == 0:
        assert found.met is None
    else:
        assert found.met == (100 * numerator >= 60 * denominator)
        assert found.missing == max(0, found.required - numerator)


def test_a_commune_is_kept_for_36_months_and_asks_for_level_2_after_12():
    assert kept_until(COMMUNE, 2024) == date(2027, 12, 31)
    assert kept_until(FAMILY, 2024) is None
    assert level_2_from(COMMUNE, date(2024, 2, 29)) == date(2025, 2, 28)
    assert level_2_from(FAMILY, date(2024, 2, 29)) is None
