"""What a provider sees of its own sending: what arrived, what was refused, what earned nothing and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import Connection

from lms_tracker.actions import catalogue, clock, names, rights
from lms_tracker.actions.readable import Outline, Sent, outline
from lms_tracker.actions.records import log_looks
from lms_tracker.actions.rights import Viewer
from lms_tracker.learning.catalogue import Catalogue, Course
from lms_tracker.learning.days import local_days
from lms_tracker.learning.evidence import PRESENCE, Evidence
from lms_tracker.learning.readings import Reading
from lms_tracker.learning.reasons import Reason
from lms_tracker.store import arrivals, courses, database, due, records, shown
from lms_tracker.store.arrivals import RefusalRow, UncreditedRow
from lms_tracker.store.shown import Shown
from xapi import keys
from xapi.actors import identify

PAGE = 20
NEWEST = 25
COURSES = 50
DAYS = 7
# Members of a Group that are named.
NAMED = 3
# In the log of looks: at what a provider sent.
LOOK = "arrivals"


@dataclass(frozen=True, slots=True)
class Provider:
    id: int
    name: str
    endpoint: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """A statement that was stored. `bears_time` is False where it can earn nothing, whatever the course.

    Of one that `is_long` neither that nor the learner is known here, and the course only by its object.
    """

    id: str
    position: int
    learner: str
    sent: Sent
    course: str | None
    bears_time: bool
    is_long: bool


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
    """What a provider has set up here: of its `count` courses one page; `next` is the number of another."""

    provider: Provider
    courses: tuple[Course, ...]
    count: int
    page: int
    next: int | None
    # How time is read where neither a statement's profile nor its course says.
    reading: str


def providers(viewer: Viewer) -> list[Provider]:
    """The providers for which somebody may act."""
    with database.reading() as connection:
        return [provider(connection, number) for number in viewer.providers]


def arrived(viewer: Viewer, provider_id: int) -> Arrivals:
    """Counts of the last days and the newest statements. Raises rights.NotAllowed.

    A look at everybody named is logged.
    """
    rights.demand(rights.may_see_provider(viewer, provider_id))
    zone = local_days(current_app.config["SETTINGS"].timezone)
    today = zone.day(clock.now_us() // 1_000_000)
    with database.reading() as connection:
        current = catalogue.current(connection)
        newest = [(one, outline(one)) for one in shown.newest(connection, provider_id, NEWEST)]
        named = {key for _, lines in newest if lines.actor is not None for key in _named(lines.actor)}
        persons = set(due.person_keys(connection, sorted(named)).values())
        found = Arrivals(
            provider=provider(connection, provider_id),
            days=tuple(
                (
                    day,
                    arrivals.count(
                        connection, provider_id, zone.start(day) * 1_000_000, zone.start(day + 1) * 1_000_000
                    ),
                )
                for day in range(today - DAYS + 1, today + 1)
            ),
            newest=_newest(connection, current, provider_id, newest),
            refusals=arrivals.count_refusals(connection, provider_id),
        )
    log_looks(viewer, persons, LOOK)
    return found


def refused(viewer: Viewer, provider_id: int, before: int | None = None) -> Refused:
    """A page of the refusal log, which is for this provider alone. Raises rights.NotAllowed."""
    rights.demand(rights.may_see_provider(viewer, provider_id))
    with database.reading() as connection:
        rows = arrivals.refusals(connection, provider_id, before, PAGE + 1)
        more = len(rows) > PAGE
        return Refused(
            provider(connection, provider_id), tuple(rows[:PAGE]), rows[PAGE - 1].id if more else None
        )


def uncredited(
    viewer: Viewer,
    provider_id: int,
    reason: int | None = None,
    before: tuple[int, bytes, int] | None = None,
) -> UncreditedPage:
    """A page of what stands uncredited, of one reason or all. Raises rights.NotAllowed.

    A look at everybody named is logged.
    """
    rights.demand(rights.may_see_provider(viewer, provider_id))
    with database.reading() as connection:
        rows = arrivals.uncredited(connection, provider_id, reason, before, PAGE + 1)
        more, rows = len(rows) > PAGE, rows[:PAGE]
        after = rows[-1].cursor if more else None
        # Pages follow the order of writing, for which there is an index; within one people read by day.
        rows.sort(key=lambda row: -row.day)
        current = catalogue.current(connection)
        found = shown.shown(connection, sorted({row.statement_id for row in rows}))
        named = _named_by_keys(connection, found, rows)
        page = UncreditedPage(
            provider=provider(connection, provider_id),
            reason=reason,
            rows=tuple(_uncredited(current, found, named, row) for row in rows),
            next=after,
        )
    log_looks(viewer, {row.person_key for row in rows}, LOOK)
    return page


def set_up(viewer: Viewer, provider_id: int, page: int = 1) -> Set:
    """A page, counted from 1, of the provider's courses by title. Raises rights.NotAllowed."""
    rights.demand(rights.may_see_provider(viewer, provider_id))
    with database.reading() as connection:
        known = catalogue.current(connection).courses.values()
        own = [course for course in known if course.provider_id == provider_id]
        own.sort(key=lambda course: (course.title, course.id))
        last = page * COURSES
        return Set(
            provider(connection, provider_id),
            tuple(own[last - COURSES : last]),
            len(own),
            page,
            page + 1 if last < len(own) else None,
            courses.provider_readings(connection).get(provider_id, Reading.PLAIN.value),
        )


def provider(connection: Connection, provider_id: int) -> Provider:
    """The provider of this number; one that there is not has no name."""
    base = current_app.config["SETTINGS"].base_url
    return Provider(provider_id, courses.provider_names(connection).get(provider_id, ""), f"{base}/xapi/")


def _newest(
    connection: Connection, current: Catalogue, provider_id: int, found: Sequence[tuple[Shown, Outline]]
) -> tuple[Arrived, ...]:
    learners = {_learner_key(lines.actor) for _, lines in found if lines.actor is not None}
    bearing = records.times(connection, sorted(learners), [one.statement_id for one, _ in found])
    asks_presence = provider_id in current.present_providers
    able = {found for found, when in bearing.items() if asks_presence or not when.flags & PRESENCE}
    return tuple(
        _arrived(current, one, lines, lines.actor is None or one.statement_id in able) for one, lines in found
    )


def _learner_key(actor: dict[str, Any]) -> bytes:
    """The key of somebody who may earn by a statement: the actor, or of a Group one of its members.

    Evidence is kept for all members or none; a Group that names none earns nothing.
    """
    if actor.get("objectType") != "Group":
        return identify(actor).key
    members = actor.get("member")
    return identify(members[0]).key if members else b""


def _arrived(current: Catalogue, one: Shown, lines: Outline, bears_time: bool) -> Arrived:
    day = local_days(current_app.config["SETTINGS"].timezone).day(one.position // 1_000_000)
    course = current.matched(_aim(one, lines)).nearest(day)
    return Arrived(
        id=keys.format_id(one.statement_id),
        position=one.position,
        learner="" if lines.actor is None else learner(lines.actor),
        sent=lines.sent,
        course=course.title if course else None,
        bears_time=bears_time,
        is_long=lines.actor is None,
    )


def _aim(one: Shown, lines: Outline) -> Evidence:
    """The statement as the catalogue looks at it, whether or not it can earn."""
    return Evidence(
        statement_id=one.statement_id,
        position=one.position,
        provider_id=one.provider_id,
        object=one.activity,
        parents=lines.parents,
        groupings=lines.groupings,
        verb=one.verb,
        at=one.position // 1_000_000,
        start=None,
        flags=0,
        digest=b"",
        voided=False,
    )


def _named_by_keys(
    connection: Connection, found: Mapping[bytes, Shown], rows: Sequence[UncreditedRow]
) -> dict[bytes, str]:
    """Who the learner is of those statements whose bodies are too long to read here."""
    long = [row for row in rows if row.statement_id in found and found[row.statement_id].body is None]
    if not long:
        return {}
    actors = due.actor_keys(connection, sorted({row.person_key for row in long}))
    everyone = sorted({key for keys_ in actors.values() for key in keys_})
    named = shown.learners(connection, sorted({row.statement_id for row in long}), everyone)
    return {statement_id: names.told(text) for statement_id, text in named.items()}


def _uncredited(
    current: Catalogue, found: Mapping[bytes, Shown], named: Mapping[bytes, str], row: UncreditedRow
) -> Uncredited:
    statement = found.get(row.statement_id)
    lines = outline(statement) if statement else None
    course = current.courses.get(row.course_id) if row.course_id is not None else None
    own = learner(lines.actor) if lines and lines.actor is not None else named.get(row.statement_id, "")
    return Uncredited(
        row=row,
        id=keys.format_id(row.statement_id),
        learner=own,
        sent=lines.sent if lines else None,
        course=course.title if course else None,
    )


def learner(actor: dict[str, Any]) -> str:
    """How the provider itself named the learner; of a Group its members, some of them."""
    members: Sequence[dict[str, Any]] = actor.get("member") or ()
    own = _identifier(actor)
    if own or not members:
        return own
    more = ", …" if len(members) > NAMED else ""
    return ", ".join(_identifier(member) for member in members[:NAMED]) + more


def _named(actor: dict[str, Any]) -> list[bytes]:
    """The keys of those whom `learner` names."""
    members = [] if _identifier(actor) else (actor.get("member") or [])[:NAMED]
    return [identify(member).key for member in members or [actor]]


def _identifier(actor: dict[str, Any]) -> str:
    if "account" in actor:
        return str(actor["account"]["name"])
    for kind in ("mbox", "openid", "mbox_sha1sum"):
        if kind in actor:
            return str(actor[kind]).removeprefix("mailto:")
    return ""


REASONS = tuple(reason for reason in Reason if reason is not Reason.CREDITED)
