"""Who may see what: the one place where that is decided (I17)."""

from dataclasses import dataclass
from enum import StrEnum


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
    # Changes with the password, so that a new one ends the sessions that the old one began.
    stamp: str

    @property
    def organises(self) -> bool:
        return not self.roles.isdisjoint((Role.ORGANISER, Role.ADMINISTRATOR))


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
