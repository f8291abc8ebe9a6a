"""One entry of a record explained: the statement, the rule, the policy's version, what was written when."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import Connection

from lms_tracker.actions import catalogue, names, records, recounts
from lms_tracker.actions.accepting import FAMILY_VERSIONS
from lms_tracker.actions.readable import Sent, Text, sent, text_about
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Viewer
from lms_tracker.learning.catalogue import Catalogue, Course
from lms_tracker.learning.days import local_days
from lms_tracker.learning.evidence import DECLARED, OWN_TIME, PRESENCE
from lms_tracker.learning.policy import Policy
from lms_tracker.learning.readings import OF_PROFILE, Profile, Reading
from lms_tracker.learning.reasons import Reason
from lms_tracker.learning.records import Part, course_of, parts_of
from lms_tracker.learning.verdicts import Note
from lms_tracker.store import courses, database, due, statements
from lms_tracker.store import records as rows
from lms_tracker.store.records import Piece, Step, When
from xapi.keys import format_id, statement_id_bytes

MOST_OVERLAPS = 10


@dataclass(frozen=True, slots=True)
class Overlap:
    """Another statement of the learner about some of the same time; `start` and `at` are epoch seconds."""

    statement: str
    course: str | None
    provider: str
    start: int
    at: int


@dataclass(frozen=True, slots=True)
class Explanation:
    person_key: bytes
    name: str
    is_own: bool
    pending: bool
    statement: str
    provider: str
    course: Course | None
    reading: Reading
    when: When
    parts: tuple[Part, ...]
    steps: tuple[Step, ...]
    policy: Policy
    sent: Sent
    text: Text
    overlaps: tuple[Overlap, ...]

    @property
    def interval(self) -> tuple[int, int] | None:
        """When it was, in epoch seconds; None where nobody knows, because the LRS set the timestamp."""
        if self.when.start is None or not self.when.flags & OWN_TIME or self.when.start >= self.when.at:
            return None
        return self.when.start, self.when.at

    @property
    def claimed(self) -> int:
        """Seconds on the clock that the provider sent; 0 where there is no usable duration."""
        return 0 if self.when.start is None else max(0, self.when.at - self.when.start)

    @property
    def is_declared(self) -> bool:
        """Whether it is what the learner declared, which has caps of its own."""
        return bool(self.when.flags & DECLARED)

    @property
    def is_late(self) -> bool:
        """Whether something of it is booked on the day of its arrival, because its year was closed."""
        return any(step.note == Note.LATE for step in self.steps)

    @property
    def credited(self) -> int:
        return sum(part.seconds for part in self.parts if part.reason == 0)


def explain(viewer: Viewer, person_key: bytes, statement: str) -> Explanation:
    """Why a statement's time stands as it does in a person's record.

    Raises rights.NotAllowed, and NotFound also for statements that are not evidence of this person.
    """
    records.demand_sight(viewer, person_key)
    statement_id = statement_id_bytes(statement)
    if statement_id is None:
        raise NotFound
    records.log_look(viewer, person_key, f"entry {format_id(statement_id)}")
    days = local_days(current_app.config["SETTINGS"].timezone)
    with database.reading() as connection:
        actors = due.actor_keys(connection, [person_key])[person_key]
        when = rows.times(connection, actors, [statement_id]).get(statement_id)
        kept = statements.kept(connection, [statement_id]).statements.get(statement_id)
        booked = rows.booked_days(connection, person_key, statement_id)
        if when is None or kept is None or (when.flags & PRESENCE and not booked):
            raise NotFound
        first, last = days.day(when.start if when.start is not None else when.at), days.day(when.at)
        around = list(range(max(first, last - 2), last + 1)) if first <= last else [last]
        known = catalogue.current(connection)
        providers = courses.provider_names(connection)
        pieces = rows.pieces(connection, person_key, booked, [statement_id])
        course = course_of(pieces, known.courses)
        steps = rows.steps(connection, person_key, statement_id, booked)
        return Explanation(
            person_key=person_key,
            name=names.of(connection, [person_key]).get(person_key, ""),
            is_own=viewer.key == person_key,
            pending=recounts.is_pending(connection, [*actors, person_key]),
            statement=format_id(statement_id),
            provider=providers.get(kept.provider_id, ""),
            course=course,
            reading=_reading(known, kept.provider_id, course, when.profile),
            when=when,
            parts=parts_of(pieces),
            steps=tuple(steps),
            policy=catalogue.policy(connection, steps[-1].policy if steps else None),
            sent=sent(kept.body),
            text=text_about(actors, kept.body, FAMILY_VERSIONS[kept.version]),
            overlaps=tuple(
                _overlaps(connection, known, providers, person_key, actors, around, statement_id, when)
            ),
        )


def _reading(known: Catalogue, provider_id: int, course: Course | None, profile: int) -> Reading:
    if profile:
        return OF_PROFILE[Profile(profile)]
    return known.reading_of(provider_id, course)


def _overlaps(
    connection: Connection,
    known: Catalogue,
    providers: dict[int, str],
    person_key: bytes,
    actors: Sequence[bytes],
    days: Sequence[int],
    statement_id: bytes,
    when: When,
) -> list[Overlap]:
    """Of the statements of these days those that share time with this one, earliest first."""
    if when.start is None or when.start >= when.at or not when.flags & OWN_TIME:
        return []
    interval = when.start, when.at
    found = rows.overlapping(connection, person_key, actors, days, interval, Reason.VOIDED, MOST_OVERLAPS + 1)
    found.pop(statement_id, None)
    by_statement: dict[bytes, list[Piece]] = {other: [] for other in found}
    for piece in rows.pieces(connection, person_key, days, list(found)):
        if piece.reason != Reason.VOIDED:
            by_statement[piece.statement_id].append(piece)
    overlaps = []
    for other, pieces in by_statement.items():
        course = course_of(pieces, known.courses)
        overlaps.append(
            Overlap(
                format_id(other),
                course.title if course else None,
                providers.get(pieces[0].provider_id, ""),
                found[other].start or 0,
                found[other].at,
            )
        )
    return overlaps[:MOST_OVERLAPS]
