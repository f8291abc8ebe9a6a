"""A record put together from rows."""

from datetime import date
from typing import NamedTuple

from lms_tracker.learning.catalogue import Course
from lms_tracker.learning.reasons import Reason
from lms_tracker.learning.records import (
    Entry,
    Hours,
    Part,
    by_category,
    by_month,
    course_of,
    parts_of,
    together,
)
from tests.learning.cast import course, statement


class Sum(NamedTuple):
    day: int
    course_id: int
    placed: int
    nominal: int


class Piece(NamedTuple):
    course_id: int | None
    kind: int
    reason: int
    seconds: int


COURSES: dict[int, Course] = {1: course(1), 2: course(2, category="law"), 3: course(3)}
SUMS = [
    Sum(date(2026, 1, 31).toordinal(), 1, 100, 0),
    Sum(date(2026, 2, 1).toordinal(), 2, 300, 5000),
    Sum(date(2026, 2, 28).toordinal(), 3, 50, 0),
    Sum(date(2026, 12, 31).toordinal(), 9, 7, 0),
]


def test_placed_and_nominal_time_are_summed_apart():
    assert together(SUMS) == Hours(457, 5000)
    assert together(SUMS).total == 5457
    assert together([]) == Hours()


def test_hours_by_category_come_with_the_most_first():
    assert by_category(SUMS, COURSES) == (
        ("law", Hours(300, 5000)),
        ("digital-skills", Hours(150, 0)),
        ("other", Hours(7, 0)),
    )


def test_hours_by_month_are_always_twelve():
    months = by_month(SUMS)
    assert len(months) == 12
    assert (months[0], months[1], months[11]) == (Hours(100, 0), Hours(350, 5000), Hours(7, 0))
    assert set(months[2:11]) == {Hours()}


def test_an_entry_tells_claimed_credited_and_refused_time():
    parts = parts_of(
        [
            Piece(1, 0, Reason.OVERLAPS, 600),
            Piece(1, 0, Reason.CREDITED, 1200),
            Piece(2, 0, Reason.OVERLAPS, 300),
            Piece(1, 1, Reason.CREDITED, 72_000),
        ]
    )
    assert parts == (Part(0, False, 1200), Part(0, True, 72_000), Part(Reason.OVERLAPS, False, 900))
    entry = Entry(statement(1), 739_000, "Khóa", "Đơn vị", parts, 0, 2100)
    assert (entry.claimed, entry.credited, entry.stated) == (2100, 73_200, 72_000)
    assert entry.refused == (Part(Reason.OVERLAPS, False, 900),)


def test_an_entry_belongs_to_the_course_that_credits_it():
    refused, credited = Piece(1, 0, Reason.OVERLAPS, 600), Piece(2, 0, Reason.CREDITED, 600)
    assert course_of([refused, credited], COURSES) == COURSES[2]
    assert course_of([refused], COURSES) == COURSES[1]
    assert course_of([Piece(None, 0, Reason.UNKNOWN_COURSE, 1), Piece(9, 0, 3, 1)], COURSES) is None
