"""What thresholds come to: a pure function of who is recognised, and the rules of counting."""

from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_tracker.learning import criteria
from lms_tracker.learning.criteria import Checklist, Share
from lms_tracker.learning.recognition.models import Model
from lms_tracker.learning.recognition.shares import COUNTED_OF, Counted, counted_on, last_adult_birth_year
from lms_tracker.learning.recognition.standings import State, counted_by, level_of, state_of
from tests.actions import checklists

members = st.lists(st.booleans(), max_size=12)


@cache
def family(percent: int) -> Checklist:
    found = criteria.parse(
        checklists.body(Model.HOUSEHOLD, [checklists.item("1", share=checklists.share("members", percent))])
    )
    assert isinstance(found, Checklist)
    return found


def share(recognised: list[bool]) -> dict[str, Share]:
    return {"members": Counted(sum(recognised), len(recognised), "members", date(2026, 12, 31))}


@given(members, st.integers(1, 100))
def test_a_family_is_eligible_exactly_when_the_share_is_reached_i11(
    recognised: list[bool], percent: int
) -> None:
    found = level_of(family(percent), share(recognised), {}, 1)
    assert found is not None
    if not recognised:
        assert found.computed is None
        return
    reached = sum(recognised) * 100 >= percent * len(recognised)
    assert found.computed is reached
    # So many more, and no fewer, make it eligible.
    grown = sum(recognised) + found.missing
    assert grown * 100 >= percent * len(recognised)
    assert found.missing == 0 or (grown - 1) * 100 < percent * len(recognised)


@given(members, st.integers(1, 100), st.randoms())
def test_it_does_not_matter_who_of_them_is_recognised_nor_in_which_order_i11(
    recognised: list[bool], percent: int, chance: object
) -> None:
    shuffled = list(recognised)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert level_of(family(percent), share(recognised), {}, 1) == level_of(
        family(percent), share(shuffled), {}, 1
    )


@given(members, st.integers(1, 100), st.booleans())
def test_a_recognition_is_never_changed_by_what_is_computed_but_shown_as_no_longer_meeting_it_i11(
    recognised: list[bool], percent: int, holds: bool
) -> None:
    found = level_of(family(percent), share(recognised), {}, 1)
    assert found is not None
    state = state_of(found, holds=holds)
    assert (state in (State.HELD, State.NO_LONGER)) is holds
    assert (state in (State.HELD, State.MET)) is (found.computed is True)


def test_the_shipped_set_makes_a_family_of_four_eligible_with_its_third() -> None:
    used = criteria.in_force(criteria.shipped(), Model.HOUSEHOLD, 2026)
    assert used is not None
    states = [
        state_of(level_of(used, share([True] * count + [False] * (4 - count)), {}, 1), holds=False)
        for count in range(5)
    ]
    assert states == [State.MISSING, State.MISSING, State.MISSING, State.MET, State.MET]


def test_every_shipped_checklist_asks_for_what_can_be_counted_of_its_model() -> None:
    for one in criteria.shipped():
        assert counted_by(one) <= set(COUNTED_OF[Model(one.model)]), one.id


@pytest.mark.parametrize(
    ("until", "today", "expected"),
    [
        ("12-31", date(2026, 11, 23), date(2026, 11, 23)),
        ("12-31", date(2027, 2, 1), date(2026, 12, 31)),
        ("02-29", date(2027, 2, 1), date(2026, 2, 28)),
        ("11-30", date(2026, 12, 5), date(2026, 11, 30)),
    ],
)
def test_who_belongs_is_decided_on_the_last_day_of_the_window_or_today(
    until: str, today: date, expected: date
) -> None:
    assert counted_on(until, 2026, today) == expected


def test_an_adult_turns_18_in_the_year() -> None:
    assert last_adult_birth_year(2026) == 2008
