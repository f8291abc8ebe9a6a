"""What would become of statements if they were posted: nothing is stored."""

from collections.abc import Sequence
from typing import Any

from flask import current_app

from lms_tracker.actions import catalogue, clock
from lms_tracker.actions.rights import Caller
from lms_tracker.learning.catalogue import Course
from lms_tracker.learning.credit import Verdict, decide
from lms_tracker.learning.days import local_days
from lms_tracker.learning.evidence import Evidence, evidence_of
from lms_tracker.learning.reasons import Reason
from lms_tracker.store import credit, database, due
from xapi import keys
from xapi.batches import Batch, Received

# A verdict on a statement is told apart from those on what is stored by an id that no statement has.
_PLACEHOLDER = b"\xff" * 12


def check(batch: Batch, caller: Caller) -> list[dict[str, Any]]:
    """For each valid statement: the course it would match and what would be credited, or why not.

    The learner's stored evidence counts, and so do the other statements of the batch: time that overlaps is
    said to overlap.
    """
    position = clock.now_us()
    names: credit.Names = current_app.extensions["lms_tracker.names"]
    found = [_evidence(index, one, position, caller) for index, one in enumerate(batch.statements)]
    learners = sorted({learner.key for one in batch.statements for learner in one.learners})
    with database.reading() as connection:
        current, policy = catalogue.current(connection), catalogue.policy()
        persons = due.person_keys(connection, learners)
        stored = credit.evidence_of(
            connection, names, due.actor_keys(connection, sorted(set(persons.values())))
        )
    verdicts: dict[bytes, list[Verdict]] = {}
    for person, evidence in stored.items():
        new = [
            piece
            for piece, one in zip(found, batch.statements, strict=True)
            if piece is not None and any(persons[learner.key] == person for learner in one.learners)
        ]
        for verdict in decide([*evidence, *new], current, policy):
            verdicts.setdefault(verdict.statement_id, []).append(verdict)
    days = local_days(policy.timezone)
    answers = []
    for one, piece in zip(batch.statements, found, strict=True):
        course = None if piece is None else current.match(piece, days.day(piece.at))[0]
        own = [] if piece is None else verdicts.get(piece.statement_id, [])
        answers.append(_answer(one, course, own))
    return answers


def _evidence(index: int, one: Received, position: int, caller: Caller) -> Evidence | None:
    placeholder = _PLACEHOLDER + index.to_bytes(4, "big")
    return evidence_of(one, position, provider_id=caller.provider_id, statement_id=placeholder)


def _answer(one: Received, course: Course | None, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    refused: dict[str, int] = {}
    for verdict in verdicts:
        if verdict.reason:
            words = Reason(verdict.reason).words
            refused[words] = refused.get(words, 0) + verdict.seconds
    return {
        "id": None if one.id is None else keys.format_id(one.id),
        "accepted": True,
        "learners": len(one.learners),
        "evidence": bool(verdicts),
        "course": None if course is None else course.code,
        "seconds": sum(v.seconds for v in verdicts if not v.reason and not v.kind),
        "nominal_seconds": sum(v.seconds for v in verdicts if not v.reason and v.kind),
        "refused": [{"reason": reason, "seconds": seconds} for reason, seconds in sorted(refused.items())],
    }
