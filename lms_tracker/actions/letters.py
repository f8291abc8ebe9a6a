"""Letters by e-mail: laid down with what they are about in one transaction, sent by the jobs.

A letter goes out at least once: a process that is killed between the server's answer and its own note sends
it again. It is tried for `GIVE_UP_US` from when it was made, with growing pauses, and then given up. No log
line and no error that is kept names an address or quotes a letter.
"""

import smtplib
import socket
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from flask import current_app
from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock
from lms_tracker.config import Settings
from lms_tracker.store import database, letters
from lms_tracker.store.letters import Letter

# A code in a letter is worth nothing any more by then.
GIVE_UP_US = 7_200_000_000
LETTERS_AT_ONCE = 20
# Seconds for each answer of the server, and how long a letter is held while it is being sent.
SECONDS = 20
HELD_US = 300_000_000
FIRST_PAUSE_US = 30_000_000
LONGEST_PAUSE_US = 1_800_000_000
KEPT_US = 7 * 86_400_000_000

log = logs.logger(__name__)


def can_be_sent() -> bool:
    """Whether those who run the service have said by which server letters go."""
    return bool(_settings().smtp_host)


def add(connection: Connection, address: str, subject: str, body: str, now_us: int) -> None:
    """Lay a letter down to be sent, in the transaction of what it is about."""
    letters.add(connection, address, subject, body, now_us)


def send_due() -> int:
    """Send what waits; answers how many went out."""
    if not can_be_sent():
        return 0
    with database.reading() as connection:
        waiting = letters.due(connection, clock.now_us(), LETTERS_AT_ONCE)
    return sum(_send(letter) for letter in waiting)


def drop_old() -> int:
    """Forget letters of more than a week ago, addresses included."""
    with database.writing() as connection:
        return letters.drop_old(connection, clock.now_us() - KEPT_US)


def _send(letter: Letter) -> bool:
    now = clock.now_us()
    held = now + HELD_US
    with database.writing() as connection:
        if not letters.take(connection, letter, held):
            return False
    if now - letter.made_us > GIVE_UP_US:
        _note_failure(letter, held, "too old", final=True)
        return False
    try:
        _deliver(letter)
    except (smtplib.SMTPException, OSError, ValueError, UnicodeError) as error:
        _note_failure(letter, held, _said(error), final=_is_final(error))
        return False
    with database.writing() as connection:
        letters.sent(connection, letter.id, held, clock.now_us())
    return True


def _deliver(letter: Letter) -> None:
    settings = _settings()
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(addr_spec=settings.smtp_from)
    message["To"] = Address(addr_spec=letter.address)
    message["Subject"] = letter.subject
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    with _server(settings) as server:
        if settings.smtp_tls == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        server.send_message(message)


def _server(settings: Settings) -> smtplib.SMTP:
    if settings.smtp_tls == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(settings.smtp_host, settings.smtp_port, timeout=SECONDS, context=context)
    return smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=SECONDS)


def _note_failure(letter: Letter, held_us: int, error: str, *, final: bool) -> None:
    now, failures = clock.now_us(), letter.failures + 1
    pause = min(LONGEST_PAUSE_US, FIRST_PAUSE_US << min(failures - 1, 10))
    final = final or now + pause - letter.made_us > GIVE_UP_US
    with database.writing() as connection:
        if final:
            letters.give_up(connection, letter.id, held_us, now, error)
        else:
            letters.fail(connection, letter.id, held_us, failures, now + pause, error)
    log.warning("letter not sent", letter=letter.id, failures=failures, reason=error, given_up=final)


def _said(error: Exception) -> str:
    """What went wrong, without the server's words, which quote the address."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({code for code, _ in error.recipients.values()})
        return f"recipient refused {codes[0]}" if codes else "recipient refused"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{type(error).__name__} {error.smtp_code}"
    if isinstance(error, socket.gaierror):
        return "the server's name is not known"
    return type(error).__name__


def _is_final(error: Exception) -> bool:
    """Whether trying again is of no use: the address is refused for good, or cannot be written."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    # Errors of certificates are of both kinds, and may be mended.
    return isinstance(error, ValueError) and not isinstance(error, OSError)


def _settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found
