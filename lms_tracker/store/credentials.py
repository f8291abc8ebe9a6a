"""Providers and the credentials they post with."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from lms_tracker.store import dialects, schema


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential as it is asked for on every request; `secret_hash` is SHA-256 of the secret."""

    id: int
    provider_id: int
    secret_hash: bytes
    scopes: frozenset[str]
    expires_us: int | None
    revoked_us: int | None
    approved: bool


def by_key(connection: Connection, key: str) -> Credential | None:
    found = dialects.rows(
        connection,
        "SELECT c.id, c.provider_id, c.secret_hash, c.scopes, c.expires_us, c.revoked_us, p.approved"
        " FROM credentials c JOIN providers p ON p.id = c.provider_id WHERE c.key = ?",
        (key,),
    )
    if not found:
        return None
    number, provider_id, secret_hash, scopes, expires_us, revoked_us, approved = found[0]
    return Credential(
        number, provider_id, secret_hash, frozenset(scopes.split()), expires_us, revoked_us, bool(approved)
    )


def add_provider(connection: Connection, name: str, created_us: int) -> int:
    """A provider that may post at once; its authority is set by `set_authority` when its number is known."""
    row = insert(schema.providers).values(name=name, approved=True, authority="", created_us=created_us)
    return int(connection.execute(row.returning(schema.providers.c.id)).scalar_one())


def set_authority(connection: Connection, provider_id: int, authority: str) -> None:
    connection.execute(
        update(schema.providers).where(schema.providers.c.id == provider_id).values(authority=authority)
    )


def add(
    connection: Connection,
    provider_id: int,
    key: str,
    secret_hash: bytes,
    scopes: Sequence[str],
    created_us: int,
) -> None:
    connection.execute(
        insert(schema.credentials).values(
            provider_id=provider_id,
            key=key,
            secret_hash=secret_hash,
            scopes=" ".join(scopes),
            created_us=created_us,
        )
    )


def authorities(connection: Connection) -> dict[int, str]:
    """The authority of every provider, JSON text by provider number."""
    table = schema.providers
    return {row.id: row.authority for row in connection.execute(select(table.c.id, table.c.authority))}
