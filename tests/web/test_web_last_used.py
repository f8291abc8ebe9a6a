"""When a credential was last used: written after the answer, now and then, at nobody's cost."""

from __future__ import annotations

import threading

import time_machine

from lms_tracker.actions import uses
from lms_tracker.actions.uses import Uses
from lms_tracker.store import credentials, database, dialects
from tests.web.lrs_client import Lrs, basic, statement

NOW = "2027-03-01T00:00:00Z"
NOW_US = 1_803_859_200_000_000


def last_used(lrs: Lrs) -> int | None:
    with lrs.app.app_context(), database.reading() as connection:
        found = credentials.by_key(connection, lrs.credential.key)
    assert found is not None
    return found.last_used_us


def test_a_use_is_written_after_the_answer_and_again_after_five_minutes(lrs: Lrs, stranger: Lrs) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        answer = lrs.get()
        assert last_used(lrs) is None
        answer.close()
        assert last_used(lrs) == NOW_US
        clock.shift(299)
        lrs.post(statement()).close()
        assert last_used(lrs) == NOW_US
        clock.shift(1)
        lrs.call("GET", "/api/v1/credit").close()
        assert last_used(lrs) == NOW_US + 300_000_000
        assert last_used(stranger) is None


def test_a_wrong_secret_is_no_use(lrs: Lrs) -> None:
    lrs.call("GET", headers={"Authorization": basic(lrs.credential.key, "wrong")}).close()
    assert last_used(lrs) is None


def test_while_another_writes_the_use_waits_and_the_request_does_not(lrs: Lrs) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        with lrs.app.app_context(), database.writing() as connection:
            dialects.change(connection, "UPDATE credentials SET key = key", ())
            begun.set()
            may_end.wait(20)

    other = threading.Thread(target=hold)
    other.start()
    assert begun.wait(20)
    try:
        answer = lrs.get()
        assert answer.status_code == 200
        answer.close()
        assert last_used(lrs) is None
    finally:
        may_end.set()
        other.join()
    if lrs.app.extensions["lms_tracker.turns"] is None:
        # On PostgreSQL the row was passed by; it comes again when its time has come.
        lrs.app.extensions["lms_tracker.uses"] = Uses()
    lrs.get().close()
    assert last_used(lrs) is not None


def test_a_use_never_goes_back_and_is_written_once_by_many(lrs: Lrs) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        lrs.get().close()
        with lrs.app.app_context(), database.writing() as connection:
            found = credentials.by_key(connection, lrs.credential.key)
            assert found is not None
            credentials.used(connection, found.id, NOW_US - 1)
        assert last_used(lrs) == NOW_US
        clock.shift(301)
        threads = [threading.Thread(target=lambda: lrs.get().close()) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        # Where each of them found the writer busy, the next request writes it.
        lrs.get().close()
        assert last_used(lrs) == NOW_US + 301_000_000


def test_a_database_that_refuses_does_not_harm_the_answer_and_is_asked_again_later(
    lrs: Lrs, monkeypatch
) -> None:
    calls = []

    def refuse(*_: object) -> None:
        calls.append(1)
        raise uses.UNAVAILABLE[0]("away", None, Exception())

    with time_machine.travel(NOW, tick=False) as clock:
        with monkeypatch.context() as broken:
            broken.setattr(credentials, "used", refuse)
            for _ in range(3):
                answer = lrs.get()
                answer.close()
                assert answer.status_code == 200
        assert len(calls) == 1
        clock.shift(300)
        lrs.get().close()
        assert last_used(lrs) == NOW_US + 300_000_000
