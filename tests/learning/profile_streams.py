"""Random streams of evidence of every profile, in few sessions and attempts, around a local midnight."""

from hypothesis import strategies as st

from lms_tracker.learning import segments
from lms_tracker.learning.evidence import (
    ATTENDED,
    BROWSED,
    COMPLETION,
    DECLARED,
    HAS_DURATION,
    IMPOSSIBLE_DURATION,
    OWN_TIME,
    PRESENCE,
    REVIEWED,
    SELF_VOUCHED,
    Evidence,
)
from lms_tracker.learning.readings import Profile
from tests.learning.cast import course, statement
from tests.learning.streams import MIDNIGHT

ADL = "http://adlnet.gov/expapi/verbs/"
VERBS = (
    *(ADL + word for word in ("launched", "initialized", "terminated", "suspended", "completed", "passed")),
    *(ADL + word for word in ("experienced", "terminated", "completed")),
    "https://w3id.org/xapi/adl/verbs/abandoned",
)
PLAIN, GAPS, KEEPING, HOURS, OTHER = (f"https://hoc.vn/{name}" for name in ("k", "g", "t", "n", "h"))
COURSES = [
    course(1, activities=((PLAIN, "prefix"),)),
    course(2, activities=((GAPS, "prefix"),), reading="gaps"),
    course(3, activities=((KEEPING, "prefix"),), reading="keeping-time"),
    course(4, activities=((HOURS, "prefix"),), basis="nominal", seconds=700),
    course(5, activities=((OTHER, "prefix"),), provider_id=2),
]
ALLOWED = {1, 2, 9}
READINGS = {2: "h5p"}
OWN = {9}


@st.composite
def pieces(draw, number: int) -> Evidence:
    profile = draw(st.sampled_from([0, 0, 0, *map(int, Profile)]))
    verb = draw(st.sampled_from(VERBS))
    end = MIDNIGHT + draw(st.integers(-150, 150))
    has_length = draw(st.booleans())
    half_seconds = st.integers(0, 180)
    played = draw(st.lists(st.tuples(half_seconds, half_seconds), max_size=3))
    played = [(500 * since, 500 * until) for since, until in played]
    packed = segments.pack(segments.union(played)) or None
    flags = draw(st.sampled_from([OWN_TIME] * 9 + [0]))
    flags |= HAS_DURATION if has_length else 0
    flags |= COMPLETION if verb in (ADL + "completed", ADL + "passed") else 0
    if verb in (ADL + "launched", ADL + "completed"):
        flags |= draw(st.sampled_from([0, 0, BROWSED, REVIEWED]))
    flags |= draw(
        st.sampled_from([0] * 20 + [SELF_VOUCHED, DECLARED, ATTENDED, IMPOSSIBLE_DURATION | HAS_DURATION])
    )
    if not flags & (HAS_DURATION | COMPLETION | DECLARED | ATTENDED) and not (
        packed and profile == Profile.VIDEO
    ):
        flags |= PRESENCE
    return Evidence(
        statement_id=statement(number),
        position=(end + draw(st.sampled_from([10**6] * 9 + [-21]))) * 1_000_000,
        provider_id=draw(st.sampled_from([1, 1, 1, 1, 2, 3])),
        object=draw(
            st.sampled_from([PLAIN, PLAIN, GAPS, KEEPING, HOURS, OTHER, PLAIN + "/1", "https://la.vn"])
        ),
        parents=draw(st.sampled_from([(), (), (PLAIN,), (GAPS,)])),
        groupings=(),
        verb=verb,
        at=end,
        start=end - draw(st.integers(0, 160)) if has_length and not flags & IMPOSSIBLE_DURATION else None,
        flags=flags,
        digest=draw(st.sampled_from([statement(number + 100)] * 9 + [b"same"])),
        voided=draw(st.sampled_from([False] * 9 + [True])),
        registration=draw(st.sampled_from([None, b"r", b"s"])),
        profile=profile,
        session=draw(st.sampled_from([None, b"x", b"y"])),
        segments=packed,
        barred=draw(st.sampled_from([0] * 20 + [11, 12])),
    )


@st.composite
def streams(draw, most: int = 10) -> list[Evidence]:
    """A learner's evidence; ids do not follow time."""
    numbers = draw(st.lists(st.integers(0, 60), max_size=most, unique=True))
    return [draw(pieces(number)) for number in numbers]
