"""What a record shows of one person: sums from the totals, and stretches of the ledger by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Select, and_, case, func, select

from lms_tracker.learning.evidence import OWN_TIME
from lms_tracker.store import dialects, schema

# Years with entries that a record offers; timestamps of a broken clock may lie in any year.
MOST_YEARS = 20


@dataclass(frozen=True, slots=True)
class Sum:
    """Credited seconds of one course on one day."""

    day: int
    course_id: int
    placed: int
    nominal: int


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands of one statement: net seconds of one course, day, kind and reason."""

    statement_id: bytes
    provider_id: int
    course_id: int | None
    day: int
    kind: int
    reason: int
    seconds: int
    policy: int


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the ledger as it was written."""

    written_us: int
    course_id: int | None
    day: int
    kind: int
    reason: int
    seconds: int
    pieces: int
    because: int
    policy: int
    note: int


@dataclass(frozen=True, slots=True)
class When:
    """When a statement's evidence lies, in epoch seconds, and its flags."""

    at: int
    start: int | None
    flags: int
    position: int
    profile: int = 0


def sums(connection: Connection, person_key: bytes, first_day: int, last_day: int) -> list[Sum]:
    """Totals by day and course, both days included."""
    table = schema.totals
    rows = connection.execute(
        select(table.c.day, table.c.course_id, table.c.placed_seconds, table.c.nominal_seconds)
        .where(table.c.person_key == person_key, table.c.day.between(first_day, last_day))
        .order_by(table.c.day, table.c.course_id)
    )
    return [Sum(*row) for row in rows]


def sum_of_all(connection: Connection, person_key: bytes) -> tuple[int, int]:
    """Credited (placed, nominal) seconds of all time."""
    table = schema.totals
    row = connection.execute(
        select(func.sum(table.c.placed_seconds), func.sum(table.c.nominal_seconds)).where(
            table.c.person_key == person_key
        )
    ).one()
    return int(row[0] or 0), int(row[1] or 0)


def newest_day_before(connection: Connection, person_key: bytes, day: int) -> int | None:
    """The newest day before `day` on which the ledger has entries; one step in an index."""
    table = schema.ledger
    newest: int | None = connection.execute(
        select(func.max(table.c.day)).where(table.c.person_key == person_key, table.c.day < day)
    ).scalar_one()
    return newest


def busy_days(
    connection: Connection, person_key: bytes, first_day: int, last_day: int, limit: int
) -> list[tuple[int, int]]:
    """(day, number of ledger rows) of the newest days with entries, newest first."""
    table = schema.ledger
    rows = connection.execute(
        select(table.c.day, func.count())
        .where(table.c.person_key == person_key, table.c.day.between(first_day, last_day))
        .group_by(table.c.day)
        .order_by(table.c.day.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def statements_of_day(
    connection: Connection,
    person_key: bytes,
    actor_keys: Sequence[bytes],
    day: int,
    skip: int,
    limit: int,
) -> list[bytes]:
    """Some statements of which something stands on a day, in the order of the clock backwards.

    Those whose time nobody knows come last. A day may hold any number: what is not shown is not read.
    """
    stands = _standing(person_key, [day]).subquery()
    table = schema.evidence
    at = func.max(case((table.c.flags.op("&")(OWN_TIME) != 0, table.c.at_s), else_=None))
    evidence_of_them = and_(table.c.statement_id == stands.c.statement_id, table.c.actor_key.in_(actor_keys))
    rows = connection.execute(
        select(stands.c.statement_id)
        .outerjoin(table, evidence_of_them)
        .group_by(stands.c.statement_id)
        .order_by(at.desc().nulls_last(), stands.c.statement_id)
        .limit(limit)
        .offset(skip)
    )
    return [bytes(row[0]) for row in rows]


def overlapping(
    connection: Connection,
    person_key: bytes,
    actor_keys: Sequence[bytes],
    days: Sequence[int],
    interval: tuple[int, int],
    without_reason: int,
    limit: int,
) -> dict[bytes, When]:
    """The earliest statements of these days about some time of an interval in epoch seconds.

    Those of which something stands under another reason than `without_reason`, and whose sender knew when.
    """
    stands = _standing(person_key, days, without_reason).subquery()
    table = schema.evidence
    rows = connection.execute(
        select(table.c.statement_id, table.c.at_s, table.c.start_s, table.c.flags, table.c.position)
        .join(stands, stands.c.statement_id == table.c.statement_id)
        .where(
            table.c.actor_key.in_(actor_keys),
            table.c.flags.op("&")(OWN_TIME) != 0,
            table.c.start_s < table.c.at_s,
            table.c.start_s < interval[1],
            table.c.at_s > interval[0],
        )
        .distinct()
        .order_by(table.c.start_s, table.c.at_s, table.c.statement_id)
        .limit(limit)
    )
    return {bytes(row[0]): When(row[1], row[2], row[3], row[4]) for row in rows}


def _standing(
    person_key: bytes, days: Sequence[int], without_reason: int | None = None
) -> Select[tuple[bytes]]:
    """The statements of which something stands on these days, each once."""
    table = schema.ledger
    netted = (
        select(table.c.statement_id)
        .where(table.c.person_key == person_key, table.c.day.in_(days))
        .group_by(*_piece())
        .having(func.sum(table.c.pieces) > 0)
    )
    if without_reason is not None:
        netted = netted.where(table.c.reason != without_reason)
    return netted.distinct()


def _piece() -> tuple[Column[Any], ...]:
    """What entries have in common that take each other back."""
    table = schema.ledger
    return (
        table.c.statement_id,
        table.c.provider_id,
        table.c.course_id,
        table.c.day,
        table.c.kind,
        table.c.reason,
    )


def pieces(
    connection: Connection, person_key: bytes, days: Sequence[int], statement_ids: Sequence[bytes]
) -> list[Piece]:
    """What stands of a few statements on these days, entries that were taken back netted away."""
    table = schema.ledger
    rows = connection.execute(
        select(*_piece(), func.sum(table.c.seconds), func.max(table.c.policy))
        .where(
            table.c.person_key == person_key,
            table.c.day.in_(days),
            table.c.statement_id.in_(statement_ids),
        )
        .group_by(*_piece())
        .having(func.sum(table.c.pieces) > 0)
    )
    return [Piece(bytes(row[0]), *row[1:6], int(row[6]), int(row[7])) for row in rows]


def steps(connection: Connection, person_key: bytes, statement_id: bytes, days: Sequence[int]) -> list[Step]:
    """Every ledger entry about a statement on these days, in the order of writing."""
    table = schema.ledger
    rows = connection.execute(
        select(
            table.c.written_us,
            table.c.course_id,
            table.c.day,
            table.c.kind,
            table.c.reason,
            table.c.seconds,
            table.c.pieces,
            table.c.because,
            table.c.policy,
            table.c.note,
        )
        .where(
            table.c.person_key == person_key,
            table.c.day.in_(days),
            table.c.statement_id == statement_id,
        )
        .order_by(table.c.entry)
    )
    return [Step(*row[:9], note=row[9]) for row in rows]


def times(
    connection: Connection, actor_keys: Sequence[bytes], statement_ids: Sequence[bytes]
) -> dict[bytes, When]:
    """When the evidence of these few statements lies, for whichever of these actors it is."""
    table = schema.evidence
    rows = connection.execute(
        select(
            table.c.statement_id,
            table.c.at_s,
            table.c.start_s,
            table.c.flags,
            table.c.position,
            table.c.profile,
        ).where(and_(table.c.actor_key.in_(actor_keys), table.c.statement_id.in_(statement_ids)))
    )
    return {bytes(row[0]): When(*row[1:]) for row in rows}


def booked_days(connection: Connection, person_key: bytes, statement_id: bytes) -> list[int]:
    """The days on which the ledger has entries about a statement, in order.

    Not only those between which it says it was: what came late is booked when it came, and a reading may find
    the time of a session that was left long before.
    """
    select_ = "SELECT DISTINCT day FROM ledger WHERE statement_id = ? AND person_key = ? ORDER BY day"
    return [row[0] for row in dialects.rows(connection, select_, (statement_id, person_key))]


def is_known(connection: Connection, person_key: bytes) -> bool:
    """Whether there is anything under this person key: an account, a ledger, or an actor of that key."""
    return any(
        dialects.rows(connection, select_, (person_key,))
        for select_ in (
            "SELECT 1 FROM people WHERE person_key = ?",
            "SELECT 1 FROM credit_states WHERE person_key = ?",
            "SELECT 1 FROM actors WHERE actor_key = ?",
        )
    )
