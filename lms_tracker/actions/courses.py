"""The catalogue comes in: courses from a provider's file."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from lms_tracker.actions import catalogue, previews
from lms_tracker.actions.previews import Preview, Progress
from lms_tracker.actions.recounts import begin_for_catalogue
from lms_tracker.learning.catalogue import Course
from lms_tracker.learning.course_files import CourseFileRefusal, LineError, read_courses
from lms_tracker.store import courses, database, recounts


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """How many courses are new and how many were replaced; with errors, none of either."""

    created: int
    updated: int
    errors: list[LineError] = field(default_factory=list)


def import_courses(data: bytes) -> ImportOutcome:
    """Import a CSV or XLSX file, whole or not at all, and have its providers' learners counted anew."""
    while True:
        wanted, version = _read(data)
        if isinstance(wanted, CourseFileRefusal):
            return ImportOutcome(0, 0, wanted.errors)
        if _saved(wanted, version):
            updated = sum(1 for course in wanted if course.id)
            return ImportOutcome(len(wanted) - updated, updated)


def preview(data: bytes, progress: Progress | None = None) -> tuple[ImportOutcome, Preview | None]:
    """What `import_courses` would answer and what it would change in the ledger; nothing is changed."""
    wanted, _ = _read(data)
    if isinstance(wanted, CourseFileRefusal):
        return ImportOutcome(0, 0, wanted.errors), None
    updated = sum(1 for course in wanted if course.id)
    found = previews.of_courses(wanted, progress)
    return ImportOutcome(len(wanted) - updated, updated), found


def _read(data: bytes) -> tuple[Sequence[Course] | CourseFileRefusal, int]:
    """The courses of a file, compared with the catalogue of the version that is answered beside them."""
    with database.reading() as connection:
        version = courses.version(connection)
        existing = courses.everything(connection)
        providers = courses.provider_names(connection)
        policy = catalogue.policy(connection)
    # In no transaction: a great file takes seconds, for which SQLite's other writers would wait.
    try:
        return read_courses(data, providers=providers, existing=existing, policy=policy), version
    except CourseFileRefusal as refusal:
        return refusal, version


def _saved(wanted: Sequence[Course], version: int) -> bool:
    """Write the courses; False, and nothing, where the catalogue is not the one they were compared with."""
    providers = sorted({course.provider_id for course in wanted})
    with database.reading() as connection:
        people = recounts.count_concerned(connection, providers)
    with database.writing() as connection:
        if courses.lock_version(connection) != version:
            return False
        courses.save(connection, wanted)
        begin_for_catalogue(connection, providers, people)
    return True
