"""What a reading is given of each piece of evidence, and what it makes of it."""

from collections.abc import Callable, Hashable, Iterable
from typing import NamedTuple, TypeVar

from lms_tracker.learning.evidence import Evidence, claimed_seconds

Group = TypeVar("Group", bound=Hashable)


class Given(NamedTuple):
    """A piece that nothing speaks against, the course row that it belongs to, and `late` of Waiting."""

    piece: Evidence
    course_id: int
    late: int = 0


class Found(NamedTuple):
    """What a piece's claim comes to: time on the clock, [start, end), empty where there is none, and others.

    `overlaps` are seconds that other evidence says as well, `over` those beyond what the session's own clock
    or the policy allows. With the time on the clock they come to exactly what the statement claims, or, of
    one that claims nothing, to what was read of it. `is_practice`: it can complete nothing either.
    """

    piece: Evidence
    start: int
    end: int
    overlaps: int = 0
    over: int = 0
    is_practice: bool = False


def as_said(piece: Evidence, since: int | None = None) -> Found:
    """The interval that the piece claims; of it, nothing before `since`."""
    start = piece.at if piece.start is None else min(piece.start, piece.at)
    if since is None or since <= start:
        return Found(piece, start, piece.at)
    kept = min(since, piece.at)
    return Found(piece, kept, piece.at, over=kept - start)


def at_most(piece: Evidence, start: int, end: int, over: int = 0) -> Found:
    """A part of what the piece claims; what is neither that nor `over` overlaps with other evidence."""
    return Found(piece, start, end, claimed_seconds(piece) - (end - start) - over, over)


def length(found: Found) -> int:
    """Seconds on the clock."""
    return max(0, found.end - found.start)


def set_aside(piece: Evidence) -> Found:
    """Nothing of it, in favour of other evidence."""
    return at_most(piece, piece.at, piece.at)


def grouped(given: Iterable[Given], key: Callable[[Given], Group]) -> dict[Group, list[Evidence]]:
    groups: dict[Group, list[Evidence]] = {}
    for one in given:
        groups.setdefault(key(one), []).append(one.piece)
    return groups
