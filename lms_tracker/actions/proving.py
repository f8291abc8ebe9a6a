"""How somebody proves that an identifier is theirs: by a letter, a code for a provider, a provider's address.

Codes are drawn from 30 letters and digits and kept as HMAC-SHA-256 under a key made of SECRET_KEY:

- for a provider: 10 of them (49 bits), valid 15 minutes. A credential's wrong tries wait longer and longer.
- by letter: 8 of them (39 bits), valid 2 hours. After 5 wrong tries the codes a person had sent are worth
  nothing. At most 3 letters go to an address in an hour, and 10 are sent for one person in a day.

An address that a provider asks for holds the agent, encrypted and signed under another key; it is valid for
15 minutes, and once.
"""

import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit

from cryptography.fernet import InvalidToken
from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import catalogue, clock, identity, letters, sealing
from lms_tracker.actions.identity import IdentityRefused, Outcome, Proof, Step
from lms_tracker.actions.rights import Caller, Viewer
from lms_tracker.actions.throttling import Throttle
from lms_tracker.learning import identifiers
from lms_tracker.store import courses, database, link_codes, links
from lms_tracker.store.letters import count_since
from lms_tracker.store.link_codes import Code
from xapi import actors
from xapi.actors import Identified
from xapi.faults import Refusal

LETTERS_OF_A_CODE = 10
LETTERS_OF_A_MAILED_CODE = 8
CODE_US = 15 * 60_000_000
MAILED_CODE_US = letters.GIVE_UP_US
ADDRESS_SECONDS = 15 * 60
MOST_TRIES = 5
MOST_LETTERS_AN_HOUR = 3
MOST_LETTERS_A_DAY = 10
# Codes that one person can have open for providers at once.
MOST_OPEN_CODES = 5
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
# Codes that expired are kept as long as letters of theirs are counted.
KEPT_US = 2 * DAY_US

LONGEST_TOKEN = 4_000

# Wrong codes of a credential; what somebody copied wrongly now and then costs nothing.
_by_credential = Throttle(free=5)

log = logs.logger(__name__)


class TooManyTries(Exception):
    """Too many wrong codes, letters or open codes; `seconds` until the next is heard."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"wait {seconds:.0f} s")
        self.seconds = max(1, round(seconds))


class NotOfProvider(Exception):
    """An agent that is none of the provider's learners, as far as the provider's own statements say."""


class NoLetters(Exception):
    """Those who run the service have not said by which server letters go."""


@dataclass(frozen=True, slots=True)
class MadeCode:
    """A code as people copy it, shown once, and until when it is valid."""

    code: str
    expires_us: int


@dataclass(frozen=True, slots=True)
class Offer:
    """What a provider's address asks somebody to confirm."""

    provider: str
    identifier: Identified
    provider_id: int
    credential_id: int
    nonce: str


# --- a code that is taken to a provider ------------------------------------------------------------------


def make_code(viewer: Viewer) -> MadeCode:
    """A code that links to this person whatever agent a provider posts it with, once. Raises TooManyTries."""
    text = "".join(secrets.choice(identifiers.ALPHABET) for _ in range(LETTERS_OF_A_CODE))
    hashed = _hashed(text)
    with database.writing() as connection:
        link_codes.lock(connection)
        now = clock.now_us()
        open_codes = [code for code in link_codes.open_of(connection, viewer.key, now) if not code.actor_key]
        if len(open_codes) >= MOST_OPEN_CODES:
            raise TooManyTries((open_codes[-1].expires_us - now) / 1_000_000)
        link_codes.add(connection, Code(hashed, viewer.key, None, now, now + CODE_US))
    return MadeCode(identifiers.spoken(text), now + CODE_US)


def take_code(caller: Caller, text: str, identifier: Identified) -> Outcome | None:
    """Link an agent of a provider to whoever made the code; None for a code that is of no use.

    None tells nothing: never made, expired, used, or an agent that others speak of too. Raises NotOfProvider,
    TooManyTries and IdentityRefused; the code can be used again then.
    """
    throttled = str(caller.credential_id)
    wait = _by_credential.wait(throttled, time.monotonic())
    if wait > 0:
        raise TooManyTries(wait)
    hashed = _hashed(identifiers.heard(text))
    with database.writing() as connection:
        now = identity.begin(connection)
        known_alone = demand_own(connection, caller.provider_id, identifier)
        code = link_codes.by_hash(connection, hashed, now, MOST_TRIES) if known_alone else None
        if code is None or code.actor_key is not None:
            _by_credential.failed(throttled, time.monotonic())
            return None
        link_codes.use(connection, hashed, now, MOST_TRIES)
        step = Step(Proof.CODE, by_credential=caller.credential_id)
        outcome = identity.attach(connection, now, identifier, code.person_key, step)
    _by_credential.succeeded(throttled)
    log.info("identifier linked by code", provider=caller.provider_id, outcome=outcome.value)
    return outcome


def demand_own(connection: Connection, provider_id: int, identifier: Identified) -> bool:
    """Whether a provider alone speaks of this agent. Raises NotOfProvider for one that is not its learner.

    Its own are accounts at a site where it alone has courses, and agents that its own statements name; what
    others' statements say of them decides only the answer, and is not told.
    """
    if _is_at_own_site(connection, provider_id, identifier):
        return True
    names = [*identity.forms(identifier)]
    if not links.is_named_by(connection, names, provider_id):
        raise NotOfProvider
    return not links.is_learner_of_others(connection, names, provider_id)


def _is_at_own_site(connection: Connection, provider_id: int, identifier: Identified) -> bool:
    site = _host(identifiers.shown(identifier.identifier).site)
    if not site:
        return False
    speakers = {
        course.provider_id
        for course in catalogue.current(connection).courses.values()
        if any(_host(iri) == site for iri, _ in course.activities)
    }
    return speakers == {provider_id}


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


# --- an address that a provider asks for -----------------------------------------------------------------


def address_for(caller: Caller, agent: Mapping[str, object], identifier: Identified) -> tuple[str, int]:
    """A path of this service where a learner confirms, once, to be `agent`; and until when, in microseconds.

    Raises NotOfProvider, and IdentityRefused for an agent that others speak of too, or too long a one.
    """
    with database.reading() as connection:
        known_alone = demand_own(connection, caller.provider_id, identifier)
        identity.demand_personal(connection, identifier)
    if not known_alone:
        raise IdentityRefused("not-yours-alone", "this agent cannot be linked by a provider")
    now = clock.now_us()
    said = json.dumps([caller.credential_id, caller.provider_id, secrets.token_hex(8), agent])
    token = sealing.box("addresses of links").encrypt_at_time(said.encode(), now // 1_000_000)
    if len(token) > LONGEST_TOKEN:
        raise IdentityRefused("too-long", "an address cannot hold so long an agent")
    return f"/links/{token.decode()}", now + ADDRESS_SECONDS * 1_000_000


def offer(token: str) -> Offer | None:
    """What an address offers; None for one that is not ours, has expired or was used."""
    found = _read(token)
    if found is None:
        return None
    credential_id, provider_id, nonce, agent = found
    with database.reading() as connection:
        name = courses.provider_names(connection).get(provider_id, "")
        if link_codes.is_known(connection, _hashed(nonce)):
            return None
    return Offer(name, _agent(agent), provider_id, credential_id, nonce)


def confirm(viewer: Viewer, token: str) -> Outcome | None:
    """Link what an address offers to who confirms it, once. None as for `offer`. Raises IdentityRefused."""
    found = offer(token)
    if found is None:
        return None
    with database.writing() as connection:
        now = identity.begin(connection)
        used = Code(_hashed(found.nonce), viewer.key, found.identifier.key, now, now + CODE_US)
        if not link_codes.add(connection, used, used=True):
            return None
        step = Step(Proof.ADDRESS, viewer.key, found.credential_id)
        outcome = identity.attach(connection, now, found.identifier, viewer.key, step)
    log.info("identifier linked by address", provider=found.provider_id, outcome=outcome.value)
    return outcome


def _read(token: str) -> tuple[int, int, str, str] | None:
    if len(token) > LONGEST_TOKEN or not token.isascii():
        return None
    try:
        said = sealing.box("addresses of links").decrypt_at_time(
            token.encode(), ADDRESS_SECONDS, clock.now_us() // 1_000_000
        )
    except InvalidToken:
        return None
    credential_id, provider_id, nonce, agent = json.loads(said)
    return credential_id, provider_id, nonce, json.dumps(agent)


def _agent(text: str) -> Identified:
    return actors.read_agent(text, "2.0.0")


# --- a code by letter ------------------------------------------------------------------------------------


def send_code(viewer: Viewer, address: str, write: Callable[[str, int], tuple[str, str]]) -> None:
    """Send a code to an e-mail address that this person wants to prove.

    `write` makes subject and text of the code and its minutes. Raises NoLetters, TooManyTries, and
    IdentityRefused for what is no address.
    """
    if not letters.can_be_sent():
        raise NoLetters
    identifier = mailbox(address)
    text = "".join(secrets.choice(identifiers.ALPHABET) for _ in range(LETTERS_OF_A_MAILED_CODE))
    hashed = _hashed(f"{identifier.key.hex()} {text}")
    subject, body = write(f"{text[:4]}-{text[4:]}", MAILED_CODE_US // 60_000_000)
    where = identifiers.address_of(identifier.identifier) or ""
    with database.writing() as connection:
        link_codes.lock(connection)
        now = clock.now_us()
        recent = [key for key in link_codes.made_since(connection, viewer.key, now - DAY_US) if key]
        if len(recent) >= MOST_LETTERS_A_DAY:
            raise TooManyTries(DAY_US / 1_000_000)
        if count_since(connection, where, now - HOUR_US) >= MOST_LETTERS_AN_HOUR:
            raise TooManyTries(HOUR_US / 1_000_000)
        link_codes.add(connection, Code(hashed, viewer.key, identifier.key, now, now + MAILED_CODE_US))
        letters.add(connection, where, subject, body, now)


def prove_address(viewer: Viewer, address: str, text: str) -> Outcome | None:
    """Link an address to whoever knows the code that was sent there; None for a code that is of no use.

    Raises IdentityRefused.
    """
    identifier = mailbox(address)
    hashed = _hashed(f"{identifier.key.hex()} {identifiers.heard(text)}")
    with database.writing() as connection:
        now = identity.begin(connection)
        code = link_codes.by_hash(connection, hashed, now, MOST_TRIES)
        if code is None or code.person_key != viewer.key:
            link_codes.count_wrong_try(connection, viewer.key, now)
            return None
        link_codes.use(connection, hashed, now, MOST_TRIES)
        step = Step(Proof.MAIL, by_person=viewer.key)
        outcome = identity.attach(connection, now, identifier, viewer.key, step)
    log.info("address proved", outcome=outcome.value)
    return outcome


def mailbox(address: str) -> Identified:
    """The identifier of an e-mail address as somebody typed it. Raises IdentityRefused."""
    typed = address.strip().removeprefix("mailto:")
    try:
        if len(typed) > 254:
            raise IdentityRefused("not-an-address", "expected an e-mail address")
        return actors.read_agent(json.dumps({"mbox": f"mailto:{typed}"}), "2.0.0")
    except Refusal as refusal:
        raise IdentityRefused("not-an-address", "expected an e-mail address") from refusal


def drop_old() -> int:
    """Forget codes that expired days ago."""
    with database.writing() as connection:
        return link_codes.drop_old(connection, clock.now_us() - KEPT_US)


def _hashed(text: str) -> bytes:
    return hmac.new(sealing.derived("one-time codes"), text.encode(), sha256).digest()
