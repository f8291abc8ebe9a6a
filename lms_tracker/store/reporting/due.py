"""Whose kept totals must be counted again: append-only marks, removed under a lock before counting.

A mark is written in the transaction that changes what is counted. Whoever counts holds the place or
organisation, removes the marks it sees, and only then reads: what is committed later has a mark of its own.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, exists, func, insert, or_, select

from lms_tracker.store import dialects, schema
from lms_tracker.store.places import within

PLACE, ORGANISATION = "place", "organisation"
_TABLE, _PLACE = schema.totals_due, schema.places


@dataclass(frozen=True, slots=True)
class Due:
    """`year` is the first to be counted again, with all later ones; None is all of them."""

    kind: str
    subject_id: int
    year: int | None


def mark_places(connection: Connection, place_ids: Collection[int], year: int | None) -> None:
    """Have the totals of these places themselves counted again: of a year and later ones, or of all."""
    _mark(connection, PLACE, place_ids, year)


def mark_organisations(connection: Connection, organisation_ids: Collection[int], year: int | None) -> None:
    """The same of organisations, of the places where they stand and where their people live."""
    _mark(connection, ORGANISATION, organisation_ids, year)


def _mark(connection: Connection, kind: str, ids: Collection[int], year: int | None) -> None:
    rows = [{"kind": kind, "subject_id": number, "year": year} for number in sorted(set(ids))]
    if rows:
        connection.execute(insert(_TABLE), rows)


def mark_homes(connection: Connection, person_keys: Collection[bytes]) -> None:
    """Have every place counted again where one of these people lived or lives, be it under a merged key."""
    residence, link = schema.residences, schema.links
    found: set[int] = set()
    for part in dialects.chunks(sorted(set(person_keys)), 900):
        merged = select(link.c.actor_key).where(link.c.person_key.in_(part))
        keys = residence.c.person_key
        rows = connection.execute(
            select(residence.c.place_id).where(or_(keys.in_(part), keys.in_(merged))).distinct()
        )
        found |= set(rows.scalars())
    mark_places(connection, found, None)


def mark_people(connection: Connection, person_keys: Collection[bytes]) -> None:
    """The same, and the places of the households and clans they belong or belonged to."""
    mark_homes(connection, person_keys)
    member, kinship = schema.kinship_members, schema.kinships
    rows = connection.execute(
        select(kinship.c.place_id)
        .join(member, member.c.kinship_id == kinship.c.id)
        .where(member.c.person_key.in_(list(person_keys)))
        .distinct()
    )
    mark_places(connection, list(rows.scalars()), None)


def mark_places_of(connection: Connection, organisation_id: int, year: int | None) -> None:
    """Have the places counted again where an organisation stands, and where who was in its rounds lives."""
    organisation, round_, subject = schema.organisations, schema.rounds, schema.assessments
    at = select(organisation.c.place_id).where(
        organisation.c.id == organisation_id, organisation.c.place_id.is_not(None)
    )
    mark_places(connection, list(connection.execute(at).scalars()), year)
    people = (
        select(subject.c.person_key)
        .join(round_, round_.c.id == subject.c.round_id)
        .where(round_.c.organisation_id == organisation_id, subject.c.person_key.is_not(None))
    )
    if year is not None:
        people = people.where(round_.c.year >= year)
    mark_homes(connection, [bytes(key) for key in connection.execute(people.distinct()).scalars()])


def mark_below(connection: Connection, path: str | None, year: int | None) -> int:
    """Have every place below a path counted again, or everywhere for None, where there is anything to count.

    Answers how many places those are.
    """
    tables = (schema.residences, schema.kinships, schema.organisations, schema.recognitions)
    here = [exists(select(1).where(table.c.place_id == _PLACE.c.id)) for table in tables]
    kept = exists(select(1).where(schema.place_totals.c.place_id == _PLACE.c.id))
    chosen = select(_PLACE.c.id).where(or_(*here, kept))
    if path is not None:
        chosen = chosen.where(within(_PLACE.c.path, path))
    found = list(connection.execute(chosen).scalars())
    mark_places(connection, found, year)
    return len(found)


def oldest(connection: Connection, passed_over: Collection[tuple[str, int]], limit: int) -> list[Due]:
    """Subjects with marks, each once, the oldest first; without those that are passed over."""
    rows = connection.execute(
        select(_TABLE.c.kind, _TABLE.c.subject_id)
        .group_by(_TABLE.c.kind, _TABLE.c.subject_id)
        .order_by(func.min(_TABLE.c.id))
        .limit(limit + len(passed_over))
    )
    return [Due(kind, number, None) for kind, number in rows if (kind, number) not in passed_over][:limit]


def take(connection: Connection, kind: str, subject_ids: Collection[int]) -> list[Due]:
    """Hold places or organisations and remove their marks: those that have any and nobody else holds."""
    table = _PLACE if kind == PLACE else schema.organisations
    # Rows that refer to them are written meanwhile: their marks are theirs.
    held = (
        select(table.c.id)
        .where(table.c.id.in_(sorted(subject_ids)))
        .order_by(table.c.id)
        .with_for_update(skip_locked=True, key_share=True)
    )
    ours = list(connection.execute(held).scalars())
    marks = connection.execute(
        select(_TABLE.c.id, _TABLE.c.subject_id, _TABLE.c.year).where(
            _TABLE.c.kind == kind, _TABLE.c.subject_id.in_(ours)
        )
    ).all()
    for part in dialects.chunks([mark.id for mark in marks], dialects.CHUNK):
        connection.execute(_TABLE.delete().where(_TABLE.c.id.in_(part)))
    years: dict[int, list[int | None]] = {}
    for mark in marks:
        years.setdefault(mark.subject_id, []).append(mark.year)
    return [
        Due(kind, number, None if None in found else min(year for year in found if year is not None))
        for number, found in sorted(years.items())
    ]


def count(connection: Connection) -> int:
    """How many places and organisations wait."""
    subjects = select(_TABLE.c.kind, _TABLE.c.subject_id).distinct().subquery()
    return int(connection.execute(select(func.count()).select_from(subjects)).scalar_one())


def waiting_below(connection: Connection, paths: Collection[str], more: Collection[int] = ()) -> int:
    """How many places below these paths wait to be counted, and of these further ones."""
    waiting = set[int]()
    for path in paths:
        said = (
            "SELECT DISTINCT d.subject_id FROM totals_due d JOIN places p ON p.id = d.subject_id"
            " WHERE d.kind = ? AND p.path >= ? AND p.path < ?"
        )
        waiting |= {row[0] for row in dialects.rows(connection, said, (PLACE, path, path[:-1] + "0"))}
    said = "SELECT DISTINCT subject_id FROM totals_due WHERE subject_id {keys} AND kind = ?"
    waiting |= {row[0] for row in dialects.rows_by_key(connection, said, sorted(more), PLACE)}
    return len(waiting)
