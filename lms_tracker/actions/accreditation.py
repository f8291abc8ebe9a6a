"""Providers suspended and approved again: whether what they send earns, and whether their keys are heard.

While a provider is suspended its keys are refused, nobody imports for it, and the time of its courses stands
as "provider not allowed". Nothing that was stored is touched: approved again, all of it is credited as if it
had never been suspended. Each time whoever has evidence from it is counted anew in the background, and it is
kept who did it and why.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, rights
from lms_tracker.actions.disputes import tidy
from lms_tracker.actions.providers import Unknown
from lms_tracker.actions.recounts import begin_for_catalogue
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.store import cases, courses, credentials, database, recounts
from lms_tracker.store.cases import PROVIDER, CaseStep

log = logs.logger(__name__)

SUSPENDED, APPROVED = "suspended", "approved"
LEAST_REASON, MOST_REASON = 5, 500


class AccreditationRefused(ValueError):
    """What cannot be done with a provider; `rule` is a stable name, the text an English sentence."""

    def __init__(self, rule: str, sentence: str) -> None:
        super().__init__(sentence)
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Accredited:
    """A provider as it stands, with every step of how that came about, the oldest first."""

    provider: int
    name: str
    is_approved: bool
    steps: tuple[CaseStep, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """`changed` is False where it was so already; `people` are about how many are counted anew."""

    provider: int
    name: str
    approved: bool
    changed: bool
    people: int


def listed(viewer: Viewer) -> list[Accredited]:
    """Every provider but our own, by name. Raises NotAllowed unless the viewer administers everybody."""
    demand_administrator(viewer)
    with database.reading() as connection:
        approved = set(courses.approved_providers(connection))
        own = set(courses.own_providers(connection))
        known = {
            number: name for number, name in courses.provider_names(connection).items() if number not in own
        }
        steps = cases.steps(connection, PROVIDER, list(known))
    return [
        Accredited(number, name, number in approved, tuple(steps[number]))
        for number, name in sorted(known.items(), key=lambda one: (one[1].casefold(), one[0]))
    ]


def demand_administrator(viewer: Viewer) -> None:
    """Raise NotAllowed unless the viewer administers everybody: a provider's learners live anywhere."""
    rights.demand(rights.may_everywhere(viewer, Right.ADMINISTER))


def suspend(viewer: Viewer | None, provider_id: int, why: str) -> Changed:
    """Refuse a provider's keys and credit nothing of its courses, until it is approved again.

    None as the viewer is the service's own command. Raises NotAllowed, Unknown and AccreditationRefused.
    """
    return _set(viewer, provider_id, why, is_approved=False)


def approve(viewer: Viewer | None, provider_id: int, why: str) -> Changed:
    """Let a provider that was suspended go on. Raises as `suspend`."""
    return _set(viewer, provider_id, why, is_approved=True)


def _set(viewer: Viewer | None, provider_id: int, why: str, *, is_approved: bool) -> Changed:
    if viewer is not None:
        demand_administrator(viewer)
    note = tidy(why)
    if not LEAST_REASON <= len(note) <= MOST_REASON:
        raise AccreditationRefused(
            "reason", f"expected a reason of {LEAST_REASON} to {MOST_REASON} characters"
        )
    with database.reading() as connection:
        name = _demand_known(connection, provider_id)
        people = recounts.count_concerned(connection, [provider_id])
    with database.writing() as connection:
        courses.lock_version(connection)
        stands = provider_id in courses.approved_providers(connection)
        if stands != is_approved:
            credentials.approve(connection, provider_id, is_approved)
            begin_for_catalogue(connection, [provider_id], people)
            by = None if viewer is None else viewer.key
            what = APPROVED if is_approved else SUSPENDED
            cases.add_step(connection, (PROVIDER, provider_id), what, clock.now_us(), by, note=note)
    log.info("provider accreditation set", provider=provider_id, approved=is_approved)
    return Changed(provider_id, name, is_approved, stands != is_approved, people)


def _demand_known(connection: Connection, provider_id: int) -> str:
    name = courses.provider_names(connection).get(provider_id)
    if name is None:
        raise Unknown(f"there is no provider {provider_id}")
    if provider_id in courses.own_providers(connection):
        raise AccreditationRefused("our-own", "through this provider the service itself states what it knows")
    return name
