"""The settings: one table, read once from the environment, wrong values refused with a sentence each.

A field of `Settings` is a row of the table: its environment variable is ``LMS_TRACKER_`` and the field's
name in capitals, its metadata say how the text is read and what it means. A test holds the README's table
to it.
"""

from __future__ import annotations

import difflib
import importlib.util
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from cryptography.x509 import load_pem_x509_certificates

PREFIX = "LMS_TRACKER_"

Parser = Callable[[str], Any]


class ConfigurationError(Exception):
    """Settings with which the program cannot start; its text is one sentence per wrong setting."""


class Expected(ValueError):
    """A value that a setting does not take; its text completes the sentence 'expected …'."""


def integer(least: int, greatest: int) -> Parser:
    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,18}", text) or not least <= int(text) <= greatest:
            raise Expected(f"a whole number from {least} to {greatest}")
        return int(text)

    return parse


def one_of(*choices: str) -> Parser:
    def parse(text: str) -> str:
        if text not in choices:
            raise Expected(", ".join(choices[:-1]) + " or " + choices[-1])
        return text

    return parse


def database_url(text: str) -> str:
    sqlite = re.fullmatch(r"sqlite:///[^?]+(\?.*)?", text) and ":memory:" not in text
    if sqlite or (text.startswith("postgresql+psycopg://") and _has_database_name(text)):
        return text
    raise Expected(
        "sqlite:///file.db, sqlite:////absolute/path/file.db or postgresql+psycopg://user:password@host/database"
    )


def _has_database_name(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.port != 0 and len(parts.path) > 1
    except ValueError:  # a port that is no number
        return False


def base_url(text: str) -> str:
    problem = Expected("an address such as https://learning.example.vn, without query or fragment")
    try:
        parts = urlsplit(text)
        if parts.port == 0 or parts.scheme not in ("http", "https") or not parts.hostname:
            raise problem
    except ValueError:
        raise problem from None
    if parts.query or parts.fragment or parts.username is not None or re.search(r"\s", text):
        raise problem
    return text.rstrip("/")


def origins(text: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(re.split(r"[\s,]+", text.lower())))
    if found == ("none",):
        return ()
    if found == ("*",) or all(re.fullmatch(r"[a-z][a-z0-9+.-]*://[^\s/?#@*]+", one) for one in found):
        return found
    raise Expected("* or none or origins such as https://learning.example.vn, with blanks between them")


def timezone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (OSError, ValueError, KeyError):  # a folder, a path that leaves the folder, no such zone
        raise Expected("the name of a time zone such as Asia/Ho_Chi_Minh") from None
    return text


def secret_key(text: str) -> str:
    if len(text) < 32:
        raise Expected("at least 32 characters that nobody can guess")
    return text


def rate(text: str) -> str:
    """Requests per time, such as 600/minute, several divided by semicolons; in the one form that is kept."""
    parts = [part.strip() for part in text.split(";")]
    if (
        len(text) > 100
        or len(parts) > 4
        or not all(re.fullmatch(r"[1-9][0-9]{0,6}/(second|minute|hour|day)", part) for part in parts)
    ):
        raise Expected("requests per time such as 600/minute or 20/second;10000/day")
    return ";".join(dict.fromkeys(parts))


def rate_storage(text: str) -> str:
    if text == "memory://" or re.fullmatch(r"file:///[^\s?#]+|rediss?://\S+", text):
        if text.startswith("redis") and importlib.util.find_spec("redis") is None:
            raise Expected(
                "memory:// or file:///absolute/path, because redis:// needs the extra `redis`; "
                "in a checkout: pip install '.[redis]'"
            )
        return text
    raise Expected("memory://, file:///absolute/path or redis://host:6379/0")


def host_name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?", text):
        raise Expected("the name of a server such as smtp.example.vn, without port")
    return text


def email_address(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", text):
        raise Expected("an e-mail address such as so-hoc-tap@example.vn")
    return text


def as_it_is(text: str) -> str:
    return text


def folder(text: str) -> str:
    path = os.path.abspath(text)
    if not (os.path.isdir(path) and os.access(path, os.W_OK | os.X_OK)):
        raise Expected("a folder that exists and that this user may write to")
    return path


def certificates(text: str) -> str:
    path = os.path.abspath(text)
    try:
        with open(path, "rb") as file:
            load_pem_x509_certificates(file.read())
    except (OSError, ValueError):
        raise Expected("a readable file with certificates in PEM") from None
    return path


# Names of whole numbers of learning.watching.Thresholds and the least and greatest that each may be.
WATCHED: Mapping[str, tuple[int, int]] = {
    "day_seconds": (3600, 10_000_000),
    "jump_ratio": (1, 1000),
    "jump_least_day": (1, 1_000_000),
    "jump_least_week": (1, 1_000_000),
    "jump_past_weeks": (1, 104),
    "jump_least_past_weeks": (1, 104),
    "new_course_day": (1, 1_000_000),
    "new_course_week": (1, 1_000_000),
    "same_time_people": (1, 1_000_000),
    "cap_percent": (1, 99),
    "cap_least_times": (1, 2000),
    "cap_least_people": (1, 2000),
    "shared_sessions": (1, 1_000_000),
    "shared_day_seconds": (3600, 10_000_000),
    "grows_percent": (101, 100_000),
}


def thresholds(text: str) -> tuple[tuple[str, int], ...]:
    found = {}
    for part in text.split():
        name, _, value = part.partition("=")
        least, greatest = WATCHED.get(name, (1, 0))
        if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= greatest:
            known = ", ".join(f"{one} ({low} to {high})" for one, (low, high) in WATCHED.items())
            raise Expected(f"name=number with blanks between them, of {known}")
        found[name] = int(value)
    return tuple(found.items())


def setting(default: str, parse: Parser, meaning: str, *, secret: bool = False) -> Any:
    """A row of the table. ``default`` is the text one would put into the environment; empty = nothing set."""
    return field(
        default=parse(default) if default else "",
        repr=not secret,
        metadata={"parse": parse, "default": default, "meaning": meaning, "secret": secret},
    )


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the whole program is told from outside. Immutable; tests build it with keywords."""

    database_url: str = setting(
        "sqlite:///lms_tracker.db",
        database_url,
        "The database: an SQLite file (`sqlite:////absolute/path.db`; with three slashes, relative to the "
        "current folder) or PostgreSQL (`postgresql+psycopg://user:password@host/database`).",
        secret=True,
    )
    secret_key: str = setting(
        "",
        secret_key,
        "Signs the sessions of people who signed in and one-time codes, and encrypts the secrets of "
        "forwards: at least 32 characters. `serve` does not start without it; `demo` makes its own.",
        secret=True,
    )
    base_url: str = setting(
        "http://127.0.0.1:8000",
        base_url,
        "The address under which the service is reached; endpoints and links are built from it.",
    )
    timezone: str = setting(
        "Asia/Ho_Chi_Minh",
        timezone,
        "The time zone whose days, weeks and years are counted. After a change everybody is counted anew as "
        "soon as the jobs start.",
    )
    xapi_default_version: str = setting(
        "",
        one_of("1.0.3", "2.0.0"),
        "The xAPI version, `1.0.3` or `2.0.0`, in which a request that names none is answered; it is "
        "refused, as the specification demands. When empty it is `2.0.0`.",
    )
    max_body_bytes: int = setting(
        "16777216",
        integer(1024, 2**31),
        "The greatest request body in bytes; a greater one is refused with 413.",
    )
    max_batch: int = setting(
        "10000", integer(1, 1_000_000), "The greatest number of statements in one request; more are refused."
    )
    max_statement_bytes: int = setting(
        "1048576",
        integer(1024, 2**31),
        "The greatest size of one statement in bytes; a request with a greater one is refused with 413.",
    )
    max_attachment_bytes: int = setting(
        "104857600",
        integer(1024, 2**40),
        "The greatest size of one attachment's data in bytes; greater ones are refused with 413.",
    )
    max_multipart_bytes: int = setting(
        "268435456",
        integer(1024, 2**40),
        "The greatest body in bytes of a request that brings attachments' data (`multipart/mixed`); its "
        "statements alone may have `LMS_TRACKER_MAX_BODY_BYTES`. It is streamed, never held in memory.",
    )
    max_document_bytes: int = setting(
        "104857600",
        integer(1024, 2**40),
        "The greatest size of a state or profile document in bytes; a greater one is refused with 413. One "
        "of JSON may also have no more than `LMS_TRACKER_MAX_BODY_BYTES`, because it is read in memory.",
    )
    proof_mb: int = setting(
        "15",
        integer(1, 100),
        "The greatest size in megabytes of one picture or PDF that proves a claim; a form with five greater "
        "ones is refused with 413, whatever `LMS_TRACKER_MAX_BODY_BYTES` is. Pictures are kept much smaller.",
    )
    draft_mb: int = setting(
        "100",
        integer(1, 100_000),
        "How many megabytes the proofs of one person's drafts, claims that were not sent yet, may have "
        "together; of drafts and claims that wait a person has 30 at most.",
    )
    dispute_days: int = setting(
        "15",
        integer(1, 365),
        "Within how many days a request to look at an entry again (đề nghị xem xét lại) should be answered; "
        "the pages show which are late.",
    )
    content_folder: str = setting(
        "",
        folder,
        "The folder for the data of attachments and documents, the same for all processes; when empty they "
        "are in the database. After a change, data that are in the database stay there and are found; for "
        "those in a folder it must stay set.",
    )
    signature_trust_store: str = setting(
        "",
        certificates,
        "A file with the certificates (PEM) of authorities whose signers are trusted. When set, a signed "
        "statement has to bring a chain of certificates (`x5c`) that is valid now and leads to one of them; "
        "when empty, a signature is verified with the certificates it brings, whoever issued them.",
    )
    refusal_log_rows: int = setting(
        "1000", integer(0, 1_000_000), "How many lines of its refusal log a provider keeps."
    )
    refusal_log_days: int = setting(
        "30", integer(1, 3650), "How many days a line of the refusal log is kept."
    )
    rate_limit: str = setting(
        "",
        rate,
        "The requests that a credential without a limit of its own may make, such as `600/minute` or "
        "`20/second;10000/day`; more are answered 429. None when empty. Time begins with its first request.",
    )
    refused_rate_limit: str = setting(
        "",
        rate,
        "How often one address may come without a valid key and secret, such as `30/minute`, before it is "
        "answered 429 in place of 401. Valid credentials are never held back by it, except within forms of "
        "the alternate request syntax. None when empty.",
    )
    rate_limit_storage: str = setting(
        "",
        rate_storage,
        "Where requests are counted when a rate is limited. When empty, in a file that all processes of this "
        "machine share: beside an SQLite database, else among the system's temporary files. "
        "`file:///absolute/path` is another file, `redis://host:6379/0` counts for several machines and "
        "needs the extra `redis` (`pip install '.[redis]'`), `memory://` in each process for itself.",
        secret=True,
    )
    cors_origins: tuple[str, ...] = setting(
        "*",
        origins,
        "From where content in browsers may speak to the LRS and the JSON API: `*`, origins such as "
        "`https://learning.example.vn` with blanks between them, or `none`. Every request needs a key and "
        "secret all the same, and cookies count for nothing there.",
    )
    trusted_proxies: int = setting(
        "0",
        integer(0, 5),
        "How many reverse proxies stand before the service, each adding its line to `X-Forwarded-For` and "
        "`X-Forwarded-Proto`. With too few everybody behind the proxy shares one address and slows each "
        "other's sign-in; with too many anybody can claim any address.",
    )
    watching: tuple[tuple[str, int], ...] = setting(
        "",
        thresholds,
        "Thresholds above which a reviewer is asked to look, in place of those of the program, such as "
        "`day_seconds=50400 same_time_people=19`; their names are in `lms_tracker/learning/watching.py`. "
        "They hold for what is looked at from then on.",
    )
    session_hours: int = setting("12", integer(1, 720), "Hours after which a person must sign in again.")
    default_language: str = setting(
        "vi",
        one_of("vi", "en"),
        "The language of pages, `vi` or `en`, for a visitor who has chosen none and whose browser asks for "
        "neither.",
    )
    smtp_host: str = setting(
        "",
        host_name,
        "The server by which letters go out, such as codes that prove an e-mail address. When empty none are "
        "sent, and pages say so.",
    )
    smtp_port: int = setting("587", integer(1, 65535), "Its port.")
    smtp_tls: str = setting(
        "starttls",
        one_of("starttls", "tls", "none"),
        "How it is spoken to: `starttls` (port 587), `tls` from the first byte on (port 465), or `none`, for "
        "a server on this machine. Its certificate must be valid.",
    )
    smtp_user: str = setting("", as_it_is, "The name to sign in with there; none when empty.")
    smtp_password: str = setting("", as_it_is, "The password to sign in with there.", secret=True)
    smtp_from: str = setting(
        "", email_address, "The address that letters come from; needed with `LMS_TRACKER_SMTP_HOST`."
    )
    workers: int = setting(
        "2", integer(1, 256), "Processes that answer requests; `serve --workers` replaces it."
    )
    log_level: str = setting(
        "info", one_of("debug", "info", "warning", "error"), "`debug`, `info`, `warning` or `error`."
    )
    log_format: str = setting(
        "console",
        one_of("console", "json"),
        "Logs for people (`console`) or one JSON object a line (`json`).",
    )

    def __post_init__(self) -> None:
        # Flask-SQLAlchemy would look for a relative file beside the installed package.
        scheme, _, file = self.database_url.partition("sqlite:///")
        if not scheme and file:
            object.__setattr__(self, "database_url", f"sqlite:///{os.path.abspath(file)}")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read ``os.environ`` or the mapping given; an empty variable counts as not set.

        Raises ConfigurationError with a sentence for every value that is wrong.
        """
        environ = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        problems: list[str] = []
        for row in SETTINGS:
            text = environ.get(row.variable, "").strip()
            if text:
                try:
                    values[row.name] = row.parse(text)
                except Expected as expected:
                    problems.append(f"{row.variable}: expected {expected}, got {row.excerpt(text)}.")
        if values.get("smtp_host") and not values.get("smtp_from"):
            problems.append(f"{PREFIX}SMTP_FROM: expected an e-mail address, as there is {PREFIX}SMTP_HOST.")
        if problems:
            raise ConfigurationError("\n".join(problems))
        return cls(**values)

    def for_serving(self) -> Settings:
        """These settings, or ConfigurationError when what only a server needs is missing."""
        if not self.secret_key:
            raise ConfigurationError(
                f"{PREFIX}SECRET_KEY: expected at least 32 characters that nobody can guess, got nothing; "
                "one is printed by: python3 -c 'import secrets; print(secrets.token_hex(32))'"
            )
        return self

    @property
    def secure(self) -> bool:
        """Whether people reach the service over HTTPS, so that cookies may demand it."""
        return self.base_url.startswith("https://")


@dataclass(frozen=True)
class Row:
    """One setting as documentation and parsing see it."""

    name: str
    variable: str
    parse: Parser
    default: str
    meaning: str
    secret: bool

    def excerpt(self, text: str) -> str:
        """What came, fit to be shown: of a secret only the scheme, if it is an address, and its length."""
        if not self.secret:
            return f'"{text[:80]}"'
        scheme, separator, _ = text.partition("://")
        return f"{scheme}://…" if separator else f"{len(text)} characters"


SETTINGS: tuple[Row, ...] = tuple(
    Row(name=f.name, variable=PREFIX + f.name.upper(), **f.metadata) for f in fields(Settings)
)


def unknown(environ: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each variable with our prefix that is no setting, most likely a slip of the pen."""
    variables = [row.variable for row in SETTINGS]
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in variables and not name.startswith(PREFIX + "TEST_"):
            near = difflib.get_close_matches(name, variables, n=1)
            yield f"{name} is not a setting" + (f"; did you mean {near[0]}?" if near else ".")


def as_markdown() -> str:
    """The settings table of the README."""
    lines = ["| Variable | Default | Meaning |", "| --- | --- | --- |"]
    lines += [
        f"| `{row.variable}` | {f'`{row.default}`' if row.default else '(none)'} | {row.meaning} |"
        for row in SETTINGS
    ]
    return "\n".join(lines) + "\n"
