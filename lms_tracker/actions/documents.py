"""Documents come in, are merged, and go out: each provider's own, whatever the scope of the credential.

Of two clients that change one document at once each decides on what the other left: its row is locked before
anything is looked at, and where there is no row yet, who adds it first was first.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from msgspec import json
from sqlalchemy import Connection

from lms_tracker.actions import clock, contents
from lms_tracker.actions.contents import LaidAside, TooLarge
from lms_tracker.actions.rights import Caller
from lms_tracker.store import database, documents
from lms_tracker.store.documents import Address, Document
from xapi import documents as rules
from xapi.documents import Asked, Guard
from xapi.preconditions import Preconditions

# Up to here the data are written in the transaction that writes the document: one commit for both. Larger
# ones are stored before, and swept in a day where the document is refused after all.
SMALL_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a document may be, in bytes: one of any type, and one of JSON, which is read in memory."""

    of_any: int
    of_json: int


@dataclass(frozen=True, slots=True)
class Sent:
    """A document as a request brings it; what the request says, and has to say, of the one that stands."""

    chunks: Iterable[bytes]
    content_type: str
    preconditions: Preconditions
    guard: Guard = Guard.NEVER


@dataclass(frozen=True, slots=True)
class _Content:
    """What a document is to hold; `data` is None where they are among the contents already."""

    content_key: bytes
    sha1: bytes
    size: int
    data: bytes | None


@dataclass(frozen=True, slots=True)
class Found:
    """A document as it stands: its entity tag without quotes, its size in bytes, when it was updated.

    `updated_us` is microseconds since the epoch, UTC.
    """

    tag: str
    content_type: str
    size: int
    updated_us: int
    content_key: bytes

    def data(self) -> Iterator[bytes]:
        """Its data, in pieces."""
        return contents.read(self.content_key)


@dataclass(frozen=True, slots=True)
class Listed:
    """Ids of documents, oldest update first, and when the newest was updated; None where there is none."""

    ids: list[str]
    updated_us: int | None

    @property
    def body(self) -> bytes:
        """The ids as JSON."""
        return json.encode(self.ids)

    @property
    def tag(self) -> str:
        """The entity tag of the list, without quotes."""
        return hashlib.sha1(self.body).hexdigest()


def put(caller: Caller, asked: Asked, sent: Sent, limits: Limits) -> None:
    """Store a document, in place of one that may be there.

    Raises Refusal: 400 where it says it is JSON and is not; 400, 409 and 412 (xAPI-Communication 3.1); 413.
    And whatever reading `sent.chunks` raises.
    """
    _store(_address(caller, asked), sent, limits, merging=False)


def post(caller: Caller, asked: Asked, sent: Sent, limits: Limits) -> None:
    """Merge a JSON Object into the document that is there, or store what came where there is none.

    Raises Refusal as `put` does, and 400 where one of the two cannot be merged (xAPI-Communication 2.2).
    """
    _store(_address(caller, asked), sent, limits, merging=True)


def _store(address: Address, sent: Sent, limits: Limits, *, merging: bool) -> None:
    with contents.laying_aside() as aside:
        came, whole = _received(aside, sent, limits, merging=merging)
        with database.writing() as connection:
            settled = False
            while not settled:
                current = documents.lock(connection, address)
                sent.preconditions.demand(_tag(current))
                there = current is not None
                rules.demand_guarded(sent.guard, stated=sent.preconditions.stated, there=there)
                if current is None:
                    settled = _add(connection, address, sent, came)
                elif merging:
                    merged = _merged(connection, current, sent, whole, limits)
                    settled = _replace(connection, address, current, current.content_type, merged)
                else:
                    settled = _replace(connection, address, current, sent.content_type, came)


def _received(aside: LaidAside, sent: Sent, limits: Limits, *, merging: bool) -> tuple[_Content, bytes]:
    """What came, stored already where it is large; and its data, where they are small or JSON."""
    is_json = rules.is_json(sent.content_type)
    most = min(limits.of_json, limits.of_any) if is_json else limits.of_any
    try:
        kept = aside.add(sent.chunks, most, ("sha1",))
    except TooLarge:
        raise rules.refuse_size(most) from None
    small = kept.size <= SMALL_BYTES
    whole = b"".join(aside.read(kept)) if small or is_json else b""
    if is_json:
        demand = rules.demand_object if merging else rules.demand_json
        demand(whole)
    # What is merged is most often not what is stored.
    at_once = small or (is_json and merging)
    if not at_once:
        aside.keep(kept)
    content = _Content(kept.content_key, kept.digests["sha1"], kept.size, whole if at_once else None)
    return content, whole


def _merged(connection: Connection, current: Document, sent: Sent, posted: bytes, limits: Limits) -> _Content:
    rules.demand_mergeable(sent.content_type, "the document")
    rules.demand_mergeable(current.content_type, "the document that stands here")
    data = rules.merge(contents.whole(connection, current.content_key), posted)
    most = min(limits.of_json, limits.of_any)
    if len(data) > most:
        raise rules.refuse_size(most)
    return _Content(hashlib.sha256(data).digest(), hashlib.sha1(data).digest(), len(data), data)


def _add(connection: Connection, address: Address, sent: Sent, came: _Content) -> bool:
    new = Document(came.content_key, came.sha1, sent.content_type, came.size, clock.now_us())
    if not documents.add(connection, address, new):
        return False
    if came.data is not None:
        contents.put(connection, came.data)
    return True


def _replace(
    connection: Connection, address: Address, current: Document, content_type: str, came: _Content
) -> bool:
    # A clock that was set back must not hide the change from who asks for what is new.
    updated_us = max(clock.now_us(), current.updated_us + 1)
    new = Document(came.content_key, came.sha1, content_type, came.size, updated_us)
    documents.replace(connection, address, new)
    # In the order of their keys: another may exchange the same two the other way round.
    for key in sorted({current.content_key, came.content_key}):
        if key != came.content_key:
            contents.let_go(connection, key)
        elif came.data is not None:
            contents.put(connection, came.data)
    return True


def delete(caller: Caller, asked: Asked, preconditions: Preconditions) -> None:
    """Remove a document; nothing happens where there is none. Raises PreconditionFailed (412)."""
    address = _address(caller, asked)
    with database.writing() as connection:
        current = documents.lock(connection, address)
        preconditions.demand(_tag(current))
        if current is not None:
            documents.remove(connection, address)
            contents.let_go(connection, current.content_key)


def delete_all(caller: Caller, asked: Asked, preconditions: Preconditions) -> None:
    """Remove every document of a context, those of every registration where none is named.

    Preconditions are about the list of their ids, whose ETag a client was given with it. Raises
    PreconditionFailed (412).
    """
    with database.writing() as connection:
        held = documents.lock_all(connection, caller.provider_id, asked.context)
        if preconditions.stated:
            # Of what is added meanwhile the list tells, and what is added after it stays.
            preconditions.demand(_listed(connection, caller, asked).tag)
        documents.remove_held(connection, caller.provider_id, asked.context, held)
        for key in sorted({one.content_key for one in held}):
            contents.let_go(connection, key)


def find(caller: Caller, asked: Asked) -> Found | None:
    with database.asking() as connection:
        one = documents.find(connection, _address(caller, asked))
    if one is None:
        return None
    return Found(one.sha1.hex(), one.content_type, one.size, one.updated_us, one.content_key)


def listed(caller: Caller, asked: Asked) -> Listed:
    """The documents of a context that were updated after `asked.since`."""
    with database.asking() as connection:
        return _listed(connection, caller, asked)


def _listed(connection: Connection, caller: Caller, asked: Asked) -> Listed:
    # Updates are whole microseconds: what is later than the floor is later than `since`.
    after_us = None if asked.since is None else int(asked.since // 1000)
    found = documents.names(connection, caller.provider_id, asked.context, after_us)
    return Listed([name for name, _ in found], found[-1][1] if found else None)


def _address(caller: Caller, asked: Asked) -> Address:
    assert asked.name is not None
    return Address(caller.provider_id, asked.context, asked.name)


def _tag(document: Document | None) -> str | None:
    return None if document is None else document.sha1.hex()
