"""The catalogue comes in: courses from a provider's file."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from lms_tracker.actions import clock
from lms_tracker.learning.catalogue import Course
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
    while True:
        with database.reading() as connection:
            version = courses.version(connection)
            existing = courses.everything(connection)
            providers = courses.provider_names(connection)
        # In no transaction: a great file takes seconds, for which SQLite's other writers would wait.
        try:
            wanted = read_courses(data, providers=providers, existing=existing)
        except CourseFileRefusal as refusal:
            return ImportOutcome(0, 0, refusal.errors)
        if _saved(wanted, version):
            updated = sum(1 for course in wanted if course.id)
            return ImportOutcome(len(wanted) - updated, updated)


def _saved(wanted: Sequence[Course], version: int) -> bool:
    """Write the courses; False, and nothing, where the catalogue is not the one they were compared with."""
    with database.writing() as connection:
        if courses.lock_version(connection) != version:
            return False
        courses.raise_version(connection)
        courses.save(connection, wanted)
        position = horizon.take(connection, clock.now_us())
        due.mark_for_catalogue(connection, position, sorted({course.provider_id for course in wanted}))
    return True
