"""Who is known where a roster is of: the people of its commune with their households and their consent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import Connection

from lms_tracker.actions import clock, rights
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.days import local_days
from lms_tracker.learning.places import Level
from lms_tracker.learning.roster_likeness import HeldConsent, Known
from lms_tracker.store import consents, kinships, places, residences
from lms_tracker.store.kinships import Membership
from lms_tracker.store.places import Place
from lms_tracker.store.residences import Resident

# For what people are asked: that their learning is kept and credited here.
PURPOSE = "learning-record"


@dataclass(frozen=True, slots=True)
class Commune:
    """What is known of a place and its people: `known` and `residents` have the same people."""

    place: Place
    spots: Mapping[int, Place]
    known: Sequence[Known]
    residents: Mapping[bytes, Resident]
    memberships: Mapping[tuple[bytes, str], Membership]


def alone_in(connection: Connection, place: Place) -> None:
    """Let nobody else write the people of this commune until the transaction ends."""
    is_below = place.level > Level.COMMUNE and place.parent_id is not None
    places.locked(connection, place.parent_id if is_below and place.parent_id else place.id)


def commune_of(connection: Connection, place: Place, viewer: Viewer | None = None) -> Commune:
    """Who lives, or lived, where a roster is of: in the commune, as far as `viewer` may enter its people."""
    whole = place
    if place.level > Level.COMMUNE and place.parent_id is not None:
        above = places.by_id(connection, place.parent_id)
        if above is not None and (viewer is None or rights.may_at(connection, viewer, Right.ENTER, above.id)):
            whole = above
    found = residences.lived_below(connection, whole.path)
    belongs = {(one.person_key, one.kinship.kind): one for one in kinships.open_below(connection, whole.path)}
    answers = consents.newest(connection, [one.key for one in found], PURPOSE)
    days = local_days(current_app.config["SETTINGS"].timezone)
    held = {
        key: HeldConsent(one.given, one.how, days.day(one.at_us // 1_000_000)) for key, one in answers.items()
    }
    return Commune(
        place=place,
        spots={one.id: one for one in places.subtree(connection, place.path, clock.today())},
        known=[_known(one, belongs, held) for one in found],
        residents={one.key: one for one in found},
        memberships=belongs,
    )


def _known(
    one: Resident, belongs: Mapping[tuple[bytes, str], Membership], held: Mapping[bytes, HeldConsent]
) -> Known:
    household = belongs.get((one.key, kinships.HOUSEHOLD))
    clan = belongs.get((one.key, kinships.CLAN))
    gone = "died" if one.died_on is not None else "left" if one.residence.until is not None else ""
    return Known(
        key=one.key,
        name=one.name,
        birth_year=one.birth_year,
        birth_date=one.birth_date,
        sex=one.sex,
        phone=one.phone,
        place_id=one.residence.place_id,
        household=household.kinship.name if household else "",
        relation=household.relation if household else "",
        clan=clan.kinship.name if clan else "",
        consent=held.get(one.key),
        gone=gone,
    )
