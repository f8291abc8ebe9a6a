"""The versioned rules that crediting follows besides the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass, field

DEFAULT_TIMEZONE = "Asia/Ho_Chi_Minh"


@dataclass(frozen=True, slots=True)
class Policy:
    """All lengths in seconds. `year_cap` and `course_caps` (by course id) are off unless stated."""

    version: int
    statement_cap: int = 4 * 3600
    day_cap: int = 12 * 3600
    clock_tolerance: int = 600
    course_caps: Mapping[int, int] = field(default_factory=dict)
    year_cap: int | None = None
    timezone: str = DEFAULT_TIMEZONE
