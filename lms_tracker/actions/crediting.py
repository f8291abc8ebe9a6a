"""Deciding whose hours count, and writing only what changed.

A recount reads in one snapshot and writes in a second, short transaction, so that thinking never holds up
those who post. Three things make that safe on any number of workers:

- The person's `credit_states.revision` is compared and raised first: of two workers that read the same state,
  one writes and the other leaves it.
- A mark is removed only if it was seen in the snapshot. Evidence and its mark are committed together, so a
  mark that was seen means its evidence was read, and one that was not seen brings the person back.
- Nothing is written that was decided by a catalogue which has changed since.

A worker killed anywhere leaves marks standing, and the next one does the same work.
"""

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import Connection

from lms_tracker.actions import catalogue, clock
from lms_tracker.learning.credit import Verdict, decide
from lms_tracker.learning.ledger import Entry, differences, totals
from lms_tracker.learning.policy import Policy
from lms_tracker.store import courses, credit, database, due

# Persons read and written together: enough to share a commit, few enough to hold SQLite's writer briefly.
PERSONS_AT_ONCE = 20
MARKS_AT_ONCE = 500
NOTHING = credit.Stands({}, {})

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class RebuildOutcome:
    people: int
    changed: int
    entries: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What `verify` found wrong for one person."""

    person: str
    what: str


@dataclass(frozen=True, slots=True)
class VerifyOutcome:
    people: int
    differing: list[Difference]


@dataclass(frozen=True, slots=True)
class _Decided:
    """What is to be written for a person: the marks seen, and entries for each ledger concerned.

    Besides the person's own ledger these are the ledgers of its linked actors as persons of their own:
    nothing may stand there any more. They are named even where nothing was ever written, so that a worker
    who read an actor before it was linked loses against whoever counts its person.
    """

    marks: list[tuple[bytes, int]]
    ledgers: list[tuple[bytes, credit.State, list[Entry]]]

    @property
    def entries(self) -> int:
        return sum(len(entries) for _, _, entries in self.ledgers)


@dataclass(frozen=True, slots=True)
class _Written:
    lost: list[bytes]
    changed: int
    entries: int


def recount_due(limit: int = MARKS_AT_ONCE) -> int:
    """Recount persons whose marks are waiting, oldest first; answers how many were written.

    Workers side by side may take the same person; one of them writes.
    """
    with database.reading() as connection:
        persons = list(set(due.person_keys(connection, due.waiting(connection, limit)).values()))
    # Workers side by side see the same marks; in another order each they seldom meet.
    random.shuffle(persons)
    return sum(len(part) - len(_recount(part).lost) for part in _parts(persons))


def rebuild(progress: Progress | None = None) -> RebuildOutcome:
    """Decide everybody anew from their evidence and write the differences, if there are any."""
    people = changed = entries = 0
    for part, total in _everyone():
        waiting: Sequence[bytes] = part
        while waiting:
            # Whoever lost to a worker running beside us is decided once more.
            written = _recount(waiting)
            waiting = written.lost
            changed, entries = changed + written.changed, entries + written.entries
        people += len(part)
        if progress:
            progress(people, total)
    return RebuildOutcome(people, changed, entries)


def verify(progress: Progress | None = None) -> VerifyOutcome:
    """Compare the ledger with a fresh decision, and the totals with the ledger. Writes nothing.

    Persons with marks waiting are compared too: what is not counted yet is a difference.
    """
    people = 0
    differing: list[Difference] = []
    for part, total in _everyone():
        with database.reading() as connection:
            for person_key, found in _decisions(connection, part).items():
                if found.entries:
                    differing.append(Difference(person_key.hex(), f"{found.entries} entries to write"))
                for ledger, _, _ in found.ledgers:
                    differing += _inconsistencies(connection, ledger)
        people += len(part)
        if progress:
            progress(people, total)
    return VerifyOutcome(people, differing)


def _recount(persons: Sequence[bytes]) -> _Written:
    policy = catalogue.policy()
    with database.reading() as connection:
        version = courses.version(connection)
        decisions = _decisions(connection, persons)
    decided = {key: found for key, found in decisions.items() if found.marks or found.entries}
    if not decided:
        return _Written([], 0, 0)
    with database.writing() as connection:
        if courses.hold_version(connection) != version:
            # Who changed the catalogue marked those whose ledger showed it; this decision is not in it yet.
            return _Written(list(decided), 0, 0)
        now = clock.now_us()
        lost = [key for key, found in decided.items() if not _write(connection, found, policy, now)]
    written = [found for key, found in decided.items() if key not in lost]
    return _Written(
        lost, sum(1 for found in written if found.entries), sum(found.entries for found in written)
    )


def _decisions(connection: Connection, persons: Sequence[bytes]) -> dict[bytes, _Decided]:
    actors = due.actor_keys(connection, persons)
    involved = sorted({*itertools.chain(*actors.values()), *persons})
    marks: dict[bytes, list[tuple[bytes, int]]] = {key: [] for key in involved}
    for mark in due.marks(connection, involved):
        marks[mark[0]].append(mark)
    states = credit.states(connection, involved)
    current = catalogue.current(connection)
    policy = catalogue.policy()
    names: credit.Names = current_app.extensions["lms_tracker.names"]
    evidence = credit.evidence_of(connection, names, actors)
    standing = credit.standing(connection, sorted(states))
    decided: dict[bytes, _Decided] = {}
    for key in sorted(persons):
        own = _differences(standing.get(key, NOTHING), decide(evidence[key], current, policy))
        former = sorted(actor for actor in actors[key] if actor != key)
        decided[key] = _Decided(
            [mark for actor in sorted({*actors[key], key}) for mark in marks[actor]],
            [(key, states.get(key, credit.NEW), own)]
            + [
                (actor, states.get(actor, credit.NEW), _differences(standing.get(actor, NOTHING), []))
                for actor in former
            ],
        )
    return decided


def _differences(stands: credit.Stands, decided: list[Verdict]) -> list[Entry]:
    return differences(stands.seconds, decided, stands.providers)


def _write(connection: Connection, found: _Decided, policy: Policy, now_us: int) -> bool:
    """Write a person's differences and take their marks away; False, and nothing, where another was first."""
    with connection.begin_nested() as savepoint:
        for person_key, state, entries in found.ledgers:
            # Raised even when there is nothing to write: whoever read earlier evidence must not write later.
            if not credit.begin_writing(connection, person_key, state, now_us, len(entries)):
                savepoint.rollback()
                return False
            if entries:
                credit.append(connection, person_key, state.entries, entries, policy.version, now_us)
                credit.add_to_totals(connection, person_key, totals(entries))
        due.remove(connection, found.marks)
    return True


def _inconsistencies(connection: Connection, person_key: bytes) -> Iterator[Difference]:
    if not _totals_agree(connection, person_key):
        yield Difference(person_key.hex(), "totals are not the sum of the ledger")
    for statement_id in credit.uneven(connection, person_key):
        yield Difference(person_key.hex(), f"entries of statement {statement_id.hex()} do not cancel out")


def _totals_agree(connection: Connection, person_key: bytes) -> bool:
    standing = credit.standing(connection, [person_key])[person_key].seconds
    summed: dict[tuple[int, int], tuple[int, int]] = {}
    for (_, course_id, day, kind, reason, _), seconds in standing.items():
        if reason == 0 and course_id is not None and seconds:
            placed, nominal = summed.get((day, course_id), (0, 0))
            summed[day, course_id] = (placed, nominal + seconds) if kind else (placed + seconds, nominal)
    return summed == credit.kept_totals(connection, person_key)


def _everyone() -> Iterator[tuple[list[bytes], int]]:
    """Persons in order, some at a time, with how many there are in all."""
    with database.reading() as connection:
        total = credit.count_everyone(connection)
    after = b""
    while True:
        with database.reading() as connection:
            part = credit.everyone(connection, after, PERSONS_AT_ONCE)
            linked = due.person_keys(connection, part)
        if not part:
            return
        # A linked actor is looked at together with its person.
        yield [key for key in part if linked[key] == key], total
        after = part[-1]


def _parts(persons: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (persons[start : start + PERSONS_AT_ONCE] for start in range(0, len(persons), PERSONS_AT_ONCE))
