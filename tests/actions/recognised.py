"""A commune of three thôn with people, those who hold a round there, and a whole round held."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert

from lms_tracker.actions import clock
from lms_tracker.actions.recognition import decisions, grid_saves, grids, lists, registrations, rounds
from lms_tracker.actions.recognition.decisions import Deciding
from lms_tracker.actions.recognition.grids import Typed
from lms_tracker.actions.recognition.lists import Minutes, Submission
from lms_tracker.actions.recognition.rounds import Wanted
from lms_tracker.actions.rights import Viewer
from lms_tracker.learning import names
from lms_tracker.learning.recognition import grids as rules
from lms_tracker.store import database, schema
from lms_tracker.store.recognition import assessments
from lms_tracker.store.recognition import rounds as store_rounds
from lms_tracker.store.recognition.assessments import Assessment
from tests.actions.communes import Commune, officer, settle

NAMES = ("Trần Văn Ánh", "Lê Thị Bưởi", "Đỗ Văn Cường", "Ngô Thị Đào", "Bùi Văn Én", "Hồ Thị Giang")
GOOD = {str(number): "9" for number in range(1, 11)}
POOR = {**{str(number): "8" for number in range(1, 10)}, "10": "4"}


@dataclass(frozen=True)
class Cast:
    """The commune, who enters, reviews and approves, and the people by their place in `NAMES`."""

    at: Commune
    officer: Viewer
    reviewer: Viewer
    approver: Viewer
    other: Viewer
    people: tuple[bytes, ...]


def person(name: str, at: int, since: date | None = None, until: date | None = None) -> bytes:
    key = os.urandom(16)
    with database.writing() as connection:
        connection.execute(
            insert(schema.people).values(
                person_key=key,
                name=name,
                created_us=1,
                search=names.folded(name),
                sort_key=names.person_sort_key(name),
                birth_year=1980,
            )
        )
        connection.execute(
            insert(schema.residences).values(person_key=key, place_id=at, since=since, until=until)
        )
    return key


def cast() -> Cast:
    at = settle()
    people = tuple(person(name, (at.east, at.west)[count % 2]) for count, name in enumerate(NAMES))
    viewers = [
        officer(login, at.commune, role)
        for login, role in (
            ("nhap", "officer"),
            ("cham", "reviewer"),
            ("duyet", "approver"),
            ("ban-hanh", "approver"),
        )
    ]
    entering, reviewing, approving, other = viewers
    return Cast(at, entering, reviewing, approving, other, people)


def opened(cast: Cast, year: int | None = None, opens_on: date | None = None) -> int:
    this = clock.today().year if year is None else year
    return rounds.open_round(
        cast.approver,
        Wanted("citizen", this, cast.at.commune, None, opens_on or date(this, 1, 1), date(this, 12, 31)),
    )


def rows(number: int) -> list[Assessment]:
    with database.reading() as connection:
        return assessments.every(connection, number)


def typed(row: Assessment, cells: dict[str, str], kind: str = grids.REVIEW, note: str = "") -> Typed:
    """A row of a grid as a browser sends it, filled in after it was loaded."""
    points = row.self_points if kind == grids.SELF else row.reviewed_points
    base = rules.base_of(rules.unpacked(points), row.note if kind == grids.REVIEW else "")
    return Typed(cells, note, row.revision, base)


def reviewed(cast: Cast, number: int, poor: int = 1) -> None:
    """Everybody registered and reviewed; the last `poor` of the list do not reach the thresholds."""
    registrations.register(cast.officer, number)
    every = rows(number)
    sent = {
        row.id: typed(row, POOR if place >= len(every) - poor else GOOD) for place, row in enumerate(every)
    }
    assert grid_saves.save(cast.reviewer, number, grids.REVIEW, sent).is_whole


def revision(number: int) -> int:
    with database.reading() as connection:
        found = store_rounds.by_id(connection, number)
    assert found is not None
    return found.revision


def submitted(cast: Cast, number: int, sent_on: date | None = None) -> None:
    """The list, its minutes and its submission."""
    day = sent_on or clock.today()
    lists.make(cast.approver, number, revision(number))
    minutes = Minutes(
        held_on=day,
        held_at="Nhà văn hóa xã",
        chair="Nguyễn Văn Chủ",
        secretary="Lê Thị Thư",
        present="Hội đồng 5 người",
        votes_for=5,
        votes_against=0,
    )
    lists.keep_minutes(cast.approver, number, revision(number), minutes)
    submission = Submission(number="12/TTr-HKH", sent_on=day, to="Chủ tịch UBND xã")
    lists.submit(cast.approver, number, revision(number), submission)


def deciding(number: str = "45/QĐ-UBND", on: date | None = None, **more: Any) -> Deciding:
    values: dict[str, Any] = {"signed_by": "Phạm Văn Ký", "authority": "Chủ tịch UBND xã Đông Hòa", **more}
    return Deciding(number, on or clock.today(), **values)


def decided(cast: Cast, round_id: int, **more: Any) -> int:
    submitted(cast, round_id)
    return decisions.decide(
        cast.approver,
        round_id,
        revision(round_id),
        deciding(**more),
        os.urandom(16),
    )
