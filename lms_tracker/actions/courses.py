"""The catalogue comes in: courses from a provider's file."""

from dataclasses import dataclass, field

from lms_tracker.actions import clock
from lms_tracker.learning.course_files import CourseFileRefusal, LineError, read_courses
from lms_tracker.store import courses, database, due, horizon


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """How many courses are new and how many were replaced; with errors, none of either."""

    created: int
    updated: int
    errors: list[LineError] = field(default_factory=list)


def import_courses(data: bytes) -> ImportOutcome:
    """Import a CSV or XLSX file, whole or not at all, and have its providers' learners counted anew."""
    with database.writing() as connection:
        # First, because on PostgreSQL it makes a second import wait until this one has ended.
        courses.raise_version(connection)
        existing = courses.everything(connection)
        providers = courses.provider_names(connection)
        try:
            wanted = read_courses(data, providers=providers, existing=existing)
        except CourseFileRefusal as refusal:
            connection.rollback()
            return ImportOutcome(0, 0, refusal.errors)
        for course in wanted:
            courses.save(connection, course, course.id or None)
        position = horizon.take(connection, clock.now_us())
        due.mark_for_catalogue(connection, position, sorted({course.provider_id for course in wanted}))
    updated = sum(1 for course in wanted if course.id)
    return ImportOutcome(len(wanted) - updated, updated)
