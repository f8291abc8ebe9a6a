"""Which course a statement belongs to."""

from datetime import date

import pytest

from lms_tracker.learning.catalogue import Catalogue
from lms_tracker.learning.reasons import Reason
from tests.learning.cast import COURSE, course, studied

TODAY = date(2026, 10, 1).toordinal()
PARENT, GROUP = "https://hoc.example.vn/chuong/1", "https://hoc.example.vn/nhom/1"


def match(evidence, *courses, allowed=(1, 2)):
    found, reason = Catalogue(courses, allowed, 1).match(evidence, TODAY)
    return found.id if found else reason


def piece(iri=COURSE, **changes):
    return studied(1, "2026-10-01 20:00", "2026-10-01 21:00", iri, **changes)


def test_an_exact_match_goes_before_a_prefix_and_a_longer_prefix_before_a_shorter():
    short = course(1, activities=((COURSE, "prefix"),))
    long = course(2, activities=((COURSE + "/bai/", "prefix"),))
    exact = course(3, activities=((COURSE + "/bai/1", "exact"),))
    assert match(piece(COURSE + "/bai/1"), short, long, exact) == 3
    assert match(piece(COURSE + "/bai/12"), short, long, exact) == 2
    assert match(piece(COURSE + "/thi"), short, long, exact) == 1


def test_the_object_goes_before_a_parent_and_a_parent_before_a_grouping():
    courses = [
        course(1, activities=((GROUP, "context"),)),
        course(2, activities=((PARENT, "context"),)),
        course(3, activities=((COURSE, "prefix"),)),
    ]
    assert match(piece(COURSE, parents=(PARENT,), groupings=(GROUP,)), *courses) == 3
    assert match(piece("https://x.vn/1", parents=(PARENT,), groupings=(GROUP,)), *courses) == 2
    assert match(piece("https://x.vn/1", groupings=(GROUP,)), *courses) == 1


def test_a_prefix_is_a_plain_string_prefix():
    assert match(piece(COURSE + "0"), course()) == 1
    assert match(piece(COURSE + "0"), course(activities=((COURSE + "/", "prefix"),))) == Reason.UNKNOWN_COURSE


def test_a_context_row_does_not_match_the_object_nor_an_exact_row_a_parent():
    assert match(piece(PARENT), course(activities=((PARENT, "context"),))) == Reason.UNKNOWN_COURSE
    assert match(piece("https://x.vn", parents=(COURSE,)), course(activities=((COURSE, "exact"),))) == (
        Reason.UNKNOWN_COURSE
    )


def test_the_order_of_parents_in_a_statement_means_nothing():
    first, second = "https://a.vn/1", "https://a.vn/2"
    courses = [course(1, activities=((second, "context"),)), course(2, activities=((first, "context"),))]
    assert match(piece("https://x.vn", parents=(first, second)), *courses) == 2
    assert match(piece("https://x.vn", parents=(second, first)), *courses) == 2


def test_a_course_out_of_validity_gives_way_to_one_that_is_valid():
    old = course(1, activities=((COURSE, "exact"),), valid_to=date(2026, 9, 30))
    assert match(piece(), old, course(2)) == 2
    assert match(piece(), old) == Reason.OUTSIDE_VALIDITY


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "expected"),
    [
        (date(2026, 10, 1), None, 1),
        (None, date(2026, 10, 1), 1),
        (date(2026, 10, 2), None, Reason.OUTSIDE_VALIDITY),
        (None, date(2026, 9, 30), Reason.OUTSIDE_VALIDITY),
    ],
)
def test_dates_of_validity_are_inclusive(valid_from, valid_to, expected):
    assert match(piece(), course(valid_from=valid_from, valid_to=valid_to)) == expected


def test_only_the_posting_provider_speaks_for_its_courses_I10():
    assert match(piece(provider_id=2), course()) == Reason.PROVIDER_NOT_ALLOWED
    assert match(piece(provider_id=2), course(), course(2, provider_id=2)) == 2
    assert match(piece(), course(), allowed=(2,)) == Reason.PROVIDER_NOT_ALLOWED
    assert match(piece("https://x.vn/1", provider_id=2), course()) == Reason.UNKNOWN_COURSE


def test_a_statement_without_activity_may_belong_by_its_context():
    assert match(piece(None, parents=(PARENT,)), course(activities=((PARENT, "context"),))) == 1
    assert match(piece(None), course()) == Reason.UNKNOWN_COURSE


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr("lms_tracker.learning.catalogue._MOST_REMEMBERED", 3)
    catalogue = Catalogue([course()], [1], 1)
    for number in range(10):
        assert catalogue.match(piece(f"{COURSE}/{number}"), TODAY)[0] is not None
    assert len(catalogue._remembered) <= 3


def test_a_course_is_itself_by_its_own_activities_and_not_by_context():
    found = course(activities=((COURSE, "prefix"), (PARENT, "context")))
    assert found.is_itself(COURSE)
    assert not found.is_itself(PARENT)
    assert not found.is_itself(COURSE + "/1")
    assert not found.is_itself(None)
