"""Random streams of evidence around a local midnight, for property tests."""

from datetime import date

from hypothesis import strategies as st

from lms_tracker.learning.evidence import (
    ATTENDED,
    COMPLETION,
    HAS_DURATION,
    IMPOSSIBLE_DURATION,
    OWN_TIME,
    Evidence,
)
from lms_tracker.learning.policy import Policy
from tests.learning.cast import at, course, statement

A, B, C = "https://a.vn/k", "https://a.vn/k/1", "https://b.vn/k"
EDGE = date(2026, 12, 31)
NEXT = date(2027, 1, 1)
# Lengths in these streams are some hundred seconds, and so are the caps.
MIDNIGHT = at("2027-01-01 00:00")

COURSES = [
    course(1, activities=((A, "prefix"),)),
    course(2, activities=((B, "exact"), (C, "context")), basis="nominal", seconds=500, valid_to=EDGE),
    course(3, activities=((B, "exact"), (C, "context")), basis="capped", seconds=90, valid_from=NEXT),
    course(4, provider_id=2, activities=((A, "exact"), (C, "prefix")), basis="nominal", seconds=700),
    course(5, provider_id=2, activities=((B, "prefix"),), basis="capped", seconds=150),
    course(6, provider_id=3, activities=((A, "prefix"),)),
]
ALLOWED = frozenset({1, 2})
POLICY = Policy(
    version=1, statement_cap=100, day_cap=160, clock_tolerance=20, course_caps={(1, "K1"): 140}, year_cap=200
)

MEASURED = HAS_DURATION | OWN_TIME
FLAGS = st.sampled_from(
    [
        *[MEASURED] * 6,
        MEASURED | COMPLETION,
        MEASURED | ATTENDED,
        OWN_TIME | COMPLETION,
        OWN_TIME | ATTENDED,
        COMPLETION,
        HAS_DURATION,
        HAS_DURATION | COMPLETION,
        MEASURED | IMPOSSIBLE_DURATION,
        MEASURED | IMPOSSIBLE_DURATION | COMPLETION,
    ]
)


@st.composite
def pieces(draw, number: int) -> Evidence:
    flags = draw(FLAGS)
    end = MIDNIGHT + draw(st.integers(-150, 150))
    has_length = flags & HAS_DURATION and not flags & IMPOSSIBLE_DURATION
    late = draw(st.sampled_from([10**6] * 6 + [0, -20, -21]))
    return Evidence(
        statement_id=statement(number),
        position=(end + late) * 1_000_000,
        provider_id=draw(st.sampled_from([1, 1, 1, 2, 2, 3])),
        object=draw(st.sampled_from([A, A, B, B, C, "https://a.vn/k/1/x", "https://c.vn/", None])),
        parents=draw(st.sampled_from([(), (), (C,), (A, C)])),
        groupings=draw(st.sampled_from([(), (), (C,)])),
        verb="http://adlnet.gov/expapi/verbs/experienced",
        at=end,
        start=end - draw(st.integers(0, 160)) if has_length else None,
        flags=flags,
        digest=draw(st.sampled_from([statement(number + 100)] * 5 + [b"same"])),
        voided=draw(st.sampled_from([False] * 9 + [True])),
    )


@st.composite
def streams(draw, most: int = 9) -> list[Evidence]:
    """A learner's evidence; ids do not follow time."""
    numbers = draw(st.lists(st.integers(0, 60), max_size=most, unique=True))
    return [draw(pieces(number)) for number in numbers]
