"""Households and clans mended by officers of their place: members join and leave, a household parts in two.

Nobody belongs to two households, or to two clans, on one day: who comes from another one leaves it the day
before, where the officer says so.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, identity, rights
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning import names
from lms_tracker.learning.places import Level
from lms_tracker.learning.recognition.spans import overlap
from lms_tracker.store import database, kinships, places
from lms_tracker.store import residents as people
from lms_tracker.store.kinships import Kinship, Membership
from lms_tracker.store.reporting import due as totals_due

log = logs.logger(__name__)

HEAD = "head"
MOST_NAME = 120
MOST_RELATION = 60
FIRST_DAY = date(1900, 1, 1)
# Of one place, so that a program that runs wild fills no list.
MOST_AT_A_PLACE = 20_000
ONE_DAY = timedelta(days=1)


class Problem(StrEnum):
    """Why a change is refused; pages have a sentence for each."""

    NAME = "name"
    THERE_ALREADY = "there-already"
    RELATION = "relation"
    DAY = "day"
    NO_MEMBER = "no-member"
    ENDED = "ended"
    NO_PERSON = "no-person"
    MEMBER_ALREADY = "member-already"
    ELSEWHERE = "elsewhere"
    NOBODY = "nobody"
    EVERYBODY = "everybody"
    DEAD = "dead"


class KinshipRefused(ValueError):
    """A change of a household or clan that cannot be made."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def demand_enter(viewer: Viewer, number: int) -> None:
    """Raise rights.NotAllowed unless somebody may change a household or clan."""
    with database.reading() as connection:
        found = kinships.of(connection, number)
        rights.demand(found is not None)
        if found is not None:
            rights.demand_at(connection, viewer, Right.ENTER, found.place_id)


def _entered(connection: Connection, viewer: Viewer, number: int) -> Kinship:
    """The household or clan to be changed, held until the transaction ends."""
    found = kinships.locked(connection, number)
    rights.demand(found is not None)
    assert found is not None
    rights.demand_at(connection, viewer, Right.ENTER, found.place_id)
    return found


def _open(connection: Connection, found: Kinship, membership: int) -> Membership:
    """A membership of this household or clan that has no last day yet."""
    one = kinships.membership(connection, membership)
    if one is None or one.kinship.id != found.id:
        raise KinshipRefused(Problem.NO_MEMBER)
    if one.until is not None:
        raise KinshipRefused(Problem.ENDED)
    return one


def add(viewer: Viewer, place_id: int, kind: str, name: str) -> int:
    """A new household or clan, to which nobody belongs yet. Raises NotAllowed and KinshipRefused."""
    if kind not in kinships.KINDS:
        raise NotFound
    with database.writing() as connection:
        rights.demand_at(connection, viewer, Right.ENTER, place_id)
        place = places.locked(connection, place_id)
        if place is None or place.level < Level.COMMUNE:
            raise NotFound
        number = _new(connection, kind, _clean_name(name), place_id)
    log.info("kinship added", kinship=number, kind=kind)
    return number


def _new(connection: Connection, kind: str, name: str, place_id: int) -> int:
    _refuse_a_second(connection, kind, name, place_id)
    (number,) = kinships.add(connection, [(kind, name, place_id)], clock.now_us())
    return number


def _refuse_a_second(connection: Connection, kind: str, name: str, place_id: int, but: int = 0) -> None:
    there = kinships.at_place(connection, place_id, kind)
    if len(there) >= MOST_AT_A_PLACE:
        raise KinshipRefused(Problem.THERE_ALREADY)
    if any(one.id != but and names.spelled(one.name) == names.spelled(name) for one in there):
        raise KinshipRefused(Problem.THERE_ALREADY)


def _clean_name(text: str) -> str:
    name = names.composed(" ".join(text.split()))
    if not 1 <= len(name) <= MOST_NAME or not name.isprintable() or not names.folded(name):
        raise KinshipRefused(Problem.NAME)
    return name


def rename(viewer: Viewer, number: int, name: str) -> None:
    """Raises NotAllowed and KinshipRefused."""
    cleaned = _clean_name(name)
    with database.writing() as connection:
        found = _entered(connection, viewer, number)
        places.locked(connection, found.place_id)
        _refuse_a_second(connection, found.kind, cleaned, found.place_id, but=number)
        kinships.rename(connection, number, cleaned)
    log.info("kinship renamed", kinship=number)


def join(
    viewer: Viewer,
    number: int,
    person_key: bytes,
    relation: str = "",
    since: date | None = None,
    *,
    moves: bool = False,
) -> None:
    """Let somebody belong to a household or clan from a day on; None where nobody knows since when.

    Who belongs to another one of the kind at that time is refused, unless `moves` says that they leave it the
    day before. Raises NotAllowed and KinshipRefused.
    """
    said = _clean_relation(relation)
    _check_day(since)
    with database.writing() as connection:
        found = _entered(connection, viewer, number)
        key = identity.current(connection, person_key)
        rights.demand_over(connection, viewer, Right.ENTER, key)
        people.lock(connection, [key])
        facts = people.several(connection, [key]).get(key)
        if facts is None:
            raise KinshipRefused(Problem.NO_PERSON)
        if facts.died_on is not None and (since is None or since > facts.died_on):
            raise KinshipRefused(Problem.DEAD)
        _refuse_overlap(connection, found, key, since, moves)
        kinships.join(connection, [(number, key, said, since)])
        totals_due.mark_people(connection, [key])
    log.info("kinship joined", kinship=number, kind=found.kind)


def _refuse_overlap(
    connection: Connection, found: Kinship, key: bytes, since: date | None, moves: bool
) -> None:
    """Refuse a second household at one time, or end the first one the day before."""
    endings = []
    for one in kinships.of_people(connection, [key], found.kind):
        if not overlap((since, None), (one.since, one.until)):
            continue
        if one.kinship.id == found.id:
            raise KinshipRefused(Problem.MEMBER_ALREADY)
        if not moves:
            raise KinshipRefused(Problem.ELSEWHERE)
        if since is None or one.until is not None or (one.since is not None and one.since >= since):
            raise KinshipRefused(Problem.DAY)
        endings.append((one.id, since - ONE_DAY))
    kinships.leave(connection, endings)


def leave(viewer: Viewer, number: int, membership: int, last: date) -> None:
    """Write the last day on which somebody belongs. Raises NotAllowed and KinshipRefused."""
    _check_day(last)
    with database.writing() as connection:
        found = _entered(connection, viewer, number)
        one = _open(connection, found, membership)
        if one.since is not None and last < one.since:
            raise KinshipRefused(Problem.DAY)
        kinships.leave(connection, [(membership, last)])
        totals_due.mark_places(connection, [found.place_id], None)
    log.info("kinship left", kinship=number, kind=found.kind)


def make_head(viewer: Viewer, number: int, membership: int) -> None:
    """Let somebody be the head; who was it before stays without a relation to say.

    Raises NotAllowed and KinshipRefused.
    """
    with database.writing() as connection:
        found = _entered(connection, viewer, number)
        chosen = _open(connection, found, membership)
        before = [
            one
            for one in kinships.everybody(connection, number)
            if one.relation == HEAD and one.until is None and one.id != membership
        ]
        changes = [(one.id, number, "") for one in before]
        kinships.correct(connection, [*changes, (chosen.id, number, HEAD)])
    log.info("kinship has a head", kinship=number)


@dataclass(frozen=True, slots=True)
class Split:
    """Who leaves a household for a new one, as numbers of memberships; its head is one of them."""

    memberships: Collection[int]
    head: int | None
    name: str
    since: date


def split(viewer: Viewer, number: int, wanted: Split) -> int:
    """Part a household in two from a day on; answers the number of the new one, at the same place.

    Raises NotAllowed and KinshipRefused.
    """
    name = _clean_name(wanted.name)
    _check_day(wanted.since)
    with database.writing() as connection:
        found = _entered(connection, viewer, number)
        places.locked(connection, found.place_id)
        there = {one.id: one for one in kinships.everybody(connection, number) if one.until is None}
        leaving = _leaving(there, wanted)
        people.lock(connection, [one.person_key for one in leaving])
        made = _new(connection, found.kind, name, found.place_id)
        kinships.leave(connection, [(one.id, wanted.since - ONE_DAY) for one in leaving])
        joins = [
            (made, one.person_key, HEAD if one.id == wanted.head else _kept(one.relation), wanted.since)
            for one in leaving
        ]
        kinships.join(connection, joins)
        totals_due.mark_places(connection, [found.place_id], None)
    log.info("kinship split", kinship=number, made=made, people=len(leaving))
    return made


def _leaving(there: Mapping[int, Membership], wanted: Split) -> list[Membership]:
    chosen = set(wanted.memberships)
    if not chosen:
        raise KinshipRefused(Problem.NOBODY)
    if not chosen <= there.keys() or (wanted.head is not None and wanted.head not in chosen):
        raise KinshipRefused(Problem.NO_MEMBER)
    if len(chosen) == len(there):
        raise KinshipRefused(Problem.EVERYBODY)
    leaving = [there[number] for number in sorted(chosen)]
    if any(one.since is not None and one.since >= wanted.since for one in leaving):
        raise KinshipRefused(Problem.DAY)
    return leaving


def _kept(relation: str) -> str:
    """A relation was to the head, whom they left: who is wife or child of whom nobody has said yet."""
    return "" if relation == HEAD else relation


def _clean_relation(text: str) -> str:
    said = names.composed(" ".join(text.split()))
    # Who is the head is said by `make_head`, so that there is one.
    if len(said) > MOST_RELATION or said == HEAD or (said and not said.isprintable()):
        raise KinshipRefused(Problem.RELATION)
    return said


def _check_day(day: date | None) -> None:
    if day is not None and not FIRST_DAY <= day <= clock.today():
        raise KinshipRefused(Problem.DAY)
