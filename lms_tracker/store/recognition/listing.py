"""What is asked about all reviewed rows of a round at once, each in one question, for lists and decisions."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select

from lms_tracker.store import dialects, schema
from lms_tracker.store.reach import at_or_below, in_force
from lms_tracker.store.recognition.assessments import REVIEWED
from lms_tracker.store.recognition.recognitions import stands

_ROW, _GIVEN, _LINK = schema.assessments, schema.recognitions, schema.links


def _reviewed(round_id: int) -> list[ColumnElement[bool]]:
    return [_ROW.c.round_id == round_id, _ROW.c.state == REVIEWED]


def _numbers(connection: Connection, chosen: Any) -> set[int]:
    return set(connection.execute(chosen).scalars())


def results(connection: Connection, round_id: int) -> dict[int, str]:
    """What is proposed for each reviewed row, by its number."""
    rows = connection.execute(select(_ROW.c.id, _ROW.c.proposed_result).where(*_reviewed(round_id)))
    return {row[0]: row[1] for row in rows}


def decided(connection: Connection, round_id: int) -> set[int]:
    """The rows that a decision names already."""
    chosen = select(_ROW.c.id).join(_GIVEN, _GIVEN.c.assessment_id == _ROW.c.id)
    return _numbers(connection, chosen.where(*_reviewed(round_id)).distinct())


def holders(connection: Connection, round_id: int, model: str, year: int) -> set[int]:
    """The rows of those who hold the title of a year already, under whatever key of theirs."""
    theirs = [_GIVEN.c.model == model, _GIVEN.c.year == year, stands()]
    other = schema.links.alias("other")
    subjects = select(_ROW.c.id).join(_GIVEN, _GIVEN.c.subject_id == _ROW.c.subject_id)
    alone = select(_ROW.c.id).join(_GIVEN, _GIVEN.c.person_key == _ROW.c.person_key)
    # Of the record that this one went into, of one that went into this one, and of one beside it.
    into = (
        select(_ROW.c.id)
        .join(_LINK, _LINK.c.actor_key == _ROW.c.person_key)
        .join(_GIVEN, _GIVEN.c.person_key == _LINK.c.person_key)
    )
    of_mine = (
        select(_ROW.c.id)
        .join(_LINK, _LINK.c.person_key == _ROW.c.person_key)
        .join(_GIVEN, _GIVEN.c.person_key == _LINK.c.actor_key)
    )
    beside = (
        select(_ROW.c.id)
        .join(_LINK, _LINK.c.actor_key == _ROW.c.person_key)
        .join(other, other.c.person_key == _LINK.c.person_key)
        .join(_GIVEN, _GIVEN.c.person_key == other.c.actor_key)
    )
    found: set[int] = set()
    for chosen in (subjects, alone, into, of_mine, beside):
        found |= _numbers(connection, chosen.where(*_reviewed(round_id), *theirs))
    return found


def doubled(connection: Connection, round_id: int) -> set[int]:
    """Rows beside another one of the same person: of records that were merged, one row is decided about.

    That is the row of the record that stands, or the first.
    """
    merged = connection.execute(
        select(_ROW.c.id, _LINK.c.person_key)
        .join(_LINK, _LINK.c.actor_key == _ROW.c.person_key)
        .where(*_reviewed(round_id))
        .order_by(_ROW.c.id)
    )
    of_person: dict[bytes, list[int]] = {}
    for number, key in merged:
        of_person.setdefault(bytes(key), []).append(number)
    found: set[int] = set()
    for part in dialects.chunks(list(of_person), dialects.CHUNK):
        standing = connection.execute(
            select(_ROW.c.person_key).where(*_reviewed(round_id), _ROW.c.person_key.in_(part))
        )
        have_own = {bytes(key) for key in standing.scalars()}
        for key in part:
            found.update(of_person[key][0 if key in have_own else 1 :])
    return found


def placed(connection: Connection, round_id: int, paths: Sequence[str], on: date) -> dict[int, int]:
    """By row the smallest place below these paths where its person lives on a day; nobody else."""
    lived, place = schema.residences, schema.places
    if not paths:
        return {}
    rows = connection.execute(
        select(_ROW.c.id, lived.c.place_id)
        .join(lived, lived.c.person_key == _ROW.c.person_key)
        .join(place, place.c.id == lived.c.place_id)
        .where(
            *_reviewed(round_id),
            in_force(lived.c.since, lived.c.until, on),
            or_(*(at_or_below(place, path) for path in paths)),
        )
        .order_by(_ROW.c.id, place.c.path)
    )
    return {row[0]: row[1] for row in rows}


def members(connection: Connection, round_id: int, paths: Sequence[str], on: date) -> dict[int, int]:
    """By row the organisation at or below these paths to which its person belongs on a day."""
    belongs, organisation = schema.organisation_members, schema.organisations
    if not paths:
        return {}
    rows = connection.execute(
        select(_ROW.c.id, belongs.c.organisation_id)
        .join(belongs, belongs.c.person_key == _ROW.c.person_key)
        .join(organisation, organisation.c.id == belongs.c.organisation_id)
        .where(
            *_reviewed(round_id),
            in_force(belongs.c.since, belongs.c.until, on),
            or_(*(at_or_below(organisation, path) for path in paths)),
        )
    )
    return {row[0]: row[1] for row in rows}


def without_subject(connection: Connection, round_id: int) -> dict[int, int | None]:
    """The rows that are of no person, each with its local place."""
    rows = connection.execute(
        select(_ROW.c.id, _ROW.c.local_place_id).where(*_reviewed(round_id), _ROW.c.person_key.is_(None))
    )
    return {row[0]: row[1] for row in rows}


def died(connection: Connection, round_id: int) -> set[int]:
    """The rows of people who died."""
    person = schema.people
    chosen = select(_ROW.c.id).join(person, person.c.person_key == _ROW.c.person_key)
    return _numbers(connection, chosen.where(*_reviewed(round_id), person.c.died_on.is_not(None)))


def concerning(connection: Connection, round_id: int, keys: Collection[bytes]) -> set[int]:
    """The rows about somebody who goes by these keys, and those that they entered or reviewed."""
    theirs = or_(*(column.in_(keys) for column in (_ROW.c.person_key, _ROW.c.self_by, _ROW.c.reviewed_by)))
    return _numbers(connection, select(_ROW.c.id).where(*_reviewed(round_id), theirs))
