"""Registering a household or clan: by its head, or by an officer from the page of the household or clan."""

from dataclasses import dataclass

from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, identity
from lms_tracker.actions.recognition import scopes
from lms_tracker.actions.recognition.candidates import candidates
from lms_tracker.actions.recognition.registrations import put_in
from lms_tracker.actions.recognition.scopes import RecognitionRefused
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.recognition.models import Model
from lms_tracker.learning.recognition.rounds import State
from lms_tracker.store import database, kinships, places
from lms_tracker.store.kinships import Kinship, Membership
from lms_tracker.store.recognition import assessments, rounds
from lms_tracker.store.recognition.rounds import Round

log = logs.logger(__name__)

HEAD = "head"


@dataclass(frozen=True, slots=True)
class FamilyOffer:
    """A round that is open to a household or clan, and whether it is in it."""

    round: Round
    is_inside: bool


def memberships(connection: Connection, viewer: Viewer) -> list[Membership]:
    """The households and clans to which somebody belongs today, each once."""
    key, today = identity.current(connection, viewer.key), clock.today()
    found = {
        one.id: one
        for own in dict.fromkeys((key, viewer.key))
        for one in kinships.of_person(connection, own)
        if (one.since is None or one.since <= today) and (one.until is None or one.until >= today)
    }
    return list(found.values())


def offers(connection: Connection, kinship: Kinship) -> list[FamilyOffer]:
    """The rounds in which a household or clan may be registered today, or is."""
    place = places.by_id(connection, kinship.place_id)
    if place is None:
        return []
    near = {*place.above, place.id}
    near |= {move.to_id for move in places.moves_from(connection, near) if not move.is_split}
    found = []
    for one in rounds.open_at(connection, kinship.kind, near, (), clock.today()):
        rows = assessments.in_round(connection, one.id, subject_ids=[kinship.id])
        found.append(FamilyOffer(one, any(row.state != assessments.WITHDRAWN for row in rows)))
    return found


def offers_to(connection: Connection, viewer: Viewer, kinship: Kinship) -> list[FamilyOffer]:
    """The same of those rounds in which the viewer may enter people."""
    found = []
    for one in offers(connection, kinship):
        there = scopes.whose(connection, one.round.place_id, one.round.organisation_id)
        if scopes.may(connection, viewer, Right.ENTER, there):
            found.append(one)
    return found


def register(viewer: Viewer, kinship_id: int, number: int) -> None:
    """Register a household or clan, as its head; what is registered stays so.

    Raises NotFound, also for whoever is not its head, and RecognitionRefused.
    """
    with database.reading() as connection:
        is_head = any(
            one.kinship.id == kinship_id and one.relation == HEAD for one in memberships(connection, viewer)
        )
        kinship, found = kinships.of(connection, kinship_id), rounds.by_id(connection, number)
        if not is_head or kinship is None or found is None or found.model != kinship.kind:
            raise NotFound
        whose = scopes.whose(connection, found.place_id, found.organisation_id)
        there = candidates(connection, found, whose, kinship.place_id)
        entrants = [one for one in there if one.subject_id == kinship_id]
        if found.model not in (Model.HOUSEHOLD, Model.CLAN) or not entrants:
            raise NotFound
    with database.writing() as connection:
        locked = rounds.locked(connection, number)
        if locked is None:
            raise NotFound
        if locked.state != State.OPEN or not locked.opens_on <= clock.today() <= locked.closes_on:
            raise RecognitionRefused("not-open")
        put_in(connection, viewer, locked, entrants, assessments.SELF, "")
    log.info("family registered", round=number)
