"""What somebody gave themselves, what the reviewers give, what they propose and why."""

from collections.abc import Mapping

from sqlalchemy import Connection

from lms_tracker.actions import clock, identity, rights
from lms_tracker.actions.recognition import (
    criteria,
    evidence,
    grid_saves,
    grids,
    model_reviews,
    scopes,
    sheets,
)
from lms_tracker.actions.recognition.scopes import RecognitionRefused
from lms_tracker.actions.recognition.steps import said_why
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.criteria import AnySet, Checklist
from lms_tracker.learning.recognition import grids as rules
from lms_tracker.learning.recognition.models import Result
from lms_tracker.learning.recognition.rounds import State
from lms_tracker.store import cases, database
from lms_tracker.store.recognition import assessments, rounds
from lms_tracker.store.recognition.assessments import Assessment
from lms_tracker.store.recognition.rounds import Round


def score_self(viewer: Viewer, number: int, revision: int, typed: Mapping[str, str]) -> None:
    """Keep what somebody gave themselves. Raises RecognitionRefused with the wrong cells, and NotFound."""
    with database.writing() as connection:
        row, _found, used = own(connection, viewer, number)
        read = rules.read(rules.columns(used, row.population), typed)
        if read.problems:
            raise CellsRefused(read.problems)
        if row.revision != revision:
            raise RecognitionRefused("changed")
        total = sum(read.points.values()) if read.points else None
        packed = rules.packed(read.points)
        done = assessments.change(
            connection,
            row,
            self_points=packed,
            self_total=total,
            self_us=clock.now_us(),
            self_by=identity.current(connection, viewer.key),
            state=assessments.SCORED if packed else assessments.REGISTERED,
        )
        if not done:
            raise RecognitionRefused("changed")
        cases.add_step(
            connection, (cases.ASSESSMENT, number), "self-scored", clock.now_us(), viewer.key, note=packed
        )


class CellsRefused(ValueError):
    """Cells that are no points; `problems` by column code."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("cells")
        self.problems = problems


def own(connection: Connection, viewer: Viewer, number: int) -> tuple[Assessment, Round, AnySet]:
    """The viewer's own row, while it may be scored, with its round locked."""
    row = assessments.by_id(connection, number)
    if row is None or not scopes.myself(connection, viewer, row.round_id).is_own(row):
        raise NotFound
    found = rounds.locked(connection, row.round_id)
    assert found is not None
    if found.state != State.OPEN or not sheets.is_in_time(found):
        raise RecognitionRefused("not-open")
    if row.state == assessments.WITHDRAWN:
        raise RecognitionRefused("withdrawn")
    if row.reviewed_points:
        raise RecognitionRefused("reviewed")
    return row, found, criteria.held(connection, found.criteria_set_id).criteria


def review(
    viewer: Viewer,
    number: int,
    revision: int,
    typed: Mapping[str, str],
    result: str,
    note: str,
) -> None:
    """Keep what the reviewers give, and what they propose: "" follows the thresholds.

    A note is asked for where they differ from the person or the evidence, or from the thresholds. Raises
    rights.NotAllowed, RecognitionRefused and CellsRefused.
    """
    with database.writing() as connection:
        row, found = grids.open_row(connection, viewer, grids.REVIEW, number)
        used = criteria.held(connection, found.criteria_set_id).criteria
        if model_reviews.is_computed(found, used):
            raise NotFound
        read = rules.read(rules.columns(used, row.population), typed, note)
        if read.problems:
            raise CellsRefused(read.problems)
        _check_result(connection, found, used, row, read, result)
        if row.revision != revision:
            raise RecognitionRefused("changed")
        _keep_review(connection, viewer, found, used, row, read, result)


def _check_result(
    connection: Connection, found: Round, used: AnySet, row: Assessment, read: rules.Row, result: str
) -> None:
    if result and result not in tuple(Result):
        raise RecognitionRefused("result", "result")
    outcome = rules.outcome_of(used, read.points, found.area)
    if result and outcome.achieved is None:
        raise RecognitionRefused("unassessed", "result")
    proposals = evidence.of_rows(connection, used, found.year, [row])
    proposed = evidence.points(proposals.get(row.person_key or b"", ()))
    differs = rules.note_missing(read.points, rules.unpacked(row.self_points), proposed)
    against = bool(result) and (result == Result.ACHIEVED) != outcome.achieved
    if read.points and (differs or against) and not read.note:
        raise CellsRefused({"note": "note"})


def _keep_review(
    connection: Connection,
    viewer: Viewer,
    found: Round,
    used: AnySet,
    row: Assessment,
    read: rules.Row,
    result: str,
) -> None:
    packed, outcome = rules.packed(read.points), rules.outcome_of(used, read.points, found.area)
    values = grid_saves.proposed(outcome, is_scored=bool(row.self_points or packed))
    if result and outcome.achieved is not None:
        values["proposed_result"] = result
    done = assessments.change(
        connection,
        row,
        reviewed_points=packed,
        reviewed_total=outcome.total if packed else None,
        reviewed_us=clock.now_us() if packed else None,
        reviewed_by=identity.current(connection, viewer.key) if packed else None,
        note=read.note,
        **values,
    )
    if not done:
        raise RecognitionRefused("changed")
    cases.add_step(
        connection, (cases.ASSESSMENT, row.id), "reviewed", clock.now_us(), viewer.key, note=packed
    )


def override(viewer: Viewer, number: int, revision: int, result: str, reason: str) -> None:
    """Propose for a reviewed row on the list what the thresholds do not say, with a reason.

    Raises rights.NotAllowed and RecognitionRefused.
    """
    with database.writing() as connection:
        row = assessments.by_id(connection, number)
        rights.demand(row is not None)
        assert row is not None
        found, _ = scopes.locked(connection, viewer, Right.REVIEW, row.round_id)
        said = said_why(reason)
        if result not in tuple(Result):
            raise RecognitionRefused("result", "result")
        if found.state not in (State.OPEN, State.LISTED) or row.state != assessments.REVIEWED:
            raise RecognitionRefused("state")
        locked = grids.locked_for(row, grids.REVIEW, scopes.myself(connection, viewer, row.round_id))
        if locked:
            raise RecognitionRefused(locked)
        used = criteria.held(connection, found.criteria_set_id).criteria
        has_levels = isinstance(used, Checklist) and used.levels != (1,)
        is_level = has_levels and result == Result.ACHIEVED
        done = row.revision == revision and assessments.change(
            connection,
            row,
            proposed_result=result,
            proposed_level=(row.proposed_level or 1) if is_level else None,
            note=said,
            reviewed_by=identity.current(connection, viewer.key),
        )
        if not done:
            raise RecognitionRefused("changed")
        what = f"proposed-{result}"
        cases.add_step(connection, (cases.ASSESSMENT, number), what, clock.now_us(), viewer.key, note=said)
