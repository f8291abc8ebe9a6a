"""The course of a round, and who may be recognised in it.

The year of a round is the local calendar year. Who is recognised lived in the round's place, or belonged to
its organisation, on the last day of the year, or on the day of the decision where that comes first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol


class State(StrEnum):
    """Where a round stands."""

    OPEN = "open"
    LISTED = "listed"
    SUBMITTED = "submitted"
    DECIDED = "decided"
    CANCELLED = "cancelled"


# What may follow a state. A decision is taken back by another decision alone.
FOLLOWING = {
    State.OPEN: frozenset({State.LISTED, State.CANCELLED}),
    State.LISTED: frozenset({State.SUBMITTED, State.OPEN, State.CANCELLED}),
    State.SUBMITTED: frozenset({State.DECIDED, State.LISTED, State.CANCELLED}),
    State.DECIDED: frozenset[State](),
    State.CANCELLED: frozenset[State](),
}
# One step back, for which a reason is given.
BACK = {State.LISTED: State.OPEN, State.SUBMITTED: State.LISTED}


def may_follow(now: str, next_: str) -> bool:
    """Whether a round goes from one state to another."""
    return next_ in tuple(State) and State(next_) in FOLLOWING[State(now)]


def counted_on(year: int, decided_on: date) -> date:
    """The local day on which it is asked who belongs to the place of a round."""
    return min(date(year, 12, 31), decided_on)


class Stayed(Protocol):
    """That somebody belonged to the place, or a place below it, both days included; open where None."""

    @property
    def place_id(self) -> int: ...
    @property
    def since(self) -> date | None: ...
    @property
    def until(self) -> date | None: ...


class Presence(StrEnum):
    """How somebody stands to a round's place on its day."""

    HERE = "here"
    # Was here on the day, and left or died since.
    LEFT_SINCE = "left-since"
    DIED_SINCE = "died-since"
    # Left before the day, or was never here.
    GONE = "gone"
    NEVER = "never"
    # Died in the year, before the day, while they lived here.
    DIED = "died"


# They are recognised by the thresholds alone; for somebody who died before the day a person says so.
COUNTED = frozenset({Presence.HERE, Presence.LEFT_SINCE, Presence.DIED_SINCE})


@dataclass(frozen=True, slots=True)
class Belonging:
    """How somebody stands to the place, and the smallest place that counts them; None for none."""

    presence: Presence
    place_id: int | None


def belonging(stays: Sequence[Stayed], died_on: date | None, on: date, today: date) -> Belonging:
    """How somebody stands to a round's place on the day `on`, seen `today`."""
    if died_on is not None and died_on < on:
        last = _during(stays, died_on)
        if last is None or died_on.year != on.year:
            return Belonging(Presence.GONE if stays else Presence.NEVER, None)
        return Belonging(Presence.DIED, last.place_id)
    there = _during(stays, on)
    if there is None:
        return Belonging(Presence.GONE if stays else Presence.NEVER, None)
    if died_on is not None:
        return Belonging(Presence.DIED_SINCE, there.place_id)
    is_still = _during(stays, today) is not None or today < on
    return Belonging(Presence.HERE if is_still else Presence.LEFT_SINCE, there.place_id)


def _during(stays: Sequence[Stayed], on: date) -> Stayed | None:
    return next(
        (
            one
            for one in stays
            if (one.since is None or one.since <= on) and (one.until is None or one.until >= on)
        ),
        None,
    )


def wrong_day(decided_on: date, opens_on: date, submitted_on: date | None, today: date) -> str | None:
    """Why a decision cannot bear this day: "day-future", "day-before-round", "day-before-submission"."""
    if decided_on > today:
        return "day-future"
    if decided_on < opens_on:
        return "day-before-round"
    if submitted_on is not None and decided_on < submitted_on:
        return "day-before-submission"
    return None


# The register of certificates of a place, by model.
REGISTERS = {
    "citizen": "CDHT",
    "household": "GĐHT",
    "clan": "DHHT",
    "community": "CĐHT",
    "commune": "CĐX",
    "unit": "ĐVHT",
}


def certificate(model: str, year: int, number: int) -> str:
    """The number of a certificate: the register, the year, and the number in it counted from 1."""
    return f"{REGISTERS[model]}-{year}-{number:05d}"
