"""The members of a policy's file one by one: what each reads to, or what is wrong with it."""

from datetime import date
from fractions import Fraction
from typing import NoReturn

MOST_SECONDS = 366 * 86_400
MOST_FACTOR = 10
DAY = 86_400
UNITS = {"hours": 3600, "minutes": 60, "seconds": 1}


class Wrong(Exception):
    """One member is not what it should be."""

    def __init__(self, expected: str, got: object) -> None:
        super().__init__(expected)
        self.expected = expected
        self.got = got


def wrong(expected: str, got: object) -> NoReturn:
    raise Wrong(expected, got)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def length(value: object, allowed: tuple[int, ...] = ()) -> int:
    expected = f'a length, as in {{"hours": 4}}, of at most {MOST_SECONDS // DAY} days'
    if not isinstance(value, dict):
        wrong(expected, value)
    if value.keys() == {"tiet", "minutes_each"}:
        if value["minutes_each"] not in allowed:
            wrong(f"minutes_each one of the hour units allowed ({', '.join(map(str, allowed))})", value)
        amount, unit = value["tiet"], value["minutes_each"] * 60
    elif len(value) == 1 and value.keys() <= UNITS.keys():
        (name, amount), *_ = value.items()
        unit = UNITS[name]
    else:
        wrong(f"{expected}, in one of {', '.join(UNITS)} or tiet with minutes_each", value)
    if not _is_number(amount) or not 0 < amount <= MOST_SECONDS:
        wrong(expected, value)
    seconds = Fraction(str(amount)) * unit
    if seconds.denominator != 1 or not 0 < seconds <= MOST_SECONDS:
        wrong(f"{expected}, in whole seconds", value)
    return int(seconds)


def factor(value: object) -> Fraction:
    expected = f'a number as text, above 0 and at most {MOST_FACTOR}, as in "1.5"'
    if not isinstance(value, str) or len(value) > 10 or not value.replace(".", "", 1).isdecimal():
        wrong(expected, value)
    factor = Fraction(value)
    return factor if 0 < factor <= MOST_FACTOR else wrong(expected, value)


def yes(value: object) -> bool:
    return value if isinstance(value, bool) else wrong("true or false", value)


def month_and_day(value: object) -> tuple[int, int]:
    """Of a year without a 29 February, so that there is such a day in every year."""
    expected = 'a day of every year, as in "03-31"'
    try:
        if not isinstance(value, str) or len(value) != 5 or not value.isascii():
            wrong(expected, value)
        found = date.fromisoformat(f"2001-{value}")
    except ValueError:
        wrong(expected, value)
    return found.month, found.day


def year(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 9998:
        return value
    wrong("a year", value)


def minutes(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 240:
        return value
    wrong("the minutes of an hour, from 1 to 240", value)


def hour_minutes(value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= 20:
        wrong("a list of the minutes of an hour", value)
    found = tuple(minutes(one) for one in value)
    return found if len(set(found)) == len(found) else wrong("each of them once", value)


def title(value: object) -> object:
    if not isinstance(value, dict) or value.keys() != {"vi", "en"}:
        wrong('a name in both languages, as in {"vi": "...", "en": "..."}', value)
    if not all(isinstance(text, str) and 0 < len(text.strip()) <= 200 for text in value.values()):
        wrong("names of 1 to 200 characters", value)
    return value
