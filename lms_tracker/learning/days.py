"""Local days of one time zone, as proleptic Gregorian ordinals (`date.toordinal`), for epoch seconds.

A local day is the half-open range [start(day), start(day + 1)). It starts at the first instant whose local
date is that day or a later one, so days never run backwards: where clocks are set back across midnight, the
repeated minutes stay with the day that had begun. A date that a zone skipped is a day without length.
"""

from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

EPOCH_DAY = date(1970, 1, 1).toordinal()
FIRST_DAY = date.min.toordinal()
LAST_DAY = date.max.toordinal()
DAY_SECONDS = 86_400

# Instants are looked up by the 4.5 hours they fall in; no local day is that short, so that at most one
# midnight divides such a stretch.
_STRETCH_BITS = 14
_MOST_CACHED = 200_000


class LocalDays:
    """Local midnights of the zone with this IANA name, kept once computed."""

    def __init__(self, timezone: str) -> None:
        self._zone = ZoneInfo(timezone)
        self._starts: dict[int, int] = {}
        self._stretches: dict[int, tuple[int, int, int, int]] = {}

    def start(self, day: int) -> int:
        """The first instant of the day, in epoch seconds. Any integer is taken, beyond the calendar too."""
        found = self._starts.get(day)
        if found is None:
            if len(self._starts) >= _MOST_CACHED:
                self._starts.clear()
            found = self._starts[day] = self._midnight(day)
        return found

    def day(self, instant: int) -> int:
        """The local day of an instant; instants beyond the calendar count as its first or last day."""
        return self.span(instant)[0]

    def span(self, instant: int) -> tuple[int, int]:
        """The local day of an instant and the first instant after that day."""
        found = self._stretches.get(instant >> _STRETCH_BITS)
        if found is None:
            found = self._stretch(instant >> _STRETCH_BITS)
        midnight, before, after, end = found
        return (before, midnight) if instant < midnight else (after, end)

    def _stretch(self, number: int) -> tuple[int, int, int, int]:
        first = number << _STRETCH_BITS
        if first < self.start(FIRST_DAY):
            return (first, FIRST_DAY, FIRST_DAY, self.start(FIRST_DAY + 1))
        day = first // DAY_SECONDS + EPOCH_DAY
        while self.start(day) > first:
            day -= 1
        while self.start(day + 1) <= first:
            day += 1
        midnight, following = self.start(day + 1), day + 1
        while self.start(following + 1) <= midnight:
            following += 1
        if len(self._stretches) >= _MOST_CACHED:
            self._stretches.clear()
        found = (midnight, min(day, LAST_DAY), min(following, LAST_DAY), self.start(following + 1))
        self._stretches[number] = found
        return found

    def _midnight(self, day: int) -> int:
        # Conversions at the very ends of the calendar overflow; the offset there is that of the nearest days.
        safe = min(max(day, FIRST_DAY + 2), LAST_DAY - 2)
        local = datetime.fromordinal(safe)
        readings = [int(local.replace(tzinfo=self._zone, fold=fold).timestamp()) for fold in (0, 1)]
        low, high = min(readings), max(readings)
        # Midnight may not exist, when clocks are set forward: look for the jump between both readings.
        while low < high:
            middle = (low + high) // 2
            if datetime.fromtimestamp(middle, self._zone).toordinal() >= safe:
                high = middle
            else:
                low = middle + 1
        return low + (day - safe) * DAY_SECONDS


@cache
def local_days(timezone: str) -> LocalDays:
    """The shared `LocalDays` of a zone. Raises `zoneinfo.ZoneInfoNotFoundError` for an unknown name."""
    return LocalDays(timezone)
