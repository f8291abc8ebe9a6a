"""The day on which tests live, whatever day it is outside."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import time_machine

# A Monday morning in the country, far from the ends of its day, month and year.
ORDINARY = datetime(2026, 11, 23, 3, tzinfo=UTC)
# There.
TODAY = date(2026, 11, 23)
_BEGUN = time.monotonic()


@contextmanager
def ordinary() -> Iterator[None]:
    """Time goes on from that morning, and never back when it is entered again in one process."""
    begin = ORDINARY + timedelta(seconds=time.monotonic() - _BEGUN)
    with time_machine.travel(begin, tick=True):
        yield
