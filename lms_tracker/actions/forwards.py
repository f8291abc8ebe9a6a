"""Forwards as those who run the service set them up, look at them and end them."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TypeVar

from flask import current_app
from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, sealing
from lms_tracker.actions.accepting import VERSION_FAMILIES
from lms_tracker.store import credentials, database, dead_letters, forwards, horizon, outgoing
from lms_tracker.store.dead_letters import DeadLetter as DeadLetter
from lms_tracker.store.forwards import Forward
from lms_tracker.store.outgoing import Choice
from xapi import iris, keys, timestamps
from xapi.client import Client, NotRead, Refused
from xapi.endpoints import Endpoint
from xapi.transport import HttpTransport, is_loopback

VERSIONS = ("1.0.3", "2.0.0")
# Seconds to wait for an answer of a store that is only asked which versions it speaks.
SECONDS_TO_ASK = 10
# Dead letters are read so many at once.
DEAD_LETTERS_AT_ONCE = 200

T = TypeVar("T")

log = logs.logger(__name__)


class Wrong(ValueError):
    """What cannot be done; its text is a sentence."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A forward to be: `since` is "now", "beginning" or a timestamp; `insecure` allows plain http."""

    name: str
    endpoint: str
    key: str
    secret: str
    provider_id: int | None = None
    verbs: Sequence[str] = ()
    activities: Sequence[str] = ()
    since: str = "now"
    version: str = "1.0.3"
    insecure: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A forward with what it chooses; `behind_us`: how long the oldest waits."""

    forward: Forward
    verbs: tuple[str, ...]
    activities: tuple[str, ...]
    dead_letters: int
    behind_us: int


def add(wanted: Wanted) -> str | None:
    """Set up a forward; a sentence where the other store could not be asked whether it speaks the version.

    Raises Wrong and sealing.CannotSeal.
    """
    endpoint = _endpoint(wanted.endpoint, wanted.insecure)
    name, chosen = _name(wanted.name), _chosen(wanted)
    if wanted.version not in VERSIONS:
        raise Wrong(f"expected version {' or '.join(VERSIONS)}")
    sealed = sealing.seal(_credential(wanted.key, wanted.secret))
    warning = _cannot_be_asked(endpoint, wanted)
    with database.writing() as connection:
        if forwards.by_name(connection, name) is not None:
            raise Wrong(f"there is a forward {name} already")
        if wanted.provider_id is not None and wanted.provider_id not in credentials.authorities(connection):
            raise Wrong(f"there is no provider {wanted.provider_id}")
        forwards.add(
            connection,
            name=name,
            provider_id=wanted.provider_id,
            endpoint=str(endpoint),
            key=wanted.key,
            secret=sealed,
            version=wanted.version,
            chosen=chosen,
            sent_to=_position(connection, wanted.since),
            created_us=clock.now_us(),
        )
    log.info("forward added", provider=wanted.provider_id)
    return warning


def everything() -> list[Listed]:
    with database.reading() as connection:
        through = horizon.read(connection)
        return [
            Listed(forward, *_named(forward), dead, through - _done_to(connection, forward, through))
            for forward, dead in forwards.everything(connection)
        ]


def _done_to(connection: Connection, forward: Forward, through: int) -> int:
    """The position up to which nothing waits: what was not chosen needs not to be noted."""
    part = outgoing.next_part(connection, choice(forward), forward.sent_to, through, 1, 0)
    return max(forward.sent_to, part.statements[0].position - 1) if part.statements else part.end


def pause(name: str) -> None:
    """Send no more until `resume`; a request that is under way is answered still. Raises Wrong."""
    _change(name, lambda connection, found: forwards.pause(connection, found.id, clock.now_us()))


def resume(name: str) -> None:
    """Go on after a pause, or at once where it waits after a failure. Raises Wrong."""
    _change(name, lambda connection, found: forwards.resume(connection, found.id))


def set_credential(name: str, key: str, secret: str) -> None:
    """Use another key and secret from now on. Raises Wrong and sealing.CannotSeal."""
    sealed = sealing.seal(_credential(key, secret))
    _change(name, lambda connection, found: forwards.set_credential(connection, found.id, key, sealed))


def remove(name: str) -> int:
    """Remove a forward and its dead letters; answers how many these were. Raises Wrong."""
    return _change(name, lambda connection, found: forwards.remove(connection, found.id))


def dead(name: str) -> list[DeadLetter]:
    """All dead letters of a forward, in the order of `stored`. Raises Wrong."""
    with database.reading() as connection:
        return letters_of(connection, by_name(connection, name))


def letters_of(connection: Connection, forward: Forward) -> list[DeadLetter]:
    letters: list[DeadLetter] = []
    after = 0
    while part := dead_letters.of_forward(connection, forward.id, after, DEAD_LETTERS_AT_ONCE):
        letters += part
        after = part[-1].position
    return letters


def by_name(connection: Connection, name: str) -> Forward:
    """Raises Wrong where there is none."""
    found = forwards.by_name(connection, name)
    if found is None:
        raise Wrong(f"there is no forward {name}")
    return found


def choice(forward: Forward) -> Choice:
    verbs, activities = _named(forward)
    return Choice(
        forward.provider_id,
        [keys.verb_key(iri) for iri in verbs],
        [keys.activity_key(iri) for iri in activities],
        VERSION_FAMILIES[forward.version],
    )


@contextmanager
def client_of(forward: Forward) -> Iterator[Client]:
    """A client that posts with the forward's credential. Raises sealing.CannotSeal."""
    secret = sealing.unseal(forward.secret)
    endpoint = Endpoint.read(forward.endpoint)
    with closing(HttpTransport(endpoint)) as transport:
        yield Client(endpoint, forward.key, secret, forward.version, transport)


def _change(name: str, change: Callable[[Connection, Forward], T]) -> T:
    with database.writing() as connection:
        found = by_name(connection, name)
        outcome = change(connection, found)
    log.info("forward changed", forward=found.id)
    return outcome


def _named(forward: Forward) -> tuple[tuple[str, ...], tuple[str, ...]]:
    chosen = json.loads(forward.chosen)
    return tuple(chosen["verbs"]), tuple(chosen["activities"])


def _name(text: str) -> str:
    name = text.strip()
    if not 0 < len(name) <= 100 or not name.isprintable():
        raise Wrong("expected a name of 1 to 100 characters")
    return name


def _credential(key: str, secret: str) -> str:
    """The secret, where a pair fits HTTP Basic (RFC 7617)."""
    if not key or ":" in key or not (key + secret).isprintable():
        raise Wrong("expected a key without a colon, and no control characters in key and secret")
    return secret


def _chosen(wanted: Wanted) -> str:
    for iri in (*wanted.verbs, *wanted.activities):
        if not iris.is_iri(iri):
            raise Wrong(f'expected an absolute IRI, got "{iri[:200]}"')
    return json.dumps(
        {"verbs": list(wanted.verbs), "activities": list(wanted.activities)}, ensure_ascii=False
    )


def _endpoint(text: str, insecure: bool) -> Endpoint:
    try:
        endpoint = Endpoint.read(text)
        own = Endpoint.read(f"{current_app.config['SETTINGS'].base_url}/xapi/")
    except ValueError as error:
        raise Wrong(str(error)) from None
    if _is_same_place(endpoint, own):
        raise Wrong(f"{endpoint} is this service itself")
    if endpoint.scheme == "http" and not endpoint.is_loopback and not insecure:
        raise Wrong("expected an https address: over http anybody on the way reads the secret (--insecure)")
    return endpoint


def _is_same_place(one: Endpoint, other: Endpoint) -> bool:
    """Whether both are one service, by whatever name this machine has."""
    if (one.port, one.path) != (other.port, other.path):
        return False
    return one.host == other.host or (is_loopback(one) and is_loopback(other))


def _position(connection: Connection, since: str) -> int:
    """The position after which statements are sent."""
    if since == "now":
        return horizon.read(connection)
    if since == "beginning":
        return 0
    nanoseconds = timestamps.parse(since, "1.0.3")
    if nanoseconds is None:
        raise Wrong('expected "now", "beginning" or a time such as 2026-10-01T00:00:00+07:00')
    return int(-(-nanoseconds // 1000)) - 1


def _cannot_be_asked(endpoint: Endpoint, wanted: Wanted) -> str | None:
    """Raises Wrong where the other store says that it does not speak the version."""
    with closing(HttpTransport(endpoint, seconds=SECONDS_TO_ASK)) as transport:
        client = Client(endpoint, wanted.key, wanted.secret, wanted.version, transport)
        try:
            spoken = client.versions()
        except NotRead as failure:
            said = failure.outcome
            why = (
                f"answered {said.status}"
                if isinstance(said, Refused)
                else getattr(said, "reason", "answered 409")
            )
            return f"{endpoint} could not be asked which versions it speaks: {why}"
    if not any(version.startswith(wanted.version[:3]) for version in spoken):
        raise Wrong(f"{endpoint} speaks {', '.join(spoken)[:200]}, not {wanted.version}")
    return None
