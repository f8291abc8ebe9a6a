"""Forwards: which statements are sent on to which record store, and how far that has come.

A forward is in the hands of whoever last moved its `next_us` to an instant to come, and until then. It is
taken, kept and left by UPDATEs that name the instant that was read, so of several processes one has it; a
process that was killed loses it when the instant has passed.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from lms_tracker.store import schema

_table = schema.forwards


@dataclass(frozen=True, slots=True)
class Forward:
    """A row; `secret` is sealed, `chosen` is JSON text, `provider_id` None stands for everybody's."""

    id: int
    name: str
    provider_id: int | None
    endpoint: str
    key: str
    secret: bytes
    version: str
    chosen: str
    sent_to: int
    created_us: int
    paused_us: int | None
    failures: int
    next_us: int
    last_error: str


def add(
    connection: Connection,
    *,
    name: str,
    provider_id: int | None,
    endpoint: str,
    key: str,
    secret: bytes,
    version: str,
    chosen: str,
    sent_to: int,
    created_us: int,
) -> None:
    """A forward that is due at once and goes on after the position `sent_to`."""
    connection.execute(
        insert(_table).values(
            name=name,
            provider_id=provider_id,
            endpoint=endpoint,
            key=key,
            secret=secret,
            version=version,
            chosen=chosen,
            sent_to=sent_to,
            created_us=created_us,
            failures=0,
            next_us=0,
            last_error="",
        )
    )


def by_name(connection: Connection, name: str) -> Forward | None:
    row = connection.execute(select(_table).where(_table.c.name == name)).one_or_none()
    return None if row is None else Forward(*row)


def everything(connection: Connection) -> list[tuple[Forward, int]]:
    """Every forward with the number of its dead letters, the oldest first."""
    letters = schema.dead_letters
    count = (
        select(func.count()).select_from(letters).where(letters.c.forward_id == _table.c.id).scalar_subquery()
    )
    rows = connection.execute(select(_table, count).order_by(_table.c.id))
    return [(Forward(*row[:-1]), row[-1]) for row in rows]


def count_failing(connection: Connection) -> int:
    """How many wait after a failure and are not paused."""
    failing = (
        select(func.count()).select_from(_table).where(_table.c.failures > 0, _table.c.paused_us.is_(None))
    )
    return int(connection.execute(failing).scalar_one())


def due(connection: Connection, now_us: int) -> list[Forward]:
    """Forwards that nobody has in hand and that may be tried, the one that waits longest first."""
    rows = connection.execute(
        select(_table)
        .where(_table.c.paused_us.is_(None), _table.c.next_us <= now_us)
        .order_by(_table.c.next_us)
    )
    return [Forward(*row) for row in rows]


def take(connection: Connection, forward_id: int, seen_us: int, until_us: int) -> bool:
    """Have the forward in hand until an instant; False where somebody was first or it was paused.

    `seen_us` is the `next_us` that was read, or until which one has it already.
    """
    return _change(connection, forward_id, seen_us, _table.c.paused_us.is_(None), next_us=until_us)


def reach(connection: Connection, forward_id: int, held_us: int, sent_to: int, until_us: int) -> bool:
    """Everything up to `sent_to` is dealt with. False, and nothing is written, where one has lost it.

    Nor is anything written where more is dealt with already: it goes back for nobody.
    """
    ahead = _table.c.sent_to <= sent_to
    return _change(
        connection, forward_id, held_us, ahead, sent_to=sent_to, next_us=until_us, failures=0, last_error=""
    )


def fail(
    connection: Connection, forward_id: int, held_us: int, failures: int, next_us: int, error: str
) -> bool:
    """Let go of it after a failure, the how manieth in a row."""
    return _change(connection, forward_id, held_us, failures=failures, next_us=next_us, last_error=error)


def _change(
    connection: Connection, forward_id: int, seen_us: int, *also: ColumnElement[bool], **values: int | str
) -> bool:
    changed = update(_table).where(_table.c.id == forward_id, _table.c.next_us == seen_us, *also)
    return connection.execute(changed.values(**values)).rowcount == 1


def pause(connection: Connection, forward_id: int, now_us: int) -> None:
    """Rest, and take it out of the hands of who has it: that one stops, and notes no more."""
    connection.execute(update(_table).where(_table.c.id == forward_id).values(paused_us=now_us, next_us=0))


def resume(connection: Connection, forward_id: int) -> None:
    """Go on, and at once, also where it failed and was to wait."""
    connection.execute(
        update(_table).where(_table.c.id == forward_id).values(paused_us=None, failures=0, next_us=0)
    )


def set_credential(connection: Connection, forward_id: int, key: str, secret: bytes) -> None:
    """Another key and sealed secret, to be tried at once."""
    connection.execute(
        update(_table).where(_table.c.id == forward_id).values(key=key, secret=secret, failures=0, next_us=0)
    )


def remove(connection: Connection, forward_id: int) -> int:
    """Remove it and its dead letters; answers how many these were."""
    letters = schema.dead_letters
    count = connection.execute(delete(letters).where(letters.c.forward_id == forward_id)).rowcount
    connection.execute(delete(_table).where(_table.c.id == forward_id))
    return count
