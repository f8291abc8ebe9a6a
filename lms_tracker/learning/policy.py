"""The versioned rules that crediting follows besides the catalogue.

A policy is data: `learning.policy_files` reads it from JSON, `learning/policies/default.json` is the one that
is shipped. What the ledger was decided by is a version; its rules never change again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

DEFAULT_TIMEZONE = "Asia/Ho_Chi_Minh"

# Minutes of an hour ("tiết") as stated by those who teach: TT 17/2021/TT-BGDĐT art. 7(1) for 50; lessons of
# 45 and 35 minutes at schools.
HOUR_MINUTES = (60, 50, 45, 35)


@dataclass(frozen=True, slots=True)
class Policy:
    """All lengths in seconds; a cap that is None or not named is off.

    `course_cap` holds for every course row, `course_caps` for particular ones, by provider id and code, and
    `event_caps` for one event, by the role of who was there (the number of learning.evidence.EventRole).
    `declared_cap` is of one accepted claim, `declared_year_cap` of all that one person declares of a local
    year; both are of nominal time, and no other cap touches that.

    `gap_limit`, `media_factor` and whether cmi5's launch modes Browse and Review count are for
    learning.readings. A local year from `first_closed_year` on stays open until the end of the local day
    `closes` (month, day) of the next year; it never closes where that is None. `hour_minutes` are the hours
    that a course may be stated in, `default_hour_minutes` that of one which does not say.
    """

    version: int
    statement_cap: int = 4 * 3600
    day_cap: int = 12 * 3600
    clock_tolerance: int = 600
    course_cap: int | None = None
    course_caps: Mapping[tuple[int, str], int] = field(default_factory=dict)
    event_caps: Mapping[int, int] = field(default_factory=dict)
    year_cap: int | None = None
    declared_cap: int | None = None
    declared_year_cap: int | None = None
    gap_limit: int = 60 * 60
    media_factor: Fraction = Fraction(1)
    counts_browse: bool = False
    counts_review: bool = False
    closes: tuple[int, int] | None = None
    first_closed_year: int = 1
    hour_minutes: tuple[int, ...] = HOUR_MINUTES
    default_hour_minutes: int = 60
    timezone: str = DEFAULT_TIMEZONE
