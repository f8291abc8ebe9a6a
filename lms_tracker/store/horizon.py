"""How `stored` is given, and why Consistent-Through never lies (I5).

The table `horizon` holds one row, `last`. Whoever stores statements first locks that row and keeps the lock
until the transaction ends; each new statement takes the next number above both `last` and the clock, and the
transaction leaves `last` at the highest it gave. So:

1. Statements get their `stored` one transaction at a time, and a transaction takes its numbers only after
   the one before it has ended. The order of `stored` is the order of commits; numbers are unique and rise.
2. `last`, as any reader sees it committed, is at or above the `stored` of every statement committed with it
   or before, and below every `stored` that will ever be given later, whatever any clock does. It may
   therefore be promised: nothing will appear at or before it any more.
3. A reader takes `last` before it reads statements, or in the same SELECT, which sees one moment. Its
   snapshot holds all at or below it.

What is promised is that no statement will be stored there any more. A search may yet find one there that it
did not find before: a statement about another is found by what the other is found by, as soon as that one
comes (`actions.references`). Who follows everything, without a filter, misses nothing.

When nothing is written `last` would stand still, and clients that wait for it would wait for ever. So a
reader who finds it old moves it to the clock in a short transaction of its own, under the same lock and only
when the lock is free; if it is taken, a writer is about to move it anyway.

The cost is that transactions which store statements run one after the other in the database. What needs
no store (validation, keys, evidence) happens before the lock is taken, and requests that wait for it are
written together (`actions.recording`), so that one commit serves many.
"""

from sqlalchemy import Connection

from lms_tracker.store import dialects

# A reader does not move the horizon again within this time, in microseconds.
FRESH_US = 50_000

_SELECT = "SELECT last FROM horizon WHERE id = 1"


def lock(connection: Connection) -> int:
    """Take the right to give positions until this transaction ends; answers the last one given."""
    return lock_with_defined(connection)[0]


def lock_with_defined(connection: Connection) -> tuple[int, int]:
    """Like `lock`, and in the same question where definitions of activities last changed."""
    # On SQLite the transaction began with BEGIN IMMEDIATE and is the only writer already.
    select = "SELECT last, defined FROM horizon WHERE id = 1"
    locking = " FOR UPDATE" if dialects.is_postgresql(connection) else ""
    last, defined = dialects.rows(connection, select + locking, ())[0]
    return int(last), int(defined)


def lock_if_free(connection: Connection) -> int | None:
    """Like `lock`, but None when somebody else holds it."""
    if not dialects.is_postgresql(connection):
        return lock(connection)
    found = dialects.rows(connection, f"{_SELECT} FOR UPDATE SKIP LOCKED", ())
    return int(found[0][0]) if found else None


def move(connection: Connection, last: int) -> None:
    """Leave the horizon at `last`; the caller holds the lock and `last` is not below what it was."""
    dialects.change(connection, "UPDATE horizon SET last = ? WHERE id = 1", (last,))


def note_defined(connection: Connection, position: int) -> None:
    """Tell every process that definitions have changed; the caller holds the lock and gave `position`."""
    dialects.change(connection, "UPDATE horizon SET defined = ? WHERE id = 1", (position,))


def read(connection: Connection) -> int:
    """The newest position, in microseconds, at or before which nothing will appear any more."""
    return int(dialects.rows(connection, _SELECT, ())[0][0])


def take(connection: Connection, now_us: int) -> int:
    """One position of one's own, for a mark that no statement brings; holds the lock as `lock` does."""
    position = max(lock(connection) + 1, now_us)
    move(connection, position)
    return position
