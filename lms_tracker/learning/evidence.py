"""What of a statement could earn credit, read without asking the catalogue."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from lms_tracker.learning import segments
from lms_tracker.learning.readings import Profile, profile_of
from xapi.actors import everyone_in
from xapi.comparison import digest

if TYPE_CHECKING:
    from xapi.batches import Received
    from xapi.durations import Duration

# Bits of `Evidence.flags`; they are stored: never renumber.
HAS_DURATION = 1
IMPOSSIBLE_DURATION = 2
OWN_TIME = 4
COMPLETION = 8
ATTENDED = 16
# A claim of the learner's own that was accepted; only through the provider of our own is it believed.
DECLARED = 32
# cmi5's launch modes other than Normal.
BROWSED = 64
REVIEWED = 256
# Says only that somebody was there at that time.
PRESENCE = 128
# Nobody but the learner vouches for it: they are the instructor whom the statement names.
SELF_VOUCHED = 512

_MORE_THAN_PRESENCE = HAS_DURATION | COMPLETION | ATTENDED | DECLARED

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
DECLARING_VERB = "https://w3id.org/lms-tracker/xapi/verbs/declared"

# cmi5 9.6.3: extensions of the context.
_CMI5 = "https://w3id.org/xapi/cmi5/context/extensions/"
CMI5_SESSION, CMI5_LAUNCH_MODE = _CMI5 + "sessionid", _CMI5 + "launchmode"
VIDEO_SESSION = segments.VIDEO + "session-id"
EVENT_ROLE = "https://w3id.org/lms-tracker/xapi/extensions/event-role"
_LAUNCH_MODES = {"Browse": BROWSED, "Review": REVIEWED}


class EventRole(IntEnum):
    """As what somebody attended an event. The numbers are stored: never renumber."""

    NONE = 0
    PARTICIPANT = 1
    PRESENTER = 2
    CHAIR = 3


# What the extension EVENT_ROLE may say; who attended and says nothing of it, or another thing, took part.
_EVENT_ROLES = {role.name.lower(): role for role in EventRole if role}


# Not frozen: a frozen one takes three times as long to make, and a learner has thousands. Nobody changes one.
@dataclass(slots=True)
class Evidence:
    """One learner's share in one statement.

    `position` is the statement's `stored` in microseconds since the epoch; `at` and `start` are epoch seconds
    UTC: a measured interval is [start, at) = [floor(timestamp - duration), floor(timestamp)). `start` is None
    without a usable duration. `flags` is a mask of HAS_DURATION (one was sent), IMPOSSIBLE_DURATION, OWN_TIME
    (the sender gave a timestamp; otherwise `at` is the LRS's), COMPLETION (it completes or passes its
    object), ATTENDED and the others above. `digest` leaves out id, stored, authority and a
    timestamp set by the LRS; of mere presence, of which a copy counts for nothing anyway, it is the
    statement's id.

    `profile` is a readings.Profile, `role` an EventRole, `session` 16 bytes for the session's name and
    `segments` packed as learning.segments does. `barred` is the Reason, IDENTITY_DISPUTED or SHARED_ACCOUNT,
    for which this identifier earns nothing now; 0 for none.
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
    registration: bytes | None = None
    profile: int = 0
    role: int = 0
    session: bytes | None = None
    segments: bytes | None = None
    barred: int = 0


def evidence_of(
    received: "Received", position: int, *, provider_id: int, statement_id: bytes | None = None
) -> Evidence | None:
    """The evidence in a statement stored at `position`, or None where it cannot earn.

    `statement_id` is needed where the sender gave none. Everything that somebody did is evidence, if only
    that they were there (PRESENCE). Voiding statements are not, nor SubStatements, which are plans, nor cmi5
    `waived`. Raises ValueError when there is no id at all.
    """
    if received.voids is not None or received.verb in WAIVING_VERBS or _is_a_plan(received.value):
        return None
    identifier = statement_id if statement_id is not None else received.id
    if identifier is None:
        raise ValueError("a statement without an id of its own needs statement_id")
    flags = _flags(received)
    profile, role, session, played = 0, 0, None, None
    if received.categories:
        profile = int(profile_of(received.categories))
    value = received.value
    context, result = value.get("context"), value.get("result")
    around: dict[str, Any] = (context and context.get("extensions")) or {}
    about: dict[str, Any] = (result and result.get("extensions")) or {}
    if around:
        session, profile = _session(around, profile)
        flags |= _LAUNCH_MODES.get(_text(around.get(CMI5_LAUNCH_MODE)), 0)
    if about:
        played = segments.of_statement(received.verb, about, around)
    if flags & ATTENDED:
        role = int(_EVENT_ROLES.get(_text(around.get(EVENT_ROLE)).lower(), EventRole.PARTICIPANT))
    if not flags & _MORE_THAN_PRESENCE and not (played and profile == Profile.VIDEO):
        flags |= PRESENCE
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
        digest=identifier if flags & PRESENCE else digest(value, without_timestamp=sent is None),
        voided=False,
        registration=received.registration,
        profile=profile,
        role=role,
        session=session,
        segments=played,
    )


def vouching(received: "Received") -> Collection[bytes]:
    """Keys of those who teach in a statement, its instructors: their own time in it is not a learner's."""
    context = received.value.get("context")
    instructor = context and context.get("instructor")
    return {one.key for one in everyone_in(instructor)} if instructor else ()


def claimed_seconds(piece: Evidence) -> int:
    """The length of the interval that a statement claims; 0 without a usable duration."""
    return 0 if piece.start is None else max(piece.at - piece.start, 0)


def played_seconds(piece: Evidence) -> int:
    """How much of a video a statement says was played; 0 where it says nothing of it."""
    return segments.length(segments.unpack(piece.segments)) // 1000 if piece.segments else 0


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
    elif received.verb == DECLARING_VERB:
        flags |= DECLARED
    return flags


def _session(extensions: dict[str, Any], profile: int) -> tuple[bytes | None, int]:
    """A hash of the session's name, and the profile: who names a session of cmi5 is in one (cmi5 9.6.3.1)."""
    name, of_video = extensions.get(CMI5_SESSION), extensions.get(VIDEO_SESSION)
    if isinstance(name, str) and profile != Profile.VIDEO:
        profile = profile or int(Profile.CMI5)
    elif isinstance(of_video, str):
        name = of_video
    if not isinstance(name, str):
        return None, profile
    # A name may hold half of a surrogate pair, which UTF-8 has no bytes for.
    named = name.encode(errors="surrogatepass")
    return blake2b(named, digest_size=16, person=b"lms-session").digest(), profile


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


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
