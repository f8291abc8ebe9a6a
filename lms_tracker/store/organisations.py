"""Units, schools, sectors and associations: their tree, and who belongs to them from when to when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from lms_tracker.store import schema
from lms_tracker.store.reach import in_force

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
