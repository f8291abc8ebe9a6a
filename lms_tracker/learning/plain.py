"""The quick way for what most evidence is: an interval in a course that is valid then, nothing against it.

A learner has thousands of such statements, and to make an object of each costs more than to decide. Rows of
the store go straight to the timeline here; whatever is not that plain goes through `learning.eligibility`,
which comes to the same for these.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from operator import itemgetter

from lms_tracker.learning.catalogue import NOMINAL, Course, Matched
from lms_tracker.learning.days import LocalDays
from lms_tracker.learning.evidence import (
    ATTENDED,
    DECLARED,
    HAS_DURATION,
    IMPOSSIBLE_DURATION,
    OWN_TIME,
    PRESENCE,
    SELF_VOUCHED,
)
from lms_tracker.learning.intervals import Segment
from lms_tracker.learning.late import MICROSECONDS, Closing
from lms_tracker.learning.policy import Policy

# Of evidence as it is kept: (actor key, statement id, position, provider id, activity key, parents,
# groupings, at, start, flags, digest, profile).
Row = tuple[bytes, bytes, int, int, bytes | None, bytes, bytes, int, int | None, int, bytes, int]
# Provider id, activity key, parents and groupings: what decides to which course evidence belongs.
Place = tuple[int, bytes | None, bytes, bytes]
# The course whose evidence may go the quick way, and its first and last day, inclusive.
PlainCourse = tuple[Course, int, int]

place_of = itemgetter(3, 4, 5, 6)
_digest_of = itemgetter(10)

_PLAIN = OWN_TIME | HAS_DURATION
_MASK = _PLAIN | IMPOSSIBLE_DURATION | ATTENDED | DECLARED | PRESENCE | SELF_VOUCHED


def plain_course(matched: Matched) -> PlainCourse | None:
    """The best course of a place, where its evidence may go the quick way on the days on which it is valid.

    Its completions then earn nothing but the interval: no stated hours are at hand.
    """
    if matched.refusal or not matched.is_plain or any(row[2].basis == NOMINAL for row in matched.rows):
        return None
    first, last, course = matched.rows[0]
    return course, first, last


def part(
    rows: Sequence[Row],
    courses: Mapping[Place, PlainCourse | None],
    voided: Collection[bytes],
    policy: Policy,
    days: LocalDays,
    closing: Closing,
) -> tuple[list[Segment], list[Row]]:
    """Segments for the timeline, and the rows that are not plain; `voided` are ids of statements.

    A content that is said twice is not plain in either place: which of them stands is not decided here.
    Raises KeyError where `courses` does not know the place of a row.
    """
    digests = list(map(_digest_of, rows))
    repeated: set[bytes] = set()
    if len(set(digests)) != len(digests):
        repeated = {digest for digest, times in Counter(digests).items() if times > 1}
    span, cap, tolerance = days.span, policy.statement_cap, policy.clock_tolerance
    open_until, least = closing.open_until, closing.least
    segments: list[Segment] = []
    rest: list[Row] = []
    add = segments.append
    for row in rows:
        (
            _,
            statement_id,
            position,
            provider,
            activity,
            parents,
            groupings,
            at,
            start,
            flags,
            digest,
            profile,
        ) = row
        plain = courses[provider, activity, parents, groupings]
        arrived = position // MICROSECONDS
        if (
            plain is None
            or flags & _MASK != _PLAIN
            or start is None
            or not start < at <= arrived + tolerance
            or profile
            or (position >= open_until and arrived - at >= least)
            or statement_id in voided
            or digest in repeated
        ):
            rest.append(row)
            continue
        course, first_day, last_day = plain
        cut = 0
        if at - start > cap:
            cut = at - cap - start
            start = at - cap
        day, end = span(start)
        if day < first_day or (day if at <= end else span(at - 1)[0]) > last_day:
            rest.append(row)
            continue
        since = start
        while at > end:
            add((since, start, digest, statement_id, end, day, 0, course, provider))
            since = end
            day, end = span(since)
        add((since, start, digest, statement_id, at, day, cut, course, provider))
    return segments, rest
