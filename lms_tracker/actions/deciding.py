"""What is to be written for persons under given rules: evidence and ledgers read in one snapshot, decided."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import Connection

from lms_tracker.actions import catalogue
from lms_tracker.learning.catalogue import Catalogue
from lms_tracker.learning.credit import decide_with, part_rows
from lms_tracker.learning.intervals import Segment
from lms_tracker.learning.ledger import Entry, row_differences
from lms_tracker.learning.plain import Row, place_of, plain_course
from lms_tracker.learning.policy import Policy
from lms_tracker.learning.verdicts import Piece
from lms_tracker.store import credit, due, gathering
from lms_tracker.store.gathering import Around
from lms_tracker.store.names import Names
from lms_tracker.store.passage import Passage

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
    # Identifiers whose counting failed before.
    held_back: list[bytes]

    @property
    def entries(self) -> int:
        return sum(len(entries) for _, _, entries in self.ledgers)


def current(connection: Connection) -> Rules:
    """The rules of this snapshot."""
    return Rules(catalogue.current(connection), catalogue.policy(connection))


def decisions(
    connection: Connection, persons: Sequence[bytes], rules: Rules, passage: Passage | None = None
) -> dict[bytes, Decided]:
    """What these rules want written for each of the persons, the next of a `passage` where there is one."""
    actors = due.actor_keys(connection, persons)
    involved = sorted({*itertools.chain(*actors.values()), *persons})
    around = gathering.around(connection, involved)
    if passage is None:
        rows = gathering.rows_of(connection, actors, rules.catalogue.present_providers)
        stands = credit.standing_rows(connection, around.states)
    else:
        rows = passage.rows_of(actors)
        stands = credit.standing_rows(connection, around.states, passage.added(involved, persons))
    verdicts = _verdicts(connection, actors, rules, around, rows)
    decided: dict[bytes, Decided] = {}
    for key in sorted(persons):
        former = sorted(actor for actor in actors[key] if actor != key)
        wanted: list[tuple[bytes, list[Piece]]] = [(key, verdicts[key]), *((actor, []) for actor in former)]
        decided[key] = Decided(
            [mark for actor in sorted({*actors[key], key}) for mark in around.marks[actor]],
            [
                (
                    ledger,
                    around.states.get(ledger, credit.NEW),
                    row_differences(stands.get(ledger, set()), pieces),
                )
                for ledger, pieces in wanted
            ],
            sorted(around.held_back.intersection(actors[key])),
        )
    return decided


def _verdicts(
    connection: Connection,
    actors: Mapping[bytes, Sequence[bytes]],
    rules: Rules,
    around: Around,
    rows: Mapping[bytes, list[Row]],
) -> dict[bytes, list[Piece]]:
    """What is decided on all evidence of each person, given each person's actor keys and rows."""
    names: Names = current_app.extensions["lms_tracker.names"]
    parted: dict[bytes, tuple[list[Segment], list[Row]]] = {}
    for person, of_person in rows.items():
        if around.barred and not around.barred.keys().isdisjoint(actors[person]):
            parted[person] = [], of_person
            continue
        parted[person] = _parted(connection, names, of_person, rules, around)
    rest = list(itertools.chain(*(of_person for _, of_person in parted.values())))
    total = sum(len(rows[person]) for person, (_, of_person) in parted.items() if of_person)
    whole = gathering.whole(connection, names, rest, total, around.barred, around.voided)
    return {
        person: decide_with([whole[row[:2]] for row in left], segments, rules.catalogue, rules.policy)
        for person, (segments, left) in parted.items()
    }


def _parted(
    connection: Connection, names: Names, rows: list[Row], rules: Rules, around: Around
) -> tuple[list[Segment], list[Row]]:
    courses = rules.catalogue.plain_courses
    try:
        return part_rows(rows, courses, around.voided, rules.policy)
    except KeyError:
        _learn_places(connection, names, rules.catalogue, rows)
        return part_rows(rows, courses, around.voided, rules.policy)


def _learn_places(connection: Connection, names: Names, known: Catalogue, rows: Sequence[Row]) -> None:
    """Have the catalogue know the course of every place that occurs in the rows."""
    if len(known.plain_courses) > MOST_PLACES:
        known.plain_courses.clear()
    missing = set(map(place_of, rows)) - known.plain_courses.keys()
    for place, where in gathering.whereabouts(connection, names, missing).items():
        known.plain_courses[place] = plain_course(known.matched_at(place[0], *where))
