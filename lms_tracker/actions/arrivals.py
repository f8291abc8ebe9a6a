"""What a provider sees of its own sending: what arrived, what was refused, what earned nothing and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import Connection

from lms_tracker.actions import catalogue, clock, rights
from lms_tracker.actions.accepting import FAMILY_VERSIONS
from lms_tracker.actions.readable import Sent, sent
from lms_tracker.actions.rights import Viewer
from lms_tracker.learning.catalogue import Catalogue, Course
from lms_tracker.learning.days import local_days
from lms_tracker.learning.evidence import Evidence, evidence_of
from lms_tracker.learning.reasons import Reason
from lms_tracker.store import arrivals, courses, database, searches, statements
from lms_tracker.store.arrivals import CredentialRow, RefusalRow, UncreditedRow
from lms_tracker.store.searches import Search
from xapi import keys
from xapi.batches import Received, read
from xapi.strict_json import decode

PAGE = 20
NEWEST = 25
DAYS = 7


@dataclass(frozen=True, slots=True)
class Provider:
    id: int
    name: str
    endpoint: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """A statement that was stored. `bears_time` is False where it can earn nothing, whatever the course."""

    id: str
    position: int
    learner: str
    sent: Sent
    course: str | None
    bears_time: bool


@dataclass(frozen=True, slots=True)
class Arrivals:
    provider: Provider
    days: tuple[tuple[int, int], ...]
    newest: tuple[Arrived, ...]
    refusals: int


@dataclass(frozen=True, slots=True)
class Refused:
    provider: Provider
    rows: tuple[RefusalRow, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class Uncredited:
    row: UncreditedRow
    id: str
    learner: str
    sent: Sent | None
    course: str | None


@dataclass(frozen=True, slots=True)
class UncreditedPage:
    provider: Provider
    reason: int | None
    rows: tuple[Uncredited, ...]
    next: tuple[int, bytes, int] | None


@dataclass(frozen=True, slots=True)
class Set:
    """What a provider has set up here."""

    provider: Provider
    courses: tuple[Course, ...]
    credentials: tuple[CredentialRow, ...]


def providers(viewer: Viewer) -> list[Provider]:
    """The providers for which somebody may act."""
    with database.reading() as connection:
        return [_provider(connection, number) for number in viewer.providers]


def arrived(viewer: Viewer, provider_id: int) -> Arrivals:
    """Counts of the last days and the newest statements. Raises rights.NotAllowed."""
    rights.demand(rights.may_see_provider(viewer, provider_id))
    zone = local_days(current_app.config["SETTINGS"].timezone)
    today = zone.day(clock.now_us() // 1_000_000)
    with database.reading() as connection:
        current = catalogue.current(connection)
        return Arrivals(
            provider=_provider(connection, provider_id),
            days=tuple(
                (
                    day,
                    arrivals.count(
                        connection, provider_id, zone.start(day) * 1_000_000, zone.start(day + 1) * 1_000_000
                    ),
                )
                for day in range(today - DAYS + 1, today + 1)
            ),
            newest=tuple(
                _arrived(current, found)
                for found in searches.page(connection, Search(provider_id=provider_id, limit=NEWEST))
            ),
            refusals=arrivals.count_refusals(connection, provider_id),
        )


def refused(viewer: Viewer, provider_id: int, before: int | None = None) -> Refused:
    """A page of the refusal log, which is for this provider alone. Raises rights.NotAllowed."""
    rights.demand(rights.may_see_provider(viewer, provider_id))
    with database.reading() as connection:
        rows = arrivals.refusals(connection, provider_id, before, PAGE + 1)
        more = len(rows) > PAGE
        return Refused(
            _provider(connection, provider_id), tuple(rows[:PAGE]), rows[PAGE - 1].id if more else None
        )


def uncredited(
    viewer: Viewer,
    provider_id: int,
    reason: int | None = None,
    before: tuple[int, bytes, int] | None = None,
) -> UncreditedPage:
    """A page of what stands uncredited, of one reason or all. Raises rights.NotAllowed."""
    rights.demand(rights.may_see_provider(viewer, provider_id))
    with database.reading() as connection:
        rows = arrivals.uncredited(connection, provider_id, reason, before, PAGE + 1)
        more, rows = len(rows) > PAGE, rows[:PAGE]
        after = rows[-1].cursor if more else None
        # Pages follow the order of writing, for which there is an index; within one people read by day.
        rows.sort(key=lambda row: -row.day)
        current = catalogue.current(connection)
        kept = statements.kept(connection, sorted({row.statement_id for row in rows}))
        return UncreditedPage(
            provider=_provider(connection, provider_id),
            reason=reason,
            rows=tuple(_uncredited(current, kept, row) for row in rows),
            next=after,
        )


def set_up(viewer: Viewer, provider_id: int) -> Set:
    """The provider's courses and credentials. Raises rights.NotAllowed."""
    rights.demand(rights.may_see_provider(viewer, provider_id))
    with database.reading() as connection:
        own = [
            course
            for course in catalogue.current(connection).courses.values()
            if course.provider_id == provider_id
        ]
        return Set(
            _provider(connection, provider_id),
            tuple(sorted(own, key=lambda course: (course.title, course.id))),
            tuple(arrivals.credentials(connection, provider_id)),
        )


def _provider(connection: Connection, provider_id: int) -> Provider:
    base = current_app.config["SETTINGS"].base_url
    return Provider(provider_id, courses.provider_names(connection).get(provider_id, ""), f"{base}/xapi/")


def _arrived(current: Catalogue, found: searches.Found) -> Arrived:
    received = read(found.body.encode(), version=FAMILY_VERSIONS[found.version]).statements[0]
    day = local_days(current_app.config["SETTINGS"].timezone).day(found.position // 1_000_000)
    course = current.matched(_aim(received, found)).nearest(day)
    evidence = evidence_of(
        received, found.position, provider_id=found.provider_id, statement_id=found.statement_id
    )
    return Arrived(
        id=keys.format_id(found.statement_id),
        position=found.position,
        learner=learner(found.body),
        sent=sent(found.body),
        course=course.title if course else None,
        bears_time=evidence is not None,
    )


def _aim(received: Received, found: searches.Found) -> Evidence:
    """The statement as the catalogue looks at it, whether or not it can earn."""
    return Evidence(
        statement_id=found.statement_id,
        position=found.position,
        provider_id=found.provider_id,
        object=received.activity,
        parents=received.parents,
        groupings=received.groupings,
        verb=received.verb,
        at=found.position // 1_000_000,
        start=None,
        flags=0,
        digest=b"",
        voided=False,
    )


def _uncredited(current: Catalogue, kept: dict[bytes, statements.Kept], row: UncreditedRow) -> Uncredited:
    statement = kept.get(row.statement_id)
    course = current.courses.get(row.course_id) if row.course_id is not None else None
    return Uncredited(
        row=row,
        id=keys.format_id(row.statement_id),
        learner=learner(statement.body) if statement else "",
        sent=sent(statement.body) if statement else None,
        course=course.title if course else None,
    )


def learner(body: str) -> str:
    """How the provider itself named the learner; of a Group its members, some of them."""
    actor: dict[str, Any] = decode(body.encode())["actor"]
    members: Sequence[dict[str, Any]] = actor.get("member") or ()
    own = _identifier(actor)
    if own or not members:
        return own
    more = ", …" if len(members) > 3 else ""
    return ", ".join(_identifier(member) for member in members[:3]) + more


def _identifier(actor: dict[str, Any]) -> str:
    if "account" in actor:
        return str(actor["account"]["name"])
    for kind in ("mbox", "openid", "mbox_sha1sum"):
        if kind in actor:
            return str(actor[kind]).removeprefix("mailto:")
    return ""


REASONS = tuple(reason for reason in Reason if reason is not Reason.CREDITED)
