"""What figures, plans and reports are about, who may do what with it, and what became of it.

Statistics hold no names: whoever holds a role at a place, above or below it sees them. Somebody at the
machine (None for the viewer) may do everything.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from lms_tracker.actions import clock, organisation_rules, places, rights
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.places import Level
from lms_tracker.store import database, organisation_tree
from lms_tracker.store import places as stored
from lms_tracker.store.organisation_tree import Organisation
from lms_tracker.store.places import Place
from lms_tracker.store.reporting.subjects import About, Sight

__all__ = [
    "About", "Ended", "Subject", "demand", "demand_enter", "ended", "last_day", "may", "may_see", "of",
    "several", "sight", "units_below",
]  # fmt: skip

_LAST_DAYS = {"first-half": (6, 30), "nine-months": (9, 30), "year": (12, 31)}


@dataclass(frozen=True, slots=True)
class Subject:
    """A place or an organisation; `path` is that of its tree."""

    about: About
    path: str
    place: Place | None = None
    organisation: Organisation | None = None

    @property
    def above(self) -> About | None:
        """The place or organisation directly above it."""
        if self.place is not None and self.place.parent_id is not None:
            return About(place_id=self.place.parent_id)
        if self.organisation is not None and self.organisation.parent_id is not None:
            return About(organisation_id=self.organisation.parent_id)
        return None


@dataclass(frozen=True, slots=True)
class Ended:
    """A unit that is no more: the units that took it over, and those that each commune below it went into."""

    place: Place
    heirs: tuple[Place, ...]
    below: tuple[tuple[Place, tuple[Place, ...]], ...]


def last_day(year: int, period: str) -> date:
    """The day whose units a report of a year or a part of it uses (I13)."""
    month, day = _LAST_DAYS[period]
    return date(year, month, day)


def of(connection: Connection, about: About) -> Subject:
    """Raises NotFound."""
    if about.place_id is not None:
        place = stored.by_id(connection, about.place_id)
        if place is None:
            raise NotFound
        return Subject(about, place.path, place=place)
    found = None
    if about.organisation_id is not None:
        found = organisation_tree.of(connection, about.organisation_id)
    if found is None:
        raise NotFound
    return Subject(about, found.path, organisation=found)


def may(connection: Connection, viewer: Viewer | None, subject: Subject, right: Right) -> bool:
    if viewer is None:
        return True
    if subject.organisation is not None:
        return organisation_rules.covers(connection, viewer, subject.organisation, right)
    return rights.reach(viewer, right).covers_place(subject.path)


def may_see(connection: Connection, viewer: Viewer | None, subject: Subject) -> bool:
    """Whether somebody holds any role at this, above it or below it."""
    if viewer is None or may(connection, viewer, subject, Right.SEE):
        return True
    paths = _place_paths(connection, viewer)
    if subject.organisation is not None:
        paths = list(rights.reach(viewer, Right.SEE).organisation_paths)
    return any(path.startswith(subject.path) for path in paths)


def _place_paths(connection: Connection, viewer: Viewer) -> list[str]:
    """The places of somebody's roles, those where their organisations stand included."""
    reach = rights.reach(viewer, Right.SEE)
    at_work = organisation_tree.several(connection, reach.organisations).values()
    standing = stored.by_ids(connection, {one.place_id for one in at_work if one.place_id is not None})
    return [*reach.place_paths, *(place.path for place in standing.values())]


def sight(connection: Connection, viewer: Viewer | None) -> Sight | None:
    """What somebody sees, for a list: the same as `may_see` says of each; None for everything."""
    if viewer is None or rights.reach(viewer, Right.SEE).everywhere:
        return None
    reach = rights.reach(viewer, Right.SEE)
    return Sight(
        reach.place_paths,
        reach.organisation_paths,
        {int(part) for path in _place_paths(connection, viewer) for part in path.strip("/").split("/")},
        {int(part) for path in reach.organisation_paths for part in path.strip("/").split("/")},
    )


def several(connection: Connection, about: Collection[About]) -> dict[About, Subject]:
    """Those of these that are there, in two queries."""
    numbers = {one.place_id for one in about if one.place_id is not None}
    units = sorted({one.organisation_id for one in about if one.organisation_id is not None})
    found = {
        About(place_id=number): Subject(About(place_id=number), place.path, place=place)
        for number, place in stored.by_ids(connection, numbers).items()
    }
    for number, unit in organisation_tree.several(connection, units).items():
        here = About(organisation_id=number)
        found[here] = Subject(here, unit.path, organisation=unit)
    return found


def demand(connection: Connection, viewer: Viewer | None, about: About, right: Right | None) -> Subject:
    """The subject, where somebody may do this with it; None asks only to see it. NotAllowed and NotFound."""
    found = of(connection, about)
    if right is None:
        rights.demand(may_see(connection, viewer, found))
    else:
        rights.demand(may(connection, viewer, found, right))
    return found


def demand_enter(viewer: Viewer, about: About) -> None:
    """Raise NotAllowed or NotFound for who may not report for this, before a form of theirs is read."""
    with database.reading() as connection:
        demand(connection, viewer, about, Right.ENTER)


def units_below(connection: Connection, subject: Subject, on: date) -> list[Subject]:
    """The places or organisations directly below, on a day."""
    if subject.place is not None:
        below = stored.children(connection, subject.place.id, on)
        return [Subject(About(place_id=one.id), one.path, place=one) for one in below]
    found = organisation_tree.below(connection, subject.about.number, on)
    return [Subject(About(organisation_id=one.id), one.path, organisation=one) for one in found]


def ended(connection: Connection, place: Place) -> Ended | None:
    """What became of a unit that is not there today; None for one that is.

    A district was taken over by nobody: what became of its communes is told.
    """
    if place.valid_to is None or place.valid_to >= clock.today():
        return None
    heirs = tuple(heir.told.place for heir in places.became(connection, place).heirs)
    if [(one.kind, one.name, one.code) for one in heirs] == [(place.kind, place.name, place.code)]:
        # The same unit in the next list of units: Huế was not merged in 2025.
        return None
    if place.level != Level.DISTRICT:
        return Ended(place, heirs, ())
    below = []
    for commune in stored.children(connection, place.id, place.valid_to):
        became = places.became(connection, commune)
        below.append((commune, tuple(heir.told.place for heir in became.heirs)))
    everybody = {heir.id: heir for _, into in below for heir in into}
    return Ended(place, tuple(everybody.values()), tuple(below))
