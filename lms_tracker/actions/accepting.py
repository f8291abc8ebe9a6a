"""What a transaction makes of the statements handed to it: which are new, which are refused, and their rows.

The rules that need the store are here: one id is one statement (xAPI-Communication 2.1.1, 2.1.2), and only a
statement's provider may void it. Nothing here touches the database.
"""

import os
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from lms_tracker.actions import attachments, definitions
from lms_tracker.actions.availability import NotWritten
from lms_tracker.actions.quotas import Quotas
from lms_tracker.actions.rights import Caller
from lms_tracker.learning.evidence import (
    OWN_TIME,
    PRESENCE,
    SELF_VOUCHED,
    Evidence,
    evidence_of,
    vouching,
)
from lms_tracker.learning.readings import PRESENT_PROFILES
from lms_tracker.store.dialects import Row
from lms_tracker.store.statements import Kept
from xapi import keys
from xapi.batches import Batch, Received, reread
from xapi.comparison import same
from xapi.faults import Fault, Refusal

VERSION_FAMILIES = {"1.0.3": 10, "2.0.0": 20}
FAMILY_VERSIONS = {family: version for version, family in VERSION_FAMILIES.items()}
# Each learner's evidence names this many parents, and as many groupings; a statement may have any number.
CONTEXT_ACTIVITIES = 50

# Bits of `statements.came`.
CAME_ID, CAME_TIMESTAMP, CAME_VERSION = 1, 2, 4


@dataclass(slots=True)
class Prepared:
    """One statement with everything that can be worked out before the transaction."""

    received: Received
    id: bytes
    verb_key: bytes
    activity_key: bytes | None
    # IRIs beside the object with their keys.
    related_activities: dict[str, bytes]
    # See actions.definitions.
    definitions: dict[str, int]
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
    # Contents that came with the statements, by the SHA-2 that they name.
    contents: Mapping[bytes, bytes] = field(default_factory=dict)
    # How often credentials had changed when the caller was looked up; None where that was just now.
    changes: int | None = None
    # How many of the statements were not stored before.
    new: int = 0
    # Consistent-Through as this submission left it.
    through: int = 0


@dataclass(slots=True)
class Writing:
    """The rows of one transaction while they are gathered."""

    position: int
    kept: Mapping[bytes, Kept]
    # Ids among those asked for that stored statements refer to.
    awaited: Collection[bytes]
    # Of those whose statements these are; None where nobody has a quota.
    quotas: Quotas | None = None
    accepted: dict[bytes, tuple[Prepared, Submission]] = field(default_factory=dict)
    statements: list[Row] = field(default_factory=list)
    actors: list[Row] = field(default_factory=list)
    activities: list[Row] = field(default_factory=list)
    voidings: list[Row] = field(default_factory=list)
    references: list[Row] = field(default_factory=list)
    reached: list[Row] = field(default_factory=list)
    attachments: list[Row] = field(default_factory=list)
    evidence: list[Row] = field(default_factory=list)
    due: set[bytes] = field(default_factory=set)
    # By provider those of whom nothing is said but that they were there, which matters for some readings.
    present: dict[int, set[bytes]] = field(default_factory=dict)


def prepare(
    batch: Batch, caller: Caller, version: str, contents: Mapping[bytes, bytes] | None = None
) -> Submission:
    """Work out ids, keys and evidence of statements that passed validation."""
    prepared = [_prepared(received, caller) for received in batch.statements]
    return Submission(prepared, caller, VERSION_FAMILIES[version], contents=contents or {})


def _prepared(received: Received, caller: Caller) -> Prepared:
    statement_id = received.id or _new_id()
    return Prepared(
        received,
        statement_id,
        keys.verb_key(received.verb),
        keys.activity_key(received.activity) if received.activity is not None else None,
        {iri: keys.activity_key(iri) for iri in received.related_activities},
        definitions.fingerprints(received) if caller.may_define else {},
        evidence_of(received, 0, provider_id=caller.provider_id, statement_id=statement_id),
    )


def _new_id() -> bytes:
    return uuid.UUID(bytes=os.urandom(16), version=4).bytes


def asked_ids(statements: Iterable[Prepared]) -> list[bytes]:
    """Ids that could be in the store: those that senders chose, and what they refer to."""
    asked: set[bytes] = set()
    for statement in statements:
        if statement.received.id is not None:
            asked.add(statement.id)
        if statement.received.reference is not None:
            asked.add(statement.received.reference)
    return sorted(asked)


def accept(writing: Writing, submission: Submission) -> Refusal | None:
    """Gather a submission's rows, or say why not and gather nothing of it."""
    found = [
        examine(writing, submission.caller, index, statement)
        for index, statement in enumerate(submission.statements)
    ]
    faults = [outcome for outcome in found if isinstance(outcome, Fault)]
    if faults:
        conflicts = [fault for fault in faults if fault.rule == "id-conflict"]
        return Refusal((conflicts or faults)[:50], status=409 if conflicts else 403)
    if writing.quotas is not None and (spent := writing.quotas.take(submission.caller, found.count(True))):
        return spent
    for statement, is_new in zip(submission.statements, found, strict=True):
        if is_new:
            _gather(writing, submission, statement)
    submission.new = found.count(True)
    return None


def examine(writing: Writing, caller: Caller, index: int, statement: Prepared) -> bool | Fault:
    """True for a statement that is new, False for one that is stored and the same, or what is wrong."""
    earlier = writing.accepted.get(statement.id)
    kept = writing.kept.get(statement.id)
    if earlier is not None:
        before = earlier[0].received
    elif kept is None:
        return _forbidden_voiding(writing, caller, index, statement) or True
    elif kept.body == statement.received.text.decode():
        return False
    else:
        before = reread_kept(kept)
    return False if same(before.value, statement.received.value) else _conflict(index, statement)


def reread_kept(kept: Kept) -> Received:
    """The facts of a statement that is stored."""
    return reread(kept.body.encode(), FAMILY_VERSIONS[kept.version])


def _conflict(index: int, statement: Prepared) -> Fault:
    return Fault(
        index,
        "id",
        "id-conflict",
        "expected an id that is not taken; a different statement is stored under this one",
        keys.format_id(statement.id),
        "xAPI-Communication 2.1.1",
    )


def _forbidden_voiding(writing: Writing, caller: Caller, index: int, statement: Prepared) -> Fault | None:
    """Only a statement's provider, or scope `all`, may void it; one that comes early just has no effect.

    Asked of new statements alone: a voiding that came early and was stored is a success when sent again.
    """
    target = statement.received.voids
    if target is None:
        return None
    if target in writing.accepted:
        owner = writing.accepted[target][1].caller.provider_id
    elif target in writing.kept:
        owner = writing.kept[target].provider_id
    else:
        return None
    if owner == caller.provider_id or caller.has_scope_all:
        return None
    expected = "expected a statement of this provider's own: only its provider may void a statement"
    return Fault(
        index, "object.id", "voiding-not-permitted", expected, keys.format_id(target), "xAPI-Data 2.3.2"
    )


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
    writing.activities += [(key, position, statement.id) for key in statement.related_activities.values()]
    if received.reference is not None:
        writing.references.append((received.reference, statement.id))
    if received.voids is not None:
        writing.voidings.append((received.voids, statement.id, provider_id, submission.caller.has_scope_all))
        _mark_learners_of_target(writing, received.voids)
    if submission.contents:
        writing.attachments += attachments.rows_of(received, statement.id, submission.contents)
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
        writing.due.update(learner.key for learner in reread_kept(writing.kept[target]).learners)


def _joined_keys(iris: tuple[str, ...]) -> bytes:
    # Matching prefers the smaller IRI, so those that are left out are the ones that would count last.
    return b"".join(map(keys.activity_key, sorted(iris)[:CONTEXT_ACTIVITIES]))


def _gather_evidence(writing: Writing, statement: Prepared, found: Evidence, position: int) -> None:
    keys_of_learners = [learner.key for learner in statement.received.learners]
    if found.flags & PRESENCE and found.profile not in PRESENT_PROFILES:
        writing.present.setdefault(found.provider_id, set()).update(keys_of_learners)
    else:
        writing.due.update(keys_of_learners)
    writing.evidence += evidence_rows(statement, found, position)


def evidence_again(received: Received, statement_id: bytes, provider_id: int, position: int) -> list[Row]:
    """The rows of evidence of a statement that is stored, as if it came now for the first time."""
    found = evidence_of(received, 0, provider_id=provider_id, statement_id=statement_id)
    if found is None:
        return []
    verb_key = keys.verb_key(received.verb)
    activity_key = keys.activity_key(received.activity) if received.activity is not None else None
    prepared = Prepared(received, statement_id, verb_key, activity_key, {}, {}, found)
    return evidence_rows(prepared, found, position)


def evidence_rows(statement: Prepared, found: Evidence, position: int) -> list[Row]:
    """A statement's rows of evidence, one for each learner, in the column order of `schema.evidence`."""
    received = statement.received
    # Where the sender gave no time, the LRS's stands for it.
    shift = 0 if found.flags & OWN_TIME else position // 1_000_000
    before = (
        statement.id,
        position,
        found.provider_id,
        statement.verb_key,
        statement.activity_key,
        received.registration,
        _joined_keys(received.parents),
        _joined_keys(received.groupings),
        found.at + shift,
        None if found.start is None else found.start + shift,
    )
    after = (found.digest, found.profile, found.role, found.session, found.segments)
    teachers = vouching(received)
    return [
        (
            learner.key,
            *before,
            found.flags | SELF_VOUCHED if learner.key in teachers else found.flags,
            *after,
        )
        for learner in received.learners
    ]
