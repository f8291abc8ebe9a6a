"""Units, schools, sectors and associations: their tree, and who belongs to them from when to when."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, false, func, or_, select, union

from lms_tracker.store import schema
from lms_tracker.store.reach import at_or_below, in_force

HEAD = "head"


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    id: int
    kind: str
    name: str
    path: str
    place_id: int | None


def by_id(connection: Connection, number: int) -> OrganisationRow | None:
    return by_ids(connection, [number]).get(number)


def by_ids(connection: Connection, numbers: Collection[int]) -> dict[int, OrganisationRow]:
    table = schema.organisations
    rows = connection.execute(
        select(table.c.id, table.c.kind, table.c.name, table.c.path, table.c.place_id).where(
            table.c.id.in_(numbers)
        )
    )
    return {row[0]: OrganisationRow(row[0], row[1], row[2], row[3], row[4]) for row in rows}


def headed(connection: Connection, person_key: bytes, on: date) -> list[int]:
    """The organisations of which this person is head on a local date."""
    table = schema.organisation_members
    rows = connection.execute(
        select(table.c.organisation_id)
        .where(
            table.c.person_key == person_key,
            table.c.capacity == HEAD,
            in_force(table.c.since, table.c.until, on),
        )
        .distinct()
        .order_by(table.c.organisation_id)
    )
    return [row[0] for row in rows]


@dataclass(frozen=True, slots=True)
class Counted:
    """Distinct people: who lives there, who belongs to an organisation that stands there, and both together.

    Whoever does both, or belongs to several organisations, is one person of `together` (I15).
    """

    residents: int
    members: int
    together: int


def people_of(connection: Connection, place_paths: Sequence[str], on: date) -> Counted:
    """How many people places with these paths and all below them have on a local date."""
    residences, places = schema.residences, schema.places
    members, organisations = schema.organisation_members, schema.organisations
    there = select(places.c.id).where(or_(false(), *(at_or_below(places, path) for path in place_paths)))
    living = select(residences.c.person_key).where(
        residences.c.place_id.in_(there), in_force(residences.c.since, residences.c.until, on)
    )
    belonging = (
        select(members.c.person_key)
        .join(organisations, organisations.c.id == members.c.organisation_id)
        .where(organisations.c.place_id.in_(there), in_force(members.c.since, members.c.until, on))
    )
    sums = [
        connection.execute(select(func.count(found.c.person_key.distinct()))).scalar_one()
        for found in (living.subquery(), belonging.subquery(), union(living, belonging).subquery())
    ]
    return Counted(*(int(one) for one in sums))
