"""Who may see what: the one place where that is decided (I17)."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

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

    PROVIDER = "provider"
    ORGANISER = "organiser"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person who signed in, with what was granted to them."""

    key: bytes
    login: str
    name: str
    roles: frozenset[Role]
    # Numbers of the providers whose affairs this person sees.
    providers: tuple[int, ...]
    # Changes with the password and with signing out, so that both end the sessions begun before.
    stamp: str

    @property
    def organises(self) -> bool:
        return not self.roles.isdisjoint((Role.ORGANISER, Role.ADMINISTRATOR))


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


def may_see_learner(viewer: Viewer | None, person_key: bytes) -> bool:
    """Their own record; everybody's for organisers and administrators. Nobody else's for anybody else."""
    return viewer is not None and (viewer.key == person_key or viewer.organises)


def must_log_look(viewer: Viewer, person_key: bytes) -> bool:
    """Every look by someone else is logged."""
    return viewer.key != person_key


def may_see_provider(viewer: Viewer | None, provider_id: int) -> bool:
    """What arrived from a provider, its refusals among it, is for that provider's people alone."""
    return viewer is not None and provider_id in viewer.providers


def may_organise(viewer: Viewer | None) -> bool:
    return viewer is not None and viewer.organises


class NotAllowed(Exception):
    """Whoever asks has no right to what was asked."""


def demand(allowed: bool) -> None:
    """Raise NotAllowed unless one of the questions above was answered with yes."""
    if not allowed:
        raise NotAllowed


def demand_organiser(viewer: Viewer | None) -> Viewer:
    """Who asks, where they may see everybody together; raises NotAllowed."""
    if viewer is None or not may_organise(viewer):
        raise NotAllowed
    return viewer
