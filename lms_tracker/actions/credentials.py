"""What a provider's people see of the credentials that its programs post with; never a secret."""

from dataclasses import dataclass

from flask import current_app

from lms_tracker.actions import arrivals, clock, quotas, rights
from lms_tracker.actions.arrivals import Provider
from lms_tracker.actions.providers import State, state_of
from lms_tracker.actions.rates import Rates
from lms_tracker.actions.rights import SCOPES, Viewer
from lms_tracker.store import credentials, database
from lms_tracker.store.credentials import Listed

# Of those that have no use any more so many are shown, the newest.
MOST_ENDED = 20


@dataclass(frozen=True, slots=True)
class Held:
    """One credential. `rates` are its requests per time, as (number, unit), its own or those of all.

    `today` is how many statements count for its quota, None where it has none.
    """

    key: str
    state: State
    scopes: tuple[str, ...]
    created_us: int
    last_used_us: int | None
    expires_us: int | None
    revoked_us: int | None
    rates: tuple[tuple[int, str], ...]
    daily_statements: int | None
    today: int | None
    leaves_out_2: bool


@dataclass(frozen=True, slots=True)
class Credentials:
    """Those in use first, the newest first among each; `hidden` are further ones that have ended."""

    provider: Provider
    held: tuple[Held, ...]
    hidden: int


def of_provider(viewer: Viewer, provider_id: int) -> Credentials:
    """A provider's credentials, for its own people. Raises rights.NotAllowed."""
    rights.demand(rights.may_see_provider(viewer, provider_id))
    with database.reading() as connection:
        provider = arrivals.provider(connection, provider_id)
        rows = [row for row in credentials.everything(connection, provider_id) if row.key is not None]
        limited = sorted(
            {row.quota_of for row in rows if row.quota_of is not None and row.daily_statements is not None}
        )
        today = credentials.stored_on(connection, limited, quotas.today()) if limited else {}
    now = clock.now_us()
    held = [_held(row, now, today) for row in reversed(rows)]
    used = [one for one in held if one.state in (State.ACTIVE, State.EXPIRING)]
    ended = [one for one in held if one.state not in (State.ACTIVE, State.EXPIRING)]
    return Credentials(provider, (*used, *ended[:MOST_ENDED]), max(0, len(ended) - MOST_ENDED))


def _held(row: Listed, now_us: int, today: dict[int, int]) -> Held:
    rates: Rates = current_app.extensions["lms_tracker.rates"]
    limit = row.rate_limit or rates.of_all
    parts = [part.split("/") for part in limit.split(";") if part]
    return Held(
        key=str(row.key),
        state=state_of(row.expires_us, row.revoked_us, now_us),
        scopes=tuple(scope for scope in SCOPES if scope in row.scopes),
        created_us=row.created_us or 0,
        last_used_us=row.last_used_us,
        expires_us=row.expires_us,
        revoked_us=row.revoked_us,
        rates=tuple((int(number), unit) for number, unit in parts),
        daily_statements=row.daily_statements,
        today=None if row.daily_statements is None else today.get(row.quota_of or 0, 0),
        leaves_out_2=row.leaves_out_2,
    )
