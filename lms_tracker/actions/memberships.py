"""Who belongs to an organisation, as what, from when to when.

Whoever joins is within the reach of those who answer for the organisation. So the head and the officers enter
only people over whom they may enter data already, and being head is given by who administers.
"""

from datetime import date, timedelta

from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, people, rights
from lms_tracker.actions.organisation_rules import (
    CAPACITIES,
    OrganisationRefused,
    Problem,
    check_day,
    demand_administrator,
    entered,
    is_there,
)
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.store import database, organisation_tree
from lms_tracker.store.organisation_tree import Member
from lms_tracker.store.organisations import HEAD
from lms_tracker.store.reporting import due as totals_due

log = logs.logger(__name__)


def join(viewer: Viewer | None, number: int, login: str, capacity: str, since: date | None = None) -> int:
    """Let the person with this login belong to an organisation; answers the membership's number.

    Being head gives rights over the members, which only who administers the organisation may give.
    Raises OrganisationRefused, and NotAllowed.
    """
    if capacity not in CAPACITIES:
        raise OrganisationRefused(Problem.CAPACITY)
    day = since or clock.today()
    check_day(day)
    with database.writing() as connection:
        found = entered(connection, viewer, number)
        if capacity == HEAD:
            demand_administrator(connection, viewer, found)
        if not is_there(found, day):
            raise OrganisationRefused(Problem.DAY)
        person = people.with_login(connection, login)
        if person is None or not _may_enter(connection, viewer, person.key):
            raise OrganisationRefused(Problem.LOGIN)
        for one in organisation_tree.memberships(connection, found.id, person.key):
            if one.capacity == capacity and (one.until is None or one.until >= day):
                raise OrganisationRefused(Problem.MEMBER_ALREADY)
        made = Member(0, found.id, person.key, "", capacity, since, None)
        membership = organisation_tree.join(connection, made)
        totals_due.mark_organisations(connection, [found.id], None)
    log.info("member joined", organisation=number, capacity=capacity)
    return membership


def leave(viewer: Viewer | None, membership: int, on: date | None = None) -> int:
    """Let a membership end; `on` is the first day without it, today unless given.

    Answers the number of the organisation. Raises OrganisationRefused, and NotAllowed.
    """
    day = on or clock.today()
    check_day(day)
    with database.writing() as connection:
        found = organisation_tree.member(connection, membership)
        if found is None:
            rights.demand(viewer is None or rights.may_somewhere(viewer, Right.ENTER))
            raise OrganisationRefused(Problem.NO_MEMBER)
        organisation = entered(connection, viewer, found.organisation_id)
        if found.capacity == HEAD:
            demand_administrator(connection, viewer, organisation)
        if found.until is not None:
            raise OrganisationRefused(Problem.ENDED)
        if found.since is not None and day <= found.since:
            raise OrganisationRefused(Problem.DAY)
        organisation_tree.leave(connection, membership, day - timedelta(days=1))
        totals_due.mark_organisations(connection, [organisation.id], None)
    log.info("member left", organisation=found.organisation_id, capacity=found.capacity)
    return found.organisation_id


def _may_enter(connection: Connection, viewer: Viewer | None, person_key: bytes) -> bool:
    if viewer is None or rights.may_everywhere(viewer, Right.ADMINISTER):
        return True
    return any(rights.may(connection, viewer, right, person_key) for right in (Right.ENTER, Right.ADMINISTER))
