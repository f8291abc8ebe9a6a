"""H5P counts from the moment when its page was opened, through every further try and every idle hour
(H5P.XAPIEvent, `activityStartTime`): of one activity on one page the longest duration says all there is.

Which page it was, the statements do not tell but by their beginning, which is the same instant on one page.
Parts of a content of several tasks tell time that the whole tells as well: they count only without it.
"""

from collections.abc import Iterable, Iterator, Sequence

from lms_tracker.learning.evidence import Evidence, claimed_seconds
from lms_tracker.learning.policy import Policy
from lms_tracker.learning.readings.reading import Found, Given, as_said, grouped, set_aside

# How far, in seconds, the beginnings of one page may lie apart: whoever sends on sets the timestamp.
APART = 5


def read(given: Iterable[Given], policy: Policy) -> Iterator[Found]:
    for pieces in grouped(given, lambda one: one.piece.provider_id).values():
        for page in _pages(sorted(pieces, key=_beginning)):
            yield from _of_page(page)


def _beginning(piece: Evidence) -> int:
    return piece.at - claimed_seconds(piece)


def _pages(pieces: Iterable[Evidence]) -> list[list[Evidence]]:
    pages: list[list[Evidence]] = []
    reached: int | None = None
    for piece in pieces:
        start = _beginning(piece)
        if reached is None or start - reached > APART:
            pages.append([])
        pages[-1].append(piece)
        reached = start
    return pages


def _of_page(pieces: Sequence[Evidence]) -> Iterator[Found]:
    longest: dict[str | None, Evidence] = {}
    for piece in sorted(pieces, key=_order):
        if claimed_seconds(piece):
            longest.setdefault(piece.object, piece)
    for piece in pieces:
        is_part = any(parent in longest for parent in piece.parents if parent != piece.object)
        if is_part or longest.get(piece.object, piece) is not piece:
            yield set_aside(piece)
        else:
            yield as_said(piece)


def _order(piece: Evidence) -> tuple[int, int, bytes, bytes]:
    return -claimed_seconds(piece), piece.at, piece.digest, piece.statement_id
