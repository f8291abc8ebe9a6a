"""Every look at a learner's data by somebody else (I17)."""

from collections.abc import Sequence

from sqlalchemy import Connection, insert

from lms_tracker.store import schema


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
    seen = {"looked_us": looked_us, "by_person": by_person, "by_credential": None, "what": what}
    connection.execute(insert(schema.looks).values([{"person_key": key, **seen} for key in person_keys]))
