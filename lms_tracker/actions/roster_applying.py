"""A roster is applied: in one transaction, so that a process killed in it leaves nothing half done.

The preview is locked, and everybody looked up anew, before anything is written: of two officers who press at
once, one does it and the other is told. What waits for an answer is left out and stays as it is; the same
file handed in again finds the rest done.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import msgspec
from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, identity, rights, rosters
from lms_tracker.actions.identity import IdentityRefused, Proof, Step
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.actions.roster_communes import PURPOSE, Commune, alone_in, commune_of
from lms_tracker.actions.rosters import DIED, Kept, NoRoster, Progress, Seen, unseen
from lms_tracker.learning.names import spelled
from lms_tracker.learning.roster_likeness import HeldConsent, Known, Placed, takes_consent
from lms_tracker.learning.roster_matching import Match, Verdict
from lms_tracker.store import consents, database, kinships, links, residences, residents
from lms_tracker.store import rosters as store_rosters
from lms_tracker.store.kinships import CLAN, HOUSEHOLD
from lms_tracker.store.reporting import due as totals_due
from lms_tracker.store.residents import Facts
from xapi.actors import identify

log = logs.logger(__name__)

# Addresses linked in one transaction.
ADDRESSES = 100
ONE_DAY = timedelta(days=1)


def apply(viewer: Viewer, number: int, progress: Progress = unseen) -> dict[str, int]:
    """Write what a preview decided; answers what was done (see `Seen.counts`), with "consents" and "emails".

    Raises NotAllowed, NoRoster and Settled.
    """
    with database.writing() as connection:
        row = store_rosters.locked(connection, number)
        if row is None:
            raise NoRoster
        rights.demand_at(connection, viewer, Right.ENTER, row.place_id)
        kept = rosters.demand_preview(row)
        place = rosters.demand_place(connection, row.place_id)
        alone_in(connection, place)
        seen = rosters.see(commune_of(connection, place, viewer), kept)
        done, people = _write(connection, seen, viewer.key, progress)
        summary = msgspec.json.encode(done).decode()
        store_rosters.settle(connection, number, store_rosters.APPLIED, summary, clock.now_us())
    log.info("roster applied", roster=number, **done)
    done["emails"] = _link_addresses(seen, people, viewer.key, progress)
    return done


def apply_file(
    place_id: int, data: bytes, as_of: date | None, decisions: Mapping[int, str], progress: Progress = unseen
) -> tuple[Seen, dict[str, int]]:
    """The same of a file alone, for a command of the service. Raises RosterRefused and RosterRefusal."""
    seen = rosters.checked(place_id, data, as_of, decisions)
    with database.writing() as connection:
        place = rosters.demand_place(connection, place_id)
        alone_in(connection, place)
        seen = rosters.see(commune_of(connection, place), seen.kept)
        done, people = _write(connection, seen, None, progress)
    log.info("roster applied", place=place_id, **done)
    done["emails"] = _link_addresses(seen, people, None, progress)
    return seen, done


@dataclass(slots=True)
class _Plan:
    """What is to be written, gathered before anything is."""

    new: list[Facts] = field(default_factory=list)
    changed: list[Facts] = field(default_factory=list)
    begins: list[tuple[bytes, int, date | None]] = field(default_factory=list)
    ends: list[tuple[int, date]] = field(default_factory=list)
    moves: list[tuple[int, int]] = field(default_factory=list)
    joins: list[tuple[tuple[str, int, str], bytes, str, date | None]] = field(default_factory=list)
    corrections: list[tuple[int, tuple[str, int, str], str]] = field(default_factory=list)
    leaves: list[tuple[int, date]] = field(default_factory=list)
    answers: list[tuple[bytes, bool]] = field(default_factory=list)


def _write(
    connection: Connection, seen: Seen, by: bytes | None, progress: Progress
) -> tuple[dict[str, int], dict[int, bytes]]:
    """Answers the counts, and who each line is."""
    plan, people = _Plan(), dict[int, bytes]()
    known = {one.key: one for one in seen.commune.known}
    for one in seen.of(Verdict.NEW, Verdict.KNOWN):
        if one.key is None:
            people[one.placed.line.line] = _enter(plan, seen, one.placed)
        else:
            people[one.placed.line.line] = one.key
            _update(plan, seen, one, known[one.key])
    now, total = clock.now_us(), len(seen.matches)
    residents.add(connection, plan.new, now)
    progress(total // 2, total)
    residents.change(connection, plan.changed)
    residences.begin(connection, plan.begins)
    residences.end(connection, plan.ends)
    residences.move(connection, [number for number, _ in plan.moves], [place for _, place in plan.moves])
    _write_kinships(connection, seen.commune, plan, now)
    consents.add(connection, plan.answers, PURPOSE, "roster", by, now)
    gone = _end_gone(connection, seen)
    totals_due.mark_below(connection, seen.commune.place.path, None)
    progress(total, total)
    return {**seen.counts(), "gone": gone, "consents": len(plan.answers)}, people


def _enter(plan: _Plan, seen: Seen, placed: Placed) -> bytes:
    line, key = placed.line, secrets.token_bytes(16)
    plan.new.append(Facts(key, line.name, line.birth_year, line.birth_date, line.sex, line.phone))
    # Since when somebody has lived there a list does not tell.
    plan.begins.append((key, placed.place_id, None))
    if line.household:
        plan.joins.append(((HOUSEHOLD, placed.place_id, line.household), key, line.relation, None))
    if line.clan:
        plan.joins.append(((CLAN, seen.commune.place.id, line.clan), key, "", None))
    _take_consent(plan, seen.kept, line.consent, None, key)
    return key


def _update(plan: _Plan, seen: Seen, found: Match, known: Known) -> None:
    line, place_id = found.placed.line, found.placed.place_id
    if known.gone == "died":
        return
    _take_consent(plan, seen.kept, line.consent, known.consent, known.key)
    if {"name", "birth", "sex", "phone"} & set(found.changes):
        plan.changed.append(
            Facts(
                known.key,
                line.name if "name" in found.changes else known.name,
                line.birth_year,
                line.birth_date or (known.birth_date if known.birth_year == line.birth_year else None),
                line.sex or known.sex,
                line.phone or known.phone,
            )
        )
    moves = "place" in found.changes or known.gone
    if moves and not _resettle(plan, seen, known, place_id):
        # Where somebody lives now was written of a later day than that of the list.
        return
    if "household" in found.changes:
        _rehouse(plan, seen, known.key, (HOUSEHOLD, place_id, line.household), line.relation)
    elif "relation" in found.changes:
        membership = seen.commune.memberships[known.key, HOUSEHOLD]
        at = (HOUSEHOLD, membership.kinship.place_id, membership.kinship.name)
        plan.corrections.append((membership.id, at, line.relation))
    elif moves:
        _leave(plan, seen, known.key)
    if "clan" in found.changes:
        _rehouse(plan, seen, known.key, (CLAN, seen.commune.place.id, line.clan), "")


def _resettle(plan: _Plan, seen: Seen, known: Known, place_id: int) -> bool:
    """Somebody lives elsewhere from the day of the list on; False where that is known of a later day."""
    residence, day = seen.commune.residents[known.key].residence, seen.kept.as_of
    if residence.until is not None:
        if residence.until >= day:
            return False
        plan.begins.append((known.key, place_id, day))
    elif residence.since is not None and residence.since >= day:
        if residence.since > day:
            return False
        plan.moves.append((residence.id, place_id))
    else:
        plan.ends.append((residence.id, day - ONE_DAY))
        plan.begins.append((known.key, place_id, day))
    return True


def _rehouse(plan: _Plan, seen: Seen, key: bytes, to: tuple[str, int, str], relation: str) -> None:
    """Somebody belongs to this household or clan from the day of the list on."""
    membership, day = seen.commune.memberships.get((key, to[0])), seen.kept.as_of
    if membership is None:
        plan.joins.append((to, key, relation, None))
    elif membership.since is None or membership.since < day:
        plan.leaves.append((membership.id, day - ONE_DAY))
        plan.joins.append((to, key, relation, day))
    elif membership.since == day:
        plan.corrections.append((membership.id, to, relation))


def _leave(plan: _Plan, seen: Seen, key: bytes) -> None:
    """Who moved leaves the household, also where the list does not say into which one."""
    membership, day = seen.commune.memberships.get((key, HOUSEHOLD)), seen.kept.as_of
    if membership is not None and (membership.since is None or membership.since < day):
        plan.leaves.append((membership.id, day - ONE_DAY))


def _take_consent(plan: _Plan, kept: Kept, stated: bool | None, held: HeldConsent | None, key: bytes) -> None:
    if stated is not None and takes_consent(stated, held, kept.as_of.toordinal()):
        plan.answers.append((key, stated))


def _write_kinships(connection: Connection, commune: Commune, plan: _Plan, now_us: int) -> None:
    """Households and clans that are not there yet, and who belongs to which."""
    there = {
        (one.kind, one.place_id, spelled(one.name)): one.id
        for one in kinships.below(connection, commune.place.path)
    }
    wanted = [at for at, *_ in plan.joins] + [at for _, at, _ in plan.corrections]
    missing = {_named(at): at for at in wanted if _named(at) not in there}
    added = [(kind, name, place_id) for kind, place_id, name in missing.values()]
    there |= dict(zip(missing, kinships.add(connection, added, now_us), strict=True))
    kinships.leave(connection, plan.leaves)
    kinships.correct(connection, [(number, there[_named(at)], how) for number, at, how in plan.corrections])
    kinships.join(connection, [(there[_named(at)], key, how, since) for at, key, how, since in plan.joins])


def _named(at: tuple[str, int, str]) -> tuple[str, int, str]:
    kind, place_id, name = at
    return kind, place_id, spelled(name)


def _end_gone(connection: Connection, seen: Seen) -> int:
    """Who was said to have moved or died, of those who are in the list no longer; how many they were."""
    count = 0
    for one in seen.absent:
        what = seen.kept.gone.get(one.key.hex())
        if what is not None:
            end(connection, one.key, *what)
            count += 1
    return count


def end(connection: Connection, person_key: bytes, what: str, last: date) -> None:
    """Write that somebody moved away or died; `last` is the last day on which they lived there."""
    residences.end_of_person(connection, person_key, last)
    kinships.leave_all(connection, [person_key], last)
    if what == DIED:
        residents.note_death(connection, person_key, last)
    totals_due.mark_people(connection, [person_key])


# --- addresses -------------------------------------------------------------------------------------------


def _link_addresses(seen: Seen, people: Mapping[int, bytes], by: bytes | None, progress: Progress) -> int:
    """Link e-mail addresses that nobody has yet to those who state them alone; how many.

    In transactions of their own: of a list applied by a process that was killed here, the same file handed in
    again links the rest. An address that several lines state is a family's and nobody's identifier.
    """
    stated: dict[str, list[bytes]] = {}
    for one in seen.of(Verdict.NEW, Verdict.KNOWN):
        if one.placed.line.email:
            stated.setdefault(one.placed.line.email, []).append(people[one.placed.line.line])
    alone = [(address, keys[0]) for address, keys in stated.items() if len(keys) == 1]
    linked = 0
    for begin in range(0, len(alone), ADDRESSES):
        linked += _link(alone[begin : begin + ADDRESSES], by)
        progress(min(begin + ADDRESSES, len(alone)), len(alone))
    return linked


def _link(addresses: Sequence[tuple[str, bytes]], by: bytes | None) -> int:
    found = [(identify({"mbox": f"mailto:{address}"}), key) for address, key in addresses]
    linked = 0
    with database.writing() as connection:
        moment = identity.begin(connection)
        forms = {one.key: list(identity.forms(one)) for one, _ in found}
        held = links.holders(connection, _flat(forms.values()))
        barred = links.bars(connection, _flat(forms.values()))
        for one, key in found:
            if not any(form in held or form in barred for form in forms[one.key]):
                try:
                    identity.attach(connection, moment, one, key, Step(Proof.FILE, by_person=by))
                    linked += 1
                except IdentityRefused as refused:
                    log.info("address of a roster not linked", rule=refused.rule)
    return linked


def _flat(lists: Iterable[Sequence[bytes]]) -> list[bytes]:
    return [key for keys in lists for key in keys]
