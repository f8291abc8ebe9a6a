"""Courses, and which of them a statement belongs to."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from lms_tracker.learning.days import FIRST_DAY, LAST_DAY
from lms_tracker.learning.evidence import (
    COMPLETION,
    DECLARED,
    HAS_DURATION,
    IMPOSSIBLE_DURATION,
    OWN_TIME,
    SELF_VOUCHED,
    Evidence,
)
from lms_tracker.learning.readings import OF_PROFILE, PRESENT, Profile, Reading
from lms_tracker.learning.reasons import Reason

EXACT, PREFIX, CONTEXT = "exact", "prefix", "context"
MEASURED, NOMINAL, CAPPED = "measured", "nominal", "capped"

_MOST_REMEMBERED = 50_000
_SPEAKS_AGAINST = OWN_TIME | IMPOSSIBLE_DURATION | DECLARED | SELF_VOUCHED
# Whatever has an interval has a duration.
_NOTHING_PASSES = _SPEAKS_AGAINST | HAS_DURATION


@dataclass(frozen=True, slots=True)
class Course:
    """A course, or one period of its validity: two periods are two courses with one `code`.

    `seconds` are the stated hours, needed for `nominal` and `capped`, no cap for `measured`; `hour_minutes`
    is how long the provider's hour ("tiết") is. `valid_from` and `valid_to` are inclusive local dates, None
    is open. `activities` are pairs (iri, "exact" | "prefix" | "context"). `reading` is a Reading, or empty
    for its provider's.
    """

    id: int
    provider_id: int
    code: str
    title: str
    category: str
    domain: str
    level: str
    basis: str
    seconds: int | None
    hour_minutes: int
    valid_from: date | None
    valid_to: date | None
    activities: tuple[tuple[str, str], ...]
    reading: str = ""

    @property
    def first_day(self) -> int:
        return FIRST_DAY if self.valid_from is None else self.valid_from.toordinal()

    @property
    def last_day(self) -> int:
        return LAST_DAY if self.valid_to is None else self.valid_to.toordinal()

    def is_itself(self, iri: str | None) -> bool:
        """Whether the IRI names the whole course, rather than a part of it."""
        return any(stated == iri and match != CONTEXT for stated, match in self.activities)


@dataclass(frozen=True, slots=True)
class Matched:
    """Every course a statement could belong to, best first, whatever the day.

    `refusal` is a Reason other than CREDITED when none of them may earn; `always` is the best one when it is
    valid on every day. `of_provider` is how the provider's time is read where the course does not say;
    `is_plain` that it is read plainly on every day, unless the statement's profile says otherwise. `asks` are
    the flags of evidence of which only OWN_TIME may stand for an interval that nothing speaks against.
    """

    rows: tuple[tuple[int, int, Course], ...]
    refusal: int
    always: Course | None
    of_provider: Reading
    is_plain: bool
    asks: int

    def on(self, day: int) -> Course | None:
        """The best course that is valid on a local day."""
        for first, last, course in self.rows:
            if first <= day <= last:
                return course
        return None

    def nearest(self, day: int) -> Course | None:
        """`on`, or else the best course outside its validity: what a refusal is booked under."""
        return self.on(day) or (self.rows[0][2] if self.rows else None)

    def reading(self, profile: int, day: int) -> Reading:
        """How a statement's time is read: as its profile says, or its course, or its provider."""
        if profile:
            return OF_PROFILE[Profile(profile)]
        course = self.nearest(day)
        return Reading(course.reading) if course is not None and course.reading else self.of_provider


class Catalogue:
    """The courses of all providers, indexed.

    `allowed_providers` are those that may speak for their courses now, `own_providers` those through which
    what was declared and accepted comes in, `readings` the settings of providers that have one. A prefix is a
    plain string prefix, as stated: ".../course/1" also covers ".../course/10", ".../course/1/" does not.

    `present_providers` are those of whose statements it matters that somebody was there, by their own setting
    or that of a course.
    """

    def __init__(
        self,
        courses: Iterable[Course],
        allowed_providers: Iterable[int],
        version: int,
        readings: Mapping[int, str] | None = None,
        own_providers: Collection[int] = (),
    ) -> None:
        self.courses = {course.id: course for course in courses}
        self.allowed_providers = frozenset(allowed_providers)
        self.own_providers = frozenset(own_providers)
        self._readings = {number: Reading(name) for number, name in (readings or {}).items() if name}
        self.present_providers = frozenset(
            [number for number, reading in self._readings.items() if reading in PRESENT]
            + [course.provider_id for course in self.courses.values() if course.reading in PRESENT]
        )
        self.version = version
        # By place as the store keeps it (learning.plain); whoever counts adds what is not there yet.
        self.plain_courses: dict[tuple[int, bytes | None, bytes, bytes], tuple[Course, int, int] | None] = {}
        self._rows: dict[tuple[str, int, str], list[Course]] = {}
        self._stated: dict[str, set[str]] = {EXACT: set(), PREFIX: set(), CONTEXT: set()}
        for course in sorted(self.courses.values(), key=lambda course: course.id):
            for iri, match in course.activities:
                self._rows.setdefault((match, course.provider_id, iri), []).append(course)
                self._stated[match].add(iri)
        self._prefix_lengths = sorted({len(iri) for iri in self._stated[PREFIX]}, reverse=True)
        self._remembered: dict[tuple[int, str | None, tuple[str, ...], tuple[str, ...]], Matched] = {}

    def having(self, courses: Iterable[Course]) -> "Catalogue":
        """The same providers with these courses."""
        return Catalogue(courses, self.allowed_providers, self.version, self._readings, self.own_providers)

    def reading_of(self, provider_id: int, course: Course | None) -> Reading:
        """How the time of a provider's statements without a profile is read, in a course of it or in none."""
        if course is not None and course.reading:
            return Reading(course.reading)
        return self._readings.get(provider_id, Reading.PLAIN)

    def match(self, evidence: Evidence, day: int) -> tuple[Course | None, Reason]:
        """The course that evidence belongs to on a local day, with CREDITED, or why there is none."""
        matched = self.matched(evidence)
        if matched.refusal:
            return None, Reason(matched.refusal)
        course = matched.on(day)
        return course, Reason.CREDITED if course else Reason.OUTSIDE_VALIDITY

    def matched(self, evidence: Evidence) -> Matched:
        """The provider's own courses: exact object, longest prefix of it, then parents, then groupings.

        Among several parents (or groupings) the smaller IRI goes first: their order in the statement means
        nothing. Remembered, because a learner's statements name few activities.
        """
        return self.matched_at(evidence.provider_id, evidence.object, evidence.parents, evidence.groupings)

    def matched_at(
        self, provider_id: int, aim: str | None, parents: tuple[str, ...], groupings: tuple[str, ...]
    ) -> Matched:
        """As `matched`, of a statement by this provider about `aim`."""
        key = (provider_id, aim, parents, groupings)
        found = self._remembered.get(key)
        if found is None:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            found = self._remembered[key] = self._look_up(*key)
        return found

    def _look_up(
        self, provider_id: int, aim: str | None, parents: tuple[str, ...], groupings: tuple[str, ...]
    ) -> Matched:
        ranked = list(self._ranked(aim, parents, groupings))
        courses: dict[int, Course] = {}
        for match, iri in ranked:
            for course in self._rows.get((match, provider_id, iri), ()):
                courses.setdefault(course.id, course)
        rows = tuple((course.first_day, course.last_day, course) for course in courses.values())
        refusal = Reason.CREDITED
        if provider_id not in self.allowed_providers:
            refusal = Reason.PROVIDER_NOT_ALLOWED
        elif not rows:
            of_another = any(iri in self._stated[match] for match, iri in ranked)
            refusal = Reason.PROVIDER_NOT_ALLOWED if of_another else Reason.UNKNOWN_COURSE
        endless = rows and not refusal and rows[0][0] <= FIRST_DAY and rows[0][1] >= LAST_DAY
        of_provider = self._readings.get(provider_id, Reading.PLAIN)
        is_plain = all((course.reading or of_provider) == Reading.PLAIN for *_, course in rows)
        asks = _NOTHING_PASSES if refusal or not is_plain else _SPEAKS_AGAINST
        if any(course.basis == NOMINAL for *_, course in rows):
            asks |= COMPLETION
        return Matched(rows, refusal, rows[0][2] if endless else None, of_provider, is_plain, asks)

    def _ranked(
        self, aim: str | None, parents: tuple[str, ...], groupings: tuple[str, ...]
    ) -> Iterable[tuple[str, str]]:
        if aim is not None:
            yield EXACT, aim
            for length in self._prefix_lengths:
                if length <= len(aim) and aim[:length] in self._stated[PREFIX]:
                    yield PREFIX, aim[:length]
        for iri in (*sorted(parents), *sorted(groupings)):
            yield CONTEXT, iri
