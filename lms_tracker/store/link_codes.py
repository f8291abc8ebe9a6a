"""One-time codes of which only a keyed hash is kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from lms_tracker.store import dialects, schema


@dataclass(frozen=True, slots=True)
class Code:
    """`actor_key` is the address that it proves; None for a code that is taken to a provider."""

    code_hash: bytes
    person_key: bytes
    actor_key: bytes | None
    made_us: int
    expires_us: int
    tries: int = 0


def lock(connection: Connection) -> None:
    """Let nobody else make or use a code until this transaction ends: for who counts them first."""
    dialects.lock_table(connection, schema.link_codes)


def add(connection: Connection, code: Code, *, used: bool = False) -> bool:
    """Keep a code; False, and nothing, where there is one with this hash already."""
    statement = (
        "INSERT INTO link_codes (code_hash, person_key, actor_key, made_us, expires_us, used_us, tries)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
    )
    used_us = code.made_us if used else None
    values = (code.code_hash, code.person_key, code.actor_key, code.made_us, code.expires_us, used_us, 0)
    return dialects.change(connection, statement, values) == 1


def by_hash(connection: Connection, code_hash: bytes, now_us: int, most_tries: int) -> Code | None:
    """The code of this hash if it is valid at this instant."""
    found = dialects.rows(
        connection,
        "SELECT code_hash, person_key, actor_key, made_us, expires_us, tries FROM link_codes"
        " WHERE code_hash = ? AND used_us IS NULL AND expires_us > ? AND tries < ?",
        (code_hash, now_us, most_tries),
    )
    return Code(*found[0]) if found else None


def is_known(connection: Connection, code_hash: bytes) -> bool:
    return bool(dialects.rows(connection, "SELECT 1 FROM link_codes WHERE code_hash = ?", (code_hash,)))


def use(connection: Connection, code_hash: bytes, now_us: int, most_tries: int) -> bool:
    """Use a code up: True for one caller only, however many come at once."""
    return (
        dialects.change(
            connection,
            "UPDATE link_codes SET used_us = ?"
            " WHERE code_hash = ? AND used_us IS NULL AND expires_us > ? AND tries < ?",
            (now_us, code_hash, now_us, most_tries),
        )
        == 1
    )


def count_wrong_try(connection: Connection, person_key: bytes, now_us: int) -> None:
    """Count a wrong try against every code for an address that this person could have meant."""
    dialects.change(
        connection,
        "UPDATE link_codes SET tries = tries + 1"
        " WHERE person_key = ? AND actor_key IS NOT NULL AND used_us IS NULL AND expires_us > ?",
        (person_key, now_us),
    )


def open_of(connection: Connection, person_key: bytes, now_us: int) -> list[Code]:
    """The codes of a person that can still be used, the newest first."""
    found = dialects.rows(
        connection,
        "SELECT code_hash, person_key, actor_key, made_us, expires_us, tries FROM link_codes"
        " WHERE person_key = ? AND used_us IS NULL AND expires_us > ? ORDER BY made_us DESC",
        (person_key, now_us),
    )
    return [Code(*row) for row in found]


def made_since(connection: Connection, person_key: bytes, since_us: int) -> Sequence[bytes | None]:
    """What each code that a person had made since was for: an address's key, or None."""
    found = dialects.rows(
        connection,
        "SELECT actor_key FROM link_codes WHERE person_key = ? AND made_us >= ?",
        (person_key, since_us),
    )
    return [row[0] for row in found]


def drop_old(connection: Connection, before_us: int) -> int:
    """Remove what expired before; answers how many."""
    return dialects.change(connection, "DELETE FROM link_codes WHERE expires_us < ?", (before_us,))
