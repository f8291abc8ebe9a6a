"""What of a statement could earn credit, read without asking the catalogue."""

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from xapi.comparison import digest

if TYPE_CHECKING:
    from xapi.batches import Received
    from xapi.durations import Duration

HAS_DURATION = 1
IMPOSSIBLE_DURATION = 2
OWN_TIME = 4
COMPLETION = 8
ATTENDED = 16

NANOSECONDS = 1_000_000_000
MOST_SECONDS = 10**10

COMPLETING_VERBS = frozenset(
    {
        "http://adlnet.gov/expapi/verbs/completed",
        "http://adlnet.gov/expapi/verbs/passed",
        "http://adlnet.gov/expapi/verbs/mastered",
        "http://activitystrea.ms/complete",
        "http://activitystrea.ms/schema/1.0/complete",
        "https://w3id.org/xapi/adl/verbs/satisfied",
    }
)
PASSING_VERBS = frozenset(
    {"http://adlnet.gov/expapi/verbs/passed", "http://adlnet.gov/expapi/verbs/mastered"}
)
# cmi5 9.3.7: a requirement that was lifted, not something learned; it says nothing of time or achievement.
WAIVING_VERBS = frozenset({"https://w3id.org/xapi/adl/verbs/waived"})
ATTENDING_VERBS = frozenset({"http://adlnet.gov/expapi/verbs/attended"})


@dataclass(frozen=True, slots=True)
class Evidence:
    """One learner's share in one statement.

    `position` is the statement's `stored` in microseconds since the epoch; `at` and `start` are epoch seconds
    UTC: a measured interval is [start, at) = [floor(timestamp - duration), floor(timestamp)). `start` is None
    without a usable duration. `flags` is a mask of HAS_DURATION (one was sent), IMPOSSIBLE_DURATION, OWN_TIME
    (the sender gave a timestamp; otherwise `at` is the LRS's), COMPLETION (it completes or passes its object)
    and ATTENDED. `digest` leaves out id, stored, authority and a timestamp set by the LRS.
    """

    statement_id: bytes
    position: int
    provider_id: int
    object: str | None
    parents: tuple[str, ...]
    groupings: tuple[str, ...]
    verb: str
    at: int
    start: int | None
    flags: int
    digest: bytes
    voided: bool


def evidence_of(
    received: "Received", position: int, *, provider_id: int, statement_id: bytes | None = None
) -> Evidence | None:
    """The evidence in a statement stored at `position`, or None where it cannot earn.

    `statement_id` is needed where the sender gave none. A statement can earn when it has a duration,
    completes or passes something, or is an attendance. Voiding statements never earn, nor do SubStatements,
    which are plans, nor cmi5 `waived`. Raises ValueError when there is no id at all.
    """
    if received.voids is not None or received.verb in WAIVING_VERBS or _is_a_plan(received.value):
        return None
    flags = _flags(received)
    if not flags & (HAS_DURATION | COMPLETION | ATTENDED):
        return None
    identifier = statement_id if statement_id is not None else received.id
    if identifier is None:
        raise ValueError("a statement without an id of its own needs statement_id")
    sent = received.timestamp_ns
    instant = position * 1000 if sent is None else sent
    usable = received.duration if flags & HAS_DURATION and not flags & IMPOSSIBLE_DURATION else None
    return Evidence(
        statement_id=identifier,
        position=position,
        provider_id=provider_id,
        object=received.activity,
        parents=received.parents,
        groupings=received.groupings,
        verb=received.verb,
        at=whole_seconds(instant),
        start=None if usable is None else whole_seconds(instant - usable.nanoseconds),
        flags=flags,
        digest=digest(received.value, without_timestamp=sent is None),
        voided=False,
    )


def whole_seconds(nanoseconds: int | Fraction) -> int:
    """Exact floor to seconds; rounds towards the past before 1970 too."""
    return int(nanoseconds // NANOSECONDS)


def _flags(received: "Received") -> int:
    flags = 0 if received.timestamp_ns is None else OWN_TIME
    if received.duration is not None:
        flags |= HAS_DURATION
        if _is_impossible(received.duration):
            flags |= IMPOSSIBLE_DURATION
    if _completes(received):
        flags |= COMPLETION
    if received.verb in ATTENDING_VERBS:
        flags |= ATTENDED
    return flags


def _is_impossible(duration: "Duration") -> bool:
    """Years and months have no length in seconds; more than 10**10 seconds (317 years) is nobody's time."""
    return duration.has_calendar_parts or duration.nanoseconds > MOST_SECONDS * NANOSECONDS


def _completes(received: "Received") -> bool:
    """`result.completion`, or a verb that says so unless the result denies it in so many words."""
    if received.completion:
        return True
    if received.verb not in COMPLETING_VERBS:
        return False
    result = received.value.get("result") or {}
    failed = received.verb in PASSING_VERBS and received.success is False
    return result.get("completion") is not False and not failed


def _is_a_plan(value: dict[str, object]) -> bool:
    aim = value.get("object")
    return isinstance(aim, dict) and aim.get("objectType") == "SubStatement"
