"""Who may see what: the one place where that is decided (I17)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Self

from sqlalchemy import Connection

from lms_tracker.store import reach as store_reach
from lms_tracker.store.grants import Scope as Scope
from lms_tracker.store.reach import Reach

# xAPI-Communication 4.2
# (https://github.com/adlnet/xAPI-Spec/blob/master/xAPI-Communication.md#42-oauth-10-authorization-scope).
SCOPES = (
    "statements/write",
    "statements/read/mine",
    "statements/read",
    "state",
    "define",
    "profile",
    "all/read",
    "all",
)
DEFAULT_SCOPES = ("statements/write", "statements/read/mine", "state", "define", "profile")


class Role(StrEnum):
    """What a person may be beside a citizen, which everybody is."""

    VIEWER = "viewer"
    OFFICER = "officer"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"
    # For one provider: its affairs, and nobody's data beyond them.
    PROVIDER = "provider"
    # For one person, a ward.
    GUARDIAN = "guardian"


class Right(StrEnum):
    """What somebody may do with the data of people within the reach of a role."""

    # Look at it; every look by someone else is logged.
    SEE = "see"
    # Enter it: rosters, claims of people without a telephone, identifiers of people who were seen.
    ENTER = "enter"
    # Decide about it: claims, disputes, flags, identity. Never about what one claimed or entered oneself.
    REVIEW = "review"
    # Decide what touches credit that stands: merges, proposals of policy.
    APPROVE = "approve"
    # Say who may do what, change the policy and the places.
    ADMINISTER = "administer"


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.VIEWER: frozenset({Right.SEE}),
    Role.OFFICER: frozenset({Right.SEE, Right.ENTER}),
    Role.REVIEWER: frozenset({Right.SEE, Right.REVIEW}),
    Role.APPROVER: frozenset({Right.SEE, Right.APPROVE}),
    Role.ADMINISTRATOR: frozenset({Right.SEE, Right.ADMINISTER}),
    Role.PROVIDER: frozenset(),
    Role.GUARDIAN: frozenset({Right.SEE}),
}
# The head of a unit proposes its own staff and learners, without a grant.
HEAD = Role.OFFICER
# Roles that are for something named, and hold nowhere without it.
BOUND = frozenset({Role.PROVIDER, Role.GUARDIAN})
# One word for who does everything in a place but administer it.
ORGANISER = "organiser"
WORDS: Mapping[str, tuple[Role, ...]] = {
    **{role.value: (role,) for role in Role},
    ORGANISER: (Role.OFFICER, Role.REVIEWER, Role.APPROVER),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that somebody holds today. `id` is empty for what comes with being the head of a unit."""

    id: int | None
    role: Role
    scope: Scope
    # What the scope covers today (store.reach): a place and all below it, an organisation likewise.
    place_paths: tuple[str, ...] = ()
    organisation_paths: tuple[str, ...] = ()
    # Inclusive local days, open where empty; those of what it was handed on from are counted in.
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person who signed in, with what was granted to them and holds on the local day `today`."""

    key: bytes
    login: str
    name: str
    grants: tuple[Grant, ...]
    today: date
    # Changes with the password and with signing out, so that both end the sessions begun before.
    stamp: str

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants)

    @property
    def providers(self) -> tuple[int, ...]:
        """Numbers of the providers whose affairs this person sees."""
        numbers = (grant.scope.provider_id for grant in self.grants if grant.role is Role.PROVIDER)
        return tuple(dict.fromkeys(number for number in numbers if number is not None))


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking at the LRS door, and what they may do.

    Each question is what the scopes of xAPI-Communication 4.2 permit. `all` permits everything and
    `all/read` all reading. State and profile documents are each provider's own ("limited to Activities and
    Actors associated with the current token"), whatever the scope.
    """

    credential_id: int
    provider_id: int
    scopes: frozenset[str]
    # What the credential was given; None is no limit. `rate_limit` as `limits` reads it ("600/minute").
    rate_limit: str | None = None
    daily_statements: int | None = None
    # A reader of 1.0.x is not given statements of 2.0.
    leaves_out_2: bool = False
    # The credential that this one succeeds by rotation, with whose count of the day it goes on.
    quota_of: int | None = None

    @property
    def counts_for(self) -> int:
        """The credential under whose number new statements count for the day."""
        return self.credential_id if self.quota_of is None else self.quota_of

    @property
    def may_write(self) -> bool:
        return self._has("statements/write", "all")

    @property
    def may_read_mine(self) -> bool:
        return self.may_read_all or self._has("statements/read/mine")

    @property
    def may_read_all(self) -> bool:
        return self._has("statements/read", "all/read", "all")

    @property
    def may_state(self) -> bool:
        """Store and delete state documents."""
        return self._has("state", "all")

    @property
    def may_read_state(self) -> bool:
        return self._has("state", "all/read", "all")

    @property
    def may_profile(self) -> bool:
        """Store and delete documents of activity and agent profiles."""
        return self._has("profile", "all")

    @property
    def may_read_profile(self) -> bool:
        return self._has("profile", "all/read", "all")

    @property
    def may_define(self) -> bool:
        """Change, by storing statements, what activities are said to be; without it only ids are kept."""
        return self._has("define", "all")

    @property
    def may_read_activities(self) -> bool:
        """Ask what an activity is: content that defines or keeps profiles may, and whoever reads."""
        return self.may_read_mine or self.may_define or self.may_read_profile

    @property
    def may_read_persons(self) -> bool:
        """Ask about an Agent; names come from statements that the caller may read, and from no others."""
        return self.may_read_mine or self.may_read_profile

    @property
    def may_see_all_credit(self) -> bool:
        return self._has("all/read", "all")

    @property
    def has_scope_all(self) -> bool:
        return self._has("all")

    def speaking(self, version: str) -> Self:
        """Who this is in a request of this version: the switch concerns readers of 1.0.x alone."""
        if self.leaves_out_2 and not version.startswith("1.0"):
            return replace(self, leaves_out_2=False)
        return self

    def _has(self, *any_of: str) -> bool:
        return not self.scopes.isdisjoint(any_of)


def reach(viewer: Viewer | None, right: Right) -> Reach:
    """Where somebody has a right, for lists and sums; their own data is beside it."""
    if viewer is None:
        return Reach(date.min)
    held = [grant for grant in viewer.grants if right in RIGHTS[grant.role]]
    scopes = [grant.scope for grant in held]
    return Reach(
        on=viewer.today,
        everywhere=any(grant.scope.is_everywhere and grant.role not in BOUND for grant in held),
        places=tuple(dict.fromkeys(scope.place_id for scope in scopes if scope.place_id is not None)),
        organisations=tuple(
            dict.fromkeys(scope.organisation_id for scope in scopes if scope.organisation_id is not None)
        ),
        wards=tuple(dict.fromkeys(scope.ward_key for scope in scopes if scope.ward_key is not None)),
        place_paths=tuple(dict.fromkeys(path for grant in held for path in grant.place_paths)),
        organisation_paths=tuple(dict.fromkeys(path for grant in held for path in grant.organisation_paths)),
    )


def may(connection: Connection, viewer: Viewer | None, right: Right, person_key: bytes) -> bool:
    """Whether somebody has a right over a person's data today.

    One's own one sees, and that is all: nobody enters for, reviews or approves themselves.
    """
    if viewer is None:
        return False
    if viewer.key == person_key:
        return right is Right.SEE
    return bool(store_reach.within(connection, reach(viewer, right), [person_key]))


def may_at(connection: Connection, viewer: Viewer | None, right: Right, place_id: int) -> bool:
    """Whether somebody has a right over a place, and so over all below it; False also for no such place."""
    found = reach(viewer, right)
    if found.is_nowhere:
        return False
    path = store_reach.path_of(connection, place_id)
    return path is not None and found.covers_place(path)


def may_everywhere(viewer: Viewer | None, right: Right) -> bool:
    """Whether somebody has a right over everybody, those of whom no place is known included."""
    return reach(viewer, right).everywhere


def may_somewhere(viewer: Viewer | None, right: Right) -> bool:
    """Whether somebody has a right in any place or organisation, so that pages about these have something.

    A ward is no place: being somebody's guardian opens the ward's own pages alone.
    """
    return not replace(reach(viewer, right), wards=()).is_nowhere


def must_log_look(viewer: Viewer, person_key: bytes) -> bool:
    """Every look by someone else is logged."""
    return viewer.key != person_key


def may_see_provider(viewer: Viewer | None, provider_id: int) -> bool:
    """What arrived from a provider, its refusals among it, is for that provider's people alone."""
    return viewer is not None and provider_id in viewer.providers


class NotAllowed(Exception):
    """Whoever asks has no right to what was asked."""


def demand(allowed: bool) -> None:
    """Raise NotAllowed unless one of the questions above was answered with yes."""
    if not allowed:
        raise NotAllowed


def demand_over(connection: Connection, viewer: Viewer | None, right: Right, person_key: bytes) -> Viewer:
    """Who asks, where they have the right over this person (see `may`); raises NotAllowed."""
    if viewer is None or not may(connection, viewer, right, person_key):
        raise NotAllowed
    return viewer


def demand_at(connection: Connection, viewer: Viewer | None, right: Right, place_id: int) -> Viewer:
    """Who asks, where they have the right over this place (see `may_at`); raises NotAllowed."""
    if viewer is None or not may_at(connection, viewer, right, place_id):
        raise NotAllowed
    return viewer


def demand_somewhere(viewer: Viewer | None, right: Right) -> Viewer:
    """Who asks, where they have the right in some place or organisation; raises NotAllowed."""
    if viewer is None or not may_somewhere(viewer, right):
        raise NotAllowed
    return viewer
