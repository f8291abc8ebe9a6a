"""What somebody sees of their own household and clan: whether it is recognised, and what is still missing.

That another member is a learning citizen or not is that member's data. So the head, who registers the family,
sees how many of how many are, and whoever is guardian of a member sees that member besides; everybody else
sees what was decided about the family, which is no secret, and their own part. Nobody sees another one's name
with a result.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from lms_tracker.actions import identity, records, rights
from lms_tracker.actions.recognition import family_registrations, models, standings
from lms_tracker.actions.recognition.family_registrations import HEAD, FamilyOffer
from lms_tracker.actions.recognition.models import Relative
from lms_tracker.actions.recognition.standings import Standing, Standings
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.recognition.models import Model
from lms_tracker.store import database, kinships, places
from lms_tracker.store.kinships import Membership
from lms_tracker.store.places import Place
from lms_tracker.store.recognition.standings import Held


@dataclass(frozen=True, slots=True)
class Family:
    """A household or clan to which somebody belongs today; `own` is the viewer and their wards in it.

    `standing` is None but for the head, who may register it in the rounds of `offers`; what is held is told
    to all.
    """

    membership: Membership
    place: Place | None
    year: int
    rules: Standings
    held: Held | None
    standing: Standing | None
    own: Sequence[Relative]
    offers: Sequence[FamilyOffer]

    @property
    def is_head(self) -> bool:
        return self.membership.relation == HEAD


def mine(viewer: Viewer, year: int) -> list[Family]:
    """The households and clans of the viewer today, as they stand in a year; looks at wards are logged."""
    with database.reading() as connection:
        key = identity.current(connection, viewer.key)
        belonging = family_registrations.memberships(connection, viewer)
        found = [_family(connection, viewer, one, year) for one in belonging]
    families = [one for one in found if one is not None]
    seen = {one.membership.person_key for family in families for one in family.own}
    records.log_looks(viewer, seen - {key}, "family")
    return families


def _family(connection: Connection, viewer: Viewer, membership: Membership, year: int) -> Family | None:
    kinship = membership.kinship
    found = standings.of_subject(connection, Model(kinship.kind), kinship.id, year)
    if not found.shown:
        return None
    (standing,) = found.shown
    wards = set(rights.reach(viewer, Right.SEE).wards)
    members = kinships.members(connection, kinship.id, found.on)
    shown = [one for one in members if one.person_key in wards | {membership.person_key}]
    return Family(
        membership,
        places.by_id(connection, kinship.place_id),
        year,
        replace(found, shown=()),
        standing.held,
        standing if membership.relation == HEAD else None,
        models.relatives_of(connection, shown, found),
        family_registrations.offers(connection, kinship) if membership.relation == HEAD else (),
    )
