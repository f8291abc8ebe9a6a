"""Criteria sets as data, and what hours propose."""

import json
import re
from importlib import resources

from hypothesis import given
from hypothesis import strategies as st

from lms_tracker.learning import criteria
from lms_tracker.learning.categories import CATEGORIES
from lms_tracker.learning.criteria import in_force, parse, propose, shipped

HOUR = 3600
CITIZEN = next(found for found in shipped() if found.id == "citizen-324-2023")
SHIPPED_TEXT = (
    resources.files("lms_tracker.learning").joinpath("criteria_sets/citizen-324-2023.json").read_bytes()
)


def proposal(number: int, **seconds: int):
    by_category = {name.replace("_", "-"): length for name, length in seconds.items()}
    return next(found for found in propose(CITIZEN, by_category) if found.number == number)


def test_the_shipped_set_has_ten_indicators_of_ten_points_in_three_competencies():
    assert [indicator.number for indicator in CITIZEN.indicators] == list(range(1, 11))
    assert "".join(indicator.competency for indicator in CITIZEN.indicators) == "AAAABBBBCC"
    assert (CITIZEN.most_points.value, CITIZEN.most_total) == (10, 100)
    assert len(CITIZEN.groups) == 4


def test_thresholds_carry_their_status_and_source():
    assert (CITIZEN.thresholds.total.value, CITIZEN.thresholds.total.status) == (80, "verified")
    assert (CITIZEN.thresholds.each.value, CITIZEN.thresholds.each.status) == (5, "verified")
    (difficult,) = CITIZEN.thresholds.exceptions
    assert (difficult.total.value, difficult.total.status) == (70, "draft")
    assert all(
        figure.source.told.vi and figure.source.told.en
        for figure in (CITIZEN.thresholds.total, CITIZEN.thresholds.each, difficult.total)
    )


def test_sources_are_told_in_words_and_an_address_only_where_it_is_complete():
    text = SHIPPED_TEXT.decode()
    assert not re.search(r"\.\.\.|…", text)
    outside = re.findall(r"[\w-]+(?:\.[\w-]+)*\.(?:vn|com|net|org)\b\S*", text)
    addresses = set(re.findall(r'"address": "(https://[^"]+)"', text))
    assert {f"https://{found.rstrip(chr(34) + ',}')}" for found in outside} == addresses


def test_a_reader_is_told_that_clubs_and_libraries_need_evidence_of_their_own():
    (remark,) = CITIZEN.proposal.remarks
    assert remark.indicator == 3
    assert "cần minh chứng riêng" in remark.text.vi


def test_the_wording_that_nobody_verified_is_a_draft_and_the_points_are_a_local_proposal():
    assert (CITIZEN.status, CITIZEN.indicators_status) == ("draft", "draft")
    assert CITIZEN.proposal.status == "local-proposal"
    assert "minh chứng" in CITIZEN.proposal.note.vi


def test_hours_can_speak_for_indicators_one_to_three_five_and_six_alone_I11():
    assert [found.number for found in propose(CITIZEN, {"law": 100 * HOUR}) if found.speaks] == [
        1,
        2,
        3,
        5,
        6,
    ]


def test_an_indicator_that_hours_cannot_speak_for_is_not_assessed_and_never_zero():
    for number in (4, 7, 8, 9, 10):
        found = proposal(number, digital_skills=500 * HOUR)
        assert (found.points, found.rule, found.missing_next) == (None, "not-by-hours", None)


def test_no_hours_at_all_propose_nothing_rather_than_zero():
    found = proposal(5)
    assert (found.points, found.rule, found.seconds) == (None, "no-step-yet", 0)
    assert (found.missing_next, found.next_points) == (HOUR, 1)


def test_a_step_is_reached_by_its_last_second():
    before, reached = proposal(5, digital_skills=8 * HOUR - 1), proposal(5, digital_skills=8 * HOUR)
    assert (before.points, before.missing_next, before.next_points) == (4, 1, 5)
    assert (reached.points, reached.rule, reached.missing_next) == (5, "step-reached", 2 * HOUR)
    assert reached.missing_most == 12 * HOUR


def test_the_last_step_leaves_nothing_missing():
    found = proposal(6, foreign_language=200 * HOUR)
    assert (found.points, found.rule) == (10, "last-step")
    assert (found.missing_next, found.next_points, found.missing_most) == (None, None, None)


def test_each_category_speaks_for_its_own_indicator_and_all_for_the_first_three():
    hours = {"digital_skills": 8 * HOUR, "foreign_language": 20 * HOUR, "law": 2 * HOUR}
    assert proposal(1, **hours).seconds == 30 * HOUR
    assert proposal(5, **hours).seconds == 8 * HOUR
    assert proposal(6, **hours).seconds == 20 * HOUR


def test_rules_name_categories_that_exist():
    named = {category for rule in CITIZEN.proposal.rules for category in rule.categories}
    assert named - {criteria.ANY_CATEGORY} <= set(CATEGORIES)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_hours_never_propose_fewer_points(first, more):
    one, other = proposal(1, law=first), proposal(1, law=first + more)
    assert (one.points or 0) <= (other.points or 0) <= other.most_points


def test_the_set_in_force_is_the_latest_of_that_year():
    other = json.loads(SHIPPED_TEXT) | {"id": "later", "valid_from": "2027-01-01"}
    later = parse(json.dumps(other).encode())
    both = (CITIZEN, later)
    assert in_force(both, "citizen", 2026) is CITIZEN
    assert in_force(both, "citizen", 2027) is later
    assert in_force(both, "citizen", 2022) is None
    assert in_force(both, "family", 2026) is None
