"""The demo's rounds of recognition: one of last year, decided, and one of this year in which people register.

Everything enters as the officers of the commune would enter it: scores from paper, the reviewers' own, the
list, its minutes and submission, one numbered decision.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date

from lms_tracker.actions.recognition import decisions, grid_saves, grids, lists, registrations, rounds
from lms_tracker.actions.recognition.decisions import Deciding
from lms_tracker.actions.recognition.grids import Line, Typed
from lms_tracker.actions.recognition.lists import Minutes, Submission
from lms_tracker.actions.rights import Viewer

# Points of the ten indicators, in turn; the last is below the least for each.
SHEETS = (
    (9, 8, 9, 8, 9, 8, 8, 9, 9, 9),
    (8, 8, 8, 8, 9, 7, 8, 8, 9, 9),
    (9, 9, 10, 9, 9, 9, 8, 9, 10, 10),
    (8, 9, 8, 8, 8, 6, 8, 8, 9, 9),
    (8, 8, 8, 8, 8, 4, 7, 7, 9, 9),
)
FEWER = "Chưa thấy minh chứng cho chỉ số 6"


@dataclass(frozen=True, slots=True)
class Officers:
    """Who enters, who reviews, and who approves."""

    officer: Viewer
    reviewer: Viewer
    approver: Viewer


def hold(by: Officers, commune: int, today: date) -> int:
    """Last year's round from its opening to the decision, and this year's with some scores.

    Answers the number of the decision.
    """
    last = open_round(by, commune, today.year - 1)
    registrations.register(by.officer, last)
    _score(by, last, every=1)
    grid_saves.accept(by.reviewer, last, None)
    _doubt_one(by.reviewer, last)
    made = decide(by, last, today.year - 1, "215/QĐ-UBND")
    this = open_round(by, commune, today.year)
    registrations.register(by.officer, this, place_id=None)
    _score(by, this, every=2)
    return made


def open_round(by: Officers, commune: int, year: int, model: str = "citizen") -> int:
    wanted = rounds.Wanted(model, year, commune, None, date(year, 1, 1), date(year, 12, 31))
    return rounds.open_round(by.approver, wanted)


def _score(by: Officers, number: int, *, every: int) -> None:
    """Enter the paper sheets of each so-many-th person."""
    found = grids.grid(by.officer, number, grids.SELF, limit=grids.MOST_ROWS)
    sent = {
        line.row.id: _typed(line, SHEETS[place % len(SHEETS)])
        for place, line in enumerate(found.lines)
        if place % every == 0 and not line.locked
    }
    grid_saves.save(by.officer, number, grids.SELF, sent)


def _typed(line: Line, points: tuple[int, ...], note: str = "") -> Typed:
    cells = {str(code): str(value) for code, value in enumerate(points, 1)}
    return Typed(cells, note, line.row.revision, line.base)


def _doubt_one(reviewer: Viewer, number: int) -> None:
    """Of one person the reviewers think less than the person does, and say why."""
    found = grids.grid(reviewer, number, grids.REVIEW)
    line = next(one for one in found.lines if one.own and not one.locked)
    points = tuple(4 if code == "6" else value for code, value in sorted(line.own.items(), key=_by_number))
    grid_saves.save(reviewer, number, grids.REVIEW, {line.row.id: _typed(line, points, FEWER)})


def _by_number(pair: tuple[str, int]) -> int:
    return int(pair[0])


def decide(by: Officers, number: int, year: int, paper: str) -> int:
    """A round from its list to a decision with this number; answers which."""
    lists.make(by.approver, number, _revision(by, number))
    held_on, sent_on, decided_on = date(year, 12, 10), date(year, 12, 12), date(year, 12, 20)
    minutes = Minutes(
        held_on=held_on,
        held_at="Hội trường UBND xã",
        chair="Tăng Thị Duyệt",
        secretary="Thị Ngọc Diệp",
        present="Hội đồng xét công nhận, 7 thành viên",
        votes_for=7,
        votes_against=0,
    )
    lists.keep_minutes(by.approver, number, _revision(by, number), minutes)
    submission = Submission(
        number="18/TTr-HKH", sent_on=sent_on, to="Chủ tịch UBND xã Gò Quao", signed_by="Tăng Thị Duyệt"
    )
    lists.submit(by.approver, number, _revision(by, number), submission)
    deciding = Deciding(paper, decided_on, "Trần Văn Chủ", authority="Chủ tịch UBND xã Gò Quao")
    return decisions.decide(by.approver, number, _revision(by, number), deciding, os.urandom(16))


def _revision(by: Officers, number: int) -> int:
    return rounds.page_of(by.approver, number).round.revision


def reviewed(by: Officers, number: int) -> int:
    """How many subjects of a round were reviewed."""
    return rounds.page_of(by.approver, number).tally.reviewed
