"""The course of a round, who may be recognised in it, points as people type them, samples drawn again."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_tracker.learning import criteria
from lms_tracker.learning.criteria import PointsSet
from lms_tracker.learning.recognition import grid_files, grids
from lms_tracker.learning.recognition.grid_files import SheetRefused
from lms_tracker.learning.recognition.rounds import (
    BACK,
    COUNTED,
    FOLLOWING,
    Presence,
    State,
    belonging,
    certificate,
    counted_on,
    may_follow,
    wrong_day,
)
from lms_tracker.learning.recognition.samples import drawn

YEAR_END = date(2025, 12, 31)
TODAY = date(2026, 3, 1)
CITIZEN = next(found for found in criteria.shipped() if isinstance(found, PointsSet))
COLUMNS = grids.columns(CITIZEN)
DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@dataclass(frozen=True)
class Stay:
    place_id: int
    since: date | None = None
    until: date | None = None


def test_a_decided_or_cancelled_round_goes_nowhere_and_each_step_back_is_one_step() -> None:
    assert not FOLLOWING[State.DECIDED]
    assert not FOLLOWING[State.CANCELLED]
    order = [State.OPEN, State.LISTED, State.SUBMITTED, State.DECIDED]
    for now, to in BACK.items():
        assert order.index(now) - order.index(to) == 1
        assert may_follow(now, to)
    assert not may_follow(State.OPEN, State.DECIDED)
    assert not may_follow(State.OPEN, "burnt")


@given(DAYS)
def test_the_day_that_counts_is_the_last_of_the_year_or_the_decision_if_that_is_earlier(day: date) -> None:
    assert counted_on(2025, day) == min(day, YEAR_END)


@pytest.mark.parametrize(
    ("stays", "died", "presence", "place"),
    [
        ([Stay(7)], None, Presence.HERE, 7),
        ([], None, Presence.NEVER, None),
        ([Stay(7, None, date(2025, 6, 1))], None, Presence.GONE, None),
        ([Stay(7, None, date(2025, 6, 1)), Stay(8, date(2025, 6, 2))], None, Presence.HERE, 8),
        ([Stay(7, None, YEAR_END)], None, Presence.LEFT_SINCE, 7),
        ([Stay(7, date(2026, 1, 1))], None, Presence.GONE, None),
        ([Stay(7, None, date(2025, 6, 1))], date(2025, 6, 1), Presence.DIED, 7),
        ([Stay(7, None, date(2024, 6, 1))], date(2024, 6, 1), Presence.GONE, None),
        ([Stay(7, None, date(2026, 2, 1))], date(2026, 2, 1), Presence.DIED_SINCE, 7),
        ([Stay(7, None, date(2025, 3, 1))], date(2025, 6, 1), Presence.GONE, None),
    ],
)
def test_movers_and_the_dead_stand_to_a_place_as_the_rule_says(
    stays: list[Stay], died: date | None, presence: Presence, place: int | None
) -> None:
    found = belonging(stays, died, YEAR_END, TODAY)
    assert (found.presence, found.place_id) == (presence, place)


@given(st.lists(st.builds(Stay, st.integers(1, 3), st.none() | DAYS, st.none() | DAYS), max_size=4), DAYS)
def test_whoever_is_counted_has_a_place_and_lived_there_on_the_day(stays: list[Stay], on: date) -> None:
    found = belonging(stays, None, on, TODAY)
    if found.presence in COUNTED:
        assert any(
            one.place_id == found.place_id and (one.since or date.min) <= on <= (one.until or date.max)
            for one in stays
        )
    else:
        assert found.place_id is None


@given(DAYS, DAYS, st.none() | DAYS)
def test_a_decision_bears_no_day_before_what_it_follows_nor_one_to_come(
    decided: date, opened: date, submitted: date | None
) -> None:
    wrong = wrong_day(decided, opened, submitted, TODAY)
    is_right = opened <= decided <= TODAY and (submitted is None or submitted <= decided)
    assert (wrong is None) == is_right


def test_certificates_are_numbered_by_model_and_year() -> None:
    assert certificate("citizen", 2026, 12) == "CDHT-2026-00012"
    assert certificate("household", 2026, 123_456) == "GĐHT-2026-123456"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("8", 8), (" 8 ", 8), ("8.0", 8), ("8,0", 8), ("0", 0), ("10", 10), ("", None), ("11", "most"),
        ("8,5", "number"), ("-1", "number"), ("tám", "number"), ("٣", "number"), ("9" * 40, "number"),
        ("1e1", "number"), ("8\x00", "number"),
    ],
)  # fmt: skip
def test_a_cell_is_a_whole_number_within_the_greatest_points_or_says_what_is_wrong(
    text: str, said: int | str | None
) -> None:
    row = grids.read(COLUMNS, {"1": text})
    assert row.points.get("1", row.problems.get("1")) == said


@given(st.dictionaries(st.sampled_from([str(n) for n in range(1, 12)]), st.text(max_size=6)))
def test_no_text_in_a_row_is_lost_or_taken_for_something_else(typed: dict[str, str]) -> None:
    row = grids.read(COLUMNS, typed)
    known = {column.code for column in COLUMNS}
    filled = {code for code, text in typed.items() if text.strip() and code in known}
    assert set(row.points) | set(row.problems) == filled
    assert not set(row.points) & set(row.problems)
    assert grids.unpacked(grids.packed(row.points)) == row.points


@given(st.dictionaries(st.sampled_from([str(n) for n in range(1, 11)]), st.integers(0, 10)))
def test_what_was_not_assessed_is_not_0(points: dict[str, int]) -> None:
    found = grids.outcome_of(CITIZEN, points, "")
    assert (found.achieved is None) == (len(points) < 10)
    assert found.total == sum(points.values())


def test_reviewers_say_why_where_they_differ_from_the_person_or_else_from_the_evidence() -> None:
    assert not grids.note_missing({"1": 8}, {"1": 8}, {"1": 5})
    assert grids.note_missing({"1": 7}, {"1": 8}, {})
    assert grids.note_missing({"1": 7}, {}, {"1": 8})
    assert not grids.note_missing({"1": 8}, {}, {"1": None})


def sheet(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def test_a_sheet_comes_back_whatever_stands_around_its_table() -> None:
    body = sheet(
        "Danh sách thôn Đông;;;",
        "Mã dòng;Họ tên;1. Tự học;3",
        "12;Hoa;8;",
        "13;Tám;x;9",
        ";;;",
        ";Người lập;;",
    )
    found = grid_files.read(body, COLUMNS)
    assert [(one.row, dict(one.cells)) for one in found] == [
        (12, {"1": "8", "3": ""}),
        (13, {"1": "x", "3": "9"}),
    ]


@pytest.mark.parametrize(
    ("lines", "rules"),
    [
        (("Họ tên;1", "Hoa;8"), ["sheet-columns"]),
        (("Mã dòng;Họ tên", "1;Hoa"), ["sheet-columns"]),
        (("Mã dòng;1", "hai;8", "2;8", "2;9"), ["sheet-code", "sheet-twice"]),
        (("",), ["sheet"]),
    ],
)
def test_a_sheet_of_something_else_is_refused_with_what_is_wrong(
    lines: tuple[str, ...], rules: list[str]
) -> None:
    with pytest.raises(SheetRefused) as refused:
        grid_files.read(sheet(*lines), COLUMNS)
    assert [rule for _, rule in refused.value.problems] == rules


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reading_of_a_sheet(body: bytes) -> None:
    with suppress(SheetRefused):
        grid_files.read(body, COLUMNS)


@given(st.sets(st.integers(1, 10**9), max_size=60), st.integers(1, 20), st.text(min_size=1, max_size=5))
def test_a_sample_depends_on_the_seed_alone(numbers: set[int], size: int, seed: str) -> None:
    once = drawn(sorted(numbers), size, seed)
    assert once == drawn(sorted(numbers, reverse=True), size, seed)
    assert len(once) == min(size, len(numbers))
    assert set(once) <= numbers


def test_every_member_is_drawn_about_as_often_as_any_other() -> None:
    often = [0] * 20
    for seed in range(400):
        for number in drawn(list(range(20)), 5, str(seed)):
            often[number] += 1
    assert min(often) > 60
    assert max(often) < 140
