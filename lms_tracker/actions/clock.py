"""The one place that reads the clock, so that a test can hand in the time."""

import time
from datetime import date

from flask import current_app

from lms_tracker.learning.days import local_days


def now_us() -> int:
    """Microseconds since the Unix epoch, UTC."""
    return time.time_ns() // 1000


def today() -> date:
    """The day it is in the programme's time zone (I12)."""
    days = local_days(current_app.config["SETTINGS"].timezone)
    return date.fromordinal(days.day(now_us() // 1_000_000))
