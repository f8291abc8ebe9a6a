"""The video profile (https://w3id.org/xapi/video, 1.0): each statement tells all segments played in its
session so far, so what counts is what it adds to their union, and never more than went by on the clock
meanwhile.

A duration beside the segments of a session tells the same time again.
"""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from lms_tracker.learning import segments
from lms_tracker.learning.evidence import OWN_TIME, Evidence, claimed_seconds, played_seconds
from lms_tracker.learning.late import Covered
from lms_tracker.learning.policy import Policy
from lms_tracker.learning.readings.reading import Found, Given, as_said, grouped, length, set_aside

# Nobody's watching falls into more pieces than these; whoever sends more must not hold up everybody's hours.
MOST_PIECES = 10_000


def read(given: Iterable[Given], policy: Policy) -> Iterator[Found]:
    for session in grouped(given, _session).values():
        yield from _of_session(sorted(session, key=_order), policy.media_factor)


def _session(given: Given) -> tuple[int, bytes | None, str | None]:
    piece = given.piece
    return piece.provider_id, piece.session or piece.registration, piece.object


def _order(piece: Evidence) -> tuple[int, int, bytes, bytes]:
    return piece.at, played_seconds(piece), piece.digest, piece.statement_id


def _of_session(pieces: Sequence[Evidence], factor: Fraction) -> Iterator[Found]:
    has_segments = any(piece.segments for piece in pieces)
    seen, milliseconds = Covered(()), 0
    # Up to when the clock was used. Before the first statement nobody knows since when somebody watched.
    used: int | None = None
    for piece in pieces:
        if piece.segments:
            before = milliseconds
            if seen.pieces <= MOST_PIECES:
                milliseconds += sum(seen.take(*segment) for segment in segments.unpack(piece.segments))
            # By whole seconds of the session: what is left of one goes on to the next statement.
            found = _added(piece, milliseconds // 1000 - before // 1000, factor, used)
        else:
            found = set_aside(piece) if has_segments else as_said(piece, used)
        yield found
        if piece.flags & OWN_TIME and (used is None or (piece.segments and length(found))):
            used = piece.at


def _added(piece: Evidence, more: int, factor: Fraction, used: int | None) -> Found:
    said = claimed_seconds(piece)
    claimed = said or played_seconds(piece)
    more = min(more, claimed)
    # A factor above 1 is for pauses; a duration says that there were none.
    wanted = min(int(more * factor), said) if said else int(more * factor)
    start = piece.at - wanted
    kept = start if used is None else max(start, min(used, piece.at))
    return Found(
        piece,
        kept,
        piece.at,
        overlaps=max(0, claimed - max(more, wanted)),
        over=max(0, more - wanted) + kept - start,
    )
