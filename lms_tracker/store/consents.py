"""What people agreed to: each answer is kept, the newest of a purpose holds."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from lms_tracker.store import dialects, schema

_TABLE = schema.consents


@dataclass(frozen=True, slots=True)
class Consent:
    given: bool
    how: str
    by_person: bytes | None
    at_us: int


def newest(connection: Connection, person_keys: Sequence[bytes], purpose: str) -> dict[bytes, Consent]:
    """The answer that holds, of those who were asked."""
    chosen = (
        "SELECT person_key, given, how, by_person, at_us FROM consents"
        " WHERE person_key {keys} AND purpose = ? ORDER BY id"
    )
    return {
        bytes(row[0]): Consent(bool(row[1]), row[2], bytes(row[3]) if row[3] else None, row[4])
        for row in dialects.rows_by_key(connection, chosen, person_keys, purpose)
    }


def of_person(connection: Connection, person_key: bytes, purpose: str) -> list[Consent]:
    """Every answer of somebody, the newest first."""
    columns = _TABLE.c
    rows = connection.execute(
        select(columns.given, columns.how, columns.by_person, columns.at_us)
        .where(columns.person_key == person_key, columns.purpose == purpose)
        .order_by(columns.id.desc())
    )
    return [Consent(row[0], row[1], bytes(row[2]) if row[2] else None, row[3]) for row in rows]


def add(
    connection: Connection,
    answers: Sequence[tuple[bytes, bool]],
    purpose: str,
    how: str,
    by: bytes | None,
    at_us: int,
) -> None:
    """Keep answers (person, whether given) that somebody noted."""
    numbers = dialects.new_numbers(connection, _TABLE, len(answers))
    rows = [
        (number, key, purpose, given, how, by, at_us)
        for number, (key, given) in zip(numbers, answers, strict=True)
    ]
    dialects.insert(connection, _TABLE, rows)
