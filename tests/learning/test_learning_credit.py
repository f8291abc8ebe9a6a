"""Crediting by cases: one learner, stated evidence, and what each piece of it comes to."""

from datetime import date

from lms_tracker.learning.evidence import (
    ATTENDED,
    COMPLETION,
    HAS_DURATION,
    IMPOSSIBLE_DURATION,
    OWN_TIME,
)
from tests.learning.cast import (
    COURSE,
    ENGLISH,
    HOUR,
    at,
    completed,
    course,
    decided,
    said,
    statement,
    studied,
)

DAY = "2026-10-01"


def nominal_course(**changes: object):
    return course(basis="nominal", seconds=20 * HOUR, **changes)


def test_measured_time_is_credited_on_its_local_day():
    verdicts = decided([studied(1, f"{DAY} 20:00", f"{DAY} 20:45")])
    assert said(verdicts) == {(1, 1, DAY, "placed", "credited", 2700)}


def test_time_over_local_midnight_is_split_between_both_days():
    verdicts = decided([studied(1, "2026-12-31 23:30", "2027-01-01 00:15")])
    assert said(verdicts) == {
        (1, 1, "2026-12-31", "placed", "credited", 1800),
        (1, 1, "2027-01-01", "placed", "credited", 900),
    }


def test_time_that_ends_at_midnight_leaves_nothing_on_the_next_day():
    verdicts = decided([studied(1, "2026-10-01 23:30", "2026-10-02 00:00")])
    assert said(verdicts) == {(1, 1, DAY, "placed", "credited", 1800)}


def test_nested_durations_are_united_and_not_added():
    """cmi5: passed and completed lie within the session that terminated tells."""
    session = [
        studied(1, f"{DAY} 20:00", f"{DAY} 21:00"),
        studied(2, f"{DAY} 20:00", f"{DAY} 20:40"),
        studied(3, f"{DAY} 20:00", f"{DAY} 20:50"),
    ]
    verdicts = decided(session)
    assert sum(verdict.seconds for verdict in verdicts if not verdict.reason) == HOUR
    assert sum(verdict.seconds for verdict in verdicts) == HOUR + 40 * 60 + 50 * 60


def test_contested_time_of_two_courses_goes_to_the_earlier_start():
    verdicts = decided(
        [studied(1, f"{DAY} 20:30", f"{DAY} 21:30"), studied(2, f"{DAY} 20:00", f"{DAY} 21:00", ENGLISH)],
        [course(1), course(2, ENGLISH)],
    )
    assert said(verdicts) == {
        (2, 2, DAY, "placed", "credited", 3600),
        (1, 1, DAY, "placed", "overlaps", 1800),
        (1, 1, DAY, "placed", "credited", 1800),
    }


def test_an_equal_start_is_decided_by_the_smaller_digest_then_the_smaller_id():
    first = studied(1, f"{DAY} 20:00", f"{DAY} 20:30", digest=b"b")
    second = studied(2, f"{DAY} 20:00", f"{DAY} 20:30", ENGLISH, digest=b"a")
    verdicts = decided([first, second], [course(1), course(2, ENGLISH)])
    assert said(verdicts) == {
        (2, 2, DAY, "placed", "credited", 1800),
        (1, 1, DAY, "placed", "overlaps", 1800),
    }


def test_a_statement_over_four_hours_counts_its_last_four():
    verdicts = decided([studied(1, f"{DAY} 08:00", f"{DAY} 14:00")])
    assert said(verdicts) == {
        (1, 1, DAY, "placed", "credited", 4 * HOUR),
        (1, 1, DAY, "placed", "over a cap", 2 * HOUR),
    }


def test_time_before_the_last_four_hours_of_a_statement_contests_nothing():
    verdicts = decided(
        [studied(1, f"{DAY} 08:00", f"{DAY} 14:00"), studied(2, f"{DAY} 09:00", f"{DAY} 10:30", ENGLISH)],
        [course(1), course(2, ENGLISH)],
    )
    assert said(verdicts) == {
        (1, 1, DAY, "placed", "credited", 3 * HOUR + HOUR // 2),
        (1, 1, DAY, "placed", "overlaps", HOUR // 2),
        (1, 1, DAY, "placed", "over a cap", 2 * HOUR),
        (2, 2, DAY, "placed", "credited", HOUR + HOUR // 2),
    }


def test_an_attempt_left_open_for_three_centuries_is_two_verdicts():
    end = at(f"{DAY} 14:00")
    verdicts = decided([studied(1, end - 10**10, end)])
    assert said(verdicts) == {
        (1, 1, DAY, "placed", "credited", 4 * HOUR),
        (1, 1, DAY, "placed", "over a cap", 10**10 - 4 * HOUR),
    }


def test_a_day_counts_at_most_twelve_hours_in_the_order_of_time():
    evidence = [studied(n, f"{DAY} {n * 4:02}:00", f"{DAY} {n * 4 + 3:02}:30") for n in range(5)]
    verdicts = decided(evidence)
    assert (3, 1, DAY, "placed", "credited", 90 * 60) in said(verdicts)
    assert (3, 1, DAY, "placed", "over a cap", 120 * 60) in said(verdicts)
    assert (4, 1, DAY, "placed", "over a cap", 210 * 60) in said(verdicts)


def test_time_that_a_cap_cuts_is_not_handed_to_another_claimant():
    verdicts = decided(
        [studied(1, f"{DAY} 20:00", f"{DAY} 21:00"), studied(2, f"{DAY} 20:10", f"{DAY} 21:00", ENGLISH)],
        [course(1, basis="capped", seconds=1200), course(2, ENGLISH)],
    )
    assert said(verdicts) == {
        (1, 1, DAY, "placed", "credited", 1200),
        (1, 1, DAY, "placed", "over a cap", 2400),
        (2, 2, DAY, "placed", "overlaps", 3000),
    }


def test_a_capped_course_counts_up_to_its_hours_over_all_days():
    evidence = [studied(n, f"2026-10-0{n} 20:00", f"2026-10-0{n} 21:00") for n in (1, 2, 3)]
    verdicts = decided(evidence, [course(basis="capped", seconds=9000)])
    assert said(verdicts) == {
        (1, 1, "2026-10-01", "placed", "credited", 3600),
        (2, 1, "2026-10-02", "placed", "credited", 3600),
        (3, 1, "2026-10-03", "placed", "credited", 1800),
        (3, 1, "2026-10-03", "placed", "over a cap", 1800),
    }


def test_time_that_the_day_cap_cuts_uses_up_nothing_of_the_course():
    evidence = [
        studied(1, f"{DAY} 08:00", f"{DAY} 09:00", ENGLISH),
        studied(2, f"{DAY} 10:00", f"{DAY} 11:00"),
        studied(3, "2026-10-02 10:00", "2026-10-02 11:00"),
    ]
    verdicts = decided(evidence, [course(basis="capped", seconds=3600), course(2, ENGLISH)], day_cap=HOUR)
    assert (2, 1, DAY, "placed", "over a cap", 3600) in said(verdicts)
    assert (3, 1, "2026-10-02", "placed", "credited", 3600) in said(verdicts)


def test_the_policy_may_cap_a_course_and_a_year():
    evidence = [studied(n, f"2026-10-0{n} 20:00", f"2026-10-0{n} 21:00") for n in (1, 2, 3)]
    evidence.append(studied(4, "2027-01-02 20:00", "2027-01-02 21:00"))
    of_year = decided(evidence, year_cap=5400)
    assert sum(verdict.seconds for verdict in of_year if not verdict.reason) == 5400 + 3600
    of_course = decided(evidence, course_caps={(1, "K1"): 100})
    assert sum(verdict.seconds for verdict in of_course if not verdict.reason) == 100


def test_a_nominal_course_with_only_a_completion_is_credited_once_with_its_hours():
    evidence = [completed(n, f"2026-10-0{n} 20:00") for n in (1, 2, 3)]
    assert said(decided(evidence, [nominal_course()])) == {
        (1, 1, DAY, "nominal", "credited", 20 * HOUR),
        (2, 1, "2026-10-02", "nominal", "over a cap", 20 * HOUR),
        (3, 1, "2026-10-03", "nominal", "over a cap", 20 * HOUR),
    }


def test_a_completion_without_a_time_of_its_own_is_booked_on_the_day_it_came():
    verdicts = decided([completed(1, f"{DAY} 20:00", flags=COMPLETION)], [nominal_course()])
    assert said(verdicts) == {(1, 1, DAY, "nominal", "credited", 20 * HOUR)}


def test_stated_hours_come_in_place_of_the_measured_time_of_that_course():
    evidence = [
        studied(1, f"{DAY} 20:00", f"{DAY} 21:00"),
        completed(2, "2026-10-05 20:00"),
        studied(3, f"{DAY} 20:30", f"{DAY} 21:30", ENGLISH),
    ]
    verdicts = decided(evidence, [nominal_course(), course(2, ENGLISH)])
    assert said(verdicts) == {
        (1, 1, DAY, "placed", "over a cap", 3600),
        (2, 1, "2026-10-05", "nominal", "credited", 20 * HOUR),
        (3, 2, DAY, "placed", "credited", 3600),
    }


def test_a_nominal_course_without_completion_counts_its_measured_time():
    verdicts = decided([studied(1, f"{DAY} 20:00", f"{DAY} 21:00")], [nominal_course()])
    assert said(verdicts) == {(1, 1, DAY, "placed", "credited", 3600)}


def test_a_completion_with_a_duration_is_two_pieces():
    both = studied(1, f"{DAY} 20:00", f"{DAY} 21:00", flags=HAS_DURATION | OWN_TIME | COMPLETION)
    assert said(decided([both], [nominal_course()])) == {
        (1, 1, DAY, "nominal", "credited", 20 * HOUR),
        (1, 1, DAY, "placed", "over a cap", 3600),
    }


def test_completing_a_part_of_a_course_is_not_completing_the_course():
    evidence = [
        completed(1, f"{DAY} 20:00", COURSE + "/bai/1"),
        completed(2, f"{DAY} 21:00", "https://x.vn/q", parents=(COURSE,)),
    ]
    found = decided(evidence, [nominal_course(activities=((COURSE, "prefix"), (COURSE, "context")))])
    assert said(found) == {
        (1, 1, DAY, "placed", "no duration", 0),
        (2, 1, DAY, "placed", "no duration", 0),
    }


def test_each_period_of_validity_earns_its_hours_once():
    first = nominal_course(valid_to=date(2026, 12, 31))
    second = course(2, basis="nominal", seconds=10 * HOUR, valid_from=date(2027, 1, 1))
    evidence = [completed(1, "2026-12-31 23:59"), completed(2, "2027-01-01 00:00")]
    assert said(decided(evidence, [first, second])) == {
        (1, 1, "2026-12-31", "nominal", "credited", 20 * HOUR),
        (2, 2, "2027-01-01", "nominal", "credited", 10 * HOUR),
    }


def test_time_over_the_edge_of_validity_is_clipped():
    only_october_first = course(valid_from=date(2026, 10, 1), valid_to=date(2026, 10, 1))
    verdicts = decided(
        [studied(1, f"{DAY} 23:30", "2026-10-02 00:20"), studied(2, "2026-10-03 08:00", "2026-10-03 09:00")],
        [only_october_first],
    )
    assert said(verdicts) == {
        (1, 1, DAY, "placed", "credited", 1800),
        (1, 1, "2026-10-02", "placed", "outside validity", 1200),
        (2, 1, "2026-10-03", "placed", "outside validity", 3600),
    }


def test_time_over_the_edge_between_two_periods_goes_to_both():
    periods = [course(1, valid_to=date(2026, 10, 1)), course(2, valid_from=date(2026, 10, 2))]
    assert said(decided([studied(1, f"{DAY} 23:30", "2026-10-02 00:20")], periods)) == {
        (1, 1, DAY, "placed", "credited", 1800),
        (1, 2, "2026-10-02", "placed", "credited", 1200),
    }


def test_what_the_statement_cap_cut_is_told_even_when_the_rest_is_outside_validity():
    past = course(valid_to=date(2025, 1, 1))
    assert said(decided([studied(1, f"{DAY} 08:00", f"{DAY} 14:00")], [past])) == {
        (1, 1, DAY, "placed", "outside validity", 4 * HOUR),
        (1, 1, DAY, "placed", "over a cap", 2 * HOUR),
    }


def test_unknown_courses_and_courses_of_others_are_told_apart():
    evidence = [
        studied(1, f"{DAY} 08:00", f"{DAY} 09:00", "https://elsewhere.vn/1"),
        studied(2, f"{DAY} 08:00", f"{DAY} 09:00", provider_id=2),
        completed(3, f"{DAY} 08:00", "https://elsewhere.vn/1"),
    ]
    assert said(decided(evidence)) == {
        (1, None, DAY, "placed", "unknown course", 3600),
        (2, None, DAY, "placed", "provider not allowed", 3600),
        (3, None, DAY, "placed", "unknown course", 0),
    }


def test_a_provider_that_is_not_allowed_earns_its_learners_nothing_I10():
    verdicts = decided([studied(1, f"{DAY} 08:00", f"{DAY} 09:00")], allowed=[2])
    assert said(verdicts) == {(1, 1, DAY, "placed", "provider not allowed", 3600)}


def test_a_copy_of_the_same_content_is_refused_in_whole():
    evidence = [studied(n, f"{DAY} 20:00", f"{DAY} 21:00", digest=b"one") for n in (3, 1, 2)]
    assert said(decided(evidence)) == {
        (1, 1, DAY, "placed", "credited", 3600),
        (2, 1, DAY, "placed", "duplicate content", 3600),
        (3, 1, DAY, "placed", "duplicate content", 3600),
    }


def test_a_voided_statement_leaves_its_copy_standing():
    evidence = [
        studied(1, f"{DAY} 20:00", f"{DAY} 21:00", digest=b"one", voided=True),
        studied(2, f"{DAY} 20:00", f"{DAY} 21:00", digest=b"one"),
    ]
    assert said(decided(evidence)) == {
        (1, 1, DAY, "placed", "voided", 3600),
        (2, 1, DAY, "placed", "credited", 3600),
    }


def test_nobody_takes_credit_away_by_repeating_the_content_of_another_provider():
    evidence = [
        studied(1, f"{DAY} 20:00", f"{DAY} 21:00", digest=b"one", provider_id=2),
        studied(2, f"{DAY} 20:00", f"{DAY} 21:00", digest=b"one"),
    ]
    assert said(decided(evidence)) == {
        (1, None, DAY, "placed", "duplicate content", 3600),
        (2, 1, DAY, "placed", "credited", 3600),
    }


def test_sending_a_completion_again_without_time_moves_nothing_to_a_later_day():
    evidence = [
        completed(1, "2026-11-20 08:00", flags=COMPLETION, digest=b"one"),
        completed(2, f"{DAY} 20:00", flags=COMPLETION, digest=b"one"),
    ]
    assert said(decided(evidence, [nominal_course()])) == {
        (1, 1, "2026-11-20", "nominal", "duplicate content", 20 * HOUR),
        (2, 1, DAY, "nominal", "credited", 20 * HOUR),
    }


def test_a_timestamp_beyond_the_clock_tolerance_is_refused():
    end = at(f"{DAY} 21:00")
    within = studied(1, f"{DAY} 20:30", end, position=(end - 600) * 1_000_000)
    beyond = studied(2, f"{DAY} 20:00", end, position=(end - 600) * 1_000_000 - 1)
    assert said(decided([within, beyond])) == {
        (1, 1, DAY, "placed", "credited", 1800),
        (2, 1, DAY, "placed", "future timestamp", 3600),
    }


def test_a_completion_from_the_future_earns_no_stated_hours():
    verdicts = decided([completed(1, f"{DAY} 20:00", position=0)], [nominal_course()])
    assert said(verdicts) == {(1, 1, DAY, "nominal", "future timestamp", 20 * HOUR)}


def test_measured_time_needs_a_time_of_its_own():
    verdicts = decided([studied(1, f"{DAY} 20:00", f"{DAY} 21:00", flags=HAS_DURATION)])
    assert said(verdicts) == {(1, 1, DAY, "placed", "no time of its own", 3600)}


def test_without_a_time_of_its_own_even_copies_and_unknown_courses_are_told_that_reason():
    evidence = [
        studied(
            n, f"{DAY} 20:00", f"{DAY} 20:00", "https://elsewhere.vn/1", flags=HAS_DURATION, digest=b"one"
        )
        for n in (1, 2)
    ]
    assert {verdict[4:] for verdict in said(decided(evidence))} == {("no time of its own", 0)}


def test_a_completion_without_a_time_of_its_own_earns_its_hours_beside_the_refused_duration():
    both = studied(1, f"{DAY} 20:00", f"{DAY} 21:00", flags=HAS_DURATION | COMPLETION)
    assert said(decided([both], [nominal_course()])) == {
        (1, 1, DAY, "nominal", "credited", 20 * HOUR),
        (1, 1, DAY, "placed", "no time of its own", 3600),
    }


def test_an_empty_interval_has_no_duration():
    verdicts = decided([studied(1, f"{DAY} 20:00", f"{DAY} 20:00"), completed(2, f"{DAY} 20:00")])
    assert said(verdicts) == {
        (1, 1, DAY, "placed", "no duration", 0),
        (2, 1, DAY, "placed", "no duration", 0),
    }


def test_an_impossible_duration_is_refused_and_the_completion_beside_it_is_not():
    flags = HAS_DURATION | IMPOSSIBLE_DURATION | OWN_TIME
    evidence = [
        studied(1, f"{DAY} 20:00", f"{DAY} 21:00", start=None, flags=flags),
        studied(2, f"{DAY} 20:00", f"{DAY} 21:00", start=None, flags=flags | COMPLETION),
    ]
    assert said(decided(evidence, [nominal_course()])) == {
        (1, 1, DAY, "placed", "impossible duration", 0),
        (2, 1, DAY, "placed", "impossible duration", 0),
        (2, 1, DAY, "nominal", "credited", 20 * HOUR),
    }


def test_a_voided_completion_shows_the_hours_it_no_longer_earns():
    verdicts = decided([completed(1, f"{DAY} 20:00", voided=True)], [nominal_course()])
    assert said(verdicts) == {(1, 1, DAY, "nominal", "voided", 20 * HOUR)}


def test_attended_time_is_placed_like_measured_time():
    evidence = [
        studied(1, f"{DAY} 08:00", f"{DAY} 10:00", flags=HAS_DURATION | OWN_TIME | ATTENDED),
        studied(2, f"{DAY} 09:00", f"{DAY} 10:00"),
        completed(3, f"{DAY} 09:00", flags=OWN_TIME | ATTENDED),
    ]
    assert said(decided(evidence)) == {
        (1, 1, DAY, "placed", "credited", 7200),
        (2, 1, DAY, "placed", "overlaps", 3600),
        (3, 1, DAY, "placed", "no duration", 0),
    }


def test_a_statement_of_a_group_that_comes_for_two_identities_counts_once():
    piece = studied(1, f"{DAY} 20:00", f"{DAY} 21:00")
    assert said(decided([piece, piece])) == {(1, 1, DAY, "placed", "credited", 3600)}


def test_verdicts_come_in_the_order_of_statement_ids():
    evidence = [studied(n, f"{DAY} {20 - n:02}:00", f"{DAY} {20 - n:02}:30") for n in (3, 1, 2)]
    assert [verdict.statement_id for verdict in decided(evidence)] == [statement(n) for n in (1, 2, 3)]


def test_a_clock_at_the_beginning_of_the_calendar_breaks_nothing():
    first = -62_135_596_800
    verdicts = decided([studied(1, first - 10**10, first - 3 * HOUR)], timezone="America/New_York")
    assert sum(verdict.seconds for verdict in verdicts) == 10**10 - 3 * HOUR
    assert {verdict.day for verdict in verdicts} == {1}
    assert len({verdict[:6] for verdict in verdicts}) == len(verdicts)
