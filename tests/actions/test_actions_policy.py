"""The policy that the ledger is decided under: kept beside it, and everybody counted anew after a change."""

import json
import signal
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from lms_tracker.actions import catalogue, crediting, figures, policies, recounts
from lms_tracker.jobs import schedule
from lms_tracker.learning import policy_files
from lms_tracker.store import courses, database, due
from tests.actions import learners
from tests.actions.learners import add_course, provider, record, recount, studied

AN = "an"
# 23:00 to midnight in Hanoi, the afternoon in London and the next day in Auckland.
EVENING = "2026-10-01T17:00:00Z"
FIRST_OF_OCTOBER = 739_890


@pytest.fixture
def in_app(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


def kept() -> tuple[int, str]:
    with database.reading() as connection:
        return courses.kept_policy(connection)


def version() -> int:
    with database.reading() as connection:
        return courses.version(connection)


def pending(*names: str) -> list[bool]:
    with database.reading() as connection:
        return [recounts.is_pending(connection, [learners.key_of(name)]) for name in names]


def rules(**caps: object) -> bytes:
    """The shipped policy with other caps."""
    found = json.loads(policy_files.shipped())
    found["caps"].update(caps)
    return json.dumps(found).encode()


def days() -> set[int]:
    return {day for (_, day, _, _), seconds in learners.net(learners.key_of(AN)).items() if seconds}


def move_to(app: Flask, timezone: str) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], timezone=timezone)


def counted(app: Flask) -> None:
    """An hour of An's that was credited under the first policy."""
    catalogue.adopt_policy()
    caller = provider()
    add_course(caller)
    record(app, caller, studied(AN, EVENING, "PT1H"))
    recount()


def test_the_first_policy_is_kept_and_adopted_once(in_app: Flask) -> None:
    assert kept() == (0, "")
    assert catalogue.adopt_policy()
    assert kept() == (catalogue.FIRST_VERSION, "Asia/Ho_Chi_Minh")
    raised = version()
    assert not catalogue.adopt_policy()
    assert version() == raised


def test_i12_another_time_zone_moves_everybodys_hours_to_its_days(in_app: Flask) -> None:
    counted(in_app)
    assert days() == {FIRST_OF_OCTOBER}
    move_to(in_app, "Pacific/Auckland")
    assert catalogue.adopt_policy()
    assert pending(AN) == [True]
    recount()
    assert days() == {FIRST_OF_OCTOBER + 1}
    assert learners.placed_seconds(learners.key_of(AN)) == 3600
    learners.assert_ledger_is_right()


def test_another_version_of_the_policy_brings_everybody_back_and_tells_every_process(in_app: Flask) -> None:
    counted(in_app)
    raised = version()
    policies.adopt(policies.add(rules(day={"minutes": 30}), "shorter days", None), None)
    assert kept()[0] == 2
    assert version() == raised + 1
    assert pending(AN, "nobody") == [True, False]
    recount()
    assert pending(AN) == [False]
    assert learners.placed_seconds(learners.key_of(AN)) == 1800
    learners.assert_ledger_is_right()


def test_who_has_a_ledger_without_evidence_of_their_own_is_counted_anew_too(in_app: Flask) -> None:
    counted(in_app)
    with database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM evidence")
    move_to(in_app, "UTC")
    catalogue.adopt_policy()
    recount()
    assert learners.placed_seconds(learners.key_of(AN)) == 0


def test_what_was_decided_under_the_policy_before_is_not_written_after_a_change(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted(in_app)
    move_to(in_app, "Pacific/Auckland")
    decide = crediting._seen

    def adopted_after_reading(connection: object, persons: object) -> object:
        monkeypatch.setattr(crediting, "_seen", decide)
        move_to(in_app, "Asia/Ho_Chi_Minh")
        decided = decide(connection, persons)  # type: ignore[arg-type]
        move_to(in_app, "Pacific/Auckland")
        with in_app.app_context():
            catalogue.adopt_policy()
        return decided

    with database.writing() as connection:
        due.mark(connection, 1, [learners.key_of(AN)])
    monkeypatch.setattr(crediting, "_seen", adopted_after_reading)
    assert not crediting._recount([learners.key_of(AN)]).changed
    recount()
    assert days() == {FIRST_OF_OCTOBER + 1}
    learners.assert_ledger_is_right()


class _EndsAtOnce:
    """In the scheduler's place: notes what is kept by the time it would begin to count."""

    kept: tuple[int, str] | None = None

    def start(self) -> None:
        self.kept = kept()
        signal.raise_signal(signal.SIGTERM)

    def shutdown(self, wait: bool) -> None:
        assert wait


@pytest.fixture
def scheduler(monkeypatch: pytest.MonkeyPatch) -> Iterator[_EndsAtOnce]:
    found = _EndsAtOnce()
    monkeypatch.setattr(schedule, "scheduled", lambda _app: found)
    monkeypatch.setattr(schedule, "FIRST_PAUSE_SECONDS", 0.01)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield found
    for number, handler in before.items():
        signal.signal(number, handler)


def test_the_jobs_adopt_the_policy_before_they_count(in_app: Flask, scheduler: _EndsAtOnce) -> None:
    move_to(in_app, "UTC")
    schedule.run(in_app)
    assert scheduler.kept == (catalogue.FIRST_VERSION, "UTC")


def test_the_jobs_wait_for_a_database_that_does_not_answer_yet(
    in_app: Flask, scheduler: _EndsAtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    adopt, failures = catalogue.adopt_policy, iter([OSError("away"), OSError("away")])

    def fails_twice() -> bool:
        for failure in failures:
            raise failure
        return adopt()

    monkeypatch.setattr(catalogue, "adopt_policy", fails_twice)
    schedule.run(in_app)
    assert scheduler.kept == (catalogue.FIRST_VERSION, "Asia/Ho_Chi_Minh")


def test_marks_are_counted_no_further_than_anybody_wants_to_know(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(in_app, provider(), *(studied(f"hoc-vien-{n}", EVENING, "PT1H") for n in range(5)))
    assert figures.now()["credit_due_marks"][1] == 5
    monkeypatch.setattr(figures, "MOST_MARKS", 3)
    assert figures.now()["credit_due_marks"][1] == 3
