"""Sums over whoever is within reach: learners, hours, arrivals. For organisers, never of one person alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select

from lms_tracker.store import schema
from lms_tracker.store.reach import Reach, persons


@dataclass(frozen=True, slots=True)
class CourseSum:
    """`learners` are distinct people with credited time in the course."""

    course_id: int
    learners: int
    placed: int
    nominal: int


@dataclass(frozen=True, slots=True)
class ProviderSum:
    """`learners` are distinct people with credited time in the provider's courses."""

    provider_id: int
    learners: int
    seconds: int


@dataclass(frozen=True, slots=True)
class LearnerSum:
    person_key: bytes
    placed: int
    nominal: int


def _counted(reach: Reach, first_day: int, last_day: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    table = schema.totals
    return table.c.day.between(first_day, last_day), persons(reach, table.c.person_key)


def learners(connection: Connection, reach: Reach, first_day: int, last_day: int) -> int:
    """Distinct people within reach with credited time in these days."""
    table = schema.totals
    select_ = select(func.count(table.c.person_key.distinct())).where(*_counted(reach, first_day, last_day))
    return int(connection.execute(select_).scalar_one())


def by_course(connection: Connection, reach: Reach, first_day: int, last_day: int) -> list[CourseSum]:
    table = schema.totals
    rows = connection.execute(
        select(
            table.c.course_id,
            func.count(table.c.person_key.distinct()),
            func.sum(table.c.placed_seconds),
            func.sum(table.c.nominal_seconds),
        )
        .where(*_counted(reach, first_day, last_day))
        .group_by(table.c.course_id)
    )
    return [CourseSum(row[0], int(row[1]), int(row[2]), int(row[3])) for row in rows]


def by_provider(connection: Connection, reach: Reach, first_day: int, last_day: int) -> list[ProviderSum]:
    """Credited seconds in the courses of each provider."""
    table, courses = schema.totals, schema.courses
    rows = connection.execute(
        select(
            courses.c.provider_id,
            func.count(table.c.person_key.distinct()),
            func.sum(table.c.placed_seconds + table.c.nominal_seconds),
        )
        .select_from(table.join(courses, courses.c.id == table.c.course_id))
        .where(*_counted(reach, first_day, last_day))
        .group_by(courses.c.provider_id)
    )
    return [ProviderSum(row[0], int(row[1]), int(row[2])) for row in rows]


def of_learners(
    connection: Connection, first_day: int, last_day: int, keys: Sequence[bytes]
) -> list[LearnerSum]:
    """Credited time of these people in these days; those without any are left out."""
    table = schema.totals
    rows = connection.execute(
        select(table.c.person_key, func.sum(table.c.placed_seconds), func.sum(table.c.nominal_seconds))
        .where(table.c.person_key.in_(keys), table.c.day.between(first_day, last_day))
        .group_by(table.c.person_key)
    )
    return [LearnerSum(bytes(row[0]), int(row[1]), int(row[2])) for row in rows]


def by_learner(
    connection: Connection, reach: Reach, first_day: int, last_day: int, limit: int, offset: int
) -> list[LearnerSum]:
    """Learners with credited time in these days, those with most first."""
    table = schema.totals
    total = func.sum(table.c.placed_seconds + table.c.nominal_seconds)
    rows = connection.execute(
        select(table.c.person_key, func.sum(table.c.placed_seconds), func.sum(table.c.nominal_seconds))
        .where(*_counted(reach, first_day, last_day))
        .group_by(table.c.person_key)
        .order_by(total.desc(), table.c.person_key)
        .limit(limit)
        .offset(offset)
    )
    return [LearnerSum(bytes(row[0]), int(row[1]), int(row[2])) for row in rows]


def arrived_since(connection: Connection, since_us: int) -> dict[int, tuple[int, int]]:
    """(number, position of the newest) of statements stored since, by provider."""
    table = schema.statements
    rows = connection.execute(
        select(table.c.provider_id, func.count(), func.max(table.c.position))
        .where(table.c.position >= since_us)
        .group_by(table.c.provider_id)
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in rows}


def refused_since(connection: Connection, since_us: int) -> dict[int, int]:
    """How many lines of the refusal log since, by provider; never what they say."""
    table = schema.refusals
    rows = connection.execute(
        select(table.c.provider_id, func.count())
        .where(table.c.refused_us >= since_us)
        .group_by(table.c.provider_id)
    )
    return {row[0]: int(row[1]) for row in rows}
