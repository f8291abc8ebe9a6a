"""Timestamps as exact nanoseconds since the Unix epoch, UTC (xAPI-Data 4.5; RFC 3339 in 2.0).

1.0.3 takes ISO 8601 combined dates and times of the calendar, extended or basic; without an offset they are
taken as UTC. 2.0 takes RFC 3339 only. Neither takes the offset "-00:00", "-0000" or "-00".
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any

from xapi.findings import Checker, Findings, broken, wrong_type

_RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-]\d\d):(\d\d))", re.ASCII
)
_EXTENDED = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:[Zz]|([+-]\d\d)(?::?(\d\d))?)?", re.ASCII
)
_BASIC = re.compile(r"(\d{8})T(\d\d)(\d\d)(?:(\d\d)(?:[.,](\d+))?)?(?:Z|([+-]\d\d)(\d\d)?)?", re.ASCII)

_EPOCH = datetime(1970, 1, 1)
_EPOCH_DAY = _EPOCH.toordinal()
_DAYS_OF_FOUR_YEARS = 1461
_SECOND = 1_000_000_000
# xAPI-Data 4.5 lets a timestamp be truncated; this keeps the time for a hostile one bounded.
_MOST_FRACTION_DIGITS = 1_000
_LONGEST_REMEMBERED = 40


def parse(text: str, version: str) -> int | Fraction | None:
    """Nanoseconds since the epoch, exact (a Fraction when there are parts of a nanosecond); None if wrong.

    `version` is "1.0.3" or "2.0.0". A leap second is taken as the second after it.
    """
    reader = _read if len(text) > _LONGEST_REMEMBERED else _remembered
    return reader(text, version.startswith("1."))


def _read(text: str, iso: bool) -> int | Fraction | None:
    match = _RFC3339.fullmatch(text)
    if match is None and iso:
        match = _EXTENDED.fullmatch(text) or _BASIC.fullmatch(text)
    if match is None:
        return None
    day, hour_text, minute_text, second_text, fraction, offset_hour, offset_minute = match.groups()
    number = _day_number(day)
    hour, minute, second = int(hour_text), int(minute_text), int(second_text or 0)
    if number is None or hour > 24 or minute > 59 or second > 60:
        return None
    if hour == 24 and not (iso and _is_midnight(minute, second, fraction)):
        return None
    seconds = number * 86400 + hour * 3600 + minute * 60 + second
    if offset_hour is not None:
        offset = _offset(offset_hour, offset_minute or "00")
        if offset is None:
            return None
        seconds -= offset
    if second == 60 and seconds % 86400:
        return None
    return seconds * _SECOND + (_nanoseconds(fraction) if fraction else 0)


_remembered = lru_cache(maxsize=1024)(_read)


def _is_midnight(minute: int, second: int, fraction: str | None) -> bool:
    return minute == 0 and second == 0 and not (fraction or "").strip("0")


def _offset(hours: str, minutes: str) -> int | None:
    size = int(hours[1:]) * 60 + int(minutes)
    if int(hours[1:]) > 23 or int(minutes) > 59 or (size == 0 and hours[0] == "-"):
        return None
    return size * 60 if hours[0] == "+" else size * -60


def _nanoseconds(fraction: str) -> int | Fraction:
    if len(fraction) <= 9:
        return int(fraction.ljust(9, "0"))
    digits = fraction[:_MOST_FRACTION_DIGITS].rstrip("0")
    if len(digits) <= 9:
        return int(digits.ljust(9, "0"))
    return Fraction(int(digits), 10 ** (len(digits) - 9))


@lru_cache(maxsize=4096)
def _day_number(text: str) -> int | None:
    """Days since 1970-01-01 in the proleptic Gregorian calendar, year 0000 included."""
    digits = text.replace("-", "")
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    try:
        if year == 0:
            return date(4, month, day).toordinal() - _DAYS_OF_FOUR_YEARS - _EPOCH_DAY
        return date(year, month, day).toordinal() - _EPOCH_DAY
    except ValueError:
        return None


def format_position(us: int) -> str:
    """Microseconds since the epoch as "2026-11-22T14:00:00.123456Z"."""
    return (_EPOCH + timedelta(microseconds=us)).isoformat(timespec="microseconds") + "Z"


def timestamp(version: str, clause: str) -> Checker:
    """A checker for a property that holds a timestamp."""
    kind = "ISO 8601" if version.startswith("1.") else "RFC 3339"
    example = "2026-11-22T21:00:00.123+07:00"

    def check(value: Any) -> Findings:
        if type(value) is not str:
            return wrong_type("a string", value, clause)
        if parse(value, version) is not None:
            return None
        return broken("timestamp", f'expected a timestamp of {kind} such as "{example}"', value, clause)

    return check
