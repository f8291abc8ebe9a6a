"""State and profile documents: one row for each, its data among the contents.

Whoever changes a document locks its row first, or adds it and learns whether somebody was faster; whoever
changes several takes them in the order of their keys. Contents are claimed and touched after that, so no two
transactions wait for each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from lms_tracker.store import dialects, schema
from xapi.documents import Context
from xapi.keys import document_key

_OF_CONTEXT = "provider_id = ? AND kind = ? AND actor_key = ? AND activity_key = ?"
_OF_ONE = f"{_OF_CONTEXT} AND registration = ? AND name_key = ?"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a document is: whose it is, what it belongs to, and its stateId or profileId."""

    provider_id: int
    context: Context
    name: str


@dataclass(frozen=True, slots=True)
class Document:
    """What is kept of one; `size` in bytes, `updated_us` in microseconds since the epoch, UTC."""

    content_key: bytes
    sha1: bytes
    content_type: str
    size: int
    updated_us: int


@dataclass(frozen=True, slots=True)
class Held:
    """One of several documents of a context."""

    registration: bytes
    name_key: bytes
    content_key: bytes


def find(connection: Connection, address: Address) -> Document | None:
    return _one(connection, "", address)


def lock(connection: Connection, address: Address) -> Document | None:
    """The document as it stands when this transaction alone may change it; None where there is none.

    On SQLite the transaction is alone anyway. Where there is none, `add` says whether there still was none.
    """
    tail = " FOR UPDATE" if dialects.is_postgresql(connection) else ""
    return _one(connection, tail, address)


def _one(connection: Connection, tail: str, address: Address) -> Document | None:
    select = f"SELECT content_key, sha1, content_type, size, updated_us FROM documents WHERE {_OF_ONE}{tail}"
    found = dialects.rows(connection, select, _key(address))
    return Document(bytes(found[0][0]), bytes(found[0][1]), *found[0][2:]) if found else None


def add(connection: Connection, address: Address, new: Document) -> bool:
    """Write a document where there is none; False when there is one, and nothing was changed."""
    columns = ",".join(column.name for column in schema.documents.columns)
    row = (
        *_key(address),
        address.name,
        new.content_key,
        new.sha1,
        new.content_type,
        new.size,
        new.updated_us,
    )
    marks = ",".join("?" * len(row))
    insert = f"INSERT INTO documents ({columns}) VALUES ({marks}) ON CONFLICT DO NOTHING"
    return dialects.change(connection, insert, row) == 1


def replace(connection: Connection, address: Address, new: Document) -> None:
    """Write a document that this transaction has locked anew."""
    change = (
        "UPDATE documents SET content_key = ?, sha1 = ?, content_type = ?, size = ?, updated_us = ?"
        f" WHERE {_OF_ONE}"
    )
    values = (new.content_key, new.sha1, new.content_type, new.size, new.updated_us)
    dialects.change(connection, change, (*values, *_key(address)))


def remove(connection: Connection, address: Address) -> None:
    """Remove a document that this transaction has locked."""
    dialects.change(connection, f"DELETE FROM documents WHERE {_OF_ONE}", _key(address))


def lock_all(connection: Connection, provider_id: int, context: Context) -> list[Held]:
    """Every document of a context, which from now on this transaction alone may change.

    A context without registration has those of every registration (xAPI-Communication 2.3).
    """
    where, values = _all(provider_id, context)
    tail = " FOR UPDATE" if dialects.is_postgresql(connection) else ""
    found = dialects.rows(
        connection,
        f"SELECT registration, name_key, content_key FROM documents WHERE {where}"
        f" ORDER BY registration, name_key{tail}",
        values,
    )
    return [Held(*map(bytes, row)) for row in found]


def remove_held(connection: Connection, provider_id: int, context: Context, held: Sequence[Held]) -> None:
    """Remove what `lock_all` answered."""
    values = _context(provider_id, context)
    rows = [(*values, one.registration, one.name_key) for one in held]
    dialects.change_many(connection, f"DELETE FROM documents WHERE {_OF_ONE}", rows)


def names(
    connection: Connection, provider_id: int, context: Context, after_us: int | None
) -> list[tuple[str, int]]:
    """Ids of the documents of a context and when each was updated, later than `after_us`, oldest first.

    One that stands under several registrations comes once.
    """
    where, values = _all(provider_id, context)
    if after_us is not None:
        where, values = f"{where} AND updated_us > ?", (*values, after_us)
    found = dialects.rows(
        connection,
        f"SELECT name, MAX(updated_us) FROM documents WHERE {where}"
        " GROUP BY name_key, name ORDER BY MAX(updated_us), name_key",
        values,
    )
    return [(row[0], row[1]) for row in found]


def _all(provider_id: int, context: Context) -> tuple[str, Sequence[Any]]:
    values = _context(provider_id, context)
    if context.registration:
        return f"{_OF_CONTEXT} AND registration = ?", (*values, context.registration)
    return _OF_CONTEXT, values


def _context(provider_id: int, context: Context) -> tuple[Any, ...]:
    return provider_id, int(context.kind), context.actor_key, context.activity_key


def _key(address: Address) -> tuple[Any, ...]:
    context = _context(address.provider_id, address.context)
    return *context, address.context.registration, document_key(address.name)
