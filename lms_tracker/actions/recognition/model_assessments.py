"""Households, clans, communities and units in a round, as pages show them: items, ticks and steps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from lms_tracker.actions.recognition import criteria, model_reviews, scopes, standings
from lms_tracker.actions.recognition.model_reviews import ACTIVE
from lms_tracker.actions.recognition.scopes import Mine, Whose
from lms_tracker.actions.recognition.standings import Standing, Standings
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.criteria import AnySet
from lms_tracker.learning.recognition import grids as rules
from lms_tracker.learning.recognition.models import Model
from lms_tracker.learning.recognition.rounds import State
from lms_tracker.store import cases, database, places
from lms_tracker.store.cases import CaseStep
from lms_tracker.store.places import Place
from lms_tracker.store.recognition import assessments
from lms_tracker.store.recognition.assessments import Assessment
from lms_tracker.store.recognition.rounds import Round

PAGE = 50


@dataclass(frozen=True, slots=True)
class Sheet:
    """A subject in a round with its checklist.

    `level_2_from` is the first local day on which level 2 may be proposed; None where the set states none.
    """

    round: Round
    whose: Whose
    row: Assessment
    place: Place | None
    criteria: AnySet
    standings: Standings
    standing: Standing | None
    ticks: Mapping[str, int]
    level_2_from: date | None
    steps: Sequence[CaseStep]
    mine: Mine
    is_own: bool
    # Scored by the viewer from paper, so that somebody else reviews it.
    is_entered: bool
    may_review: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of a round's list with how its subject stands; None where it is there no longer."""

    row: Assessment
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class RoundPage:
    round: Round
    whose: Whose
    standings: Standings
    shown: Sequence[Listed]
    at: Mapping[int, Place]
    count: int
    # Rows without a proposal whose every item is known.
    ready: int
    more: bool
    mine: Mine


def _ticked(row: Assessment) -> dict[str, bool]:
    return {code: bool(value) for code, value in rules.unpacked(row.reviewed_points).items()}


def _of(connection: Connection, found: Round, rows: Sequence[Assessment]) -> Standings:
    ticks = {row.subject_id: _ticked(row) for row in rows if row.subject_id is not None}
    return standings.of_rows(connection, found, rows, ticks)


def sheet(viewer: Viewer, number: int) -> Sheet:
    """A row of a round of households, clans, communities or units. Raises NotAllowed and NotFound."""
    with database.reading() as connection:
        row, found, whose = model_reviews.known(connection, viewer, number)
        mine, me = scopes.mine(connection, viewer, whose), scopes.myself(connection, viewer, found.id)
        shown = _of(connection, found, [row])
        used = criteria.held(connection, found.criteria_set_id).criteria
        is_active = row.state in ACTIVE and found.state == State.OPEN
        return Sheet(
            round=found,
            whose=whose,
            row=row,
            place=None if row.local_place_id is None else places.by_id(connection, row.local_place_id),
            criteria=used,
            standings=shown,
            standing=next(iter(shown.shown), None),
            ticks=rules.unpacked(row.reviewed_points),
            level_2_from=model_reviews.level_2_days(connection, found, used, [row]).get(row.subject_id or 0),
            steps=cases.steps(connection, cases.ASSESSMENT, [row.id])[row.id],
            mine=mine,
            is_own=row.id in me.own_rows,
            is_entered=row.self_by in me.keys,
            may_review=mine.review and is_active and me.may_review(row),
        )


def round_page(viewer: Viewer, number: int, page: int = 1) -> RoundPage:
    """The subjects of a round with how they stand, in the order of lists. Raises NotAllowed and NotFound."""
    with database.reading() as connection:
        found, whose = scopes.known(connection, viewer, Right.SEE, number)
        if found.model == Model.CITIZEN:
            raise NotFound
        rows = assessments.every(connection, number, states=ACTIVE)
        made = _of(connection, found, rows)
        by_subject = {one.subject.id: one for one in made.shown}
        listed = [Listed(row, by_subject.get(row.subject_id or 0)) for row in rows]
        shown = listed[(page - 1) * PAGE : page * PAGE]
        numbers = {one.row.local_place_id for one in shown if one.row.local_place_id is not None}
        return RoundPage(
            found,
            whose,
            made,
            shown,
            places.by_ids(connection, numbers),
            len(rows),
            sum(1 for one in listed if _is_ready(one)),
            len(rows) > page * PAGE,
            scopes.mine(connection, viewer, whose),
        )


def _is_ready(one: Listed) -> bool:
    first = one.standing.first if one.standing is not None else None
    return one.row.state != assessments.REVIEWED and first is not None and first.whole is not None
