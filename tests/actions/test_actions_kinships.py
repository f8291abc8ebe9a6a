"""Households and clans mended: nobody belongs to two at once, on both databases."""

import threading
from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms_tracker.actions import kinship_changes, kinships
from lms_tracker.actions.kinship_changes import KinshipRefused, Problem, Split
from lms_tracker.actions.rights import NotAllowed
from lms_tracker.learning.recognition.spans import overlap
from lms_tracker.store import database
from lms_tracker.store import kinships as rows
from tests.actions import communes, households
from tests.days import TODAY

DAY = TODAY - timedelta(days=10)

days = st.none() | st.dates(date(2020, 1, 1), date(2020, 1, 12))


@given(st.tuples(days, days), st.tuples(days, days))
def test_two_times_overlap_where_they_have_a_day_in_common(
    one: tuple[date | None, date | None], other: tuple[date | None, date | None]
) -> None:
    def within(span: tuple[date | None, date | None], day: date) -> bool:
        return (span[0] is None or span[0] <= day) and (span[1] is None or span[1] >= day)

    every = [date(2019, 12, 30) + timedelta(days=step) for step in range(20)]
    assert overlap(one, other) == any(within(one, day) and within(other, day) for day in every)
    assert overlap(one, other) == overlap(other, one)


@pytest.mark.usefixtures("in_app")
def test_who_moves_leaves_the_other_household_the_day_before_and_the_past_stays() -> None:
    at = communes.settle()
    officer = communes.officer("can-bo", at.commune)
    (person,) = households.people(1, at=at.east)
    old, new = households.kinship(at.east, [person]), households.kinship(at.west, [], name="2")
    for moves, day, problem in (
        (False, DAY, Problem.ELSEWHERE),
        (True, None, Problem.DAY),
        (True, TODAY + timedelta(days=1), Problem.DAY),
    ):
        with pytest.raises(KinshipRefused) as refused:
            kinship_changes.join(officer, new, person, "", day, moves=moves)
        assert refused.value.problem is problem
    kinship_changes.join(officer, new, person, "", DAY, moves=True)
    assert kinships.page(officer, old).members == []
    (gone,) = kinships.page(officer, old).past
    assert gone.membership.until == DAY - timedelta(days=1)
    assert gone.elsewhere == []
    (here,) = kinships.page(officer, new).members
    assert (here.membership.since, here.elsewhere) == (DAY, [])
    with pytest.raises(KinshipRefused) as refused:
        kinship_changes.leave(officer, new, here.membership.id, DAY - timedelta(days=1))
    assert refused.value.problem is Problem.DAY


@pytest.mark.usefixtures("in_app")
def test_of_a_household_that_parts_somebody_stays_and_the_new_one_has_its_own_head() -> None:
    at = communes.settle()
    officer, far = communes.officer("can-bo", at.commune), communes.officer("far", at.west)
    number = households.kinship(at.east, households.people(3, at=at.east))
    first, second, third = (one.membership.id for one in kinships.page(officer, number).members)
    for wanted, problem in (
        (Split([], None, "2", DAY), Problem.NOBODY),
        (Split([first, second, third], None, "2", DAY), Problem.EVERYBODY),
        (Split([first], second, "2", DAY), Problem.NO_MEMBER),
        (Split([first], None, "12", DAY), Problem.THERE_ALREADY),
        (Split([first], None, "", DAY), Problem.NAME),
    ):
        with pytest.raises(KinshipRefused) as refused:
            kinship_changes.split(officer, number, wanted)
        assert refused.value.problem is problem
    with pytest.raises(NotAllowed):
        kinship_changes.split(far, number, Split([first], None, "2", DAY))
    made = kinship_changes.split(officer, number, Split([second, third], third, "2", DAY))
    assert [one.membership.relation for one in kinships.page(officer, made).members] == ["", "head"]
    assert len(kinships.page(officer, number).members) == 1


def test_of_two_officers_who_enter_somebody_at_once_one_is_told(in_app: Flask) -> None:
    at = communes.settle()
    officer = communes.officer("can-bo", at.commune)
    (person,) = households.people(1, at=at.east)
    numbers = [households.kinship(at.east, [], name=str(name)) for name in range(4)]
    refused: list[Problem] = []

    def join(number: int) -> None:
        with in_app.app_context():
            try:
                kinship_changes.join(officer, number, person, "", DAY)
            except KinshipRefused as error:
                refused.append(error.problem)

    threads = [threading.Thread(target=join, args=(number,)) for number in numbers]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert refused == [Problem.ELSEWHERE] * 3
    with database.reading() as connection:
        assert len(rows.of_person(connection, person)) == 1
