"""Whether a household, clan, community or unit meets the thresholds of its set: what is computed, in words.

It says what the set says of the members' recognitions; a person decides (I11). So it is a pure function of
these, and a recognition that is revoked takes from a family what it gave.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lms_tracker.learning.recognition.criteria_parts import AnySet, Checklist
from lms_tracker.learning.recognition.outcomes import ItemVerdict, Share, checked, outcome


class State(StrEnum):
    """How a subject stands in a year."""

    # Recognised, and what is computed is met.
    HELD = "held"
    # Recognised, and what is computed is met no longer: a person decides what follows.
    NO_LONGER = "no-longer"
    # Not recognised, with all that is computed met.
    MET = "met"
    # Somebody is missing.
    MISSING = "missing"
    # There is nobody to count.
    NOBODY = "nobody"
    # The set computes nothing.
    UNCOUNTED = "uncounted"


@dataclass(frozen=True, slots=True)
class LevelStanding:
    """What all items of a level come to; `computed` leaves out those that a person ticks.

    None where that is not known yet: an item that nobody ticked, or nobody to count. `missing` is how many
    must still be recognised for the items that lack most.
    """

    level: int
    items: tuple[ItemVerdict, ...]
    computed: bool | None
    whole: bool | None
    missing: int


def level_of(
    criteria: AnySet, shares: Mapping[str, Share], ticks: Mapping[str, bool], level: int
) -> LevelStanding | None:
    """How a subject stands to a level; None for a set of points, which computes nothing."""
    if not isinstance(criteria, Checklist):
        return None
    items = checked(criteria, shares, ticks, level)
    counted = tuple(item for item in items if not is_ticked(criteria, item.code))
    return LevelStanding(
        level,
        items,
        outcome(counted) if counted else None,
        outcome(items),
        max((item.missing or 0 for item in counted if item.met is False), default=0),
    )


def is_ticked(criteria: Checklist, code: str) -> bool:
    """Whether an item is for a person to tick, instead of being computed."""
    return next(item.share is None for item in criteria.items if item.code == code)


def counted_by(criteria: AnySet) -> frozenset[str]:
    """What a set needs counted (shares.COUNTED_OF)."""
    if not isinstance(criteria, Checklist):
        return frozenset()
    return frozenset(item.share.of for item in criteria.items if item.share is not None)


def state_of(standing: LevelStanding | None, *, holds: bool) -> State:
    """`standing` is to the level that is held, or to level 1 where none is."""
    if standing is None or not any(item.denominator is not None for item in standing.items):
        return State.HELD if holds else State.UNCOUNTED
    if standing.computed is None:
        return State.NO_LONGER if holds else State.NOBODY
    if holds:
        return State.HELD if standing.computed else State.NO_LONGER
    return State.MET if standing.computed else State.MISSING
