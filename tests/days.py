"""The day on which tests live, whatever day it is outside."""

from datetime import UTC, date, datetime

# A Monday morning in the country, far from the ends of its day, month and year.
ORDINARY = datetime(2026, 11, 23, 3, tzinfo=UTC)
# There.
TODAY = date(2026, 11, 23)
