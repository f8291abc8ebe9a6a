"""What arrived from one provider, what was refused, and what earned nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from lms_tracker.store import schema

_LATER = schema.ledger.alias("later")


def _unindexed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column, in a form for which planners look for no index."""
    return func.coalesce(column, column)


# Of rows of the ledger: a piece under a reason, which no later entry takes back.
_STANDS_UNCREDITED = (
    schema.ledger.c.reason != 0,
    schema.ledger.c.pieces == 1,
    ~exists().where(
        _LATER.c.statement_id == schema.ledger.c.statement_id,
        # Found by the statement, of which a person has a few entries, and not among all of the person's.
        _unindexed(_LATER.c.person_key) == schema.ledger.c.person_key,
        _unindexed(_LATER.c.entry) > schema.ledger.c.entry,
        _unindexed(_LATER.c.day) == schema.ledger.c.day,
        _LATER.c.course_id.is_not_distinct_from(schema.ledger.c.course_id),
        _LATER.c.kind == schema.ledger.c.kind,
        _LATER.c.reason == schema.ledger.c.reason,
        _LATER.c.pieces == -1,
    ),
)


@dataclass(frozen=True, slots=True)
class RefusalRow:
    id: int
    refused_us: int
    item: int | None
    path: str
    rule: str
    message: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class UncreditedRow:
    """A piece of the ledger that stands under a reason; `cursor` orders it among its like."""

    person_key: bytes
    entry: int
    statement_id: bytes
    course_id: int | None
    day: int
    kind: int
    reason: int
    seconds: int
    written_us: int

    @property
    def cursor(self) -> tuple[int, bytes, int]:
        return self.written_us, self.person_key, self.entry


def count(connection: Connection, provider_id: int, first_us: int, before_us: int) -> int:
    """How many statements of a provider were stored in [first_us, before_us)."""
    table = schema.statements
    select_ = select(func.count()).where(
        table.c.provider_id == provider_id, table.c.position >= first_us, table.c.position < before_us
    )
    return int(connection.execute(select_).scalar_one())


def count_refusals(connection: Connection, provider_id: int) -> int:
    table = schema.refusals
    select_ = select(func.count()).where(table.c.provider_id == provider_id)
    return int(connection.execute(select_).scalar_one())


def refusals(connection: Connection, provider_id: int, before_id: int | None, limit: int) -> list[RefusalRow]:
    """Lines of a provider's refusal log, the newest first."""
    table = schema.refusals
    wanted = select(
        table.c.id,
        table.c.refused_us,
        table.c.item,
        table.c.path,
        table.c.rule,
        table.c.message,
        table.c.excerpt,
    ).where(table.c.provider_id == provider_id)
    if before_id is not None:
        wanted = wanted.where(table.c.id < before_id)
    return [RefusalRow(*row) for row in connection.execute(wanted.order_by(table.c.id.desc()).limit(limit))]


def uncredited(
    connection: Connection,
    provider_id: int,
    reason: int | None,
    before: tuple[int, bytes, int] | None,
    limit: int,
) -> list[UncreditedRow]:
    """Pieces that stand uncredited, the newest first, after the row with the cursor `before`."""
    table = schema.ledger
    wanted = select(
        table.c.person_key,
        table.c.entry,
        table.c.statement_id,
        table.c.course_id,
        table.c.day,
        table.c.kind,
        table.c.reason,
        table.c.seconds,
        table.c.written_us,
    ).where(table.c.provider_id == provider_id, *_STANDS_UNCREDITED)
    if reason is not None:
        wanted = wanted.where(table.c.reason == reason)
    if before is not None:
        written, person, entry = before
        wanted = wanted.where(
            table.c.written_us <= written,
            or_(
                table.c.written_us < written,
                table.c.person_key < person,
                and_(table.c.person_key == person, table.c.entry < entry),
            ),
        )
    order = (table.c.written_us.desc(), table.c.person_key.desc(), table.c.entry.desc())
    rows = connection.execute(wanted.order_by(*order).limit(limit))
    return [UncreditedRow(bytes(row[0]), row[1], bytes(row[2]), *row[3:]) for row in rows]


def reasons_since(
    connection: Connection, provider_ids: Sequence[int], since_us: int
) -> dict[tuple[int, int], tuple[int, int]]:
    """(pieces, seconds) by (provider, reason) of what was written since and stands uncredited.

    A piece counts by the day its standing entry was written: what was written before and taken back since
    takes nothing away from it.
    """
    table = schema.ledger
    rows = connection.execute(
        select(table.c.provider_id, table.c.reason, func.count(), func.sum(table.c.seconds))
        .where(table.c.provider_id.in_(provider_ids), table.c.written_us >= since_us, *_STANDS_UNCREDITED)
        .group_by(table.c.provider_id, table.c.reason)
    )
    return {(row[0], row[1]): (int(row[2]), int(row[3])) for row in rows}
