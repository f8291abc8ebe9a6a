"""Households and clans with people in them, written straight into the tables."""

import secrets
from collections.abc import Sequence
from datetime import date

from lms_tracker.store import database, kinships, residences, residents
from lms_tracker.store.residents import Facts


def people(count: int, born: int | None = 1970, at: int | None = None) -> list[bytes]:
    """So many new people, who live at a place where one is given."""
    keys = [secrets.token_bytes(16) for _ in range(count)]
    with database.writing() as connection:
        residents.add(
            connection, [Facts(key, f"Người {key.hex()[:4]}", born, None, None, "") for key in keys], 0
        )
        if at is not None:
            residences.begin(connection, [(key, at, None) for key in keys])
    return keys


def kinship(
    place_id: int,
    members: Sequence[bytes],
    kind: str = kinships.HOUSEHOLD,
    name: str = "12",
    since: date | None = None,
) -> int:
    """A household or clan; the first member is its head."""
    with database.writing() as connection:
        (number,) = kinships.add(connection, [(kind, name, place_id)], 0)
        kinships.join(
            connection,
            [(number, key, "" if at else "head", since) for at, key in enumerate(members)],
        )
    return number
