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

import gc
import random
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

from sqlalchemy import Connection

from lms_tracker.actions import availability, clock, deciding, holding_back, recounts
from lms_tracker.actions.deciding import Decided, Rules
from lms_tracker.learning.ledger import totals
from lms_tracker.store import courses, credit, database, dialects, due, everyone, held_back, passage
from lms_tracker.store import recounts as recount_rows
from lms_tracker.store import totals as kept_totals
from lms_tracker.store.passage import Passage
from lms_tracker.store.totals import Changes

# Persons read and written together: enough to share a commit, few enough to hold SQLite's writer briefly.
PERSONS_AT_ONCE = 200
MARKS_AT_ONCE = 2_000
# Whoever has so many entries takes as long as hundreds of others.
MANY_ENTRIES = 5_000

Progress = Callable[[int, int], None]
Reading = Callable[[], AbstractContextManager[Connection]]
Writing = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True)
class RebuildOutcome:
    """`failed` are people who could not be counted; they stay as they were, are due and held back."""

    people: int
    changed: int
    entries: int
    failed: int = 0


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
class _Written:
    """Who lost to another worker, and what was written of the others; `persons` are those written."""

    lost: list[bytes]
    changed: int
    entries: int
    persons: int = 0
    failed: int = 0


def recount_due(limit: int = MARKS_AT_ONCE) -> int:
    """Recount persons whose marks are waiting, oldest first; answers how many were written.

    Those whom a change of the rules concerns come after those for whom something arrived. Where nobody was
    written it answers how many of them were marked. Workers side by side may take the same person; one of
    them writes. Of those with very much evidence one is taken at a time, after all others.
    """
    marked = recounts.advance()
    with database.reading() as connection:
        background = [recount.started_us for recount in recount_rows.under_way(connection)]
        waiting = due.waiting(connection, limit, background, clock.now_us())
        persons = list(set(due.person_keys(connection, waiting).values()))
        states = credit.states(connection, persons)
    # Workers side by side see the same marks; in another order each they seldom meet.
    random.shuffle(persons)
    heavy = [key for key in persons if key in states and states[key].entries >= MANY_ENTRIES]
    light = [key for key in persons if key not in set(heavy)] if heavy else persons
    # Where a loss of power takes back what was written, the marks are there again.
    parts = [*_parts(light), *_parts(heavy[:1])]
    return sum(_recount(part, database.writing_again).persons for part in parts) or marked


def rebuild(
    progress: Progress | None = None, first: bytes = b"", last: bytes | None = None
) -> RebuildOutcome:
    """Decide everybody anew from their evidence and write the differences, if there are any.

    With `first` or `last` only those with keys above `first` and up to `last`.
    """
    people = changed = entries = failed = 0
    for part, total, written in _passed(first, last):
        while True:
            changed, entries = changed + written.changed, entries + written.entries
            failed += written.failed
            if not written.lost:
                break
            # Whoever lost to a worker running beside us is decided once more.
            written = _recount(written.lost)
        people += len(part)
        if progress:
            progress(people, total)
    return RebuildOutcome(people, changed, entries, failed)


def count_people() -> int:
    """How many a rebuild of everybody looks at."""
    with database.reading() as connection:
        return everyone.count(connection)


def _passed(first: bytes, last: bytes | None) -> Iterator[tuple[Sequence[bytes], int, _Written]]:
    """Everybody within, some at a time, with how many there are in all and what was written of these."""
    with database.snapshot() as connection:
        if passage.is_quicker(connection):
            rules = deciding.current(connection)
            with dialects.pipelined(connection):
                yield from _in_one_passage(connection, rules, first, last)
            return
    for part, total in _everyone(database.reading, first, last):
        yield part, total, _recount(part)


def _in_one_passage(
    connection: Connection, rules: Rules, first: bytes, last: bytes | None
) -> Iterator[tuple[Sequence[bytes], int, _Written]]:
    rows = Passage(connection, rules.catalogue.present_providers, first, last)
    for part, total in _everyone(lambda: nullcontext(connection), first, last):
        try:
            with _uncollected():
                written = _put(_seen(connection, part, rules, rows), database.writing)
        except Exception as error:
            if availability.is_unavailable(error):
                raise
            # Who it is that fails is found one by one, in other snapshots.
            written = _recount(part)
        yield part, total, written


def verify(progress: Progress | None = None) -> VerifyOutcome:
    """Compare the ledger with a fresh decision, and the totals with the ledger. Writes nothing.

    Persons with marks waiting are compared too: what is not counted yet is a difference.
    """
    people = 0
    differing: list[Difference] = []
    for part, total in _everyone(database.reading):
        differing += _differences(part)
        people += len(part)
        if progress:
            progress(people, total)
    return VerifyOutcome(people, differing)


def _differences(persons: Sequence[bytes]) -> list[Difference]:
    differing: list[Difference] = []
    try:
        with database.reading() as connection:
            rules = deciding.current(connection)
            for person_key, found in deciding.decisions(connection, persons, rules).items():
                if found.entries:
                    differing.append(Difference(person_key.hex(), f"{found.entries} entries to write"))
                for ledger, _, _ in found.ledgers:
                    differing += _inconsistencies(connection, ledger)
    except Exception as error:
        if availability.is_unavailable(error):
            raise
        if len(persons) > 1:
            return [one for person in persons for one in _differences([person])]
        what = f"could not be decided: {holding_back.kind(error)} in {holding_back.where(error)}"
        return [Difference(persons[0].hex(), what)]
    return differing


def _recount(persons: Sequence[bytes], writing: Writing = database.writing) -> _Written:
    """Of several of whom one fails unexpectedly each is counted alone, and who fails then is held back."""
    try:
        with _uncollected():
            with database.reading() as connection:
                seen = _seen(connection, persons)
            return _put(seen, writing)
    except Exception as error:
        if availability.is_unavailable(error):
            raise
        if len(persons) > 1:
            return _together([_recount([person], writing) for person in persons])
        holding_back.hold_back(persons[0], error)
        return _Written([], 0, 0, persons=0, failed=1)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Rows by the thousand, none of which refers to itself: looking for such takes a tenth of the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _together(found: Sequence[_Written]) -> _Written:
    return _Written(
        [person for one in found for person in one.lost],
        sum(one.changed for one in found),
        sum(one.entries for one in found),
        sum(one.persons for one in found),
        sum(one.failed for one in found),
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one snapshot says of some persons, and the rules by which that was decided."""

    decided: dict[bytes, Decided]
    rules: Rules
    background: frozenset[int]


def _seen(
    connection: Connection, persons: Sequence[bytes], rules: Rules | None = None, rows: Passage | None = None
) -> _Seen:
    rules = rules or deciding.current(connection)
    background = frozenset(recount.started_us for recount in recount_rows.under_way(connection))
    decisions = deciding.decisions(connection, persons, rules, rows)
    decided = {key: found for key, found in decisions.items() if found.marks or found.entries}
    return _Seen(decided, rules, background)


def _put(seen: _Seen, writing: Writing) -> _Written:
    """Write what was decided, in one short transaction."""
    decided = seen.decided
    if not decided:
        return _Written([], 0, 0)
    changes = {key: _changes(found) for key, found in decided.items()}
    with writing() as connection:
        if courses.hold_version(connection) != seen.rules.catalogue.version:
            # Who changed the rules began a recount or will mark; this decision is not by them yet.
            return _Written(list(decided), 0, 0)
        now = clock.now_us()
        # Raised even when there is nothing to write: whoever read earlier evidence must not write later.
        lost = credit.begin_writing(connection, {key: found.ledgers for key, found in decided.items()}, now)
        written = {key: found for key, found in decided.items() if key not in lost}
        # For all together, because each statement costs a way to the database and back.
        ledgers = [ledger for found in written.values() for ledger in found.ledgers]
        credit.append(connection, ledgers, seen.rules.policy.version, now)
        kept_totals.write_first(connection, {k: v for key in written for k, v in changes[key][0].items()})
        kept_totals.add(connection, {k: v for key in written for k, v in changes[key][1].items()})
        held_back.release(connection, [key for found in written.values() for key in found.held_back])
        due.remove(connection, [mark for found in written.values() for mark in found.marks])
        _note_progress(connection, list(written.values()), seen.background)
    return _Written(
        sorted(lost),
        sum(1 for found in written.values() if found.entries),
        sum(found.entries for found in written.values()),
        len(written),
    )


def _changes(found: Decided) -> tuple[dict[bytes, Changes], dict[bytes, Changes]]:
    """What is to be added to the totals of each ledger: of those that have none yet, and of others."""
    first: dict[bytes, Changes] = {}
    more: dict[bytes, Changes] = {}
    for key, state, entries in found.ledgers:
        if entries:
            (more if state.entries else first)[key] = totals(entries)
    return first, more


def _note_progress(connection: Connection, written: Sequence[Decided], background: Collection[int]) -> None:
    """Add to the recounts under way what these persons' marks say was theirs."""
    done: Counter[int] = Counter()
    changed: Counter[int] = Counter()
    entries: Counter[int] = Counter()
    for found in written:
        positions = Counter(position for _, position in found.marks if position in background)
        done.update(positions)
        for position in positions:
            changed[position] += found.entries > 0
            entries[position] += found.entries
    for position in sorted(done):
        recount_rows.add_progress(connection, position, done[position], changed[position], entries[position])


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
    return summed == kept_totals.kept(connection, person_key)


def _everyone(
    reading: Reading, first: bytes = b"", last: bytes | None = None
) -> Iterator[tuple[list[bytes], int]]:
    """Persons in order, some at a time, with how many there are in all."""
    with reading() as connection:
        total = everyone.count(connection) if last is None and not first else 0
    after = first
    while True:
        with reading() as connection:
            part = everyone.keys_after(connection, after, PERSONS_AT_ONCE)
            linked = due.person_keys(connection, part)
        within = [key for key in part if last is None or key <= last]
        if not within:
            return
        # A linked actor is looked at together with its person.
        yield [key for key in within if linked[key] == key], total
        after = within[-1]


def _parts(persons: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (persons[start : start + PERSONS_AT_ONCE] for start in range(0, len(persons), PERSONS_AT_ONCE))
