"""How time is read, from statements to the record, on both databases."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from lms_tracker.actions import checking, courses, crediting, explanations, readings, recounts
from lms_tracker.actions.providers import Unknown
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Caller
from lms_tracker.learning.readings import Reading
from lms_tracker.learning.reasons import Reason
from lms_tracker.store import database, dialects, due, horizon
from tests.actions import learners, viewers
from tests.actions.learners import COURSE, add_course, provider, record, recount, studied
from xapi import batches

HOUR = 3600
ADL = "http://adlnet.gov/expapi/verbs/"
ABANDONED = "https://w3id.org/xapi/adl/verbs/abandoned"
EXTENSION = "https://w3id.org/xapi/cmi5/context/extensions/"
REGISTRATION = "f3b1c6a2-6f0e-4b0c-9c55-5b0e0a1d2c3b"


@pytest.fixture
def in_app(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


@pytest.fixture
def caller(in_app: Flask) -> Caller:
    made = provider()
    add_course(made)
    return made


def in_cmi5(
    verb: str, when: str, duration: str | None = None, session: str = "1", **more: Any
) -> dict[str, Any]:
    category = [{"id": "https://w3id.org/xapi/cmi5/context/categories/cmi5"}]
    context = {
        "registration": REGISTRATION,
        "contextActivities": {"category": category},
        "extensions": {EXTENSION + "sessionid": session, **more},
    }
    verb = verb if ":" in verb else ADL + verb
    return studied("hoa", f"2026-10-{when}:00Z", duration, verb={"id": verb}, context=context)


def count_all() -> None:
    while recounts.advance() or crediting.recount_due():
        pass


def click(when: str, activity: str = COURSE) -> dict[str, Any]:
    return studied("hoa", f"2026-10-01T{when}:00Z", None, activity, verb={"id": ADL + "experienced"})


def test_a_registration_with_an_abandoned_tab_of_three_days_comes_to_fair_hours_and_is_explained(
    in_app: Flask, caller: Caller
) -> None:
    owner = viewers.hoa()
    abandoned = in_cmi5(ABANDONED, "05T02:00", "P3D", "3")
    completed = in_cmi5("completed", "01T13:15", "PT15M", "2")
    history = [
        in_cmi5("launched", "01T01:00", None, "1", **{EXTENSION + "launchmode": "Normal"}),
        in_cmi5("initialized", "01T01:01", None, "1"),
        in_cmi5("terminated", "01T01:21", "PT20M", "1"),
        in_cmi5("launched", "01T13:00", None, "2", **{EXTENSION + "launchmode": "Normal"}),
        in_cmi5("initialized", "01T13:00", None, "2"),
        completed,
        in_cmi5("passed", "01T13:20", "PT20M", "2"),
        in_cmi5("terminated", "01T13:25", "PT25M", "2"),
        in_cmi5("launched", "02T00:00", None, "3", **{EXTENSION + "launchmode": "Normal"}),
        in_cmi5("initialized", "02T00:00", None, "3"),
        in_cmi5("experienced", "02T00:10", None, "3"),
        abandoned,
    ]
    # One at a time and backwards: what is decided on the way does not matter.
    for statement in reversed(history):
        record(in_app, caller, statement)
        recount()
    person = owner.key
    assert learners.placed_seconds(person) == 55 * 60
    assert learners.refused_reasons(person) == {
        Reason.OVERLAPS: 35 * 60,
        Reason.OVER_A_CAP: 3 * 24 * HOUR - 10 * 60,
    }
    forgotten = explanations.explain(owner, person, abandoned["id"])
    assert (forgotten.claimed, forgotten.credited, forgotten.reading) == (3 * 24 * HOUR, 600, Reading.CMI5)
    assert sum(part.seconds for part in forgotten.parts) == forgotten.claimed
    beside = explanations.explain(owner, person, completed["id"])
    assert [(part.reason, part.seconds) for part in beside.parts] == [(Reason.OVERLAPS, 15 * 60)]
    with pytest.raises(NotFound):
        explanations.explain(owner, person, history[0]["id"])
    learners.assert_ledger_is_right()


def test_the_setting_of_a_provider_counts_its_learners_anew(in_app: Flask, caller: Caller) -> None:
    record(in_app, caller, *(click(when) for when in ("01:00", "01:20", "03:00", "03:10")))
    recount()
    person = learners.key_of("hoa")
    assert learners.placed_seconds(person) == 0
    assert learners.refused_reasons(person) == {}
    assert readings.set_reading(caller.provider_id, Reading.GAPS).changed
    assert not readings.set_reading(caller.provider_id, Reading.GAPS).changed
    count_all()
    assert learners.placed_seconds(person) == 30 * 60
    learners.assert_ledger_is_right()
    readings.set_reading(caller.provider_id, Reading.PLAIN)
    count_all()
    assert learners.placed_seconds(person) == 0
    learners.assert_ledger_is_right()
    with pytest.raises(Unknown):
        readings.set_reading(10**6, Reading.GAPS)


def test_a_course_says_for_itself_how_its_time_is_read(in_app: Flask, caller: Caller) -> None:
    other = COURSE + "-2"
    header = learners.HEADER + ",reading"
    line = f"{caller.provider_id},K2,Khóa 2,{other},prefix,other,,,measured,,,,,Gaps"
    assert courses.import_courses(f"{header}\n{line}\n".encode()).errors == []
    record(
        in_app, caller, *(click(when, other) for when in ("01:00", "01:20")), click("05:00"), click("05:20")
    )
    count_all()
    assert learners.placed_seconds(learners.key_of("hoa")) == 20 * 60
    wrong = courses.import_courses(f"{header}\n{line.replace('Gaps', 'guess')}\n".encode())
    assert [(error.column, error.rule) for error in wrong.errors] == [("reading", "one-of")]


def test_a_check_says_how_time_would_be_read(in_app: Flask, caller: Caller) -> None:
    batch = [
        studied("hoa", "2026-10-01T01:00:00Z", "PT1H"),
        in_cmi5("terminated", "01T01:21", "PT20M"),
        click("02:00"),
    ]
    answers = checking.check(batches.read(json.dumps(batch).encode(), version="1.0.3"), caller, "1.0.3")
    assert [answer["reading"] for answer in answers if isinstance(answer, dict)] == ["plain", "cmi5", "plain"]


def test_a_barred_identifier_is_told_so_until_it_is_free_again(in_app: Flask, caller: Caller) -> None:
    record(in_app, caller, studied("hoa", "2026-10-01T01:00:00Z", "PT1H"), click("02:00"))
    key = learners.key_of("hoa")
    bar = "INSERT INTO barred_actors (actor_key, reason, note, since_us) VALUES (?, ?, '', 1)"
    for statement, values, reasons in (
        (bar, (key, int(Reason.SHARED_ACCOUNT)), {Reason.SHARED_ACCOUNT: HOUR}),
        ("DELETE FROM barred_actors WHERE actor_key = ?", (key,), {}),
    ):
        with database.writing() as connection:
            dialects.change(connection, statement, values)
            due.mark(connection, horizon.take(connection, 1), [key])
        recount()
        assert learners.refused_reasons(key) == reasons
    assert learners.placed_seconds(key) == HOUR
