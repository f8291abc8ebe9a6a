"""The service's own figures, for those who watch it run."""

from lms_tracker.actions import clock
from lms_tracker.store import database, due, horizon


def now() -> dict[str, tuple[str, float]]:
    """Figure by name, with its meaning; all cheap to ask for."""
    with database.reading() as connection:
        waiting, oldest = due.count(connection), due.oldest(connection)
        last = horizon.read(connection)
    lag = (clock.now_us() - oldest) / 1e6 if oldest else 0.0
    return {
        "credit_due_marks": ("Marks of learners whose credit is to be looked at again", waiting),
        "credit_lag_seconds": ("Age of the oldest such mark", max(lag, 0.0)),
        "last_stored_timestamp_seconds": ("Consistent-Through, in seconds since the epoch", last / 1e6),
    }
