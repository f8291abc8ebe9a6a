"""Course providers and the credentials they post with."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask import current_app
from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, terms
from lms_tracker.actions.rights import SCOPES, Caller
from lms_tracker.actions.terms import Terms
from lms_tracker.actions.uses import Uses
from lms_tracker.store import courses, credentials, database
from lms_tracker.store.credentials import Credential as Credential
from lms_tracker.store.credentials import Listed as Listed

log = logs.logger(__name__)

# The account name of a provider's authority begins so and ends with the provider's number.
_AUTHORITY = "provider-"


class State(StrEnum):
    """What may be done with a credential: everything, the same until its end is reached, or nothing."""

    ACTIVE = "active"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Unknown(ValueError):
    """A provider or key that there is not; its text is a sentence that says so."""


class NotValid(ValueError):
    """A key that has expired or was revoked; its text is a sentence that says so."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a key of this provider may do at most, and whether it leaves out statements of 2.0."""

    provider: int
    rate_limit: str | None
    daily_statements: int | None
    leaves_out_2: bool


@dataclass(frozen=True, slots=True)
class NewCredential:
    """Shown once: of the secret only a hash is kept."""

    provider: int
    endpoint: str
    key: str
    secret: str


@dataclass(frozen=True, slots=True)
class Rotated:
    """A key's successor, and when the key itself ends, in microseconds since the epoch."""

    new: NewCredential
    old_ends_us: int


def may_be_authority(identifier: str) -> bool:
    """Whether this identifier of an actor looks like that of a provider's authority; cheap to ask."""
    _, found, number = identifier.rpartition(f"|{_AUTHORITY}")
    return bool(found) and number.isdecimal()


def add_provider(name: str, scopes: Sequence[str] | None = None) -> NewCredential:
    """A provider, approved and ready to post, with its first credential.

    Raises UnknownScope. The secret has 256 random bits, so one SHA-256 of it is as safe to keep as a slow
    hash and cheap enough to check on every request.
    """
    given = Terms(terms.scopes(scopes))
    name = name.strip()
    if not name or len(name) > 200:
        raise ValueError("expected a provider's name of 1 to 200 characters")
    base = _base_url()
    now = clock.now_us()
    with database.writing() as connection:
        provider_id = credentials.add_provider(connection, name, now)
        account = {"homePage": base, "name": f"{_AUTHORITY}{provider_id}"}
        authority = {"objectType": "Agent", "name": name, "account": account}
        credentials.set_authority(
            connection, provider_id, json.dumps(authority, ensure_ascii=False, separators=(",", ":"))
        )
        # Who may speak for courses is part of the catalogue.
        courses.raise_version(connection)
        return _new(connection, provider_id, given, now)


def add_credential(provider_id: int, given: Terms | None = None) -> NewCredential:
    """A further credential of a provider, beside those it has. Raises Unknown."""
    with database.writing() as connection:
        if provider_id not in credentials.authorities(connection):
            raise Unknown(f"there is no provider {provider_id}")
        made = _new(connection, provider_id, given or Terms(), clock.now_us())
    log.info("credential added", provider=provider_id)
    return made


def rotate(key: str, overlap_us: int, expires_us: int | None = None) -> Rotated:
    """A new credential in place of this one, which goes on for the overlap and then ends.

    The new one has the same scopes, limits and switch, and an end of its own. It goes on with the count of
    the day, which both share while both are valid. Raises Unknown, and NotValid for a key that has no use any
    more.
    """
    with database.writing() as connection:
        now = clock.now_us()
        old = _known(connection, key)
        state = state_of(old.expires_us, old.revoked_us, now)
        if state in (State.EXPIRED, State.REVOKED):
            raise NotValid(f"the key {key} is {state}; make a new one with provider credential")
        ends = now + overlap_us if old.expires_us is None else min(now + overlap_us, old.expires_us)
        credentials.expire(connection, old.id, ends)
        scopes = tuple(scope for scope in SCOPES if scope in old.scopes)
        given = Terms(scopes, expires_us, old.rate_limit, old.daily_statements, old.leaves_out_2)
        made = _new(connection, old.provider_id, given, now, quota_of=old.quota_of)
    log.info("credential rotated", provider=old.provider_id, credential=old.id)
    return Rotated(made, ends)


def limit(
    key: str, *, rate: str | None = None, daily: str | None = None, leaves_out_2: bool | None = None
) -> Limits:
    """Change the limits and the switch of a key, from the next request on; what is None stays.

    `rate` and `daily` are texts that `actions.terms` reads. Raises WrongTerm and Unknown.
    """
    new_rate = None if rate is None else terms.rate_limit(rate)
    new_daily = None if daily is None else terms.daily_statements(daily)
    with database.writing() as connection:
        found = _known(connection, key)
        limits = Limits(
            found.provider_id,
            found.rate_limit if rate is None else new_rate,
            found.daily_statements if daily is None else new_daily,
            found.leaves_out_2 if leaves_out_2 is None else leaves_out_2,
        )
        credentials.set_limits(
            connection,
            found.id,
            rate_limit=limits.rate_limit,
            daily_statements=limits.daily_statements,
            leaves_out_2=limits.leaves_out_2,
        )
    log.info("credential limited", provider=found.provider_id, credential=found.id)
    return limits


def revoke(key: str) -> int:
    """End what a key allows, from the next request on; answers the number of its provider.

    Revoking again changes nothing. Raises Unknown.
    """
    with database.writing() as connection:
        found = _known(connection, key)
        credentials.revoke(connection, found.id, clock.now_us())
    log.info("credential revoked", provider=found.provider_id, credential=found.id)
    return found.provider_id


def everything() -> list[Listed]:
    """Every provider with its keys, one row a key, the oldest first."""
    with database.reading() as connection:
        return credentials.everything(connection)


def state_of(expires_us: int | None, revoked_us: int | None, now_us: int) -> State:
    """What may be done with a credential at this instant."""
    if revoked_us is not None:
        return State.REVOKED
    if expires_us is None:
        return State.ACTIVE
    return State.EXPIRED if expires_us <= now_us else State.EXPIRING


def _known(connection: Connection, key: str) -> Credential:
    found = None if "\0" in key else credentials.by_key(connection, key, to_change=True)
    if found is None:
        raise Unknown(f"there is no key {key[:80]}")
    return found


def _new(
    connection: Connection, provider_id: int, given: Terms, now: int, *, quota_of: int | None = None
) -> NewCredential:
    key, secret = secrets.token_hex(16), secrets.token_hex(32)
    credentials.add(
        connection,
        provider_id,
        key,
        _hash(secret),
        given.scopes,
        now,
        expires_us=given.expires_us,
        rate_limit=given.rate_limit,
        daily_statements=given.daily_statements,
        leaves_out_2=given.leaves_out_2,
        quota_of=quota_of,
    )
    return NewCredential(provider_id, f"{_base_url()}/xapi/", key, secret)


def _base_url() -> str:
    return str(current_app.config["SETTINGS"].base_url).rstrip("/")


def authenticate(key: str, secret: str) -> Caller | None:
    """Who holds this key and secret; None where `credential_of` finds none."""
    found = credential_of(key, secret)
    return None if found is None else caller_of(found)


def credential_of(key: str, secret: str) -> Credential | None:
    """The credential of this key and secret, or None: unknown, wrong, ended, or provider not approved."""
    with database.asking() as connection:
        found = credentials.by_key(connection, key)
    if not hmac.compare_digest(found.secret_hash if found else bytes(32), _hash(secret)) or found is None:
        return None
    state = state_of(found.expires_us, found.revoked_us, clock.now_us())
    return None if state in (State.EXPIRED, State.REVOKED) or not found.approved else found


def caller_of(found: Credential) -> Caller:
    """Who holds a credential that is valid now; notes that it is in use."""
    uses: Uses = current_app.extensions["lms_tracker.uses"]
    uses.seen(found.id, found.last_used_us)
    return Caller(
        found.id,
        found.provider_id,
        found.scopes,
        found.rate_limit,
        found.daily_statements,
        found.leaves_out_2,
        found.quota_of,
    )


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
