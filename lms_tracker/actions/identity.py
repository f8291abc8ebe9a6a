"""One person, many identifiers: what every change of an identifier does, whoever makes it and however.

Each change is one transaction. It begins with `begin`, which takes the lock of the horizon: so changes of
identity happen one after the other, and none beside the storing of statements. Then, in this order:

1. Who holds the identifier is read; nobody else can change it any more.
2. Links, bars and the story (`link_events`) are written.
3. What the ledger held under the key that loses the identifier is taken back, under the lock of that one
   person's credit. A worker that counted it before finds another revision and writes nothing. So at no moment
   does the same time stand under two persons.
4. Everybody concerned is marked due, and is counted anew from the evidence, which never moves.

An e-mail address and the SHA-1 of it are one identifier in two forms and are moved together.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask import current_app
from sqlalchemy import Connection

from lms_tracker.actions import catalogue, clock
from lms_tracker.learning import identifiers
from lms_tracker.learning.ledger import differences, totals
from lms_tracker.learning.reasons import Reason
from lms_tracker.store import credit, due, horizon, links, people, reversals
from lms_tracker.store import totals as kept_totals
from lms_tracker.store.links import Bar, Event
from xapi import keys
from xapi.actors import Identified

# Of a reason that somebody writes.
MOST_CHARACTERS = 500


class What(StrEnum):
    """A step in the story of an identifier."""

    LINKED = "linked"
    UNLINKED = "unlinked"
    # A second person proved it, or its holder denies it: nobody earns until a reviewer has settled that.
    CLAIMED = "claimed"
    DENIED = "denied"
    # How a reviewer settled it: it stays, goes to who claimed it, or becomes nobody's.
    KEPT = "kept"
    GIVEN = "given"
    RELEASED = "released"
    SHARED = "shared"
    NOT_SHARED = "not-shared"
    MERGED = "merged"
    UNMERGED = "unmerged"
    # Claimed by a record that was merged with the holder's; and claimed again when that was undone.
    AGREED = "agreed"
    DISAGREED = "disagreed"


# Steps after which an identifier is somewhere else.
MOVES = (What.LINKED, What.UNLINKED, What.GIVEN, What.RELEASED, What.SHARED, What.MERGED, What.UNMERGED)


class Proof(StrEnum):
    """Why we believe a step."""

    MAIL = "mail"
    CODE = "code"
    ADDRESS = "address"
    FILE = "file"
    SEEN = "seen"
    OWN_WORD = "own-word"
    REVIEW = "review"
    COMMAND = "command"


class Outcome(StrEnum):
    LINKED = "linked"
    # Nothing had to be done.
    ALREADY = "already"
    # Somebody else holds it, and now it is for a reviewer.
    DISPUTED = "disputed"


class IdentityRefused(ValueError):
    """What cannot be done with an identifier; `rule` is a stable name, the text an English sentence."""

    def __init__(self, rule: str, sentence: str) -> None:
        super().__init__(sentence)
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Step:
    """Who does something, on what proof and with what words."""

    proof: Proof
    by_person: bytes | None = None
    by_credential: int | None = None
    note: str = ""

    def event(
        self, what: What, actor_key: bytes, person_key: bytes, now_us: int, merge_id: int | None = None
    ) -> Event:
        return Event(
            actor_key,
            person_key,
            what,
            self.proof,
            self.by_person,
            self.by_credential,
            merge_id,
            self.note,
            now_us,
        )


def begin(connection: Connection) -> int:
    """Take the right to change identities until this transaction ends; answers its moment, for marks."""
    return horizon.take(connection, clock.now_us())


def forms(identifier: Identified) -> dict[bytes, str]:
    """The canonical identifiers that say the same, by their keys, the one that was given first."""
    return {keys.actor_key(text): text for text in identifiers.same_address(identifier.identifier)}


def current(connection: Connection, person_key: bytes) -> bytes:
    """The record that a person's key leads to now: another one's where it was merged into that."""
    return due.person_keys(connection, [person_key])[person_key]


def is_any_of(connection: Connection, person_key: bytes, keys_of_parties: Iterable[bytes]) -> bool:
    """Whether a person is one of these, under whatever key: nobody decides about their own affairs."""
    mine = current(connection, person_key)
    return any(mine == current(connection, party) for party in keys_of_parties)


def attach(
    connection: Connection,
    now_us: int,
    identifier: Identified,
    person_key: bytes,
    step: Step,
    *,
    by_ourselves: bool = False,
) -> Outcome:
    """Link an identifier that was proved to be a person's, or make it disputed where it is another's.

    Accounts of this service are linked by the service alone (`by_ourselves`): what is accepted of a person's
    claims follows them. The caller has begun with `begin`. Raises IdentityRefused.
    """
    if is_our_own(identifier.identifier) and not by_ourselves:
        raise IdentityRefused("our-own", "by this account the service itself speaks of somebody")
    person_key = current(connection, person_key)
    names = forms(identifier)
    _demand_linkable(connection, identifier, names, person_key)
    held = links.holders(connection, [*names])
    free = [key for key in names if key not in held and key != person_key]
    others = [key for key in names if held.get(key, person_key) != person_key]
    # In the order in which workers hold them: else each could wait for the other.
    for key in sorted(free):
        people.remember_actor(connection, key, names[key], identifier.name)
        links.put(connection, key, person_key, now_us)
        take_back(connection, key, None, now_us)
    links.note(connection, [step.event(What.LINKED, key, person_key, now_us) for key in free])
    _claim(connection, others, person_key, step, now_us)
    if free or others:
        reversals.mark(connection, now_us, {person_key, *names, *(held[key] for key in others)})
    if others:
        return Outcome.DISPUTED
    return Outcome.LINKED if free else Outcome.ALREADY


def is_our_own(identifier: str) -> bool:
    """Whether an identifier is an account of this service, under which accepted claims are stated."""
    base = str(current_app.config["SETTINGS"].base_url).rstrip("/")
    return identifiers.shown(identifier).site.rstrip("/") == base


def demand_personal(connection: Connection, identifier: Identified) -> None:
    """Raise IdentityRefused for a Group, and for an account that many share."""
    if identifier.is_group:
        raise IdentityRefused("a-group", "expected an Agent; a Group is not one person")
    for barred in links.bars(connection, [*forms(identifier)]).values():
        if barred.reason == Reason.SHARED_ACCOUNT:
            raise IdentityRefused("shared-account", "the account is shared by many and is nobody's own")


def is_somebody(connection: Connection, key: bytes) -> bool:
    """Whether a key is a person's record, or an identifier that somebody has named."""
    return links.has_record(connection, key) or bool(people.identifiers(connection, [key]))


def _demand_linkable(
    connection: Connection, identifier: Identified, names: Collection[bytes], person_key: bytes
) -> None:
    demand_personal(connection, identifier)
    if not is_somebody(connection, person_key):
        raise IdentityRefused("no-record", "there is no such record")
    for key in names:
        if key != person_key and links.has_record(connection, key):
            raise IdentityRefused(
                "a-record", "the identifier is a record with identifiers of its own: merge it"
            )


def _claim(
    connection: Connection, actor_keys: Sequence[bytes], person_key: bytes, step: Step, now_us: int
) -> None:
    """Bar identifiers of somebody else that this person has proved; the first claimant stays the claimant."""
    known = links.bars(connection, actor_keys)
    for key in actor_keys:
        before = known.get(key)
        if before is None or before.claimed_by is None:
            links.bar(
                connection,
                Bar(key, Reason.IDENTITY_DISPUTED, person_key, step.note, step.by_person, now_us),
            )
        if before is None or before.claimed_by != person_key:
            links.note(connection, [step.event(What.CLAIMED, key, person_key, now_us)])


def detach(connection: Connection, now_us: int, actor_key: bytes, step: Step, what: What) -> bytes:
    """Make an identifier a person of its own again; answers whose it was. Raises IdentityRefused.

    `what` is UNLINKED, RELEASED or SHARED.
    """
    holder = holder_of(connection, actor_key)
    gone = forms_held(connection, actor_key, holder)
    links.remove(connection, gone)
    links.note(connection, [step.event(what, key, holder, now_us) for key in gone])
    take_back_moved(connection, holder, gone, now_us)
    reversals.mark(connection, now_us, {holder, *gone})
    return holder


def hand_over(connection: Connection, now_us: int, actor_key: bytes, person_key: bytes, step: Step) -> bytes:
    """Give an identifier from its holder to another person; answers whose it was. Raises IdentityRefused."""
    holder = holder_of(connection, actor_key)
    person_key = current(connection, person_key)
    gone = forms_held(connection, actor_key, holder)
    for key in gone:
        links.put(connection, key, person_key, now_us)
    links.note(connection, [step.event(What.GIVEN, key, person_key, now_us) for key in gone])
    take_back_moved(connection, holder, gone, now_us)
    reversals.mark(connection, now_us, {holder, person_key, *gone})
    return holder


def holder_of(connection: Connection, actor_key: bytes) -> bytes:
    """Who an identifier is linked to. Raises IdentityRefused where nobody is."""
    found = links.holders(connection, [actor_key]).get(actor_key)
    if found is None:
        raise IdentityRefused("not-linked", "the identifier is linked to nobody")
    return found


def forms_held(connection: Connection, actor_key: bytes, holder: bytes) -> list[bytes]:
    """All forms of an identifier that a person holds: the address and its digest, whichever was named."""
    held = links.of_person(connection, holder)
    known = people.identifiers(connection, [*held])
    for key, (text, _) in known.items():
        same = [keys.actor_key(form) for form in identifiers.same_address(text)]
        if key != actor_key and actor_key in same:
            return [one for one in same if one in held]
    text = known[actor_key][0] if actor_key in known else ""
    return [actor_key, *(
        one for one in map(keys.actor_key, identifiers.same_address(text)) if one in held and one != actor_key
    )]  # fmt: skip


def mark_changed(connection: Connection, now_us: int, actor_keys: Iterable[bytes]) -> None:
    """Have everybody counted anew who holds one of these identifiers."""
    concerned = list(actor_keys)
    reversals.mark(connection, now_us, {*concerned, *due.person_keys(connection, concerned).values()})


# --- balances --------------------------------------------------------------------------------------------


def take_back_moved(connection: Connection, holder: bytes, gone: Sequence[bytes], now_us: int) -> None:
    """Take back from a person what stands for identifiers that are its own no longer."""
    staying = due.actor_keys(connection, [holder])[holder]
    take_back(connection, holder, reversals.only_of(connection, gone, staying), now_us)


def take_back(connection: Connection, person_key: bytes, statements: set[bytes] | None, now_us: int) -> None:
    """Write the opposite of what stands under a key: of all, or of these statements.

    Whoever counted this key before writes nothing afterwards.
    """
    state = reversals.hold_state(connection, person_key)
    stands = credit.standing(connection, [person_key])[person_key]
    seconds = {
        key: value for key, value in stands.seconds.items() if statements is None or key[0] in statements
    }
    entries = differences(seconds, [], stands.providers)
    ledger = (person_key, state, entries)
    credit.begin_writing(connection, {person_key: [ledger]}, now_us)
    if entries:
        credit.append(connection, [ledger], catalogue.policy_version(connection), now_us)
        kept_totals.add(connection, {person_key: totals(entries)})
