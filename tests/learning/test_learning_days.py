"""Local days of any zone, clocks set forward and back at midnight included."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms_tracker.learning.days import FIRST_DAY, LAST_DAY, LocalDays, local_days

# Sao Paulo and Beirut set clocks at midnight; Apia left out a day; Chatham is off by three quarters.
ZONES = [
    "Asia/Ho_Chi_Minh",
    "Europe/Berlin",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Pacific/Apia",
    "Pacific/Chatham",
]


def instant(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp())


def test_a_day_in_vietnam_begins_at_seventeen_hours_utc():
    days = LocalDays("Asia/Ho_Chi_Minh")
    assert days.start(date(2026, 10, 1).toordinal()) == instant(2026, 9, 30, 17)
    assert days.day(instant(2026, 9, 30, 17) - 1) == date(2026, 9, 30).toordinal()
    assert days.day(instant(2026, 9, 30, 17)) == date(2026, 10, 1).toordinal()


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),
        ("America/Sao_Paulo", date(2018, 2, 17), 25),
        ("Asia/Beirut", date(2026, 3, 29), 23),
        ("Pacific/Apia", date(2011, 12, 30), 0),
        ("Asia/Ho_Chi_Minh", date(2026, 10, 25), 24),
    ],
)
def test_days_are_as_long_as_clocks_make_them(zone, day, hours):
    days, number = LocalDays(zone), day.toordinal()
    assert days.start(number + 1) - days.start(number) == hours * 3600


def test_a_day_that_a_zone_left_out_is_no_instants_day():
    """Apia went from 29 to 31 December 2011."""
    days, left_out = LocalDays("Pacific/Apia"), date(2011, 12, 30).toordinal()
    edge = days.start(left_out)
    assert [days.day(when) for when in (edge - 1, edge)] == [left_out - 1, left_out + 1]


def test_a_day_without_midnight_begins_when_the_clock_jumps():
    """1919 in Toronto 23:30 was followed by 00:30."""
    days, number = LocalDays("America/Toronto"), date(1919, 3, 31).toordinal()
    begin = days.start(number)
    zone = ZoneInfo("America/Toronto")
    assert datetime.fromtimestamp(begin, zone).isoformat() == "1919-03-31T00:30:00-04:00"
    assert datetime.fromtimestamp(begin - 1, zone).isoformat() == "1919-03-30T23:29:59-05:00"


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(ZONES), st.integers(instant(1975, 1, 1), instant(2037, 12, 31)))
def test_the_day_is_the_local_date(zone, when):
    expected = datetime.fromtimestamp(when, ZoneInfo(zone)).date().toordinal()
    assert local_days(zone).day(when) == expected
    day, end = local_days(zone).span(when)
    assert day == expected
    assert local_days(zone).day(end - 1) == expected
    assert local_days(zone).day(end) > expected


@given(st.integers(-(10**12), 10**12))
def test_instants_beyond_the_calendar_count_as_its_first_or_last_day(when):
    day, end = local_days("Asia/Ho_Chi_Minh").span(when)
    assert FIRST_DAY <= day <= LAST_DAY
    assert end > when
    assert date.fromordinal(day) + timedelta(0) == date.fromordinal(day)


def test_what_is_kept_is_bounded(monkeypatch):
    monkeypatch.setattr("lms_tracker.learning.days._MOST_CACHED", 10)
    days = LocalDays("Asia/Ho_Chi_Minh")
    found = [days.day(n * 86_400) for n in range(200)]
    assert found == list(range(found[0], found[0] + 200))
    assert len(days._stretches) <= 10
    assert len(days._starts) <= 12


def test_an_unknown_zone_is_refused():
    with pytest.raises(KeyError):
        local_days("Asia/Atlantis")
