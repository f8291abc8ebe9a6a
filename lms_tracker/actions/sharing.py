"""Accounts that many people use, such as Moodle's guest: marked as shared they earn nobody, until unmarked.

Marking takes the account from whoever it is linked to, and with it the credit. Unmarking gives it back to
whom the marking took it from; one that was disputed when it was marked goes back to nobody, because
whose it was had not been settled. Anybody's evidence may name such an account, so who administers everybody
marks it.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import accounts, identity, linking, names, rights
from lms_tracker.actions.accounts import Account
from lms_tracker.actions.identity import IdentityRefused, Proof, Step, What
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.reasons import Reason
from lms_tracker.store import database, links, people
from lms_tracker.store.links import Bar
from xapi.actors import Identified

log = logs.logger(__name__)

# Shown at once.
MOST = 200


@dataclass(frozen=True, slots=True)
class Shared:
    """An account that is marked: since when (microseconds), by whom, empty where by a command, and why."""

    account: Account
    since_us: int
    by: str
    why: str


def listed(viewer: Viewer) -> list[Shared]:
    """The accounts that are marked now, the oldest first. Raises NotAllowed."""
    demand_administrator(viewer)
    with database.reading() as connection:
        bars = {bar.actor_key: bar for bar in links.barred(connection, Reason.SHARED_ACCOUNT, MOST)}
        called = names.of(connection, [bar.by_person for bar in bars.values() if bar.by_person])
        return [
            Shared(
                account,
                bars[account.key].since_us,
                called.get(bars[account.key].by_person or b"", ""),
                bars[account.key].note,
            )
            for account in accounts.described(connection, viewer, [*bars], {})
        ]


def demand_administrator(viewer: Viewer) -> None:
    """Raise NotAllowed unless the viewer administers everybody."""
    rights.demand(rights.may_everywhere(viewer, Right.ADMINISTER))


def mark(viewer: Viewer | None, identifier: Identified, why: str) -> None:
    """Mark an account as shared by many; one that is marked stays so. None is the service's own command.

    Raises NotAllowed and IdentityRefused.
    """
    step = _step(viewer, why)
    with database.writing() as connection:
        now = identity.begin(connection)
        _mark(connection, now, identifier, step)
    log.info("account marked as shared")


def _step(viewer: Viewer | None, why: str) -> Step:
    if viewer is not None:
        demand_administrator(viewer)
    by = None if viewer is None else viewer.key
    return Step(Proof.COMMAND, by, note=linking.reason(why))


def _mark(connection: Connection, now: int, identifier: Identified, step: Step) -> None:
    if identity.is_our_own(identifier.identifier):
        raise IdentityRefused("our-own", "by this account the service itself speaks of somebody")
    forms = identity.forms(identifier)
    bars = links.bars(connection, [*forms])
    if any(bar.reason == Reason.SHARED_ACCOUNT for bar in bars.values()):
        return
    for key in sorted(forms):
        if links.has_record(connection, key):
            raise IdentityRefused("a-record", "the identifier is a record with identifiers of its own")
        people.remember_actor(connection, key, forms[key], identifier.name)
    held = links.holders(connection, [*forms])
    if held:
        # What nobody had settled is nobody's afterwards either.
        what = What.RELEASED if bars else What.SHARED
        for key in forms:
            if key in links.holders(connection, [key]):
                identity.detach(connection, now, key, step, what)
    if not held or bars:
        links.note(connection, [step.event(What.SHARED, key, key, now) for key in forms])
    for key in forms:
        links.bar(connection, Bar(key, Reason.SHARED_ACCOUNT, None, step.note, step.by_person, now))
    identity.mark_changed(connection, now, forms)


def unmark(viewer: Viewer | None, identifier: Identified, why: str) -> bytes | None:
    """Let an account earn again that was marked as shared; answers whose it is again, None where nobody's.

    None as the viewer is the service's own command. Raises NotAllowed, and IdentityRefused where the account
    is not marked.
    """
    step = _step(viewer, why)
    with database.writing() as connection:
        now = identity.begin(connection)
        holder = _unmark(connection, now, identifier, step)
    log.info("account is not shared any more", linked=holder is not None)
    return holder


def _unmark(connection: Connection, now: int, identifier: Identified, step: Step) -> bytes | None:
    forms = identity.forms(identifier)
    bars = links.bars(connection, [*forms])
    shared = sorted(key for key, bar in bars.items() if bar.reason == Reason.SHARED_ACCOUNT)
    if not shared:
        raise IdentityRefused("not-shared", "the account is not marked as shared")
    links.unbar(connection, shared)
    holder = None
    for key in shared:
        former = _taken_from(connection, key)
        if former is not None:
            holder = identity.current(connection, former)
            links.put(connection, key, holder, now)
            links.note(connection, [step.event(What.NOT_SHARED, key, holder, now)])
    if holder is None:
        links.note(connection, [step.event(What.NOT_SHARED, identifier.key, identifier.key, now)])
    identity.mark_changed(connection, now, shared)
    return holder


def _taken_from(connection: Connection, actor_key: bytes) -> bytes | None:
    """From whom the marking took an account; None where it was nobody's, or that record is gone since."""
    marked = links.newest_event(connection, actor_key, What.SHARED)
    if marked is None or marked.person_key == actor_key:
        return None
    return marked.person_key if identity.is_somebody(connection, marked.person_key) else None


def unmark_key(viewer: Viewer, actor_key: bytes, why: str) -> bytes | None:
    """As `unmark`, of an account on the page of those that are marked."""
    demand_administrator(viewer)
    with database.reading() as connection:
        found = accounts.identified(connection, actor_key)
    if found is None:
        raise IdentityRefused("not-shared", "the account is not marked as shared")
    return unmark(viewer, found, why)
