"""Arithmetic of hours: how seconds are told to people, and a provider's hours as seconds."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Clock:
    """A length told as "2 giờ 15 phút"; `seconds` is only for lengths under a minute, otherwise 0."""

    hours: int
    minutes: int
    seconds: int


def clock(seconds: int) -> Clock:
    """Whole hours and minutes, rounded down: what is shown is never more than what was credited.

    Under one minute the seconds are told instead, so that a length above 0 never shows as 0. The words are
    the web's. Raises ValueError for a negative length.
    """
    if seconds < 0:
        raise ValueError("a length cannot be negative")
    if seconds < 60:
        return Clock(0, 0, seconds)
    minutes = seconds // 60
    return Clock(minutes // 60, minutes % 60, 0)


def stated_seconds(hours: Decimal, hour_minutes: int) -> int | None:
    """The provider's hours ("tiết") of so many minutes as seconds; None unless they are whole seconds."""
    seconds = hours * hour_minutes * 60
    return int(seconds) if seconds == seconds.to_integral_value() else None
