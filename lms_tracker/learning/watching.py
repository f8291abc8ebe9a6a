"""What a reviewer should look at: kinds of flags, their thresholds and the figures that make one.

Claimed is what statements say before anything was capped or refused as overlapping; what was voided or says
the same as another statement is no claim. A flag is a question to a reviewer: it takes no credit away and
holds none back. The rules are in learning.watched_people and learning.watched_courses.
"""

from dataclasses import dataclass
from enum import StrEnum

import msgspec

# Where to look, at most so many for one flag.
MOST_ENTRIES = 20


class Kind(StrEnum):
    """Stored, and part of addresses: never rename."""

    LONG_DAYS = "long-days"
    COURSE_JUMPS = "course-jumps"
    SAME_TIMES = "same-times"
    AT_THE_CAP = "at-the-cap"
    CLAIMED_TWICE = "claimed-twice"
    SHARED_ACCOUNT = "shared-account"


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Thresholds, each of which a setting may replace. A flag is raised above one, not at it.

    `grows_percent`: a flag that was settled is raised again when its weight is so many percent of what it was
    then.
    """

    day_seconds: int = 16 * 3600
    # A week or day of a course against the median of those before it, plus three deviations, times this.
    jump_ratio: int = 3
    jump_least_day: int = 30
    jump_least_week: int = 60
    jump_past_weeks: int = 12
    # A course without so many weeks of past is compared with these.
    jump_least_past_weeks: int = 4
    new_course_day: int = 100
    new_course_week: int = 200
    same_time_people: int = 9
    # Of the newest measured times of a provider's courses, at least so many of so many people.
    cap_percent: int = 89
    cap_least_times: int = 50
    cap_least_people: int = 5
    shared_sessions: int = 4
    shared_day_seconds: int = 36 * 3600
    shared_names: tuple[str, ...] = ("guest", "anonymous", "khach", "demo")
    grows_percent: int = 150


class Bar(msgspec.Struct, frozen=True, array_like=True):
    """A column of a chart: `at` is a day as an ordinal, or a length or an instant in seconds."""

    at: int
    value: int
    other: int = 0


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where to look: a person and a statement, as hexadecimal keys."""

    person: str
    statement: str = ""


class Figures(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What made a flag. `weight` tells whether it grows; `facts` are further numbers by name."""

    value: int
    threshold: int
    weight: int
    bars: tuple[Bar, ...] = ()
    facts: dict[str, int] = {}
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A flag to be raised; `subject` says what it is about, the same thing always in the same words."""

    kind: Kind
    subject: str
    figures: Figures
    person_key: bytes | None = None
    provider_id: int | None = None
    course_id: int | None = None
    day: int | None = None


def claimed_twice(actor_key: bytes, person_key: bytes, since_us: int) -> Found:
    """An identifier that a second person says is theirs: each such dispute is a flag."""
    figures = Figures(value=2, threshold=1, weight=1, facts={"since_s": since_us // 1_000_000})
    return Found(Kind.CLAIMED_TWICE, f"{actor_key.hex()}/{since_us}", figures, person_key=person_key)


def grew(before: Figures, now: Figures, thresholds: Thresholds) -> bool:
    """Whether a flag that was settled with figures `before` is to be raised again."""
    return 100 * now.weight >= thresholds.grows_percent * before.weight > 0
