"""What somebody holds today and what it covers, read for every request: what is revoked ends at once."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import Connection

from lms_tracker.actions.rights import HEAD, Grant, Role
from lms_tracker.store import grants, organisations, reach
from lms_tracker.store.grants import Scope


def held(connection: Connection, key: bytes, today: date) -> tuple[Grant, ...]:
    """Grants first, the oldest first, then what comes with being head of a unit."""
    standing = grants.valid(connection, key, today)
    headed = organisations.headed(connection, key, today)
    chains = [(one.row.scope, *(origin.scope for origin in one.origins)) for one in standing]
    scopes = [scope for chain in chains for scope in chain]
    places = {scope.place_id for scope in scopes if scope.place_id is not None}
    branches = {scope.organisation_id for scope in scopes if scope.organisation_id is not None}
    at = reach.place_paths(connection, sorted(places), today)
    of = reach.organisation_paths(connection, sorted(branches.union(headed)))
    granted = [
        Grant(
            one.row.id,
            Role(one.row.role),
            one.row.scope,
            _covered(at, [scope.place_id for scope in chain]),
            _covered(of, [scope.organisation_id for scope in chain]),
            one.first_day,
            one.last_day,
        )
        for one, chain in zip(standing, chains, strict=True)
    ]
    leads = [Grant(None, HEAD, Scope(organisation_id=one), (), of.get(one, ())) for one in headed]
    return (*granted, *leads)


def _covered(paths: Mapping[int, tuple[str, ...]], chain: Sequence[int | None]) -> tuple[str, ...]:
    """What the first of a chain covers, as far as all those it was handed on from cover it today.

    What units cover changes with what becomes of them, and not for all of a chain alike.
    """
    own, *origins = (None if number is None else paths.get(number, ()) for number in chain)
    return tuple(
        path for path in own or () if all(origin is None or path.startswith(origin) for origin in origins)
    )
