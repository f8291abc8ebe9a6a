"""What becomes of a dispute: a reviewer upholds it, with what follows, or dismisses it with a reason.

What follows an upheld dispute depends on the entry. Of a claim the decision is taken anew. A provider's
statement about somebody else is not for us to change: where the person says "that is not me" the identifier
can be put in dispute, which stops all its time until identity is settled (`linking`); otherwise the statement
is voided, by the service itself with scope `all` and with the dispute's address in it (I4), but never one
that tells of others too, whose time nobody contested. A provider that has voided its statement meanwhile
leaves nothing to do.

The voiding enters by the door of statements, so a decision leaves the dispute due until it is written, as
with claims (`claim_reviews`).
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import claim_reviews, clock, identity, names, own_provider, records, rights
from lms_tracker.actions.accepting import reread_kept
from lms_tracker.actions.claims import WITHDRAWN as CLAIM_WITHDRAWN
from lms_tracker.actions.claims import Changed, NotNow
from lms_tracker.actions.disputes import DISMISSED, NOT_ME, UPHELD, WAITING, Subject, subjects, tidy
from lms_tracker.actions.identity import IdentityRefused, Proof, Step, What
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.reasons import Reason
from lms_tracker.store import cases, claims, database, disputes, due, links, statements
from lms_tracker.store.cases import DISPUTE, CaseStep
from lms_tracker.store.disputes import Dispute
from lms_tracker.store.links import Bar
from xapi.faults import Refusal

log = logs.logger(__name__)

PAGE = 20
LEAST_REASON = 5


class Outcome(StrEnum):
    """What follows an upheld dispute."""

    VOIDED = "voided"
    BARRED = "barred"
    CLAIM = "claim"
    # Its provider had voided the statement already.
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A dispute in the queue, and whose it is."""

    subject: Subject
    name: str


@dataclass(frozen=True, slots=True)
class Queue:
    shown: tuple[Waiting, ...]
    count: int
    page: int
    more: bool


@dataclass(frozen=True, slots=True)
class Review:
    """A dispute with what a reviewer has to weigh; `others` is how many more people the statement tells of.

    `outcomes` are what may follow; none where the viewer may not decide.
    """

    subject: Subject
    person_key: bytes
    name: str
    steps: tuple[CaseStep, ...]
    claim_steps: tuple[CaseStep, ...]
    others: int
    is_voided: bool
    outcomes: tuple[Outcome, ...]
    may_decide: bool


def queue(viewer: Viewer, page: int = 1) -> Queue:
    """Disputes that wait for this reviewer, those due first, a page of them; the look is logged.

    Raises rights.NotAllowed.
    """
    rights.demand_somewhere(viewer, Right.REVIEW)
    reach = rights.reach(viewer, Right.REVIEW)
    with database.reading() as connection:
        besides = [identity.current(connection, viewer.key), viewer.key]
        found = disputes.waiting(connection, reach, besides, PAGE + 1, (page - 1) * PAGE)
        count = disputes.count_waiting(connection, reach, besides)
        more, found = len(found) > PAGE, found[:PAGE]
        owners = due.person_keys(connection, [dispute.person_key for dispute in found])
        known = names.of(connection, sorted(set(owners.values())))
        told = subjects(connection, found)
    records.log_looks(viewer, set(owners.values()), "disputes")
    shown = tuple(Waiting(one, known.get(owners[one.dispute.person_key], "")) for one in told)
    return Queue(shown, count, page, more)


def review(viewer: Viewer, dispute_id: int) -> Review:
    """A dispute for who may review its owner; the look is logged. Raises rights.NotAllowed and NotFound."""
    with database.reading() as connection:
        dispute = disputes.by_id(connection, dispute_id)
        if dispute is None:
            raise NotFound
        owner = identity.current(connection, dispute.person_key)
        rights.demand_over(connection, viewer, Right.REVIEW, owner)
        (subject,) = subjects(connection, [dispute])
        claim_id = dispute.claim_id
        may_decide = dispute.state == WAITING and _is_stranger(connection, viewer, dispute)
        others, is_voided = _others(connection, dispute), _is_voided(connection, dispute)
        found = Review(
            subject=subject,
            person_key=owner,
            name=names.of(connection, [owner]).get(owner, ""),
            steps=tuple(cases.steps(connection, DISPUTE, [dispute_id])[dispute_id]),
            claim_steps=()
            if claim_id is None
            else tuple(cases.steps(connection, cases.CLAIM, [claim_id])[claim_id]),
            others=others,
            is_voided=is_voided,
            outcomes=_outcomes(connection, dispute, others, is_voided=is_voided) if may_decide else (),
            may_decide=may_decide,
        )
    records.log_look(viewer, owner, f"dispute {dispute_id}")
    return found


def _is_stranger(connection: Connection, viewer: Viewer, dispute: Dispute) -> bool:
    """Whether the viewer neither contests anything here nor entered what is contested."""
    parties = [dispute.person_key, dispute.made_by]
    claim = None if dispute.claim_id is None else claims.by_id(connection, dispute.claim_id)
    if claim is not None:
        parties.append(claim.made_by)
    return not identity.is_any_of(connection, viewer.key, parties)


def _outcomes(
    connection: Connection, dispute: Dispute, others: int, *, is_voided: bool
) -> tuple[Outcome, ...]:
    if dispute.claim_id is not None:
        claim = claims.by_id(connection, dispute.claim_id)
        return () if claim is None or claim.state == CLAIM_WITHDRAWN else (Outcome.CLAIM,)
    if is_voided:
        return (Outcome.PROVIDER,)
    found = [] if others else [Outcome.VOIDED]
    if dispute.about == NOT_ME and _actors_named(connection, dispute):
        found.insert(0, Outcome.BARRED)
    return tuple(found)


def _others(connection: Connection, dispute: Dispute) -> int:
    """Of how many people beside the dispute's owner the statement tells."""
    if dispute.statement_id is None or dispute.claim_id is not None:
        return 0
    kept = statements.kept(connection, [dispute.statement_id]).statements.get(dispute.statement_id)
    if kept is None:
        return 0
    owner = identity.current(connection, dispute.person_key)
    learners = due.person_keys(connection, [learner.key for learner in reread_kept(kept).learners])
    return len(set(learners.values()) - {owner})


def _is_voided(connection: Connection, dispute: Dispute) -> bool:
    return dispute.statement_id is not None and disputes.is_voided(
        connection, dispute.statement_id, dispute.provider_id
    )


def _actors_named(connection: Connection, dispute: Dispute) -> list[bytes]:
    """The identifiers linked to the owner under which the statement tells of them."""
    if dispute.statement_id is None:
        return []
    kept = statements.kept(connection, [dispute.statement_id]).statements.get(dispute.statement_id)
    if kept is None:
        return []
    owner = identity.current(connection, dispute.person_key)
    holders = links.holders(connection, [learner.key for learner in reread_kept(kept).learners])
    return [key for key, holder in holders.items() if holder == owner]


def dismiss(viewer: Viewer, dispute_id: int, revision: int, reason: str) -> None:
    """Leave the entry as it stands. Raises NotNow, Changed, NotFound and rights.NotAllowed."""
    reason = _reason(reason)
    with database.writing() as connection:
        dispute = _seen(connection, viewer, dispute_id, revision)
        _put(connection, viewer, dispute, DISMISSED, reason)


def uphold(
    viewer: Viewer, dispute_id: int, revision: int, outcome: str, reason: str, seconds: int | None = None
) -> None:
    """Say that the owner is right, and do what follows; `seconds` are those of a claim from now on.

    Raises NotNow, Changed, NotFound and rights.NotAllowed.
    """
    reason = _reason(reason)
    with database.reading() as connection:
        dispute = _seen(connection, viewer, dispute_id, revision)
        claim_id = dispute.claim_id
    if claim_id is not None:
        claim_reviews.settle_one(claim_id)
    with database.writing() as connection:
        # Before anything else is locked: who changes identities takes this lock first.
        now = identity.begin(connection)
        dispute = _seen(connection, viewer, dispute_id, revision)
        is_voided = _is_voided(connection, dispute)
        if outcome not in _outcomes(connection, dispute, _others(connection, dispute), is_voided=is_voided):
            raise NotNow("outcome")
        if outcome == Outcome.CLAIM:
            _decide_claim(connection, viewer, dispute, seconds, reason)
        elif outcome == Outcome.BARRED:
            _bar(connection, now, dispute, reason)
        _put(connection, viewer, dispute, UPHELD, reason, outcome=outcome, is_due=outcome == Outcome.VOIDED)
    if claim_id is not None:
        claim_reviews.settle_one(claim_id)
    settle_one(dispute_id)


def _decide_claim(
    connection: Connection, viewer: Viewer, dispute: Dispute, seconds: int | None, reason: str
) -> None:
    claim = None if dispute.claim_id is None else claims.by_id(connection, dispute.claim_id)
    if claim is None or seconds is None or not 0 <= seconds <= claim.seconds:
        raise NotNow("seconds")
    if seconds == claim.accepted_seconds:
        raise NotNow("seconds-same")
    claim_reviews.put(connection, claim, seconds, viewer.key, reason)


def _bar(connection: Connection, now: int, dispute: Dispute, reason: str) -> None:
    """Put the identifiers in dispute, in the words of the person who denies them."""
    actors = _actors_named(connection, dispute)
    owner = identity.current(connection, dispute.person_key)
    is_own = identity.current(connection, dispute.made_by) == owner
    proof = Proof.OWN_WORD if is_own else Proof.SEEN
    step = Step(proof, dispute.made_by, note=reason[: identity.MOST_CHARACTERS])
    changed: set[bytes] = set()
    for actor_key in actors:
        changed.update(identity.forms_held(connection, actor_key, owner))
    known = links.bars(connection, sorted(changed))
    for key in sorted(changed - known.keys()):
        links.bar(connection, Bar(key, Reason.IDENTITY_DISPUTED, None, step.note, dispute.made_by, now))
        links.note(connection, [step.event(What.DENIED, key, owner, now)])
    identity.mark_changed(connection, now, changed)


def _reason(text: str) -> str:
    text = tidy(text)
    if len(text) < LEAST_REASON:
        raise NotNow("reason")
    return text


def _seen(connection: Connection, viewer: Viewer, dispute_id: int, revision: int) -> Dispute:
    """The dispute, if it waits as it was seen and the viewer may decide about it."""
    dispute = disputes.by_id(connection, dispute_id)
    if dispute is None:
        raise NotFound
    owner = identity.current(connection, dispute.person_key)
    rights.demand_over(connection, viewer, Right.REVIEW, owner)
    rights.demand(_is_stranger(connection, viewer, dispute))
    if dispute.revision != revision:
        raise Changed
    if dispute.state != WAITING:
        raise NotNow("not-waiting")
    return dispute


def _put(
    connection: Connection, viewer: Viewer, dispute: Dispute, state: str, reason: str, **more: object
) -> None:
    now = clock.now_us()
    changes = {"state": state, "decided_us": now, "decided_by": viewer.key, **more}
    if not disputes.change(connection, dispute, **changes):
        raise Changed
    what = f"{state}-{more['outcome']}" if more.get("outcome") else state
    cases.add_step(connection, (DISPUTE, dispute.id), what, now, viewer.key, note=reason)


def settle_one(dispute_id: int) -> None:
    with database.reading() as connection:
        dispute = disputes.by_id(connection, dispute_id)
    if dispute is not None and dispute.is_due:
        settle(dispute)


def settle(dispute: Dispute) -> None:
    """Write the voiding that was decided, and that it was. Safe to do twice, and to be killed in."""
    if dispute.statement_id is not None:
        own_provider.void_for_dispute(dispute.statement_id, f"/disputes/{dispute.id}")
    with database.writing() as connection:
        disputes.settled(connection, dispute)


def settle_due() -> int:
    """Settle the disputes that nobody has settled, as the jobs do; answers how many."""
    with database.reading() as connection:
        waiting = disputes.due(connection)
    done = 0
    for dispute in waiting:
        try:
            settle(dispute)
            done += 1
        except (Refusal, IdentityRefused) as error:
            log.error("a dispute could not be settled", dispute=dispute.id, kind=type(error).__name__)
    return done
