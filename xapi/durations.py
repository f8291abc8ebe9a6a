"""Durations of ISO 8601:2004(E) 4.4.3.2, exact (xAPI-Data 4.6)."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, NamedTuple

from xapi.findings import Checker, Findings, broken, wrong_type

_NUMBER = r"(\d+(?:[.,]\d+)?)"
_DURATION = re.compile(
    rf"P(?:{_NUMBER}W|(?=.)(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}D)?"
    rf"(?:T(?=.)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?)",
    re.ASCII,
)
# What nearly every sender writes, read without the cost of the full grammar.
_COMMON = re.compile(r"PT(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.(\d{1,9}))?S)?", re.ASCII)
_FRACTION_IN_LAST = re.compile(r"[^.,]*[.,]\d+[A-Z]", re.ASCII)
_BEYOND_HUNDREDTHS = re.compile(r"([.,]\d\d)\d+S\Z", re.ASCII)
_SECOND = 1_000_000_000
_LONGEST = 1_000


class Duration(NamedTuple):
    """A duration as it was written.

    `nanoseconds` is the part of fixed length (weeks, days of 24 hours, hours, minutes, seconds); years and
    months have no fixed length and stand apart.
    """

    text: str
    years: int | Fraction
    months: int | Fraction
    nanoseconds: int | Fraction

    @property
    def has_calendar_parts(self) -> bool:
        """True when years or months other than zero make the length unknown."""
        return bool(self.years or self.months)


def parse(text: str) -> Duration | None:
    """The duration, or None when the text is not one."""
    common = _COMMON.fullmatch(text)
    if common is not None:
        hour, minute, second, fraction = common.groups()
        length = (int(hour or 0) * 3600 + int(minute or 0) * 60 + int(second or 0)) * _SECOND
        return Duration(text, 0, 0, length + int(fraction.ljust(9, "0")) if fraction else length)
    match = _match(text)
    if match is None:
        return None
    weeks, years, months, days, hours, minutes, seconds = match.groups()
    total: int | Fraction = 0
    for part, unit in ((seconds, 1), (minutes, 60), (hours, 3600), (days, 86400), (weeks, 604800)):
        if part is not None:
            total += _times(part, unit * _SECOND)
    return Duration(text, _times(years, 1) if years else 0, _times(months, 1) if months else 0, total)


def _match(text: str) -> re.Match[str] | None:
    # The standard leaves the number of digits to agreement; a thousand characters bound the arithmetic.
    match = _DURATION.fullmatch(text) if len(text) <= _LONGEST else None
    if match is not None and ("." in text or "," in text) and _FRACTION_IN_LAST.fullmatch(text) is None:
        return None
    return match


def _times(number: str, unit: int) -> int | Fraction:
    """`number` units, exact; a Fraction only where there is no whole result."""
    if number.isdigit():
        return int(number) * unit
    whole, _, part = number.replace(",", ".").partition(".")
    scale = 10 ** len(part)
    result, rest = divmod(int(whole + part) * unit, scale)
    return Fraction(int(whole + part) * unit, scale) if rest else result


def comparable(text: str) -> str:
    """The text without what lies beyond hundredths of a second: durations are compared as strings, but
    precision beyond 0.01 second is left out (xAPI-Data 2.3.1, 4.6)."""
    return _BEYOND_HUNDREDTHS.sub(r"\1S", text)


def duration(clause: str) -> Checker:
    """A checker for a property that holds a duration."""

    def check(value: Any) -> Findings:
        if type(value) is not str:
            return wrong_type("a string", value, clause)
        if _COMMON.fullmatch(value) is not None or _match(value) is not None:
            return None
        message = 'expected a duration of ISO 8601 such as "PT1H30M" or "PT59.14S"'
        return broken("duration", message, value, clause)

    return check
