"""Years that are closed: what arrives later is booked on the day of its arrival."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms_tracker.learning.catalogue import Catalogue
from lms_tracker.learning.credit import NOMINAL, PLACED, decide
from lms_tracker.learning.evidence import COMPLETION, IMPOSSIBLE_DURATION
from lms_tracker.learning.late import Covered
from lms_tracker.learning.ledger import differences, stand
from lms_tracker.learning.policy import Policy
from lms_tracker.learning.verdicts import Note
from tests.learning.cast import COURSE, at, completed, course, decided, studied
from tests.learning.posted import H5P, MOVE_ON, SCORM, in_cmi5, posted, watched
from tests.learning.profile_streams import COURSES as OF_PROFILES
from tests.learning.profile_streams import KEEPING
from tests.learning.profile_streams import streams as of_profiles
from tests.learning.streams import ALLOWED, COURSES, MIDNIGHT, NEXT, POLICY, streams

CLOSES = {"closes": (3, 31), "first_closed_year": 2026}
CATALOGUE = Catalogue(COURSES, ALLOWED, 1)
CLOSING = replace(POLICY, closes=(1, 20), first_closed_year=2026)
DAY_US = 86_400_000_000
KEPT = COURSE.replace("khoa", "luot")


def arriving(number, since, end, arrived, **changes):
    return studied(number, since, end, position=at(arrived) * 1_000_000, **changes)


def booked(verdicts):
    """(statement, day of the year and month, seconds, note) of what is credited."""
    return sorted(
        (v.statement_id[-1], date.fromordinal(v.day).isoformat(), v.seconds, v.note)
        for v in verdicts
        if not v.reason
    )


@pytest.mark.parametrize(
    ("arrived", "day", "note"),
    [
        ("2026-12-30 12:00", "2026-12-30", Note.NONE),
        ("2027-03-31 23:59", "2026-12-30", Note.NONE),
        ("2027-04-01 00:00", "2027-04-01", Note.LATE),
        ("2029-06-01 12:00", "2029-06-01", Note.LATE),
    ],
)
def test_a_year_stays_open_to_the_end_of_its_closing_day(arrived, day, note):
    piece = arriving(1, "2026-12-30 09:00", "2026-12-30 10:00", arrived)
    assert booked(decided([piece], **CLOSES)) == [(1, day, 3600, note)]


def test_years_before_the_first_that_closes_stay_open():
    piece = arriving(1, "2019-12-30 09:00", "2019-12-30 10:00", "2026-06-01 12:00")
    assert booked(decided([piece], **CLOSES)) == [(1, "2019-12-30", 3600, Note.NONE)]


def test_new_years_eve_is_booked_on_two_days_when_it_comes_late():
    piece = arriving(1, "2026-12-31 23:00", "2027-01-01 01:00", "2027-04-02 12:00")
    assert booked(decided([piece], **CLOSES)) == [
        (1, "2027-01-01", 3600, Note.NONE),
        (1, "2027-04-02", 3600, Note.LATE),
    ]


def test_parts_of_several_days_that_are_booked_on_one_are_one_entry():
    piece = arriving(1, "2026-12-29 23:00", "2026-12-30 01:00", "2027-04-02 12:00")
    assert booked(decided([piece], **CLOSES)) == [(1, "2027-04-02", 7200, Note.LATE)]


def test_what_comes_late_takes_nothing_from_what_came_in_time_although_it_began_earlier():
    in_time = arriving(1, "2026-12-30 09:30", "2026-12-30 10:30", "2026-12-30 11:00")
    late = arriving(2, "2026-12-30 09:00", "2026-12-30 11:00", "2027-05-01 12:00")
    assert booked(decided([late, in_time], **CLOSES)) == [
        (1, "2026-12-30", 3600, Note.NONE),
        (2, "2027-05-01", 3600, Note.LATE),
    ]


def test_a_later_closed_year_keeps_what_was_booked_in_it():
    late = arriving(1, "2026-12-30 09:30", "2026-12-30 10:30", "2027-05-01 12:00")
    later = arriving(2, "2026-12-30 09:00", "2026-12-30 11:00", "2028-05-01 12:00")
    assert booked(decided([later, late], **CLOSES)) == [
        (1, "2027-05-01", 3600, Note.LATE),
        (2, "2028-05-01", 3600, Note.LATE),
    ]


def test_the_day_cap_belongs_to_the_day_of_the_learning():
    first = arriving(1, "2026-12-29 09:00", "2026-12-29 12:00", "2027-05-01 12:00")
    second = arriving(2, "2026-12-30 09:00", "2026-12-30 12:00", "2027-05-01 12:00")
    found = booked(decided([first, second], day_cap=7200, **CLOSES))
    assert found == [(1, "2027-05-01", 7200, Note.LATE), (2, "2027-05-01", 7200, Note.LATE)]


def test_the_year_cap_belongs_to_the_year_of_the_booking():
    of_2026 = arriving(1, "2026-12-29 09:00", "2026-12-29 12:00", "2026-12-29 13:00")
    late = arriving(2, "2026-12-30 09:00", "2026-12-30 12:00", "2027-05-01 12:00")
    found = booked(decided([of_2026, late], year_cap=10_800, **CLOSES))
    assert [seconds for _, _, seconds, _ in found] == [10_800, 10_800]


def test_a_completion_in_time_earns_before_an_earlier_one_that_came_late():
    nominal = [course(basis="nominal", seconds=36_000)]
    late = completed(1, "2026-12-01 10:00", position=at("2027-05-01 12:00") * 1_000_000)
    in_time = completed(2, "2026-12-02 10:00", position=at("2026-12-02 11:00") * 1_000_000)
    assert booked(decided([late, in_time], nominal, **CLOSES)) == [(2, "2026-12-02", 36_000, Note.NONE)]
    assert booked(decided([late], nominal, **CLOSES)) == [(1, "2027-05-01", 36_000, Note.LATE)]


def test_sending_again_after_the_closing_moves_nothing():
    in_time = arriving(2, "2026-12-30 09:00", "2026-12-30 10:00", "2026-12-30 11:00", digest=b"same")
    again = arriving(1, "2026-12-30 09:00", "2026-12-30 10:00", "2027-05-01 11:00", digest=b"same")
    assert booked(decided([again, in_time], **CLOSES)) == [(2, "2026-12-30", 3600, Note.NONE)]


@st.composite
def late_streams(draw):
    """Streams around a new year of which some pieces come after a closing date, some a year later."""
    evidence = draw(streams())
    return [
        replace(piece, position=piece.position + draw(st.sampled_from([0, 0, 0, 40, 41, 400])) * DAY_US)
        for piece in evidence
    ]


def credited(verdicts, *parts):
    sums = Counter()
    for verdict in verdicts:
        if not verdict.reason:
            sums[tuple(getattr(verdict, part) for part in parts)] += verdict.seconds
    return +sums


@settings(max_examples=100, deadline=None)
@given(late_streams(), st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing_of_late_arrivals_I7(evidence, chance):
    shuffled = evidence + [piece for piece in evidence if chance.random() < 0.5]
    chance.shuffle(shuffled)
    assert decide(shuffled, CATALOGUE, CLOSING) == decide(evidence, CATALOGUE, CLOSING)


@settings(max_examples=100, deadline=None)
@given(late_streams())
def test_a_replay_that_comes_much_later_changes_no_sum_I7(evidence):
    again = [
        replace(piece, statement_id=b"\xff" + piece.statement_id[1:], position=piece.position + 800 * DAY_US)
        for piece in evidence
    ]
    parts = ("course_id", "day", "kind")
    before = credited(decide(evidence, CATALOGUE, CLOSING), *parts)
    # A clock that ran ahead is forgiven once its time has come: those earn only then.
    ahead = any(piece.at > piece.position // 10**6 + CLOSING.clock_tolerance for piece in evidence)
    assert ahead or credited(decide([*evidence, *again], CATALOGUE, CLOSING), *parts) == before


@settings(max_examples=200, deadline=None)
@given(late_streams())
def test_what_comes_late_changes_nothing_of_a_year_that_was_closed(evidence):
    """Stated hours apart: they come in the place of the course's measured time, whenever it is completed."""
    evidence = [replace(piece, flags=piece.flags & ~COMPLETION) for piece in evidence]
    end_of_2026 = (MIDNIGHT + 20 * 86_400) * 10**6
    before = [piece for piece in evidence if piece.position < end_of_2026]

    def of_2026(pieces):
        sums = credited(decide(pieces, CATALOGUE, CLOSING), "day", "course_id", "statement_id")
        return {place: seconds for place, seconds in sums.items() if place[0] < NEXT.toordinal()}

    assert of_2026(evidence) == of_2026(before)


IN_TIME, LATE = at("2026-12-30 20:00") * 1_000_000, at("2027-05-01 12:00") * 1_000_000
# What came in time of a session, what comes late of it, and how much of the latter is then booked.
LATE_IN_A_SESSION = {
    "a longer time of one page of H5P": (
        posted(1, "answered", "2026-12-30 14:00", "PT1H", categories=H5P, came=IN_TIME),
        posted(2, "completed", "2026-12-30 15:00", "PT2H", categories=H5P, came=LATE),
        3600,
    ),
    "how a session of cmi5 ended": (
        in_cmi5(1, "completed", "2026-12-30 14:00", "PT1H", categories=MOVE_ON, came=IN_TIME),
        in_cmi5(2, "terminated", "2026-12-30 15:00", "PT2H", came=LATE),
        3600,
    ),
    "that a session of cmi5 was for browsing": (
        in_cmi5(1, "completed", "2026-12-30 14:00", "PT1H", categories=MOVE_ON, came=IN_TIME),
        in_cmi5(2, "launched", "2026-12-30 12:00", mode="Browse", came=LATE),
        0,
    ),
    "an earlier part of a video": (
        watched(1, "paused", "2026-12-30 14:00", "0[.]3600", came=IN_TIME),
        watched(2, "paused", "2026-12-30 13:50", "0[.]900", came=LATE),
        0,
    ),
    "an earlier time of the attempt so far": (
        posted(1, "completed", "2026-12-30 14:00", "PT1H", iri=KEPT, came=IN_TIME),
        posted(2, "suspended", "2026-12-30 13:00", "PT30M", iri=KEPT, came=LATE),
        0,
    ),
    "a session that the time of the attempt so far holds": (
        posted(1, "completed", "2026-12-30 14:00", "PT1H", iri=KEPT, came=IN_TIME),
        posted(2, "terminated", "2026-12-30 12:00", "PT30M", iri=KEPT, came=LATE),
        0,
    ),
    "a session of SCORM that the time of the attempt holds": (
        posted(1, "completed", "2026-12-30 14:00", "PT1H", categories=SCORM, came=IN_TIME),
        posted(2, "terminated", "2026-12-30 12:00", "PT30M", categories=SCORM, came=LATE),
        0,
    ),
    "a session of SCORM after the time of the attempt": (
        posted(1, "completed", "2026-12-30 14:00", "PT1H", categories=SCORM, came=IN_TIME),
        posted(2, "terminated", "2026-12-30 18:00", "PT30M", categories=SCORM, came=LATE),
        1800,
    ),
    "a later time of the attempt so far": (
        posted(1, "suspended", "2026-12-30 14:00", "PT1H", iri=KEPT, came=IN_TIME),
        posted(2, "completed", "2026-12-30 18:00", "PT90M", iri=KEPT, came=LATE),
        1800,
    ),
}


@pytest.mark.parametrize("what", LATE_IN_A_SESSION)
def test_what_a_session_counted_in_time_stays_whatever_comes_of_it_late(what):
    in_time, late, more = LATE_IN_A_SESSION[what]
    found = booked(decided([late, in_time], [course(), course(2, KEPT, reading="keeping-time")], **CLOSES))
    of_late = [(2, "2027-05-01", more, Note.LATE)] if more else []
    assert found == [(1, "2026-12-30", 3600, Note.NONE), *of_late]


@settings(max_examples=150, deadline=None)
@given(of_profiles(), st.data())
def test_what_comes_late_of_any_profile_changes_nothing_of_a_year_that_was_closed(evidence, data):
    """In one session of one activity each, so that pieces have to do with each other."""
    evidence = [
        replace(
            piece,
            flags=piece.flags & ~COMPLETION,
            object=KEEPING,
            registration=b"r",
            session=b"x",
            position=(piece.at + 3600) * 10**6 + data.draw(st.sampled_from([0, 40, 400])) * DAY_US,
        )
        for piece in evidence
    ]
    before = [piece for piece in evidence if piece.position < (MIDNIGHT + 20 * 86_400) * 10**6]
    catalogue = Catalogue(OF_PROFILES, ALLOWED, 1)
    closing = replace(CLOSING, day_cap=10**6, statement_cap=10**6)

    def of_2026(pieces):
        sums = credited(decide(pieces, catalogue, closing), "day", "course_id", "statement_id")
        return {place: seconds for place, seconds in sums.items() if place[0] < NEXT.toordinal()}

    assert of_2026(evidence) == of_2026(before)


@settings(max_examples=100, deadline=None)
@given(late_streams(), st.integers(-300, 300), st.integers(1, 300))
def test_placed_time_within_a_window_never_exceeds_it_however_late_it_comes_I8(evidence, begin, length):
    since, until = MIDNIGHT + begin, MIDNIGHT + begin + length
    cut = [
        replace(piece, start=max(piece.start, since), at=min(piece.at, until))
        for piece in evidence
        if piece.start is not None and max(piece.start, since) < min(piece.at, until)
    ]
    no_caps = Policy(version=1, statement_cap=10**9, day_cap=10**9, closes=(1, 20), first_closed_year=2026)
    placed = [v for v in decide(cut, CATALOGUE, no_caps) if v.kind == PLACED and not v.reason]
    assert sum(v.seconds for v in placed) <= length


@settings(max_examples=100, deadline=None)
@given(late_streams())
def test_every_second_claimed_is_credited_or_refused_however_late_it_comes_I9(evidence):
    verdicts = decide(evidence, CATALOGUE, CLOSING)
    placed = Counter()
    for verdict in verdicts:
        placed[verdict.statement_id] += verdict.seconds if verdict.kind == PLACED else 0
    for piece in evidence:
        claimed = 0 if piece.flags & IMPOSSIBLE_DURATION or piece.start is None else piece.at - piece.start
        assert placed[piece.statement_id] == claimed
    assert len({(*v[:1], *v[2:6], v.note) for v in verdicts}) == len(verdicts)
    earned = [v.course_id for v in verdicts if v.kind == NOMINAL and not v.reason]
    assert len(set(earned)) == len(earned)


@settings(max_examples=60, deadline=None)
@given(late_streams(), st.sampled_from([None, (1, 5), (1, 20), (12, 31)]), st.integers(1, 300))
def test_another_policy_writes_only_differences_and_what_then_stands_is_what_it_says_I9(
    evidence, closes, cap
):
    then = decide(evidence, CATALOGUE, CLOSING)
    now = decide(evidence, CATALOGUE, replace(CLOSING, version=2, closes=closes, day_cap=cap))
    written = differences({}, then)
    written += differences(stand(written), now)
    assert stand(written) == stand(differences({}, now))


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=12))
def test_a_union_is_what_the_seconds_say(intervals):
    covered, seconds = Covered([]), set()
    for start, length in intervals:
        new = set(range(start, start + length)) - seconds
        assert covered.take(start, start + length) == len(new)
        seconds |= new
