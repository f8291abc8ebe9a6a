"""Households, clans, communities and units in a round: what is computed beside what a reviewer ticks.

What the thresholds say is proposed and no more; a person decides (I11). Nobody reviews the household, clan or
unit to which they belong themselves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, identity, rights
from lms_tracker.actions.recognition import criteria, scopes, standings
from lms_tracker.actions.recognition.scopes import RecognitionRefused, Whose
from lms_tracker.actions.recognition.standings import Standing
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.criteria import AnySet, Checklist, level_2_from
from lms_tracker.learning.recognition import grids as rules
from lms_tracker.learning.recognition.models import Model, Result
from lms_tracker.learning.recognition.rounds import State
from lms_tracker.store import cases, database
from lms_tracker.store.recognition import assessments
from lms_tracker.store.recognition import standings as store_standings
from lms_tracker.store.recognition.assessments import Assessment
from lms_tracker.store.recognition.rounds import Round

log = logs.logger(__name__)

ACTIVE = (assessments.REGISTERED, assessments.SCORED, assessments.REVIEWED)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the items of a row come to: nothing for `result` while something is not known."""

    result: str
    level: int | None


def known(connection: Connection, viewer: Viewer, number: int) -> tuple[Assessment, Round, Whose]:
    """A row of a round of another model than citizens. Raises rights.NotAllowed and NotFound."""
    row = assessments.by_id(connection, number)
    rights.demand(row is not None)
    assert row is not None
    found, whose = scopes.known(connection, viewer, Right.SEE, row.round_id)
    if found.model == Model.CITIZEN:
        raise NotFound
    return row, found, whose


def level_2_days(
    connection: Connection, found: Round, used: AnySet, rows: Sequence[Assessment]
) -> dict[int, date]:
    """From which day on each subject may be proposed for level 2; those without a level 1 are not in it."""
    if not isinstance(used, Checklist) or used.levels == (1,):
        return {}
    numbers = [row.subject_id for row in rows if row.subject_id is not None]
    firsts = store_standings.first_levels(connection, Model(found.model), numbers)
    return {number: level_2_from(used, day) or day for number, day in firsts.items()}


def proposals(
    connection: Connection, found: Round, rows: Sequence[Assessment], points: Mapping[int, Mapping[str, int]]
) -> dict[int, Proposal]:
    """What these rows' items come to, computed ones included, with `points` ticked, by number of the row.

    Where a set has levels, the highest that is met and may be asked for today.
    """
    used = criteria.held(connection, found.criteria_set_id).criteria
    ticks = {
        row.subject_id: {code: bool(value) for code, value in points[row.id].items()}
        for row in rows
        if row.subject_id is not None
    }
    shown = {one.subject.id: one for one in standings.of_rows(connection, found, rows, ticks).shown}
    days = level_2_days(connection, found, used, rows)
    return {
        row.id: _proposal(used, shown.get(row.subject_id or 0), days.get(row.subject_id or 0)) for row in rows
    }


def _proposal(used: AnySet, standing: Standing | None, second_from: date | None) -> Proposal:
    if standing is None or not isinstance(used, Checklist):
        return Proposal("", None)
    levels = {one.level: one.whole for one in standings.by_set(standing, used)}
    if levels[1] is None:
        return Proposal("", None)
    has_levels = used.levels != (1,)
    if not levels[1]:
        return Proposal(Result.NOT_ACHIEVED, None)
    is_second = levels.get(2) is True and _is_due(used, second_from)
    return Proposal(Result.ACHIEVED, (2 if is_second else 1) if has_levels else None)


def _is_due(used: Checklist, second_from: date | None) -> bool:
    """Whether level 2 may be asked for: some time after level 1, where the set says so."""
    if used.months_between is None:
        return True
    return second_from is not None and second_from <= clock.today()


def is_computed(found: Round, used: AnySet) -> bool:
    """Whether what members are recognised for counts in a round, beside what a person ticks."""
    return found.model != Model.CITIZEN and isinstance(used, Checklist)


def settle(
    connection: Connection,
    found: Round,
    rows: Mapping[int, Assessment],
    changes: Mapping[int, dict[str, object]],
) -> None:
    """Put into changed rows of a grid what their items come to, those included that are computed."""
    points = {number: rules.unpacked(str(values["reviewed_points"])) for number, values in changes.items()}
    said = proposals(connection, found, [rows[number] for number in changes], points)
    for number, values in changes.items():
        values |= _proposed(said[number], bool(points[number]))


def _proposed(said: Proposal, is_ticked: bool) -> dict[str, object]:
    waiting = assessments.SCORED if is_ticked else assessments.REGISTERED
    return {
        "state": assessments.REVIEWED if said.result else waiting,
        "proposed_result": said.result,
        "proposed_level": said.level,
    }


def review(
    viewer: Viewer, number: int, revision: int, typed: Mapping[str, str], wanted: Proposal, note: str
) -> None:
    """Keep what a reviewer ticked, and what they propose: an empty result follows the items.

    A note is asked for where they differ. Raises NotAllowed, NotFound, RecognitionRefused, CellsRefused.
    """
    with database.writing() as connection:
        row, _, _ = known(connection, viewer, number)
        found, _ = scopes.locked(connection, viewer, Right.REVIEW, row.round_id)
        row = assessments.lock(connection, [number])[number]
        if found.state != State.OPEN or row.state not in ACTIVE:
            raise RecognitionRefused("state")
        me = scopes.myself(connection, viewer, found.id)
        if not me.may_review(row):
            raise RecognitionRefused("own" if row.id in me.own_rows else "own-entry")
        used = criteria.held(connection, found.criteria_set_id).criteria
        read = rules.read(rules.columns(used), typed, note)
        if read.problems:
            raise CellsRefused(read.problems)
        said = proposals(connection, found, [row], {number: read.points})[number]
        chosen = _chosen(used, said, wanted, bool(read.note))
        if row.revision != revision:
            raise RecognitionRefused("changed")
        _keep(connection, viewer, {number: (row, read.points, chosen, read.note)})
    log.info("model reviewed", row=number)


class CellsRefused(ValueError):
    """Cells that are no ticks; `problems` by item code."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("cells")
        self.problems = problems


def _chosen(used: AnySet, said: Proposal, wanted: Proposal, has_note: bool) -> Proposal:
    """What is proposed: what the items say, unless a person says otherwise with a note."""
    if not wanted.result:
        return said
    if wanted.result not in tuple(Result):
        raise RecognitionRefused("result", "result")
    if not said.result:
        raise RecognitionRefused("unassessed", "result")
    levels = used.levels if isinstance(used, Checklist) else (1,)
    level = None
    if wanted.result == Result.ACHIEVED and levels != (1,):
        level = wanted.level or said.level or 1
        if level not in levels:
            raise RecognitionRefused("result", "result")
    chosen = Proposal(wanted.result, level)
    if chosen != said and not has_note:
        raise CellsRefused({"note": "note"})
    return chosen


Kept = tuple[Assessment, Mapping[str, int], Proposal, str]


def _keep(connection: Connection, viewer: Viewer, kept: Mapping[int, Kept]) -> None:
    now, by = clock.now_us(), identity.current(connection, viewer.key)
    changes = {
        number: {
            "reviewed_points": rules.packed(points),
            "reviewed_total": sum(points.values()) if points else None,
            "reviewed_us": now,
            "reviewed_by": by,
            "note": note,
            **_proposed(said, bool(points)),
        }
        for number, (_row, points, said, note) in kept.items()
    }
    assessments.change_locked(connection, changes)
    noted = [(number, rules.packed(points)) for number, (_row, points, _said, _note) in kept.items()]
    cases.add_steps(connection, cases.ASSESSMENT, noted, "reviewed", now, viewer.key)


def propose_all(viewer: Viewer, number: int) -> int:
    """Keep for every row without a proposal what its items come to, where all of them are known; how many.

    Rows of the reviewer's own household, clan or unit, or scored by them, are left to somebody else. Raises
    NotAllowed, NotFound and RecognitionRefused.
    """
    with database.writing() as connection:
        found, _ = scopes.locked(connection, viewer, Right.REVIEW, number)
        if found.model == Model.CITIZEN:
            raise NotFound
        if found.state != State.OPEN:
            raise RecognitionRefused("state")
        waiting = assessments.every(connection, number, states=[assessments.REGISTERED, assessments.SCORED])
        me = scopes.myself(connection, viewer, number)
        locked = assessments.lock(connection, [row.id for row in waiting if me.may_review(row)])
        rows = [row for row in locked.values() if row.state in (assessments.REGISTERED, assessments.SCORED)]
        points = {row.id: rules.unpacked(row.reviewed_points) for row in rows}
        said = proposals(connection, found, rows, points)
        kept = {row.id: (row, points[row.id], said[row.id], row.note) for row in rows if said[row.id].result}
        _keep(connection, viewer, kept)
    log.info("models proposed", round=number, rows=len(kept))
    return len(kept)
