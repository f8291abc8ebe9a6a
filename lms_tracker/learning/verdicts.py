"""How each piece of a statement stands: what crediting decides and the ledger records."""

from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple

PLACED, NOMINAL = 0, 1


class Note(IntEnum):
    """What else there is to say of a piece. The numbers are stored: never renumber."""

    NONE = 0
    # Of a year that was closed when it came: booked on the local day of its arrival (learning.late).
    LATE = 1


class Verdict(NamedTuple):
    """One piece of one statement.

    `day` is a local date as `date.toordinal()`, `kind` PLACED (time on the clock) or NOMINAL (stated hours),
    `reason` a Reason, 0 for credited, `course_id` the course it belongs to, also when refused, or None when
    there is none, `note` a Note. There is at most one verdict for each (statement, course, day, kind, reason,
    note). A named tuple, because thousands are made for each learner.
    """

    statement_id: bytes
    provider_id: int
    course_id: int | None
    day: int
    kind: int
    reason: int
    seconds: int
    note: int = 0


# A Verdict without its name, which takes a third of the time to make; a learner has thousands.
Piece = tuple[bytes, int, int | None, int, int, int, int, int]


def summed(pieces: Iterable[Piece]) -> list[Piece]:
    """Sorted, with those of one statement, course, day, kind, reason and note made one."""
    found: dict[tuple[object, ...], Piece] = {}
    for piece in pieces:
        key = (*piece[:6], piece[7])
        known = found.get(key)
        found[key] = piece if known is None else (*piece[:6], known[6] + piece[6], piece[7])
    return sorted(found.values())
