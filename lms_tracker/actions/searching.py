"""Statements go out: by id, and page by page."""

from dataclasses import dataclass, replace
from fractions import Fraction

from lms_tracker.actions import clock
from lms_tracker.actions.providers import Caller
from lms_tracker.actions.recording import CAME_ID, CAME_TIMESTAMP, CAME_VERSION, FAMILY_VERSIONS
from lms_tracker.store import credentials, database, horizon, searches
from lms_tracker.store.searches import Found, Search
from xapi import keys
from xapi.queries import Query
from xapi.rendering import render
from xapi.timestamps import format_position

# What a statement without `version` is said to have (xAPI-Data 2.4.10).
SET_VERSIONS = {"1.0.3": "1.0.0", "2.0.0": "2.0.0"}

# How many statements a page holds at most, and when the client asks for no number or for 0, which is the same
# (xAPI-Communication 2.1.3).
MOST_ON_A_PAGE = 500


@dataclass(frozen=True, slots=True)
class One:
    """A rendered statement and its `stored`, in microseconds since the epoch, UTC."""

    statement: bytes
    stored: int


@dataclass(frozen=True, slots=True)
class Page:
    """Rendered statements; `last` is the position to go on from, None at the end."""

    statements: list[bytes]
    last: int | None


def promised() -> int:
    """Consistent-Through as it stands, for answers that show no statement."""
    with database.reading() as connection:
        return horizon.read(connection)


def through() -> int:
    """Consistent-Through, to be taken before anything is read (see `store.horizon`)."""
    with database.reading() as connection:
        last = horizon.read(connection)
    now = clock.now_us()
    if now - last < horizon.FRESH_US:
        return last
    try:
        with database.writing_if_free() as connection:
            held = horizon.lock_if_free(connection)
            if held is None:
                return last
            last = max(held, now)
            horizon.move(connection, last)
    except database.Busy:
        return last
    return last


def one(statement_id: bytes, caller: Caller, *, voided: bool = False) -> One | None:
    """The statement with this id as JSON, or None: not there, or not for this caller."""
    with database.reading() as connection:
        found = searches.by_id(connection, statement_id, voided=voided, provider_id=_owner(caller))
        if found is None:
            return None
        authority = credentials.authorities(connection)[found.provider_id]
    return One(_rendered(found, authority.encode()), found.position)


def page(query: Query, cursor: int | None, caller: Caller) -> Page:
    """A page of the statements that match and that the caller may read, going on after `cursor`."""
    limit = min(query.limit or MOST_ON_A_PAGE, MOST_ON_A_PAGE)
    wanted = replace(_search(query, caller).going_on(cursor), limit=limit + 1)
    with database.reading() as connection:
        found = searches.page(connection, wanted)
        authorities = credentials.authorities(connection)
    bodies = {number: text.encode() for number, text in authorities.items()}
    shown = found[:limit]
    more = len(found) > limit
    rendered = [_rendered(statement, bodies[statement.provider_id]) for statement in shown]
    return Page(rendered, shown[-1].position if more else None)


def _search(query: Query, caller: Caller) -> Search:
    return Search(
        actor_key=query.agent.key if query.agent else None,
        verb_key=keys.verb_key(query.verb) if query.verb is not None else None,
        activity_key=keys.activity_key(query.activity) if query.activity is not None else None,
        registration=query.registration,
        provider_id=_owner(caller),
        after=_position(query.since),
        until=_position(query.until),
        ascending=query.ascending,
    )


def _position(nanoseconds: int | Fraction | None) -> int | None:
    # Positions are whole microseconds, so the floor serves "after" and "until" alike.
    return None if nanoseconds is None else int(nanoseconds // 1000)


def _owner(caller: Caller) -> int | None:
    return None if caller.may_read_all else caller.provider_id


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
