"""What must hold of any learner's evidence of every profile, whoever they are and whatever was voided."""

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from lms_tracker.learning import segments
from lms_tracker.learning.catalogue import Catalogue
from lms_tracker.learning.credit import NOMINAL, PLACED, decide
from lms_tracker.learning.evidence import DECLARED, IMPOSSIBLE_DURATION, PRESENCE
from lms_tracker.learning.policy import Policy
from lms_tracker.learning.readings import Reading
from tests.learning import naive_readings
from tests.learning.profile_streams import ALLOWED, COURSES, OWN, READINGS, streams
from tests.learning.streams import MIDNIGHT

CATALOGUE = Catalogue(COURSES, ALLOWED, 1, READINGS, OWN)
POLICY = Policy(version=1, statement_cap=100, day_cap=200, clock_tolerance=20, year_cap=300, gap_limit=40)
NO_CAPS = Policy(version=1, statement_cap=10**9, day_cap=10**9, clock_tolerance=20, gap_limit=40)


def credit(evidence, policy=POLICY):
    return decide(evidence, CATALOGUE, policy)


def claimed(piece):
    """What the statement itself says, before anything is read into it; None where only gaps tell."""
    reading = CATALOGUE.matched(piece).reading(piece.profile, MIDNIGHT // 86_400 + 719_163)
    if piece.start is not None and piece.start < piece.at:
        return piece.at - piece.start
    if reading is Reading.VIDEO and piece.segments and not piece.flags & (IMPOSSIBLE_DURATION | DECLARED):
        return segments.length(segments.unpack(piece.segments)) // 1000
    return None if reading is Reading.GAPS else 0


@settings(max_examples=50, deadline=None)
@given(streams())
def test_every_second_that_is_claimed_is_explained_exactly_I9(evidence):
    placed = Counter()
    for verdict in credit(evidence):
        placed[verdict.statement_id] += verdict.seconds
    for verdict in credit(evidence):
        if verdict.kind == NOMINAL and not is_declared(evidence, verdict):
            placed[verdict.statement_id] -= verdict.seconds
    for piece in evidence:
        if claimed(piece) is not None:
            assert placed[piece.statement_id] == claimed(piece)


def is_declared(evidence, verdict):
    return any(piece.flags & DECLARED and piece.statement_id == verdict.statement_id for piece in evidence)


@settings(max_examples=50, deadline=None)
@given(streams())
def test_whatever_says_more_than_that_somebody_was_there_has_its_explanation_I9(evidence):
    verdicts = credit(evidence)
    told = {piece.statement_id for piece in evidence if not piece.flags & PRESENCE}
    assert told <= {verdict.statement_id for verdict in verdicts}
    assert len({(*verdict[:6], verdict.note) for verdict in verdicts}) == len(verdicts)
    assert all(verdict.seconds >= 0 for verdict in verdicts)


@settings(max_examples=50, deadline=None)
@given(streams(), st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing_I7(evidence, chance):
    shuffled = evidence + [replace(piece) for piece in evidence if chance.random() < 0.5]
    chance.shuffle(shuffled)
    assert credit(shuffled) == credit(evidence)


@settings(max_examples=50, deadline=None)
@given(streams())
def test_a_replay_under_new_ids_changes_no_credited_sum_I7(evidence):
    again = [replace(piece, statement_id=b"\xff" + piece.statement_id[1:]) for piece in evidence]
    assert credited(credit([*evidence, *again])) == credited(credit(evidence))


@settings(max_examples=50, deadline=None)
@given(streams(), st.data())
def test_what_is_voided_counts_as_if_it_had_never_been(evidence, data):
    gone = data.draw(st.sets(st.sampled_from([piece.statement_id for piece in evidence] or [b""])))
    voided = [replace(piece, voided=True) if piece.statement_id in gone else piece for piece in evidence]
    without = [piece for piece in evidence if piece.statement_id not in gone]
    assert credited(credit(voided)) == credited(credit(without))


@settings(max_examples=50, deadline=None)
@given(streams(), st.data())
def test_linked_identities_come_to_no_more_than_each_alone_and_unlinked_to_what_they_were(evidence, data):
    """Placed time of a person is never more than that of the identities one by one (I8)."""
    other = data.draw(st.sets(st.sampled_from([piece.statement_id for piece in evidence] or [b""])))
    parts = [
        [piece for piece in evidence if piece.statement_id in other],
        [piece for piece in evidence if piece.statement_id not in other],
    ]
    apart = [on_the_clock(credit(part, NO_CAPS)) for part in parts]
    together = on_the_clock(credit(evidence, NO_CAPS))
    instants = [piece.at for piece in evidence] + [piece.start for piece in evidence if piece.start]
    # A gap or a session may lie between statements of both; it is still no more than the clock.
    assert together <= max(sum(apart), max(instants, default=0) - min(instants, default=0) + 300)
    assert [on_the_clock(credit(part, NO_CAPS)) for part in parts] == apart


@settings(max_examples=50, deadline=None)
@given(streams())
def test_caps_hold_whatever_the_reading(evidence):
    days = Counter()
    for verdict in credit(evidence):
        if verdict.kind == PLACED and not verdict.reason:
            days[verdict.day] += verdict.seconds
    assert all(seconds <= POLICY.day_cap for seconds in days.values())


@settings(max_examples=150, deadline=None)
@given(streams())
def test_an_independent_reading_comes_to_the_same_seconds(evidence):
    assert credited(credit(evidence, NO_CAPS)) == naive_readings.credited(evidence, CATALOGUE, NO_CAPS)


def on_the_clock(verdicts):
    return sum(verdict.seconds for verdict in verdicts if verdict.kind == PLACED and not verdict.reason)


def credited(verdicts):
    """By local day and kind: which course has a contested second is told elsewhere."""
    sums = Counter()
    for verdict in verdicts:
        if not verdict.reason and verdict.seconds:
            sums[verdict.day, verdict.kind] += verdict.seconds
    return sums
