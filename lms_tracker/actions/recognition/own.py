"""Recognition as the citizen sees it: rounds that are open to them, and each year with what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms_tracker.actions import clock, identity
from lms_tracker.actions.recognition import appeals, criteria, scopes, self_registrations
from lms_tracker.actions.recognition.scopes import Whose
from lms_tracker.actions.recognition.self_registrations import Offer
from lms_tracker.actions.rights import Viewer
from lms_tracker.learning.criteria import AnySet
from lms_tracker.learning.recognition import grids as rules
from lms_tracker.learning.recognition.grids import Outcome
from lms_tracker.store import database, due
from lms_tracker.store.recognition import appeals as store_appeals
from lms_tracker.store.recognition import assessments, decisions, recognitions, rounds
from lms_tracker.store.recognition.appeals import Appeal
from lms_tracker.store.recognition.assessments import Assessment
from lms_tracker.store.recognition.decisions import Decision
from lms_tracker.store.recognition.recognitions import Recognition
from lms_tracker.store.recognition.rounds import Round


@dataclass(frozen=True, slots=True)
class Given:
    """A result with its decision, the one that took it back, its appeals, and whether one may appeal now."""

    recognition: Recognition
    decision: Decision
    revocation: Decision | None
    appeals: Sequence[Appeal]
    may_appeal: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """The person's row in one round; `outcome` is what the reviewers' points, or their own, come to."""

    row: Assessment
    round: Round
    whose: Whose
    criteria: AnySet
    outcome: Outcome
    is_reviewed: bool
    given: Sequence[Given]


@dataclass(frozen=True, slots=True)
class Mine:
    """`offers` are open rounds in which they are not registered; `entries` the newest first."""

    offers: Sequence[Offer]
    entries: Sequence[Entry]


def mine(viewer: Viewer) -> Mine:
    """All of the viewer's own, under whatever keys of theirs."""
    with database.reading() as connection:
        key = identity.current(connection, viewer.key)
        keys = [*due.actor_keys(connection, [key])[key], key]
        rows = assessments.of_persons(connection, keys)
        held = rounds.by_ids(connection, {row.round_id for row in rows})
        results = recognitions.of_assessments(connection, [row.id for row in rows])
        every = [one for given in results.values() for one in given]
        numbers = {one.decision_id for one in every} | {one.revoked_by for one in every if one.revoked_by}
        known = decisions.by_ids(connection, numbers)
        asked = store_appeals.of_recognitions(connection, [one.id for one in every])
        entries = []
        for row in rows:
            found = held[row.round_id]
            used = criteria.held(connection, found.criteria_set_id).criteria
            points = row.reviewed_points or row.self_points
            entries.append(
                Entry(
                    row=row,
                    round=found,
                    whose=scopes.whose(connection, found.place_id, found.organisation_id),
                    criteria=used,
                    outcome=rules.outcome_of(used, rules.unpacked(points), found.area),
                    is_reviewed=bool(row.reviewed_points),
                    given=[_given(one, known, asked) for one in results[row.id]],
                )
            )
        offers = self_registrations.offers(connection, key)
        inside = {row.round_id for row in rows if row.state != assessments.WITHDRAWN}
    return Mine(
        [one for one in offers if one.round.id not in inside],
        sorted(entries, key=lambda one: (-one.round.year, -one.row.id)),
    )


def _given(one: Recognition, known: Mapping[int, Decision], asked: Mapping[int, Sequence[Appeal]]) -> Given:
    decision, revocation = known[one.decision_id], known.get(one.revoked_by or 0)
    since = revocation.made_us if revocation else 0
    there = asked[one.id]
    is_settled = any(
        each.state == store_appeals.WAITING
        or (each.state != store_appeals.WITHDRAWN and each.made_us >= since)
        for each in there
    )
    is_in_time = clock.today() <= appeals.last_day(one, decision, revocation)
    return Given(one, decision, revocation, there, appeals.may_appeal(one) and is_in_time and not is_settled)
