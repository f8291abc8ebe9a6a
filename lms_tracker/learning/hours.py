"""Arithmetic of hours: how seconds are told to people, and a provider's hours as seconds."""

from collections.abc import Sequence
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


def shares(parts: Sequence[int], total: int | None = None) -> list[int]:
    """Lengths as they are shown beside their sum: whole minutes, in seconds, that add up to it.

    Each differs by less than a minute from its length: all are rounded down, and the minutes that the sum has
    more go to the largest remainders. `total` is the sum as it is shown, by default rounded down to minutes;
    one under a minute is told in seconds, and so are its parts. Raises ValueError for a negative length, and
    for a total that differs by a minute or more from the sum of the parts.
    """
    whole = sum(parts)
    if any(part < 0 for part in parts):
        raise ValueError("a length cannot be negative")
    if total is None:
        total = whole if whole < 60 else whole - whole % 60
    if abs(total - whole) >= 60:
        raise ValueError("parts and total differ")
    if total == whole < 60:
        return list(parts)
    found = [part - part % 60 for part in parts]
    more = (total - sum(found)) // 60
    for index in sorted(range(len(parts)), key=lambda index: (-(parts[index] % 60), index))[:more]:
        found[index] += 60
    return found


def stated_seconds(hours: Decimal, hour_minutes: int) -> int | None:
    """The provider's hours ("tiết") of so many minutes as seconds; None unless they are whole seconds."""
    seconds = hours * hour_minutes * 60
    return int(seconds) if seconds == seconds.to_integral_value() else None
