"""Durations: exact lengths, and the exact grammar."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.xapi.statement_examples import found_in, read, small
from xapi.durations import comparable, parse

SECOND = 1_000_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("PT0S", 0),
        ("PT4H35M59.14S", 4 * HOUR + 35 * 60 * SECOND + 59_140_000_000),
        ("PT16559.14S", 16_559_140_000_000),
        ("P1DT12H36M0.12567S", 36 * HOUR + 36 * 60 * SECOND + 125_670_000),
        ("P4W", 28 * DAY),
        ("P0.5W", DAY * 7 // 2),
        ("P1.5D", 36 * HOUR),
        ("PT1,5H", HOUR * 3 // 2),
        ("PT0.1M", 6 * SECOND),
        ("PT1H0M0.1S", HOUR + 100_000_000),
        ("PT01H30M00S", HOUR * 3 // 2),
        ("PT90M", HOUR * 3 // 2),
        ("PT99999999999H", 99_999_999_999 * HOUR),
        ("PT0.0000000001S", Fraction(1, 10)),
        ("P3DT1H", 73 * HOUR),
        ("P0Y0M0DT1H", HOUR),
    ],
)
def test_a_duration_of_fixed_length_is_exact(text: str, ns: int | Fraction) -> None:
    duration = parse(text)
    assert duration is not None
    assert duration.nanoseconds == ns
    assert duration.text == text
    assert not duration.has_calendar_parts


@pytest.mark.parametrize(
    ("text", "years", "months", "ns"),
    [
        ("P3Y", 3, 0, 0),
        ("P1M", 0, 1, 0),
        ("P0.5Y", Fraction(1, 2), 0, 0),
        ("P3Y1M29DT4H35M59.14S", 3, 1, 29 * DAY + 4 * HOUR + 35 * 60 * SECOND + 59_140_000_000),
    ],
)
def test_years_and_months_have_no_length_and_stand_apart(text: str, years: int, months: int, ns: int) -> None:
    duration = parse(text)
    assert duration is not None
    assert (duration.years, duration.months, duration.nanoseconds) == (years, months, ns)
    assert duration.has_calendar_parts


@pytest.mark.parametrize(
    "text",
    [
        "", "P", "PT", "P1YT", "T1H", "1H", "PT1", "should fail", "PA1H0M0S", "P4W1D", "P1Y4W", "P1DT",
        "PT1S1M",
        "PT1M1H", "P1D1M", "P1H", "PT1D", "P1S", "-PT5M", "+PT1H", "P-1D", "PT-5M", "PT1H-30M", "PT1e3S",
        "PT.5S",
        "PT5.S", "PT1.5H30M", "P0.5Y1M", "PT1.5H30.5M", "PT1H\n", " PT1H", "PT1H ", "pt1h", "PT1h", "P1Y2M3W",
        "PT١H", "PT1.٥S", "PT1H1H", "P0001-00-00T00:00:00", "PT1.2.3S", "PT1..2S", "P" + "1" * 2000 + "D",
        "NaN",
        "PTNaNS", "PTInfinityS", "P1D T1H",
    ],
)  # fmt: skip
@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_what_is_no_duration_is_refused(text: str, version: str) -> None:
    assert parse(text) is None
    faults = found_in({**small(), "result": {"duration": text}}, version)
    assert faults == [("result.duration", "duration")]


parts = st.integers(0, 10**6)


@given(parts, parts, parts, parts, st.integers(0, 10**12 - 1))
def test_parts_add_up_exactly(days: int, hours: int, minutes: int, seconds: int, fraction: int) -> None:
    duration = parse(f"P{days}DT{hours}H{minutes}M{seconds}.{fraction:012d}S")
    expected = ((days * 24 + hours) * 60 + minutes) * 60 + seconds + Fraction(fraction, 10**12)
    assert duration is not None
    assert duration.nanoseconds == expected * SECOND


def test_durations_compare_as_text_without_what_is_beyond_hundredths() -> None:
    assert comparable("P1DT12H36M0.1237S") == comparable("P1DT12H36M0.12S")
    assert comparable("PT0.129S") != comparable("PT0.13S")
    assert comparable("PT1H30M") != comparable("PT90M")
    assert comparable("PT0.125H") == "PT0.125H"


def test_the_duration_of_a_statement_is_kept_as_text_and_read() -> None:
    received = read({**small(), "result": {"duration": "PT1H30M"}})
    assert received.duration is not None
    assert received.duration.nanoseconds == HOUR * 3 // 2
    assert b'"PT1H30M"' in received.text
