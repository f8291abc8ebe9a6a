"""Years that are closed, and where time is booked that arrives after that.

What was reported of a closed year stays as it is: time that comes later is booked on the local day of its
arrival, with the note LATE, and takes nothing from what came before its year was closed. The day cap still
belongs to the day of the learning, the year cap to the year in which the time is booked.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date

from lms_tracker.learning.days import DAY_SECONDS, LAST_DAY, LocalDays

MICROSECONDS = 1_000_000
NEVER = 1 << 62


class Closing:
    """When the local years close: at the end of `closes` (month, day) of the next year, from a year on."""

    def __init__(self, days: LocalDays, closes: tuple[int, int] | None, first_year: int) -> None:
        self._days = days
        self._closes = closes
        self._first_year = first_year
        self._ends: dict[int, int] = {}
        # No year closes earlier than so many seconds after its last instant; a day less, for clocks set.
        self.least = NEVER if closes is None else (date(2001, *closes).timetuple().tm_yday - 1) * DAY_SECONDS
        # Nothing at an earlier position is late: no year was closed yet.
        self.open_until = NEVER if closes is None else self._end_of(first_year, closes) * MICROSECONDS

    def booked(self, day: int, position: int) -> int:
        """The local day of arrival of what is of `day` and came after that year was closed; 0 otherwise."""
        if position < self.open_until or position < self.closes_at(day):
            return 0
        return self._days.day(position // MICROSECONDS)

    def closes_at(self, day: int) -> int:
        """The first position that is too late for the year of this local day."""
        if self._closes is None:
            return NEVER
        year = date.fromordinal(day).year
        end = self._ends.get(year)
        if end is None:
            end = self._ends[year] = self._end_of(year, self._closes) * MICROSECONDS
        return end

    def _end_of(self, year: int, closes: tuple[int, int]) -> int:
        if year < self._first_year or year + 1 > date.fromordinal(LAST_DAY).year:
            return NEVER
        return self._days.start(date(year + 1, *closes).toordinal() + 1)


class Covered:
    """A union of half-open intervals, kept as disjoint ones in order."""

    def __init__(self, intervals: Iterable[tuple[int, int]]) -> None:
        """Takes them in the order of their starts."""
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in intervals:
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    @property
    def pieces(self) -> int:
        """How many they are."""
        return len(self._starts)

    def take(self, start: int, end: int) -> int:
        """How much of the interval nothing covered yet; it is covered from now on."""
        first, last = bisect_left(self._ends, start), bisect_right(self._starts, end)
        starts, ends = self._starts[first:last], self._ends[first:last]
        taken = sum(
            max(0, min(end, until) - max(start, since)) for since, until in zip(starts, ends, strict=True)
        )
        self._starts[first:last] = [min([start, *starts])]
        self._ends[first:last] = [max([end, *ends])]
        return end - start - taken
