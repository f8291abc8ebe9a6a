"""What a credential is given: scopes, an end, limits; read from what an administrator writes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import current_app

from lms_tracker import config
from lms_tracker.actions import clock
from lms_tracker.actions.rights import DEFAULT_SCOPES, SCOPES
from lms_tracker.learning.days import local_days

NO_LIMIT = "none"
SECOND_US = 1_000_000
UNIT_SECONDS = {"m": 60, "h": 3_600, "d": 86_400}
# Ten years.
LONGEST_SECONDS = 3_653 * UNIT_SECONDS["d"]
MOST_DAILY = 2_000_000_000


class UnknownScope(ValueError):
    """A scope that xAPI does not name."""


class WrongTerm(ValueError):
    """A term that cannot be as asked; its text is a sentence that says what was expected."""


@dataclass(frozen=True, slots=True)
class Terms:
    """`expires_us` in microseconds since the epoch; None is no end, and no limit."""

    scopes: tuple[str, ...] = DEFAULT_SCOPES
    expires_us: int | None = None
    rate_limit: str | None = None
    daily_statements: int | None = None
    leaves_out_2: bool = False


def scopes(wanted: Sequence[str] | None) -> tuple[str, ...]:
    """Each scope once, the usual ones where none is named. Raises UnknownScope."""
    each = tuple(dict.fromkeys(wanted or DEFAULT_SCOPES))
    for scope in each:
        if scope not in SCOPES:
            raise UnknownScope(f"expected one of {', '.join(SCOPES)}; got {scope[:80]!r}")
    return each


def span(text: str) -> int:
    """A length of time such as 7d, 12h or 30m, at most ten years; microseconds. Raises WrongTerm."""
    found = re.fullmatch(r"([0-9]{1,7})([mhd])", text)
    seconds = int(found[1]) * UNIT_SECONDS[found[2]] if found else None
    if seconds is None or seconds > LONGEST_SECONDS:
        raise WrongTerm(f"expected a length of time such as 7d, 12h or 30m, at most 3653d; got {text[:80]!r}")
    return seconds * SECOND_US


def expiry(text: str) -> int:
    """The instant, in microseconds, at which a credential ends. Raises WrongTerm.

    Either so long from now (90d) or the last local day on which it is valid (2027-12-31).
    """
    now = clock.now_us()
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            return now + span(text)
        except WrongTerm:
            raise WrongTerm(
                f"expected a day such as 2027-12-31 or a length of time such as 90d; got {text[:80]!r}"
            ) from None
    try:
        last_day = date.fromisoformat(text).toordinal()
    except ValueError:
        raise WrongTerm(f"expected a day of the calendar such as 2027-12-31; got {text!r}") from None
    ends = local_days(current_app.config["SETTINGS"].timezone).start(last_day + 1) * SECOND_US
    if not now < ends <= now + LONGEST_SECONDS * SECOND_US:
        raise WrongTerm(f"expected a day from today to ten years from now; got {text!r}")
    return ends


def rate_limit(text: str) -> str | None:
    """Requests per time such as 600/minute, or none. Raises WrongTerm."""
    if text == NO_LIMIT:
        return None
    try:
        return config.rate(text)
    except config.Expected as expected:
        raise WrongTerm(f"expected {expected}, or {NO_LIMIT}; got {text[:80]!r}") from None


def daily_statements(text: str) -> int | None:
    """How many statements a local day, or none. Raises WrongTerm."""
    if text == NO_LIMIT:
        return None
    if not re.fullmatch(r"[0-9]{1,10}", text) or not 1 <= int(text) <= MOST_DAILY:
        raise WrongTerm(f"expected a whole number from 1 to {MOST_DAILY}, or {NO_LIMIT}; got {text[:80]!r}")
    return int(text)
