"""Registering oneself: in the open rounds of where one lives, or of what one belongs to."""

from dataclasses import dataclass

from sqlalchemy import Connection

from lms_tracker.actions import clock, identity, records
from lms_tracker.actions.recognition import criteria, scopes
from lms_tracker.actions.recognition.candidates import placed
from lms_tracker.actions.recognition.registrations import check_population, in_others, put_in, take_out
from lms_tracker.actions.recognition.scopes import RecognitionRefused, Whose
from lms_tracker.actions.rights import Viewer
from lms_tracker.learning.criteria import AnySet
from lms_tracker.learning.recognition.models import Model
from lms_tracker.learning.recognition.rounds import State, counted_on
from lms_tracker.store import database, places, residences
from lms_tracker.store.recognition import assessments, rounds, subjects
from lms_tracker.store.recognition.assessments import Assessment, Entrant
from lms_tracker.store.recognition.rounds import Round


@dataclass(frozen=True, slots=True)
class Offer:
    """A round in which the viewer may register themselves, or is."""

    round: Round
    whose: Whose
    row: Assessment | None
    criteria: AnySet


def offers(connection: Connection, person_key: bytes) -> list[Offer]:
    """The open rounds of where somebody lives, or of what they belong to, with their own row in each."""
    found = []
    for one in _near(connection, person_key):
        row = next(iter(assessments.in_round(connection, one.id, [person_key])), None)
        there = scopes.whose(connection, one.place_id, one.organisation_id)
        is_open = (person_key, None) not in in_others(connection, one)
        if row is not None or (is_open and _belongs(connection, one, there, person_key)):
            used = criteria.held(connection, one.criteria_set_id).criteria
            found.append(Offer(one, there, row, used))
    return found


def _near(connection: Connection, person_key: bytes) -> list[Round]:
    lived = {one.place_id for one in residences.of_person(connection, person_key)}
    at = places.by_ids(connection, lived)
    near = {number for one in at.values() for number in (*one.above, one.id)}
    today_in = {move.to_id for move in places.moves_from(connection, near) if not move.is_split}
    units = subjects.organisations_of(connection, person_key)
    return rounds.open_at(connection, Model.CITIZEN, near | today_in, units, clock.today())


def _belongs(connection: Connection, found: Round, whose: Whose, person_key: bytes) -> bool:
    """Whether somebody lives where a round is held on its day, today at the latest."""
    on = counted_on(found.year, clock.today())
    paths = scopes.paths(connection, whose, on)
    ask = subjects.memberships if whose.organisation is not None else subjects.stays
    return subjects.lived(ask(connection, paths, [person_key])[person_key], on) is not None


def register_self(viewer: Viewer, number: int, population: str = "") -> None:
    """Register oneself; who is registered stays so. Raises RecognitionRefused and NotFound."""
    with database.writing() as connection:
        found = rounds.locked(connection, number)
        if found is None or found.model != Model.CITIZEN:
            raise records.NotFound
        key = identity.current(connection, viewer.key)
        whose = scopes.whose(connection, found.place_id, found.organisation_id)
        row = own_row(connection, viewer, number)
        if row is None and not _belongs(connection, found, whose, key):
            raise records.NotFound
        if found.state != State.OPEN or not found.opens_on <= clock.today() <= found.closes_on:
            raise RecognitionRefused("not-open")
        if (key, None) in in_others(connection, found):
            raise RecognitionRefused("in-other-round")
        check_population(connection, found, population)
        entrants = _entrant(connection, found, whose, key)
        put_in(connection, viewer, found, entrants, assessments.SELF, population)


def _entrant(connection: Connection, found: Round, whose: Whose, key: bytes) -> list[Entrant]:
    person = subjects.people(connection, [key]).get(key)
    if person is None:
        return []
    on = counted_on(found.year, clock.today())
    paths = scopes.paths(connection, whose, on)
    stay = None
    if whose.organisation is None:
        stay = subjects.lived(subjects.stays(connection, paths, [key])[key], on)
    place_id = stay.place_id if stay else None
    order = subjects.order_of_places(connection, [place_id] if place_id is not None else [])
    return [placed(Entrant(key, None, person.name, place_id, person.sort_key), order)]


def withdraw_self(viewer: Viewer, number: int) -> None:
    """Take oneself out of a round; who is out of it stays so. Raises RecognitionRefused and NotFound."""
    with database.writing() as connection:
        found = rounds.locked(connection, number)
        row = own_row(connection, viewer, number)
        if found is None or row is None:
            raise records.NotFound
        if row.state != assessments.WITHDRAWN:
            take_out(connection, viewer, found, row, row.revision, "")


def own_row(connection: Connection, viewer: Viewer, number: int) -> Assessment | None:
    """The viewer's own row in a round, under whatever key of theirs; one that stands before one withdrawn."""
    rows = assessments.in_round(connection, number, scopes.myself(connection, viewer, number).keys)
    return min(rows, key=lambda row: (row.state == assessments.WITHDRAWN, row.id), default=None)
