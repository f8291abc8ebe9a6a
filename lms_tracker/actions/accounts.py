"""Identifiers as pages show them: what is linked to a person, how it was proved, and what happened since."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from lms_tracker.actions import identity, letters, names, people, records, rights
from lms_tracker.actions.identity import What
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning import identifiers
from lms_tracker.learning.identifiers import Shown
from lms_tracker.learning.reasons import Reason
from lms_tracker.store import courses, database, due, links, merges
from lms_tracker.store import people as rows
from lms_tracker.store.links import Bar, Event
from lms_tracker.store.merges import Merge
from xapi import keys
from xapi.actors import Identified

# Steps of a story shown at once, and disputed identifiers of a list.
STEPS = 50
DISPUTED = 100


@dataclass(frozen=True, slots=True)
class Account:
    """An identifier: `proof` is how it was linked, `reason` why its time earns nothing now, if so.

    `providers` are those whose evidence names it.
    """

    key: bytes
    shown: Shown
    name: str
    proof: str
    linked_us: int
    reason: int | None
    is_claimed_by_others: bool
    claimant: str
    providers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A step of the story. `who` is a name, empty where it is not for the reader, who is `is_mine`."""

    what: str
    proof: str
    at_us: int
    shown: Shown | None
    who: str
    is_mine: bool
    is_about_another: bool
    note: str


@dataclass(frozen=True, slots=True)
class MergedRecord:
    """A merge in which this record survived; `is_undone` once it was undone."""

    merge: Merge
    loser: str
    is_undone: bool


@dataclass(frozen=True, slots=True)
class Accounts:
    """A person's identifiers. `claimed` are those of others that this person has proved too."""

    person_key: bytes
    name: str
    accounts: tuple[Account, ...]
    claimed: tuple[Account, ...]
    story: tuple[Told, ...]
    merged: tuple[MergedRecord, ...]
    may_enter: bool
    may_review: bool
    may_approve: bool
    can_mail: bool


@dataclass(frozen=True, slots=True)
class Disputed:
    """An identifier that waits for a reviewer."""

    account: Account
    holder_key: bytes
    holder: str


def mine(viewer: Viewer) -> Accounts:
    """The identifiers of whoever asks; of others who claim one of them nothing is said but that there are."""
    with database.reading() as connection:
        return _found(connection, viewer, viewer.key)


def of_person(viewer: Viewer, person_key: bytes) -> Accounts:
    """Somebody's identifiers, for who may see them; the look is logged. Raises NotAllowed and NotFound."""
    with database.reading() as connection:
        person_key = identity.current(connection, person_key)
        rights.demand_over(connection, viewer, Right.SEE, person_key)
        if not links.has_record(connection, person_key) and not rows.identifiers(connection, [person_key]):
            raise records.NotFound
    records.log_look(viewer, person_key, "accounts")
    with database.reading() as connection:
        return _found(connection, viewer, person_key)


def leads_to(viewer: Viewer, key: bytes) -> bytes:
    """The record that an address with this key leads to now, for who may see it; for others the key itself.

    It is another's where a record was merged or an identifier linked.
    """
    with database.reading() as connection:
        found = identity.current(connection, key)
        return found if rights.may(connection, viewer, Right.SEE, found) else key


def _found(connection: Connection, viewer: Viewer, person_key: bytes) -> Accounts:
    held = links.of_person(connection, person_key)
    everything = due.actor_keys(connection, [person_key])[person_key]
    merged = merges.of_person(connection, person_key)
    losers = {one.loser for one in merged if one.survivor == person_key}
    hidden = losers | _people(connection, everything)
    shown = [key for key in everything if key not in hidden]
    claimed = links.claimed(connection, [person_key, *losers])
    accounts = described(connection, viewer, [*shown, *(bar.actor_key for bar in claimed)], held)
    called = names.of(connection, [person_key, *losers])
    mine = set(shown)
    return Accounts(
        person_key=person_key,
        name=called.get(person_key, ""),
        accounts=tuple(one for one in accounts if one.key in mine),
        claimed=tuple(one for one in accounts if one.key not in mine),
        story=tuple(_story(connection, viewer, person_key, everything, losers)),
        merged=tuple(
            MergedRecord(one, called.get(one.loser, ""), one.undone_us is not None)
            for one in merged
            if one.survivor == person_key
        ),
        may_enter=rights.may(connection, viewer, Right.ENTER, person_key),
        may_review=rights.may(connection, viewer, Right.REVIEW, person_key),
        may_approve=rights.may(connection, viewer, Right.APPROVE, person_key),
        can_mail=letters.can_be_sent(),
    )


def _people(connection: Connection, actor_keys: Iterable[bytes]) -> set[bytes]:
    """Keys that are people's own and no identifiers of statements, and accounts of this service itself."""
    known = rows.identifiers(connection, list(actor_keys))
    return {key for key in actor_keys if key not in known or identity.is_our_own(known[key][0])}


def described(
    connection: Connection, viewer: Viewer, actor_keys: Sequence[bytes], held: dict[bytes, int]
) -> list[Account]:
    """Identifiers as pages show them; of those in `held` it is known since when they are linked.

    Each address once: its digest is not shown beside it.
    """
    known = rows.identifiers(connection, actor_keys)
    digests = {
        keys.actor_key(form) for text, _ in known.values() for form in identifiers.same_address(text)[1:]
    }
    wanted = [key for key in dict.fromkeys(actor_keys) if key in known and key not in digests]
    bars = links.bars(connection, wanted)
    proofs = {
        event.actor_key: event.proof
        for event in reversed(links.events(connection, wanted, None, 20 * STEPS))
        if event.what in (What.LINKED, What.GIVEN)
    }
    names_of = courses.provider_names(connection)
    speakers = links.speakers(connection, wanted)
    return [
        Account(
            key=key,
            shown=identifiers.shown(known[key][0]),
            name=known[key][1] or "",
            proof=proofs.get(key, ""),
            linked_us=held.get(key, 0),
            reason=bars[key].reason if key in bars else None,
            is_claimed_by_others=key in bars and bars[key].claimed_by is not None,
            claimant=_claimant(connection, viewer, bars.get(key)),
            providers=tuple(sorted(names_of.get(number, "") for number in speakers.get(key, ()))),
        )
        for key in wanted
    ]


def _claimant(connection: Connection, viewer: Viewer, bar: Bar | None) -> str:
    """Who claims an identifier, for those who may see both."""
    if bar is None or bar.claimed_by is None:
        return ""
    claimant = identity.current(connection, bar.claimed_by)
    if not rights.may(connection, viewer, Right.SEE, claimant):
        return ""
    return names.of(connection, [claimant]).get(claimant, "")


def _story(
    connection: Connection, viewer: Viewer, person_key: bytes, actors: Sequence[bytes], losers: set[bytes]
) -> Iterable[Told]:
    own = {person_key, *losers}
    events = [
        event
        for event in links.events(connection, actors, person_key, STEPS)
        if event.person_key in own or event.what in (What.CLAIMED, What.SHARED, What.NOT_SHARED)
    ]
    known = rows.identifiers(connection, [event.actor_key for event in events])
    digests = {
        keys.actor_key(form) for text, _ in known.values() for form in identifiers.same_address(text)[1:]
    }
    called = names.of(connection, [event.by_person for event in events if event.by_person])
    programs = links.programs(connection, [event.by_credential for event in events if event.by_credential])
    for event in events:
        text = known[event.actor_key][0] if event.actor_key in known else ""
        if event.actor_key in digests or identity.is_our_own(text):
            continue
        yield _told(event, viewer, own, text, called, programs)


def _told(
    event: Event,
    viewer: Viewer,
    own: set[bytes],
    text: str,
    called: dict[bytes, str],
    programs: dict[int, str],
) -> Told:
    # What another did to claim an identifier is between that one and the reviewers.
    about_another = event.person_key not in own and event.what == What.CLAIMED
    who = called.get(event.by_person or b"", "") or programs.get(event.by_credential or 0, "")
    return Told(
        what=event.what,
        proof=event.proof,
        at_us=event.at_us,
        shown=identifiers.shown(text) if text else None,
        who="" if about_another else who,
        is_mine=event.by_person == viewer.key,
        is_about_another=about_another,
        note="" if about_another else event.note,
    )


def disputed(viewer: Viewer) -> list[Disputed]:
    """Identifiers that wait for a reviewer, of people whom the viewer may review; the looks are logged.

    Raises NotAllowed where nobody is.
    """
    rights.demand_somewhere(viewer, Right.REVIEW)
    with database.reading() as connection:
        bars = links.barred(connection, Reason.IDENTITY_DISPUTED, DISPUTED)
        holders = links.holders(connection, [bar.actor_key for bar in bars])
        within = {key for key in set(holders.values()) if rights.may(connection, viewer, Right.REVIEW, key)}
        wanted = [bar.actor_key for bar in bars if holders.get(bar.actor_key) in within]
        called = names.of(connection, sorted(within))
        found = [
            Disputed(account, holders[account.key], called.get(holders[account.key], ""))
            for account in described(connection, viewer, wanted, {})
        ]
    records.log_looks(viewer, {one.holder_key for one in found}, "accounts")
    return found


def find(viewer: Viewer, text: str) -> bytes | None:
    """The record that a login, or an address or key of a record, names, for who may approve; else None."""
    text = text.strip()[: people.MOST_CHARACTERS + 100]
    with database.reading() as connection:
        person = people.with_login(connection, text)
        key = person.key if person is not None else _key_in(text)
        if key is None:
            return None
        key = identity.current(connection, key)
        return key if rights.may(connection, viewer, Right.APPROVE, key) else None


def _key_in(text: str) -> bytes | None:
    """The key within the address of a record ("…/people/<32 hexadecimal digits>/record"), or alone."""
    for part in text.split("/"):
        if len(part) == 32:
            try:
                return bytes.fromhex(part)
            except ValueError:
                continue
    return None


def identified(connection: Connection, actor_key: bytes) -> Identified | None:
    """The identifier with this key, None where nobody has named it."""
    known = rows.identifiers(connection, [actor_key]).get(actor_key)
    return None if known is None else Identified(actor_key, known[0], known[1], False)


def demand_enterable(viewer: Viewer, person_key: bytes) -> None:
    """Raise NotAllowed unless the viewer may enter something for this person."""
    with database.reading() as connection:
        rights.demand_over(connection, viewer, Right.ENTER, person_key)


def demand_reviewable(viewer: Viewer, person_key: bytes) -> None:
    """Raise NotAllowed unless the viewer may review what is this person's."""
    with database.reading() as connection:
        rights.demand_over(connection, viewer, Right.REVIEW, person_key)


def name_for_merge(viewer: Viewer, person_key: bytes) -> str:
    """What a person is called, for who may merge their record; the look is logged. Raises NotAllowed."""
    with database.reading() as connection:
        rights.demand_over(connection, viewer, Right.APPROVE, person_key)
        name = names.of(connection, [person_key]).get(person_key, "")
    records.log_look(viewer, person_key, "accounts")
    return name


def survived(person_key: bytes, merge_id: int) -> bool:
    """Whether this is a merge in which this person's record remained."""
    with database.reading() as connection:
        found = merges.by_id(connection, merge_id)
    return found is not None and found.survivor == person_key
