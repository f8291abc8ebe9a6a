"""Which identifier is whose: links, what was done to them, and identifiers that nobody earns under."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select

from lms_tracker.store import dialects, schema


@dataclass(frozen=True, slots=True)
class Event:
    """A step in the story of an identifier; `what` and `proof` in the words of `actions.identity`.

    At most one of `by_person` and `by_credential` says who did it; neither is the service's own command.
    """

    actor_key: bytes
    person_key: bytes
    what: str
    proof: str
    by_person: bytes | None
    by_credential: int | None
    merge_id: int | None
    note: str
    at_us: int
    id: int = 0


@dataclass(frozen=True, slots=True)
class Bar:
    """An identifier whose time nobody earns for now; `reason` is a learning.reasons.Reason."""

    actor_key: bytes
    reason: int
    claimed_by: bytes | None
    note: str
    by_person: bytes | None
    since_us: int


_BAR = schema.barred_actors
_EVENT = schema.link_events
_EVENT_COLUMNS = (
    _EVENT.c.actor_key,
    _EVENT.c.person_key,
    _EVENT.c.what,
    _EVENT.c.proof,
    _EVENT.c.by_person,
    _EVENT.c.by_credential,
    _EVENT.c.merge_id,
    _EVENT.c.note,
    _EVENT.c.at_us,
    _EVENT.c.id,
)


def holders(connection: Connection, actor_keys: Sequence[bytes]) -> dict[bytes, bytes]:
    """The person each identifier is linked to, of those that are linked."""
    return dict(
        dialects.rows_by_key(
            connection, "SELECT actor_key, person_key FROM links WHERE actor_key {keys}", actor_keys
        )
    )


def put(connection: Connection, actor_key: bytes, person_key: bytes, linked_us: int) -> None:
    """Link an identifier, also away from whom it was linked to."""
    dialects.change(
        connection,
        "INSERT INTO links (actor_key, person_key, linked_us) VALUES (?, ?, ?)"
        " ON CONFLICT (actor_key) DO UPDATE SET"
        " person_key = excluded.person_key, linked_us = excluded.linked_us",
        (actor_key, person_key, linked_us),
    )


def remove(connection: Connection, actor_keys: Collection[bytes]) -> None:
    """Make each identifier a person of its own again."""
    dialects.change_many(
        connection, "DELETE FROM links WHERE actor_key = ?", [(key,) for key in sorted(actor_keys)]
    )


def of_person(connection: Connection, person_key: bytes) -> dict[bytes, int]:
    """When each identifier of a person was linked; records merged into it are among them."""
    rows = dialects.rows(
        connection,
        "SELECT actor_key, linked_us FROM links WHERE person_key = ? ORDER BY linked_us, actor_key",
        (person_key,),
    )
    return {row[0]: row[1] for row in rows}


def has_record(connection: Connection, key: bytes) -> bool:
    """Whether a key is more than an identifier: somebody with an account or roster entry, or with links."""
    select = (
        "SELECT EXISTS (SELECT 1 FROM people WHERE person_key = ?)"
        " OR EXISTS (SELECT 1 FROM links WHERE person_key = ?)"
    )
    return bool(dialects.rows(connection, select, (key, key))[0][0])


def note(connection: Connection, events: Iterable[Event]) -> None:
    """Add steps to the story, in their order."""
    rows = [
        {
            "actor_key": event.actor_key,
            "person_key": event.person_key,
            "what": event.what,
            "proof": event.proof,
            "by_person": event.by_person,
            "by_credential": event.by_credential,
            "merge_id": event.merge_id,
            "note": event.note,
            "at_us": event.at_us,
        }
        for event in events
    ]
    if rows:
        connection.execute(insert(_EVENT), rows)


def events(
    connection: Connection, actor_keys: Sequence[bytes], person_key: bytes | None, limit: int
) -> list[Event]:
    """The newest steps of these identifiers and of a person, the newest first."""
    whose = _EVENT.c.actor_key.in_(actor_keys)
    found = connection.execute(
        select(*_EVENT_COLUMNS)
        .where(whose if person_key is None else or_(whose, _EVENT.c.person_key == person_key))
        .order_by(_EVENT.c.id.desc())
        .limit(limit)
    )
    return [_event(row) for row in found]


def newest_event(connection: Connection, actor_key: bytes, what: str) -> Event | None:
    """The last step of this kind in an identifier's story."""
    found = connection.execute(
        select(*_EVENT_COLUMNS)
        .where(_EVENT.c.actor_key == actor_key, _EVENT.c.what == what)
        .order_by(_EVENT.c.id.desc())
        .limit(1)
    ).first()
    return None if found is None else _event(found)


def events_of_merge(connection: Connection, actor_keys: Sequence[bytes], merge_id: int) -> list[Event]:
    """What a merge did to these identifiers, in order."""
    found = connection.execute(
        select(*_EVENT_COLUMNS)
        .where(_EVENT.c.actor_key.in_(actor_keys), _EVENT.c.merge_id == merge_id)
        .order_by(_EVENT.c.id)
    )
    return [_event(row) for row in found]


def linked_since(connection: Connection, actor_key: bytes, since_us: int, whats: Collection[str]) -> bool:
    """Whether an identifier was moved after an instant."""
    found = connection.execute(
        select(_EVENT.c.id)
        .where(_EVENT.c.actor_key == actor_key, _EVENT.c.at_us > since_us, _EVENT.c.what.in_(whats))
        .limit(1)
    ).first()
    return found is not None


def _event(row: Any) -> Event:
    return Event(*row)


def moved_since(connection: Connection, actor_key: bytes, after: int, whats: Collection[str]) -> bool:
    """Whether an identifier was moved after step `after`, otherwise than by merges that were undone."""
    undone = select(schema.merges.c.id).where(schema.merges.c.undone_us.is_not(None))
    found = connection.execute(
        select(_EVENT.c.id)
        .where(
            _EVENT.c.actor_key == actor_key,
            _EVENT.c.id > after,
            _EVENT.c.what.in_(whats),
            or_(_EVENT.c.merge_id.is_(None), _EVENT.c.merge_id.not_in(undone)),
        )
        .limit(1)
    ).first()
    return found is not None


# --- identifiers that nobody earns under -----------------------------------------------------------------


def bars(connection: Connection, actor_keys: Sequence[bytes]) -> dict[bytes, Bar]:
    found = dialects.rows_by_key(
        connection,
        "SELECT actor_key, reason, claimed_by, note, by_person, since_us FROM barred_actors"
        " WHERE actor_key {keys}",
        actor_keys,
    )
    return {row[0]: Bar(*row) for row in found}


def bar(connection: Connection, barred: Bar) -> None:
    """Bar an identifier; what barred it before gives way."""
    connection.execute(delete(_BAR).where(_BAR.c.actor_key == barred.actor_key))
    connection.execute(
        insert(_BAR).values(
            actor_key=barred.actor_key,
            reason=barred.reason,
            claimed_by=barred.claimed_by,
            note=barred.note,
            by_person=barred.by_person,
            since_us=barred.since_us,
        )
    )


def unbar(connection: Connection, actor_keys: Collection[bytes]) -> None:
    dialects.change_many(
        connection, "DELETE FROM barred_actors WHERE actor_key = ?", [(key,) for key in sorted(actor_keys)]
    )


def claimed(connection: Connection, person_keys: Sequence[bytes]) -> list[Bar]:
    """Identifiers linked to others that one of these persons claims."""
    found = dialects.rows_by_key(
        connection,
        "SELECT actor_key, reason, claimed_by, note, by_person, since_us FROM barred_actors"
        " WHERE claimed_by {keys} ORDER BY since_us",
        person_keys,
    )
    return [Bar(*row) for row in found]


def barred(connection: Connection, reason: int, limit: int) -> list[Bar]:
    """Identifiers barred for a reason, the oldest first."""
    found = dialects.rows(
        connection,
        "SELECT actor_key, reason, claimed_by, note, by_person, since_us FROM barred_actors"
        " WHERE reason = ? ORDER BY since_us, actor_key LIMIT ?",
        (reason, limit),
    )
    return [Bar(*row) for row in found]


# --- whose statements name an identifier -----------------------------------------------------------------


def is_named_by(connection: Connection, actor_keys: Sequence[bytes], provider_id: int) -> bool:
    """Whether a provider's own statements are about one of these identifiers."""
    return bool(
        dialects.rows_by_key(
            connection,
            "SELECT 1 FROM statement_actors a JOIN statements s ON s.statement_id = a.statement_id"
            " WHERE a.actor_key {keys} AND NOT a.related AND s.provider_id = ? LIMIT 1",
            actor_keys,
            provider_id,
        )
    )


def speakers(connection: Connection, actor_keys: Sequence[bytes]) -> dict[bytes, list[int]]:
    """The providers whose evidence names each identifier."""
    found: dict[bytes, list[int]] = {}
    for key, provider_id in dialects.rows_by_key(
        connection, "SELECT DISTINCT actor_key, provider_id FROM evidence WHERE actor_key {keys}", actor_keys
    ):
        found.setdefault(key, []).append(provider_id)
    return found


def is_learner_of(connection: Connection, actor_keys: Sequence[bytes], provider_id: int) -> bool:
    """Whether a provider has evidence of its own about one of these identifiers."""
    return bool(
        dialects.rows_by_key(
            connection,
            "SELECT 1 FROM evidence WHERE actor_key {keys} AND provider_id = ? LIMIT 1",
            actor_keys,
            provider_id,
        )
    )


def is_learner_of_others(connection: Connection, actor_keys: Sequence[bytes], provider_id: int) -> bool:
    """Whether another provider has evidence about one of these identifiers."""
    return bool(
        dialects.rows_by_key(
            connection,
            "SELECT 1 FROM evidence WHERE actor_key {keys} AND provider_id <> ? LIMIT 1",
            actor_keys,
            provider_id,
        )
    )


def programs(connection: Connection, credential_ids: Sequence[int]) -> dict[int, str]:
    """The name of the provider behind each credential."""
    of, providers = schema.credentials, schema.providers
    rows = connection.execute(
        select(of.c.id, providers.c.name)
        .join(providers, providers.c.id == of.c.provider_id)
        .where(of.c.id.in_(credential_ids))
    )
    return {row[0]: row[1] for row in rows}
