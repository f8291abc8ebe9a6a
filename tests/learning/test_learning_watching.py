"""Rules of the watch over abuse: what makes a flag, and what never does."""

import itertools
from dataclasses import fields
from datetime import UTC, date, datetime

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from lms_tracker.config import WATCHED, Settings
from lms_tracker.learning.days import local_days
from lms_tracker.learning.watched_courses import (
    at_the_cap,
    course_jumps,
    monday,
    same_times,
    threshold_of,
)
from lms_tracker.learning.watched_people import (
    Claim,
    long_days,
    most_at_once,
    sessions,
    shared_accounts,
    union,
)
from lms_tracker.learning.watching import Figures, Kind, Thresholds, grew

DAYS = local_days("Asia/Ho_Chi_Minh")
LIMITS = Thresholds()
ANNA, BETA = b"a" * 16, b"b" * 16
DAY = date(2026, 10, 5).toordinal()
HOUR = 3600


def claim(hour: float, hours: float, session: str = "", actor: bytes = ANNA, provider: int = 1) -> Claim:
    start = DAYS.start(DAY) + round(hour * HOUR)
    name = session or f"{hour}/{hours}"
    return Claim(
        actor, name.encode().ljust(16)[:16], provider, name.encode(), start, start + round(hours * HOUR)
    )


spans = st.lists(
    st.tuples(st.integers(0, 300_000), st.integers(1, 100_000)).map(lambda one: (one[0], one[0] + one[1])),
    max_size=12,
)


@given(spans)
def test_the_union_covers_each_second_once_and_no_other(found: list[tuple[int, int]]) -> None:
    joined = union(found)
    assert joined == union(joined) == sorted(joined)
    assert sum(end - start for start, end in joined) <= sum(end - start for start, end in found)
    for start, end in found:
        assert any(first <= start and end <= last for first, last in joined)
    assert all(before[1] < after[0] for before, after in itertools.pairwise(joined))


@given(spans)
def test_no_more_run_at_once_than_there_are_and_one_after_another_is_one(
    found: list[tuple[int, int]],
) -> None:
    most, moment = most_at_once([span] for span in found)
    assert most == max((sum(start <= at < end for start, end in found) for at, _ in found), default=0)
    assert most == sum(start <= moment < end for start, end in found)
    follow = [(number * 100, number * 100 + 100) for number in range(5)]
    assert most_at_once([span] for span in follow)[0] == 1


def test_a_long_day_shows_sum_and_union_of_all_providers() -> None:
    claims = [claim(6, 7), claim(9, 7, provider=2), claim(17, 3)]
    (flag,) = long_days(ANNA, claims, DAYS, LIMITS)
    assert flag.kind is Kind.LONG_DAYS
    assert flag.day == DAY
    assert flag.figures.value == 17 * HOUR
    assert flag.figures.facts["union"] == 13 * HOUR
    assert flag.figures.facts["providers"] == 2
    assert len(flag.figures.places) == 3


def test_statements_of_one_session_tell_of_one_time() -> None:
    """cmi5's completed and passed lie within terminated; H5P's durations each begin at the beginning."""
    claims = [claim(6, hours, "s") for hours in (1, 3, 5, 6)] + [claim(13, 5), claim(18.5, 4.5)]
    assert long_days(ANNA, claims, DAYS, LIMITS) == []


def test_exactly_sixteen_hours_is_no_flag_and_a_second_more_is() -> None:
    at = [claim(4, 16)]
    assert long_days(ANNA, at, DAYS, LIMITS) == []
    above = [*at, claim(21, 1 / 3600)]
    assert len(long_days(ANNA, above, DAYS, LIMITS)) == 1


def test_days_are_local_and_one_month_is_one_flag() -> None:
    """A tab left open for three days is one question to a reviewer, not three."""
    (flag,) = long_days(ANNA, [claim(-10, 70)], DAYS, LIMITS)
    assert flag.subject == f"{ANNA.hex()}/2026-10"
    assert flag.figures.facts["days"] == 2
    assert [bar.value for bar in flag.figures.bars] == [10 * HOUR, 24 * HOUR, 24 * HOUR, 12 * HOUR]


def test_a_duration_of_centuries_costs_no_more_than_a_month() -> None:
    start = DAYS.start(DAY) - 10**10
    endless = Claim(ANNA, b"s" * 16, 1, b"s", start, DAYS.start(DAY))
    flags = long_days(ANNA, [endless], DAYS, LIMITS)
    assert sum(len(flag.figures.bars) for flag in flags) == 31


@given(
    st.lists(
        st.tuples(st.integers(-40, 40), st.integers(1, 30), st.sampled_from(["", "x", "y"])), max_size=12
    ),
    st.randoms(use_true_random=False),
)
def test_neither_order_nor_repetition_changes_what_is_found(
    found: list[tuple[int, int, str]], chance: object
) -> None:
    claims = [claim(*one) for one in found]
    flags = long_days(ANNA, claims, DAYS, LIMITS)
    again = [*claims, *claims]
    chance.shuffle(again)  # type: ignore[attr-defined]
    assert [one.figures.bars for one in long_days(ANNA, again, DAYS, LIMITS)] == [
        one.figures.bars for one in flags
    ]
    for flag in flags:
        for bar in flag.figures.bars:
            assert bar.other <= min(bar.value, 24 * HOUR)
    for key, joined in sessions(claims).items():
        assert joined == union(joined), key


def test_an_account_with_many_sessions_at_once_looks_shared() -> None:
    claims = [claim(8, 1, f"s{number}") for number in range(5)]
    (flag,) = shared_accounts(ANNA, claims, {}, DAYS, LIMITS)
    assert flag.subject == ANNA.hex()
    assert flag.figures.value == 5
    assert len(flag.figures.places) == 5
    assert shared_accounts(ANNA, claims[:4], {}, DAYS, LIMITS) == []


def test_each_account_is_looked_at_by_itself() -> None:
    claims = [claim(8, 1, f"s{number}", actor) for number in range(3) for actor in (ANNA, BETA)]
    assert shared_accounts(ANNA, claims, {}, DAYS, LIMITS) == []


def test_an_account_with_far_more_time_than_a_day_looks_shared() -> None:
    claims = [claim(0, 12, "a"), claim(12, 12, "b"), claim(0, 12, "c"), claim(12, 0.5, "d")]
    (flag,) = shared_accounts(ANNA, claims, {}, DAYS, LIMITS)
    assert flag.figures.facts["most"] == 36.5 * HOUR


def test_moodles_guest_is_known_by_name() -> None:
    (flag,) = shared_accounts(ANNA, [claim(8, 1)], {ANNA: "Guest"}, DAYS, LIMITS)
    assert flag.figures.facts["known_name"] == 1
    assert shared_accounts(ANNA, [claim(8, 1)], {ANNA: "guesthouse"}, DAYS, LIMITS) == []


WEEK = monday(DAY)


def test_weeks_begin_on_monday() -> None:
    assert date.fromordinal(monday(date(2026, 11, 22).toordinal())) == date(2026, 11, 16)
    assert date.fromordinal(WEEK).weekday() == 0


def steady(people: int, weeks: int) -> dict[int, int]:
    """So many each Tuesday of the weeks before `WEEK`."""
    return {WEEK - 7 * number + 1: people for number in range(1, weeks + 1)}


def test_a_course_is_compared_with_its_own_past() -> None:
    """Singapore's sign: a spike on one course."""
    past = steady(20, 12)
    (flag,) = course_jumps(7, past | {WEEK + 1: 90}, [WEEK], LIMITS, 3)
    assert flag.subject == f"7/{date.fromordinal(WEEK).year}-W{date.fromordinal(WEEK).isocalendar().week:02}"
    assert (flag.figures.value, flag.figures.threshold) == (90, 60)
    assert flag.figures.facts["median"] == 20
    assert len(flag.figures.bars) == 13
    assert course_jumps(7, past | {WEEK + 1: 60}, [WEEK], LIMITS) == []
    busy = steady(200, 12)
    assert course_jumps(7, busy | {WEEK + 1: 600}, [WEEK], LIMITS) == []
    assert course_jumps(7, busy | {WEEK + 1: 601}, [WEEK], LIMITS) != []


def test_a_new_course_is_compared_with_an_absolute_floor() -> None:
    assert course_jumps(7, {WEEK + 2: 100, WEEK + 3: 100}, [WEEK], LIMITS) == []
    (flag,) = course_jumps(7, {WEEK + 2: 101}, [WEEK], LIMITS)
    assert flag.figures.facts["new"] == 1
    # By its day alone: that figure is told.
    assert (flag.figures.value, flag.figures.threshold) == (101, 100)
    assert [bar.value for bar in flag.figures.bars] == [0] * 23 + [101] + [0] * 4
    assert course_jumps(7, {WEEK + day: 67 for day in range(3)}, [WEEK], LIMITS) != []


def test_one_earlier_spike_does_not_hide_the_next() -> None:
    past = steady(20, 12)
    spiked = past | {WEEK - 27: 5000}
    assert course_jumps(7, spiked | {WEEK + 1: 90}, [WEEK], LIMITS) != []


@given(st.lists(st.integers(0, 500), max_size=20), st.integers(1, 100), st.integers(1, 10))
def test_the_threshold_is_never_below_its_floor_nor_below_the_median(
    past: list[int], least: int, ratio: int
) -> None:
    found = threshold_of(past, least, ratio)
    assert found >= least
    assert threshold_of([], least, ratio) == least
    assert threshold_of(sorted(past), least, ratio) == found
    assert threshold_of([2 * one for one in past], least, ratio) >= found
    if past:
        assert found >= ratio * sorted(past)[(len(past) - 1) // 2]


@given(st.integers(0, 300), st.integers(5, 12))
def test_a_course_that_goes_on_as_ever_is_never_a_flag(people: int, weeks: int) -> None:
    assert course_jumps(7, steady(people, weeks) | {WEEK + 1: people}, [WEEK], LIMITS) == []


def test_identical_times_of_many_are_one_flag_a_day() -> None:
    start = DAYS.start(DAY)
    groups = [(start, 3600, 10), (start + 60, 3600, 12), (start + 120, 3600, 9)]
    flag = same_times(7, DAY, groups, LIMITS)
    assert flag is not None
    assert flag.subject == "7/2026-10-05"
    assert [(bar.value, bar.other) for bar in flag.figures.bars] == [(12, 3600), (10, 3600)]
    assert flag.figures.weight == 22
    assert same_times(7, DAY, groups[2:], LIMITS) is None


def test_a_provider_whose_durations_are_all_at_the_cap() -> None:
    people = [bytes([number]) * 16 for number in range(10)]
    full = [(people[number % 10], 4 * HOUR) for number in range(60)]
    flag = at_the_cap(3, full, 4 * HOUR, LIMITS)
    assert flag is not None
    assert (flag.subject, flag.figures.value) == ("3", 100)
    assert sum(bar.value for bar in flag.figures.bars) == 60
    honest = [(people[0], 1800)] * 10
    assert at_the_cap(3, full + honest, 4 * HOUR, LIMITS) is None
    assert at_the_cap(3, full[:49], 4 * HOUR, LIMITS) is None
    assert at_the_cap(3, [(people[0], 4 * HOUR)] * 60, 4 * HOUR, LIMITS) is None
    assert at_the_cap(3, [], 4 * HOUR, LIMITS) is None


def test_a_settled_flag_is_raised_again_when_it_grows_by_half() -> None:
    before = Figures(value=20, threshold=16, weight=100)
    assert not grew(before, Figures(value=90, threshold=16, weight=149), LIMITS)
    assert grew(before, Figures(value=20, threshold=16, weight=150), LIMITS)


def test_every_number_of_the_thresholds_is_a_setting_and_the_shipped_ones_are_allowed() -> None:
    numbers = {one.name: one.default for one in msgspec.structs.fields(Thresholds) if one.type is int}
    assert numbers.keys() == WATCHED.keys()
    for name, (least, greatest) in WATCHED.items():
        assert least <= numbers[name] <= greatest, name
    settings = Settings.from_environment({"LMS_TRACKER_WATCHING": "day_seconds=3600  same_time_people=2"})
    assert Thresholds(**dict(settings.watching)) == Thresholds(day_seconds=3600, same_time_people=2)
    assert "watching" in {one.name for one in fields(Settings)}


def test_moments_of_the_tests_are_what_they_seem() -> None:
    assert datetime.fromtimestamp(DAYS.start(DAY), UTC).isoformat() == "2026-10-04T17:00:00+00:00"
