"""What may be claimed: each rule of the form."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_tracker.learning.claims import Bounds, ClaimRefused, read, read_day, read_length

BOUNDS = Bounds(today=date(2026, 11, 20), first_open=date(2025, 1, 1), day_seconds=12 * 3600)
GOOD = {
    "category": "law",
    "title": "Hội nghị phổ biến luật",
    "taught_by": "Phòng Tư pháp",
    "first_day": "2026-10-01",
    "last_day": "",
    "hours": "3",
    "minutes": "30",
    "per": "all",
    "description": "Quyền của người sử dụng đất.",
}


def problems(**changes: str) -> dict[str, str]:
    with pytest.raises(ClaimRefused) as refused:
        read({**GOOD, **changes}, BOUNDS)
    return refused.value.problems


def test_a_claim_of_one_day_says_how_long() -> None:
    found = read(GOOD, BOUNDS)
    assert (found.first_day, found.last_day, found.seconds) == (date(2026, 10, 1), date(2026, 10, 1), 12_600)


def test_hours_of_each_day_are_those_of_all_days_together() -> None:
    found = read({**GOOD, "last_day": "2026-10-05", "per": "day"}, BOUNDS)
    assert found.seconds == 5 * 12_600
    assert read({**GOOD, "last_day": "05/10/2026"}, BOUNDS).seconds == 12_600


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"category": "cooking"}, {"category": "choice"}),
        ({"title": "  \u200b "}, {"title": "required"}),
        ({"title": "a" * 201}, {"title": "long"}),
        ({"taught_by": ""}, {"taught_by": "required"}),
        ({"description": "ngắn"}, {"description": "short"}),
        ({"description": "dài " * 1_100}, {"description": "long"}),
        ({"first_day": ""}, {"first_day": "day"}),
        ({"first_day": "31/02/2026"}, {"first_day": "day"}),
        ({"first_day": "2026-11-21"}, {"first_day": "future"}),
        ({"last_day": "2027-01-01"}, {"last_day": "future"}),
        ({"last_day": "2026-09-30"}, {"last_day": "before"}),
        ({"first_day": "2025-12-30"}, {}),
        ({"first_day": "2025-12-30", "last_day": "2026-01-02"}, {"last_day": "years"}),
        ({"first_day": "2024-12-31"}, {"first_day": "closed"}),
        ({"hours": "x"}, {"hours": "length"}),
        ({"hours": "-3"}, {"hours": "length"}),
        ({"hours": "٣"}, {"hours": "length"}),
        ({"minutes": "60"}, {"hours": "length"}),
        ({"hours": "", "minutes": "0"}, {"hours": "none"}),
        ({"hours": "12", "minutes": "1"}, {"hours": "many"}),
        ({"hours": "9999", "last_day": "2026-10-02"}, {"hours": "many"}),
        ({"hours": "13", "per": "day", "last_day": "2026-10-02"}, {"hours": "many"}),
        ({"per": "week"}, {"per": "choice"}),
    ],
    ids=str,
)
def test_every_rule_is_told_at_its_field(changes: dict[str, str], wrong: dict[str, str]) -> None:
    if wrong:
        assert problems(**changes) == wrong
    else:
        read({**GOOD, **changes}, BOUNDS)


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert set(problems(**dict.fromkeys(GOOD, ""))) == set(GOOD) - {"last_day", "minutes"}


def test_texts_are_kept_without_control_characters_and_in_one_form() -> None:
    found = read(
        {**GOOD, "title": "Lo\u031b\u0301p\x00 học\t\x1b[31m tối", "description": "a\r\nb\x00" * 5}, BOUNDS
    )
    assert found.title == "Lớp học[31m tối"
    assert found.description.startswith("a\nba\nb")


@given(st.dictionaries(st.sampled_from(sorted(GOOD)), st.text(max_size=40)))
def test_whatever_is_typed_is_a_claim_within_bounds_or_told_field_by_field(typed: dict[str, str]) -> None:
    problems: set[str] = set()
    try:
        found = read({**GOOD, **typed}, BOUNDS)
    except ClaimRefused as refused:
        problems.update(refused.problems)
    if problems:
        assert problems <= GOOD.keys()
        return
    days = (found.last_day - found.first_day).days + 1
    assert 0 < found.seconds <= days * BOUNDS.day_seconds
    assert BOUNDS.first_open <= found.first_day <= found.last_day <= BOUNDS.today


@given(st.text(max_size=12))
def test_a_day_or_a_length_is_read_or_not_and_never_fails(text: str) -> None:
    read_day(text)
    length = read_length(text, text)
    assert length is None or length >= 0
