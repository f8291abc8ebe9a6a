"""Looking at whoever was counted since the last look, and raising flags for a reviewer.

Everybody whose credit is counted gets a new moment in `credit_states`; the mark in `watching` walks along
those, a few persons at a time, so that the cost follows what changed and never what there is. Reading happens
in one snapshot; then one short transaction moves the mark from where it was seen, remembers the claims by
course, looks at the courses in which something is new, and raises the flags. Of two workers at the same
persons one moves the mark and the other writes nothing; a worker killed anywhere leaves the mark standing.

No flag takes credit away, holds it back or deletes anything.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from flask import current_app
from sqlalchemy import Connection

from lms_tracker.actions import catalogue, clock, watch_memory
from lms_tracker.learning import watched_courses, watched_people
from lms_tracker.learning.catalogue import Catalogue
from lms_tracker.learning.days import LocalDays, local_days
from lms_tracker.learning.reasons import Reason
from lms_tracker.learning.watched_people import Claim
from lms_tracker.learning.watching import (
    MOST_ENTRIES,
    Found,
    Kind,
    Place,
    Thresholds,
    claimed_twice,
    grew,
)
from lms_tracker.store import cases, database, due, flags, links, watching
from lms_tracker.store.cases import FLAG
from lms_tracker.store.watching import Claimed, Mark

PERSONS_AT_ONCE = 20
# A count is dated before it is committed; whoever commits later than this is seen when counted again.
LAG_US = 10_000_000
MOST_DISPUTES = 10_000
# The newest times of a provider are looked at: so many, of so many of its newest courses.
MOST_TIMES, MOST_COURSES = 2_000, 50

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Watched:
    """How many were looked at, and how many flags were raised or raised again."""

    people: int
    raised: int


@dataclass(slots=True)
class _Seen:
    """What the snapshot showed: flags about people, and claims by course."""

    found: list[Found] = field(default_factory=list)
    times: list[tuple[int, int, int, bytes, bytes]] = field(default_factory=list)
    completions: list[tuple[int, int, bytes, bytes]] = field(default_factory=list)


def watch_due() -> int:
    """Look at everybody who was counted since; answers how many."""
    return watch().people


def watch(progress: Progress | None = None) -> Watched:
    """The same, telling how many were looked at of how many."""
    until = clock.now_us() - LAG_US
    people, raised = 0, _raise_disputes()
    total = None
    while True:
        with database.reading() as connection:
            seen = watching.mark(connection)
            marks = watching.counted(connection, seen, until, PERSONS_AT_ONCE)
            if progress and total is None:
                total = watching.count_waiting(connection, seen)
            found = _look(connection, [mark.person_key for mark in marks])
        if not marks:
            return Watched(people, raised)
        written = _write(seen, marks[-1], found)
        if written is None:
            # Another worker did these, and goes on after them.
            return Watched(people, raised)
        people, raised = people + len(marks), raised + written
        if progress:
            progress(people, max(total or 0, people))


def thresholds() -> Thresholds:
    return Thresholds(**dict(current_app.config["SETTINGS"].watching))


def _days() -> LocalDays:
    return local_days(current_app.config["SETTINGS"].timezone)


def _look(connection: Connection, counted: Sequence[bytes]) -> _Seen:
    seen, now = _Seen(), clock.now_us() // 1_000_000
    persons = sorted(set(due.person_keys(connection, counted).values()))
    ours = watching.own_providers(connection)
    latest = now + catalogue.policy(connection).clock_tolerance
    for person_key, actor_keys in due.actor_keys(connection, persons).items():
        shared = {
            key
            for key, bar in links.bars(connection, actor_keys).items()
            if bar.reason == Reason.SHARED_ACCOUNT
        }
        own = [key for key in actor_keys if key not in shared]
        claimed = [
            one
            for one in watching.claims(connection, own)
            if one.at <= latest and one.provider_id not in ours
        ]
        if claimed:
            _look_at(connection, person_key, claimed, seen)
    return seen


def _look_at(connection: Connection, person_key: bytes, claimed: Sequence[Claimed], seen: _Seen) -> None:
    measured, digests = [], set()
    for one in claimed:
        # The same content sent again claims nothing more.
        if one.start is not None and one.digest not in digests:
            digests.add(one.digest)
            measured.append(
                Claim(one.actor_key, one.statement_id, one.provider_id, one.session, one.start, one.at)
            )
    names = watching.account_names(connection, sorted({one.actor_key for one in measured}))
    shared = watched_people.shared_accounts(person_key, measured, names, _days(), thresholds())
    crowded = {bytes.fromhex(one.subject) for one in shared}
    alone = [one for one in measured if one.actor_key not in crowded]
    seen.found += [*shared, *watched_people.long_days(person_key, alone, _days(), thresholds())]
    courses = watching.courses_of(connection, person_key)
    for claim in claimed:
        course_id = courses.get(claim.statement_id)
        if course_id is None:
            continue
        # Whoever sat in one room has the same times.
        if claim.start is not None and not claim.attended:
            seen.times.append(
                (course_id, claim.start, claim.at - claim.start, person_key, claim.statement_id)
            )
        if claim.completes:
            seen.completions.append((course_id, _days().day(claim.at), person_key, claim.statement_id))


def _write(seen: Mark, reached: Mark, found: _Seen) -> int | None:
    """Move the mark and raise what was found; None, and nothing, where another worker moved it."""
    with database.writing() as connection:
        if not watching.move(connection, seen, reached):
            return None
        current = catalogue.current(connection)
        times = watching.remember_times(
            connection, watch_memory.recent(connection, watching.TIMES, found.times)
        )
        completions = watching.remember_completions(
            connection, watch_memory.recent(connection, watching.COMPLETIONS, found.completions)
        )
        everything = [
            *found.found,
            *_same_times(connection, current, times),
            *_jumps(connection, current, completions),
            *_at_the_cap(connection, current, {course_id for course_id, _ in times}),
        ]
        now = clock.now_us()
        return sum(_raise(connection, one, now) for one in everything)


def _same_times(connection: Connection, current: Catalogue, new: Sequence[tuple[int, int]]) -> list[Found]:
    days, limits, found = _days(), thresholds(), []
    for course_id, day in sorted({(course_id, days.day(start)) for course_id, start in new}):
        groups = watching.same_times(
            connection, course_id, days.start(day), days.start(day + 1), limits.same_time_people + 1
        )
        if groups:
            most = max(groups, key=lambda group: (group[2], -group[0], -group[1]))
            places = _places(watching.people_at(connection, course_id, *most[:2], MOST_ENTRIES))
            provider = _provider_of(current, course_id)
            one = watched_courses.same_times(course_id, day, groups, limits, places, provider)
            found += [one] if one else []
    return found


def _jumps(connection: Connection, current: Catalogue, new: Sequence[tuple[int, int]]) -> list[Found]:
    limits, weeks, found = thresholds(), defaultdict(set), []
    for course_id, day in new:
        weeks[course_id].add(watched_courses.monday(day))
    for course_id, of_course in sorted(weeks.items()):
        for week in sorted(of_course):
            since = week - 7 * limits.jump_past_weeks
            counts = watching.completions_by_day(connection, course_id, since, week + 6)
            provider = _provider_of(current, course_id)
            for one in watched_courses.course_jumps(course_id, counts, [week], limits, provider):
                peak = one.figures.facts["peak_day"]
                places = _places(watching.completed_on(connection, course_id, peak, MOST_ENTRIES))
                found.append(watched_courses.with_places(one, places))
    return found


def _at_the_cap(connection: Connection, current: Catalogue, courses: set[int]) -> list[Found]:
    found = []
    providers = {_provider_of(current, course_id) for course_id in courses} - {None}
    for provider_id in sorted(one for one in providers if one is not None):
        own = sorted(
            (one.id for one in current.courses.values() if one.provider_id == provider_id), reverse=True
        )[:MOST_COURSES]
        newest = [
            row
            for course_id in own
            for row in watching.newest_times(connection, course_id, MOST_TIMES // len(own))
        ]
        cap = catalogue.policy(connection).statement_cap
        longest = sorted(newest, key=lambda row: (-row[1], row[0], row[2]))[:MOST_ENTRIES]
        places = _places((person, statement) for person, _, statement in longest)
        one = watched_courses.at_the_cap(
            provider_id, [(person, seconds) for person, seconds, _ in newest], cap, thresholds(), places
        )
        found += [one] if one else []
    return found


def _raise_disputes() -> int:
    """A flag for each identifier that a second person says is theirs."""
    with database.reading() as connection:
        known = flags.subjects(connection, Kind.CLAIMED_TWICE)
        barred = links.barred(connection, Reason.IDENTITY_DISPUTED, MOST_DISPUTES)
        persons = due.person_keys(connection, [bar.actor_key for bar in barred])
        found = [claimed_twice(bar.actor_key, persons[bar.actor_key], bar.since_us) for bar in barred]
        new = [one for one in found if one.subject not in known]
    if not new:
        return 0
    with database.writing() as connection:
        now = clock.now_us()
        return sum(_raise(connection, one, now) for one in new)


def _raise(connection: Connection, found: Found, now_us: int) -> bool:
    """Raise a flag, or raise a settled one again that grew; whether a reviewer has one more to look at.

    One that waits gets the figures of today, if they are others.
    """
    number = flags.add(connection, found, now_us)
    if number is not None:
        cases.add_step(connection, (FLAG, number), "raised", now_us)
        return True
    flag = flags.by_subject(connection, found.kind, found.subject)
    if flag is None:
        return False
    if flag.state == flags.WAITING:
        if flag.figures != found.figures:
            flags.change(connection, flag, found, flag.raised_us)
        return False
    again = grew(flag.figures, found.figures, thresholds()) and flags.change(connection, flag, found, now_us)
    if again:
        cases.add_step(connection, (FLAG, flag.id), "raised-again", now_us)
    return again


def _provider_of(current: Catalogue, course_id: int) -> int | None:
    course = current.courses.get(course_id)
    return None if course is None else course.provider_id


def _places(rows: Iterable[tuple[bytes, bytes]]) -> tuple[Place, ...]:
    return tuple(Place(person.hex(), statement.hex()) for person, statement in rows)
