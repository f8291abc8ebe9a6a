"""What is to be written for persons under given rules: evidence and ledgers read in one snapshot, decided."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import Connection

from lms_tracker.actions import catalogue
from lms_tracker.learning.catalogue import Catalogue
from lms_tracker.learning.credit import Verdict, decide, decide_rows
from lms_tracker.learning.evidence import Evidence
from lms_tracker.learning.ledger import Entry, row_differences
from lms_tracker.learning.plain import Row, place_of, plain_course
from lms_tracker.learning.policy import Policy
from lms_tracker.store import credit, due

# Places of evidence whose course is remembered.
MOST_PLACES = 200_000


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides."""

    catalogue: Catalogue
    policy: Policy


@dataclass(frozen=True, slots=True)
class Decided:
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


def current(connection: Connection) -> Rules:
    """The rules of this snapshot."""
    return Rules(catalogue.current(connection), catalogue.policy(connection))


def decisions(connection: Connection, persons: Sequence[bytes], rules: Rules) -> dict[bytes, Decided]:
    """What these rules want written for each of the persons."""
    actors = due.actor_keys(connection, persons)
    involved = sorted({*itertools.chain(*actors.values()), *persons})
    marks: dict[bytes, list[tuple[bytes, int]]] = {key: [] for key in involved}
    for mark in due.marks(connection, involved):
        marks[mark[0]].append(mark)
    states = credit.states(connection, involved)
    verdicts = _verdicts(connection, actors, rules)
    stands = credit.standing_rows(connection, [key for key, state in states.items() if state.entries])
    decided: dict[bytes, Decided] = {}
    for key in sorted(persons):
        former = sorted(actor for actor in actors[key] if actor != key)
        wanted = [(key, verdicts[key]), *((actor, []) for actor in former)]
        decided[key] = Decided(
            [mark for actor in sorted({*actors[key], key}) for mark in marks[actor]],
            [
                (ledger, states.get(ledger, credit.NEW), row_differences(stands.get(ledger, set()), pieces))
                for ledger, pieces in wanted
            ],
        )
    return decided


def _verdicts(
    connection: Connection, actors: Mapping[bytes, Sequence[bytes]], rules: Rules
) -> dict[bytes, list[Verdict]]:
    """What is decided on all evidence of each person, given each person's actor keys."""
    names: credit.Names = current_app.extensions["lms_tracker.names"]
    rows = credit.rows_of(connection, actors, rules.catalogue.present_providers)
    reasons = credit.barred(connection, sorted(set(itertools.chain(*actors.values()))))
    courses = rules.catalogue.plain_courses
    _learn_places(connection, names, rules.catalogue, rows.values())

    def evidence_in(of_person: list[Row]) -> list[Evidence]:
        return credit.evidence_in(connection, names, of_person, reasons)

    return {
        person: decide_rows(of_person, courses, evidence_in, rules.catalogue, rules.policy)
        if reasons.keys().isdisjoint(actors[person])
        else decide(evidence_in(of_person), rules.catalogue, rules.policy)
        for person, of_person in rows.items()
    }


def _learn_places(
    connection: Connection, names: credit.Names, known: Catalogue, rows: Iterable[Sequence[Row]]
) -> None:
    """Have the catalogue know the course of every place that occurs in the rows."""
    if len(known.plain_courses) > MOST_PLACES:
        known.plain_courses.clear()
    missing = set().union(*(map(place_of, of_person) for of_person in rows)) - known.plain_courses.keys()
    for place, where in credit.whereabouts(connection, names, missing).items():
        known.plain_courses[place] = plain_course(known.matched_at(place[0], *where))
