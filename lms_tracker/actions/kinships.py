"""Households and clans as their pages show them: who belongs to them, from when to when.

Nobody belongs to two households, or to two clans, on one day. What lists left overlapping is shown with each
name, to be mended (actions.kinship_changes).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from lms_tracker.actions import clock, records, residents, rights
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.places import Level
from lms_tracker.learning.recognition.spans import overlap
from lms_tracker.store import database, kinships, places, reach
from lms_tracker.store import residents as people
from lms_tracker.store.kinships import Kinship, Membership
from lms_tracker.store.places import Place
from lms_tracker.store.residences import Listed
from lms_tracker.store.residents import Facts

# People who are offered for a name that was looked for.
MOST_OFFERED = 12


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a household or clan, with other ones to which they belong in the same time."""

    membership: Membership
    facts: Facts
    elsewhere: Sequence[Membership]


@dataclass(frozen=True, slots=True)
class KinshipPage:
    """A household or clan: who belongs to it, who did, and whom a search for a name offers to join.

    `hidden` members belong to it and are not within the viewer's reach.
    """

    kinship: Kinship
    place: Place
    members: Sequence[Member]
    past: Sequence[Member]
    hidden: int
    offered: Sequence[Listed]
    may_enter: bool


def page(viewer: Viewer, number: int, text: str = "") -> KinshipPage:
    """A household or clan as far as the viewer may see its people; the looks are logged.

    Raises rights.NotAllowed and NotFound.
    """
    today = clock.today()
    with database.reading() as connection:
        found, place = _seen(connection, viewer, number)
        every = kinships.everybody(connection, number)
        seen = reach.within(connection, rights.reach(viewer, Right.SEE), {one.person_key for one in every})
        seen |= {viewer.key}
        members = _members(connection, [one for one in every if one.person_key in seen])
        now = [one for one in members if _is_now(one.membership, today)]
        may_enter = rights.may_at(connection, viewer, Right.ENTER, found.place_id)
    records.log_looks(viewer, {one.membership.person_key for one in members}, "people")
    return KinshipPage(
        found,
        place,
        now,
        [one for one in members if one not in now],
        len({one.person_key for one in every if _is_now(one, today)} - seen),
        _offered(viewer, place, text) if may_enter and text.strip() else [],
        may_enter,
    )


def _seen(connection: Connection, viewer: Viewer, number: int) -> tuple[Kinship, Place]:
    found = kinships.of(connection, number)
    if found is None:
        # As for a household of another place: nobody learns which numbers there are.
        raise rights.NotAllowed
    rights.demand_at(connection, viewer, Right.SEE, found.place_id)
    place = places.by_id(connection, found.place_id)
    if place is None:
        raise NotFound
    return found, place


def _is_now(one: Membership, today: date) -> bool:
    return (one.since is None or one.since <= today) and (one.until is None or one.until >= today)


def _members(connection: Connection, memberships: Sequence[Membership]) -> list[Member]:
    keys = {one.person_key for one in memberships}
    facts = people.several(connection, keys)
    others: dict[bytes, list[Membership]] = {}
    kind = memberships[0].kinship.kind if memberships else ""
    for one in kinships.of_people(connection, keys, kind):
        others.setdefault(one.person_key, []).append(one)
    return [
        Member(one, facts[one.person_key], overlapping(one, others[one.person_key]))
        for one in memberships
        if one.person_key in facts
    ]


def overlapping(membership: Membership, others: Sequence[Membership]) -> list[Membership]:
    """Those of somebody's other memberships of the same kind that hold on a day of this one."""
    return [
        one
        for one in others
        if one.id != membership.id and overlap((membership.since, membership.until), (one.since, one.until))
    ]


def _offered(viewer: Viewer, place: Place, text: str) -> Sequence[Listed]:
    """People of the commune with such a name, or of the place where the viewer sees no more."""
    whole = place.id
    if place.level > Level.COMMUNE and place.parent_id is not None:
        with database.reading() as connection:
            if rights.may_at(connection, viewer, Right.SEE, place.parent_id):
                whole = place.parent_id
    return residents.people_of(viewer, whole, text).shown[:MOST_OFFERED]
