"""What reviewers do with flags: look at them, and settle them as confirmed or harmless with a reason.

Settling changes nobody's credit. What follows from a confirmed flag is done where such things are done: an
identifier is marked as shared, a provider is spoken with, a claim is refused.
"""

import unicodedata
from dataclasses import dataclass

from sqlalchemy import Connection

from lms_tracker.actions import catalogue, clock, names, records, rights
from lms_tracker.actions.rights import NotAllowed, Right, Viewer
from lms_tracker.learning.identifiers import Shown, shown
from lms_tracker.learning.watching import Kind
from lms_tracker.store import cases, courses, database, flags
from lms_tracker.store import people as rows
from lms_tracker.store import reach as store_reach
from lms_tracker.store.cases import FLAG, CaseStep
from lms_tracker.store.flags import CONFIRMED, HARMLESS, WAITING, Flag

PAGE = 30
MOST_CHARACTERS = 2_000
MOST_LISTED = 10_000
STATES = (WAITING, CONFIRMED, HARMLESS)
# Of which the subject begins with the key of an identifier.
_ABOUT_IDENTIFIERS = (Kind.SHARED_ACCOUNT, Kind.CLAIMED_TWICE)


class Changed(Exception):
    """The flag was settled by somebody else, or its figures are others now."""


class NoReason(ValueError):
    """Settling a flag needs a reason, of at most `MOST_CHARACTERS` characters."""


@dataclass(frozen=True, slots=True)
class Row:
    """A flag in a list, with the names of what it is about."""

    flag: Flag
    person: str
    provider: str
    course: str


@dataclass(frozen=True, slots=True)
class Listed:
    rows: tuple[Row, ...]
    waiting: dict[Kind, int]
    next: int | None


@dataclass(frozen=True, slots=True)
class Where:
    """A place to look: whose record, and which of its entries (as hexadecimal keys; "" for the record)."""

    person: str
    name: str
    statement: str


@dataclass(frozen=True, slots=True)
class Story:
    """One flag with all there is to see. `identifier` is the one in question, where there is one."""

    row: Row
    places: tuple[Where, ...]
    steps: tuple[CaseStep, ...]
    identifier: Shown | None
    may_settle: bool


def waiting_and_settled(
    viewer: Viewer | None, *, waiting: bool = True, kind: Kind | None = None, before: int | None = None
) -> Listed:
    """A page of flags within reach, the newest first. Raises NotAllowed. Looks are logged first."""
    viewer = rights.demand_somewhere(viewer, Right.REVIEW)
    within = rights.reach(viewer, Right.REVIEW)
    with database.reading() as connection:
        found = flags.page(
            connection,
            within,
            waiting=waiting,
            kind=kind,
            but=viewer.key,
            before=before,
            limit=PAGE + 1,
        )
        listed = _named(connection, found[:PAGE])
        counts = flags.count_waiting(connection, within, viewer.key)
    seen = dict.fromkeys(row.flag.person_key for row in listed)
    records.log_looks(viewer, [key for key in seen if key is not None], "list of flags")
    return Listed(tuple(listed), counts, found[PAGE - 1].id if len(found) > PAGE else None)


def count_waiting(viewer: Viewer | None) -> int:
    """How many flags wait for this viewer; 0 for who reviews nothing."""
    if viewer is None or not rights.may_somewhere(viewer, Right.REVIEW):
        return 0
    with database.reading() as connection:
        return sum(flags.count_waiting(connection, rights.reach(viewer, Right.REVIEW), viewer.key).values())


def flag(viewer: Viewer | None, number: int) -> Story:
    """One flag. Raises NotAllowed and records.NotFound. A look at everybody it shows is logged first."""
    viewer = rights.demand_somewhere(viewer, Right.REVIEW)
    with database.reading() as connection:
        found = _demanded(connection, viewer, number)
        row = _named(connection, [found])[0]
        places = _places(connection, viewer, found)
        steps = tuple(cases.steps(connection, FLAG, [number])[number])
        identifier = _identifier(connection, found)
    seen = [bytes.fromhex(one.person) for one in places]
    about = [] if found.person_key is None else [found.person_key]
    records.log_looks(viewer, dict.fromkeys([*about, *seen]), f"flag {number}")
    return Story(row, places, steps, identifier, found.state == WAITING and _is_anothers(viewer, found))


def settle(viewer: Viewer | None, number: int, revision: int, confirmed: bool, note: str) -> None:
    """Settle a flag that waits, as it was seen at `revision`.

    Raises NotAllowed, records.NotFound, NoReason and Changed.
    """
    viewer = rights.demand_somewhere(viewer, Right.REVIEW)
    note = unicodedata.normalize("NFC", note[: 2 * MOST_CHARACTERS]).replace("\x00", "").strip()
    if not 1 <= len(note) <= MOST_CHARACTERS:
        raise NoReason
    state = CONFIRMED if confirmed else HARMLESS
    with database.writing() as connection:
        found = _demanded(connection, viewer, number)
        rights.demand(_is_anothers(viewer, found))
        now = clock.now_us()
        if not flags.settle(connection, number, revision, state, viewer.key, now):
            raise Changed
        cases.add_step(connection, (FLAG, number), state, now, viewer.key, note=note)


def everything(*, waiting: bool | None = None) -> list[Row]:
    """For the command line, which may see everything."""
    with database.reading() as connection:
        return _named(connection, flags.everything(connection, waiting=waiting, limit=MOST_LISTED))


def _demanded(connection: Connection, viewer: Viewer, number: int) -> Flag:
    """The flag, where this viewer may look at it; flags of others are as good as none."""
    found = flags.by_id(connection, number) if 0 < number < 2**63 else None
    if found is None:
        raise records.NotFound
    if found.person_key is None:
        allowed = rights.may_everywhere(viewer, Right.REVIEW)
    else:
        allowed = rights.may(connection, viewer, Right.REVIEW, found.person_key)
    if not allowed:
        raise NotAllowed
    return found


def _is_anothers(viewer: Viewer, found: Flag) -> bool:
    """Nobody settles what is about a provider whose affairs are theirs; about themselves, nobody sees it."""
    return found.provider_id is None or not rights.may_see_provider(viewer, found.provider_id)


def _named(connection: Connection, found: list[Flag]) -> list[Row]:
    known = names.of(connection, sorted({one.person_key for one in found if one.person_key is not None}))
    providers = courses.provider_names(connection)
    catalogued = catalogue.current(connection).courses
    listed = []
    for one in found:
        course = catalogued.get(one.course_id) if one.course_id is not None else None
        listed.append(
            Row(
                one,
                known.get(one.person_key, "") if one.person_key is not None else "",
                providers.get(one.provider_id, "") if one.provider_id is not None else "",
                course.title if course else "",
            )
        )
    return listed


def _places(connection: Connection, viewer: Viewer, found: Flag) -> tuple[Where, ...]:
    """Where to look, as far as the viewer may see the people there."""
    keys = list(dict.fromkeys(bytes.fromhex(place.person) for place in found.figures.places))
    seen = store_reach.within(connection, rights.reach(viewer, Right.SEE), keys)
    known = names.of(connection, sorted(seen))
    return tuple(
        Where(place.person, known.get(bytes.fromhex(place.person), ""), place.statement)
        for place in found.figures.places
        if bytes.fromhex(place.person) in seen
    )


def _identifier(connection: Connection, found: Flag) -> Shown | None:
    if found.kind not in _ABOUT_IDENTIFIERS:
        return None
    key = bytes.fromhex(found.subject.partition("/")[0])
    known = rows.identifiers(connection, [key]).get(key)
    return None if known is None else shown(known[0])
