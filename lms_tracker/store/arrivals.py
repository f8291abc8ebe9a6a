"""What arrived from one provider, what was refused, and what earned nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, exists, func, or_, select

from lms_tracker.store import schema


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


@dataclass(frozen=True, slots=True)
class CredentialRow:
    """Never the secret, of which only a hash is kept anyway."""

    key: str
    scopes: str
    created_us: int
    expires_us: int | None
    revoked_us: int | None


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
    later = schema.ledger.alias("later")
    taken_back = exists().where(
        and_(
            later.c.person_key == table.c.person_key,
            later.c.entry > table.c.entry,
            later.c.day == table.c.day,
            later.c.statement_id == table.c.statement_id,
            later.c.course_id.is_not_distinct_from(table.c.course_id),
            later.c.kind == table.c.kind,
            later.c.reason == table.c.reason,
            later.c.pieces == -1,
        )
    )
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
    ).where(table.c.provider_id == provider_id, table.c.reason != 0, table.c.pieces == 1, ~taken_back)
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


def credentials(connection: Connection, provider_id: int) -> list[CredentialRow]:
    table = schema.credentials
    rows = connection.execute(
        select(table.c.key, table.c.scopes, table.c.created_us, table.c.expires_us, table.c.revoked_us)
        .where(table.c.provider_id == provider_id)
        .order_by(table.c.id)
    )
    return [CredentialRow(*row) for row in rows]


def reasons_since(
    connection: Connection, provider_ids: Sequence[int], since_us: int
) -> dict[tuple[int, int], tuple[int, int]]:
    """(pieces, seconds) by (provider, reason) that stand of what was written since, reversals netted away."""
    table = schema.ledger
    rows = connection.execute(
        select(table.c.provider_id, table.c.reason, func.sum(table.c.pieces), func.sum(table.c.seconds))
        .where(table.c.provider_id.in_(provider_ids), table.c.reason != 0, table.c.written_us >= since_us)
        .group_by(table.c.provider_id, table.c.reason)
    )
    return {(row[0], row[1]): (int(row[2]), int(row[3])) for row in rows if row[2] > 0}
