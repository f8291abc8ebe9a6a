"""The convention of keeping time (https://xapi.com/defining-duration/): `terminated` tells the time of one
session, `suspended`, `completed`, `passed` and `failed` that of the attempt so far, sessions before included.

So of these only what they have more than was known counts, as the time that ends with them. What came after
its year was closed comes last, and a session then counts nothing where a time told before holds it.
"""

from collections.abc import Iterable, Iterator, Sequence

from lms_tracker.learning.evidence import Evidence, claimed_seconds
from lms_tracker.learning.late import Covered
from lms_tracker.learning.policy import Policy
from lms_tracker.learning.readings.reading import Found, Given, as_said, at_most, grouped, set_aside

_ADL = "http://adlnet.gov/expapi/verbs/"
SO_FAR = frozenset({_ADL + word for word in ("suspended", "completed", "passed", "failed")})


def read(given: Iterable[Given], policy: Policy) -> Iterator[Found]:
    pieces = list(given)
    late = {one.piece.statement_id: one.late for one in pieces}
    for attempt in grouped(pieces, _attempt).values():
        attempt.sort(key=_order)
        yield from _of_attempt(sorted(attempt, key=lambda piece: late[piece.statement_id]))


def _attempt(given: Given) -> tuple[int, bytes | None, str | None]:
    return given.piece.provider_id, given.piece.registration, given.piece.object


def _order(piece: Evidence) -> tuple[int, bool, int, bytes, bytes]:
    """By the clock; what ends at one instant, sessions first and then the shorter time so far."""
    return piece.at, piece.verb in SO_FAR, claimed_seconds(piece), piece.digest, piece.statement_id


def _of_attempt(pieces: Sequence[Evidence]) -> Iterator[Found]:
    known, covered = 0, Covered(())
    told: int | None = None
    for piece in pieces:
        claimed = claimed_seconds(piece)
        if piece.verb in SO_FAR:
            more = max(0, claimed - known)
            covered.take(piece.at - more, piece.at)
            known += more
            told = piece.at if told is None else max(told, piece.at)
            yield at_most(piece, piece.at - more, piece.at)
        elif told is not None and piece.at <= told:
            yield set_aside(piece)
        else:
            known += covered.take(piece.at - claimed, piece.at)
            yield as_said(piece)
