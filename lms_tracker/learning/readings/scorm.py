"""ADL's SCORM profile (https://w3id.org/xapi/scorm): `session_time` is the duration of `terminated` and of
`suspended`; what else has a duration tells the time of the whole attempt, so that it counts only where no
session does."""

from collections.abc import Iterable, Iterator

from lms_tracker.learning.evidence import claimed_seconds
from lms_tracker.learning.policy import Policy
from lms_tracker.learning.readings.reading import Found, Given, as_said, grouped, set_aside

SESSIONS = frozenset(
    {"http://adlnet.gov/expapi/verbs/terminated", "http://adlnet.gov/expapi/verbs/suspended"}
)


def read(given: Iterable[Given], policy: Policy) -> Iterator[Found]:
    for attempt in grouped(given, _attempt).values():
        has_sessions = any(piece.verb in SESSIONS and claimed_seconds(piece) for piece in attempt)
        for piece in attempt:
            yield set_aside(piece) if has_sessions and piece.verb not in SESSIONS else as_said(piece)


def _attempt(given: Given) -> tuple[int, bytes | None, str | None]:
    return given.piece.provider_id, given.piece.registration, given.piece.object
