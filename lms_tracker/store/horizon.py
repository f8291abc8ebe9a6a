"""How `stored` is given, and why Consistent-Through never lies (I5).

The table `horizon` holds one row with the newest promise that no statement stands for. The horizon is that
or the highest `stored` of all statements, whichever is higher. Whoever stores statements first locks the row
and keeps the lock until the transaction ends, and only then asks where the horizon is; each new statement
takes the next number above both it and the clock. So:

1. Statements get their `stored` one transaction at a time, and a transaction takes its numbers only after
   the one before it has ended. The order of `stored` is the order of commits; numbers are unique and rise.
2. The horizon, as any reader sees it committed, is at or above the `stored` of every statement committed
   then or before, and below every `stored` that will ever be given later, whatever any clock does: who gives
   one has the lock, sees all that was committed under it before, and goes above that. It may therefore be
   promised: nothing will appear at or before it any more.
3. A reader asks for the horizon before it reads statements, or in the same SELECT, which sees one moment.
   Its snapshot holds all at or below it.

Storing does not change the row, it only locks it: were it written with every transaction, PostgreSQL would
have to step over all its former versions for as long as any old snapshot is open (measured: 1 ms more for
each transaction after 60,000 of them, two minutes into a dump). A statement is never deleted, so the highest
`stored` never falls.

What is promised is that no statement will be stored there any more. A search may yet find one there that it
did not find before: a statement about another is found by what the other is found by, as soon as that one
comes (`actions.references`). Who follows everything, without a filter, misses nothing.

When nothing is written the horizon would stand still, and clients that wait for it would wait for ever. So a
reader who finds it old moves it to the clock in a short transaction of its own, under the same lock and only
when the lock is free; if it is taken, a writer is about to move it anyway.

The cost is that transactions which store statements run one after the other in the database. What needs
no store (validation, keys, evidence) happens before the lock is taken, and requests that wait for it are
written together (`actions.recording`), so that one commit serves many.
"""

from typing import NamedTuple

from sqlalchemy import Connection

from lms_tracker.store import dialects

# A reader does not move the horizon again within this time, in microseconds.
FRESH_US = 50_000

_NEWEST = "SELECT max(position) FROM statements"
# What a SELECT of others names where it asks for the horizon beside something else.
OF_HERE = f"SELECT last, ({_NEWEST}) AS newest FROM horizon WHERE id = 1"
_ALL_HERE = f"SELECT last, ({_NEWEST}), defined, credentials FROM horizon WHERE id = 1"


class Locked(NamedTuple):
    """The last position given, where definitions last changed, how often credentials have changed."""

    last: int
    defined: int
    credentials: int


def lock(connection: Connection) -> int:
    """Take the right to give positions until this transaction ends; answers the last one given."""
    return lock_and_see(connection).last


def lock_and_see(connection: Connection) -> Locked:
    """Like `lock`, and in the same question what has changed that processes remember."""
    found = _locked(connection, "")
    assert found is not None
    return found


def lock_if_free(connection: Connection) -> int | None:
    """Like `lock`, but None when somebody else holds it."""
    found = _locked(connection, " SKIP LOCKED")
    return None if found is None else found.last


def _locked(connection: Connection, unless: str) -> Locked | None:
    if dialects.is_postgresql(connection):
        # One message, but two statements: the second must see what was committed while the first waited.
        select = f"SELECT last, defined, credentials FROM horizon WHERE id = 1 FOR UPDATE{unless}"
        held, newest = dialects.rows_of_each(connection, (select, _NEWEST))
        if not held:
            return None
        promised, defined, credentials = held[0]
        return Locked(seen(promised, newest[0][0]), int(defined), int(credentials))
    # The transaction began with BEGIN IMMEDIATE and is the only writer already.
    ((promised, newest_here, defined, credentials),) = dialects.rows(connection, _ALL_HERE, ())
    return Locked(seen(promised, newest_here), int(defined), int(credentials))


def promise(connection: Connection, last: int) -> None:
    """Move the horizon to `last` without a statement; the caller holds the lock, and `last` is above it."""
    dialects.change(connection, "UPDATE horizon SET last = ? WHERE id = 1", (last,))


def note_defined(connection: Connection, position: int) -> None:
    """Tell every process that definitions have changed; the caller holds the lock and gave `position`."""
    dialects.change(connection, "UPDATE horizon SET defined = ? WHERE id = 1", (position,))


def note_credentials(connection: Connection) -> None:
    """Tell every process that what a credential allows has changed; waits for the lock, and holds it."""
    dialects.change(connection, "UPDATE horizon SET credentials = credentials + 1 WHERE id = 1", ())


def read(connection: Connection) -> int:
    """The newest position, in microseconds, at or before which nothing will appear any more."""
    return seen(*dialects.rows(connection, OF_HERE, ())[0])


def seen(promised: int, newest: int | None) -> int:
    """The horizon, from the two columns of `OF_HERE`."""
    return max(int(promised), int(newest or 0))


def take(connection: Connection, now_us: int) -> int:
    """One position of one's own, for a mark that no statement brings; holds the lock as `lock` does."""
    position = max(lock(connection) + 1, now_us)
    promise(connection, position)
    return position
