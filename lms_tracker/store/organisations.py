"""Units, schools, sectors and associations: their tree, and who belongs to them from when to when."""

from datetime import date

from sqlalchemy import Connection, select

from lms_tracker.store import schema
from lms_tracker.store.reach import in_force

HEAD = "head"


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
