"""Rules of the watch about courses and providers: completions that jump, times alike, times at the cap."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from statistics import median

import msgspec

from lms_tracker.learning.watching import MOST_ENTRIES, Bar, Figures, Found, Kind, Place, Thresholds

# Of the chart of lengths: half an hour each, the last for all that is longer.
LENGTHS, LENGTH_SECONDS = 12, 1800


def course_jumps(
    course_id: int,
    completions: Mapping[int, int],
    weeks: Iterable[int],
    thresholds: Thresholds,
    provider_id: int | None = None,
) -> list[Found]:
    """Weeks (by their Mondays) in which a course is completed far more often than in those before.

    `completions` are people by local day, of `jump_past_weeks` before the first of `weeks` at least; a
    course's past begins with its first of these.
    """
    found = []
    by_week: dict[int, int] = defaultdict(int)
    for day, people in completions.items():
        by_week[monday(day)] += people
    for week in sorted(set(weeks)):
        figures = _jump(by_week, completions, week, thresholds)
        if figures is not None:
            on = date.fromordinal(week).isocalendar()
            subject = f"{course_id}/{on.year}-W{on.week:02}"
            found.append(
                Found(
                    Kind.COURSE_JUMPS,
                    subject,
                    figures,
                    provider_id=provider_id,
                    course_id=course_id,
                    day=week,
                )
            )
    return found


def monday(day: int) -> int:
    """The Monday of a day's week, both as ordinals (1 January of year 1 was a Monday)."""
    return day - (day - 1) % 7


def _jump(
    by_week: Mapping[int, int], completions: Mapping[int, int], week: int, thresholds: Thresholds
) -> Figures | None:
    since = week - 7 * thresholds.jump_past_weeks
    begun = min((one for one in by_week if since <= one < week), default=week)
    past = [by_week.get(one, 0) for one in range(begun, week, 7)]
    busy = [people for day, people in completions.items() if begun <= day < week and people]
    is_new = len(past) < thresholds.jump_least_past_weeks
    most_week = (
        thresholds.new_course_week
        if is_new
        else threshold_of(past, thresholds.jump_least_week, thresholds.jump_ratio)
    )
    most_day = (
        thresholds.new_course_day
        if is_new
        else threshold_of(busy, thresholds.jump_least_day, thresholds.jump_ratio)
    )
    people = by_week.get(week, 0)
    peak = max(range(week, week + 7), key=lambda day: completions.get(day, 0))
    on_peak = completions.get(peak, 0)
    if people <= most_week and on_peak <= most_day:
        return None
    is_week = people > most_week
    return Figures(
        value=people if is_week else on_peak,
        threshold=most_week if is_week else most_day,
        weight=max(people, on_peak),
        bars=(
            tuple(Bar(one, by_week.get(one, 0)) for one in range(min(begun, week), week + 7, 7))
            if is_week
            else tuple(Bar(one, completions.get(one, 0)) for one in range(week - 21, week + 7))
        ),
        facts={
            "median": round(median(past)) if past else 0,
            "past_weeks": len(past),
            "week": people,
            "week_threshold": most_week,
            "peak_day": peak,
            "on_peak_day": on_peak,
            "day_threshold": most_day,
            "new": int(is_new),
            "by_day": int(not is_week),
        },
    )


def threshold_of(past: Sequence[int], least: int, ratio: int) -> int:
    """Above how many something jumps: never below `least`.

    It is `ratio` times the median and three deviations. A deviation is 1.4826 times the median of the
    distances from the median, which one outlier in the past does not move.
    """
    if not past:
        return least
    middle = Fraction(median(past))
    distance = Fraction(median(abs(one - middle) for one in past))
    usual = middle + 3 * Fraction(14826, 10000) * distance
    return max(least, -(-ratio * usual.numerator // usual.denominator))


def same_times(
    course_id: int,
    day: int,
    groups: Sequence[tuple[int, int, int]],
    thresholds: Thresholds,
    places: Sequence[Place] = (),
    provider_id: int | None = None,
) -> Found | None:
    """Groups (start, seconds, people) of one course and local day whose times are identical to the second."""
    over = sorted(
        (group for group in groups if group[2] > thresholds.same_time_people),
        key=lambda group: (-group[2], group[0], group[1]),
    )
    if not over:
        return None
    figures = Figures(
        value=over[0][2],
        threshold=thresholds.same_time_people,
        weight=sum(people for _, _, people in over),
        bars=tuple(Bar(start, people, seconds) for start, seconds, people in over[:MOST_ENTRIES]),
        facts={"groups": len(over), "seconds": over[0][1]},
        places=tuple(places[:MOST_ENTRIES]),
    )
    return Found(
        Kind.SAME_TIMES,
        f"{course_id}/{date.fromordinal(day).isoformat()}",
        figures,
        provider_id=provider_id,
        course_id=course_id,
        day=day,
    )


def at_the_cap(
    provider_id: int,
    times: Sequence[tuple[bytes, int]],
    cap: int,
    thresholds: Thresholds,
    places: Sequence[Place] = (),
) -> Found | None:
    """A provider whose times (person, seconds), the newest of its courses, are nearly all at the cap.

    A time is at the cap from a minute below it on: what is longer counts as long as the cap.
    """
    over = [person for person, seconds in times if seconds >= cap - 60]
    if len(over) < thresholds.cap_least_times or len(set(over)) < thresholds.cap_least_people:
        return None
    percent = 100 * len(over) // len(times)
    if percent <= thresholds.cap_percent:
        return None
    lengths = [0] * LENGTHS
    for _, seconds in times:
        lengths[min(seconds // LENGTH_SECONDS, LENGTHS - 1)] += 1
    figures = Figures(
        value=percent,
        threshold=thresholds.cap_percent,
        weight=len(set(over)),
        bars=tuple(Bar(number * LENGTH_SECONDS, count) for number, count in enumerate(lengths)),
        facts={"times": len(times), "at_cap": len(over), "people": len(set(over)), "cap": cap},
        places=tuple(places[:MOST_ENTRIES]),
    )
    return Found(Kind.AT_THE_CAP, str(provider_id), figures, provider_id=provider_id)


def with_places(found: Found, places: Sequence[Place]) -> Found:
    """The same with where to look, which was asked for once it was known to be a flag."""
    return replace(found, figures=msgspec.structs.replace(found.figures, places=tuple(places[:MOST_ENTRIES])))
