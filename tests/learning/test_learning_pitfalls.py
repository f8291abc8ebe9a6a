"""The sixteen pitfalls of crediting, as far as they need no store; the others are in tests.actions."""

import json
from datetime import date
from decimal import Decimal

import pytest

from lms_tracker.learning.evidence import evidence_of
from lms_tracker.learning.hours import clock, stated_seconds
from lms_tracker.learning.reasons import Reason
from tests.learning.cast import COURSE, ENGLISH, HOUR, at, course, decided, said, statement, studied
from tests.learning.posted import ADL, AN, MOVE_ON, in_cmi5, posted
from xapi.actors import identify
from xapi.batches import read
from xapi.faults import Refusal

DAY = "2026-10-01"


def credited(verdicts):
    return sum(verdict.seconds for verdict in verdicts if not verdict.reason)


def test_pitfall_1_completed_passed_and_terminated_of_one_registration_are_one_time():
    three = [
        ("completed", f"{DAY} 08:30", "PT30M"),
        ("passed", f"{DAY} 08:40", "PT40M"),
        ("terminated", f"{DAY} 08:45", "PT45M"),
    ]
    in_sessions = [in_cmi5(number, *one, categories=MOVE_ON) for number, one in enumerate(three, 1)]
    plainly = [posted(number, *one) for number, one in enumerate(three, 1)]
    assert credited(decided(in_sessions)) == credited(decided(plainly)) == 45 * 60


def test_pitfall_2_parallel_sessions_come_to_the_union_I8():
    evidence = [
        studied(1, f"{DAY} 20:00", f"{DAY} 21:00"),
        studied(2, f"{DAY} 20:30", f"{DAY} 21:30"),
        studied(3, f"{DAY} 20:15", f"{DAY} 21:15", ENGLISH, provider_id=2),
    ]
    assert credited(decided(evidence, [course(), course(2, ENGLISH, provider_id=2)])) == 90 * 60


def test_pitfall_3_a_replay_without_ids_is_one_event():
    once = [posted(1, "terminated", f"{DAY} 20:00", "PT1H"), posted(2, "completed", f"{DAY} 21:00", "PT10M")]
    again = [posted(3, "terminated", f"{DAY} 20:00", "PT1H"), posted(4, "completed", f"{DAY} 21:00", "PT10M")]
    verdicts = decided([*once, *again])
    assert credited(verdicts) == credited(decided(once)) == 70 * 60
    assert {v.reason for v in verdicts if v.reason} == {Reason.DUPLICATE_CONTENT}


def test_pitfall_6_what_comes_late_counts_on_its_own_day_until_the_year_is_closed():
    policy = {"closes": (3, 31), "first_closed_year": 2026}
    rules = {"courses": [course()], **policy}
    in_time = studied(1, "2026-12-01 20:00", "2026-12-01 21:00", position=at("2027-03-31 23:59") * 10**6)
    late = studied(1, "2026-12-01 20:00", "2026-12-01 21:00", position=at("2027-04-01 00:00") * 10**6)
    assert said(decided([in_time], **rules)) == {(1, 1, "2026-12-01", "placed", "credited", HOUR)}
    assert said(decided([late], **rules)) == {(1, 1, "2027-04-01", "placed", "credited", HOUR)}


@pytest.mark.parametrize(
    ("ahead", "reason"), [(0, ""), (600, ""), (601, "future timestamp"), (10**7, "future timestamp")]
)
def test_pitfall_7_a_timestamp_in_the_future_is_kept_and_not_credited_beyond_the_tolerance(ahead, reason):
    end = at(f"{DAY} 21:00")
    (verdict,) = decided([studied(1, end - 60, end, position=(end - ahead) * 10**6)])
    assert Reason(verdict.reason).words == (reason or "credited")


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        ("PT0S", ("no duration", 0)),
        ("P1Y", ("impossible duration", 0)),
        ("P1M", ("impossible duration", 0)),
        ("PT99999999999H", ("impossible duration", 0)),
    ],
)
def test_pitfall_8_durations_that_tell_no_time_earn_none(duration, expected):
    (verdict,) = said(decided([posted(1, "terminated", f"{DAY} 20:00", duration)]))
    assert verdict[4:] == expected


def test_pitfall_8_a_quiz_left_open_for_three_days_counts_as_long_as_one_statement_may():
    assert said(decided([posted(1, ADL + "completed", "2026-10-04 09:00", "PT259200S")])) == {
        (1, 1, "2026-10-04", "placed", "credited", 4 * HOUR),
        (1, 1, "2026-10-04", "placed", "over a cap", 68 * HOUR),
    }


def test_pitfall_8_a_day_has_no_more_hours_than_the_policy_says():
    whole_day = [studied(n, f"{DAY} {n:02}:00", f"{DAY} {n:02}:59") for n in range(1, 23)]
    assert credited(decided(whole_day)) == 12 * HOUR


@pytest.mark.parametrize("duration", ["-PT5M", "NaN", "PT-5M", "", "PT"])
def test_pitfall_8_what_is_no_duration_is_refused_at_the_door(duration):
    with pytest.raises(Refusal):
        door(result={"duration": duration})


def test_pitfall_9_identifiers_of_one_person_share_one_clock_and_disputed_ones_earn_nothing():
    own, other = studied(1, f"{DAY} 20:00", f"{DAY} 21:00"), studied(2, f"{DAY} 20:30", f"{DAY} 21:30")
    assert credited(decided([own, other])) == 90 * 60
    other.barred = int(Reason.IDENTITY_DISPUTED)
    assert said(decided([own, other])) == {
        (1, 1, DAY, "placed", "credited", HOUR),
        (2, 1, DAY, "placed", "identity disputed", HOUR),
    }


def test_pitfall_10_who_is_credited_for_a_group_are_its_members_and_never_teams_or_instructors():
    an, binh, thay = ({"mbox": f"mailto:{name}@example.vn"} for name in ("an", "binh", "thay"))
    members = [an, binh]
    received = door(
        actor={"objectType": "Group", "member": members},
        context={
            "instructor": thay,
            "team": {"objectType": "Group", "mbox": "mailto:doi@example.vn", "member": [thay]},
        },
    )
    assert received.learners == [identify(an), identify(binh)]
    group = {"objectType": "Group", "member": [thay]}
    several = {"objectType": "contextGroup", "group": group, "relevantTypes": ["https://hoc.vn/t"]}
    assert door("2.0.0", context={"contextGroups": [several]}).learners == [identify(AN)]


def test_pitfall_10_the_time_of_an_instructor_is_no_time_of_a_learner():
    teaching = posted(1, "terminated", f"{DAY} 20:00", "PT1H", context={"instructor": AN})
    assert said(decided([teaching])) == {(1, 1, DAY, "placed", "self-asserted", HOUR)}


def test_pitfall_11_a_plan_is_no_experience():
    plan = {
        "objectType": "SubStatement",
        "actor": AN,
        "verb": {"id": ADL + "completed"},
        "object": {"id": COURSE},
        "result": {"duration": "PT1H"},
    }
    received = door(object=plan, result={"duration": "PT1H"})
    assert evidence_of(received, 1, provider_id=1, statement_id=statement(1)) is None


@pytest.mark.parametrize(("minutes", "seconds"), [(60, 72_000), (50, 60_000), (45, 54_000), (35, 42_000)])
def test_pitfall_12_hours_are_kept_in_seconds_whatever_an_hour_is(minutes, seconds):
    assert stated_seconds(Decimal(20), minutes) == seconds
    hours = [course(basis="nominal", seconds=seconds, hour_minutes=minutes)]
    assert credited(decided([posted(1, "completed", f"{DAY} 20:00")], hours)) == seconds
    told = clock(seconds)
    assert told.hours * 60 + told.minutes == 20 * minutes


def test_pitfall_13_a_month_ends_at_midnight_in_hanoi():
    evidence = [
        posted(1, "terminated", None, "PT1H", timestamp="2026-09-30T17:30:00Z"),
        posted(2, "terminated", None, "PT10M", timestamp="2026-09-30T16:30:00Z"),
    ]
    october = [course(valid_from=date(2026, 10, 1))]
    assert said(decided(evidence, october)) == {
        (1, 1, "2026-10-01", "placed", "credited", 1800),
        (1, 1, "2026-09-30", "placed", "outside validity", 1800),
        (2, 1, "2026-09-30", "placed", "outside validity", 600),
    }


def test_pitfall_14_who_may_not_speak_for_a_course_credits_nobody_I10():
    piece = studied(1, f"{DAY} 20:00", f"{DAY} 21:00", provider_id=2)
    assert said(decided([piece])) == {(1, None, DAY, "placed", "provider not allowed", HOUR)}
    assert credited(decided([studied(1, f"{DAY} 20:00", f"{DAY} 21:00")], allowed=[2])) == 0


@pytest.mark.parametrize(
    ("timestamp", "duration", "seconds"),
    [
        ("2026-10-01T13:00:00.123456789Z", "PT59.99S", 60),
        ("2026-10-01T13:00:00.999999999Z", "PT0.99S", 0),
        ("2026-10-01T13:00:00.000000001Z", "PT0.01S", 1),
        ("2026-10-01T13:00:00Z", "PT3600.004S", 3601),
    ],
)
def test_pitfall_15_instants_of_nanoseconds_and_hundredths_are_taken_exactly(timestamp, duration, seconds):
    piece = posted(1, "terminated", None, duration, timestamp=timestamp)
    assert piece.start is not None
    assert piece.at - piece.start == seconds


def door(version="1.0.3", **parts):
    """A statement as the door reads it."""
    stated = {
        "actor": AN,
        "verb": {"id": ADL + "terminated"},
        "object": {"id": COURSE},
        "timestamp": "2026-10-01T13:00:00Z",
        **parts,
    }
    return read(json.dumps(stated).encode(), version=version).statements[0]
