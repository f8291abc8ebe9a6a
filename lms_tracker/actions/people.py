"""People: who they are, which identifiers in statements are theirs, and who signs in."""

import hashlib
import ipaddress
import json
import re
import secrets
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from lms_tracker import logs
from lms_tracker.actions import clock, holding, identity, passwords
from lms_tracker.actions.identity import IdentityRefused, Outcome, Proof, Step
from lms_tracker.actions.rights import Viewer
from lms_tracker.actions.throttling import Throttle
from lms_tracker.store import database, people
from lms_tracker.store.people import PersonRow
from xapi import actors
from xapi.actors import Identified
from xapi.faults import Refusal

log = logs.logger(__name__)

# Whoever mistypes waits soon; who guesses at one login from many places later; who tries many logins from one
# place later still.
_by_login_and_place = Throttle(free=5)
_by_login = Throttle(free=30)
_by_place = Throttle(free=200)


# Of a login, and of a name.
MOST_CHARACTERS = 200


class PersonRefused(ValueError):
    """A person or identifier that cannot be as asked; its text is a sentence that says why."""


class TooManyAttempts(Exception):
    """Too many failures to sign in; `seconds` until the next attempt is heard."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"wait {seconds:.0f} s")
        self.seconds = max(1, round(seconds))


@dataclass(frozen=True, slots=True)
class Person:
    key: bytes
    login: str
    name: str


def clean_login(login: str) -> str:
    """The one form in which a login is kept and asked for."""
    # Putting marks in order takes time that grows with the square of their number; nobody has such a login.
    if len(login) > 5 * MOST_CHARACTERS:
        return login
    return unicodedata.normalize("NFKC", login).strip().casefold()


def with_login(connection: Connection, login: str) -> PersonRow | None:
    """Who has this login, however it was typed; None, too, for what cannot be a login."""
    login = clean_login(login)
    return people.by_login(connection, login) if _can_be_login(login) else None


def _can_be_login(login: str) -> bool:
    # Beyond what can be printed is also what not every database can be asked: NUL, halves of surrogate pairs.
    return 3 <= len(login) <= MOST_CHARACTERS and login.isprintable() and " " not in login


def add_person(name: str, login: str, password: str, identifiers: Sequence[str] = ()) -> Person:
    """A citizen who can sign in, and whose are the statements about `identifiers`.

    An identifier is `mailto:…` or an Agent as JSON. Raises PersonRefused and passwords.WeakPassword.
    """
    name, login = unicodedata.normalize("NFC", name).strip(), clean_login(login)
    if not 1 <= len(name) <= MOST_CHARACTERS or not name.isprintable():
        raise PersonRefused(f"expected a name of 1 to {MOST_CHARACTERS} characters that can be printed")
    if not _can_be_login(login):
        raise PersonRefused(
            f"expected a login of 3 to {MOST_CHARACTERS} characters that can be printed, without spaces"
        )
    passwords.check(password, login)
    found = [identified(text) for text in identifiers]
    row = PersonRow(secrets.token_bytes(16), login, name, passwords.hash_of(password))
    now = clock.now_us()
    try:
        with database.writing() as connection:
            if people.by_login(connection, login) is not None:
                raise PersonRefused(f"the login {login} is taken")
            # First of all writes: who stores statements takes this lock before writing actors, too.
            position = identity.begin(connection) if found else now
            people.add(connection, row, now)
            for identifier in found:
                _link(connection, identifier, row.key, position)
    except IntegrityError as error:
        raise PersonRefused("the login or an identifier was taken at the same moment") from error
    return Person(row.key, row.login, row.name)


def open_account(person_key: bytes, login: str, password: str) -> None:
    """Let somebody sign in of whom a roster or an officer told and who has no account yet.

    Raises PersonRefused and passwords.WeakPassword.
    """
    login = clean_login(login)
    if not _can_be_login(login):
        raise PersonRefused(
            f"expected a login of 3 to {MOST_CHARACTERS} characters that can be printed, without spaces"
        )
    passwords.check(password, login)
    new_hash = passwords.hash_of(password)
    try:
        with database.writing() as connection:
            if people.by_login(connection, login) is not None:
                raise PersonRefused(f"the login {login} is taken")
            if not people.open_account(connection, person_key, login, new_hash):
                raise PersonRefused("there is nobody with this key who has no account yet")
    except IntegrityError as error:
        raise PersonRefused("the login was taken at the same moment") from error
    log.info("account opened")


def key_of(who: str) -> bytes:
    """The key of the record that a login or a record's key names; raises PersonRefused."""
    with database.reading() as connection:
        person = with_login(connection, who)
        if person is not None:
            return person.key
    if re.fullmatch("[0-9a-f]{32}", who):
        return bytes.fromhex(who)
    raise PersonRefused(f"nobody has the login {who[:MOST_CHARACTERS]}")


def identified(text: str) -> Identified:
    """Who `mailto:…` or an Agent as JSON stands for; raises PersonRefused."""
    agent = json.dumps({"mbox": text}) if text.startswith("mailto:") else text
    try:
        return actors.read_agent(agent, "2.0.0")
    except Refusal as refusal:
        fault = refusal.faults[0]
        raise PersonRefused(
            f"expected mailto:… or an Agent as JSON as identifier: {fault.path}: {fault.message}"
        ) from refusal


def _link(connection: Connection, identifier: Identified, person_key: bytes, now: int) -> None:
    try:
        outcome = identity.attach(connection, now, identifier, person_key, Step(Proof.COMMAND))
    except IdentityRefused as refused:
        raise PersonRefused(str(refused)) from None
    if outcome is Outcome.DISPUTED:
        raise PersonRefused(f"the identifier {identifier.identifier} belongs to another person")


def set_password(login: str, password: str) -> None:
    """Give a person a new password, which ends the sessions that the old one began.

    Raises PersonRefused and passwords.WeakPassword.
    """
    login = clean_login(login)
    passwords.check(password, login)
    new_hash = passwords.hash_of(password)
    with database.writing() as connection:
        people.set_password_hash(connection, _known(connection, login).key, new_hash)
    log.info("password changed")


def _known(connection: Connection, login: str) -> people.PersonRow:
    person = people.by_login(connection, login)
    if person is None:
        raise PersonRefused(f"nobody has the login {login}")
    return person


def authenticate(login: str, password: str, place: str = "") -> Viewer | None:
    """Who signs in with this login and password, or None; unknown logins take the same effort.

    `place` is the network address of the attempt. Raises TooManyAttempts.
    """
    login = clean_login(login)[: MOST_CHARACTERS + 1]
    now = time.monotonic()
    throttles = _throttles(login, place)
    wait = max(throttle.wait(key, now) for throttle, key in throttles)
    if wait > 0:
        raise TooManyAttempts(wait)
    with database.reading() as connection:
        person = with_login(connection, login)
    if not passwords.verify(password, person.password_hash if person else None) or person is None:
        for throttle, key in throttles:
            throttle.failed(key, now)
        return None
    _by_login_and_place.succeeded(f"{login} {place}")
    if passwords.is_outdated(person.password_hash):
        with database.writing() as connection:
            people.set_password_hash(connection, person.key, passwords.hash_of(password))
    with database.reading() as connection:
        # Either login of two records that were merged opens the one that they became.
        return viewer(identity.current(connection, person.key))


def _throttles(login: str, place: str) -> list[tuple[Throttle, str]]:
    found = [(_by_login_and_place, f"{login} {place}"), (_by_login, login)]
    # Behind a proxy that does not tell, everybody comes from the proxy's own address: it says nothing then.
    if _is_public(place):
        found.append((_by_place, place))
    return found


def _is_public(place: str) -> bool:
    try:
        return ipaddress.ip_address(place).is_global
    except ValueError:
        return False


def sign_out(viewer: Viewer) -> None:
    """End every session of this person, on whatever device and whoever holds its cookie."""
    with database.writing() as connection:
        people.end_sessions(connection, viewer.key)


def viewer(key: bytes) -> Viewer | None:
    """A person as the pages see them, with what they hold today, or None when there is none."""
    with database.reading() as connection:
        return viewer_in(connection, key)


def viewer_in(connection: Connection, key: bytes) -> Viewer | None:
    """The same within a transaction, which may have changed what they hold."""
    today, person = clock.today(), people.by_key(connection, key)
    if person is None or person.login is None or person.password_hash is None:
        return None
    if identity.current(connection, key) != key:
        # Merged into another record, under whose key they sign in now.
        return None
    stamp = f"{person.sessions} {person.password_hash}".encode()
    return Viewer(
        key=person.key,
        login=person.login,
        name=person.name,
        grants=holding.held(connection, key, today),
        today=today,
        stamp=hashlib.blake2b(stamp, digest_size=8).hexdigest(),
    )
