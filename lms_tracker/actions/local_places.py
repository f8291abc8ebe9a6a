"""Local places below the commune (thôn, ấp, khóm, tổ dân phố, …): entered by officers, each change dated.

A change makes other rows and says which became which: what was is kept as it was (I13). Whoever changes
places of a commune holds its row until done, so that pressing a button twice makes nothing twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, rights
from lms_tracker.actions.local_rules import (
    MOST_AT_ONCE,
    Called,
    LocalRefused,
    Problem,
    check_day,
    check_document,
    clean,
)
from lms_tracker.actions.places import Told, became, told
from lms_tracker.actions.rights import NotAllowed, Right, Viewer
from lms_tracker.learning import names
from lms_tracker.learning.places import Fate, Level, holds
from lms_tracker.store import cases, database, places
from lms_tracker.store.places import Place, PlaceMove
from lms_tracker.store.reporting import due as totals_due

# The kind of the case whose steps tell who changed a place, when and by which document.
CASE = "place"

CHANGERS = (Right.ENTER, Right.ADMINISTER)

log = logs.logger(__name__)


@dataclass(frozen=True, slots=True)
class Change:
    """Who changes something, from which day on and by which document."""

    viewer: Viewer | None
    on: date
    document: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A local place whose commune became others: it goes on in the only one, or in one somebody chooses."""

    local: Place
    heirs: tuple[Told, ...]
    is_split: bool


def add(
    viewer: Viewer | None, commune_id: int, called: Called, since: date | None = None, document: str = ""
) -> Place:
    """Enter a local place of a commune, there from a day on or as long as that. Raises LocalRefused."""
    check_document(document, needed=False)
    with database.writing() as connection:
        commune = _commune(connection, viewer, commune_id)
        first = since or commune.valid_from
        if since is not None:
            check_day(since, commune, clock.today())
        made = _make(connection, commune, [clean(called)], first)
        _tell(connection, made, "added", viewer, document)
    return made[0]


def rename(change: Change, place_id: int, called: Called) -> Place:
    """Give a place another name or kind from a day on: another row, into which this one goes whole."""
    return _replace(change, [place_id], [called], "renamed")[0]


def merge(change: Change, place_ids: Sequence[int], called: Called) -> Place:
    """Make one place of several; what one of them was called may be its name."""
    if not 2 <= len(set(place_ids)) <= MOST_AT_ONCE:
        raise LocalRefused(Problem.TOO_FEW)
    return _replace(change, place_ids, [called], "merged")[0]


def split(change: Change, place_id: int, called: Sequence[Called]) -> list[Place]:
    """Make several places of one. Who lives in which has to be asked."""
    if not 2 <= len(called) <= MOST_AT_ONCE:
        raise LocalRefused(Problem.TOO_FEW)
    return _replace(change, [place_id], called, "split")


def end(change: Change, place_id: int) -> None:
    """Let a place end without any that takes it over; `on` is the first day without it."""
    check_document(change.document)
    with database.writing() as connection:
        _, (place,) = _held(connection, change, [place_id])
        places.change(connection, replace(place, valid_to=change.on - timedelta(days=1)))
        _tell(connection, [place], "ended", change.viewer, change.document)


def correct(viewer: Viewer | None, place_id: int, called: Called) -> None:
    """Put right what was entered wrongly: the place was never called what it is called here."""
    with database.writing() as connection:
        place = _local(connection, place_id)
        commune = _commune(connection, viewer, place.parent_id)
        wanted = clean(called)
        _refuse_a_second(connection, commune, [wanted], place.valid_from, place.valid_to, {place.id})
        places.change(connection, replace(place, kind=wanted.kind, name=wanted.name))
        _tell(connection, [place], "corrected", viewer, "")


def suggestions(connection: Connection, commune: Place) -> list[Suggestion]:
    """Local places of the communes that this one was made of which have not gone on anywhere yet."""
    moves = places.moves_to(connection, [commune.id])
    origins = places.by_ids(connection, {move.from_id for move in moves})
    found: list[Suggestion] = []
    for origin in sorted(origins.values(), key=lambda place: place.id):
        if origin.level != Level.COMMUNE or origin.valid_to is None:
            continue
        left = places.children(connection, origin.id, origin.valid_to)
        gone = {move.from_id for move in places.moves_from(connection, [local.id for local in left])}
        fate = became(connection, origin)
        heirs = tuple(heir.told for heir in fate.heirs)
        found += [
            Suggestion(local, heirs, fate.fate is Fate.SPLIT)
            for local in left
            if local.id not in gone and local.valid_to == origin.valid_to
        ]
    return found


def follow(viewer: Viewer | None, place_id: int, commune_id: int) -> Place:
    """Let a place of an old commune go on in one that took over its commune. Raises LocalRefused."""
    with database.writing() as connection:
        local = _local(connection, place_id)
        old = places.locked(connection, local.parent_id or 0)
        commune = _commune(connection, viewer, commune_id)
        moves = places.moves_from(connection, [local.parent_id or 0])
        on = next((move.on for move in moves if move.to_id == commune.id), None)
        if old is None or on is None or local.valid_to != old.valid_to:
            raise LocalRefused(Problem.NO_HEIR)
        if places.moves_from(connection, [local.id]):
            raise LocalRefused(Problem.ENDED)
        made = _make(connection, commune, [Called(local.kind, local.name)], on)
        places.add_moves(connection, [PlaceMove(local.id, made[0].id, on, False, False)])
        _tell(connection, [local, *made], "followed", viewer, "")
    return made[0]


def may_change(connection: Connection, viewer: Viewer | None, commune_id: int) -> bool:
    """Whether somebody may change the local places of a commune: its officers, and who administers places."""
    return any(rights.may_at(connection, viewer, right, commune_id) for right in CHANGERS)


def demand_change(viewer: Viewer | None, place_id: int) -> None:
    """Raise NotAllowed unless somebody may change the local places of this commune, or this local place."""
    with database.reading() as connection:
        place = places.by_id(connection, place_id)
        if place is None:
            raise NotAllowed
        commune = place.parent_id if place.level == Level.LOCAL else place.id
        rights.demand(commune is not None and may_change(connection, viewer, commune))


# --- what all of these share -----------------------------------------------------------------------------


def _replace(change: Change, ids: Sequence[int], called: Sequence[Called], what: str) -> list[Place]:
    check_document(change.document)
    wanted = [clean(one) for one in called]
    with database.writing() as connection:
        commune, old = _held(connection, change, ids)
        for place in old:
            places.change(connection, replace(place, valid_to=change.on - timedelta(days=1)))
        made = _make(connection, commune, wanted, change.on)
        is_split = len(made) > 1
        moves = [PlaceMove(one.id, new.id, change.on, is_split, False) for one in old for new in made]
        places.add_moves(connection, moves)
        _tell(connection, [*old, *made], what, change.viewer, change.document)
    return made


def _held(connection: Connection, change: Change, ids: Sequence[int]) -> tuple[Place, list[Place]]:
    """The commune, which nobody else changes until the end, and its places that are to end."""
    commune = _commune(connection, change.viewer, _local(connection, ids[0]).parent_id)
    # Read again: until the commune was held somebody else may have changed them.
    old = [_local(connection, number) for number in dict.fromkeys(ids)]
    for place in old:
        if place.parent_id != commune.id:
            raise LocalRefused(Problem.NO_PLACE)
        if place.valid_to is not None and place.valid_to != commune.valid_to:
            raise LocalRefused(Problem.ENDED)
        check_day(change.on, commune, clock.today())
        if place.valid_from is not None and change.on <= place.valid_from:
            raise LocalRefused(Problem.DAY)
        if commune.valid_from is not None and change.on <= commune.valid_from:
            raise LocalRefused(Problem.DAY)
    return commune, old


def _commune(connection: Connection, viewer: Viewer | None, commune_id: int | None) -> Place:
    """Held until the transaction ends. Raises NotAllowed before it says whether there is such a commune."""
    rights.demand(may_change(connection, viewer, commune_id or 0))
    commune = places.locked(connection, commune_id or 0)
    if commune is None or commune.level != Level.COMMUNE:
        raise LocalRefused(Problem.NO_COMMUNE)
    return commune


def _local(connection: Connection, place_id: int) -> Place:
    place = places.by_id(connection, place_id)
    if place is None or place.level != Level.LOCAL:
        raise LocalRefused(Problem.NO_PLACE)
    return place


def _make(
    connection: Connection, commune: Place, called: Sequence[Called], first: date | None
) -> list[Place]:
    _refuse_a_second(connection, commune, called, first, commune.valid_to, set())
    made = [
        Place(
            id=number,
            level=Level.LOCAL,
            code=None,
            kind=one.kind,
            name=one.name,
            parent_id=commune.id,
            path=f"{commune.path}{number}/",
            valid_from=first,
            valid_to=commune.valid_to,
        )
        for number, one in zip(places.new_ids(connection, len(called)), called, strict=True)
    ]
    places.add(connection, made)
    return made


def _refuse_a_second(
    connection: Connection,
    commune: Place,
    called: Sequence[Called],
    first: date | None,
    last: date | None,
    but: set[int],
) -> None:
    """Two places of one kind and name may not stand in a commune at the same time."""
    wanted = [(one.kind, names.spelled(one.name)) for one in called]
    there = {
        (place.kind, names.spelled(place.name))
        for place in places.subtree(connection, commune.path)
        if place.level == Level.LOCAL
        and place.id not in but
        and (place.valid_to is None or holds(None, place.valid_to, first or date.min))
        and (last is None or holds(place.valid_from, None, last))
    }
    if len(set(wanted)) < len(wanted) or there.intersection(wanted):
        raise LocalRefused(Problem.THERE_ALREADY)


def _tell(
    connection: Connection, changed: Sequence[Place], what: str, viewer: Viewer | None, document: str
) -> None:
    """Keep who did what to these places, and by which document."""
    now = clock.now_us()
    totals_due.mark_places(connection, [place.id for place in changed], None)
    for place in changed:
        by = None if viewer is None else viewer.key
        cases.add_step(connection, (CASE, place.id), what, now, by, note=document.strip())
    log.info("local places changed", what=what, places=[place.id for place in changed])


def below(connection: Connection, commune: Place, on: date) -> list[Told]:
    """The local places of a commune on a day, in Vietnamese order."""
    return told(connection, places.children(connection, commune.id, on))
