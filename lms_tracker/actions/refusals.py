"""Remembering, for a provider, what of its sending was refused and why."""

from collections.abc import Iterable

from flask import current_app

from lms_tracker.actions import clock
from lms_tracker.store import database, refusals
from xapi.faults import Fault

DAY_US = 86_400_000_000
# A quota that is used up refuses every request until midnight: one line in so long says it, a line for each
# request would push out all others.
QUOTA_SAID_AGAIN_US = 3_600_000_000
# One request fills at most this many lines, so that it cannot push out everything before it.
LINES_PER_REQUEST = 50


def log(provider_id: int, faults: Iterable[Fault]) -> None:
    """Write the faults of one refused request, in a transaction of its own.

    The first fault of each statement comes first, so that as many statements as can be have a line.
    """
    settings = current_app.config["SETTINGS"]
    faults = [fault for fault in faults if fault.rule != "quota" or _quota_to_be_said(provider_id)]
    lines: list[refusals.Line] = [
        (
            fault.index,
            _kept(fault.path, 300),
            fault.rule,
            _kept(fault.message, 500),
            _kept(fault.got, 200),
        )
        for fault in _first_of_each_first(faults)
    ][:LINES_PER_REQUEST]
    if not lines:
        return
    with database.writing() as connection:
        refusals.add(connection, provider_id, clock.now_us(), lines)
        refusals.keep_newest(connection, provider_id, settings.refusal_log_rows)


_quota_said: dict[int, int] = {}


def _quota_to_be_said(provider_id: int) -> bool:
    """Whether this process has not said so lately."""
    now = clock.now_us()
    if now - _quota_said.get(provider_id, 0) < QUOTA_SAID_AGAIN_US:
        return False
    _quota_said[provider_id] = now
    return True


def _first_of_each_first(faults: Iterable[Fault]) -> list[Fault]:
    seen: set[int | None] = set()
    first: list[Fault] = []
    further: list[Fault] = []
    for fault in faults:
        (further if fault.index in seen else first).append(fault)
        seen.add(fault.index)
    return first + further


def _kept(text: str, most: int) -> str:
    # PostgreSQL's text holds no NUL, and a parameter's name may be one.
    return text[:most].replace("\0", "\\u0000")


def drop_old() -> int:
    """Forget lines older than the setting says; answers how many."""
    days = current_app.config["SETTINGS"].refusal_log_days
    with database.writing() as connection:
        return refusals.drop_older(connection, clock.now_us() - days * DAY_US)
