"""The service's own figures, for those who watch it run."""

from lms_tracker.actions import clock
from lms_tracker.store import database, dead_letters, due, forwards, held_back, horizon

# Beyond so many, how many marks wait is not worth the counting.
MOST_MARKS = 10_000
MOST_DEAD_LETTERS = 10_000
MOST_HELD_BACK = 10_000


def now() -> dict[str, tuple[str, float]]:
    """Figure by name, with its meaning; each costs the same however much is stored or waiting."""
    with database.reading() as connection:
        waiting, oldest = due.count(connection, MOST_MARKS), due.oldest(connection)
        last = horizon.read(connection)
        held = held_back.count(connection, MOST_HELD_BACK)
        failing = forwards.count_failing(connection)
        dead = dead_letters.count(connection, MOST_DEAD_LETTERS)
    lag = (clock.now_us() - oldest) / 1e6 if oldest else 0.0
    return {
        "credit_due_marks": (
            f"Marks of learners whose credit is to be looked at again, counted up to {MOST_MARKS}",
            waiting,
        ),
        "credit_lag_seconds": ("Age of the oldest such mark", max(lag, 0.0)),
        "credit_held_back": (
            f"People whose credit could not be counted when last tried, counted up to {MOST_HELD_BACK}",
            held,
        ),
        "forwards_failing": ("Forwards whose receiver did not answer as it should when last tried", failing),
        "forward_dead_letters": (
            f"Statements that a receiver refused for good, counted up to {MOST_DEAD_LETTERS}",
            dead,
        ),
        "last_stored_timestamp_seconds": ("Consistent-Through, in seconds since the epoch", last / 1e6),
    }
