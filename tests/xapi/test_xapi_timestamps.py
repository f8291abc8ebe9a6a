"""Timestamps: exact instants, and which spellings each version takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.xapi.statement_examples import found_in, read, small
from xapi.timestamps import format_position, parse

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_000_000_000
NOON = 1_795_348_800 * SECOND  # 2026-11-22T12:00:00Z


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-11-22T12:00:00Z", NOON),
        ("2026-11-22T12:00:00.000Z", NOON),
        ("2026-11-22t12:00:00z", NOON),
        ("2026-11-22T19:00:00+07:00", NOON),
        ("2026-11-23T02:00:00+14:00", NOON),
        ("2026-11-21T22:00:00-14:00", NOON),
        ("2026-11-22T12:00:00+00:00", NOON),
        ("2026-11-22T12:00:00.1Z", NOON + 100_000_000),
        ("2026-11-22T12:00:00.123456789Z", NOON + 123_456_789),
        ("2026-11-22T12:00:00.1234567890Z", NOON + 123_456_789),
        ("2026-11-22T12:00:00.1234567891Z", NOON + 123_456_789 + Fraction(1, 10)),
        ("1969-12-31T23:59:59.5Z", -SECOND // 2),
        ("2016-12-31T23:59:60Z", 1_483_228_800 * SECOND),
        ("2017-01-01T06:59:60.5+07:00", 1_483_228_800 * SECOND + SECOND // 2),
        ("0000-02-29T00:00:00Z", -62_162_121_600 * SECOND),
        ("0000-12-31T23:59:59Z", -62_135_596_801 * SECOND),
        ("0001-01-01T00:00:00Z", -62_135_596_800 * SECOND),
        ("9999-12-31T23:59:59Z", 253_402_300_799 * SECOND),
    ],
)
@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_a_timestamp_is_an_exact_instant(text: str, ns: int | Fraction, version: str) -> None:
    assert parse(text, version) == ns


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("2026-11-22T12:00Z", NOON),
        ("2026-11-22T12:00:00", NOON),
        ("2026-11-22T19:00:00+07", NOON),
        ("2026-11-22T19:00:00+0700", NOON),
        ("2026-11-22T12:00:00,5Z", NOON + SECOND // 2),
        ("20261122T120000Z", NOON),
        ("20261122T190000.25+0700", NOON + SECOND // 4),
        ("2026-11-21T24:00:00Z", NOON - 43_200 * SECOND),
        ("2026-11-21T24:00:00.000Z", NOON - 43_200 * SECOND),
    ],
)
def test_1_0_3_takes_other_forms_of_iso_8601_and_2_0_takes_rfc_3339_only(text: str, ns: int) -> None:
    assert parse(text, "1.0.3") == ns
    assert parse(text, "2.0.0") is None


@pytest.mark.parametrize(
    "text",
    [
        "", "should fail", "01/011/2015", "2026", "2026-11-22", "12:00:00Z", "1795348800",
        "2026-11-22 12:00:00Z",
        "2026-11-22T12:00:00-00:00", "2026-11-22T12:00:00.601-0000", "2026-11-22T12:00:00.601-00",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-11-31T00:00:00Z",
        "1900-02-29T00:00:00Z", "0000-02-30T00:00:00Z", "2026-11-22T25:00:00Z", "2026-11-22T12:60:00Z",
        "2026-11-22T24:00:01Z", "2026-11-22T24:00:00.1Z", "2026-11-22T12:00:61Z", "2026-11-22T12:00:60Z",
        "2016-12-31T23:59:60+07:00", "2026-11-22T12:00:00+24:00", "2026-11-22T12:00:00+07:60",
        "2026-11-22T12:00:00.Z", "2026-11-22T12:00:00Z\n", " 2026-11-22T12:00:00Z", "2026-11-22T12:00:00Z ",
        "2026-11-22T12:00:00ZZ", "-2026-11-22T12:00:00Z", "12026-11-22T12:00:00Z", "2026-1-2T12:00:00Z",
        "2026-11-22T12:00:00+7:00", "２０２６-11-22T12:00:00Z", "2026-11-22T12:00:0٥Z",
        "2026-W47-7T12:00:00Z",
        "2026-11-22T1200:00Z", "20261122T12:00:00Z", "2026-11-22T12:00:00 +07:00",
    ],
)  # fmt: skip
@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_what_is_no_timestamp_is_refused(text: str, version: str) -> None:
    assert parse(text, version) is None
    assert found_in({**small(), "timestamp": text}, version) == [("timestamp", "timestamp")]


@given(
    st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)),
    st.integers(-23 * 60 - 59, 23 * 60 + 59),
    st.sampled_from(["1.0.3", "2.0.0"]),
)
def test_every_date_and_offset_is_read_as_the_standard_library_reads_it(
    moment: datetime, minutes: int, version: str
) -> None:
    local = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    expected = (local - EPOCH) // timedelta(microseconds=1) * 1000
    assert parse(local.isoformat(), version) == expected


@given(st.text("0123456789", min_size=1, max_size=40))
def test_every_digit_of_a_fraction_counts(digits: str) -> None:
    at = parse(f"2026-11-22T12:00:00.{digits}Z", "2.0.0")
    assert at == NOON + Fraction(int(digits) * SECOND, 10 ** len(digits))
    assert isinstance(at, int) == (Fraction(at).denominator == 1)


def test_a_hostile_fraction_is_read_in_bounded_time() -> None:
    at = parse(f"2026-11-22T12:00:00.{'3' * 5_000_000}Z", "1.0.3")
    assert at is not None
    assert 0 < at - NOON - 333_333_333 < 1


def test_a_statement_without_timestamp_has_no_time_of_its_own() -> None:
    assert read(small()).timestamp_ns is None
    assert read({**small(), "timestamp": "2026-11-22T19:00:00+07:00"}).timestamp_ns == NOON


@given(st.integers(-62_135_596_800_000_000, 253_402_300_799_999_999))
def test_a_position_is_written_with_six_digits_and_read_back(us: int) -> None:
    text = format_position(us)
    assert len(text) == 27
    assert text.endswith("Z")
    assert parse(text, "2.0.0") == us * 1000
