"""What is known of people who were entered here, beside their account."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, insert, select, update

from lms_tracker.learning import names
from lms_tracker.store import dialects, schema

_TABLE = schema.people


@dataclass(frozen=True, slots=True)
class Facts:
    """What is None or "" is not known."""

    key: bytes
    name: str
    birth_year: int | None
    birth_date: date | None
    sex: str | None
    phone: str
    died_on: date | None = None
    has_login: bool = False


def of(connection: Connection, person_key: bytes) -> Facts | None:
    columns = _TABLE.c
    row = connection.execute(
        select(
            columns.name, columns.birth_year, columns.birth_date, columns.sex, columns.phone, columns.died_on,
            columns.login,
        ).where(columns.person_key == person_key)
    ).first()  # fmt: skip
    if row is None:
        return None
    return Facts(person_key, row[0], row[1], row[2], row[3], row[4] or "", row[5], row[6] is not None)


def several(connection: Connection, person_keys: Collection[bytes]) -> dict[bytes, Facts]:
    """What is known of these people, by their keys."""
    columns = _TABLE.c
    rows = connection.execute(
        select(
            columns.person_key, columns.name, columns.birth_year, columns.birth_date, columns.sex,
            columns.phone, columns.died_on, columns.login,
        ).where(columns.person_key.in_(person_keys))
    )  # fmt: skip
    return {
        bytes(row[0]): Facts(bytes(row[0]), *row[1:5], row[5] or "", row[6], row[7] is not None)
        for row in rows
    }


def lock(connection: Connection, person_keys: Collection[bytes]) -> None:
    """Let nobody else write of these people in this way until the transaction ends."""
    chosen = select(_TABLE.c.person_key).where(_TABLE.c.person_key.in_(person_keys))
    connection.execute(chosen.order_by(_TABLE.c.person_key).with_for_update()).all()


def add(connection: Connection, people: Sequence[Facts], created_us: int) -> None:
    """Write people without an account."""
    for part in dialects.chunks(people, dialects.CHUNK):
        connection.execute(
            insert(_TABLE),
            [
                {
                    "person_key": one.key,
                    "login": None,
                    "password_hash": None,
                    "created_us": created_us,
                    **_stated(one),
                }
                for one in part
            ],
        )


def change(connection: Connection, people: Sequence[Facts]) -> None:
    """Write what is known now of people who are there, their death excepted."""
    statement = (
        "UPDATE people SET name = ?, search = ?, sort_key = ?, birth_year = ?, birth_date = ?, sex = ?,"
        " phone = ? WHERE person_key = ?"
    )
    rows = [
        (
            one.name, names.folded(one.name), names.person_sort_key(one.name), one.birth_year,
            one.birth_date and one.birth_date.isoformat(), one.sex, one.phone or None, one.key,
        )
        for one in people
    ]  # fmt: skip
    dialects.change_many(connection, statement, rows)


def _stated(one: Facts) -> dict[str, object]:
    return {
        "name": one.name,
        "search": names.folded(one.name),
        "sort_key": names.person_sort_key(one.name),
        "birth_year": one.birth_year,
        "birth_date": one.birth_date,
        "sex": one.sex,
        "phone": one.phone or None,
    }


def note_death(connection: Connection, person_key: bytes, day: date) -> None:
    connection.execute(update(_TABLE).where(_TABLE.c.person_key == person_key).values(died_on=day))


def identifiers(connection: Connection, person_key: bytes) -> int:
    """How many identifiers are linked to somebody."""
    table = schema.links
    chosen = select(func.count()).where(table.c.person_key == person_key)
    return int(connection.execute(chosen).scalar_one())
