"""What people do with identifiers: officers link by sight, holders let go or deny, reviewers settle.

How somebody proves an identifier by a code, a letter or a provider's address is in `actions.proving`.
"""

from enum import StrEnum

from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import identity, rights
from lms_tracker.actions.identity import IdentityRefused, Outcome, Proof, Step, What
from lms_tracker.actions.rights import NotAllowed, Right, Viewer
from lms_tracker.learning.reasons import Reason
from lms_tracker.store import database, due, links, people
from lms_tracker.store.links import Bar
from xapi.actors import Identified

log = logs.logger(__name__)


class Decision(StrEnum):
    """How a reviewer settles who an identifier belongs to."""

    KEEP = "keep"
    GIVE = "give"
    RELEASE = "release"


def link_by_sight(viewer: Viewer, person_key: bytes, identifier: Identified, why: str) -> Outcome:
    """Link what an officer who has seen the person vouches for. Raises NotAllowed and IdentityRefused."""
    why = reason(why)
    with database.writing() as connection:
        now = identity.begin(connection)
        person_key = identity.current(connection, person_key)
        rights.demand_over(connection, viewer, Right.ENTER, person_key)
        step = Step(Proof.SEEN, by_person=viewer.key, note=why)
        outcome = identity.attach(connection, now, identifier, person_key, step)
    log.info("identifier linked by sight", outcome=outcome.value)
    return outcome


def link_by_command(person_key: bytes, identifier: Identified, why: str) -> Outcome:
    """Link what those who run the service vouch for. Raises IdentityRefused."""
    with database.writing() as connection:
        now = identity.begin(connection)
        step = Step(Proof.COMMAND, note=reason(why))
        outcome = identity.attach(connection, now, identifier, person_key, step)
    log.info("identifier linked by command", outcome=outcome.value)
    return outcome


def unlink(viewer: Viewer, person_key: bytes, actor_key: bytes, why: str) -> None:
    """Make an identifier nobody's: by its holder, or by an officer with a reason.

    While it is disputed only a reviewer decides. Raises NotAllowed and IdentityRefused.
    """
    is_own = viewer.key == person_key
    note = reason(why, optional=is_own)
    with database.writing() as connection:
        now = identity.begin(connection)
        if not is_own:
            rights.demand_over(connection, viewer, Right.ENTER, person_key)
        _demand_held(connection, actor_key, person_key)
        _demand_undisputed(connection, actor_key, person_key)
        proof = Proof.OWN_WORD if is_own else Proof.SEEN
        identity.detach(connection, now, actor_key, Step(proof, viewer.key, note=note), What.UNLINKED)
    log.info("identifier unlinked", own=is_own)


def unlink_by_command(actor_key: bytes, why: str) -> bytes:
    """Make an identifier nobody's; answers whose it was. Raises IdentityRefused."""
    with database.writing() as connection:
        now = identity.begin(connection)
        holder = identity.holder_of(connection, actor_key)
        _demand_held(connection, actor_key, holder)
        _demand_undisputed(connection, actor_key, holder)
        identity.detach(connection, now, actor_key, Step(Proof.COMMAND, note=reason(why)), What.UNLINKED)
    log.info("identifier unlinked by command")
    return holder


def deny(viewer: Viewer, actor_key: bytes, why: str) -> None:
    """ "This is not me": its time is nobody's until a reviewer has settled it. Denying again changes nothing.

    Raises IdentityRefused.
    """
    with database.writing() as connection:
        now = identity.begin(connection)
        _demand_held(connection, actor_key, viewer.key)
        names = identity.forms_held(connection, actor_key, viewer.key)
        step = Step(Proof.OWN_WORD, viewer.key, note=reason(why))
        known = links.bars(connection, names)
        for key in names:
            if key not in known:
                links.bar(connection, Bar(key, Reason.IDENTITY_DISPUTED, None, step.note, viewer.key, now))
                links.note(connection, [step.event(What.DENIED, key, viewer.key, now)])
        identity.mark_changed(connection, now, names)
    log.info("identifier denied")


def settle(viewer: Viewer, actor_key: bytes, decision: Decision, why: str) -> None:
    """Say whose a disputed identifier is: it stays, goes to who claims it, or becomes nobody's.

    Raises NotAllowed, also for whoever claims it, denied it or linked it, and IdentityRefused.
    """
    note = reason(why)
    with database.writing() as connection:
        now = identity.begin(connection)
        barred = links.bars(connection, [actor_key]).get(actor_key)
        if barred is None or barred.reason != Reason.IDENTITY_DISPUTED:
            raise IdentityRefused("not-disputed", "the identifier is not disputed any more")
        holder = identity.holder_of(connection, actor_key)
        demand_impartial(connection, viewer, barred, holder)
        names = identity.forms_held(connection, actor_key, holder)
        step = Step(Proof.REVIEW, viewer.key, note=note)
        links.unbar(connection, names)
        if decision is Decision.KEEP:
            links.note(connection, [step.event(What.KEPT, key, holder, now) for key in names])
            identity.mark_changed(connection, now, names)
        elif decision is Decision.RELEASE:
            identity.detach(connection, now, actor_key, step, What.RELEASED)
        elif barred.claimed_by is None:
            raise IdentityRefused("nobody-claims", "nobody else claims the identifier")
        else:
            identity.hand_over(connection, now, actor_key, barred.claimed_by, step)
    log.info("identity settled", decision=decision.value)


def demand_impartial(connection: Connection, viewer: Viewer, barred: Bar, holder: bytes) -> None:
    """Raise NotAllowed unless this reviewer may decide about both persons and took no part in it."""
    rights.demand_over(connection, viewer, Right.REVIEW, holder)
    parties = {holder, barred.by_person}
    if barred.claimed_by is not None:
        claimant = identity.current(connection, barred.claimed_by)
        rights.demand_over(connection, viewer, Right.REVIEW, claimant)
        parties.add(claimant)
    linked = links.events(connection, [barred.actor_key], None, 50)
    parties.update(event.by_person for event in linked if event.what in (What.LINKED, What.CLAIMED))
    if viewer.key in parties:
        raise NotAllowed


def _demand_held(connection: Connection, actor_key: bytes, person_key: bytes) -> None:
    """Raise IdentityRefused unless this is an identifier of this person, and no record merged into it."""
    if due.person_keys(connection, [actor_key])[actor_key] != person_key or actor_key == person_key:
        raise IdentityRefused("not-linked", "the identifier is not linked to this person")
    if people.by_key(connection, actor_key) is not None:
        raise IdentityRefused("a-record", "this is a merged record: undo the merge")
    known = people.identifiers(connection, [actor_key]).get(actor_key)
    if known is not None and identity.is_our_own(known[0]):
        raise IdentityRefused("our-own", "by this account the service itself speaks of the person")


def _demand_undisputed(connection: Connection, actor_key: bytes, holder: bytes) -> None:
    if links.bars(connection, identity.forms_held(connection, actor_key, holder)):
        raise IdentityRefused("disputed", "the identifier is disputed, and a reviewer decides about it")


def reason(text: str, *, optional: bool = False) -> str:
    """A reason as it is kept. Raises IdentityRefused where there is none, or too long a one."""
    words = " ".join(text.replace("\0", " ").split())
    if not words and not optional:
        raise IdentityRefused("no-reason", "expected a reason")
    if len(words) > identity.MOST_CHARACTERS or any("\ud800" <= letter <= "\udfff" for letter in words):
        raise IdentityRefused(
            "no-reason", f"expected a reason of at most {identity.MOST_CHARACTERS} characters"
        )
    return words
