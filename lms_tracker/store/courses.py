"""The catalogue's rows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from lms_tracker.learning.catalogue import Course
from lms_tracker.store import dialects, schema


def version(connection: Connection) -> int:
    return int(dialects.rows(connection, "SELECT version FROM catalogue_state WHERE id = 1", ())[0][0])


def hold_version(connection: Connection) -> int:
    """The version, which nobody changes before this transaction has ended."""
    select = "SELECT version FROM catalogue_state WHERE id = 1"
    held = f"{select} FOR SHARE" if dialects.is_postgresql(connection) else select
    return int(dialects.rows(connection, held, ())[0][0])


def lock_version(connection: Connection) -> int:
    """Take the right to change the catalogue until this transaction ends; answers the version."""
    select = "SELECT version FROM catalogue_state WHERE id = 1"
    held = f"{select} FOR UPDATE" if dialects.is_postgresql(connection) else select
    return int(dialects.rows(connection, held, ())[0][0])


def raise_version(connection: Connection) -> None:
    """Tell every process to read the catalogue again, and leave what was decided by the one before it."""
    dialects.change(connection, "UPDATE catalogue_state SET version = version + 1 WHERE id = 1", ())


def kept_policy(connection: Connection) -> tuple[int, str]:
    """Version and time zone of the policy that the ledger is decided under; (0, "") before the first."""
    select = "SELECT policy_version, timezone FROM catalogue_state WHERE id = 1"
    version, timezone = dialects.rows(connection, select, ())[0]
    return int(version), str(timezone)


def keep_policy(connection: Connection, version: int, timezone: str) -> None:
    update = "UPDATE catalogue_state SET policy_version = ?, timezone = ? WHERE id = 1"
    dialects.change(connection, update, (version, timezone))


def approved_providers(connection: Connection) -> list[int]:
    table = schema.providers
    return list(connection.scalars(select(table.c.id).where(table.c.approved)))


def provider_names(connection: Connection) -> dict[int, str]:
    table = schema.providers
    return {row.id: row.name for row in connection.execute(select(table.c.id, table.c.name))}


def provider_readings(connection: Connection) -> dict[int, str]:
    """How the time of each provider that has a setting is read (learning.readings.Reading)."""
    table = schema.providers
    rows = connection.execute(select(table.c.id, table.c.reading).where(table.c.reading != ""))
    return {row.id: row.reading for row in rows}


def set_provider_reading(connection: Connection, provider_id: int, reading: str) -> bool:
    """Answers whether that changed something."""
    statement = "UPDATE providers SET reading = ? WHERE id = ? AND reading <> ?"
    return dialects.change(connection, statement, (reading, provider_id, reading)) == 1


def own_providers(connection: Connection) -> list[int]:
    """The one through which claims and attendances of our own come in, if there is one."""
    table = schema.providers
    return list(connection.scalars(select(table.c.id).where(table.c.is_ours)))


def everything(connection: Connection) -> list[Course]:
    activities: dict[int, list[tuple[str, str]]] = {}
    for row in connection.execute(select(schema.course_activities)):
        activities.setdefault(row.course_id, []).append((row.iri, row.match))
    return [
        Course(
            id=row.id,
            provider_id=row.provider_id,
            code=row.code,
            title=row.title,
            category=row.category,
            domain=row.domain,
            level=row.level,
            basis=row.basis,
            seconds=row.stated_seconds,
            hour_minutes=row.hour_minutes,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            activities=tuple(sorted(activities.get(row.id, ()))),
            reading=row.reading,
        )
        for row in connection.execute(select(schema.courses).order_by(schema.courses.c.id))
    ]


def save(connection: Connection, courses: Sequence[Course]) -> None:
    """Write courses in bulk: in the place of the one with its `id`, or as a new one where that is 0."""
    new, old = [course for course in courses if not course.id], [course for course in courses if course.id]
    table = schema.courses
    numbers = [course.id for course in old]
    if old:
        rows = [{"number": course.id, **_values(course)} for course in old]
        connection.execute(update(table).where(table.c.id == bindparam("number")), rows)
        dialects.change_many(
            connection, "DELETE FROM course_activities WHERE course_id = ?", [(number,) for number in numbers]
        )
    if new:
        made = insert(table).returning(table.c.id, sort_by_parameter_order=True)
        numbers += connection.scalars(made, [_values(course) for course in new])
    activities = [
        (number, iri, match)
        for number, course in zip(numbers, [*old, *new], strict=True)
        for iri, match in course.activities
    ]
    dialects.insert(connection, schema.course_activities, activities)


def _values(course: Course) -> dict[str, Any]:
    return {
        "provider_id": course.provider_id,
        "code": course.code,
        "title": course.title,
        "category": course.category,
        "domain": course.domain,
        "level": course.level,
        "basis": course.basis,
        "stated_seconds": course.seconds,
        "hour_minutes": course.hour_minutes,
        "valid_from": course.valid_from,
        "valid_to": course.valid_to,
        "reading": course.reading,
    }
