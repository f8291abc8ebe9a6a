"""Every look at a learner's data by somebody else (I17)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from lms_tracker.store import dialects, schema


@dataclass(frozen=True, slots=True)
class Look:
    """Who looked is a person or a program of a provider; `who` is that one's name, empty once it is gone."""

    looked_us: int
    who: str
    is_program: bool
    what: str


def newest(connection: Connection, person_keys: Sequence[bytes], limit: int) -> list[Look]:
    """The newest looks at what is kept under these keys of one person."""
    table, people = schema.looks, schema.people
    credentials, providers = schema.credentials, schema.providers
    rows = connection.execute(
        select(table.c.looked_us, people.c.name, providers.c.name, table.c.by_credential, table.c.what)
        .select_from(
            table.outerjoin(people, people.c.person_key == table.c.by_person)
            .outerjoin(credentials, credentials.c.id == table.c.by_credential)
            .outerjoin(providers, providers.c.id == credentials.c.provider_id)
        )
        .where(table.c.person_key.in_(person_keys))
        .order_by(table.c.id.desc())
        .limit(limit)
    )
    return [Look(row[0], row[1] or row[2] or "", row[3] is not None, row[4]) for row in rows]


def add_by_credential(
    connection: Connection, person_key: bytes, credential_id: int, what: str, looked_us: int
) -> None:
    """Note that a program looked; `what` names the kind of data."""
    connection.execute(
        insert(schema.looks).values(
            person_key=person_key, looked_us=looked_us, by_credential=credential_id, what=what
        )
    )


def add_by_person(
    connection: Connection, person_keys: Sequence[bytes], by_person: bytes, what: str, looked_us: int
) -> None:
    """Note that somebody signed in looked at the data of these persons, of whom there is at least one.

    `what` names the kind of data.
    """
    # A list of a commune has tens of thousands of names.
    rows = [(key, looked_us, by_person, what) for key in person_keys]
    dialects.insert_into(connection, "looks", ("person_key", "looked_us", "by_person", "what"), rows)
