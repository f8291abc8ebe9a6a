"""Everybody together: who may see it, what it adds up to, and that looks at single persons are kept."""

import pytest
from flask import Flask

from lms_tracker.actions import clock, overview, records
from lms_tracker.actions.rights import NotAllowed
from lms_tracker.learning.reasons import Reason
from tests.actions import learners
from tests.actions.learners import studied
from tests.actions.viewers import looks, somebody

YEAR = 2026

pytestmark = pytest.mark.usefixtures("in_app")


def test_only_organisers_see_everybody_together_and_the_sums_agree(in_app: Flask) -> None:
    caller = learners.provider()
    learners.add_course(caller)
    learners.record(
        in_app,
        caller,
        studied("hoa", "2026-03-01T09:00:00Z", "PT1H"),
        studied("tam", "2026-03-02T09:00:00Z", "PT2H"),
    )
    learners.recount()
    organiser = somebody("ha12", ("organiser", None))
    found = overview.overview_of(organiser, YEAR)
    assert (found.learners, found.hours.total) == (2, 3 * 3600)
    assert [learner.hours.total for learner in overview.learners(organiser, YEAR).shown] == [7200, 3600]
    key = overview.find(organiser, '{"account": {"homePage": "https://lms.example.vn", "name": "tam"}}')
    assert key == learners.key_of("tam").hex()
    assert records.record(organiser, bytes.fromhex(key), YEAR).ever.total == 7200
    assert overview.find(organiser, "nobody@example.vn") is None
    for other in (None, somebody("tam"), somebody("duc", ("provider", caller.provider_id))):
        with pytest.raises(NotAllowed):
            overview.overview_of(other)
        with pytest.raises(NotAllowed):
            overview.find(other, "hoa")
        with pytest.raises(NotAllowed):
            overview.learners(other)


def test_reasons_of_late_are_those_that_stand_whatever_was_taken_back_meanwhile(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller, now = learners.provider(), clock.now_us()
    organiser = somebody("ha12", ("organiser", None))

    def send(count: int, activity: str) -> None:
        for hour in range(count):
            end = f"2026-03-01T{hour:02d}:30:00Z"
            learners.record(in_app, caller, studied(f"{activity}{hour}", end, "PT10M", activity))
        learners.recount()

    monkeypatch.setattr(clock, "now_us", lambda: now - 2 * overview.DAYS * overview.DAY_US)
    send(10, "https://e.vn/claimed-by-a-course")
    send(3, "https://e.vn/claimed-by-none")
    monkeypatch.setattr(clock, "now_us", lambda: now)
    learners.add_course(caller, activity="https://e.vn/claimed-by-a-course")
    learners.recount()
    assert overview.overview_of(organiser).reasons == ()
    send(8, "https://e.vn/new")
    found = overview.overview_of(organiser).reasons
    assert found == (overview.ReasonSum(Reason.UNKNOWN_COURSE, 8, 8 * 600),)
    # What is written and taken back within the time does not stand.
    learners.add_course(caller, "K2", activity="https://e.vn/new")
    learners.recount()
    assert overview.overview_of(organiser).reasons == ()


def test_a_list_of_learners_and_a_search_are_looks_at_everybody_they_show(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview, "PAGE", 3)
    organiser = somebody(
        "ha12",
        ("organiser", None),
        identifiers=('{"account": {"homePage": "https://lms.example.vn", "name": "ha"}}',),
    )
    caller = learners.provider()
    learners.add_course(caller)
    names = ("a", "b", "c", "ha", "d")  # those with most hours first
    ends = enumerate(names)
    learners.record(
        in_app, caller, *(studied(name, "2026-03-01T09:00:00Z", f"PT{9 - place}M") for place, name in ends)
    )
    learners.recount()
    keys = [learners.person_of(name) for name in names]
    assert keys[3] == organiser.key
    overview.overview_of(organiser, YEAR)
    assert looks() == []
    overview.learners(organiser, YEAR)
    assert looks() == [(key, organiser.key, "list of learners 2026") for key in keys[:3]]
    overview.learners(organiser, YEAR, page=2)
    assert looks()[3:] == [(keys[4], organiser.key, "list of learners 2026")]
    overview.learners(organiser, 1999)
    overview.find(organiser, "nobody@example.vn")
    overview.find(organiser, "ha12")
    assert len(looks()) == 4
    assert overview.find(organiser, '{"account": {"homePage": "https://lms.example.vn", "name": "b"}}')
    assert looks()[4:] == [(keys[1], organiser.key, "search")]
