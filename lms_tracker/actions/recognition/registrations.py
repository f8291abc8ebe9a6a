"""Who is in a round: registered by themselves, or by an officer for many at once.

Registered is not achieved: both are counted by themselves. Whoever withdrew keeps their row, and comes back
to it when they register again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, records, rights
from lms_tracker.actions.recognition import criteria, rounds, scopes
from lms_tracker.actions.recognition.candidates import candidates
from lms_tracker.actions.recognition.scopes import RecognitionRefused, Whose
from lms_tracker.actions.recognition.steps import said_why
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning import names
from lms_tracker.learning.criteria import AnySet, PointsSet
from lms_tracker.learning.recognition.models import Model
from lms_tracker.learning.recognition.rounds import State, counted_on
from lms_tracker.store import cases, database, kinships
from lms_tracker.store.places import Place
from lms_tracker.store.recognition import assessments, subjects
from lms_tracker.store.recognition import rounds as stored_rounds
from lms_tracker.store.recognition.assessments import Assessment, Entrant
from lms_tracker.store.recognition.rounds import Round

log = logs.logger(__name__)

# People on a page from whom an officer chooses.
PAGE = 200
RUNNING = (State.OPEN, State.LISTED, State.SUBMITTED)


@dataclass(frozen=True, slots=True)
class Done:
    """What registering many did: `new` were put in, `back` had withdrawn.

    `there` were in it already, or in another round of the year that is not decided yet.
    """

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
    # Who could be in it is read first, so that on SQLite nobody waits for it to write.
    with database.reading() as connection:
        found, whose = scopes.known(connection, viewer, Right.ENTER, number)
        if kinship_id is not None:
            inside = {one.person_key for one in kinships.members(connection, kinship_id, clock.today())}
            person_keys = inside if person_keys is None else inside.intersection(person_keys)
        among = subjects.Among(person_keys=person_keys)
        chosen = candidates(connection, found, whose, place_id, among)
        if subject_ids is not None:
            chosen = [one for one in chosen if one.subject_id in subject_ids]
    with database.writing() as connection:
        found, _ = scopes.locked(connection, viewer, Right.ENTER, number)
        _demand_open(found)
        check_population(connection, found, population)
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
    elsewhere = in_others(connection, found)
    asked = len(chosen)
    chosen = [
        one
        for one in chosen
        if one.person_key not in under_other_key and (one.person_key, one.subject_id) not in elsewhere
    ]
    there = assessments.those_in(
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
    locked = assessments.lock(connection, [row.id for row in there if row.state == assessments.WITHDRAWN])
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


def in_others(connection: Connection, found: Round) -> set[tuple[bytes | None, int | None]]:
    """Who is in another round of the same place or organisation, model and year that is not decided yet.

    A commune has several where its villages lie in different areas, or for those who come late: each person
    (person key, None) and each other subject (None, id) is in one of them at a time.
    """
    beside = stored_rounds.of_year(connection, found.model, found.year, found.place_id, found.organisation_id)
    running = [one.id for one in beside if one.id != found.id and one.state in RUNNING]
    return assessments.standing_in(connection, running)


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
        wanted = names.folded(text).split()
        among = subjects.Among(outside_round=number, words=wanted)
        under_other_key = assessments.merged(connection, number)
        inside = assessments.subjects_in(connection, number)
        elsewhere = in_others(connection, found)
        free = [
            one
            for one in candidates(connection, found, whose, place_id, among)
            if one.person_key not in under_other_key
            and one.subject_id not in inside
            and (one.person_key, one.subject_id) not in elsewhere
            and _is_called(one.name, wanted)
        ]
        shown = free[(page - 1) * PAGE : page * PAGE]
        there = _places(connection, found, whose)
        at = {one.id: one for one in there}
        made = Choosing(
            round=found,
            whose=whose,
            places=there,
            place=at.get(place_id or 0),
            shown=shown,
            at=at,
            count=len(free),
            more=len(free) > page * PAGE,
            groups=criteria.held(connection, found.criteria_set_id).criteria,
        )
    records.log_looks(viewer, [one.person_key for one in shown if one.person_key is not None], "people")
    return made


def _places(connection: Connection, found: Round, whose: Whose) -> list[Place]:
    """The places from which somebody chooses whom to register, in Vietnamese order."""
    if found.model == Model.CITIZEN and whose.organisation is not None:
        return []
    if found.model == Model.CITIZEN:
        on = counted_on(found.year, clock.today())
        return rounds.ordered(connection, subjects.homes(connection, scopes.paths(connection, whose, on), on))
    there = {one.local_place_id for one in candidates(connection, found, whose)}
    return rounds.ordered(connection, [number for number in there if number is not None])


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
