"""Statement gaps, for senders that tell no durations: whoever does one thing and soon after the next was
there between (as Moodle's block_dedication counts). A gap longer than the policy's limit ends a
session; its last statement counts nothing. Chosen for a course or a provider by name, never by itself.

A statement that does tell its duration is taken at its word.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from lms_tracker.learning.evidence import OWN_TIME, Evidence, claimed_seconds
from lms_tracker.learning.policy import Policy
from lms_tracker.learning.readings.reading import Found, Given, as_said, grouped


def read(given: Iterable[Given], policy: Policy) -> Iterator[Found]:
    for of_course in grouped(given, lambda one: one.course_id).values():
        yield from _of_course(of_course, policy.gap_limit)


def _of_course(pieces: Sequence[Evidence], limit: int) -> Iterator[Found]:
    instants = sorted({piece.at for piece in pieces if piece.flags & OWN_TIME})
    taken: set[int] = set()
    for piece in sorted(pieces, key=_order):
        if claimed_seconds(piece) or not piece.flags & OWN_TIME or piece.at in taken:
            yield as_said(piece)
            continue
        taken.add(piece.at)
        place = bisect_left(instants, piece.at)
        before = instants[place - 1] if place else piece.at
        yield Found(piece, before if piece.at - before <= limit else piece.at, piece.at)


def _order(piece: Evidence) -> tuple[int, bytes, bytes]:
    return piece.at, piece.digest, piece.statement_id
