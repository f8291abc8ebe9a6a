"""Statements that a forward has still to send, a part at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select

from lms_tracker.store import schema
from lms_tracker.store.shown import bytes_of_body

# Positions looked through at once, so that a forward that chooses few among many moves on by small steps.
WINDOW = 10_000


@dataclass(frozen=True, slots=True)
class Choice:
    """Which statements: a provider's, with one of the verbs, about one of the activities; all where empty.

    Of them those that were received under the version family `newest_family` (10 or 20) or an older one.
    """

    provider_id: int | None
    verb_keys: Sequence[bytes]
    activity_keys: Sequence[bytes]
    newest_family: int


@dataclass(frozen=True, slots=True)
class Attached:
    """Data that came with a statement: its hash as the statement has it, where it is kept, its size."""

    sha2: bytes
    content_key: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """A statement to send, as it is kept."""

    statement_id: bytes
    position: int
    came: int
    is_voiding: bool
    body: str
    attached: tuple[Attached, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What comes next, in the order of `stored`; with it, everything up to `end` is dealt with.

    `is_last` says that nothing lies between `end` and Consistent-Through.
    """

    statements: list[Waiting]
    end: int
    is_last: bool


def next_part(
    connection: Connection, choice: Choice, after: int, through: int, most: int, most_bytes: int
) -> Part:
    """Chosen statements after a position: at most `most`, and of `most_bytes` together, but at least one.

    Voided statements and those that void are among them, each in its place. `through` is Consistent-Through
    of this snapshot, which holds everything up to it.
    """
    table = schema.statements
    end = connection.execute(
        select(table.c.position)
        .where(table.c.position > after, table.c.position <= through)
        .order_by(table.c.position)
        .offset(WINDOW - 1)
        .limit(1)
    ).scalar_one_or_none()
    is_last, end = end is None, through if end is None else end
    columns = table.c.statement_id, table.c.position, bytes_of_body(connection)
    chosen = _chosen(select(*columns), choice, after, end)
    ids: list[bytes] = []
    size_of_all, last = 0, after
    for statement_id, position, length in connection.execute(chosen.limit(most + 1)):
        size_of_all += length
        if len(ids) == most or (ids and size_of_all > most_bytes):
            return Part(bodies(connection, ids), last, False)
        ids.append(statement_id)
        last = position
    return Part(bodies(connection, ids), end, is_last)


def _chosen(what: Select[Any], choice: Choice, after: int, end: int) -> Select[Any]:
    table = schema.statements
    conditions = [
        table.c.position > after,
        table.c.position <= end,
        table.c.version <= choice.newest_family,
    ]
    if choice.provider_id is not None:
        conditions.append(table.c.provider_id == choice.provider_id)
    if choice.verb_keys:
        conditions.append(table.c.verb_key.in_(choice.verb_keys))
    if choice.activity_keys:
        conditions.append(table.c.activity_key.in_(choice.activity_keys))
    return what.where(*conditions).order_by(table.c.position)


def bodies(connection: Connection, ids: Sequence[bytes]) -> list[Waiting]:
    """Those of few statements that are there, in the order of `stored`."""
    table = schema.statements
    columns = (table.c.statement_id, table.c.position, table.c.came, table.c.is_voiding, table.c.body)
    rows = connection.execute(
        select(*columns).where(table.c.statement_id.in_(ids)).order_by(table.c.position)
    )
    attached = _attached(connection, ids)
    return [Waiting(bytes(row[0]), *row[1:], tuple(attached.get(bytes(row[0]), ()))) for row in rows]


def _attached(connection: Connection, ids: Sequence[bytes]) -> dict[bytes, list[Attached]]:
    links, contents = schema.statement_attachments, schema.contents
    rows = connection.execute(
        select(links.c.statement_id, links.c.sha2, links.c.content_key, contents.c.size)
        .join(contents, contents.c.content_key == links.c.content_key)
        .where(links.c.statement_id.in_(ids))
        .order_by(links.c.statement_id, links.c.sha2)
    )
    found: dict[bytes, list[Attached]] = {}
    for row in rows:
        found.setdefault(bytes(row[0]), []).append(Attached(bytes(row[1]), bytes(row[2]), row[3]))
    return found
