"""How many new statements a credential may store in a local day, exact with any number of processes.

Statements are stored under one lock, one transaction at a time (see `store.horizon`). Within it the counts
of those credentials that have a quota are read, compared and written; no other transaction can come between,
and a count is committed with the statements that it counts. Credentials without a quota cost nothing. What
was stored before and is sent again is not counted. Keys of one line of rotations share one count.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import current_app
from sqlalchemy import Connection

from lms_tracker.actions import clock
from lms_tracker.actions.rights import Caller
from lms_tracker.learning.days import LocalDays, local_days
from lms_tracker.store import credentials, database
from xapi.faults import Fault, Refusal

SECOND_US = 1_000_000
# What was stored on days before today counts for nothing any more; a few are kept for whoever looks.
DAYS_KEPT = 7


@dataclass(slots=True)
class Quotas:
    """The quotas that concern one transaction, whose first statement is stored at `position`."""

    day: int
    seconds_left: int
    # By the credential that it counts for: what was stored on the day before this transaction, and in it.
    before: dict[int, int]
    now: dict[int, int] = field(default_factory=dict)

    def take(self, caller: Caller, count: int) -> Refusal | None:
        """Let a request store `count` new statements, or say why not and let it store none."""
        most = caller.daily_statements
        if most is None or not count:
            return None
        of = caller.counts_for
        stored = self.before.get(of, 0) + self.now.get(of, 0)
        if stored + count <= most:
            self.now[of] = self.now.get(of, 0) + count
            return None
        if count > most:
            # It fits into no day: whoever waited would wait for ever.
            message = f"expected at most {most} new statements with this credential in a request or a day"
            clause = "xAPI-Communication 3.2"
            fault = Fault(None, "", "quota-smaller-than-batch", message, f"{count} more", clause)
            return Refusal([fault], status=413)
        message = (
            f"expected at most {most} new statements a day with this credential; {stored} are stored today"
        )
        fault = Fault(None, "", "quota", message, f"{count} more", "xAPI-Communication 3.2")
        return Refusal([fault], status=429, retry_after=self.seconds_left)

    def write(self, connection: Connection) -> None:
        """Count what was stored; within the transaction that stores it."""
        credentials.count_on(connection, self.day, list(self.now.items()))


def of(connection: Connection, callers: Iterable[Caller], position: int) -> Quotas | None:
    """The quotas of these callers, None where nobody has one; the caller holds the lock of the horizon."""
    limited = sorted({caller.counts_for for caller in callers if caller.daily_statements is not None})
    if not limited:
        return None
    second = position // SECOND_US
    day, ends = _days().span(second)
    return Quotas(day, ends - second, credentials.stored_on(connection, limited, day))


def today() -> int:
    """The local day that counts now, as an ordinal."""
    return _days().day(clock.now_us() // SECOND_US)


def drop_old() -> int:
    """Forget the counts of days that are long over; answers how many."""
    with database.writing() as connection:
        return credentials.drop_days_before(connection, today() - DAYS_KEPT)


def _days() -> LocalDays:
    return local_days(current_app.config["SETTINGS"].timezone)
