"""The demo's catalogue goes through the same door as anybody's."""

from __future__ import annotations

from datetime import date

from lms_tracker.demo.courses import catalogue_file
from lms_tracker.learning.course_files import read_courses

PROVIDERS = (3, 1, 2, 5, 4)


def test_the_file_has_eleven_courses_of_five_providers() -> None:
    courses = read_courses(catalogue_file(PROVIDERS, date(2026, 11, 22)), providers=PROVIDERS)
    assert len(courses) == 11
    assert {course.provider_id for course in courses} == set(PROVIDERS)


def test_every_basis_is_there_and_an_hour_of_45_minutes() -> None:
    courses = read_courses(catalogue_file(PROVIDERS, date(2026, 11, 22)), providers=PROVIDERS)
    assert {course.basis for course in courses} == {"measured", "nominal", "capped"}
    assert [course.seconds for course in courses if course.hour_minutes == 45] == [12 * 45 * 60]
    assert {course.category for course in courses} == {
        "digital-skills",
        "foreign-language",
        "law",
        "agriculture",
        "other",
    }
    assert {course.domain for course in courses if course.category == "foreign-language"} == {"en", "ko"}
