"""Times of belonging to something: from one local day to another, both included, open where None."""

from datetime import date

Span = tuple[date | None, date | None]


def overlap(one: Span, other: Span) -> bool:
    """Whether there is a day in both."""
    first = max(one[0] or date.min, other[0] or date.min)
    last = min(one[1] or date.max, other[1] or date.max)
    return first <= last
