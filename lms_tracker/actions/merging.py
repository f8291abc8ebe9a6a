"""Two records that turn out to be one person's are merged, and merging is undone.

Merging relinks every identifier of the loser to the survivor, the loser's own key among them, so that every
address of the loser leads to the survivor; takes the loser's balances back; and marks the survivor due: in
one transaction. Where the loser lives, which households, clans and organisations it belongs to, what it
agreed to and who is its guardian follow to the survivor (store.merge_moves), where the survivor's record does
not say the same already. Evidence and claims stay under the key they were made for.

Undoing is the exact inverse for what the merge moved. What happened in between decides the hard cases:

- An identifier that the merge moved, and that was unlinked, given away or linked anew since, stays where that
  later decision put it. A later merge that was itself undone does not count as one.
- Of what followed, a row goes back that is still the survivor's, as it was changed since; what was written
  for the survivor since stays.
- An identifier linked to the survivor since the merge stays with the survivor, because what proved it was the
  survivor's own; `Undone.stayed` names them, so that somebody can look at each.
- Accepted claims are statements about their claimant's own identifier: those of the loser go back with it,
  also when they were reviewed after the merge; those made for the survivor stay.
- A dispute between the two ended by the merge, because both were one; it stands again.
- If the survivor was itself merged into a third record since, that merge has to be undone first.
- If the loser was merged again since, that one has to be undone.

Rights are never merged: whoever holds a grant, or will, or is the head of a unit cannot be the loser, until
that is taken back. A guardian whose ward is merged into the guardian's own record stays behind. Both logins
open the survivor's record; a record with a login is not merged into one without.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import catalogue, clock, identity, linking, records, rights
from lms_tracker.actions.identity import MOVES, IdentityRefused, Proof, Step, What
from lms_tracker.actions.rights import NotAllowed, Right, Viewer
from lms_tracker.learning.credit import decide
from lms_tracker.learning.reasons import Reason
from lms_tracker.learning.verdicts import PLACED, Verdict
from lms_tracker.store import (
    database,
    due,
    gathering,
    grants,
    links,
    merge_moves,
    merges,
    organisation_tree,
    people,
    reversals,
)
from lms_tracker.store.links import Bar
from lms_tracker.store.merges import Merge
from lms_tracker.store.names import Names
from lms_tracker.store.reporting import due as totals_due

log = logs.logger(__name__)


@dataclass(frozen=True, slots=True)
class Sum:
    """Credited seconds: placed on the clock, and nominal."""

    placed: int = 0
    nominal: int = 0

    @property
    def total(self) -> int:
        return self.placed + self.nominal


@dataclass(frozen=True, slots=True)
class Difference:
    """One course: what both records have together before the merge, and what one person would have."""

    course: str
    before: Sum
    after: Sum


@dataclass(frozen=True, slots=True)
class Preview:
    """What a merge would change; everything decided anew from the evidence, marks that wait included."""

    survivor: bytes
    loser: bytes
    of_survivor: Sum
    of_loser: Sum
    together: Sum
    # Courses where it changes anything.
    differences: tuple[Difference, ...]
    identifiers: int


@dataclass(frozen=True, slots=True)
class Undone:
    """`back` is how many identifiers went back, `stayed` are linked to the survivor since the merge."""

    survivor: bytes
    loser: bytes
    back: int
    stayed: tuple[bytes, ...]


def preview(viewer: Viewer | None, survivor: bytes, loser: bytes) -> Preview:
    """What merging would change, for who may merge them; None is the service's own command.

    Both looks are logged. Raises NotAllowed and IdentityRefused.
    """
    with database.reading() as connection:
        _demand_mergeable(connection, viewer, survivor, loser)
    if viewer is not None:
        records.log_looks(viewer, [survivor, loser], "record")
    with database.reading() as connection:
        actors = due.actor_keys(connection, [survivor, loser])
        mine, others = actors[survivor], actors[loser]
        sums = {
            name: _sums(_verdicts(connection, keys))
            for name, keys in (("survivor", mine), ("loser", others), ("both", [*mine, *others]))
        }
        titles = {
            number: f"{course.code} {course.title}"
            for number, course in catalogue.current(connection).courses.items()
        }
    before = sums["survivor"] + sums["loser"]
    after = sums["both"]
    courses = sorted({course for course, _kind in before | after})
    found = [
        Difference(titles.get(course, ""), _sum(before, course), _sum(after, course)) for course in courses
    ]
    return Preview(
        survivor=survivor,
        loser=loser,
        of_survivor=_sum(sums["survivor"]),
        of_loser=_sum(sums["loser"]),
        together=_sum(after),
        differences=tuple(one for one in found if one.before != one.after),
        identifiers=len(others),
    )


def _verdicts(connection: Connection, actor_keys: Sequence[bytes]) -> list[Verdict]:
    names: Names = current_app.extensions["lms_tracker.names"]
    evidence = gathering.evidence_of(connection, names, {b"": list(actor_keys)})[b""]
    return decide(evidence, catalogue.current(connection), catalogue.policy(connection))


def _sums(verdicts: Iterable[Verdict]) -> Counter[tuple[int, bool]]:
    """Credited seconds by (course id, placed)."""
    sums: Counter[tuple[int, bool]] = Counter()
    for verdict in verdicts:
        if verdict.reason == Reason.CREDITED and verdict.course_id is not None:
            sums[verdict.course_id, verdict.kind == PLACED] += verdict.seconds
    return sums


def _sum(sums: Counter[tuple[int, bool]], course: int | None = None) -> Sum:
    def of(placed: bool) -> int:
        return sum(
            seconds
            for (number, is_placed), seconds in sums.items()
            if is_placed == placed and course in (None, number)
        )

    return Sum(of(True), of(False))


def merge(viewer: Viewer | None, survivor: bytes, loser: bytes, why: str) -> int:
    """Merge the loser's record into the survivor's; answers the merge's number. None is our own command.

    Raises NotAllowed and IdentityRefused.
    """
    note = linking.reason(why)
    by = None if viewer is None else viewer.key
    with database.writing() as connection:
        now = identity.begin(connection)
        _demand_mergeable(connection, viewer, survivor, loser)
        number = merges.add(connection, survivor, loser, note, by, now)
        step = Step(Proof.COMMAND if viewer is None else Proof.REVIEW, by, note=note)
        moved = sorted({*links.of_person(connection, loser), loser})
        _agree(connection, now, survivor, loser, step, number)
        for key in moved:
            links.put(connection, key, survivor, now)
        links.note(connection, [step.event(What.MERGED, key, survivor, now, number) for key in moved])
        identity.take_back(connection, loser, None, now)
        people.end_sessions(connection, loser)
        merge_moves.move(connection, number, survivor, loser, clock.today())
        reversals.mark(connection, now, {*moved, survivor})
        totals_due.mark_people(connection, [survivor, loser])
    log.info("records merged", merge=number)
    return number


def _demand_mergeable(connection: Connection, viewer: Viewer | None, survivor: bytes, loser: bytes) -> None:
    if survivor == loser:
        raise IdentityRefused("same-record", "expected two records, got one twice")
    if viewer is not None:
        for key in (survivor, loser):
            # Before anything is said of either.
            rights.demand_over(connection, viewer, Right.APPROVE, key)
    if links.holders(connection, [survivor, loser]):
        raise IdentityRefused("merged", "one of the two belongs to another record already")
    if not all(identity.is_somebody(connection, key) for key in (survivor, loser)):
        raise IdentityRefused("no-record", "there is no such record")
    today = clock.today()
    if grants.not_ended(connection, loser, today) or organisation_tree.is_head(connection, loser, today):
        raise IdentityRefused(
            "has-rights", "the record that would end holds rights: revoke them, or merge the other way round"
        )
    if _can_sign_in(connection, loser) and not _can_sign_in(connection, survivor):
        raise IdentityRefused("has-login", "the record with a login has to remain: merge the other way round")
    if any(bar.reason == Reason.SHARED_ACCOUNT for bar in links.bars(connection, [survivor, loser]).values()):
        raise IdentityRefused("shared-account", "the account is shared by many and is nobody's own")


def _can_sign_in(connection: Connection, key: bytes) -> bool:
    person = people.by_key(connection, key)
    return person is not None and person.login is not None


def _agree(connection: Connection, now: int, survivor: bytes, loser: bytes, step: Step, number: int) -> None:
    """End the disputes that the two had with each other over identifiers."""
    both = {survivor, loser}
    for key, barred in links.bars(connection, _actors_of(connection, both)).items():
        if barred.claimed_by is None or identity.current(connection, barred.claimed_by) not in both:
            continue
        links.unbar(connection, [key])
        links.note(connection, [step.event(What.AGREED, key, barred.claimed_by, now, number)])


def _actors_of(connection: Connection, persons: Iterable[bytes]) -> list[bytes]:
    found = due.actor_keys(connection, sorted(persons))
    return sorted({key for keys in found.values() for key in keys})


def unmerge(viewer: Viewer | None, merge_id: int, why: str) -> Undone:
    """Undo a merge, as the head of this module says. Raises NotAllowed and IdentityRefused."""
    note = linking.reason(why)
    by = None if viewer is None else viewer.key
    with database.writing() as connection:
        now = identity.begin(connection)
        merged = _undoable(connection, viewer, merge_id)
        survivor, loser = merged.survivor, merged.loser
        held = links.of_person(connection, survivor)
        back, stayed = _parted(connection, merged, held)
        step = Step(Proof.COMMAND if viewer is None else Proof.REVIEW, by, note=note)
        links.remove(connection, [loser])
        for key in back:
            links.put(connection, key, loser, now)
        merges.undo(connection, merge_id, by, now)
        gone = [*back, loser]
        links.note(connection, [step.event(What.UNMERGED, key, loser, now, merge_id) for key in gone])
        _disagree(connection, now, merged, step)
        identity.take_back_moved(connection, survivor, gone, now)
        reversals.mark(connection, now, {*gone, survivor})
        totals_due.mark_people(connection, [survivor, loser])
    log.info("merge undone", merge=merge_id, back=len(back), stayed=len(stayed))
    return Undone(survivor, loser, len(back), tuple(stayed))


def _undoable(connection: Connection, viewer: Viewer | None, merge_id: int) -> Merge:
    """The merge, whose rows went back; what is refused takes that back with the whole transaction."""
    merged = merges.by_id(connection, merge_id)
    if merged is None:
        raise NotAllowed if viewer is not None else IdentityRefused("no-merge", "there is no such merge")
    merge_moves.move_back(connection, merged.id, merged.survivor, merged.loser)
    if viewer is not None:
        # Over each by what is its own: what followed in the merge gives nobody a right over the other.
        for key in (merged.survivor, merged.loser):
            rights.demand_over(connection, viewer, Right.APPROVE, key)
    if merged.undone_us is not None:
        raise IdentityRefused("undone", "the merge was undone already")
    holders = links.holders(connection, [merged.survivor, merged.loser])
    if merged.survivor in holders or holders.get(merged.loser) != merged.survivor:
        raise IdentityRefused("merged-again", "one of the two was merged again since: undo that merge first")
    return merged


def _parted(connection: Connection, merged: Merge, held: Iterable[bytes]) -> tuple[list[bytes], list[bytes]]:
    """Of the survivor's identifiers those that go back to the loser, and those that came since the merge."""
    back, stayed = [], []
    for key in sorted(set(held) - {merged.loser}):
        events = links.events_of_merge(connection, [key], merged.id)
        moved = [event for event in events if event.what == What.MERGED]
        if moved and not links.moved_since(connection, key, moved[0].id, MOVES):
            back.append(key)
        elif links.linked_since(connection, key, merged.merged_us, MOVES):
            stayed.append(key)
    return back, stayed


def _disagree(connection: Connection, now: int, merged: Merge, step: Step) -> None:
    """Have the disputes stand again that the merge ended, where both still hold what they held."""
    both = {merged.survivor, merged.loser}
    events = links.events_of_merge(connection, _actors_of(connection, both), merged.id)
    for event in (event for event in events if event.what == What.AGREED):
        holder = due.person_keys(connection, [event.actor_key])[event.actor_key]
        claimant = event.person_key
        other_holds = holder in both and identity.current(connection, claimant) != holder
        if other_holds and not links.bars(connection, [event.actor_key]):
            links.bar(
                connection,
                Bar(event.actor_key, Reason.IDENTITY_DISPUTED, claimant, step.note, step.by_person, now),
            )
            links.note(connection, [step.event(What.DISAGREED, event.actor_key, claimant, now, merged.id)])
