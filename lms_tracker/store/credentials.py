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
    rate_limit: str | None
    daily_statements: int | None
    leaves_out_2: bool
    approved: bool


def by_key(connection: Connection, key: str) -> Credential | None:
    found = dialects.rows(
        connection,
        "SELECT c.id, c.provider_id, c.secret_hash, c.scopes, c.expires_us, c.revoked_us, c.rate_limit,"
        " c.daily_statements, c.leaves_out_2, p.approved"
        " FROM credentials c JOIN providers p ON p.id = c.provider_id WHERE c.key = ?",
        (key,),
    )
    if not found:
        return None
    row = found[0]
    return Credential(*row[:3], frozenset(row[3].split()), *row[4:8], bool(row[8]), bool(row[9]))


@dataclass(frozen=True, slots=True)
class Listed:
    """A provider's key, without its secret; `key` and what follows are None for a provider without any."""

    provider_id: int
    name: str
    provider_created_us: int
    key: str | None
    scopes: tuple[str, ...]
    created_us: int | None
    expires_us: int | None
    revoked_us: int | None


def everything(connection: Connection) -> list[Listed]:
    """Every key of every provider, the oldest first."""
    p, c = schema.providers, schema.credentials
    rows = connection.execute(
        select(
            p.c.id,
            p.c.name,
            p.c.created_us,
            c.c.key,
            c.c.scopes,
            c.c.created_us,
            c.c.expires_us,
            c.c.revoked_us,
        )
        .select_from(p.outerjoin(c, c.c.provider_id == p.c.id))
        .order_by(p.c.id, c.c.id)
    )
    return [Listed(*row[:4], tuple((row[4] or "").split()), *row[5:]) for row in rows]


def revoke(connection: Connection, credential_id: int, revoked_us: int) -> None:
    table = schema.credentials
    connection.execute(
        update(table)
        .where(table.c.id == credential_id, table.c.revoked_us.is_(None))
        .values(revoked_us=revoked_us)
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
