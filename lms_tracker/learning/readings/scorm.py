"""ADL's SCORM profile (https://w3id.org/xapi/scorm): `session_time` is the duration of `terminated` and of
`suspended`; what else has a duration tells the time of the whole attempt, so that it counts only where no
session does, or came before any did whose year was closed; what it holds then counts no second time."""

from collections.abc import Iterable, Iterator, Mapping

from lms_tracker.learning.evidence import Evidence, claimed_seconds
from lms_tracker.learning.policy import Policy
from lms_tracker.learning.readings.reading import Found, Given, as_said, grouped, set_aside

SESSIONS = frozenset(
    {"http://adlnet.gov/expapi/verbs/terminated", "http://adlnet.gov/expapi/verbs/suspended"}
)


def read(given: Iterable[Given], policy: Policy) -> Iterator[Found]:
    pieces = list(given)
    late = {one.piece.statement_id: one.late for one in pieces}
    for attempt in grouped(pieces, _attempt).values():
        sessions = [late[p.statement_id] for p in attempt if p.verb in SESSIONS and claimed_seconds(p)]
        told = _told(attempt, late, min(sessions, default=0))
        for piece in attempt:
            is_told = piece.verb in SESSIONS and told is not None and piece.at <= told
            if is_told or (sessions and piece.verb not in SESSIONS):
                yield set_aside(piece)
            else:
                yield as_said(piece)


def _told(attempt: Iterable[Evidence], late: Mapping[bytes, int], first: int) -> int | None:
    """Until when the time of the attempt counted before the first session came: after its year was closed."""
    of_attempt = (
        piece.at
        for piece in attempt
        if piece.verb not in SESSIONS and claimed_seconds(piece) and late[piece.statement_id] < first
    )
    return max(of_attempt, default=None)


def _attempt(given: Given) -> tuple[int, bytes | None, str | None]:
    return given.piece.provider_id, given.piece.registration, given.piece.object
