"""What was typed into a grid is written: in one transaction, with what is wrong told row by row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock
from lms_tracker.actions.recognition import criteria, evidence, model_reviews, scopes
from lms_tracker.actions.recognition.grids import (
    ACTIVE,
    MOST_ROWS,
    REVIEW,
    SELF,
    Line,
    Typed,
    line_of,
    locked_for,
    right_for,
)
from lms_tracker.actions.recognition.scopes import RecognitionRefused
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.criteria import AnySet
from lms_tracker.learning.recognition import grids as rules
from lms_tracker.learning.recognition.rounds import State
from lms_tracker.store import cases, database
from lms_tracker.store.recognition import assessments
from lms_tracker.store.recognition.assessments import Assessment
from lms_tracker.store.recognition.rounds import Round

log = logs.logger(__name__)

# So many rows of a whole commune are reviewed in one transaction.
ROWS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a page: how many rows were written, and by number what was wrong with the others.

    `conflicts` hold the row as somebody else left it; `problems` the wrong cells of each row.
    """

    count: int
    conflicts: Mapping[int, Assessment] = field(default_factory=dict)
    problems: Mapping[int, Mapping[str, str]] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        return not self.conflicts and not self.problems


def save(viewer: Viewer, number: int, kind: str, typed: Mapping[int, Typed]) -> Saved:
    """Write a page that was sent. Raises rights.NotAllowed and RecognitionRefused."""
    if len(typed) > MOST_ROWS:
        raise RecognitionRefused("rows-many")
    with database.writing() as connection:
        found, _ = scopes.locked(connection, viewer, right_for(kind), number)
        if found.state != State.OPEN:
            raise RecognitionRefused("state")
        saved = write(connection, viewer, found, kind, typed)
    log.info("grid saved", round=number, kind=kind, rows=saved.count, conflicts=len(saved.conflicts))
    return saved


def write(
    connection: Connection, viewer: Viewer, found: Round, kind: str, typed: Mapping[int, Typed]
) -> Saved:
    """The same in an open transaction, with the round locked."""
    used = criteria.held(connection, found.criteria_set_id).criteria
    rows = assessments.lock(connection, list(typed))
    me = scopes.myself(connection, viewer, found.id)
    proposals = evidence.of_rows(connection, used, found.year, list(rows.values())) if kind == REVIEW else {}
    conflicts: dict[int, Assessment] = {}
    problems: dict[int, Mapping[str, str]] = {}
    changes: dict[int, dict[str, object]] = {}
    for number, sent in typed.items():
        row = rows.get(number)
        if row is None or row.round_id != found.id or row.state not in ACTIVE:
            problems[number] = {"row": "gone"}
            continue
        read = rules.read(rules.columns(used, row.population), sent.cells, sent.note)
        if not read.problems and sent.base == rules.base_of(read.points, read.note if kind == REVIEW else ""):
            continue
        line = line_of(row, kind, me, proposals)
        wrong = {"row": line.locked} if line.locked else dict(read.problems)
        if not wrong and kind == REVIEW and _wants_note(read, line):
            wrong = {"note": "note"}
        if wrong:
            problems[number] = wrong
        elif row.revision != sent.revision:
            if line.base != rules.base_of(read.points, read.note if kind == REVIEW else ""):
                conflicts[number] = row
        else:
            changes[number] = _changed(found, used, row, kind, read, me.key)
    if kind == REVIEW and model_reviews.is_computed(found, used):
        model_reviews.settle(connection, found, rows, changes)
    _write(connection, kind, changes, viewer.key)
    return Saved(len(changes), conflicts, problems)


def _wants_note(read: rules.Row, line: Line) -> bool:
    return not read.note and bool(read.points) and rules.note_missing(read.points, line.own, line.proposed)


def _changed(
    found: Round, used: AnySet, row: Assessment, kind: str, read: rules.Row, by_person: bytes
) -> dict[str, object]:
    """The columns of a row by what was typed; what the thresholds say is proposed."""
    packed, outcome = rules.packed(read.points), rules.outcome_of(used, read.points, found.area)
    total = outcome.total if read.points else None
    now = clock.now_us()
    if kind == SELF:
        return {
            "self_points": packed,
            "self_total": total,
            "self_us": now if packed else None,
            "self_by": by_person if packed else None,
            "state": assessments.SCORED if packed else assessments.REGISTERED,
        }
    return {
        "reviewed_points": packed,
        "reviewed_total": total,
        "reviewed_us": now if packed else None,
        "reviewed_by": by_person if packed else None,
        "note": read.note,
        **proposed(outcome, is_scored=bool(row.self_points or packed)),
    }


def proposed(outcome: rules.Outcome, *, is_scored: bool) -> dict[str, object]:
    """State and proposed result by what points come to: reviewed only when everything was assessed."""
    if outcome.achieved is None:
        state = assessments.SCORED if is_scored else assessments.REGISTERED
        return {"state": state, "proposed_result": ""}
    return {
        "state": assessments.REVIEWED,
        "proposed_result": "achieved" if outcome.achieved else "not-achieved",
    }


def _write(
    connection: Connection, kind: str, changes: Mapping[int, Mapping[str, object]], by_person: bytes
) -> None:
    assessments.change_locked(connection, changes)
    points = "self_points" if kind == SELF else "reviewed_points"
    what = "paper-scored" if kind == SELF else "reviewed"
    noted = [(number, str(values[points])) for number, values in changes.items()]
    cases.add_steps(connection, cases.ASSESSMENT, noted, what, clock.now_us(), by_person)


def accept(viewer: Viewer, number: int, place_id: int | None) -> int:
    """Review all rows that scored themselves by their own points, of a thôn or of all; answers how many.

    Rows that were reviewed already stay as they are, and rows that are not for the viewer to review are left.
    Written a part at a time, so that others write meanwhile; where it was broken off, the next time goes on.
    Raises rights.NotAllowed and RecognitionRefused.
    """
    count, after = 0, None
    while True:
        with database.writing() as connection:
            found, _ = scopes.locked(connection, viewer, Right.REVIEW, number)
            if found.state != State.OPEN:
                raise RecognitionRefused("state")
            scored = [assessments.SCORED]
            rows = assessments.page(
                connection, number, ROWS_AT_ONCE, after, local_place_id=place_id, states=scored
            )
            count += _accept(connection, viewer, found, rows)
        if len(rows) < ROWS_AT_ONCE:
            break
        after = rows[-1].sort_key, rows[-1].id
    log.info("own scores accepted", round=number, rows=count)
    return count


def _accept(connection: Connection, viewer: Viewer, found: Round, rows: Sequence[Assessment]) -> int:
    used = criteria.held(connection, found.criteria_set_id).criteria
    me = scopes.myself(connection, viewer, found.id)
    changes = {}
    for row in rows:
        if row.self_points and not row.reviewed_points and not locked_for(row, REVIEW, me):
            read = rules.Row(rules.unpacked(row.self_points), row.note)
            changes[row.id] = _changed(found, used, row, REVIEW, read, me.key)
    if model_reviews.is_computed(found, used):
        model_reviews.settle(connection, found, {row.id: row for row in rows}, changes)
    _write(connection, REVIEW, changes, viewer.key)
    return len(changes)
