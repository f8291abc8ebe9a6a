"""Statements as lists show them: what the keys say of each, and the body only where it is short."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, not_, or_, select

from lms_tracker.store import dialects, schema

# Lists read no longer bodies, in bytes: a page of them must not hold what a page of requests may.
LONGEST = 65_536


@dataclass(frozen=True, slots=True)
class Shown:
    """`position` in microseconds since the epoch, UTC; `body` is None where it is longer than LONGEST."""

    statement_id: bytes
    position: int
    provider_id: int
    verb: str
    activity: str | None
    body: str | None


def newest(connection: Connection, provider_id: int, limit: int) -> list[Shown]:
    """A provider's newest statements that stand, the newest first."""
    table, voidings = schema.statements, schema.voidings
    voided = exists().where(
        voidings.c.target_id == table.c.statement_id,
        or_(voidings.c.by_all, voidings.c.provider_id == table.c.provider_id),
    )
    stands = or_(table.c.is_voiding, not_(voided))
    chosen = (
        select(table.c.statement_id)
        .where(table.c.provider_id == provider_id, stands)
        .order_by(table.c.position.desc())
        .limit(limit)
    )
    ids = [bytes(row[0]) for row in connection.execute(chosen)]
    found = shown(connection, ids)
    return [found[statement_id] for statement_id in ids]


def shown(connection: Connection, ids: Sequence[bytes]) -> dict[bytes, Shown]:
    """Those of a page's few statements that are stored."""
    table, verbs, activities = schema.statements, schema.verbs, schema.activities
    rows = connection.execute(
        select(
            table.c.statement_id,
            table.c.position,
            table.c.provider_id,
            func.coalesce(verbs.c.iri, ""),
            activities.c.iri,
            case((bytes_of_body(connection) <= LONGEST, table.c.body)),
        )
        .outerjoin(verbs, verbs.c.verb_key == table.c.verb_key)
        .outerjoin(activities, activities.c.activity_key == table.c.activity_key)
        .where(table.c.statement_id.in_(ids))
    )
    return {bytes(row[0]): Shown(bytes(row[0]), *row[1:]) for row in rows}


def learners(
    connection: Connection, statement_ids: Sequence[bytes], actor_keys: Sequence[bytes]
) -> dict[bytes, str]:
    """The canonical identifier of the one of these actors that a statement is evidence of."""
    evidence, actors = schema.evidence, schema.actors
    rows = connection.execute(
        select(evidence.c.statement_id, actors.c.identifier)
        .join(actors, actors.c.actor_key == evidence.c.actor_key)
        .where(and_(evidence.c.actor_key.in_(actor_keys), evidence.c.statement_id.in_(statement_ids)))
    )
    return {bytes(row[0]): row[1] for row in rows}


def bytes_of_body(connection: Connection) -> ColumnElement[int]:
    """The length of a statement's text, without reading it where that can be avoided."""
    # PostgreSQL knows the length in bytes without unpacking the text; old SQLite counts characters alone.
    name = "octet_length" if dialects.is_postgresql(connection) else "length"
    size: ColumnElement[int] = getattr(func, name)(schema.statements.c.body)
    return size
