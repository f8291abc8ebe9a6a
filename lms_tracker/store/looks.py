"""Every look at a learner's data by somebody else (I17)."""

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
