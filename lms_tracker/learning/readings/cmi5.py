"""cmi5 (https://github.com/AICC/CMI-5_Spec_Current, sections 9.3 and 9.5): time is that of sessions.

`terminated` says how long a session was, from `initialized` on; `completed`, `passed` and `failed` say how
much of that had gone by, so they count only in a session of which nothing says how it ended. A session never
begins before its own `initialized`, or `launched` where that is missing.

`abandoned` is written by the LMS when nobody comes back, in practice with the time until it noticed, days for
a forgotten tab: it counts from the beginning to the last statement of the content, and not at all beside a
`terminated`. Sessions launched to browse or to review count where the policy says so.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from lms_tracker.learning.evidence import BROWSED, OWN_TIME, REVIEWED, Evidence, claimed_seconds
from lms_tracker.learning.policy import Policy
from lms_tracker.learning.readings.reading import Found, Given, as_said, at_most, grouped, set_aside

_ADL = "http://adlnet.gov/expapi/verbs/"
LAUNCHED, INITIALIZED, TERMINATED = _ADL + "launched", _ADL + "initialized", _ADL + "terminated"
ABANDONED = "https://w3id.org/xapi/adl/verbs/abandoned"
SATISFIED = "https://w3id.org/xapi/adl/verbs/satisfied"
# Written by the LMS, whose clock and whose moment are not the learner's.
OF_THE_LMS = frozenset({LAUNCHED, ABANDONED, SATISFIED})


def read(given: Iterable[Given], policy: Policy) -> Iterator[Found]:
    for session in grouped(given, _session).values():
        modes = 0
        for piece in session:
            modes |= piece.flags
        if (modes & BROWSED and not policy.counts_browse) or (modes & REVIEWED and not policy.counts_review):
            for piece in session:
                yield Found(piece, piece.at, piece.at, over=claimed_seconds(piece), is_practice=True)
        else:
            yield from _of_session(session)


def _session(given: Given) -> tuple[int, bytes | None, bytes | str | None]:
    """Without a session's name, what one registration says of one activity is one session."""
    piece = given.piece
    return piece.provider_id, piece.registration, piece.session or piece.object


def _of_session(pieces: Sequence[Evidence]) -> Iterator[Found]:
    since = _beginning(pieces)
    is_terminated = any(piece.verb == TERMINATED and claimed_seconds(piece) for piece in pieces)
    is_abandoned = any(piece.verb == ABANDONED and claimed_seconds(piece) for piece in pieces)
    seen = sorted(piece.at for piece in pieces if piece.verb not in OF_THE_LMS and piece.flags & OWN_TIME)
    for piece in pieces:
        if piece.verb == TERMINATED or not claimed_seconds(piece):
            yield as_said(piece, since)
        elif is_terminated:
            yield set_aside(piece)
        elif piece.verb == ABANDONED:
            yield _abandoned(piece, seen, since)
        else:
            yield set_aside(piece) if is_abandoned else as_said(piece, since)


def _beginning(pieces: Iterable[Evidence]) -> int | None:
    """By the content's own clock where it said `initialized`; None where nobody knows."""
    for verb in (INITIALIZED, LAUNCHED):
        found = [piece.at for piece in pieces if piece.verb == verb and piece.flags & OWN_TIME]
        if found:
            return min(found)
    return None


def _abandoned(abandoned: Evidence, seen: Sequence[int], since: int | None) -> Found:
    """`seen` is when the content said something, in order."""
    claimed = claimed_seconds(abandoned)
    before = bisect_right(seen, abandoned.at)
    if not before:
        return at_most(abandoned, abandoned.at, abandoned.at, over=claimed)
    start = seen[0] if since is None else since
    end = max(start, min(seen[before - 1], start + claimed))
    return at_most(abandoned, start, end, over=claimed - (end - start))
