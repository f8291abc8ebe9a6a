"""Course providers and the credentials they post with."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock
from lms_tracker.actions.rights import DEFAULT_SCOPES, SCOPES, Caller
from lms_tracker.store import courses, credentials, database
from lms_tracker.store.credentials import Listed as Listed

log = logs.logger(__name__)


class UnknownScope(ValueError):
    """A scope that xAPI does not name."""


class Unknown(ValueError):
    """A provider or key that there is not; its text is a sentence that says so."""


@dataclass(frozen=True, slots=True)
class NewCredential:
    """Shown once: of the secret only a hash is kept."""

    provider: int
    endpoint: str
    key: str
    secret: str


def add_provider(name: str, scopes: Sequence[str] | None = None) -> NewCredential:
    """A provider, approved and ready to post, with its first credential.

    Raises UnknownScope. The secret has 256 random bits, so one SHA-256 of it is as safe to keep as a slow
    hash and cheap enough to check on every request.
    """
    wanted = _checked(scopes)
    name = name.strip()
    if not name or len(name) > 200:
        raise ValueError("expected a provider's name of 1 to 200 characters")
    base = _base_url()
    now = clock.now_us()
    with database.writing() as connection:
        provider_id = credentials.add_provider(connection, name, now)
        account = {"homePage": base, "name": f"provider-{provider_id}"}
        authority = {"objectType": "Agent", "name": name, "account": account}
        credentials.set_authority(
            connection, provider_id, json.dumps(authority, ensure_ascii=False, separators=(",", ":"))
        )
        # Who may speak for courses is part of the catalogue.
        courses.raise_version(connection)
        return _new(connection, provider_id, wanted, now)


def add_credential(provider_id: int, scopes: Sequence[str] | None = None) -> NewCredential:
    """A further credential of a provider, beside those it has. Raises UnknownScope and Unknown."""
    wanted = _checked(scopes)
    with database.writing() as connection:
        if provider_id not in credentials.authorities(connection):
            raise Unknown(f"there is no provider {provider_id}")
        made = _new(connection, provider_id, wanted, clock.now_us())
    log.info("credential added", provider=provider_id)
    return made


def revoke(key: str) -> int:
    """End what a key allows, from the next request on; answers the number of its provider.

    Revoking again changes nothing. Raises Unknown.
    """
    with database.writing() as connection:
        found = credentials.by_key(connection, key)
        if found is None:
            raise Unknown(f"there is no key {key}")
        credentials.revoke(connection, found.id, clock.now_us())
    log.info("credential revoked", provider=found.provider_id, credential=found.id)
    return found.provider_id


def everything() -> list[Listed]:
    """Every provider with its keys, one row a key, the oldest first."""
    with database.reading() as connection:
        return credentials.everything(connection)


def _checked(scopes: Sequence[str] | None) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(scopes or DEFAULT_SCOPES))
    for scope in wanted:
        if scope not in SCOPES:
            raise UnknownScope(f"expected one of {', '.join(SCOPES)}; got {scope!r}")
    return wanted


def _new(connection: Connection, provider_id: int, scopes: tuple[str, ...], now: int) -> NewCredential:
    key, secret = secrets.token_hex(16), secrets.token_urlsafe(32)
    credentials.add(connection, provider_id, key, _hash(secret), scopes, now)
    return NewCredential(provider_id, f"{_base_url()}/xapi/", key, secret)


def _base_url() -> str:
    return str(current_app.config["SETTINGS"].base_url).rstrip("/")


def authenticate(key: str, secret: str) -> Caller | None:
    """Who holds this key and secret, or None: unknown, wrong, expired, revoked, or provider not approved."""
    with database.asking() as connection:
        found = credentials.by_key(connection, key)
    if not hmac.compare_digest(found.secret_hash if found else bytes(32), _hash(secret)) or found is None:
        return None
    now = clock.now_us()
    expired = found.expires_us is not None and found.expires_us <= now
    if expired or found.revoked_us is not None or not found.approved:
        return None
    return Caller(
        found.id,
        found.provider_id,
        found.scopes,
        found.rate_limit,
        found.daily_statements,
        found.leaves_out_2,
    )


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
