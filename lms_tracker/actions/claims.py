"""Claims: what a citizen declares of offline learning, with its proofs, until it is handed in or withdrawn.

A claim begins as a draft, so that nothing that was typed is lost with a picture that could not be sent. An
officer may enter one for somebody without a telephone; it is marked as such, and its owner sees it. What a
reviewer makes of it is in `claim_reviews`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import IO

from flask import current_app
from sqlalchemy import Connection

from lms_tracker.actions import (
    catalogue,
    clock,
    contents,
    identity,
    names,
    own_provider,
    proofs,
    records,
    rights,
)
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.claims import Bounds, Declared, read
from lms_tracker.learning.claims import ClaimRefused as ClaimRefused
from lms_tracker.learning.days import local_days
from lms_tracker.learning.late import Closing
from lms_tracker.learning.reasons import Reason
from lms_tracker.store import cases, claims, database, due
from lms_tracker.store import records as rows
from lms_tracker.store.cases import CLAIM, CaseStep
from lms_tracker.store.claims import Claim, Proof

MOST_PROOFS = 5
# Drafts and claims that wait, of one person.
MOST_OPEN = 30
DRAFT, WAITING, ACCEPTED, REDUCED, REFUSED, WITHDRAWN = (
    "draft",
    "waiting",
    "accepted",
    "reduced",
    "refused",
    "withdrawn",
)


class Changed(Exception):
    """Somebody else changed the case first; what was meant for what stood before is not done."""


class NotNow(Exception):
    """What cannot be done with a case as it stands; `rule` says why, in the words of `web.claims`."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Page:
    """A claim as its owner, or the officer who entered it, sees it."""

    claim: Claim
    name: str
    entered_by: str
    is_own: bool
    may_edit: bool
    may_withdraw: bool
    proofs: tuple[Proof, ...]
    steps: tuple[CaseStep, ...]
    # Of what was accepted, the seconds that the policy's caps of declared hours leave out.
    over_seconds: int


def bounds() -> Bounds:
    """What may be claimed now: of years that are open, and of a day no more than is ever credited."""
    with database.reading() as connection:
        policy, now = catalogue.policy(connection), clock.now_us()
    closing = Closing(local_days(policy.timezone), policy.closes, policy.first_closed_year)
    today = clock.today()
    first = today.year
    while first > today.year - 5 and not closing.booked(date(first - 1, 12, 31).toordinal(), now):
        first -= 1
    caps = policy.declared_cap, policy.declared_year_cap
    return Bounds(today, date(first, 1, 1), policy.day_cap, *caps)


def begin(viewer: Viewer, form: Mapping[str, str], form_key: bytes, person_key: bytes | None = None) -> int:
    """Make a draft of what a form declares; answers its number, the same for the same form.

    `person_key` is of somebody else, for whom an officer enters it. Raises ClaimRefused, rights.NotAllowed,
    and NotNow where the person has too many that are open.
    """
    with database.reading() as connection:
        _demand_enterable(connection, viewer, person_key)
    declared = read(form, bounds())
    own_provider.number()
    with database.writing() as connection:
        now = identity.begin(connection)
        maker = identity.current(connection, viewer.key)
        owner = maker if person_key is None else _demand_enterable(connection, viewer, person_key)
        if claims.count_open(connection, due.actor_keys(connection, [owner])[owner]) >= MOST_OPEN:
            raise NotNow("too-many")
        own_provider.enrol(connection, now, owner)
        number = _add(connection, declared, form_key, owner, maker, is_assisted=person_key is not None)
        if number is None:
            before = claims.by_form(connection, form_key)
            # Of a form that somebody else drew, nothing is told.
            if before is None or before.made_by != maker or before.person_key != owner:
                raise NotNow("form")
            return before.id
        what = "begun" if person_key is None else "entered"
        cases.add_step(connection, (CLAIM, number), what, clock.now_us(), viewer.key)
    return number


def _demand_enterable(connection: Connection, viewer: Viewer, person_key: bytes | None) -> bytes:
    """For whom the viewer may make a claim: themselves, or as an officer somebody else.

    Raises rights.NotAllowed, and NotFound where there is no such person.
    """
    mine = identity.current(connection, viewer.key)
    if person_key is None:
        return mine
    owner = identity.current(connection, person_key)
    rights.demand(owner != mine)
    rights.demand_over(connection, viewer, Right.ENTER, owner)
    if owner not in names.of(connection, [owner]):
        raise NotFound
    return owner


def _add(
    connection: Connection,
    declared: Declared,
    form_key: bytes,
    owner: bytes,
    maker: bytes,
    *,
    is_assisted: bool,
) -> int | None:
    return claims.add(
        connection,
        form_key,
        {
            "person_key": owner,
            "category": declared.category,
            "title": declared.title,
            "taught_by": declared.taught_by,
            "first_day": declared.first_day,
            "last_day": declared.last_day,
            "seconds": declared.seconds,
            "description": declared.description,
            "state": DRAFT,
            "made_us": clock.now_us(),
            "made_by": maker,
            "is_assisted": is_assisted,
        },
    )


def add_proof(viewer: Viewer, claim_id: int, name: str, file: IO[bytes]) -> None:
    """Put a picture or PDF to a draft; the same one again changes nothing.

    Raises ProofRefused, NotNow, Changed, NotFound and rights.NotAllowed.
    """
    with database.reading() as connection:
        claim = _editable(connection, viewer, claim_id)
        if len(claims.proofs(connection, [claim_id])[claim_id]) >= MOST_PROOFS:
            raise NotNow("proofs-many")
        _demand_room(connection, claim, 0)
    kept = proofs.keep(name, file)
    with database.writing() as connection:
        claim = _editable(connection, viewer, claim_id)
        if not claims.change(connection, claim):
            raise Changed
        there = claims.proofs(connection, [claim_id])[claim_id]
        if any(proof.content_key == kept.content_key for proof in there):
            return
        if len(there) >= MOST_PROOFS:
            raise NotNow("proofs-many")
        _demand_room(connection, claim, kept.size)
        number = max((proof.number for proof in there), default=0) + 1
        proof = Proof(number, kept.content_key, kept.content_type, kept.name, kept.size)
        claims.add_proof(connection, claim_id, proof)


def _demand_room(connection: Connection, claim: Claim, size: int) -> None:
    """Raise NotNow where a proof of this size makes the owner's drafts larger together than they may be."""
    owner = identity.current(connection, claim.person_key)
    taken = claims.draft_bytes(connection, due.actor_keys(connection, [owner])[owner])
    if taken + size > current_app.config["SETTINGS"].draft_mb * 1024**2:
        raise NotNow("proofs-full")


def remove_proof(viewer: Viewer, claim_id: int, number: int) -> None:
    """Take a proof off a draft. Raises Changed, NotFound and rights.NotAllowed."""
    with database.writing() as connection:
        claim = _editable(connection, viewer, claim_id)
        if not claims.change(connection, claim):
            raise Changed
        for proof in claims.proofs(connection, [claim_id])[claim_id]:
            if proof.number == number:
                claims.remove_proof(connection, claim_id, number)
                contents.let_go(connection, proof.content_key)


def hand_in(viewer: Viewer, claim_id: int) -> None:
    """Send a draft with its proofs to the reviewers; one that was sent already stays so.

    Raises NotNow where there is no proof or its year has closed, Changed, NotFound and rights.NotAllowed.
    """
    first_open = bounds().first_open
    with database.writing() as connection:
        claim = _known(connection, claim_id)
        _demand_maker(connection, viewer, claim)
        if claim.state == WAITING:
            return
        if claim.state != DRAFT:
            raise NotNow("sent")
        if not claims.proofs(connection, [claim_id])[claim_id]:
            raise NotNow("proofs-none")
        if claim.first_day < first_open:
            raise NotNow("closed")
        now = clock.now_us()
        if not claims.change(connection, claim, state=WAITING, made_us=now):
            if _known(connection, claim_id).state == WAITING:
                # The button was pressed twice, and the other press was faster.
                return
            raise Changed
        cases.add_step(connection, (CLAIM, claim_id), "sent", now, viewer.key, seconds=claim.seconds)


def one(viewer: Viewer, claim_id: int) -> Page:
    """A claim for its owner, or for the officer who entered it, whose look is logged.

    Raises NotFound, also for everybody else: whether there is one is nobody else's affair.
    """
    with database.reading() as connection:
        claim = _known(connection, claim_id)
        is_own = _is_own(connection, viewer, claim)
        if not is_own and not is_maker(connection, viewer, claim):
            raise NotFound
        owner = identity.current(connection, claim.person_key)
        known = names.of(connection, [owner, claim.made_by])
        page = Page(
            claim=claim,
            name=known.get(owner, ""),
            entered_by=known.get(claim.made_by, "") if claim.is_assisted else "",
            is_own=is_own,
            may_edit=claim.state == DRAFT and is_maker(connection, viewer, claim),
            may_withdraw=claim.state not in (REFUSED, WITHDRAWN)
            and (is_own or claim.state in (DRAFT, WAITING)),
            proofs=tuple(claims.proofs(connection, [claim_id])[claim_id]),
            steps=tuple(cases.steps(connection, CLAIM, [claim_id])[claim_id]),
            over_seconds=_over(connection, claim, owner),
        )
    if not is_own:
        records.log_look(viewer, owner, f"claim {claim_id}")
    return page


def _over(connection: Connection, claim: Claim, owner: bytes) -> int:
    if claim.statement_id is None:
        return 0
    booked = rows.booked_days(connection, owner, claim.statement_id)
    pieces = rows.pieces(connection, owner, booked, [claim.statement_id])
    return sum(piece.seconds for piece in pieces if piece.reason == Reason.OVER_A_CAP)


def mine(viewer: Viewer) -> list[Claim]:
    """The viewer's own claims, under whatever keys of theirs, the newest first."""
    with database.reading() as connection:
        person = identity.current(connection, viewer.key)
        return claims.of_persons(connection, due.actor_keys(connection, [person])[person])


def drafts(viewer: Viewer) -> list[tuple[Claim, str]]:
    """What an officer entered for others and has not handed in, each with the owner's name.

    Raises rights.NotAllowed.
    """
    rights.demand_somewhere(viewer, Right.ENTER)
    with database.reading() as connection:
        maker = identity.current(connection, viewer.key)
        found = claims.drafts_by(connection, [maker])
        owners = {claim.id: identity.current(connection, claim.person_key) for claim in found}
        reached = [claim for claim in found if rights.may(connection, viewer, Right.ENTER, owners[claim.id])]
        known = names.of(connection, sorted(set(owners.values())))
    records.log_looks(viewer, {owners[claim.id] for claim in reached}, "claims")
    return [(claim, known.get(owners[claim.id], "")) for claim in reached]


def may_enter(viewer: Viewer, person_key: bytes) -> bool:
    """Whether the viewer may make claims for this other person."""
    with database.reading() as connection:
        owner = identity.current(connection, person_key)
        return owner != identity.current(connection, viewer.key) and rights.may(
            connection, viewer, Right.ENTER, owner
        )


def for_whom(viewer: Viewer, person_key: bytes) -> str:
    """The name of somebody for whom an officer is about to enter a claim; the look is logged.

    Raises rights.NotAllowed and NotFound.
    """
    with database.reading() as connection:
        owner = _demand_enterable(connection, viewer, person_key)
        name = names.of(connection, [owner])[owner]
    records.log_look(viewer, owner, "claims")
    return name


def proof(viewer: Viewer, claim_id: int, number: int) -> tuple[Proof, Iterator[bytes]]:
    """A proof and its data, for the claim's owner, who entered it, and who may review it.

    Raises NotFound, and contents.Missing.
    """
    with database.reading() as connection:
        claim = _known(connection, claim_id)
        owner = identity.current(connection, claim.person_key)
        if not (
            _is_own(connection, viewer, claim)
            or is_maker(connection, viewer, claim)
            or (was_handed_in(connection, claim) and rights.may(connection, viewer, Right.REVIEW, owner))
        ):
            raise NotFound
        found = [one for one in claims.proofs(connection, [claim_id])[claim_id] if one.number == number]
    if not found:
        raise NotFound
    if not _same_person(viewer, owner):
        records.log_look(viewer, owner, f"proof {claim_id}")
    return found[0], contents.read(found[0].content_key)


def was_handed_in(connection: Connection, claim: Claim) -> bool:
    """Whether a claim ever was for reviewers to see: a draft is not, nor one that was withdrawn as such."""
    if claim.state != WITHDRAWN:
        return claim.state != DRAFT
    return any(step.what == "sent" for step in cases.steps(connection, CLAIM, [claim.id])[claim.id])


# --- who a claim is for ----------------------------------------------------------------------------------


def _same_person(viewer: Viewer, person_key: bytes) -> bool:
    with database.reading() as connection:
        return identity.current(connection, viewer.key) == person_key


def _known(connection: Connection, claim_id: int) -> Claim:
    claim = claims.by_id(connection, claim_id)
    if claim is None:
        raise NotFound
    return claim


def _is_own(connection: Connection, viewer: Viewer, claim: Claim) -> bool:
    return identity.current(connection, claim.person_key) == identity.current(connection, viewer.key)


def is_maker(connection: Connection, viewer: Viewer, claim: Claim) -> bool:
    """Whether the viewer made it, and, if for somebody else, may still do so."""
    if identity.current(connection, claim.made_by) != identity.current(connection, viewer.key):
        return False
    owner = identity.current(connection, claim.person_key)
    return not claim.is_assisted or rights.may(connection, viewer, Right.ENTER, owner)


def _demand_maker(connection: Connection, viewer: Viewer, claim: Claim) -> None:
    if not is_maker(connection, viewer, claim):
        raise NotFound


def _editable(connection: Connection, viewer: Viewer, claim_id: int) -> Claim:
    claim = _known(connection, claim_id)
    _demand_maker(connection, viewer, claim)
    if claim.state != DRAFT:
        raise NotNow("sent")
    return claim
