"""The ledger: what is written when decisions change."""

import pytest
from hypothesis import given, settings

from lms_tracker.learning.catalogue import Catalogue
from lms_tracker.learning.credit import NOMINAL, PLACED, Verdict, decide
from lms_tracker.learning.ledger import Entry, differences, stand, totals
from lms_tracker.learning.reasons import Reason
from tests.learning.cast import statement
from tests.learning.streams import ALLOWED, COURSES, POLICY, streams

CATALOGUE = Catalogue(COURSES, ALLOWED, 1)
DAY = 739_000


def verdict(number, reason=Reason.CREDITED, seconds=3600, kind=PLACED, course_id=1, day=DAY):
    return Verdict(statement(number), 1, course_id, day, kind, int(reason), seconds)


def standing_of(*verdicts):
    return stand(differences({}, verdicts))


def test_what_is_new_is_added():
    assert differences({}, [verdict(1)]) == [
        Entry(statement(1), 1, 1, DAY, PLACED, 0, 3600, pieces=1, because=0)
    ]


def test_nothing_is_written_where_nothing_changed_I9():
    verdicts = [verdict(1), verdict(2, Reason.NO_DURATION, 0)]
    assert differences(standing_of(*verdicts), verdicts) == []


def test_credit_that_is_voided_is_taken_back_with_its_reason_I9():
    found = differences(standing_of(verdict(1)), [verdict(1, Reason.VOIDED)])
    assert found == [
        Entry(statement(1), 1, 1, DAY, PLACED, 0, -3600, pieces=-1, because=Reason.VOIDED),
        Entry(statement(1), 1, 1, DAY, PLACED, Reason.VOIDED, 3600, pieces=1, because=0),
    ]


def test_credit_that_shrinks_names_where_the_rest_went():
    now = [verdict(1, seconds=1800), verdict(1, Reason.OVERLAPS, 1800)]
    reversal = differences(standing_of(verdict(1)), now)[0]
    assert (reversal.seconds, reversal.because) == (-3600, Reason.OVERLAPS)


def test_a_refusal_that_is_lifted_is_taken_back_because_the_time_is_credited_now():
    reversal = differences(standing_of(verdict(1, Reason.UNKNOWN_COURSE, course_id=None)), [verdict(1)])[0]
    assert (reversal.reason, reversal.course_id, reversal.because) == (Reason.UNKNOWN_COURSE, None, 0)


def test_time_that_is_merely_recounted_has_no_reason():
    reversal = differences(standing_of(verdict(1)), [verdict(1, course_id=2)])[0]
    assert reversal.because == 0


def test_a_piece_of_no_seconds_stands_and_falls_like_any_other():
    before = standing_of(verdict(1, Reason.NO_DURATION, 0))
    assert list(before.values()) == [0]
    found = differences(before, [verdict(1, Reason.CREDITED, 72_000, NOMINAL)])
    assert [(entry.seconds, entry.pieces) for entry in found] == [(0, -1), (72_000, 1)]


def test_a_statement_that_is_gone_is_taken_back_in_its_providers_name():
    before = standing_of(verdict(1))
    assert differences(before, [], {statement(1): 9}) == [
        Entry(statement(1), 9, 1, DAY, PLACED, 0, -3600, pieces=-1, because=0)
    ]
    with pytest.raises(KeyError):
        differences(before, [])


def test_totals_are_of_credited_time_alone_and_keep_nominal_apart():
    entries = differences(
        {},
        [
            verdict(1),
            verdict(2, Reason.OVERLAPS),
            verdict(3, seconds=72_000, kind=NOMINAL),
            verdict(4, Reason.UNKNOWN_COURSE, course_id=None),
            verdict(5, seconds=60, day=DAY + 1),
        ],
    )
    assert totals(entries) == {(DAY, 1): (3600, 72_000), (DAY + 1, 1): (60, 0)}


def test_totals_that_cancel_out_are_left_out():
    assert (
        totals(
            [
                *differences({}, [verdict(1)]),
                *differences(standing_of(verdict(1)), [verdict(1, Reason.VOIDED)]),
            ]
        )
        == {}
    )


@settings(max_examples=100, deadline=None)
@given(streams(), streams())
def test_differences_turn_what_stands_into_what_is_decided_I9(before, after):
    then, now = decide(before, CATALOGUE, POLICY), decide(after, CATALOGUE, POLICY)
    written = differences({}, then)
    providers = {verdict.statement_id: verdict.provider_id for verdict in then}
    written += differences(stand(written), now, providers)
    assert stand(written) == stand(differences({}, now))
    assert differences(stand(written), now, providers) == []
    credited = {}
    for found in now:
        if not found.reason and found.seconds:
            placed, nominal = credited.get((found.day, found.course_id), (0, 0))
            both = (placed, nominal + found.seconds) if found.kind else (placed + found.seconds, nominal)
            credited[found.day, found.course_id] = both
    assert totals(written) == credited
