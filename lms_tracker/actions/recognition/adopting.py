"""Sets of criteria handed in: checked, kept, looked at, adopted and withdrawn by who administers the place.

What was handed in is never changed: whoever wants it otherwise hands in another set. A round names the set
it was opened with and keeps it, whatever becomes of the set afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, rights
from lms_tracker.actions.recognition import criteria
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.criteria import AnySet
from lms_tracker.learning.places import called
from lms_tracker.learning.recognition import criteria_check
from lms_tracker.learning.recognition.criteria_check import Checked
from lms_tracker.learning.recognition.criteria_findings import Finding
from lms_tracker.store import database, places, residences
from lms_tracker.store.places import Place
from lms_tracker.store.recognition import criteria_sets
from lms_tracker.store.recognition.criteria_sets import Kept

log = logs.logger(__name__)


class Why(StrEnum):
    """Why a set cannot be adopted or withdrawn."""

    ADOPTED = "adopted"
    WITHDRAWN = "withdrawn"
    FULL = "full"


SENTENCES = {
    Why.ADOPTED: "the set is adopted already",
    Why.WITHDRAWN: "the set was withdrawn; hand it in anew with another id",
    Why.FULL: f"there are {criteria_sets.MOST_LISTED} sets already",
}


class NotPossible(Exception):
    """`why` says what stands against it."""

    def __init__(self, why: Why) -> None:
        super().__init__(SENTENCES[why])
        self.why = why


class CriteriaRefused(Exception):
    """The file is no set that can be kept, or cannot hold beside those that do."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(f"{len(findings)} findings")
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True)
class Listed:
    """A set as it is kept, what it says, and where it holds; `place` is None for everywhere."""

    kept: Kept
    criteria: AnySet
    place: Place | None
    may_change: bool

    @property
    def where(self) -> str:
        return called(self.place.kind, self.place.name) if self.place else ""


@dataclass(frozen=True, slots=True)
class Preview:
    """A set before it is adopted or withdrawn: whom it concerns, and what stands against it.

    `people` live at its place and below on the day of asking; None where it holds everywhere. `rounds` are
    assessed by it. `instead_of` are the ids of the sets that it replaces there.
    """

    listed: Listed
    people: int | None
    rounds: int
    instead_of: tuple[str, ...]
    findings: tuple[Finding, ...]


def check(data: bytes, place_id: int | None = None, *, beside: bool = False) -> Checked:
    """What is wrong with a file; with `beside` also what stands against it at a place, or everywhere.

    Raises NotFound where there is no such place.
    """
    checked = criteria_check.check(data)
    if checked.criteria is None or not beside:
        return checked
    _keep_shipped()
    with database.reading() as connection:
        _place(connection, place_id)
        findings = _beside(connection, checked.criteria, place_id, checked.text, is_new=True)
    return Checked(findings) if findings else checked


def add(viewer: Viewer | None, data: bytes, place_id: int | None = None) -> int:
    """Keep a set for a place, or for everywhere; it holds nowhere before it is adopted. Answers its number.

    Without a viewer the program's shell does. The same text handed in again for the same place is answered
    with the number it has. Raises rights.NotAllowed, NotFound, CriteriaRefused and NotPossible.
    """
    checked = criteria_check.check(data)
    with database.writing() as connection:
        _demand(connection, viewer, place_id)
        if checked.criteria is None:
            raise CriteriaRefused(checked.findings)
        criteria_sets.lock(connection)
        criteria.keep_shipped(connection)
        there = criteria_sets.by_code(connection, checked.criteria.id)
        if there is not None and (there.body, there.place_id) == (checked.text, place_id):
            return there.id
        findings = _beside(connection, checked.criteria, place_id, checked.text, is_new=True)
        if findings:
            raise CriteriaRefused(findings)
        if criteria_sets.count(connection) >= criteria_sets.MOST_LISTED:
            raise NotPossible(Why.FULL)
        by, found = viewer.key if viewer else None, checked.criteria
        made = criteria_sets.add(
            connection, found.id, found.model, checked.text, place_id, by, clock.now_us()
        )
    log.info("criteria added", criteria_set=made, model=found.model)
    return made


def adopt(viewer: Viewer | None, number: int) -> None:
    """Have a set hold at its place and below. Of two who adopt at once the later one is told what stands.

    Raises rights.NotAllowed, NotFound, NotPossible and CriteriaRefused.
    """
    with database.writing() as connection:
        criteria_sets.lock(connection)
        kept = _kept(connection, viewer, number)
        if kept.withdrawn_us is not None:
            raise NotPossible(Why.WITHDRAWN)
        if kept.adopted_us is not None:
            raise NotPossible(Why.ADOPTED)
        found = criteria.read(kept).criteria
        findings = _beside(connection, found, kept.place_id, kept.body, is_new=False)
        if findings:
            raise CriteriaRefused(findings)
        criteria_sets.adopt(connection, number, viewer.key if viewer else None, clock.now_us())
    log.info("criteria adopted", criteria_set=number)


def withdraw(viewer: Viewer | None, number: int) -> int:
    """Have a set hold no longer; answers how many rounds keep being assessed by it all the same.

    Raises rights.NotAllowed, NotFound and NotPossible.
    """
    with database.writing() as connection:
        criteria_sets.lock(connection)
        _kept(connection, viewer, number)
        if not criteria_sets.withdraw(connection, number, viewer.key if viewer else None, clock.now_us()):
            raise NotPossible(Why.WITHDRAWN)
        rounds = criteria_sets.rounds_by(connection, number)
    log.info("criteria withdrawn", criteria_set=number)
    return rounds


def listed(viewer: Viewer | None) -> list[Listed]:
    """All sets, which are no secret to organisers, the newest first. Raises rights.NotAllowed."""
    if viewer is not None:
        rights.demand_somewhere(viewer, Right.SEE)
    _keep_shipped()
    with database.reading() as connection:
        return _listed(connection, viewer, criteria_sets.everything(connection))


def preview(viewer: Viewer | None, number: int) -> Preview:
    """One set with whom it concerns. Raises rights.NotAllowed and NotFound."""
    if viewer is not None:
        rights.demand_somewhere(viewer, Right.SEE)
    _keep_shipped()
    with database.reading() as connection:
        kept = criteria_sets.by_id(connection, number)
        if kept is None:
            raise NotFound
        (one,) = _listed(connection, viewer, [kept])
        waits = kept.adopted_us is None and kept.withdrawn_us is None
        findings = _beside(connection, one.criteria, kept.place_id, kept.body, is_new=False) if waits else ()
        return Preview(
            listed=one,
            people=residences.count(connection, one.place.path, clock.today()) if one.place else None,
            rounds=criteria_sets.rounds_by(connection, number),
            instead_of=(one.criteria.replaces,) if one.criteria.replaces else (),
            findings=findings,
        )


def demand_change(viewer: Viewer, place_id: int | None) -> None:
    """Raise rights.NotAllowed where somebody may not adopt or withdraw the sets of a place."""
    with database.reading() as connection:
        _demand(connection, viewer, place_id)


def numbered(code: str) -> int:
    """The number of the set with this id. Raises NotFound."""
    _keep_shipped()
    with database.reading() as connection:
        kept = criteria_sets.by_code(connection, code)
    if kept is None:
        raise NotFound
    return kept.id


def number_in_force(model: str, year: int, place_id: int | None) -> int:
    """The number of the set in force for a model and year at a place. Raises criteria.NoSet."""
    _keep_shipped()
    with database.reading() as connection:
        return criteria.in_force(connection, model, year, place_id).id


def _keep_shipped() -> None:
    """Before a snapshot is taken that is to hold the shipped sets."""
    with database.asking() as connection:
        criteria.keep_shipped(connection)


def _listed(connection: Connection, viewer: Viewer | None, sets: Sequence[Kept]) -> list[Listed]:
    at = places.by_ids(connection, {kept.place_id for kept in sets if kept.place_id is not None})
    within = None if viewer is None else rights.reach(viewer, Right.ADMINISTER)
    found = []
    for kept in sets:
        place = None if kept.place_id is None else at[kept.place_id]
        may = within is None or (within.covers_place(place.path) if place else within.everywhere)
        found.append(Listed(kept, criteria.read(kept).criteria, place, may))
    return found


def _beside(
    connection: Connection, found: AnySet, place_id: int | None, text: str, *, is_new: bool
) -> tuple[Finding, ...]:
    above = [] if place_id is None else [place_id]
    adopted = [
        criteria.read(kept).criteria
        for kept in criteria_sets.adopted(connection, found.model, above)
        if kept.place_id == place_id
    ]
    taken = criteria_sets.known(connection, [found.id]) if is_new else {}
    return criteria_check.beside(found, adopted, taken, text)


def _kept(connection: Connection, viewer: Viewer | None, number: int) -> Kept:
    criteria.keep_shipped(connection)
    kept = criteria_sets.by_id(connection, number)
    if kept is None:
        raise NotFound
    _demand(connection, viewer, kept.place_id)
    return kept


def _demand(connection: Connection, viewer: Viewer | None, place_id: int | None) -> None:
    if viewer is not None:
        allowed = (
            rights.may_everywhere(viewer, Right.ADMINISTER)
            if place_id is None
            else rights.may_at(connection, viewer, Right.ADMINISTER, place_id)
        )
        rights.demand(allowed)
    _place(connection, place_id)


def _place(connection: Connection, place_id: int | None) -> None:
    if place_id is not None and places.by_id(connection, place_id) is None:
        raise NotFound
