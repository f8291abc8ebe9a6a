"""What each column of a file of completions may hold; like `course_fields`, whose readers it shares."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from lms_tracker.learning import course_fields
from lms_tracker.learning.course_fields import FieldFault, Reader, characters
from lms_tracker.learning.course_sheets import Cell
from lms_tracker.learning.days import local_days
from xapi import durations

# A length beyond this is nobody's single completion; the policy counts less of it anyway.
MOST_SECONDS = 1_000 * 3600
_DIGITS_OF_A_SHEET = 15
# RFC 5321 4.5.3.1.3, without its brackets.
LONGEST_EMAIL = 254
_EMAIL = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@(?:[\w-]{1,63}\.)+[\w-]{2,63}")
_MOMENT = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4})"
    r"(?:[T ](?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
_CLOCK = re.compile(r"(?P<hours>[0-9]{1,3}):(?P<minutes>[0-5][0-9])(?::(?P<seconds>[0-5][0-9]))?")
_POINTS = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,6})?")
_PASSED = {"đạt": True, "passed": True, "pass": True, "không đạt": False, "chưa đạt": False,
           "failed": False, "fail": False}  # fmt: skip


def email(cell: Cell) -> str:
    """An e-mail address in lower case, without or with "mailto:" before it.

    What stands before the @ could by RFC 5321 differ by its case; in a list of a class it is one person's.
    """
    words = characters(cell).lower().removeprefix("mailto:")
    if len(words) > LONGEST_EMAIL or not _EMAIL.fullmatch(words):
        raise FieldFault("email", "an e-mail address such as lan@example.vn")
    return words


def account(cell: Cell) -> str:
    """The name of an account; a spreadsheet keeps no more than 15 digits of a number."""
    name = str(course_fields.text(200)(cell))
    if isinstance(cell, (int, float)) and len(name) > _DIGITS_OF_A_SHEET:
        raise FieldFault("account-digits", "an account of more than 15 digits in a cell formatted as text")
    return name


def moment(timezone: str) -> Reader:
    """When it was: a pair of a datetime with its zone and whether a time of day was given.

    A date or a time without a zone is local. Dates are written year-month-day, or day/month/year. A date cell
    at midnight is a date alone.
    """
    zone = ZoneInfo(timezone)

    def read(cell: Cell) -> tuple[datetime, bool]:
        found, is_whole = _moment(cell)
        if found.year < 1970:
            raise FieldFault("date", "a date from 1970 on")
        if not is_whole:
            start = local_days(timezone).start(found.toordinal())
            return datetime.fromtimestamp(start, zone), False
        return (found if found.tzinfo is not None else found.replace(tzinfo=zone)), True

    return read


def _moment(cell: Cell) -> tuple[datetime, bool]:
    if isinstance(cell, datetime):
        # A spreadsheet keeps times as fractions of a day, which miss the second by a little.
        rounded = (cell + timedelta(milliseconds=500)).replace(microsecond=0)
        return rounded, rounded.time() != time()
    if isinstance(cell, date):
        return datetime.combine(cell, time()), False
    found = _MOMENT.fullmatch(cell) if isinstance(cell, str) else None
    if found is None:
        raise FieldFault("moment", "a date or a time as 2026-10-01, 01/10/2026 or 01/10/2026 16:30")
    day = course_fields.day(found["day"])
    if found["hour"] is None:
        return datetime.combine(day, time()), False
    clock = f"{int(found['hour']):02}:{found['minute']}:{found['second'] or '00'}"
    try:
        return datetime.fromisoformat(f"{day.isoformat()}T{clock}{found['zone'] or ''}"), True
    except ValueError:
        raise FieldFault("moment", "a time of day from 00:00 to 23:59") from None


def minutes(cell: Cell) -> int:
    """Minutes of 60 seconds, as seconds."""
    digits = characters(cell)
    if not _POINTS.fullmatch(digits):
        raise FieldFault("minutes", 'a positive number of minutes such as "90"')
    return bounded(Decimal(digits.replace(",", ".")) * 60)


def length(cell: Cell) -> int:
    """A length of time, as seconds: hours and minutes on a clock (1:30), ISO 8601 (PT1H30M), a time cell."""
    if isinstance(cell, time):
        return bounded(Decimal(cell.hour * 3600 + cell.minute * 60 + cell.second))
    if isinstance(cell, timedelta):
        return bounded(Decimal(round(cell.total_seconds())))
    if isinstance(cell, str):
        found = _CLOCK.fullmatch(cell)
        if found:
            hours, minutes, seconds = (int(found[name] or 0) for name in ("hours", "minutes", "seconds"))
            return bounded(Decimal(hours * 3600 + minutes * 60 + seconds))
        parsed = durations.parse(cell)
        if parsed is not None and not parsed.has_calendar_parts:
            return bounded(Decimal(int(parsed.nanoseconds)) / 10**9)
    raise FieldFault("duration-form", "a length of time as 1:30 (hours and minutes) or PT1H30M")


def bounded(seconds: Decimal) -> int:
    """Whole seconds, of a length that can be; raises FieldFault."""
    if not 0 < seconds <= MOST_SECONDS or seconds != seconds.to_integral_value():
        raise FieldFault("duration-range", f"more than nothing and at most {MOST_SECONDS // 3600} hours")
    return int(seconds)


def result(cell: Cell) -> bool:
    """Whether the learner passed."""
    word = characters(cell).lower()
    if word not in _PASSED:
        raise FieldFault("result", f"one of {', '.join(_PASSED)}")
    return _PASSED[word]


def points(cell: Cell) -> Decimal:
    """Points, with a comma or a point before the decimals."""
    digits = characters(cell)
    if not _POINTS.fullmatch(digits):
        raise FieldFault("score", 'points from 0 on such as "8,5"')
    return Decimal(digits.replace(",", "."))


def readers(timezone: str) -> dict[str, Reader]:
    """A reader for each column, in the order in which columns are documented."""
    return {
        "email": email,
        "account": account,
        "home_page": course_fields.activity,
        "name": course_fields.text(200),
        "course": course_fields.text(200),
        "activity": course_fields.activity,
        "completed_at": moment(timezone),
        "minutes": minutes,
        "hours": course_fields.hours,
        "hour_minutes": course_fields.hour_minutes,
        "duration": length,
        "result": result,
        "score": points,
        "score_max": points,
    }
