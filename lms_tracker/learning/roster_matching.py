"""Who of a roster is known already, and who stands in it twice.

Nobody is taken for another silently. A line is a known person where name, year of birth and place are the
same and nothing contradicts it; where something does, or marks alone tell two names apart, an officer is
asked, and the line waits until there is an answer. What was decided is true of a line again when the same
file comes once more, because then the person is known by all that the line says.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lms_tracker.learning.roster_likeness import (
    Facts,
    Known,
    Placed,
    changes,
    facts_of_known,
    facts_of_line,
    likeness_of,
)

# So many of one name and year, or of one telephone, are looked at for a line; of more, too, it is asked.
MOST_ALIKE = 30
# So many may be asked about.
MOST_CANDIDATES = 5

# What is decided of a line beside "person:<key in hex>" and "line:<number>", which say who it is.
SOMEBODY_NEW = "new"
PERSON, LINE = "person:", "line:"


class Verdict(StrEnum):
    """What becomes of a line: a person is entered, is known, or stands here twice; or an officer is asked."""

    NEW = "new"
    KNOWN = "known"
    TWICE = "twice"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Whom a line may mean: somebody known, or else an earlier line. `differs` names what contradicts it."""

    key: bytes | None
    line: int | None
    differs: tuple[str, ...]

    @property
    def answer(self) -> str:
        """The decision that says that it is this one."""
        return f"{PERSON}{self.key.hex()}" if self.key is not None else f"{LINE}{self.line}"


@dataclass(slots=True)
class Match:
    """What was found for a line. `key` is set of a known person alone; `changes` names what would be new."""

    placed: Placed
    verdict: Verdict
    key: bytes | None = None
    changes: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()


def match(lines: Sequence[Placed], known: Sequence[Known], decisions: Mapping[int, str]) -> list[Match]:
    """What becomes of each line, in their order. A decision that no longer fits counts as none."""
    return _Matching(lines, known, decisions).matches()


def absent(known: Iterable[Known], matches: Iterable[Match]) -> list[Known]:
    """Who is known to live in a place of these lines, and neither stands in one nor is asked about."""
    matches = list(matches)
    met = {found.key for found in matches} | {
        one.key for found in matches for one in found.candidates if found.verdict is Verdict.ASK
    }
    places = {found.placed.place_id for found in matches}
    return [one for one in known if one.place_id in places and one.key not in met and not one.gone]


class _Matching:
    def __init__(self, lines: Sequence[Placed], known: Sequence[Known], decisions: Mapping[int, str]) -> None:
        self._lines, self._known, self._decisions = lines, known, decisions
        self._of_line = [facts_of_line(placed) for placed in lines]
        self._of_known = [facts_of_known(one) for one in known]
        self._people = _indexed(self._of_known)
        self._earlier: dict[tuple[object, ...], list[int]] = defaultdict(list)
        # Which known person a line is, and which line a known person is in; by their places in the lists.
        self._taken: dict[int, int] = {}
        self._person_of: dict[int, int] = {}

    def matches(self) -> list[Match]:
        self._take_decided()
        self._take_exact()
        self._take_best()
        found = []
        for at in range(len(self._lines)):
            found.append(self._match(at))
            for handle in self._of_line[at].handles():
                self._earlier[handle].append(at)
        return found

    def _take(self, line: int, person: int) -> None:
        self._taken[person], self._person_of[line] = line, person

    def _take_decided(self) -> None:
        by_key = {one.key.hex(): at for at, one in enumerate(self._known)}
        for at, placed in enumerate(self._lines):
            kind, _, key = self._decisions.get(placed.line.line, "").partition(":")
            person = by_key.get(key) if kind == "person" else None
            if person is None or person in self._taken:
                continue
            if likeness_of(self._of_line[at], self._of_known[person]) is not None:
                self._take(at, person)

    def _take_exact(self) -> None:
        waiting: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for at in reversed(range(len(self._known))):
            if at not in self._taken:
                waiting[self._of_known[at].exact].append(at)
        for at, facts in enumerate(self._of_line):
            alike = waiting.get(facts.exact)
            if alike and at not in self._person_of and not self._is_decided(at):
                self._take(at, alike.pop())

    def _take_best(self) -> None:
        pairs = []
        for at, facts in enumerate(self._of_line):
            if at in self._person_of or self._is_decided(at):
                continue
            for person in self._alike(self._people, facts):
                likeness = likeness_of(facts, self._of_known[person])
                if person not in self._taken and likeness is not None and likeness.is_same:
                    pairs.append((-likeness.score, at, person))
        for _, at, person in sorted(pairs):
            if at not in self._person_of and person not in self._taken:
                self._take(at, person)

    def _is_decided(self, at: int) -> bool:
        """Whether it was said that a line is somebody new, or the same as another line."""
        decision = self._decisions.get(self._lines[at].line.line, "")
        return decision == SOMEBODY_NEW or decision.startswith(LINE)

    def _match(self, at: int) -> Match:
        placed = self._lines[at]
        person = self._person_of.get(at)
        if person is not None:
            one = self._known[person]
            asked = self._asked_again(at, person)
            return Match(placed, Verdict.KNOWN, one.key, changes(placed, one), asked)
        decision = self._decisions.get(placed.line.line, "")
        if decision == SOMEBODY_NEW:
            return Match(placed, Verdict.NEW, candidates=self._candidates(at))
        candidates = self._candidates(at)
        if any(one.line is not None and one.answer == decision for one in candidates):
            return Match(placed, Verdict.TWICE, candidates=candidates)
        if candidates:
            return Match(placed, Verdict.ASK, candidates=candidates)
        return Match(placed, Verdict.NEW)

    def _asked_again(self, at: int, person: int) -> tuple[Candidate, ...]:
        """Whom a line may mean of which it was decided that it means somebody known, that one first."""
        if not self._decisions.get(self._lines[at].line.line, "").startswith(PERSON):
            return ()
        likeness = likeness_of(self._of_line[at], self._of_known[person])
        differs = likeness.differs if likeness is not None else ()
        return (Candidate(self._known[person].key, None, differs), *self._candidates(at))

    def _candidates(self, at: int) -> tuple[Candidate, ...]:
        facts, found = self._of_line[at], []
        for person in self._alike(self._people, facts):
            likeness = likeness_of(facts, self._of_known[person])
            if likeness is not None and person not in self._taken:
                found.append((-likeness.score, Candidate(self._known[person].key, None, likeness.differs)))
        for other in self._alike(self._earlier, facts):
            likeness = likeness_of(facts, self._of_line[other])
            if likeness is not None:
                line = self._lines[other].line.line
                found.append((-likeness.score, Candidate(None, line, likeness.differs)))
        found.sort(key=lambda one: one[0])
        return tuple(candidate for _, candidate in found[:MOST_CANDIDATES])

    def _alike(self, index: Mapping[tuple[object, ...], Sequence[int]], facts: Facts) -> list[int]:
        handles = [*facts.handles(), ("year", facts.bare, None)]
        return list(dict.fromkeys(at for one in handles for at in index.get(one, ())[:MOST_ALIKE]))


def _indexed(facts: Sequence[Facts]) -> dict[tuple[object, ...], list[int]]:
    index: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for at, one in enumerate(facts):
        for handle in one.handles():
            index[handle].append(at)
    return index
