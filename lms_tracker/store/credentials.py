"""Providers and the credentials they post with."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, update

from lms_tracker.store import dialects, horizon, schema


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential as it is asked for on every request; `secret_hash` is SHA-256 of the secret."""

    id: int
    provider_id: int
    secret_hash: bytes
    scopes: frozenset[str]
    expires_us: int | None
    revoked_us: int | None
    last_used_us: int | None
    rate_limit: str | None
    daily_statements: int | None
    # The credential under whose number statements count for the day.
    quota_of: int
    leaves_out_2: bool
    approved: bool
    # How often credentials had changed when this was read (`horizon`).
    changes: int


_BY_KEY = (
    "SELECT c.id, c.provider_id, c.secret_hash, c.scopes, c.expires_us, c.revoked_us, c.last_used_us,"
    " c.rate_limit, c.daily_statements, COALESCE(c.quota_of, c.id), c.leaves_out_2, p.approved,"
    " (SELECT credentials FROM horizon WHERE id = 1)"
    " FROM credentials c JOIN providers p ON p.id = c.provider_id WHERE c.key = ?"
)


def by_key(connection: Connection, key: str, *, to_change: bool = False) -> Credential | None:
    """The credential of this key; with `to_change` nobody else changes it before this transaction ends."""
    locking = " FOR NO KEY UPDATE OF c" if to_change and dialects.is_postgresql(connection) else ""
    found = dialects.rows(connection, _BY_KEY + locking, (key,))
    if not found:
        return None
    (
        number,
        provider_id,
        secret_hash,
        scopes,
        expires,
        revoked,
        used,
        rate,
        daily,
        quota_of,
        leaves_out,
        approved,
        changes,
    ) = found[0]
    return Credential(
        number,
        provider_id,
        secret_hash,
        frozenset(scopes.split()),
        expires,
        revoked,
        used,
        rate,
        daily,
        quota_of,
        bool(leaves_out),
        bool(approved),
        int(changes),
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """A provider's key, without its secret; `id` and what follows are None for a provider without any."""

    provider_id: int
    name: str
    provider_created_us: int
    id: int | None
    key: str | None
    scopes: tuple[str, ...]
    created_us: int | None
    expires_us: int | None
    revoked_us: int | None
    last_used_us: int | None
    rate_limit: str | None
    daily_statements: int | None
    quota_of: int | None
    leaves_out_2: bool
    # Of the provider: nothing is heard of a suspended one.
    approved: bool = True


def everything(connection: Connection, provider_id: int | None = None) -> list[Listed]:
    """Every key of every provider, or of one, the oldest first."""
    p, c = schema.providers, schema.credentials
    asked = (
        select(
            p.c.id.label("provider_id"),
            p.c.name,
            p.c.created_us.label("provider_created_us"),
            c.c.id,
            c.c.key,
            c.c.scopes,
            c.c.created_us,
            c.c.expires_us,
            c.c.revoked_us,
            c.c.last_used_us,
            c.c.rate_limit,
            c.c.daily_statements,
            func.coalesce(c.c.quota_of, c.c.id).label("quota_of"),
            c.c.leaves_out_2,
            p.c.approved,
        )
        .select_from(p.outerjoin(c, c.c.provider_id == p.c.id))
        .order_by(p.c.id, c.c.id)
    )
    if provider_id is not None:
        asked = asked.where(p.c.id == provider_id)
    return [
        Listed(
            row.provider_id,
            row.name,
            row.provider_created_us,
            row.id,
            row.key,
            tuple((row.scopes or "").split()),
            row.created_us,
            row.expires_us,
            row.revoked_us,
            row.last_used_us,
            row.rate_limit,
            row.daily_statements,
            row.quota_of,
            bool(row.leaves_out_2),
            bool(row.approved),
        )
        for row in connection.execute(asked)
    ]


def revoke(connection: Connection, credential_id: int, revoked_us: int) -> None:
    table = schema.credentials
    connection.execute(
        update(table)
        .where(table.c.id == credential_id, table.c.revoked_us.is_(None))
        .values(revoked_us=revoked_us)
    )
    horizon.note_credentials(connection)


def expire(connection: Connection, credential_id: int, expires_us: int) -> None:
    table = schema.credentials
    connection.execute(update(table).where(table.c.id == credential_id).values(expires_us=expires_us))
    horizon.note_credentials(connection)


def set_limits(
    connection: Connection,
    credential_id: int,
    *,
    rate_limit: str | None,
    daily_statements: int | None,
    leaves_out_2: bool,
) -> None:
    table = schema.credentials
    connection.execute(
        update(table)
        .where(table.c.id == credential_id)
        .values(rate_limit=rate_limit, daily_statements=daily_statements, leaves_out_2=leaves_out_2)
    )
    horizon.note_credentials(connection)


def used(connection: Connection, credential_id: int, now_us: int) -> None:
    """Note that a credential was used; never a time before the one that is noted, and never waiting."""
    skipping = " FOR NO KEY UPDATE SKIP LOCKED" if dialects.is_postgresql(connection) else ""
    dialects.change(
        connection,
        "UPDATE credentials SET last_used_us = ? WHERE id = (SELECT id FROM credentials WHERE id = ?"
        f" AND (last_used_us IS NULL OR last_used_us < ?){skipping})",
        (now_us, credential_id, now_us),
    )


def stored_on(connection: Connection, credential_ids: Sequence[int], day: int) -> dict[int, int]:
    """How many statements each of these credentials stored on a local day; those with none are missing."""
    marks = ",".join("?" * len(credential_ids))
    found = dialects.rows(
        connection,
        f"SELECT credential_id, statements FROM credential_days WHERE day = ? AND credential_id IN ({marks})",
        (day, *credential_ids),
    )
    return {row[0]: row[1] for row in found}


def count_on(connection: Connection, day: int, stored: Sequence[tuple[int, int]]) -> None:
    """Add statements, as (credential, how many), to what was stored on a local day."""
    dialects.change_many(
        connection,
        "INSERT INTO credential_days (credential_id, day, statements) VALUES (?, ?, ?)"
        " ON CONFLICT (credential_id, day)"
        " DO UPDATE SET statements = credential_days.statements + excluded.statements",
        [(credential_id, day, count) for credential_id, count in sorted(stored)],
    )


def drop_days_before(connection: Connection, day: int) -> int:
    """Forget what was stored on local days before this one; answers how many counts that were."""
    days = schema.credential_days
    return connection.execute(delete(days).where(days.c.day < day)).rowcount


def add_provider(connection: Connection, name: str, created_us: int) -> int:
    """A provider that may post at once; its authority is set by `set_authority` when its number is known."""
    row = insert(schema.providers).values(name=name, approved=True, authority="", created_us=created_us)
    return int(connection.execute(row.returning(schema.providers.c.id)).scalar_one())


def approve(connection: Connection, provider_id: int, approved: bool) -> None:
    """Let a provider's credentials post, or none of them. The caller raises the catalogue's version."""
    table = schema.providers
    connection.execute(update(table).where(table.c.id == provider_id).values(approved=approved))
    horizon.note_credentials(connection)


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
    *,
    expires_us: int | None,
    rate_limit: str | None,
    daily_statements: int | None,
    leaves_out_2: bool,
    quota_of: int | None = None,
) -> None:
    connection.execute(
        insert(schema.credentials).values(
            provider_id=provider_id,
            key=key,
            secret_hash=secret_hash,
            scopes=" ".join(scopes),
            created_us=created_us,
            expires_us=expires_us,
            rate_limit=rate_limit,
            daily_statements=daily_statements,
            leaves_out_2=leaves_out_2,
            quota_of=quota_of,
        )
    )


def authorities(connection: Connection) -> dict[int, str]:
    """The authority of every provider, JSON text by provider number."""
    table = schema.providers
    return {row.id: row.authority for row in connection.execute(select(table.c.id, table.c.authority))}
