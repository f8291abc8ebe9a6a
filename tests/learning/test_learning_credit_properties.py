"""What must hold of any learner's evidence whatever."""

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from lms_tracker.learning.catalogue import Catalogue
from lms_tracker.learning.credit import NOMINAL, PLACED, decide
from lms_tracker.learning.evidence import IMPOSSIBLE_DURATION
from lms_tracker.learning.policy import Policy
from lms_tracker.learning.reasons import Reason
from tests.learning import naive
from tests.learning.streams import ALLOWED, COURSES, MIDNIGHT, POLICY, streams

CATALOGUE = Catalogue(COURSES, ALLOWED, 1)
NO_CAPS = Policy(version=1, statement_cap=10**9, day_cap=10**9)


def credit(evidence, policy=POLICY):
    return decide(evidence, CATALOGUE, policy)


@settings(max_examples=250, deadline=None)
@given(streams())
def test_an_independent_count_of_seconds_agrees(evidence):
    counted = naive.count(evidence, COURSES, ALLOWED, POLICY)
    found = {
        (*verdict[:1], *verdict[2:5], Reason(verdict.reason).words): verdict.seconds
        for verdict in credit(evidence)
    }
    assert found == counted


@settings(max_examples=100, deadline=None)
@given(streams(), st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing_I7(evidence, chance):
    shuffled = evidence + [piece for piece in evidence if chance.random() < 0.5]
    chance.shuffle(shuffled)
    assert credit(shuffled) == credit(evidence)


@settings(max_examples=100, deadline=None)
@given(streams())
def test_a_replay_under_new_ids_changes_no_credited_sum_I7(evidence):
    """What a plugin without ids does: the same content again, under ids that come later."""
    again = [replace(piece, statement_id=b"\xff" + piece.statement_id[1:]) for piece in evidence]
    assert credited(credit([*evidence, *again])) == credited(credit(evidence))


@settings(max_examples=100, deadline=None)
@given(streams(), st.data())
def test_a_voided_statement_counts_as_if_it_had_never_been(evidence, data):
    gone = data.draw(st.sets(st.sampled_from([piece.statement_id for piece in evidence] or [b""])))
    voided = [replace(piece, voided=True) if piece.statement_id in gone else piece for piece in evidence]
    without = [piece for piece in evidence if piece.statement_id not in gone]
    assert credited(credit(voided)) == credited(credit(without))


@settings(max_examples=150, deadline=None)
@given(streams(), st.integers(-300, 300), st.integers(1, 300))
def test_placed_time_within_a_window_never_exceeds_the_window_I8(evidence, begin, length):
    """Evidence cut to the window, and no caps at all: the union alone must keep within it."""
    since, until = MIDNIGHT + begin, MIDNIGHT + begin + length
    cut = [
        replace(piece, start=max(piece.start, since), at=min(piece.at, until))
        for piece in evidence
        if piece.start is not None and max(piece.start, since) < min(piece.at, until)
    ]
    placed = [verdict for verdict in credit(cut, NO_CAPS) if verdict.kind == PLACED and not verdict.reason]
    assert sum(verdict.seconds for verdict in placed) <= length


@settings(max_examples=150, deadline=None)
@given(streams())
def test_every_second_claimed_is_credited_or_refused_I9(evidence):
    placed = Counter()
    for verdict in credit(evidence):
        placed[verdict.statement_id] += verdict.seconds if verdict.kind == PLACED else 0
    for piece in evidence:
        claimed = 0 if piece.flags & IMPOSSIBLE_DURATION or piece.start is None else piece.at - piece.start
        assert placed[piece.statement_id] == claimed


@settings(max_examples=150, deadline=None)
@given(streams())
def test_every_statement_is_explained_and_no_piece_twice_I9(evidence):
    verdicts = credit(evidence)
    assert {verdict.statement_id for verdict in verdicts} == {piece.statement_id for piece in evidence}
    assert len({verdict[:6] for verdict in verdicts}) == len(verdicts)


@settings(max_examples=150, deadline=None)
@given(streams())
def test_stated_hours_are_earned_once_for_a_course_row_and_leave_it_no_placed_time_I8(evidence):
    verdicts = credit(evidence)
    earned = [v.course_id for v in verdicts if v.kind == NOMINAL and not v.reason]
    assert len(set(earned)) == len(earned)
    assert not [v for v in verdicts if v.kind == PLACED and not v.reason and v.course_id in earned]


@settings(max_examples=100, deadline=None)
@given(streams())
def test_caps_hold(evidence):
    days, courses = Counter(), Counter()
    for verdict in credit(evidence):
        if verdict.kind == PLACED and not verdict.reason:
            days[verdict.day] += verdict.seconds
            courses[verdict.course_id] += verdict.seconds
    assert all(seconds <= POLICY.day_cap for seconds in days.values())
    assert all(courses[number] <= cap for number, cap in ((1, 140), (3, 90), (5, 150)))


def credited(verdicts):
    sums = Counter()
    for verdict in verdicts:
        if not verdict.reason:
            sums[verdict.course_id, verdict.day, verdict.kind] += verdict.seconds
    return sums
