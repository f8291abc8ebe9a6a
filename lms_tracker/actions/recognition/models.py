"""The models of learning of a place as pages show them: how many subjects, who holds one, who is close."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from lms_tracker.actions import clock, organisation_rules, records, rights
from lms_tracker.actions.recognition import criteria, family_registrations, shares, standings
from lms_tracker.actions.recognition.family_registrations import FamilyOffer
from lms_tracker.actions.recognition.standings import Standing, Standings
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.criteria import AnySet, Checklist, level_2_from
from lms_tracker.learning.places import Level
from lms_tracker.learning.recognition.models import Model, Result
from lms_tracker.learning.recognition.shares import last_adult_birth_year
from lms_tracker.learning.recognition.standings import State
from lms_tracker.store import database, due, kinships, organisation_tree, places, reach, residents
from lms_tracker.store.kinships import Membership
from lms_tracker.store.places import Place
from lms_tracker.store.recognition import decisions, recognitions
from lms_tracker.store.recognition import shares as store_shares
from lms_tracker.store.recognition import standings as store_standings
from lms_tracker.store.recognition.decisions import Decision
from lms_tracker.store.recognition.recognitions import Recognition
from lms_tracker.store.recognition.standings import Taken
from lms_tracker.store.residents import Facts

# Citizens have pages of their own.
MODELS = tuple(model for model in Model if model is not Model.CITIZEN)
PAGE = 50
FIRST_YEAR = 2011
# By what a list may be narrowed: a state, or who lacks a single one.
ONE_MISSING = "one-missing"
FILTERS = ("", ONE_MISSING, *(state.value for state in State))


@dataclass(frozen=True, slots=True)
class Line:
    """A model in the overview of a place; `counts` by state, None above communes, where none is computed."""

    model: Model
    criteria: AnySet | None
    holders: int
    counts: Mapping[State, int] | None
    one_missing: int

    @property
    def subjects(self) -> int:
        return sum((self.counts or {}).values())


@dataclass(frozen=True, slots=True)
class Overview:
    place: Place
    above: Sequence[Place]
    below: Sequence[Place]
    year: int
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of the subjects of a model at a place; `count` are all that the filter leaves."""

    place: Place
    above: Sequence[Place]
    standings: Standings
    shown: Sequence[Standing]
    at: Mapping[int, Place]
    filter: str
    count: int
    more: bool


@dataclass(frozen=True, slots=True)
class Relative:
    """Somebody of a household or clan on the day that decides, as far as the viewer may see them."""

    membership: Membership
    facts: Facts
    is_adult: bool
    is_citizen: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One subject with all that is known of it for a year.

    `hidden` relatives are not within the viewer's reach. `before` is what was decided about places that this
    one took over, whole or in part: no rule was found by which it goes over to the new one. `level_2_from` is
    the first day on which level 2 may be asked for, None where the set states none or level 1 is not held.
    """

    standings: Standings
    standing: Standing
    place: Place | None
    relatives: Sequence[Relative]
    hidden: int
    history: Sequence[tuple[Recognition, Decision]]
    before: Sequence[tuple[Place, Recognition, Decision]]
    taken: Sequence[Taken]
    level_2_from: date | None
    may_honour: bool
    # Rounds in which the viewer may register it.
    offers: Sequence[FamilyOffer]


def year_of(year: int | None) -> int:
    """The year that is asked for, this one without any. Raises NotFound."""
    today = clock.today()
    if year is not None and not FIRST_YEAR <= year <= today.year:
        raise NotFound
    return year or today.year


def demand_sight(connection: Connection, viewer: Viewer, model: Model, subject_id: int) -> None:
    """Raise rights.NotAllowed unless somebody may see a subject, also where there is none."""
    if model is Model.UNIT:
        unit = organisation_tree.of(connection, subject_id)
        rights.demand(unit is not None and organisation_rules.covers(connection, viewer, unit, Right.SEE))
        return
    place_id: int | None = subject_id
    if model in (Model.HOUSEHOLD, Model.CLAN):
        found = kinships.of(connection, subject_id)
        place_id = found.place_id if found is not None and found.kind == model else None
    rights.demand(place_id is not None and rights.may_at(connection, viewer, Right.SEE, place_id))


def _place(connection: Connection, viewer: Viewer, place_id: int) -> Place:
    rights.demand_at(connection, viewer, Right.SEE, place_id)
    place = places.by_id(connection, place_id)
    if place is None:
        raise NotFound
    return place


def overview(viewer: Viewer, place_id: int, year: int) -> Overview:
    """The models at a place. Raises rights.NotAllowed and NotFound."""
    with database.reading() as connection:
        place = _place(connection, viewer, place_id)
        return Overview(
            place,
            places.ancestors(connection, place),
            places.children(connection, place_id, clock.today()),
            year,
            [_line(connection, model, place, year) for model in MODELS if _is_there(model, place)],
        )


def _is_there(model: Model, place: Place) -> bool:
    return place.level <= Level.COMMUNE or model is not Model.COMMUNE


def _line(connection: Connection, model: Model, place: Place, year: int) -> Line:
    if place.level < Level.COMMUNE:
        used = criteria.perhaps_in_force(connection, model, year, place.id)
        holders = store_standings.holders(connection, model, place.path, year)
        return Line(model, used.criteria if used else None, holders, None, 0)
    found = standings.in_place(connection, model, place.id, place.path, year)
    holders = sum(1 for one in found.shown if one.held is not None)
    one_missing = sum(1 for one in found.shown if one.state is State.MISSING and one.missing == 1)
    return Line(model, found.criteria, holders, found.counts, one_missing)


def listing(
    viewer: Viewer, model: Model, place_id: int, year: int, filter_: str = "", page: int = 1
) -> Listing:
    """The subjects of a model at a place, of which there are no lists above communes.

    Raises rights.NotAllowed and NotFound.
    """
    if filter_ not in FILTERS:
        raise NotFound
    with database.reading() as connection:
        place = _place(connection, viewer, place_id)
        if place.level < Level.COMMUNE or not _is_there(model, place):
            raise NotFound
        found = standings.in_place(connection, model, place.id, place.path, year)
        fitting = [one for one in found.shown if _fits(one, filter_)]
        shown = fitting[(page - 1) * PAGE : page * PAGE]
        numbers = {one.subject.place_id for one in shown if one.subject.place_id is not None}
        return Listing(
            place,
            places.ancestors(connection, place),
            found,
            shown,
            places.by_ids(connection, numbers),
            filter_,
            len(fitting),
            len(fitting) > page * PAGE,
        )


def _fits(one: Standing, filter_: str) -> bool:
    if filter_ == ONE_MISSING:
        return one.state is State.MISSING and one.missing == 1
    return not filter_ or one.state == filter_


def page_of(viewer: Viewer, model: Model, subject_id: int, year: int) -> Page:
    """One subject; looks at the people of a household or clan are logged.

    Raises rights.NotAllowed and NotFound.
    """
    with database.reading() as connection:
        demand_sight(connection, viewer, model, subject_id)
        found = standings.of_subject(connection, model, subject_id, year)
        if not found.shown:
            raise NotFound
        (standing,) = found.shown
        relatives, hidden = _relatives(connection, viewer, model, subject_id, found)
        history = recognitions.of_subjects(connection, model, [subject_id])
        decided = decisions.by_ids(connection, {one.decision_id for one in history})
        place_id = standing.subject.place_id
        made = Page(
            found,
            standing,
            None if place_id is None else places.by_id(connection, place_id),
            relatives,
            hidden,
            [(one, decided[one.decision_id]) for one in history],
            _before(connection, model, subject_id),
            store_standings.taken(connection, model, subject_id),
            _level_2_from(found.criteria, history, decided),
            place_id is not None and rights.may_at(connection, viewer, Right.ENTER, place_id),
            _offers(connection, viewer, model, subject_id),
        )
    records.log_looks(viewer, {one.membership.person_key for one in made.relatives}, "family")
    return made


def _offers(connection: Connection, viewer: Viewer, model: Model, subject_id: int) -> list[FamilyOffer]:
    kinship = kinships.of(connection, subject_id) if model in (Model.HOUSEHOLD, Model.CLAN) else None
    return [] if kinship is None else family_registrations.offers_to(connection, viewer, kinship)


def _before(connection: Connection, model: Model, place_id: int) -> list[tuple[Place, Recognition, Decision]]:
    if model not in (Model.COMMUNITY, Model.COMMUNE):
        return []
    seen, newest = {place_id}, {place_id}
    while newest:
        newest = {move.from_id for move in places.moves_to(connection, newest)} - seen
        seen |= newest
    history = recognitions.of_subjects(connection, model, seen - {place_id})
    decided = decisions.by_ids(connection, {one.decision_id for one in history})
    at = places.by_ids(connection, {one.subject_id for one in history if one.subject_id is not None})
    return [(at[one.subject_id or 0], one, decided[one.decision_id]) for one in history]


def _level_2_from(
    used: AnySet | None, history: Sequence[Recognition], decided: Mapping[int, Decision]
) -> date | None:
    days = [
        decided[one.decision_id].decided_on
        for one in history
        if one.result == Result.ACHIEVED and one.revoked_by is None and (one.level or 1) == 1
    ]
    if not days or not isinstance(used, Checklist) or used.levels == (1,):
        return None
    return level_2_from(used, min(days))


def _relatives(
    connection: Connection, viewer: Viewer, model: Model, subject_id: int, found: Standings
) -> tuple[list[Relative], int]:
    """Who is counted of a household or clan, and how many of them the viewer may not see."""
    if model not in (Model.HOUSEHOLD, Model.CLAN):
        return [], 0
    members = kinships.members(connection, subject_id, found.on)
    keys = {one.person_key for one in members}
    seen = reach.within(connection, rights.reach(viewer, Right.SEE), keys) | ({viewer.key} & keys)
    return relatives_of(connection, [one for one in members if one.person_key in seen], found), len(
        keys - seen
    )


def relatives_of(connection: Connection, members: Collection[Membership], found: Standings) -> list[Relative]:
    """What is counted of these members."""
    keys = {one.person_key for one in members}
    facts = residents.several(connection, keys)
    now = due.person_keys(connection, sorted(keys))
    asked = shares.asked_of(found.year, found.on)
    citizens = store_shares.citizens_among(connection, set(now.values()), asked)
    last = last_adult_birth_year(found.year)
    return [
        Relative(
            one,
            facts[one.person_key],
            (facts[one.person_key].birth_year or last) <= last,
            now[one.person_key] in citizens,
        )
        for one in members
        if one.person_key in facts and not _has_died(facts[one.person_key], found.on)
    ]


def _has_died(one: Facts, on: date) -> bool:
    return one.died_on is not None and one.died_on < on
