"""What becomes of a claim: a reviewer accepts, reduces or refuses it, its owner withdraws it.

A decision is one transaction, and of two that were made of the same state one wins (the claim's revision). It
cannot hold the statement that says what was accepted, because statements have a door of their own. So it
leaves the claim due, with the id of that statement and of the one it replaces, and `settle` writes both: at
once, or after a crash by the jobs, as often as it takes. A claim that is due is settled before it is decided
anew, so that no statement is ever forgotten.
"""

import os
import uuid
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, contents, identity, names, own_provider, records, rights
from lms_tracker.actions.claims import (
    ACCEPTED,
    DRAFT,
    REDUCED,
    REFUSED,
    WAITING,
    WITHDRAWN,
    Changed,
    NotNow,
    is_maker,
    was_handed_in,
)
from lms_tracker.actions.disputes import tidy
from lms_tracker.actions.identity import IdentityRefused
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.records import Hours, together
from lms_tracker.store import cases, claims, database, due
from lms_tracker.store import records as rows
from lms_tracker.store.cases import CLAIM, CaseStep
from lms_tracker.store.claims import Claim, Proof
from xapi.faults import Refusal

log = logs.logger(__name__)

PAGE = 20
# Days on which a review shows what else was credited.
MOST_DAYS = 31
LEAST_REASON = 5


@dataclass(frozen=True, slots=True)
class Waiting:
    """A claim in the queue, and whose it is."""

    claim: Claim
    name: str
    proofs: int


@dataclass(frozen=True, slots=True)
class Queue:
    shown: tuple[Waiting, ...]
    count: int
    page: int
    more: bool


@dataclass(frozen=True, slots=True)
class Review:
    """A claim with what a reviewer has to weigh.

    `others` are the person's other claims of the same days, `days` what stands credited on them: ordinals
    with seconds, this claim's own aside. `may_decide` is False for who may only look.
    """

    claim: Claim
    person_key: bytes
    name: str
    entered_by: str
    proofs: tuple[Proof, ...]
    steps: tuple[CaseStep, ...]
    others: tuple[Claim, ...]
    days: tuple[tuple[int, Hours], ...]
    may_decide: bool


def queue(viewer: Viewer, page: int = 1) -> Queue:
    """Claims that wait for this reviewer, the oldest first, a page of them; the look is logged.

    Raises rights.NotAllowed.
    """
    rights.demand_somewhere(viewer, Right.REVIEW)
    reach = rights.reach(viewer, Right.REVIEW)
    with database.reading() as connection:
        besides = [identity.current(connection, viewer.key), viewer.key]
        found = claims.waiting(connection, reach, besides, PAGE + 1, (page - 1) * PAGE)
        count = claims.count_waiting(connection, reach, besides)
        more, found = len(found) > PAGE, found[:PAGE]
        owners = due.person_keys(connection, [claim.person_key for claim in found])
        known = names.of(connection, sorted(set(owners.values())))
        attached = claims.proofs(connection, [claim.id for claim in found])
    records.log_looks(viewer, set(owners.values()), "claims")
    shown = tuple(
        Waiting(claim, known.get(owners[claim.person_key], ""), len(attached[claim.id])) for claim in found
    )
    return Queue(shown, count, page, more)


def review(viewer: Viewer, claim_id: int) -> Review:
    """A claim that was handed in, for who may review its owner; the look is logged.

    Raises rights.NotAllowed and NotFound.
    """
    with database.reading() as connection:
        claim = claims.by_id(connection, claim_id)
        if claim is None or not was_handed_in(connection, claim):
            raise NotFound
        owner = identity.current(connection, claim.person_key)
        rights.demand_over(connection, viewer, Right.REVIEW, owner)
        actors = due.actor_keys(connection, [owner])[owner]
        known = names.of(connection, [owner, claim.made_by])
        found = Review(
            claim=claim,
            person_key=owner,
            name=known.get(owner, ""),
            entered_by=known.get(claim.made_by, "") if claim.is_assisted else "",
            proofs=tuple(claims.proofs(connection, [claim_id])[claim_id]),
            steps=tuple(cases.steps(connection, CLAIM, [claim_id])[claim_id]),
            others=tuple(claims.of_days(connection, actors, claim.first_day, claim.last_day, claim_id)),
            days=_credited(connection, claim, owner),
            may_decide=claim.state != WITHDRAWN and _is_stranger(connection, viewer, claim),
        )
    records.log_look(viewer, owner, f"claim {claim_id}")
    return found


def _credited(connection: Connection, claim: Claim, owner: bytes) -> tuple[tuple[int, Hours], ...]:
    first = max(claim.first_day, claim.last_day - timedelta(days=MOST_DAYS - 1)).toordinal()
    by_day: dict[int, list[rows.Sum]] = {}
    for sum_ in rows.sums(connection, owner, first, claim.last_day.toordinal()):
        by_day.setdefault(sum_.day, []).append(sum_)
    found = [(day, together(sums)) for day, sums in sorted(by_day.items())]
    if claim.statement_id is not None:
        last = claim.last_day.toordinal()
        own = rows.pieces(connection, owner, [last], [claim.statement_id])
        taken = sum(piece.seconds for piece in own if piece.reason == 0)
        found = [
            (day, replace(sum_, nominal=sum_.nominal - taken) if day == last else sum_) for day, sum_ in found
        ]
    return tuple((day, sum_) for day, sum_ in found if sum_.total)


def _is_stranger(connection: Connection, viewer: Viewer, claim: Claim) -> bool:
    """Whether a claim is neither the viewer's own nor entered by them, under any of their keys."""
    return not identity.is_any_of(connection, viewer.key, (claim.person_key, claim.made_by))


def demand_reviewer(connection: Connection, viewer: Viewer, claim: Claim) -> None:
    """Raise rights.NotAllowed unless the viewer may decide about this claim."""
    owner = identity.current(connection, claim.person_key)
    rights.demand_over(connection, viewer, Right.REVIEW, owner)
    rights.demand(_is_stranger(connection, viewer, claim))


def decide(viewer: Viewer, claim_id: int, revision: int, seconds: int, reason: str) -> None:
    """Accept so much of a claim: all, less, or with 0 nothing.

    `revision` is of the claim as the reviewer saw it. Anything but accepting all of it at first sight needs a
    reason, which its owner reads. Raises NotNow, Changed, NotFound and rights.NotAllowed.
    """
    reason = tidy(reason)
    with database.reading() as connection:
        claim = _seen(connection, claim_id, revision)
        demand_reviewer(connection, viewer, claim)
    if claim.state in (DRAFT, WITHDRAWN):
        raise NotNow("not-waiting")
    if not 0 <= seconds <= claim.seconds:
        raise NotNow("seconds")
    if (seconds < claim.seconds or claim.state != WAITING) and len(reason) < LEAST_REASON:
        raise NotNow("reason")
    if claim.is_due:
        settle(claim)
    with database.writing() as connection:
        claim = _seen(connection, claim_id, revision)
        demand_reviewer(connection, viewer, claim)
        put(connection, claim, seconds, viewer.key, reason)
    settle_one(claim_id)


def withdraw(viewer: Viewer, claim_id: int, revision: int) -> None:
    """Take a claim back, for its owner at any time, for who entered it, and still may, until it is decided.

    What was credited for it is taken back. Raises NotNow, Changed and NotFound.
    """
    with database.reading() as connection:
        claim = _seen(connection, claim_id, revision)
    if claim.is_due:
        settle(claim)
    with database.writing() as connection:
        claim = _seen(connection, claim_id, revision)
        mine = identity.current(connection, viewer.key)
        is_own = mine == identity.current(connection, claim.person_key)
        may_as_maker = claim.state in (DRAFT, WAITING) and is_maker(connection, viewer, claim)
        if not is_own and not may_as_maker:
            raise NotFound
        if claim.state in (REFUSED, WITHDRAWN):
            raise NotNow("not-waiting")
        voids = claim.statement_id
        changes = {"state": WITHDRAWN, "accepted_seconds": None, "statement_id": None, "voids_id": voids}
        if claim.is_due or not claims.change(connection, claim, **changes, is_due=voids is not None):
            raise Changed
        if claim.state == DRAFT:
            # Nobody has seen it: nothing of what was to prove it is kept.
            for proof in claims.proofs(connection, [claim_id])[claim_id]:
                claims.remove_proof(connection, claim_id, proof.number)
                contents.let_go(connection, proof.content_key)
        cases.add_step(connection, (CLAIM, claim_id), "withdrawn", clock.now_us(), viewer.key)
    settle_one(claim_id)


def put(connection: Connection, claim: Claim, seconds: int, by_person: bytes, note: str) -> None:
    """Write a decision that a claim stands with so many seconds; `settle` has to follow.

    Raises Changed where somebody else was faster, or an earlier decision is not settled.
    """
    state = ACCEPTED if seconds == claim.seconds else REDUCED if seconds else REFUSED
    changes = {
        "state": state,
        "accepted_seconds": seconds,
        "decided_us": clock.now_us(),
        "decided_by": by_person,
    }
    if seconds != (claim.accepted_seconds or 0):
        new = uuid.UUID(bytes=os.urandom(16), version=4).bytes if seconds else None
        changes |= {"statement_id": new, "voids_id": claim.statement_id, "is_due": True}
    if claim.is_due or not claims.change(connection, claim, **changes):
        raise Changed
    now = clock.now_us()
    cases.add_step(connection, (CLAIM, claim.id), state, now, by_person, note=note, seconds=seconds)


def settle_one(claim_id: int) -> None:
    with database.reading() as connection:
        claim = claims.by_id(connection, claim_id)
    if claim is not None and claim.is_due:
        settle(claim)


def settle(claim: Claim) -> None:
    """Write what was decided as statements, and that it was. Safe to do twice, and to be killed in."""
    if claim.voids_id is not None:
        own_provider.void(claim.voids_id)
    if claim.statement_id is not None and claim.accepted_seconds:
        own_provider.record(
            own_provider.Declaration(
                claim.statement_id,
                claim.person_key,
                claim.category,
                f"/claims/{claim.id}",
                claim.title,
                claim.last_day,
                claim.accepted_seconds,
            )
        )
    with database.writing() as connection:
        claims.settled(connection, claim)


def settle_due() -> int:
    """Settle the claims that nobody has settled, as the jobs do; answers how many."""
    with database.reading() as connection:
        waiting = claims.due(connection)
    done = 0
    for claim in waiting:
        try:
            settle(claim)
            done += 1
        except (Refusal, IdentityRefused) as error:
            # The others must not wait for it; it is tried again each time, and told each time.
            log.error("a claim could not be settled", claim=claim.id, kind=type(error).__name__)
    return done


def _seen(connection: Connection, claim_id: int, revision: int) -> Claim:
    """The claim, if it still is as it was seen. Raises Changed and NotFound."""
    claim = claims.by_id(connection, claim_id)
    if claim is None:
        raise NotFound
    if claim.revision != revision:
        raise Changed
    return claim
