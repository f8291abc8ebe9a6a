"""The grid: scores of a thôn, or of all, typed from paper or by the reviewers, up to 500 rows on a page.

A page is saved in one transaction. Each row carries its revision and a digest of what it said: a row that was
not touched is left alone, one that somebody else changed meanwhile is not overwritten but told with both
values, one with a wrong cell is told with what was typed, and all others are written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import records, rights
from lms_tracker.actions.recognition import criteria, evidence, rounds, scopes
from lms_tracker.actions.recognition.scopes import RecognitionRefused, Self, Whose
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.criteria import AnySet
from lms_tracker.learning.recognition import grid_files
from lms_tracker.learning.recognition import grids as rules
from lms_tracker.learning.recognition.grid_files import SheetRefused
from lms_tracker.learning.recognition.grids import Column
from lms_tracker.learning.recognition.rounds import State
from lms_tracker.store import database, places
from lms_tracker.store.places import Place
from lms_tracker.store.recognition import assessments
from lms_tracker.store.recognition.assessments import After, Assessment
from lms_tracker.store.recognition.rounds import Round

log = logs.logger(__name__)

MOST_ROWS = 500
PAGE = 100
# What a grid is of: the person's own score, brought on paper, or the reviewers'.
SELF, REVIEW = "self", "review"
RIGHTS = {SELF: Right.ENTER, REVIEW: Right.REVIEW}
ACTIVE = (assessments.REGISTERED, assessments.SCORED, assessments.REVIEWED)


@dataclass(frozen=True, slots=True)
class Typed:
    """A row as it was sent: cells by column code, the revision and the digest of what was shown."""

    cells: Mapping[str, str]
    note: str
    revision: int
    base: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a grid; `locked` says why it cannot be typed into: "own", "own-entry", "self-scored" or ""."""

    row: Assessment
    points: Mapping[str, int]
    own: Mapping[str, int]
    proposed: Mapping[str, int | None]
    locked: str
    base: str


@dataclass(frozen=True, slots=True)
class Grid:
    round: Round
    whose: Whose
    criteria: AnySet
    kind: str
    columns: tuple[Column, ...]
    lines: Sequence[Line]
    at: Mapping[int, Place]
    places: Sequence[Place]
    next: After
    may_type: bool


def grid(
    viewer: Viewer,
    number: int,
    kind: str,
    place_id: int | None = None,
    after: After = None,
    limit: int = PAGE,
    only: Sequence[int] = (),
) -> Grid:
    """A page of a grid, for whoever may fill it; the looks are logged. Raises rights.NotAllowed.

    `only` names the rows of a page that was sent, to be shown again.
    """
    right = right_for(kind)
    with database.reading() as connection:
        found, whose = scopes.known(connection, viewer, right, number)
        used = criteria.held(connection, found.criteria_set_id).criteria
        if only:
            rows = _rows(connection, number, only)
        else:
            most = min(limit, MOST_ROWS)
            rows = assessments.page(
                connection, number, most + 1, after, local_place_id=place_id, states=ACTIVE
            )
        more = not only and len(rows) > most
        rows = rows[:most] if not only else rows
        me = scopes.myself(connection, viewer, number)
        proposals = evidence.of_rows(connection, used, found.year, rows)
        made = Grid(
            round=found,
            whose=whose,
            criteria=used,
            kind=kind,
            columns=rules.columns(used),
            lines=[line_of(row, kind, me, proposals) for row in rows],
            at=places.by_ids(connection, {row.local_place_id for row in rows if row.local_place_id}),
            places=rounds.ordered(connection, assessments.local_places(connection, number)),
            next=(rows[-1].sort_key, rows[-1].id) if more else None,
            may_type=found.state == State.OPEN,
        )
    records.log_looks(
        viewer, [line.row.person_key for line in made.lines if line.row.person_key is not None], "round"
    )
    return made


def _rows(connection: Connection, number: int, only: Sequence[int]) -> list[Assessment]:
    found = assessments.by_ids(connection, only[:MOST_ROWS])
    mine = [row for row in found.values() if row.round_id == number]
    return sorted(mine, key=lambda row: (row.sort_key, row.id))


def right_for(kind: str) -> Right:
    if kind not in RIGHTS:
        raise records.NotFound
    return RIGHTS[kind]


def line_of(row: Assessment, kind: str, me: Self, proposals: evidence.Proposals) -> Line:
    own = rules.unpacked(row.self_points)
    points = own if kind == SELF else rules.unpacked(row.reviewed_points)
    note = row.note if kind == REVIEW else ""
    proposed = evidence.points(proposals.get(row.person_key or b"", ()))
    return Line(row, points, own, proposed, locked_for(row, kind, me), rules.base_of(points, note))


def locked_for(row: Assessment, kind: str, me: Self) -> str:
    """Why this row of a grid is not theirs to type into: "own", "own-entry", "self-scored"; or ""."""
    if me.is_own(row):
        return "own"
    if kind == REVIEW:
        return "" if me.may_review(row) else "own-entry"
    if row.person_key is not None and row.self_by == row.person_key:
        return "self-scored"
    return "reviewed" if row.reviewed_points else ""


def open_row(connection: Connection, viewer: Viewer, kind: str, number: int) -> tuple[Assessment, Round]:
    """One row by itself, with its round locked, for whoever may type into it now.

    Raises rights.NotAllowed and RecognitionRefused.
    """
    row = assessments.by_id(connection, number)
    rights.demand(row is not None)
    assert row is not None
    found, _ = scopes.locked(connection, viewer, right_for(kind), row.round_id)
    if found.state != State.OPEN or row.state not in ACTIVE:
        raise RecognitionRefused("state")
    locked = locked_for(row, kind, scopes.myself(connection, viewer, found.id))
    if locked:
        raise RecognitionRefused(locked)
    return row, found


def after_row(number: int, row_id: int) -> After:
    """Where a list goes on after a row of a round. Raises NotFound."""
    with database.reading() as connection:
        row = assessments.by_id(connection, row_id)
    if row is None or row.round_id != number:
        raise records.NotFound
    return row.sort_key, row.id


def demand(viewer: Viewer, number: int, kind: str) -> None:
    """Raise rights.NotAllowed unless the viewer may fill this grid."""
    with database.reading() as connection:
        scopes.known(connection, viewer, right_for(kind), number)


def from_sheet(viewer: Viewer, number: int, body: bytes) -> tuple[dict[int, Typed], dict[int, Assessment]]:
    """What a sheet of points would have typed into the grid; nothing is saved.

    The second are rows that somebody changed since the sheet was made, as they are now, where the sheet says
    something else. Raises rights.NotAllowed and SheetRefused, also for lines that name rows of no grid of
    theirs.
    """
    with database.reading() as connection:
        found, _ = scopes.known(connection, viewer, Right.ENTER, number)
        used = criteria.held(connection, found.criteria_set_id).criteria
        lines = grid_files.read(body, rules.columns(used))
        if len(lines) > MOST_ROWS:
            raise SheetRefused([(0, "rows-many")])
        rows = assessments.by_ids(connection, [line.row for line in lines])
    strange = [
        (line.line, "sheet-code")
        for line in lines
        if line.row not in rows or rows[line.row].round_id != number
    ]
    if strange or not lines:
        raise SheetRefused(strange[:50] or [(0, "sheet-columns")])
    typed, stale = {}, {}
    for line in lines:
        row = rows[line.row]
        base = rules.base_of(rules.unpacked(row.self_points), "")
        typed[line.row] = Typed(line.cells, "", row.revision, base)
        said = rules.read(rules.columns(used, row.population), line.cells)
        if line.revision not in (None, row.revision) and rules.base_of(said.points, "") != base:
            stale[line.row] = row
    return typed, stale
