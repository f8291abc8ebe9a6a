"""Granting, handing on and taking away what people may do.

Who administers a place grants there, whatever the role. Who holds something hands on as much of it as they
like and no more; it ends with theirs. Nobody grants to themselves.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, people, rights
from lms_tracker.actions.rights import BOUND, RIGHTS, WORDS, Grant, NotAllowed, Right, Role, Viewer
from lms_tracker.store import credentials, database, grants, organisations, reach
from lms_tracker.store import people as rows
from lms_tracker.store.grants import EVERYWHERE, GrantRow, Scope
from lms_tracker.store.people import PersonRow

log = logs.logger(__name__)


class Problem(StrEnum):
    """Why something cannot be granted or revoked."""

    ROLE = "role"
    LOGIN = "login"
    SCOPE = "scope"
    NOWHERE = "nowhere"
    DATES = "dates"
    ONESELF = "oneself"
    BEYOND = "beyond"
    NOT_HELD = "not held"
    LAST_ADMINISTRATOR = "last administrator"


class GrantRefused(ValueError):
    """A grant that cannot be as asked; its text is a sentence that says why."""

    def __init__(self, problem: Problem, sentence: str) -> None:
        super().__init__(sentence)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Wanted:
    """`role` is a word of rights.WORDS, `scope` where it holds; local days, inclusive, open where empty."""

    login: str
    role: str
    scope: Scope = EVERYWHERE
    first_day: date | None = None
    last_day: date | None = None


def grant(by: Viewer | None, wanted: Wanted) -> list[int]:
    """Let somebody act in a role; the numbers of the grants, one for each role of the word.

    `by` is None for who sits at the machine itself, who may grant anything. What is held already with the
    same dates stays as it is. Raises GrantRefused, and NotAllowed where `by` holds nothing that could be
    granted.
    """
    roles = _checked(wanted)
    with database.writing() as connection:
        grants.lock(connection)
        granter = None if by is None else _again(connection, by)
        if not _exists(connection, wanted.scope):
            raise GrantRefused(Problem.NOWHERE, "there is no such place, organisation, provider or ward")
        plans = [_plan(connection, granter, role, wanted) for role in roles]
        person = _known(connection, wanted.login)
        if granter is not None and granter.key == person.key:
            raise GrantRefused(Problem.ONESELF, "nobody grants anything to themselves")
        if wanted.scope.ward_key == person.key:
            raise GrantRefused(Problem.ONESELF, "nobody is their own guardian")
        numbers = [_add(connection, granter, person, plan) for plan in plans]
    log.info("role granted", role=wanted.role, provider=wanted.scope.provider_id)
    return numbers


def _checked(wanted: Wanted) -> tuple[Role, ...]:
    scope = wanted.scope
    if wanted.role not in WORDS:
        raise GrantRefused(Problem.ROLE, f"expected one of {', '.join(WORDS)}; got {wanted.role!r}")
    if (wanted.role == Role.PROVIDER) != (scope.provider_id is not None):
        raise GrantRefused(
            Problem.SCOPE, "expected a provider's number with the role provider, and with no other"
        )
    if (wanted.role == Role.GUARDIAN) != (scope.ward_key is not None):
        raise GrantRefused(Problem.SCOPE, "expected a ward with the role guardian, and with no other")
    named = (scope.place_id, scope.organisation_id, scope.provider_id, scope.ward_key)
    if sum(one is not None for one in named) > 1:
        raise GrantRefused(Problem.SCOPE, "expected one place, organisation, provider or ward, not several")
    if wanted.first_day and wanted.last_day and wanted.first_day > wanted.last_day:
        raise GrantRefused(Problem.DATES, "expected a last day that is not before the first")
    return WORDS[wanted.role]


def _again(connection: Connection, viewer: Viewer) -> Viewer:
    """Who asks, with what they hold in this transaction."""
    found = people.viewer_in(connection, viewer.key)
    if found is None:
        raise NotAllowed
    return found


def _exists(connection: Connection, scope: Scope) -> bool:
    if scope.place_id is not None:
        return reach.path_of(connection, scope.place_id) is not None
    if scope.organisation_id is not None:
        return organisations.by_id(connection, scope.organisation_id) is not None
    if scope.provider_id is not None:
        return scope.provider_id in credentials.authorities(connection)
    return scope.ward_key is None or bool(rows.names(connection, [scope.ward_key]))


@dataclass(frozen=True, slots=True)
class _Plan:
    role: Role
    wanted: Wanted
    origin: int | None


def _plan(connection: Connection, granter: Viewer | None, role: Role, wanted: Wanted) -> _Plan:
    """What is to be granted, with its days, and what it is handed on from; None for who administers there."""
    if granter is None or administers(connection, granter, wanted.scope):
        return _Plan(role, wanted, None)
    sources = [one for one in granter.grants if _holds_as_much(connection, one, role, wanted.scope)]
    if not sources:
        raise NotAllowed
    for source in sources:
        first, last = wanted.first_day or source.first_day, wanted.last_day or source.last_day
        begins_within = source.first_day is None or (first is not None and first >= source.first_day)
        ends_within = source.last_day is None or (last is not None and last <= source.last_day)
        if begins_within and ends_within and not (first and last and first > last):
            return _Plan(role, replace(wanted, first_day=first, last_day=last), source.id)
    raise GrantRefused(Problem.BEYOND, "nobody hands on more than they hold, nor for longer")


def administers(connection: Connection, viewer: Viewer, scope: Scope) -> bool:
    """Whether somebody says who may do what within a scope: at it, above it, or over the ward."""
    over = rights.reach(viewer, Right.ADMINISTER)
    if scope.place_id is not None:
        return rights.may_at(connection, viewer, Right.ADMINISTER, scope.place_id)
    if scope.organisation_id is not None:
        found = organisations.by_id(connection, scope.organisation_id)
        if found is None or over.covers_organisation(found.path):
            return found is not None
        return found.place_id is not None and rights.may_at(
            connection, viewer, Right.ADMINISTER, found.place_id
        )
    if scope.ward_key is not None:
        return rights.may(connection, viewer, Right.ADMINISTER, scope.ward_key)
    return over.everywhere


def _holds_as_much(connection: Connection, held: Grant, role: Role, scope: Scope) -> bool:
    """Whether a role in a scope is a part of what a grant gives; guardians answer for themselves alone."""
    if held.id is None or held.role is Role.GUARDIAN or role is Role.GUARDIAN:
        return False
    if held.role is Role.PROVIDER or role is Role.PROVIDER:
        return held.role is role and held.scope == scope
    if role in BOUND or not RIGHTS[role] <= RIGHTS[held.role]:
        return False
    if held.scope.is_everywhere:
        return True
    if scope.place_id is not None:
        path = reach.path_of(connection, scope.place_id)
        return path is not None and path.startswith(held.place_paths)
    if scope.organisation_id is not None:
        found = organisations.by_id(connection, scope.organisation_id)
        return found is not None and found.path.startswith(held.organisation_paths)
    return False


def _known(connection: Connection, login: str) -> PersonRow:
    person = people.with_login(connection, login)
    if person is None:
        raise GrantRefused(Problem.LOGIN, f"nobody has the login {people.clean_login(login)}")
    return person


def _add(connection: Connection, granter: Viewer | None, person: PersonRow, plan: _Plan) -> int:
    wanted = plan.wanted
    for row in grants.held(connection, person.key, plan.role, wanted.scope):
        same_days = (row.valid_from, row.valid_to) == (wanted.first_day, wanted.last_day)
        if same_days and row.delegated_from == plan.origin:
            return row.id
    return grants.add(
        connection,
        person.key,
        plan.role,
        wanted.scope,
        clock.now_us(),
        valid_from=wanted.first_day,
        valid_to=wanted.last_day,
        granted_by=granter.key if granter else None,
        delegated_from=plan.origin,
    )


def revoke(by: Viewer, number: int) -> None:
    """Take one grant away, and with it all that was handed on from it, from everybody's next request on.

    That may who administers there, who handed it on, and its holder. Raises NotAllowed, and GrantRefused
    where it is gone already or nobody would be left to administer the whole.
    """
    with database.writing() as connection:
        grants.lock(connection)
        viewer, row = _again(connection, by), grants.by_id(connection, number)
        if row is None or not may_revoke(connection, viewer, row):
            raise NotAllowed
        if row.revoked_us is not None:
            raise GrantRefused(Problem.NOT_HELD, "it was taken away already")
        _keep_an_administrator(connection, row, viewer.today)
        grants.revoke(connection, [number], clock.now_us(), viewer.key)
    log.info("role revoked", role=row.role, provider=row.scope.provider_id)


def may_revoke(connection: Connection, viewer: Viewer, row: GrantRow) -> bool:
    holders = {row.person_key, *(origin.person_key for origin in grants.origins(connection, row))}
    return viewer.key in holders or administers(connection, viewer, row.scope)


def _keep_an_administrator(connection: Connection, row: GrantRow, today: date) -> None:
    """Whoever sits at the machine may leave nobody; from the pages nobody could put that right."""
    if row.role != Role.ADMINISTRATOR or not row.scope.is_everywhere:
        return
    left = grants.holders_everywhere(connection, Role.ADMINISTRATOR, today)
    if all(one.row.id == row.id for one in left):
        raise GrantRefused(
            Problem.LAST_ADMINISTRATOR, "somebody else must be administrator of the whole first"
        )


def grant_role(login: str, role: str, provider: int | None = None) -> None:
    """Let somebody act for a provider, or everywhere in another role, as who sits at the machine itself.

    Raises GrantRefused.
    """
    grant(None, Wanted(login, role, Scope(provider_id=provider)))


def revoke_role(login: str, role: str, scope: Scope = EVERYWHERE) -> None:
    """Take a role in exactly this scope away, as who sits at the machine itself. Raises GrantRefused."""
    roles = _checked(Wanted(login, role, scope))
    with database.writing() as connection:
        grants.lock(connection)
        person = _known(connection, login)
        found = [row.id for one in roles for row in grants.held(connection, person.key, one, scope)]
        if not found:
            where = "" if scope.is_everywhere else " there"
            if scope.provider_id is not None:
                where = f" for provider {scope.provider_id}"
            raise GrantRefused(Problem.NOT_HELD, f"{person.login} is not {role}{where}")
        grants.revoke(connection, found, clock.now_us())
    log.info("role revoked", role=role, provider=scope.provider_id)
