"""What an organisation may be, who may change it, and how a wrong change is told."""

from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from lms_tracker.actions import clock, grants, rights
from lms_tracker.actions.rights import NotAllowed, Right, Viewer
from lms_tracker.learning import names
from lms_tracker.learning.places import holds
from lms_tracker.store import organisation_tree
from lms_tracker.store.grants import Scope
from lms_tracker.store.organisation_tree import Organisation
from lms_tracker.store.organisations import HEAD

KINDS = ("unit", "school", "sector", "association")
CAPACITIES = (HEAD, "staff", "learner", "member")
MOST_NAME = 200
# So deep may organisations stand below each other.
MOST_LEVELS = 12
FIRST_DAY = date(1900, 1, 1)
MOST_DAYS_AHEAD = 366


class Problem(StrEnum):
    """Why a change is refused; pages have a sentence for each."""

    KIND = "kind"
    NAME = "name"
    THERE_ALREADY = "there-already"
    ABOVE = "above"
    PLACE = "place"
    DAY = "day"
    ENDED = "ended"
    CAPACITY = "capacity"
    LOGIN = "login"
    MEMBER_ALREADY = "member-already"
    NO_MEMBER = "no-member"


SENTENCES = {
    Problem.KIND: f"expected one of {', '.join(KINDS)}",
    Problem.NAME: f"expected a name of 1 to {MOST_NAME} characters that can be printed",
    Problem.THERE_ALREADY: "there is one of this kind and name at the same place in the tree",
    Problem.ABOVE: "there is no such organisation to stand below at that time, or it stands too deep",
    Problem.PLACE: "there is no such place at that time",
    Problem.DAY: "expected a day on which the organisation is there, at most a year ahead",
    Problem.ENDED: "this has ended already",
    Problem.CAPACITY: f"expected one of {', '.join(CAPACITIES)}",
    Problem.LOGIN: "nobody whom you may enter has this login",
    Problem.MEMBER_ALREADY: "this person is that already at that time",
    Problem.NO_MEMBER: "there is no such member",
}


class OrganisationRefused(ValueError):
    """A change that cannot be made; its text is a sentence that says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(SENTENCES[problem])
        self.problem = problem


def demand_somewhere(viewer: Viewer | None) -> None:
    allowed = (Right.SEE, Right.ENTER, Right.ADMINISTER)
    rights.demand(viewer is None or any(rights.may_somewhere(viewer, right) for right in allowed))


def covers(connection: Connection, viewer: Viewer | None, found: Organisation, right: Right) -> bool:
    """Whether somebody has a right over an organisation: granted there, above it, or over its place."""
    if viewer is None or rights.reach(viewer, right).covers_organisation(found.path):
        return True
    return found.place_id is not None and rights.may_at(connection, viewer, right, found.place_id)


def administers(connection: Connection, viewer: Viewer | None, found: Organisation) -> bool:
    return viewer is None or grants.administers(connection, viewer, Scope(organisation_id=found.id))


def demand_administrator(connection: Connection, viewer: Viewer | None, found: Organisation) -> None:
    rights.demand(administers(connection, viewer, found))


def administered(connection: Connection, viewer: Viewer | None, number: int) -> Organisation:
    found = organisation_tree.of(connection, number)
    if found is None:
        rights.demand(viewer is None or rights.may_somewhere(viewer, Right.ADMINISTER))
        raise OrganisationRefused(Problem.ABOVE)
    demand_administrator(connection, viewer, found)
    return found


def entered(connection: Connection, viewer: Viewer | None, number: int) -> Organisation:
    """The organisation whose members are to change, held until the transaction ends."""
    found = organisation_tree.locked(connection, number)
    if found is None:
        rights.demand(viewer is None or rights.may_somewhere(viewer, Right.ENTER))
        raise OrganisationRefused(Problem.ABOVE)
    entering = covers(connection, viewer, found, Right.ENTER) or administers(connection, viewer, found)
    if not entering:
        raise NotAllowed
    return found


def is_there(found: Organisation, day: date) -> bool:
    return holds(found.valid_from, found.valid_to, day)


def clean_name(text: str) -> str:
    name = names.composed(" ".join(text.split()))
    if not 1 <= len(name) <= MOST_NAME or not name.isprintable() or not names.folded(name):
        raise OrganisationRefused(Problem.NAME)
    return name


def check_day(day: date) -> None:
    if not FIRST_DAY <= day <= clock.today() + timedelta(days=MOST_DAYS_AHEAD):
        raise OrganisationRefused(Problem.DAY)
