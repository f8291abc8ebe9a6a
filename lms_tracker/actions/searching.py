"""Statements go out: by id, and page by page."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

from msgspec import json
from sqlalchemy import Connection

from lms_tracker.actions import clock, definitions
from lms_tracker.actions.accepting import (
    CAME_ID,
    CAME_TIMESTAMP,
    CAME_VERSION,
    FAMILY_VERSIONS,
    VERSION_FAMILIES,
)
from lms_tracker.actions.providers import may_be_authority
from lms_tracker.actions.rights import Caller
from lms_tracker.store import credentials, database, horizon, searches
from lms_tracker.store.searches import Found, Search, Seen
from xapi import formats, keys
from xapi.actors import Identified, identify
from xapi.languages import Wishes, wishes
from xapi.queries import Query
from xapi.rendering import render
from xapi.timestamps import format_position

# What a statement without `version` is said to have (xAPI-Data 2.4.10).
SET_VERSIONS = {"1.0.3": "1.0.0", "2.0.0": "2.0.0"}

# How many statements a page holds at most, and when the client asks for no number or for 0, which is the same
# (xAPI-Communication 2.1.3).
MOST_ON_A_PAGE = 500
# A page ends early, with `more`, rather than be larger than this many characters and one statement.
BYTES_ON_A_PAGE = 8_000_000
READ_AT_ONCE = 60


@dataclass(frozen=True, slots=True)
class One:
    """A rendered statement and its `stored`, in microseconds since the epoch, UTC."""

    statement: bytes
    stored: int


@dataclass(frozen=True, slots=True)
class Lookup:
    """What an id led to, None where nothing stands there for this caller, and Consistent-Through."""

    found: One | None
    through: int


@dataclass(frozen=True, slots=True)
class Page:
    """Rendered statements and their ids; `last` is the position to go on from, None at the end.

    `through` is Consistent-Through: none of the statements is newer.
    """

    statements: list[bytes]
    ids: list[bytes]
    last: int | None
    through: int


@dataclass(frozen=True, slots=True)
class Shape:
    """In which format statements are given, and in which languages where it is `canonical`."""

    format: str = "exact"
    asked: Wishes = field(default_factory=lambda: wishes(None))


EXACT = Shape()


class Reader:
    """What a process remembers between answers: authorities, which never change, and the last horizon."""

    def __init__(self) -> None:
        self._authorities: dict[int, bytes] = {}
        # By the actor key of the authority.
        self._provider_of: dict[bytes, int] = {}
        self._through = 0

    def _move_horizon(self) -> None:
        try:
            with database.writing_if_free() as connection:
                held = horizon.lock_if_free(connection)
                now = clock.now_us()
                if held is not None and now - held >= horizon.FRESH_US:
                    horizon.promise(connection, now)
        except database.Busy:
            # Whoever is writing moves it.
            return

    def through(self) -> int:
        """Consistent-Through as fresh as a reader may have it."""
        self._refresh()
        with database.asking() as connection:
            self._through = horizon.read(connection)
        return self._through

    def _refresh(self) -> None:
        if clock.now_us() - self._through >= horizon.FRESH_US:
            self._move_horizon()

    def one(
        self, statement_id: bytes, caller: Caller, *, voided: bool = False, shape: Shape = EXACT
    ) -> Lookup:
        """The statement with this id as JSON, if it is there and for this caller."""
        self._refresh()
        limits = Search(provider_id=_owner(caller), version=_only_version(caller))
        # No transaction: one SELECT sees one moment, and what is asked for after it does not change.
        with database.asking() as connection:
            seen = searches.by_id(connection, statement_id, voided=voided, search=limits)
            self._through = seen.through
            rendered = _shaped(connection, self._rendered(connection, seen.statements), shape, caller)
        found = [One(text, one.position) for text, one in zip(rendered, seen.statements, strict=True)]
        return Lookup(found[0] if found else None, seen.through)

    def page(
        self,
        query: Query,
        cursor: int | None,
        caller: Caller,
        shape: Shape = EXACT,
        *,
        with_voided: bool = False,
    ) -> Page:
        """A page of the statements that match and that the caller may read, going on after `cursor`."""
        self._refresh()
        limit = min(query.limit or MOST_ON_A_PAGE, MOST_ON_A_PAGE)
        found: list[Found] = []
        size, last = 0, None
        with database.asking() as connection:
            search = replace(self._search(connection, query, caller), with_voided=with_voided)
            search = search.going_on(cursor)
            first = searches.first_page(connection, replace(search, limit=min(limit + 1, READ_AT_ONCE)))
            self._through = first.through
            for statement in _some_at_a_time(connection, search, limit + 1, first):
                size += len(statement.body)
                if len(found) == limit or (found and size > BYTES_ON_A_PAGE):
                    last = found[-1].position
                    break
                found.append(statement)
            rendered = _shaped(connection, self._rendered(connection, found), shape, caller)
        return Page(rendered, [statement.statement_id for statement in found], last, first.through)

    def _search(self, connection: Connection, query: Query, caller: Caller) -> Search:
        authority = None
        if query.agent is not None and query.related_agents:
            authority = self._provider_with_authority(connection, query.agent)
        return Search(
            actor_key=query.agent.key if query.agent else None,
            related_actors=query.related_agents,
            authority=authority,
            verb_key=keys.verb_key(query.verb) if query.verb is not None else None,
            activity_key=keys.activity_key(query.activity) if query.activity is not None else None,
            related_activities=query.related_activities,
            registration=query.registration,
            provider_id=_owner(caller),
            version=_only_version(caller),
            after=_position(query.since),
            until=_position(query.until),
            ascending=query.ascending,
        )

    def _provider_with_authority(self, connection: Connection, agent: Identified) -> int | None:
        if not may_be_authority(agent.identifier):
            return None
        if self._provider_of.get(agent.key) is None:
            self._read_authorities(connection)
        return self._provider_of.get(agent.key)

    def _rendered(self, connection: Connection, found: list[Found]) -> list[bytes]:
        if any(statement.provider_id not in self._authorities for statement in found):
            self._read_authorities(connection)
        return [_rendered(statement, self._authorities[statement.provider_id]) for statement in found]

    def _read_authorities(self, connection: Connection) -> None:
        everyones = credentials.authorities(connection)
        self._provider_of = {
            identify(json.decode(text)).key: number for number, text in everyones.items() if text
        }
        self._authorities = {number: text.encode() for number, text in everyones.items()}


def _some_at_a_time(connection: Connection, search: Search, most: int, first: Seen) -> Iterator[Found]:
    """Up to `most` statements, few of them in memory before it is known how large they are.

    What is read after `first` is read later, and kept to what could be seen then.
    """
    until = first.through if search.until is None else min(first.through, search.until)
    part, last = first.statements, None
    while most > 0:
        asked = min(most, READ_AT_ONCE)
        for statement in part:
            if statement.position != last:
                last = statement.position
                most -= 1
                yield statement
        if len(part) < asked:
            return
        later = replace(search.going_on(last), until=until, limit=min(most, READ_AT_ONCE))
        part = searches.page(connection, later) if most > 0 else []


def _shaped(connection: Connection, statements: list[bytes], shape: Shape, caller: Caller) -> list[bytes]:
    if shape.format == "ids":
        return [formats.ids(statement) for statement in statements]
    if shape.format == "canonical":
        known = definitions.shown_in(connection, statements, caller)
        return [formats.canonical(statement, known, shape.asked) for statement in statements]
    return statements


def _position(nanoseconds: int | Fraction | None) -> int | None:
    # Positions are whole microseconds, so the floor serves "after" and "until" alike.
    return None if nanoseconds is None else int(nanoseconds // 1000)


def _owner(caller: Caller) -> int | None:
    return None if caller.may_read_all else caller.provider_id


def _only_version(caller: Caller) -> int | None:
    return VERSION_FAMILIES["1.0.3"] if caller.leaves_out_2 else None


def _rendered(found: Found, authority: bytes) -> bytes:
    stored = format_position(found.position)
    return render(
        found.body.encode(),
        id=keys.format_id(found.statement_id),
        stored=stored,
        authority=authority,
        version=SET_VERSIONS[FAMILY_VERSIONS[found.version]],
        timestamp=None if found.came & CAME_TIMESTAMP else stored,
        id_came=bool(found.came & CAME_ID),
        version_came=bool(found.came & CAME_VERSION),
    )
