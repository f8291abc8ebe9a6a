"""What is to be written for persons under given rules: evidence and ledgers read in one snapshot, decided."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import Connection

from lms_tracker.actions import catalogue
from lms_tracker.learning.catalogue import Catalogue
from lms_tracker.learning.credit import Verdict, decide
from lms_tracker.learning.ledger import Entry, differences
from lms_tracker.learning.policy import Policy
from lms_tracker.store import credit, due

NOTHING = credit.Stands({}, {})


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
    names: credit.Names = current_app.extensions["lms_tracker.names"]
    evidence = credit.evidence_of(connection, names, actors, rules.catalogue.present_providers)
    standing = credit.standing(connection, sorted(states))
    decided: dict[bytes, Decided] = {}
    for key in sorted(persons):
        verdicts = decide(evidence[key], rules.catalogue, rules.policy)
        own = _differences(standing.get(key, NOTHING), verdicts)
        former = sorted(actor for actor in actors[key] if actor != key)
        decided[key] = Decided(
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
