"""Rounds (đợt xét): opened for a place or an organisation, listed, taken back a step, cancelled."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, rights
from lms_tracker.actions.recognition import criteria, scopes
from lms_tracker.actions.recognition.scopes import Mine, RecognitionRefused, Whose
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.criteria import AnySet, PointsSet
from lms_tracker.learning.places import Level
from lms_tracker.learning.recognition.models import Model
from lms_tracker.learning.recognition.rounds import State
from lms_tracker.store import cases, database, organisation_tree, places
from lms_tracker.store.cases import CaseStep
from lms_tracker.store.organisation_tree import Organisation
from lms_tracker.store.places import Place
from lms_tracker.store.recognition import assessments, decisions, rounds, subjects
from lms_tracker.store.recognition.assessments import Counted
from lms_tracker.store.recognition.decisions import Decision
from lms_tracker.store.recognition.rounds import Round

log = logs.logger(__name__)

PAGE = 30
MOST_TITLE = 200
MOST_PLACES = 100
# Of one model, place and year.
MOST_ROUNDS = 20
# Registration lasts at most this long.
MOST_DAYS = 400


@dataclass(frozen=True, slots=True)
class Wanted:
    """A round to be opened; days are local and inclusive. Without a title it is named by its year."""

    model: str
    year: int
    place_id: int | None
    organisation_id: int | None
    opens_on: date
    closes_on: date
    area: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """Figures of a round; `registered` are all who did not withdraw, `achieved` what the list proposes."""

    registered: int = 0
    scored: int = 0
    reviewed: int = 0
    achieved: int = 0
    not_achieved: int = 0
    withdrawn: int = 0

    def plus(self, one: Counted) -> "Tally":
        if one.state == assessments.WITHDRAWN:
            return _with(self, withdrawn=one.count)
        is_reviewed = one.state == assessments.REVIEWED
        return _with(
            self,
            registered=one.count,
            scored=one.count if one.state == assessments.SCORED else 0,
            reviewed=one.count if is_reviewed else 0,
            achieved=one.count if is_reviewed and one.proposed_result == "achieved" else 0,
            not_achieved=one.count if is_reviewed and one.proposed_result == "not-achieved" else 0,
        )


@dataclass(frozen=True, slots=True)
class Listed:
    """A round in a list."""

    round: Round
    whose: Whose
    tally: Tally


@dataclass(frozen=True, slots=True)
class Page:
    """A round with all that its page shows; `by_place` is by thôn in Vietnamese order, None for elsewhere."""

    round: Round
    whose: Whose
    criteria: AnySet
    mine: Mine
    tally: Tally
    by_place: Sequence[tuple[Place | None, Tally]]
    decisions: Sequence[Decision]
    sizes: Mapping[int, Mapping[str, int]]
    steps: Sequence[CaseStep]


@dataclass(frozen=True, slots=True)
class Choices:
    """Where somebody may open rounds."""

    places: Sequence[Place]
    organisations: Sequence[Organisation]


def _with(tally: Tally, **more: int) -> Tally:
    return Tally(*(getattr(tally, name) + more.get(name, 0) for name in Tally.__dataclass_fields__))


def tally_of(counted: Iterable[Counted]) -> Tally:
    found = Tally()
    for one in counted:
        found = found.plus(one)
    return found


def open_round(viewer: Viewer, wanted: Wanted) -> int:
    """Open a round by the criteria in force; answers its number.

    Raises rights.NotAllowed, RecognitionRefused and NotFound. The same form sent twice opens one round: an
    open one of the same place, model, year, days and area is answered again, and refused under another title.
    """
    title = " ".join(wanted.title.split())
    with database.writing() as connection:
        there = scopes.whose(connection, wanted.place_id, wanted.organisation_id)
        rights.demand(scopes.may(connection, viewer, Right.APPROVE, there))
        _check(wanted, there, title)
        _lock(connection, wanted)
        of_year = rounds.of_year(
            connection, wanted.model, wanted.year, wanted.place_id, wanted.organisation_id
        )
        for one in of_year:
            said = (wanted.opens_on, wanted.closes_on, wanted.area)
            if one.state == State.OPEN and (one.opens_on, one.closes_on, one.area) == said:
                if one.title != title:
                    raise RecognitionRefused("round-there", "title")
                return one.id
        if len(of_year) >= MOST_ROUNDS:
            raise RecognitionRefused("rounds-many")
        held = criteria.in_force(
            connection, Model(wanted.model), wanted.year, wanted.place_id, wanted.organisation_id
        )
        _check_area(held.criteria, wanted.area)
        number = len(of_year) + 1
        made = rounds.add(
            connection,
            model=wanted.model,
            year=wanted.year,
            place_id=wanted.place_id,
            organisation_id=wanted.organisation_id,
            number=number,
            title=title,
            criteria_set_id=held.id,
            area=wanted.area,
            opens_on=wanted.opens_on,
            closes_on=wanted.closes_on,
            state=State.OPEN,
            minutes="",
            submission="",
            made_us=clock.now_us(),
            made_by=viewer.key,
        )
        cases.add_step(connection, (cases.ROUND, made), "opened", clock.now_us(), viewer.key)
    log.info("round opened", round=made, model=wanted.model, year=wanted.year)
    return made


def _lock(connection: Connection, wanted: Wanted) -> None:
    """Two who open a round of one place do so one after the other."""
    if wanted.place_id is not None:
        places.locked(connection, wanted.place_id)
    elif wanted.organisation_id is not None:
        organisation_tree.locked(connection, wanted.organisation_id)


def _check(wanted: Wanted, there: Whose, title: str) -> None:
    today = clock.today()
    if wanted.model not in tuple(Model):
        raise RecognitionRefused("model", "model")
    if not today.year - 10 <= wanted.year <= today.year + 1:
        raise RecognitionRefused("year", "year")
    if not fits(wanted.model, there):
        raise RecognitionRefused("place-model", "model")
    if wanted.closes_on < wanted.opens_on:
        raise RecognitionRefused("days-order", "closes_on")
    if (wanted.closes_on - wanted.opens_on).days > MOST_DAYS:
        raise RecognitionRefused("days-many", "closes_on")
    if wanted.opens_on.year < wanted.year or wanted.opens_on.year > wanted.year + 2:
        raise RecognitionRefused("days-year", "opens_on")
    if len(title) > MOST_TITLE or "\x00" in title:
        raise RecognitionRefused("title-long", "title")


def fits(model: str, there: Whose) -> bool:
    """Whether rounds of a model are held there: most in communes, of communes themselves above these."""
    if there.organisation is not None:
        return model in (Model.CITIZEN, Model.UNIT)
    level = Level.COMMUNE if there.place is None else there.place.level
    if model == Model.COMMUNE:
        return level < Level.COMMUNE
    if model == Model.UNIT:
        return level <= Level.COMMUNE
    return level == Level.COMMUNE


def _check_area(found: AnySet, area: str) -> None:
    known = {one.area for one in found.thresholds.exceptions} if isinstance(found, PointsSet) else set()
    if area and area not in known:
        raise RecognitionRefused("area", "area")


def listed(viewer: Viewer, page: int, year: int | None = None) -> tuple[list[Listed], bool]:
    """Rounds that the viewer may see, the newest first, and whether there are more. Raises NotAllowed."""
    rights.demand_somewhere(viewer, Right.SEE)
    within = rights.reach(viewer, Right.SEE)
    with database.reading() as connection:
        found = rounds.listed(connection, within, PAGE + 1, (page - 1) * PAGE, year=year)
        counted = assessments.counts(connection, [one.id for one in found[:PAGE]])
        at = places.by_ids(connection, {one.place_id for one in found if one.place_id is not None})
        units = organisation_tree.several(
            connection, [one.organisation_id for one in found if one.organisation_id is not None]
        )
    whose = {one.id: Whose(at.get(one.place_id or 0), units.get(one.organisation_id or 0)) for one in found}
    shown = [Listed(one, whose[one.id], tally_of(counted[one.id])) for one in found[:PAGE]]
    return shown, len(found) > PAGE


def page_of(viewer: Viewer, number: int) -> Page:
    """A round, without names. Raises rights.NotAllowed."""
    with database.reading() as connection:
        found, there = scopes.known(connection, viewer, Right.SEE, number)
        counted = assessments.counts(connection, [number])[number]
        by_place: dict[int | None, list[Counted]] = {}
        for one in counted:
            by_place.setdefault(one.local_place_id, []).append(one)
        made = decisions.of_round(connection, number)
        return Page(
            round=found,
            whose=there,
            criteria=criteria.held(connection, found.criteria_set_id).criteria,
            mine=scopes.mine(connection, viewer, there),
            tally=tally_of(counted),
            by_place=_in_order(connection, by_place),
            decisions=made,
            sizes=decisions.sizes(connection, [one.id for one in made]),
            steps=cases.steps(connection, cases.ROUND, [number])[number],
        )


def _in_order(
    connection: Connection, by_place: Mapping[int | None, Sequence[Counted]]
) -> list[tuple[Place | None, Tally]]:
    known = ordered(connection, [number for number in by_place if number is not None])
    found: list[tuple[Place | None, Tally]] = [(one, tally_of(by_place[one.id])) for one in known]
    if None in by_place:
        found.append((None, tally_of(by_place[None])))
    return found


def ordered(connection: Connection, place_ids: Sequence[int]) -> list[Place]:
    """These places in Vietnamese order, numbers as numbers."""
    order = subjects.order_of_places(connection, place_ids)
    return sorted(places.by_ids(connection, place_ids).values(), key=lambda one: (order[one.id], one.id))


def choices(viewer: Viewer) -> Choices:
    """Where the viewer may open rounds. Raises rights.NotAllowed."""
    rights.demand_somewhere(viewer, Right.APPROVE)
    within = rights.reach(viewer, Right.APPROVE)
    with database.reading() as connection:
        granted = list(places.by_ids(connection, within.places[:MOST_PLACES]).values())
        units = organisation_tree.several(connection, within.organisations[:MOST_PLACES])
    return Choices(sorted(granted, key=lambda one: one.path), list(units.values()))
