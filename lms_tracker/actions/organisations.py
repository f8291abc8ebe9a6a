"""Units, schools, sectors and associations: their tree, and who belongs to them from when to when.

Somebody at the machine (`None` for the viewer) may do everything. From the pages, who administers an
organisation or its place changes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, grants, records, rights
from lms_tracker.actions.organisation_rules import (
    KINDS,
    MOST_LEVELS,
    OrganisationRefused,
    Problem,
    administered,
    administers,
    check_day,
    clean_name,
    covers,
    demand_somewhere,
    is_there,
)
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning import names
from lms_tracker.learning.places import holds
from lms_tracker.store import database, organisation_tree, places, reach
from lms_tracker.store.grants import Scope
from lms_tracker.store.organisation_tree import Member, Organisation
from lms_tracker.store.places import Place
from lms_tracker.store.reporting import due as totals_due

PAGE = 100

log = logs.logger(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A new organisation: below another where `parent_id` is given, and of a place where that is."""

    kind: str
    name: str
    parent_id: int | None = None
    place_id: int | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """An organisation with those above it, the highest first."""

    organisation: Organisation
    above: tuple[Organisation, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """An organisation today. `people` counts distinct people, those of all below it included (I15).

    `members` are those of a page of the list whom the viewer may see; `more` tells of a next page.
    """

    listed: Listed
    place: Place | None
    below: tuple[Organisation, ...]
    people: int
    members: tuple[Member, ...]
    more: bool
    may_enter: bool
    may_administer: bool


def add(viewer: Viewer | None, wanted: Wanted) -> Organisation:
    """Raises OrganisationRefused, and NotAllowed."""
    name = clean_name(wanted.name)
    if wanted.kind not in KINDS:
        raise OrganisationRefused(Problem.KIND)
    with database.writing() as connection:
        # Where nothing stands above, nothing else keeps two from making the same one.
        organisation_tree.lock(connection)
        parent = None if wanted.parent_id is None else organisation_tree.of(connection, wanted.parent_id)
        _demand_new(connection, viewer, wanted)
        day = wanted.since or clock.today()
        check_day(day)
        if wanted.parent_id is not None and (parent is None or not is_there(parent, day)):
            raise OrganisationRefused(Problem.ABOVE)
        if parent is not None and len(parent.above) + 2 > MOST_LEVELS:
            raise OrganisationRefused(Problem.ABOVE)
        place = None if wanted.place_id is None else places.by_id(connection, wanted.place_id)
        if wanted.place_id is not None and (
            place is None or not holds(place.valid_from, place.valid_to, day)
        ):
            raise OrganisationRefused(Problem.PLACE)
        _refuse_a_second(connection, wanted.kind, name, wanted.parent_id, wanted.place_id, day)
        number = organisation_tree.new_id(connection)
        path = f"{parent.path if parent else '/'}{number}/"
        made = Organisation(
            number, wanted.kind, name, wanted.parent_id, path, wanted.place_id, wanted.since, None
        )
        organisation_tree.add(connection, made)
        totals_due.mark_organisations(connection, [made.id], None)
    log.info("organisation added", organisation=made.id, kind=made.kind)
    return made


def rename(viewer: Viewer | None, number: int, name: str) -> None:
    """Raises OrganisationRefused, and NotAllowed."""
    cleaned = clean_name(name)
    with database.writing() as connection:
        organisation_tree.lock(connection)
        found = administered(connection, viewer, number)
        _refuse_a_second(
            connection, found.kind, cleaned, found.parent_id, found.place_id, clock.today(), but=found.id
        )
        organisation_tree.change(connection, replace(found, name=cleaned))
    log.info("organisation renamed", organisation=number)


def end(viewer: Viewer | None, number: int, on: date) -> None:
    """Let an organisation end with all below it; `on` is the first day without it.

    Raises OrganisationRefused, and NotAllowed.
    """
    check_day(on)
    with database.writing() as connection:
        organisation_tree.lock(connection)
        found = administered(connection, viewer, number)
        if found.valid_to is not None:
            raise OrganisationRefused(Problem.ENDED)
        if found.valid_from is not None and on <= found.valid_from:
            raise OrganisationRefused(Problem.DAY)
        for one in organisation_tree.subtree(connection, found.path):
            last = on - timedelta(days=1)
            if one.valid_to is None or one.valid_to > last:
                organisation_tree.change(connection, replace(one, valid_to=last))
                totals_due.mark_organisations(connection, [one.id], None)
    log.info("organisation ended", organisation=number)


def demand_change(viewer: Viewer, number: int, *, members: bool) -> None:
    """Raise NotAllowed unless somebody may change an organisation, or its members."""
    with database.reading() as connection:
        found = organisation_tree.of(connection, number)
        rights.demand(found is not None)
        if found is not None and not (members and covers(connection, viewer, found, Right.ENTER)):
            rights.demand(administers(connection, viewer, found))


# --- looking ---------------------------------------------------------------------------------------------


def listed(viewer: Viewer | None, text: str = "", under: int | None = None) -> list[Listed]:
    """Organisations of today: by a word of their name, or those directly below another or at the top."""
    demand_somewhere(viewer)
    today = clock.today()
    with database.reading() as connection:
        if names.folded(text):
            found = organisation_tree.search(connection, text, today)
        else:
            found = organisation_tree.below(connection, under, today)
        return _with_above(connection, found)


def sheet(viewer: Viewer, number: int, page: int = 1) -> Sheet:
    """One organisation; whoever sees its members leaves a look with each. Raises NotFound, NotAllowed."""
    demand_somewhere(viewer)
    today = clock.today()
    with database.reading() as connection:
        found = organisation_tree.of(connection, number)
        if found is None:
            raise NotFound
        asked = organisation_tree.members(connection, number, today, PAGE + 1, (page - 1) * PAGE)
        # Who answers for the place of a school does not therefore see its people who live elsewhere.
        seen = reach.within(connection, rights.reach(viewer, Right.SEE), {one.person_key for one in asked})
        made = Sheet(
            listed=_with_above(connection, [found])[0],
            place=None if found.place_id is None else places.by_id(connection, found.place_id),
            below=tuple(organisation_tree.below(connection, number, today)),
            people=organisation_tree.count_of_people(connection, found.path, today),
            members=tuple(one for one in asked[:PAGE] if one.person_key in seen),
            more=len(asked) > PAGE,
            may_enter=covers(connection, viewer, found, Right.ENTER),
            may_administer=administers(connection, viewer, found),
        )
    records.log_looks(viewer, {one.person_key for one in made.members}, "members")
    return made


def _with_above(connection: Connection, found: Sequence[Organisation]) -> list[Listed]:
    known = organisation_tree.several(connection, sorted({number for one in found for number in one.above}))
    return [Listed(one, tuple(known[number] for number in one.above)) for one in found]


def _demand_new(connection: Connection, viewer: Viewer | None, wanted: Wanted) -> None:
    """Who makes a new one administers where it is to stand, and the place it is to be of."""
    scopes = [
        Scope(organisation_id=wanted.parent_id) if wanted.parent_id is not None else None,
        Scope(place_id=wanted.place_id) if wanted.place_id is not None else None,
    ]
    asked = [scope for scope in scopes if scope is not None] or [Scope()]
    rights.demand(viewer is None or all(grants.administers(connection, viewer, scope) for scope in asked))


def _refuse_a_second(
    connection: Connection,
    kind: str,
    name: str,
    parent_id: int | None,
    place_id: int | None,
    day: date,
    but: int = 0,
) -> None:
    for one in organisation_tree.below(connection, parent_id, day):
        same = (one.kind, one.place_id) == (kind, place_id)
        if one.id != but and same and names.spelled(one.name) == names.spelled(name):
            raise OrganisationRefused(Problem.THERE_ALREADY)
