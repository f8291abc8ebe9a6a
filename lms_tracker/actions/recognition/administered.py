"""Where somebody may adopt criteria and say who decides: what a form offers, and what it names."""

from dataclasses import dataclass

from lms_tracker.actions import clock, places, rights
from lms_tracker.actions.places import PlacesRefused
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.store import database, organisation_tree
from lms_tracker.store import places as store_places
from lms_tracker.store.organisation_tree import Organisation
from lms_tracker.store.places import Place

# So many places and organisations are offered; others are named by their code.
MOST_OFFERED = 50


@dataclass(frozen=True, slots=True)
class Administered:
    """What the viewer was granted the right for; all below these is theirs as well."""

    everywhere: bool
    places: tuple[Place, ...]
    organisations: tuple[Organisation, ...]


@dataclass(frozen=True, slots=True)
class Where:
    """A place, an organisation, or everywhere where both are None."""

    place_id: int | None = None
    organisation_id: int | None = None


def of(viewer: Viewer) -> Administered:
    """Raises rights.NotAllowed for who administers nothing."""
    rights.demand_somewhere(viewer, Right.ADMINISTER)
    within = rights.reach(viewer, Right.ADMINISTER)
    with database.reading() as connection:
        granted = store_places.by_ids(connection, within.places[:MOST_OFFERED])
        organisations = organisation_tree.several(connection, within.organisations[:MOST_OFFERED])
    in_order = sorted(granted.values(), key=lambda place: place.path)
    return Administered(within.everywhere, tuple(in_order), tuple(organisations.values()))


def place_with(code: str) -> int | None:
    """The number of the unit that a code means today; None where there is none."""
    with database.reading() as connection:
        try:
            return places.coded(connection, code, clock.today()).id
        except PlacesRefused:
            return None
