"""Statements come in: the one door for everybody, providers' programs and our own attendance alike.

Requests that arrive while a transaction is being written wait, and the next transaction writes them all:
one lock, one round of bulk writes and one commit serve many. Each request keeps its own outcome, as if it
had come alone: stored, the same as before, in conflict, or not permitted.
"""

import os
import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from lms_tracker.actions import clock
from lms_tracker.actions.availability import UNAVAILABLE, NotWritten
from lms_tracker.actions.providers import Caller
from lms_tracker.learning.evidence import OWN_TIME, Evidence, evidence_of
from lms_tracker.store import database, dialects, evidence, horizon, statements
from lms_tracker.store.dialects import Row
from xapi import keys
from xapi.actors import Identified
from xapi.batches import Batch, Received, read
from xapi.comparison import same
from xapi.faults import Fault, Refusal

# A transaction takes waiting requests up to this many statements, so that none waits long for the others.
STATEMENTS_PER_TRANSACTION = 2_000
# How many computed keys a process remembers as being in the store already.
KNOWN_KEYS = 200_000
VERSION_FAMILIES = {"1.0.3": 10, "2.0.0": 20}
FAMILY_VERSIONS = {family: version for version, family in VERSION_FAMILIES.items()}


# Bits of `statements.came`.
CAME_ID, CAME_TIMESTAMP, CAME_VERSION = 1, 2, 4


@dataclass(slots=True)
class Prepared:
    """One statement with everything that can be worked out before the transaction."""

    received: Received
    id: bytes
    verb_key: bytes
    activity_key: bytes | None
    # As if it had been stored at position 0: what the sender timed does not depend on when it came.
    evidence: Evidence | None


@dataclass(slots=True)
class Submission:
    """One request's statements and, once written, its outcome."""

    statements: list[Prepared]
    caller: Caller
    version: int
    # Until it was written, it was not.
    error: Exception | None = field(default_factory=lambda: NotWritten("the request was not written"))
    done: bool = False
    # Consistent-Through as this submission left it.
    through: int = 0


@dataclass(slots=True)
class Writing:
    """The rows of one transaction while they are gathered."""

    position: int
    kept: dict[bytes, statements.Kept]
    accepted: dict[bytes, tuple[Prepared, Submission]] = field(default_factory=dict)
    statements: list[Row] = field(default_factory=list)
    actors: list[Row] = field(default_factory=list)
    voidings: list[Row] = field(default_factory=list)
    references: list[Row] = field(default_factory=list)
    evidence: list[Row] = field(default_factory=list)
    due: set[bytes] = field(default_factory=set)


def prepare(batch: Batch, caller: Caller, version: str) -> Submission:
    """Work out ids, keys and evidence of statements that passed validation."""
    provider_id = caller.provider_id
    prepared = [_prepared(received, provider_id) for received in batch.statements]
    return Submission(prepared, caller, VERSION_FAMILIES[version])


def _prepared(received: Received, provider_id: int) -> Prepared:
    statement_id = received.id or _new_id()
    return Prepared(
        received,
        statement_id,
        keys.verb_key(received.verb),
        keys.activity_key(received.activity) if received.activity is not None else None,
        evidence_of(received, 0, provider_id=provider_id, statement_id=statement_id),
    )


def _new_id() -> bytes:
    return uuid.UUID(bytes=os.urandom(16), version=4).bytes


@dataclass(frozen=True, slots=True)
class Recorded:
    """Ids in the order the statements came, and the position up to which nothing will appear any more."""

    ids: list[bytes]
    through: int


class Recorder:
    """Writes submissions, those that wait together in one transaction. One for each process."""

    def __init__(self) -> None:
        self._waiting: list[Submission] = []
        self._list = threading.Lock()
        self._turn = threading.Lock()
        self._known: set[bytes] = set()

    def record(self, batch: Batch, caller: Caller, version: str) -> Recorded:
        """Store a request's statements, whole or not at all.

        Returns after the commit. Raises Refusal with status 409 where an id is taken by another statement
        and 403 where a statement voids what belongs to somebody else; nothing is stored then.
        """
        submission = prepare(batch, caller, version)
        with self._list:
            self._waiting.append(submission)
        with self._turn:
            if not submission.done:
                self._write_waiting(submission)
        if submission.error is not None:
            raise submission.error
        return Recorded([statement.id for statement in submission.statements], submission.through)

    def _write_waiting(self, mine: Submission) -> None:
        while not mine.done:
            group = self._take()
            try:
                self._write_together(group)
            finally:
                # Whatever ended this thread: whoever was not written has the error it began with.
                for submission in group:
                    submission.done = True

    def _write_together(self, group: list[Submission]) -> None:
        try:
            self._write(group)
        except UNAVAILABLE as error:
            # Not tried again here: where it was the commit that failed, it may have happened.
            for submission in group:
                submission.error = error
        except Exception as error:
            if len(group) == 1:
                group[0].error = error
                return
            # One request must not fail for its neighbour's sake: each is tried again alone.
            for submission in group:
                self._write_together([submission])

    def _take(self) -> list[Submission]:
        with self._list:
            group, count = [self._waiting.pop(0)], 0
            while self._waiting and count < STATEMENTS_PER_TRANSACTION:
                group.append(self._waiting.pop(0))
                count += len(group[-1].statements)
        return group

    def _write(self, group: Sequence[Submission]) -> None:
        names: tuple[list[Row], ...] = ()
        with database.writing() as connection:
            last = horizon.lock(connection)
            writing = Writing(max(last + 1, clock.now_us()), statements.kept(connection, _asked_ids(group)))
            refusals = [_accept(writing, submission) for submission in group]
            through = writing.position - 1 if writing.statements else last
            if writing.statements:
                names = self._new_names(writing)
                with dialects.few(connection, len(writing.statements)):
                    statements.add_names(connection, *names)
                    statements.add(
                        connection, writing.statements, writing.actors, writing.voidings, writing.references
                    )
                    evidence.add(connection, writing.evidence)
                    evidence.mark_due(connection, through, sorted(writing.due))
                    horizon.move(connection, through)
        # The commit has returned: only now may anybody be told.
        for submission, refusal in zip(group, refusals, strict=True):
            submission.error, submission.through = refusal, through
        self._remember(names)

    def _new_names(self, writing: Writing) -> tuple[list[Row], list[Row], list[Row]]:
        known = self._known
        verbs: dict[bytes, str] = {}
        activities: dict[bytes, str] = {}
        actors: dict[bytes, Identified] = {}
        for statement, _ in writing.accepted.values():
            received = statement.received
            if statement.verb_key not in known:
                verbs[statement.verb_key] = received.verb
            if statement.activity_key is not None and statement.activity_key not in known:
                activities[statement.activity_key] = str(received.activity)
            for iri in (*received.parents, *received.groupings):
                key = keys.activity_key(iri)
                if key not in known:
                    activities[key] = iri
            for actor in (*received.actors, *received.related_actors):
                if actor.key not in known:
                    actors[actor.key] = actor
        return (
            sorted(verbs.items()),
            sorted(activities.items()),
            sorted((key, _storable(a.identifier), _storable(a.name)) for key, a in actors.items()),
        )

    def _remember(self, names: tuple[list[Row], ...]) -> None:
        if len(self._known) > KNOWN_KEYS:
            self._known = set()
        self._known.update(row[0] for rows in names for row in rows)


def _storable(text: str | None) -> str | None:
    # PostgreSQL's text holds no NUL; the body, where it is escaped, keeps it.
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}") if text else text


def _asked_ids(group: Sequence[Submission]) -> list[bytes]:
    """Ids that could be in the store: those that senders chose, and what they void."""
    asked: set[bytes] = set()
    for submission in group:
        for statement in submission.statements:
            if statement.received.id is not None:
                asked.add(statement.id)
            if statement.received.voids is not None:
                asked.add(statement.received.voids)
    return sorted(asked)


def _accept(writing: Writing, submission: Submission) -> Refusal | None:
    """Gather a submission's rows, or say why not and gather nothing of it."""
    faults: list[Fault] = []
    forbidden: list[Fault] = []
    fresh: list[Prepared] = []
    for index, statement in enumerate(submission.statements):
        before = _stored_value(writing, statement.id)
        if before is None:
            fresh.append(statement)
        elif not same(before, statement.received.value):
            faults.append(_conflict(index, statement))
        forbidden += _forbidden_voiding(writing, submission, index, statement)
    if forbidden or faults:
        return Refusal((forbidden or faults)[:50], status=403 if forbidden else 409)
    for statement in fresh:
        _gather(writing, submission, statement)
    return None


def _stored_value(writing: Writing, statement_id: bytes) -> Any:
    if statement_id in writing.accepted:
        return writing.accepted[statement_id][0].received.value
    kept = writing.kept.get(statement_id)
    return None if kept is None else _reread(kept).value


def _reread(kept: statements.Kept) -> Received:
    return read(kept.body.encode(), version=FAMILY_VERSIONS[kept.version]).statements[0]


def _conflict(index: int, statement: Prepared) -> Fault:
    return Fault(
        index,
        "id",
        "id-conflict",
        "expected an id that is not taken; a different statement is stored under this one",
        keys.format_id(statement.id),
        "xAPI-Communication 2.1.1",
    )


def _forbidden_voiding(
    writing: Writing, submission: Submission, index: int, statement: Prepared
) -> list[Fault]:
    """Only a statement's provider, or scope `all`, may void it; one that comes early just has no effect."""
    target = statement.received.voids
    if target is None:
        return []
    if target in writing.accepted:
        owner = writing.accepted[target][1].caller.provider_id
    elif target in writing.kept:
        owner = writing.kept[target].provider_id
    else:
        return []
    if owner == submission.caller.provider_id or submission.caller.has_scope_all:
        return []
    rule = "expected a statement of this provider's own: only its provider may void a statement"
    return [
        Fault(index, "object.id", "voiding-not-permitted", rule, keys.format_id(target), "xAPI-Data 2.3.2")
    ]


def _gather(writing: Writing, submission: Submission, statement: Prepared) -> None:
    received, position, provider_id = statement.received, writing.position, submission.caller.provider_id
    writing.position += 1
    writing.accepted[statement.id] = (statement, submission)
    writing.statements.append(
        (
            statement.id,
            position,
            provider_id,
            submission.caller.credential_id,
            statement.verb_key,
            statement.activity_key,
            received.registration,
            submission.version,
            received.voids is not None,
            _came(received),
            received.text.decode(),
        )
    )
    for related, actors in ((False, received.actors), (True, received.related_actors)):
        writing.actors += [(actor.key, position, statement.id, related) for actor in actors]
    if received.reference is not None:
        writing.references.append((received.reference, statement.id))
    if received.voids is not None:
        writing.voidings.append((received.voids, statement.id, provider_id, submission.caller.has_scope_all))
        _mark_learners_of_target(writing, received.voids)
    if statement.evidence is not None:
        _gather_evidence(writing, statement, statement.evidence, position)


def _came(received: Received) -> int:
    return (
        CAME_ID * (received.id is not None and "id" in received.value)
        + CAME_TIMESTAMP * (received.timestamp_ns is not None)
        + CAME_VERSION * (received.version is not None)
    )


def _mark_learners_of_target(writing: Writing, target: bytes) -> None:
    # A target that comes later marks its own learners, and one of this transaction has done so already.
    if target in writing.kept:
        writing.due.update(learner.key for learner in _reread(writing.kept[target]).learners)


def _gather_evidence(writing: Writing, statement: Prepared, found: Evidence, position: int) -> None:
    received = statement.received
    # Where the sender gave no time, the LRS's stands for it.
    shift = 0 if found.flags & OWN_TIME else position // 1_000_000
    common = (
        statement.id,
        position,
        found.provider_id,
        statement.verb_key,
        statement.activity_key,
        received.registration,
        b"".join(map(keys.activity_key, received.parents)),
        b"".join(map(keys.activity_key, received.groupings)),
        found.at + shift,
        None if found.start is None else found.start + shift,
        found.flags,
        found.digest,
    )
    for learner in received.learners:
        writing.due.add(learner.key)
        writing.evidence.append((learner.key, *common))
