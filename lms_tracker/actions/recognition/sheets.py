"""One subject in a round by itself, with all that is known of it there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from lms_tracker.actions import clock, records, rights
from lms_tracker.actions.recognition import criteria, evidence, grids, model_reviews, scopes
from lms_tracker.actions.recognition.scopes import Mine, Whose
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.criteria import AnySet, IndicatorProposal
from lms_tracker.learning.recognition import grids as rules
from lms_tracker.learning.recognition.grids import Column, Outcome
from lms_tracker.learning.recognition.rounds import State
from lms_tracker.store import cases, database, places
from lms_tracker.store.cases import CaseStep
from lms_tracker.store.places import Place
from lms_tracker.store.recognition import assessments, decisions, recognitions, rounds
from lms_tracker.store.recognition import proofs as store_proofs
from lms_tracker.store.recognition.assessments import Assessment
from lms_tracker.store.recognition.decisions import Decision
from lms_tracker.store.recognition.proofs import AssessmentProof
from lms_tracker.store.recognition.recognitions import Recognition
from lms_tracker.store.recognition.rounds import Round


@dataclass(frozen=True, slots=True)
class Sheet:
    """A subject in a round with all that is known of it there.

    `self_outcome` and `outcome` are what the own and the reviewers' points come to by the thresholds.
    """

    round: Round
    whose: Whose
    row: Assessment
    place: Place | None
    criteria: AnySet
    columns: tuple[Column, ...]
    proposals: Mapping[str, IndicatorProposal]
    own: Mapping[str, int]
    reviewed: Mapping[str, int]
    self_outcome: Outcome
    outcome: Outcome
    proofs: Sequence[AssessmentProof]
    recognitions: Sequence[Recognition]
    decisions: Mapping[int, Decision]
    steps: Sequence[CaseStep]
    mine: Mine
    is_own: bool
    may_score: bool
    may_review: bool
    may_regroup: bool


def sheet(viewer: Viewer, number: int) -> Sheet:
    """A row of a round for its owner and whoever sees the round; other looks are logged.

    Raises rights.NotAllowed.
    """
    with database.reading() as connection:
        row, found, whose = known(connection, viewer, number)
        made = _sheet(connection, viewer, row, found, whose)
    if row.person_key is not None and not made.is_own:
        records.log_look(viewer, row.person_key, f"assessment {number}")
    return made


def known(connection: Connection, viewer: Viewer, number: int) -> tuple[Assessment, Round, Whose]:
    row = assessments.by_id(connection, number)
    rights.demand(row is not None)
    assert row is not None
    found = rounds.by_id(connection, row.round_id)
    assert found is not None
    whose = scopes.whose(connection, found.place_id, found.organisation_id)
    is_own = scopes.myself(connection, viewer, row.round_id).is_own(row)
    rights.demand(is_own or scopes.may(connection, viewer, Right.SEE, whose))
    return row, found, whose


def _sheet(connection: Connection, viewer: Viewer, row: Assessment, found: Round, whose: Whose) -> Sheet:
    used = criteria.held(connection, found.criteria_set_id).criteria
    me, mine = scopes.myself(connection, viewer, row.round_id), scopes.mine(connection, viewer, whose)
    own, reviewed = rules.unpacked(row.self_points), rules.unpacked(row.reviewed_points)
    made = recognitions.of_assessments(connection, [row.id])[row.id]
    named = {one.decision_id for one in made} | {one.revoked_by for one in made if one.revoked_by}
    is_own = me.is_own(row)
    is_active = row.state in grids.ACTIVE and found.state == State.OPEN
    return Sheet(
        round=found,
        whose=whose,
        row=row,
        place=None if row.local_place_id is None else places.by_id(connection, row.local_place_id),
        criteria=used,
        columns=rules.columns(used, row.population),
        proposals={
            str(one.number): one
            for one in evidence.of_rows(connection, used, found.year, [row]).get(row.person_key or b"", ())
        },
        own=own,
        reviewed=reviewed,
        self_outcome=rules.outcome_of(used, own, found.area),
        outcome=rules.outcome_of(used, reviewed, found.area),
        proofs=store_proofs.of(connection, [row.id])[row.id],
        recognitions=made,
        decisions=decisions.by_ids(connection, named),
        steps=cases.steps(connection, cases.ASSESSMENT, [row.id])[row.id],
        mine=mine,
        is_own=is_own,
        may_score=is_own and is_active and is_in_time(found) and not row.reviewed_points,
        # What is computed of members has a page of its own (model_assessments).
        may_review=mine.review
        and is_active
        and me.may_review(row)
        and not model_reviews.is_computed(found, used),
        may_regroup=mine.enter and is_active and not grids.locked_for(row, grids.SELF, me),
    )


def is_in_time(found: Round) -> bool:
    return found.opens_on <= clock.today() <= found.closes_on
