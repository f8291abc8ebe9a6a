"""Evidence read again from stored statements, on both databases."""

from collections.abc import Iterator

import pytest
from flask import Flask

from lms_tracker.actions import rederiving
from lms_tracker.store import database, due, evidence
from tests.actions import learners
from tests.actions.learners import add_course, agent, provider, record, recount, studied

CMI5 = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
SESSION = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"
HOUR = 3600


@pytest.fixture
def in_app(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


def session(verb: str, end: str, duration: str | None) -> dict[str, object]:
    context = {
        "registration": "f3b1c6a2-6f0e-4b0c-9c55-5b0e0a1d2c3b",
        "contextActivities": {"category": [{"id": CMI5}]},
        "extensions": {SESSION: "phiên 1"},
    }
    return studied(
        "an", end, duration, context=context, verb={"id": f"http://adlnet.gov/expapi/verbs/{verb}"}
    )


def rows() -> list[tuple[object, ...]]:
    with database.reading() as connection:
        found = connection.exec_driver_sql("SELECT * FROM evidence ORDER BY actor_key, statement_id").all()
    return [tuple(row) for row in found]


def as_before_this_version() -> None:
    """What the version before kept: no presence, and nothing of profiles."""
    with database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM evidence WHERE start_s IS NULL")
        connection.exec_driver_sql(
            "UPDATE evidence SET profile = 0, role = 0, session = NULL, segments = NULL"
        )


def test_evidence_is_read_again_as_it_was_read_when_it_came_and_credit_follows(in_app: Flask) -> None:
    caller = provider()
    add_course(caller)
    record(in_app, caller, session("initialized", "2026-10-01T08:00:00Z", None))
    record(in_app, caller, session("completed", "2026-10-01T08:30:00Z", "PT2H"))
    record(in_app, caller, session("terminated", "2026-10-01T09:00:00Z", "PT1H"))
    group = {"objectType": "Group", "member": [agent("an"), agent("binh")]}
    record(in_app, caller, studied("", "2026-10-02T09:00:00Z", "PT1H", actor=group))
    timeless = studied("an", "", "PT20M")
    del timeless["timestamp"]
    record(in_app, caller, timeless)
    recount()
    came = rows()
    person = learners.key_of("an")
    assert learners.placed_seconds(person) == 2 * HOUR

    as_before_this_version()
    rederived = rederiving.rederive()
    assert rederived == rederiving.Rederived(5, 1, False)
    assert rows() == came
    recount()
    assert learners.placed_seconds(person) == 2 * HOUR
    learners.assert_ledger_is_right()


def test_what_is_as_it_was_marks_nobody(in_app: Flask) -> None:
    caller = provider()
    record(in_app, caller, studied("an", "2026-10-01T09:00:00Z", "PT1H"))
    recount()
    assert rederiving.rederive() == rederiving.Rederived(1, 0, False)
    with database.reading() as connection:
        assert due.waiting(connection, 10) == []


def test_an_interrupted_run_goes_on_where_it_stopped(in_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    caller = provider()
    add_course(caller)
    for hour in range(6):
        record(in_app, caller, session("terminated", f"2026-10-01T0{hour}:00:00Z", "PT10M"))
    came = rows()
    as_before_this_version()
    monkeypatch.setattr(rederiving, "STATEMENTS_AT_ONCE", 2)

    def killed(done: int, total: int) -> None:
        assert (done, total) <= (4, 6)
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rederiving.rederive(killed)
    with database.reading() as connection:
        assert evidence.rederived_to(connection) > 0
    assert rederiving.rederive() == rederiving.Rederived(2, 1, True)
    assert rows() == came
    with database.reading() as connection:
        assert evidence.rederived_to(connection) == 0


def test_long_statements_are_read_few_at_a_time(in_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    caller = provider()
    record(in_app, caller, *(studied("an", f"2026-10-01T0{n}:00:00Z", "PT1M") for n in range(5)))
    monkeypatch.setattr(rederiving, "BYTES_AT_ONCE", 10)
    parts: list[int] = []
    rederiving.rederive(lambda done, total: parts.append(done))
    assert parts == [1, 2, 3, 4, 5]
