"""Disputes: entries of a record, or decisions about a claim, that their owner wants looked at again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from lms_tracker.store import dialects, schema
from lms_tracker.store.claims import owner
from lms_tracker.store.reach import Reach, persons

# Disputes of one person that a page shows.
MOST_OF_ONE = 200
# Disputes settled by one run of the job that writes their statements.
MOST_DUE = 100


@dataclass(frozen=True, slots=True)
class Dispute:
    """A row of `disputes`; instants in microseconds."""

    id: int
    person_key: bytes
    statement_id: bytes | None
    claim_id: int | None
    provider_id: int
    about: str
    words: str
    state: str
    made_us: int
    made_by: bytes
    due_us: int
    decided_us: int | None
    decided_by: bytes | None
    outcome: str
    is_due: bool
    revision: int


_COLUMNS = [schema.disputes.c[name] for name in Dispute.__dataclass_fields__]
_KEYS = ("person_key", "statement_id", "made_by", "decided_by")


def _disputes(
    connection: Connection, *conditions: ColumnElement[bool], order: Any = (), limit: int = 1, offset: int = 0
) -> list[Dispute]:
    asked = select(*_COLUMNS).where(*conditions).order_by(*order).limit(limit).offset(offset)
    found = []
    for row in connection.execute(asked).mappings():
        values = dict(row)
        for name in _KEYS:
            values[name] = None if values[name] is None else bytes(values[name])
        found.append(Dispute(**values))
    return found


def by_id(connection: Connection, dispute_id: int) -> Dispute | None:
    return next(iter(_disputes(connection, schema.disputes.c.id == dispute_id)), None)


def of_persons(connection: Connection, person_keys: Sequence[bytes]) -> list[Dispute]:
    """The newest disputes kept under these keys of one person."""
    table = schema.disputes
    return _disputes(
        connection, table.c.person_key.in_(person_keys), order=(table.c.id.desc(),), limit=MOST_OF_ONE
    )


def about_statement(
    connection: Connection, person_keys: Sequence[bytes], statement_id: bytes
) -> list[Dispute]:
    """What this person has said about an entry, the newest first."""
    table = schema.disputes
    return _disputes(
        connection,
        table.c.statement_id == statement_id,
        table.c.person_key.in_(person_keys),
        order=(table.c.id.desc(),),
        limit=MOST_OF_ONE,
    )


def about_claim(connection: Connection, claim_id: int) -> list[Dispute]:
    """What was said about the decisions of a claim, the newest first."""
    table = schema.disputes
    return _disputes(connection, table.c.claim_id == claim_id, order=(table.c.id.desc(),), limit=MOST_OF_ONE)


def of_provider(connection: Connection, provider_id: int, limit: int, offset: int) -> list[Dispute]:
    """Disputes about a provider's statements, the newest first; those that were withdrawn aside."""
    table = schema.disputes
    conditions = table.c.provider_id == provider_id, table.c.state != "withdrawn"
    return _disputes(connection, *conditions, order=(table.c.id.desc(),), limit=limit, offset=offset)


def count_waiting_of(connection: Connection, person_keys: Sequence[bytes]) -> int:
    """How many disputes of one person wait."""
    table = schema.disputes
    asked = select(func.count()).where(table.c.person_key.in_(person_keys), table.c.state == "waiting")
    return int(connection.execute(asked).scalar_one())


def waiting(
    connection: Connection, reach: Reach, besides: Sequence[bytes], limit: int, offset: int
) -> list[Dispute]:
    """Disputes that wait, of people within reach and not of `besides`, those due first."""
    table = schema.disputes
    order = table.c.due_us, table.c.id
    return _disputes(connection, *_reviewed(reach, besides), order=order, limit=limit, offset=offset)


def count_waiting(connection: Connection, reach: Reach, besides: Sequence[bytes]) -> int:
    """How many disputes `waiting` has in all."""
    asked = select(func.count()).select_from(schema.disputes).where(*_reviewed(reach, besides))
    return int(connection.execute(asked).scalar_one())


def _reviewed(reach: Reach, besides: Sequence[bytes]) -> list[ColumnElement[bool]]:
    table = schema.disputes
    return [
        table.c.state == "waiting",
        persons(reach, owner(table.c.person_key)),
        owner(table.c.person_key).not_in(besides),
    ]


def lock_person(connection: Connection, person_key: bytes) -> None:
    """Let nobody else open a dispute of this person before this transaction ends."""
    if dialects.is_postgresql(connection):
        select_ = "SELECT 1 FROM people WHERE person_key = ? FOR NO KEY UPDATE"
        dialects.rows(connection, select_, (person_key,))


def add(connection: Connection, values: Mapping[str, Any]) -> int:
    row = insert(schema.disputes).values(state="waiting", revision=0, **values)
    return int(connection.execute(row.returning(schema.disputes.c.id)).scalar_one())


def change(connection: Connection, dispute: Dispute, **values: Any) -> bool:
    """Change a dispute unless somebody changed it since it was read; answers whether this one did."""
    table = schema.disputes
    done = connection.execute(
        update(table)
        .where(table.c.id == dispute.id, table.c.revision == dispute.revision)
        .values(**values, revision=dispute.revision + 1)
    )
    return done.rowcount == 1


def settled(connection: Connection, dispute: Dispute) -> None:
    """Note that the voiding that was decided is written."""
    table = schema.disputes
    connection.execute(update(table).where(table.c.id == dispute.id).values(is_due=False))


def due(connection: Connection) -> list[Dispute]:
    """Disputes whose voiding is yet to be written, the oldest first."""
    table = schema.disputes
    return _disputes(connection, table.c.is_due, order=(table.c.id,), limit=MOST_DUE)


def is_voided(connection: Connection, statement_id: bytes, provider_id: int) -> bool:
    """Whether a statement of this provider was voided by whoever may (I4)."""
    asked = "SELECT 1 FROM voidings WHERE target_id = ? AND (provider_id = ? OR by_all) LIMIT 1"
    return bool(dialects.rows(connection, asked, (statement_id, provider_id)))
