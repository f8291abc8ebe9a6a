"""What a change of the rules would do to the ledger, before it is made."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import nlargest

from lms_tracker.actions import availability, deciding, holding_back
from lms_tracker.learning.catalogue import Course
from lms_tracker.learning.ledger import Entry
from lms_tracker.learning.policy import Policy
from lms_tracker.learning.reasons import Reason
from lms_tracker.store import courses, database, due, everyone, recounts

Progress = Callable[[int, int], None]

PERSONS_AT_ONCE = 100
TOP = 10


@dataclass(frozen=True, slots=True)
class Change:
    """Net seconds that stand under a course and a reason: what some gain and what others lose of them.

    `course` is "<provider>/<code>", None for time of no course; `reason` the words of a Reason.
    """

    course: str | None
    reason: str
    gained_seconds: int
    lost_seconds: int


@dataclass(frozen=True, slots=True)
class PersonChange:
    """Credited seconds of one person, whose key is told in hexadecimal."""

    person: str
    gained_seconds: int
    lost_seconds: int


@dataclass(frozen=True, slots=True)
class Undecided:
    """A person, by key in hexadecimal, who cannot be counted: by which error, and where in the program."""

    person: str
    kind: str
    where: str


@dataclass(frozen=True, slots=True)
class Preview:
    """`people` were looked at, `touched` would have `entries` written; `top` are those it changes most.

    What becomes of the `undecided` is in none of the figures.
    """

    people: int
    touched: int
    entries: int
    gained_seconds: int
    lost_seconds: int
    changes: list[Change] = field(default_factory=list)
    top: list[PersonChange] = field(default_factory=list)
    undecided: list[Undecided] = field(default_factory=list)


class Sum:
    """Adds up entries person by person."""

    def __init__(self, names: Mapping[int, str]) -> None:
        self._names = names
        self._people = self._touched = self._entries = 0
        self._gained: Counter[tuple[str | None, int]] = Counter()
        self._lost: Counter[tuple[str | None, int]] = Counter()
        self._top: list[tuple[int, str, int, int]] = []
        self._undecided: list[Undecided] = []

    def add(self, person_key: bytes, entries: Iterable[Entry]) -> None:
        """All entries that one person would have written."""
        net: Counter[tuple[str | None, int]] = Counter()
        count = 0
        for entry in entries:
            course = None if entry.course_id is None else self._names[entry.course_id]
            net[course, entry.reason] += entry.seconds
            count += 1
        self._people += 1
        self._touched += count > 0
        self._entries += count
        credited = [seconds for (_, reason), seconds in net.items() if reason == Reason.CREDITED]
        gained, lost = sum(s for s in credited if s > 0), -sum(s for s in credited if s < 0)
        for place, seconds in net.items():
            (self._gained if seconds > 0 else self._lost)[place] += abs(seconds)
        if gained or lost:
            self._top = nlargest(TOP, [*self._top, (gained + lost, person_key.hex(), gained, lost)])

    def add_undecided(self, found: Undecided) -> None:
        self._people += 1
        self._undecided.append(found)

    def result(self) -> Preview:
        places = sorted(
            {
                place
                for place in self._gained.keys() | self._lost.keys()
                if self._gained[place] + self._lost[place]
            },
            key=lambda place: (place[0] or "", place[1]),
        )
        changes = [
            Change(course, Reason(reason).words, self._gained[course, reason], self._lost[course, reason])
            for course, reason in places
        ]
        credited = [change for change in changes if change.reason == Reason.CREDITED.words]
        return Preview(
            self._people,
            self._touched,
            self._entries,
            sum(change.gained_seconds for change in credited),
            sum(change.lost_seconds for change in credited),
            changes,
            [PersonChange(person, gained, lost) for _, person, gained, lost in self._top],
            self._undecided,
        )


def of_everybody(policy: Policy | None = None, progress: Progress | None = None) -> Preview:
    """What a rebuild would write, under the policy that decides or another one."""
    with database.reading() as connection:
        rules = deciding.current(connection)
        total = everyone.count(connection)
    rules = rules if policy is None else replace(rules, policy=policy)
    return _preview(rules, _everybody(), total, progress)


def of_courses(wanted: Sequence[Course], progress: Progress | None = None) -> Preview:
    """What these courses would change, in the place of those with their `id` or, where that is 0, as new."""
    providers = sorted({course.provider_id for course in wanted})
    with database.reading() as connection:
        rules = deciding.current(connection)
        existing = {course.id: course for course in courses.everything(connection)}
        total = recounts.count_concerned(connection, providers)
    number = max(existing, default=0)
    for course in wanted:
        number += not course.id
        existing[course.id or number] = course if course.id else replace(course, id=number)
    changed = rules.catalogue.having(existing.values())
    return _preview(replace(rules, catalogue=changed), _concerned(providers), total, progress)


def _preview(
    rules: deciding.Rules, persons: Iterable[list[bytes]], total: int, progress: Progress | None
) -> Preview:
    found = Sum(names(rules.catalogue.courses.values()))
    people = 0
    for part in persons:
        _decide(part, rules, found)
        people += len(part)
        if progress:
            progress(people, max(people, total))
    return found.result()


def _decide(persons: Sequence[bytes], rules: deciding.Rules, found: Sum) -> None:
    """Of several of whom one fails unexpectedly each is decided alone, and who fails then is named."""
    try:
        with database.reading() as connection:
            decided = deciding.decisions(connection, persons, rules)
    except Exception as error:
        if availability.is_unavailable(error):
            raise
        if len(persons) > 1:
            for person_key in persons:
                _decide([person_key], rules, found)
            return
        found.add_undecided(Undecided(persons[0].hex(), holding_back.kind(error), holding_back.where(error)))
        return
    for person_key, of_person in decided.items():
        found.add(person_key, (entry for _, _, entries in of_person.ledgers for entry in entries))


def names(known: Iterable[Course]) -> dict[int, str]:
    """What each course is called in a preview: all periods of validity of one code are one."""
    return {course.id: f"{course.provider_id}/{course.code}" for course in known}


def _everybody() -> Iterator[list[bytes]]:
    """Persons, some at a time: the same that a rebuild and a verification go through."""
    after = b""
    while True:
        with database.reading() as connection:
            part = everyone.keys_after(connection, after, PERSONS_AT_ONCE)
            linked = due.person_keys(connection, part)
        if not part:
            return
        # A linked actor is looked at together with its person.
        yield [key for key in part if linked[key] == key]
        after = part[-1]


def _concerned(providers: Sequence[int]) -> Iterator[list[bytes]]:
    """Persons, some at a time, each once: who has several identifiers comes with the first of them."""
    after = b""
    seen: set[bytes] = set()
    while True:
        with database.reading() as connection:
            actors = recounts.concerned_after(connection, providers, after, PERSONS_AT_ONCE)
            persons = due.person_keys(connection, actors)
        if not actors:
            return
        part = sorted({key for key in persons.values() if key not in seen})
        # Who is linked may come again, with another identifier or as themselves.
        seen.update(person for actor, person in persons.items() if person != actor)
        yield part
        after = actors[-1]
