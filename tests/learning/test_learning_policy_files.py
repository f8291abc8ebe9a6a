"""Policies as files: what they say, and what is wrong with one and where."""

import json
from fractions import Fraction

import pytest

from lms_tracker.learning import policy_files
from lms_tracker.learning.policy import Policy

SHIPPED = json.loads(policy_files.shipped())


def changed(path, value):
    """The shipped policy with one member changed, or taken out where the value is ...."""
    found = json.loads(policy_files.shipped())
    *way, last = path.split(".")
    place = found
    for name in way:
        place = place[name]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return json.dumps(found).encode()


def read(data):
    return policy_files.read(policy_files.canonical(data), 7, "Asia/Ho_Chi_Minh")


def problems(data):
    with pytest.raises(policy_files.PolicyRefused) as refused:
        policy_files.canonical(data)
    return refused.value.problems


def test_the_policy_that_is_shipped_has_the_documented_defaults():
    found = policy_files.read(policy_files.shipped(), 1, "Asia/Ho_Chi_Minh")
    assert found == Policy(version=1, closes=(3, 31), first_closed_year=2026)
    assert policy_files.title(policy_files.shipped(), "en").startswith("Rules for counting hours")


@pytest.mark.parametrize(
    ("path", "value", "name", "expected"),
    [
        ("caps.statement", {"minutes": 90}, "statement_cap", 5400),
        ("caps.day", {"hours": 7.5}, "day_cap", 27_000),
        ("caps.year", {"hours": 400}, "year_cap", 1_440_000),
        ("caps.course", {"tiet": 40, "minutes_each": 45}, "course_cap", 108_000),
        ("caps.courses", {"3/KNS/01": {"hours": 20}}, "course_caps", {(3, "KNS/01"): 72_000}),
        (
            "caps.event",
            {
                "chair": {"tiet": 8, "minutes_each": 50},
                "presenter": {"tiet": 8, "minutes_each": 50},
                "participant": {"tiet": 4, "minutes_each": 50},
            },
            "event_caps",
            {1: 12_000, 2: 24_000, 3: 24_000},
        ),
        ("caps.declared", ..., "declared_cap", None),
        ("caps.declared.claim", {"hours": 40}, "declared_cap", 144_000),
        ("caps.declared.year", {"hours": 120}, "declared_year_cap", 432_000),
        ("clock_tolerance", {"seconds": 30}, "clock_tolerance", 30),
        ("readings.gap_limit", {"minutes": 60}, "gap_limit", 3600),
        ("readings.media_factor", "1.25", "media_factor", Fraction(5, 4)),
        ("readings.cmi5_browse", True, "counts_browse", True),
        ("late_arrivals", None, "closes", None),
        ("late_arrivals.closes", "02-28", "closes", (2, 28)),
        ("hour_units.allowed", [60, 45], "hour_minutes", (60, 45)),
    ],
)
def test_each_rule_is_read_with_its_unit(path, value, name, expected):
    assert getattr(read(changed(path, value)), name) == expected


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("caps.day", ..., "caps.day"),
        ("caps.day", None, "caps.day"),
        ("caps.day", 12, "caps.day"),
        ("caps.day", {"hours": 25}, "caps.day"),
        ("caps.day", {"hours": 1, "minutes": 1}, "caps.day"),
        ("caps.day", {"hours": True}, "caps.day"),
        ("caps.day", {"hours": -1}, "caps.day"),
        ("caps.day", {"minutes": 1e300}, "caps.day"),
        ("caps.statement", {"seconds": 0.5}, "caps.statement"),
        ("caps.statement", {"tiet": 8}, "caps.statement"),
        ("caps.year", {"tiet": 8, "minutes_each": 55}, "caps.year"),
        ("caps.years", {"hours": 1}, "caps.years"),
        ("caps.courses", {"KNS": {"hours": 1}}, "caps.courses['KNS']"),
        ("caps.courses", {"3/KNS": {"hours": 0}}, "caps.courses['3/KNS']"),
        ("caps.courses", [], "caps.courses"),
        ("caps.event.chair", "8", "caps.event.chair"),
        ("caps.declared", None, "caps.declared"),
        ("caps.declared.year", ..., "caps.declared.year"),
        ("caps.declared.claim", 40, "caps.declared.claim"),
        ("caps.declared.day", None, "caps.declared.day"),
        ("clock_tolerance", "10 minutes", "clock_tolerance"),
        ("readings.media_factor", 1.5, "readings.media_factor"),
        ("readings.media_factor", "²", "readings.media_factor"),
        ("readings.media_factor", "11", "readings.media_factor"),
        ("readings.media_factor", ".", "readings.media_factor"),
        ("readings.cmi5_review", 1, "readings.cmi5_review"),
        ("late_arrivals.closes", "02-29", "late_arrivals.closes"),
        ("late_arrivals.closes", "31-03", "late_arrivals.closes"),
        ("late_arrivals.first_year", "2026", "late_arrivals.first_year"),
        ("hour_units.allowed", [45, 45], "hour_units.allowed"),
        ("hour_units.default", 50.5, "hour_units.default"),
        ("hour_units.default", 55, "hour_units.default"),
        ("title", {"vi": "Quy tắc"}, "title"),
        ("more", 1, "more"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(path, value, where):
    assert [problem.where for problem in problems(changed(path, value))] == [where]


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[" * 100_000, b"1", b"[]", b"NaN", b" " * 1_000_001])
def test_what_is_no_policy_at_all_is_told_of_the_whole_file(data):
    assert [problem.where for problem in problems(data)] == [""]


def test_everything_that_is_wrong_is_told_at_once():
    found = problems(b'{"caps": {"day": 1}, "hour_units": 3}')
    assert {"title", "caps.day", "caps.statement", "hour_units", "clock_tolerance"} <= {
        one.where for one in found
    }


def test_one_form_is_kept_whatever_the_spacing():
    assert policy_files.canonical(json.dumps(SHIPPED).encode()) == policy_files.shipped()
