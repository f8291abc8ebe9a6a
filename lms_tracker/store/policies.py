"""Versions of the policy: added, adopted one after the other, never changed."""

from dataclasses import dataclass

from sqlalchemy import Connection

from lms_tracker.store import dialects


@dataclass(frozen=True, slots=True)
class Kept:
    """`rules` is JSON text; `by_person` and `adopted_by` are None where the program or its shell did it."""

    version: int
    rules: str
    why: str
    by_person: bytes | None
    made_us: int
    adopted_us: int | None
    adopted_by: bytes | None


_COLUMNS = "version, rules, why, by_person, made_us, adopted_us, adopted_by"


def everything(connection: Connection) -> list[Kept]:
    """All versions, the first one first."""
    return [
        Kept(*row)
        for row in dialects.rows(connection, f"SELECT {_COLUMNS} FROM policies ORDER BY version", ())
    ]


def by_version(connection: Connection, version: int) -> Kept | None:
    select = f"SELECT {_COLUMNS} FROM policies WHERE version = ?"
    found = dialects.rows(connection, select, (version,))
    return Kept(*found[0]) if found else None


def add(connection: Connection, rules: str, why: str, by_person: bytes | None, now_us: int) -> int:
    """Answers the version it is. The caller holds the lock on the catalogue's version."""
    last = dialects.rows(connection, "SELECT coalesce(max(version), 0) FROM policies", ())[0][0]
    insert = "INSERT INTO policies (version, rules, why, by_person, made_us) VALUES (?, ?, ?, ?, ?)"
    dialects.change(connection, insert, (int(last) + 1, rules, why, by_person, now_us))
    return int(last) + 1


def adopt(connection: Connection, version: int, by_person: bytes | None, now_us: int) -> None:
    update = "UPDATE policies SET adopted_us = ?, adopted_by = ? WHERE version = ?"
    dialects.change(connection, update, (now_us, by_person, version))
