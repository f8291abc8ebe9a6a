"""Who is in a round: registered by themselves, or by an officer for many at once.

Registered is not achieved: both are counted by themselves. Whoever withdrew keeps their row, and comes back
to it when they register again.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, records, rights
from lms_tracker.actions.recognition import criteria, scopes
from lms_tracker.actions.recognition.scopes import RecognitionRefused, Whose
from lms_tracker.actions.recognition.steps import said_why
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning import names
from lms_tracker.learning.criteria import AnySet, PointsSet
from lms_tracker.learning.places import Level
from lms_tracker.learning.recognition.models import Model
from lms_tracker.learning.recognition.rounds import State, counted_on
from lms_tracker.store import cases, database, kinships, places
from lms_tracker.store.places import Place
from lms_tracker.store.recognition import assessments, subjects
from lms_tracker.store.recognition.assessments import Assessment, Entrant
from lms_tracker.store.recognition.rounds import Round

log = logs.logger(__name__)

# Of the sort keys of a place and of a name in it, which an index holds together.
MOST_KEY = 300
# People on a page from whom an officer chooses.
PAGE = 200


@dataclass(frozen=True, slots=True)
class Done:
    """What registering many did: `new` were put in, `back` had withdrawn, `there` were in it already."""

    new: int
    back: int
    there: int


@dataclass(frozen=True, slots=True)
class Choosing:
    """A page of those who could be registered and are not; `places` are those to choose from."""

    round: Round
    whose: Whose
    places: Sequence[Place]
    place: Place | None
    shown: Sequence[Entrant]
    at: dict[int, Place]
    count: int
    more: bool
    groups: AnySet


def candidates(connection: Connection, found: Round, whose: Whose) -> list[Entrant]:
    """Everybody and everything that a round could hold, in the order of lists."""
    on = counted_on(found.year, clock.today())
    paths = scopes.paths(connection, whose, on)
    entrants = list(_candidates(connection, found.model, whose, paths, on))
    order = subjects.order_of_places(
        connection, {one.local_place_id for one in entrants if one.local_place_id is not None}
    )
    return sorted(
        (placed(one, order) for one in entrants),
        key=lambda one: (one.sort_key, one.person_key or b"", one.subject_id or 0),
    )


def _candidates(
    connection: Connection, model: str, whose: Whose, paths: Sequence[str], on: date
) -> Iterable[Entrant]:
    if model == Model.CITIZEN:
        find = subjects.members if whose.organisation is not None else subjects.residents
        for person in find(connection, paths, on):
            yield Entrant(person.key, None, person.name, person.place_id, person.sort_key)
    elif model in (Model.HOUSEHOLD, Model.CLAN):
        for number, name, place_id, sort_key in subjects.kinships(connection, model, paths):
            yield Entrant(None, number, name, place_id, sort_key)
    elif model in (Model.COMMUNITY, Model.COMMUNE):
        level = Level.LOCAL if model == Model.COMMUNITY else Level.COMMUNE
        for path in paths:
            for place in places.subtree(connection, path, on):
                if place.level == level:
                    yield Entrant(None, place.id, place.name, place.id, "")
    else:
        for unit in subjects.units(connection, paths, on, is_tree=whose.organisation is not None):
            yield Entrant(None, unit.id, unit.name, unit.place_id, names.sort_key(unit.name))


def placed(one: Entrant, order: dict[int, str]) -> Entrant:
    """With the sort key of its list: thôn first ("-" sorts before every digit), then the name."""
    place = order.get(one.local_place_id or 0, "")[:MOST_KEY]
    key = f"{place}-{one.sort_key[:MOST_KEY]}"
    return Entrant(one.person_key, one.subject_id, one.name, one.local_place_id, key, one.population)


def register(
    viewer: Viewer,
    number: int,
    *,
    place_id: int | None = None,
    kinship_id: int | None = None,
    person_keys: Collection[bytes] | None = None,
    subject_ids: Collection[int] | None = None,
    population: str = "",
) -> Done:
    """Register many at once, as an officer does: all of a thôn, of a household, or those chosen.

    Without any of these everybody of the round's place. Raises rights.NotAllowed and RecognitionRefused.
    """
    with database.writing() as connection:
        found, whose = scopes.locked(connection, viewer, Right.ENTER, number)
        _demand_open(found)
        check_population(connection, found, population)
        chosen = candidates(connection, found, whose)
        if place_id is not None:
            chosen = [one for one in chosen if one.local_place_id == place_id]
        if kinship_id is not None:
            inside = {one.person_key for one in kinships.members(connection, kinship_id, clock.today())}
            chosen = [one for one in chosen if one.person_key in inside]
        if person_keys is not None:
            chosen = [one for one in chosen if one.person_key in person_keys]
        if subject_ids is not None:
            chosen = [one for one in chosen if one.subject_id in subject_ids]
        done = put_in(connection, viewer, found, chosen, assessments.PAPER, population)
        if done.new or done.back:
            note = f"{done.new + done.back}"
            cases.add_step(
                connection, (cases.ROUND, number), "registered", clock.now_us(), viewer.key, note=note
            )
    log.info("registered", round=number, new=done.new, back=done.back)
    return done


def put_in(
    connection: Connection,
    viewer: Viewer,
    found: Round,
    chosen: Sequence[Entrant],
    came_by: str,
    population: str,
) -> Done:
    # Whoever is in it under the key of a record that was merged into theirs is in it.
    under_other_key = assessments.merged(connection, found.id)
    asked = len(chosen)
    chosen = [one for one in chosen if one.person_key not in under_other_key]
    there = assessments.in_round(
        connection,
        found.id,
        [one.person_key for one in chosen if one.person_key is not None],
        [one.subject_id for one in chosen if one.subject_id is not None],
    )
    known = {(row.person_key, row.subject_id) for row in there}
    new = [
        Entrant(one.person_key, one.subject_id, one.name, one.local_place_id, one.sort_key, population)
        for one in chosen
        if (one.person_key, one.subject_id) not in known
    ]
    now = clock.now_us()
    count = assessments.register(connection, found.id, new, came_by, viewer.key, now)
    back = [row for row in there if row.state == assessments.WITHDRAWN]
    locked = assessments.lock(connection, [row.id for row in back])
    used = criteria.held(connection, found.criteria_set_id).criteria
    again = {
        row.id: {**regrouped(used, row, population or row.population), "came_by": came_by}
        for row in locked.values()
        if row.state == assessments.WITHDRAWN
    }
    assessments.change_locked(connection, again)
    scopes.mark_totals(connection, found)
    cases.add_steps(
        connection, cases.ASSESSMENT, [(one, "") for one in again], "registered-again", now, viewer.key
    )
    return Done(count, len(again), asked - count - len(again))


def regrouped(used: AnySet, row: Assessment, population: str) -> dict[str, object]:
    """The columns of a row in a group: what was scored by the table of another group is taken off it.

    Points that were reviewed stay, and the group by which they were.
    """
    values: dict[str, object] = {
        "population": row.population if row.reviewed_points else population,
        "self_points": row.self_points,
        "self_total": row.self_total,
        "self_us": row.self_us,
        "self_by": row.self_by,
        "state": state_of(row),
    }
    is_other = isinstance(used, PointsSet) and used.table(row.population) != used.table(population)
    if is_other and not row.reviewed_points:
        values |= {"self_points": "", "self_total": None, "self_us": None, "self_by": None}
        values["state"] = assessments.REGISTERED
    return values


def state_of(row: Assessment) -> str:
    """The state that a row has by what was scored."""
    if row.proposed_result:
        return assessments.REVIEWED
    return assessments.SCORED if row.self_points or row.reviewed_points else assessments.REGISTERED


def _demand_open(found: Round) -> None:
    if found.state != State.OPEN:
        raise RecognitionRefused("state")


def check_population(connection: Connection, found: Round, population: str) -> None:
    if not population:
        return
    used = criteria.held(connection, found.criteria_set_id).criteria
    if not isinstance(used, PointsSet) or population not in {one.code for one in used.groups}:
        raise RecognitionRefused("population", "population")


def choosing(viewer: Viewer, number: int, place_id: int | None, text: str, page: int) -> Choosing:
    """Those who could be registered and are not, for an officer to choose from; the look is logged.

    Raises rights.NotAllowed.
    """
    with database.reading() as connection:
        found, whose = scopes.known(connection, viewer, Right.ENTER, number)
        everybody = candidates(connection, found, whose)
        inside = assessments.keys(connection, number)
        inside |= {(key, None) for key in assessments.merged(connection, number)}
        wanted = names.folded(text).split()
        free = [
            one
            for one in everybody
            if (one.person_key, one.subject_id) not in inside
            and (place_id is None or one.local_place_id == place_id)
            and _is_called(one.name, wanted)
        ]
        shown = free[(page - 1) * PAGE : page * PAGE]
        at = places.by_ids(
            connection, {one.local_place_id for one in everybody if one.local_place_id is not None}
        )
        order = subjects.order_of_places(connection, at)
        made = Choosing(
            round=found,
            whose=whose,
            places=sorted(at.values(), key=lambda one: (order[one.id], one.id)),
            place=at.get(place_id or 0),
            shown=shown,
            at=at,
            count=len(free),
            more=len(free) > page * PAGE,
            groups=criteria.held(connection, found.criteria_set_id).criteria,
        )
    records.log_looks(viewer, [one.person_key for one in shown if one.person_key is not None], "people")
    return made


def _is_called(name: str, wanted: Sequence[str]) -> bool:
    if not wanted:
        return True
    words = names.folded(name).split()
    return all(any(word.startswith(one) for word in words) for one in wanted)


def withdraw(viewer: Viewer, assessment_id: int, revision: int, reason: str) -> None:
    """Take somebody out of a round: an officer with a reason. Raises NotAllowed and RecognitionRefused."""
    with database.writing() as connection:
        row = assessments.by_id(connection, assessment_id)
        rights.demand(row is not None)
        assert row is not None
        found, _ = scopes.locked(connection, viewer, Right.ENTER, row.round_id)
        take_out(connection, viewer, found, row, revision, said_why(reason))


def take_out(
    connection: Connection, viewer: Viewer, found: Round, row: Assessment, revision: int, said: str
) -> None:
    _demand_open(found)
    if row.state == assessments.WITHDRAWN:
        raise RecognitionRefused("withdrawn")
    if row.revision != revision or not assessments.change(connection, row, state=assessments.WITHDRAWN):
        raise RecognitionRefused("changed")
    scopes.mark_totals(connection, found)
    cases.add_step(connection, (cases.ASSESSMENT, row.id), "withdrawn", clock.now_us(), viewer.key, note=said)
