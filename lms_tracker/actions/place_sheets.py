"""What the pages show of places: the provinces of a day, one unit with all that is known of it, a search."""

from dataclasses import dataclass
from datetime import date

from lms_tracker.actions import clock, local_places, places, rights
from lms_tracker.actions.local_places import Suggestion
from lms_tracker.actions.places import Became, Told
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.places import Level, holds
from lms_tracker.store import cases, database
from lms_tracker.store import places as stored
from lms_tracker.store.cases import CaseStep
from lms_tracker.store.place_searches import Where
from lms_tracker.store.places import Place

MOST_FOUND = 50


@dataclass(frozen=True, slots=True)
class Atlas:
    """The provinces of a day, or what a search found."""

    on: date
    sought: str
    found: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One place on a day. `on` is the day that was asked for, or the nearest one on which the place is there.

    `below` are the units directly below it in Vietnamese order. `earlier` is what came before, if anything;
    `suggestions` are local places that have not followed their old commune to this one.
    """

    told: Told
    on: date
    is_there: bool
    below: tuple[Place, ...]
    became: Became
    made_of: tuple[Told, ...]
    suggestions: tuple[Suggestion, ...]
    steps: tuple[CaseStep, ...]
    may_change: bool


def atlas(viewer: Viewer, on: date | None, text: str) -> Atlas:
    """Raises NotAllowed for whoever has nothing to do with places."""
    _demand(viewer)
    day = on or clock.today()
    with database.reading() as connection:
        if text:
            found = places.named(connection, text, Where(day), MOST_FOUND)
        else:
            found = stored.children(connection, None, day)
        return Atlas(day, text, tuple(places.told(connection, found)))


def sheet(viewer: Viewer, place_id: int, on: date | None) -> Sheet:
    """Raises NotAllowed for whoever has nothing to do with places, and NotFound."""
    _demand(viewer)
    asked = on or clock.today()
    with database.reading() as connection:
        place = stored.by_id(connection, place_id)
        if place is None:
            raise NotFound
        day = nearest(place, asked)
        origins = stored.by_ids(connection, {m.from_id for m in stored.moves_to(connection, [place.id])})
        is_commune = place.level == Level.COMMUNE
        commune = place.id if is_commune else place.parent_id or 0
        may_change = place.level >= Level.COMMUNE and local_places.may_change(connection, viewer, commune)
        suggested = local_places.suggestions(connection, place) if is_commune and may_change else []
        return Sheet(
            told=places.told(connection, [place])[0],
            on=day,
            is_there=holds(place.valid_from, place.valid_to, asked),
            below=tuple(stored.children(connection, place.id, day)),
            became=places.became(connection, place),
            made_of=tuple(places.told(connection, sorted(origins.values(), key=lambda one: one.id))),
            suggestions=tuple(suggested),
            steps=tuple(cases.steps(connection, local_places.CASE, [place.id])[place.id]),
            may_change=may_change,
        )


def nearest(place: Place, day: date) -> date:
    """The day itself, or the nearest to it on which the place is there."""
    if place.valid_from is not None and day < place.valid_from:
        return place.valid_from
    return place.valid_to if place.valid_to is not None and place.valid_to < day else day


def _demand(viewer: Viewer) -> None:
    allowed = any(rights.may_somewhere(viewer, right) for right in (Right.SEE, Right.ENTER, Right.ADMINISTER))
    rights.demand(allowed)
