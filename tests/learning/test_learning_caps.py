"""Caps of the policy one by one: per event by role, per course, per day, per year."""

import pytest

from lms_tracker.learning.evidence import ATTENDED, HAS_DURATION, OWN_TIME, EventRole
from tests.learning.cast import COURSE, course, decided, studied

EVENT, OTHER = COURSE + "/hoi-thao", COURSE + "/toa-dam"
HOUR = 3600
# 8 tiet for who chairs or presents, 4 for who takes part, of 50 minutes each.
BY_ROLE = {EventRole.CHAIR: 24_000, EventRole.PRESENTER: 24_000, EventRole.PARTICIPANT: 12_000}


def attended(number, since, end, role=EventRole.PARTICIPANT, event=EVENT):
    return studied(number, since, end, event, flags=HAS_DURATION | OWN_TIME | ATTENDED, role=int(role))


def credited(verdicts):
    return sum(verdict.seconds for verdict in verdicts if not verdict.reason)


@pytest.mark.parametrize(
    ("role", "seconds"),
    [(EventRole.PARTICIPANT, 12_000), (EventRole.PRESENTER, 24_000), (EventRole.CHAIR, 24_000)],
)
def test_an_event_counts_as_much_as_the_role_in_it_allows(role, seconds):
    parts = [
        attended(1, "2026-10-01 08:00", "2026-10-01 11:30", role),
        attended(2, "2026-10-01 13:00", "2026-10-01 17:00", role),
    ]
    assert credited(decided(parts, event_caps=BY_ROLE)) == seconds
    assert credited(decided(parts)) == 7.5 * HOUR


def test_two_roles_in_one_event_get_what_the_better_one_allows():
    parts = [
        attended(1, "2026-10-01 08:00", "2026-10-01 12:00"),
        attended(2, "2026-10-01 13:00", "2026-10-01 17:00", EventRole.CHAIR),
    ]
    assert credited(decided(parts, event_caps=BY_ROLE)) == 24_000


def test_each_event_has_its_own_cap_and_other_learning_none():
    parts = [
        attended(1, "2026-10-01 08:00", "2026-10-01 12:00"),
        attended(2, "2026-10-01 13:00", "2026-10-01 17:00", event=OTHER),
        studied(3, "2026-10-01 18:00", "2026-10-01 22:00", EVENT),
    ]
    assert credited(decided(parts, event_caps=BY_ROLE)) == 12_000 + 12_000 + 4 * HOUR


@pytest.mark.parametrize(
    ("caps", "seconds"),
    [
        ({}, 8 * HOUR),
        ({"statement_cap": HOUR}, 4 * HOUR),
        ({"day_cap": 3 * HOUR}, 6 * HOUR),
        ({"year_cap": 5 * HOUR}, 5 * HOUR),
        ({"course_cap": 2 * HOUR}, 2 * HOUR),
        ({"course_caps": {(1, "K1"): 7 * HOUR}}, 7 * HOUR),
        # A course's own cap stands in the place of everybody's.
        ({"course_cap": 2 * HOUR, "course_caps": {(1, "K1"): 7 * HOUR}}, 7 * HOUR),
        ({"course_caps": {(2, "K1"): HOUR, (1, "K2"): HOUR}}, 8 * HOUR),
        ({"day_cap": 3 * HOUR, "year_cap": 5 * HOUR, "course_cap": 4 * HOUR}, 4 * HOUR),
    ],
)
def test_each_cap_cuts_what_is_over_it(caps, seconds):
    parts = [
        studied(1, "2026-10-01 08:00", "2026-10-01 10:00"),
        studied(2, "2026-10-01 12:00", "2026-10-01 14:00"),
        studied(3, "2026-10-02 08:00", "2026-10-02 10:00"),
        studied(4, "2026-10-02 12:00", "2026-10-02 14:00"),
    ]
    found = decided(parts, [course()], **caps)
    assert credited(found) == seconds
    assert sum(verdict.seconds for verdict in found) == 8 * HOUR
