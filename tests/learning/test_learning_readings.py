"""Each reading of time, from statements as its senders write them; and which of them applies."""

from fractions import Fraction

import pytest

from lms_tracker.learning import segments
from lms_tracker.learning.catalogue import Catalogue
from lms_tracker.learning.credit import decide
from lms_tracker.learning.evidence import HAS_DURATION, OWN_TIME
from lms_tracker.learning.policy import Policy
from lms_tracker.learning.readings import Profile, Reading
from lms_tracker.learning.reasons import Reason
from tests.learning.cast import COURSE, ENGLISH, at, course, decided, said, studied
from tests.learning.posted import ABANDONED, ADL, H5P, MOVE_ON, SCORM, in_cmi5, posted, watched

DAY = "2026-10-01"
NEXT = "2026-10-02"
HOUR = 3600


def credited(verdicts):
    return sum(verdict.seconds for verdict in verdicts if not verdict.reason)


def read_as(reading, **changes):
    return [course(reading=reading, **changes)]


def test_one_registration_of_cmi5_with_an_abandoned_tab_of_three_days_comes_to_fair_hours():
    """20 minutes in the first session, 25 in the second, 10 before the tab was forgotten: 55 minutes."""
    evidence = [
        in_cmi5(1, "launched", f"{DAY} 08:00", mode="Normal"),
        in_cmi5(2, "initialized", f"{DAY} 08:01"),
        in_cmi5(3, "terminated", f"{DAY} 08:21", "PT20M"),
        in_cmi5(4, "launched", f"{DAY} 20:00", session="phiên 2", mode="Normal"),
        in_cmi5(5, "initialized", f"{DAY} 20:00", session="phiên 2"),
        in_cmi5(6, "completed", f"{DAY} 20:15", "PT15M", session="phiên 2", categories=MOVE_ON),
        in_cmi5(7, "passed", f"{DAY} 20:20", "PT20M", session="phiên 2", categories=MOVE_ON),
        in_cmi5(8, "terminated", f"{DAY} 20:25", "PT25M", session="phiên 2"),
        in_cmi5(9, "launched", f"{NEXT} 07:00", session="phiên 3", mode="Normal"),
        in_cmi5(10, "initialized", f"{NEXT} 07:00", session="phiên 3"),
        in_cmi5(11, "experienced", f"{NEXT} 07:10", session="phiên 3", categories=()),
        in_cmi5(12, ABANDONED, "2026-10-05 07:00", "P3D", session="phiên 3"),
    ]
    assert said(decided(evidence)) == {
        (3, 1, DAY, "placed", "credited", 20 * 60),
        (6, 1, DAY, "placed", "overlaps", 15 * 60),
        (7, 1, DAY, "placed", "overlaps", 20 * 60),
        (8, 1, DAY, "placed", "credited", 25 * 60),
        (12, 1, NEXT, "placed", "credited", 10 * 60),
        (12, 1, "2026-10-05", "placed", "over a cap", 3 * 24 * HOUR - 10 * 60),
    }


def test_a_session_of_cmi5_begins_no_earlier_than_it_was_initialized():
    evidence = [
        in_cmi5(1, "launched", f"{DAY} 07:00"),
        in_cmi5(2, "initialized", f"{DAY} 08:00"),
        in_cmi5(3, "terminated", f"{DAY} 08:30", "PT2H"),
    ]
    assert said(decided(evidence)) == {
        (3, 1, DAY, "placed", "credited", 1800),
        (3, 1, DAY, "placed", "over a cap", 2 * HOUR - 1800),
    }


def test_a_session_of_cmi5_is_bounded_by_its_own_times_and_not_by_when_they_came():
    evidence = [
        in_cmi5(1, "initialized", f"{DAY} 08:00", came=2 * 10**15),
        in_cmi5(2, "terminated", f"{DAY} 09:00", "PT1H", came=2 * 10**15 + 5_000_000),
    ]
    assert credited(decided(evidence)) == HOUR


def test_what_is_completed_in_cmi5_counts_where_nothing_says_how_the_session_ended():
    evidence = [
        in_cmi5(1, "initialized", f"{DAY} 08:00"),
        in_cmi5(2, "completed", f"{DAY} 08:40", "PT40M"),
        in_cmi5(3, "passed", f"{DAY} 08:50", "PT50M"),
    ]
    assert credited(decided(evidence)) == 50 * 60


def test_a_session_that_ended_leaves_others_of_its_registration_their_own():
    evidence = [
        in_cmi5(1, "completed", f"{DAY} 08:40", "PT40M"),
        in_cmi5(2, "terminated", f"{DAY} 21:00", "PT30M", session="phiên 2"),
    ]
    assert credited(decided(evidence)) == 70 * 60


def test_an_abandoned_session_of_which_nothing_else_is_known_earns_nothing():
    evidence = [
        in_cmi5(1, "launched", f"{DAY} 08:00"),
        in_cmi5(2, ABANDONED, "2026-10-04 08:00", "P3D"),
    ]
    assert said(decided(evidence)) == {(2, 1, "2026-10-04", "placed", "over a cap", 3 * 24 * HOUR)}


def test_what_is_done_after_a_session_was_abandoned_is_no_part_of_it():
    evidence = [
        in_cmi5(1, "initialized", f"{DAY} 08:00"),
        in_cmi5(2, "experienced", f"{DAY} 08:20"),
        in_cmi5(3, ABANDONED, f"{DAY} 09:00", "PT3H"),
        in_cmi5(4, "experienced", f"{DAY} 10:00"),
    ]
    assert credited(decided(evidence)) == 1200


def test_a_session_that_is_abandoned_and_then_ends_after_all_counts_as_it_ended():
    evidence = [
        in_cmi5(1, "initialized", f"{DAY} 08:00"),
        in_cmi5(2, ABANDONED, f"{DAY} 09:00", "PT1H"),
        in_cmi5(3, "terminated", f"{DAY} 09:30", "PT1H30M"),
    ]
    assert said(decided(evidence)) == {
        (2, 1, DAY, "placed", "overlaps", HOUR),
        (3, 1, DAY, "placed", "credited", HOUR + 1800),
    }


@pytest.mark.parametrize(
    ("mode", "policy", "seconds"),
    [
        ("Normal", {}, 1800),
        ("Browse", {}, 0),
        ("Review", {}, 0),
        ("Browse", {"counts_browse": True}, 1800),
        ("Browse", {"counts_review": True}, 0),
        ("Review", {"counts_review": True}, 1800),
    ],
)
def test_sessions_launched_to_browse_or_to_review_count_where_the_policy_says_so(mode, policy, seconds):
    evidence = [
        in_cmi5(1, "launched", f"{DAY} 08:00", mode=mode),
        in_cmi5(2, "terminated", f"{DAY} 08:30", "PT30M"),
    ]
    verdicts = decided(evidence, **policy)
    assert credited(verdicts) == seconds
    assert sum(verdict.seconds for verdict in verdicts) == 1800


def test_what_was_only_browsed_completes_nothing():
    hours = [course(basis="nominal", seconds=20 * HOUR)]
    evidence = [
        in_cmi5(1, "launched", f"{DAY} 08:00", mode="Browse"),
        in_cmi5(2, "completed", f"{DAY} 08:30", "PT30M", categories=MOVE_ON),
    ]
    assert said(decided(evidence, hours)) == {
        (2, 1, DAY, "placed", "over a cap", 1800),
        (2, 1, DAY, "nominal", "over a cap", 20 * HOUR),
    }


def test_without_a_name_of_the_session_one_activity_of_a_registration_is_one():
    evidence = [
        in_cmi5(1, "completed", f"{DAY} 08:30", "PT30M", extensions={}),
        in_cmi5(2, "terminated", f"{DAY} 08:40", "PT40M", extensions={}),
        in_cmi5(3, "completed", f"{DAY} 12:30", "PT30M", extensions={}, iri=COURSE + "/2"),
    ]
    assert credited(decided(evidence)) == 70 * 60


def test_what_is_suspended_in_scorm_is_a_session():
    evidence = [
        posted(1, "suspended", f"{DAY} 08:30", "PT30M", categories=SCORM),
        posted(2, "terminated", f"{DAY} 21:20", "PT20M", categories=SCORM),
        posted(3, "completed", f"{DAY} 21:20", "PT50M", categories=SCORM),
    ]
    assert said(decided(evidence)) == {
        (1, 1, DAY, "placed", "credited", 1800),
        (2, 1, DAY, "placed", "credited", 1200),
        (3, 1, DAY, "placed", "overlaps", 3000),
    }


def test_what_is_completed_in_scorm_counts_where_no_session_is_known():
    assert credited(decided([posted(1, "completed", f"{DAY} 21:20", "PT50M", categories=SCORM)])) == 3000


def test_the_time_so_far_counts_by_what_it_has_more():
    evidence = [
        posted(1, "suspended", f"{DAY} 08:30", "PT30M"),
        posted(2, "terminated", f"{DAY} 08:30", "PT30M"),
        posted(3, "suspended", f"{NEXT} 08:20", "PT50M"),
        posted(4, "completed", "2026-10-03 08:10", "PT1H"),
    ]
    assert said(decided(evidence, read_as("keeping-time"))) == {
        (1, 1, DAY, "placed", "overlaps", 1800),
        (2, 1, DAY, "placed", "credited", 1800),
        (3, 1, NEXT, "placed", "credited", 1200),
        (3, 1, NEXT, "placed", "overlaps", 1800),
        (4, 1, "2026-10-03", "placed", "credited", 600),
        (4, 1, "2026-10-03", "placed", "overlaps", 3000),
    }


def test_sessions_that_were_told_are_part_of_the_time_so_far():
    evidence = [
        posted(1, "terminated", f"{DAY} 08:30", "PT30M"),
        posted(2, "completed", f"{NEXT} 08:20", "PT50M"),
        posted(3, "terminated", f"{NEXT} 08:21", "PT20M"),
    ]
    verdicts = decided(evidence, read_as("keeping-time"))
    assert credited(verdicts) == 51 * 60


def test_a_session_that_is_told_twice_is_once_part_of_the_time_so_far():
    evidence = [
        posted(1, "suspended", f"{DAY} 08:30", "PT30M"),
        posted(2, "terminated", f"{DAY} 08:31", "PT31M"),
        posted(3, "completed", f"{NEXT} 08:30", "PT1H"),
    ]
    assert credited(decided(evidence, read_as("keeping-time"))) == HOUR


def test_attempts_are_kept_apart_by_registration_and_activity():
    other = "0c5e0f1a-3d5b-4a7e-8f11-1c2d3e4f5a6b"
    evidence = [
        posted(1, "suspended", f"{DAY} 08:30", "PT30M"),
        posted(2, "suspended", f"{DAY} 12:30", "PT30M", registration=other),
        posted(3, "suspended", f"{DAY} 18:30", "PT30M", iri=COURSE + "/2"),
    ]
    assert credited(decided(evidence, read_as("keeping-time"))) == 90 * 60


def test_h5p_counts_the_longest_of_one_page():
    evidence = [
        posted(1, "answered", f"{DAY} 08:05", "PT300S", categories=H5P),
        posted(2, "answered", f"{DAY} 08:25", "PT1499S", categories=H5P),
        posted(3, "completed", f"{DAY} 17:00", "PT32400S", categories=H5P),
        posted(4, "answered", f"{DAY} 20:10", "PT600S", categories=H5P),
    ]
    assert said(decided(evidence)) == {
        (1, 1, DAY, "placed", "overlaps", 300),
        (2, 1, DAY, "placed", "overlaps", 1499),
        (3, 1, DAY, "placed", "credited", 4 * HOUR),
        (3, 1, DAY, "placed", "over a cap", 5 * HOUR),
        (4, 1, DAY, "placed", "credited", 600),
    }


@pytest.mark.parametrize(("starts", "pages"), [((0, 5, 10), 1), ((0, 5, 11), 2)])
def test_one_h5p_page_begins_within_a_few_seconds_and_no_later(starts, pages):
    evidence = [
        posted(number, "answered", f"{DAY} {8 + number:02}:00:{start:02}", f"PT{number}H", categories=H5P)
        for number, start in enumerate(starts, 1)
    ]
    # All three begin at 08:00, some seconds apart; a page's longest is its only one.
    kept = {one[0] for one in said(decided(evidence)) if one[4] == "credited"}
    assert len(kept) == pages


def test_parts_of_an_h5p_content_count_only_without_the_whole():
    whole = posted(1, "completed", f"{DAY} 08:10", "PT600S", categories=H5P)
    part = posted(
        2, "answered", f"{DAY} 08:15", "PT900S", categories=H5P, iri=COURSE + "?sub=1", parent=COURSE
    )
    assert said(decided([whole, part])) == {
        (1, 1, DAY, "placed", "credited", 600),
        (2, 1, DAY, "placed", "overlaps", 900),
    }
    assert credited(decided([part])) == 900


def test_two_contents_on_one_h5p_page_are_one_time():
    evidence = [
        posted(1, "answered", f"{DAY} 08:10", "PT600S", categories=H5P),
        posted(2, "answered", f"{DAY} 08:20", "PT1200S", categories=H5P, iri=COURSE + "/2"),
    ]
    assert credited(decided(evidence)) == 1200


def test_of_a_video_the_union_of_what_was_played_counts():
    evidence = [
        watched(1, "played", f"{DAY} 08:00"),
        watched(2, "paused", f"{DAY} 08:10", "0[.]600"),
        watched(3, "played", f"{DAY} 08:30"),
        watched(4, "paused", f"{DAY} 08:40", "0[.]600[,]300[.]900"),
        watched(5, ADL + "terminated", f"{DAY} 08:41", "0[.]900", duration="PT41M"),
    ]
    assert said(decided(evidence)) == {
        (2, 1, DAY, "placed", "credited", 600),
        (4, 1, DAY, "placed", "credited", 300),
        (4, 1, DAY, "placed", "overlaps", 600),
        (5, 1, DAY, "placed", "overlaps", 41 * 60),
    }


def test_a_video_played_faster_than_the_clock_counts_the_clock():
    evidence = [
        watched(1, "played", f"{DAY} 08:00"),
        watched(2, "paused", f"{DAY} 08:10", "0[.]1200"),
        watched(3, "paused", f"{DAY} 08:11", "0[.]3600"),
    ]
    assert said(decided(evidence)) == {
        (2, 1, DAY, "placed", "credited", 600),
        (2, 1, DAY, "placed", "over a cap", 600),
        (3, 1, DAY, "placed", "credited", 60),
        (3, 1, DAY, "placed", "over a cap", 2340),
        (3, 1, DAY, "placed", "overlaps", 1200),
    }


def test_a_statement_of_a_video_that_got_lost_costs_nothing():
    evidence = [
        watched(1, "played", f"{DAY} 08:00"),
        watched(3, "played", f"{DAY} 08:20"),
        watched(4, "paused", f"{DAY} 08:30", "0[.]1200"),
    ]
    assert credited(decided(evidence)) == 1200


def test_parts_of_seconds_of_a_video_are_not_lost_between_statements():
    evidence = [watched(1, "played", f"{DAY} 08:00")] + [
        watched(number, "paused", f"{DAY} 08:{number:02}", f"0[.]{1.5 * (number - 1)}")
        for number in range(2, 12)
    ]
    assert credited(decided(evidence)) == 15


def test_a_video_in_more_pieces_than_anybody_watches_adds_nothing_more():
    pieces = [
        "[,]".join(f"{(500 * number + each) * 2}[.]{(500 * number + each) * 2 + 1}" for each in range(500))
        for number in range(22)
    ]
    evidence = [
        watched(number, "paused", f"{DAY} {8 + number // 2:02}:{number % 2 * 30:02}", played)
        for number, played in enumerate(pieces, 1)
    ]
    verdicts = decided(evidence, day_cap=86_400)
    assert credited(verdicts) == 21 * 500
    assert (22, "overlaps", 500) in {one[:1] + one[4:] for one in said(verdicts)}


def test_thousands_of_statements_in_one_session_are_read_as_fast_as_elsewhere():
    """No time is asserted: where each looked at all others this would take minutes."""
    flags = OWN_TIME | HAS_DURATION
    since = at(f"{DAY} 08:00")
    videos = [
        studied(n, None, since + n, flags=OWN_TIME, profile=Profile.VIDEO, verb=ADL + "paused",
                segments=segments.pack([(20 * n, 20 * n + 10)]))
        for n in range(15_000)
    ]  # fmt: skip
    left = [
        studied(20_000 + n, since + n - 60, since + n, flags=flags, profile=Profile.CMI5, session=b"s" * 16,
                verb=ABANDONED if n % 2 else ADL + "answered")
        for n in range(15_000)
    ]  # fmt: skip
    assert len(decided(videos)) >= 15_000
    assert len(decided(left)) >= 15_000


def test_each_session_of_a_video_counts_anew():
    evidence = [
        watched(1, "paused", f"{DAY} 08:10", "0[.]600"),
        watched(2, "paused", f"{DAY} 20:10", "0[.]600", session="lần xem 2"),
    ]
    assert credited(decided(evidence)) == 1200


def test_time_of_videos_counts_by_the_factor_of_the_policy():
    evidence = [watched(1, "paused", f"{DAY} 08:10", "0[.]600")]
    assert said(decided(evidence, media_factor=Fraction(1, 2))) == {
        (1, 1, DAY, "placed", "credited", 300),
        (1, 1, DAY, "placed", "over a cap", 300),
    }


def test_a_factor_above_one_is_for_pauses_within_the_clock():
    evidence = [
        watched(1, "played", f"{DAY} 08:00"),
        watched(2, "paused", f"{DAY} 08:14", "0[.]600"),
        watched(3, "paused", f"{DAY} 08:25", "0[.]1200"),
    ]
    verdicts = decided(evidence, media_factor=Fraction(5, 4))
    assert {one[:1] + one[4:] for one in said(verdicts)} == {
        (2, "credited", 750),
        (3, "credited", 660),
        (3, "over a cap", 90),
        (3, "overlaps", 450),
    }


def test_without_segments_the_duration_of_a_video_counts_within_the_clock():
    evidence = [
        watched(1, "played", f"{DAY} 08:00"),
        watched(2, ADL + "completed", f"{DAY} 08:02", duration="PT3M15S"),
    ]
    assert credited(decided(evidence)) == 120


def test_what_was_played_without_a_time_of_its_own_is_not_counted():
    assert said(decided([watched(1, "paused", None, "0[.]600", came=1_790_000_000_000_000)])) == {
        (1, 1, "2026-09-21", "placed", "no time of its own", 600)
    }


def clicks(*times, **changes):
    return [posted(n, "experienced", f"{DAY} {time}", **changes) for n, time in enumerate(times, 1)]


def test_gaps_count_from_one_statement_to_the_next_up_to_the_limit():
    evidence = clicks("08:00", "08:10", "08:30", "10:00", "10:05")
    verdicts = decided(evidence, read_as("gaps"), gap_limit=1800)
    assert said(verdicts) == {
        (2, 1, DAY, "placed", "credited", 600),
        (3, 1, DAY, "placed", "credited", 1200),
        (5, 1, DAY, "placed", "credited", 300),
    }


def test_a_gap_as_long_as_the_limit_still_counts_and_one_second_more_does_not():
    evidence = clicks("08:00:00", "08:30:00", "09:00:01")
    assert credited(decided(evidence, read_as("gaps"), gap_limit=1800)) == 1800


def test_among_gaps_a_duration_is_taken_at_its_word():
    evidence = [*clicks("08:00", "08:10"), posted(3, "answered", f"{DAY} 08:20", "PT5M")]
    assert said(decided(evidence, read_as("gaps"), gap_limit=1800)) == {
        (2, 1, DAY, "placed", "credited", 600),
        (3, 1, DAY, "placed", "credited", 300),
    }


def test_gaps_of_different_courses_are_their_own_and_one_time():
    evidence = [
        posted(1, "experienced", f"{DAY} 08:00"),
        posted(2, "experienced", f"{DAY} 08:05", iri=ENGLISH),
        posted(3, "experienced", f"{DAY} 08:10"),
        posted(4, "experienced", f"{DAY} 08:15", iri=ENGLISH),
    ]
    courses = [course(reading="gaps"), course(2, ENGLISH, reading="gaps")]
    assert credited(decided(evidence, courses)) == 15 * 60


def test_presence_alone_is_nothing_where_gaps_are_not_read():
    assert decided(clicks("08:00", "08:10"), [course()]) == []
    assert decided(clicks("08:00", "08:10", iri="https://la.vn/1"), read_as("gaps")) == []


def test_a_completion_that_only_ends_a_gap_is_not_told_to_have_no_duration():
    evidence = [
        *clicks("08:00"),
        posted(2, "completed", f"{DAY} 08:10"),
        posted(3, "completed", f"{DAY} 12:00"),
    ]
    assert said(decided(evidence, read_as("gaps"))) == {
        (2, 1, DAY, "placed", "credited", 600),
        (3, 1, DAY, "placed", "no duration", 0),
    }


def test_a_voided_terminated_gives_its_session_back_to_what_was_completed():
    ended = in_cmi5(2, "terminated", f"{DAY} 08:40", "PT40M")
    evidence = [in_cmi5(1, "completed", f"{DAY} 08:30", "PT30M"), ended]
    assert credited(decided(evidence)) == 2400
    ended.voided = True
    assert said(decided(evidence)) == {
        (1, 1, DAY, "placed", "credited", 1800),
        (2, 1, DAY, "placed", "voided", 2400),
    }


@pytest.mark.parametrize(
    ("of_course", "of_provider", "reading"),
    [
        ("", "", Reading.PLAIN),
        ("", "gaps", Reading.GAPS),
        ("plain", "gaps", Reading.PLAIN),
        ("h5p", "gaps", Reading.H5P),
        ("h5p", "", Reading.H5P),
    ],
)
def test_the_profile_says_how_time_is_read_then_the_course_then_the_provider(of_course, of_provider, reading):
    catalogue = Catalogue([course(reading=of_course)], [1], 1, {1: of_provider})
    plain, profiled = (
        studied(1, f"{DAY} 08:00", f"{DAY} 09:00"),
        watched(2, "paused", f"{DAY} 08:00", "0[.]1"),
    )
    assert catalogue.matched(plain).reading(plain.profile, 739_000) is reading
    assert catalogue.matched(profiled).reading(profiled.profile, 739_000) is Reading.VIDEO


def test_a_statement_of_a_profile_is_read_by_it_whatever_the_course_says():
    evidence = [
        in_cmi5(1, "completed", f"{DAY} 08:30", "PT30M"),
        in_cmi5(2, "terminated", f"{DAY} 20:00", "PT30M"),
    ]
    assert credited(decided(evidence, read_as("plain"))) == 1800


def test_what_was_declared_counts_in_full_through_our_own_provider_alone():
    declared = posted(1, "https://w3id.org/lms-tracker/xapi/verbs/declared", f"{DAY} 12:00", "PT30H")
    again = posted(
        2, "https://w3id.org/lms-tracker/xapi/verbs/declared", f"{DAY} 12:00", "PT2H", iri=COURSE + "/2"
    )
    ours = Catalogue([course(basis="nominal")], [1], 1, own_providers=[1])
    assert said(decide([declared, again], ours, Policy(version=1))) == {
        (1, 1, DAY, "nominal", "credited", 30 * HOUR),
        (2, 1, DAY, "nominal", "credited", 2 * HOUR),
    }
    assert said(decided([declared])) == {(1, 1, DAY, "nominal", "self-asserted", 30 * HOUR)}


@pytest.mark.parametrize("mode", ["Browse", "Review"])
@pytest.mark.parametrize("said_by", ["launched", "completed"])
@pytest.mark.parametrize(
    ("when", "duration"), [(None, "PT30M"), (f"{DAY} 08:30", "P1M"), (None, "P1M")], ids=str
)
def test_a_completion_in_a_session_of_browsing_earns_no_hours_also_when_its_own_time_is_refused(
    mode, said_by, when, duration
):
    hours = [course(basis="nominal", seconds=20 * HOUR)]
    modes = {"launched": None, "completed": None, said_by: mode}
    evidence = [
        in_cmi5(1, "launched", f"{DAY} 08:00", mode=modes["launched"]),
        in_cmi5(2, "completed", when, duration, mode=modes["completed"]),
        in_cmi5(3, "terminated", f"{DAY} 08:40", "PT40M"),
    ]
    found = decided(evidence, hours)
    assert credited(found) == 0
    assert [one.seconds for one in found if one.reason == Reason.OVER_A_CAP] == [20 * HOUR, 2400]
    assert credited(decided(evidence, hours, counts_browse=True, counts_review=True)) == 20 * HOUR
    assert credited(decided([evidence[1]], hours)) == (20 * HOUR if said_by == "launched" else 0)


@pytest.mark.parametrize("reason", [Reason.IDENTITY_DISPUTED, Reason.SHARED_ACCOUNT])
def test_a_barred_identifier_earns_nothing_and_is_told_why(reason):
    hours = [course(basis="nominal", seconds=20 * HOUR)]
    evidence = [
        studied(1, f"{DAY} 08:00", f"{DAY} 09:00", barred=int(reason)),
        posted(2, "completed", f"{DAY} 10:00"),
        posted(3, "experienced", f"{DAY} 10:00"),
    ]
    for piece in evidence:
        piece.barred = int(reason)
    assert said(decided(evidence, hours)) == {
        (1, 1, DAY, "placed", reason.words, HOUR),
        (2, 1, DAY, "nominal", reason.words, 20 * HOUR),
    }


def test_of_two_identities_of_a_group_the_one_that_may_earn_does():
    free = studied(1, f"{DAY} 08:00", f"{DAY} 09:00")
    barred = studied(1, f"{DAY} 08:00", f"{DAY} 09:00", barred=int(Reason.SHARED_ACCOUNT))
    assert decided([free, barred]) == decided([barred, free]) == decided([free])


def test_a_barred_copy_takes_nobodys_place():
    free = studied(2, f"{DAY} 08:00", f"{DAY} 09:00", digest=b"one")
    barred = studied(1, f"{DAY} 08:00", f"{DAY} 09:00", digest=b"one", barred=int(Reason.SHARED_ACCOUNT))
    assert said(decided([barred, free])) == {
        (1, 1, DAY, "placed", "shared account", HOUR),
        (2, 1, DAY, "placed", "credited", HOUR),
    }
