"""The closed list of reasons."""

from lms_tracker.learning.reasons import Reason


def test_reasons_have_the_words_of_the_design_in_its_order():
    assert [reason.words for reason in Reason] == [
        "credited",
        "unknown course",
        "provider not allowed",
        "overlaps",
        "duplicate content",
        "over a cap",
        "future timestamp",
        "no duration",
        "no time of its own",
        "impossible duration",
        "voided",
        "identity disputed",
        "shared account",
        "outside validity",
        "self-asserted",
    ]


def test_the_numbers_of_reasons_are_stored_and_stay():
    assert [int(reason) for reason in Reason] == list(range(15))
