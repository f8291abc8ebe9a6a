"""What would become of statements if they were posted: nothing is stored."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import current_app
from sqlalchemy import Connection

from lms_tracker.actions import accepting, catalogue, clock
from lms_tracker.actions.accepting import Prepared, Writing
from lms_tracker.actions.rights import Caller
from lms_tracker.learning.catalogue import Catalogue
from lms_tracker.learning.credit import Verdict, decide
from lms_tracker.learning.days import local_days
from lms_tracker.learning.evidence import OWN_TIME, SELF_VOUCHED, Evidence, vouching
from lms_tracker.learning.readings import Reading
from lms_tracker.learning.reasons import Reason
from lms_tracker.store import database, due, gathering, looks, statements
from lms_tracker.store.names import Names
from xapi import keys
from xapi.batches import Batch
from xapi.faults import Fault

# An id that no statement has, for those that come without one: what is stored goes before them.
_PLACEHOLDER = b"\xff" * 12


def check(
    batch: Batch, caller: Caller, version: str, by_person: bytes | None = None
) -> list[dict[str, Any] | Fault]:
    """For each valid statement what would be credited or why not, or the Fault for which it would be refused.

    The learner's stored evidence counts, and so do the other statements of the batch: time that overlaps is
    said to overlap. Of a group's statement the seconds are those of all its members together. A statement
    that is stored already is answered as it stands.
    """
    now = clock.now_us()
    prepared = accepting.prepare(batch, caller, version).statements
    with database.reading() as connection:
        kept = statements.kept(connection, accepting.asked_ids(prepared))
        writing = Writing(now, *kept)
        found = [accepting.examine(writing, caller, i, one) for i, one in enumerate(prepared)]
        new = {i: _evidence(i, one, now) for i, one in enumerate(prepared) if found[i] is True}
        verdicts, seen = _verdicts(connection, prepared, new)
        current = catalogue.current(connection)
    _note_looks(caller, by_person, seen, now)
    answers: list[dict[str, Any] | Fault] = []
    for index, (one, outcome) in enumerate(zip(prepared, found, strict=True)):
        if isinstance(outcome, Fault):
            answers.append(outcome)
            continue
        piece = new.get(index) or _evidence(index, one, now)
        own = verdicts.get(piece.statement_id, ()) if piece is not None else ()
        answers.append(_answer(one, _place(current, piece), own, is_new=outcome))
    return answers


def _evidence(index: int, one: Prepared, now_us: int) -> Evidence | None:
    found = one.evidence
    if found is None:
        return None
    shift = 0 if found.flags & OWN_TIME else now_us // 1_000_000
    return replace(
        found,
        statement_id=found.statement_id if one.received.id else _PLACEHOLDER + index.to_bytes(4, "big"),
        position=now_us,
        at=found.at + shift,
        start=None if found.start is None else found.start + shift,
    )


def _verdicts(
    connection: Connection,
    prepared: Sequence[Prepared],
    new: Mapping[int, Evidence | None],
) -> tuple[dict[bytes, list[Verdict]], list[bytes]]:
    """Verdicts by statement id on the new evidence and what is stored of its learners, and who has any."""
    learners = sorted({learner.key for one in prepared for learner in one.received.learners})
    persons = due.person_keys(connection, learners)
    names: Names = current_app.extensions["lms_tracker.names"]
    current, policy = catalogue.current(connection), catalogue.policy(connection)
    actors = due.actor_keys(connection, sorted(set(persons.values())))
    stored = gathering.evidence_of(connection, names, actors, current.present_providers)
    barred = gathering.barred(connection, learners)
    pieces: dict[bytes, list[Evidence]] = {person: [] for person in stored}
    for index, piece in new.items():
        if piece is not None:
            received = prepared[index].received
            teachers = vouching(received)
            for learner in received.learners:
                flags = piece.flags | SELF_VOUCHED if learner.key in teachers else piece.flags
                own = replace(piece, flags=flags, barred=barred.get(learner.key, 0))
                pieces[persons[learner.key]].append(own)
    verdicts: dict[bytes, list[Verdict]] = {}
    for person, evidence in stored.items():
        for verdict in decide([*evidence, *pieces[person]], current, policy):
            verdicts.setdefault(verdict.statement_id, []).append(verdict)
    return verdicts, [person for person, evidence in stored.items() if evidence]


def _note_looks(caller: Caller, by_person: bytes | None, seen: Sequence[bytes], now_us: int) -> None:
    # What would overlap tells when somebody learned elsewhere.
    others = [person for person in seen if person != by_person]
    if not others:
        return
    with database.writing() as connection:
        if by_person is not None:
            looks.add_by_person(connection, others, by_person, "check", now_us)
            return
        for person in others:
            looks.add_by_credential(connection, person, caller.credential_id, "check", now_us)


def _place(current: Catalogue, piece: Evidence | None) -> tuple[str | None, Reading | None]:
    """The code of the course, and how its time is read."""
    if piece is None:
        return None, None
    day = local_days(current_app.config["SETTINGS"].timezone).day(piece.at)
    course, _ = current.match(piece, day)
    return (None if course is None else course.code), current.matched(piece).reading(piece.profile, day)


def _answer(
    one: Prepared, place: tuple[str | None, Reading | None], verdicts: Iterable[Verdict], is_new: bool
) -> dict[str, Any]:
    verdicts, (course, reading) = list(verdicts), place
    refused: dict[str, int] = {}
    for verdict in verdicts:
        if verdict.reason:
            words = Reason(verdict.reason).words
            refused[words] = refused.get(words, 0) + verdict.seconds
    return {
        "id": None if one.received.id is None else keys.format_id(one.received.id),
        "accepted": True,
        "stored": not is_new,
        "learners": len(one.received.learners),
        "evidence": bool(verdicts),
        "course": course,
        "reading": reading,
        "seconds": sum(v.seconds for v in verdicts if not v.reason and not v.kind),
        "nominal_seconds": sum(v.seconds for v in verdicts if not v.reason and v.kind),
        "refused": [{"reason": reason, "seconds": seconds} for reason, seconds in sorted(refused.items())],
    }
