"""How many new statements a credential may store in a local day: to the last one, whoever sends at once."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from lms_tracker.actions import providers, quotas, refusals
from lms_tracker.actions.quotas import Quotas
from lms_tracker.actions.rights import Caller
from lms_tracker.actions.terms import Terms
from lms_tracker.store import database, dialects
from tests import databases
from tests.web.lrs_client import COMPLETED, KEPT, Lrs, refusal_log, rows, statement

# In Asia/Ho_Chi_Minh 23:00:00, an hour before midnight.
EVENING = "2027-03-01T16:00:00Z"


@pytest.fixture(autouse=True)
def nothing_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "_quota_said", {})


def limit(lrs: Lrs, daily: int | str) -> None:
    with lrs.app.app_context():
        providers.limit(lrs.credential.key, daily=str(daily))


def counted(lrs: Lrs) -> list[int]:
    """The counts of all credentials, by day."""
    with lrs.app.app_context(), database.reading() as connection:
        found = dialects.rows(
            connection, "SELECT statements FROM credential_days ORDER BY credential_id, day", ()
        )
        return [row[0] for row in found]


def batch(count: int) -> list[dict[str, Any]]:
    return [statement() for _ in range(count)]


def test_a_quota_is_used_to_its_end_and_then_refuses_whole_requests_until_midnight(lrs: Lrs) -> None:
    limit(lrs, 5)
    with time_machine.travel(EVENING, tick=False) as clock:
        lrs.stored(batch(3))
        before = rows(lrs.app, *KEPT)
        answer = lrs.post(batch(3))
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "3600"
        (fault,) = answer.json["faults"]
        assert (fault["index"], fault["rule"], fault["got"]) == (None, "quota", "3 more")
        assert "at most 5 new statements a day" in answer.json["error"]
        assert rows(lrs.app, *KEPT) == before
        lrs.stored(batch(2))
        clock.shift(1800)
        assert lrs.put(statement()["id"], statement(id=None)).headers["Retry-After"] == "1800"
        assert lrs.get().status_code == 200
        clock.shift(1799)
        assert lrs.post(statement()).headers["Retry-After"] == "1"
        clock.shift(1)
        lrs.stored(batch(5))
        assert lrs.post(statement()).status_code == 429
    assert counted(lrs) == [5, 5]


def test_a_request_that_fits_into_no_day_is_not_told_to_wait_for_one(lrs: Lrs) -> None:
    limit(lrs, 2)
    before = rows(lrs.app, *KEPT)
    sent = batch(3)
    answer = lrs.post(sent)
    assert answer.status_code == 413
    assert "Retry-After" not in answer.headers
    (fault,) = answer.json["faults"]
    assert (fault["index"], fault["rule"], fault["got"]) == (None, "quota-smaller-than-batch", "3 more")
    assert rows(lrs.app, *KEPT) == before
    lrs.stored(sent[:1])
    # Of what is sent again only the new ones count.
    lrs.stored(sent[:2])
    assert lrs.post(batch(2)).status_code == 429


def test_counts_of_days_that_are_long_over_are_forgotten(lrs: Lrs) -> None:
    limit(lrs, 5)
    with time_machine.travel(EVENING, tick=False) as clock, lrs.app.app_context():
        lrs.stored(batch(1))
        clock.shift(86_400)
        lrs.stored(batch(2))
        clock.shift((quotas.DAYS_KEPT - 1) * 86_400)
        assert quotas.drop_old() == 0
        clock.shift(86_400)
        assert quotas.drop_old() == 1
        assert counted(lrs) == [2]


def test_what_was_stored_before_does_not_count_again(lrs: Lrs) -> None:
    limit(lrs, 4)
    sent = batch(3)
    lrs.stored(sent)
    assert lrs.stored(sent) == [one["id"] for one in sent]
    lrs.stored([*sent, statement()])
    assert counted(lrs) == [4]
    # The quota is used up, and a repeat is still a success.
    lrs.stored(sent)
    assert lrs.put(sent[0]["id"], sent[0]).status_code == 204
    assert lrs.post([*sent, statement()]).status_code == 429
    assert counted(lrs) == [4]


def test_a_refused_request_uses_nothing_of_the_quota(lrs: Lrs) -> None:
    limit(lrs, 2)
    given = statement()
    lrs.stored(given)
    assert lrs.post([statement(), {**given, "verb": {"id": COMPLETED}}]).status_code == 409
    assert lrs.post([statement(), statement(verb=None)]).status_code == 400
    lrs.stored(statement())
    assert counted(lrs) == [2]


def test_a_quota_is_one_credential_s_own_and_nothing_is_counted_without_one(lrs: Lrs, stranger: Lrs) -> None:
    stranger.stored(batch(3))
    assert counted(lrs) == []
    limit(lrs, 1)
    lrs.stored(statement())
    assert lrs.post(statement()).status_code == 429
    stranger.stored(batch(3))
    with lrs.app.app_context():
        further = providers.add_credential(lrs.provider)
    Lrs(lrs.app, lrs.client, further).stored(batch(2))
    limit(lrs, "none")
    lrs.stored(batch(2))
    assert counted(lrs) == [1]
    # What was stored while there was no quota does not count for the one that comes.
    limit(lrs, 2)
    lrs.stored(statement())
    assert lrs.post(statement()).status_code == 429


def test_the_provider_s_log_tells_of_it_once_and_not_with_every_request(lrs: Lrs) -> None:
    limit(lrs, 1)
    with time_machine.travel(EVENING, tick=False) as clock:
        for _ in range(5):
            lrs.post(statement())
        assert refusal_log(lrs) == [(None, "", "quota", "1 more")]
        assert lrs.post(statement(verb=None)).status_code == 400
        assert [line[2] for line in refusal_log(lrs)][1:] != ["quota"]
        lines = len(refusal_log(lrs))
        clock.shift(3600)
        assert [lrs.post(statement()).status_code for _ in range(2)] == [200, 429]
        assert len(refusal_log(lrs)) == lines + 1


@pytest.mark.parametrize("size", [1, 3])
def test_i2_a_quota_is_exact_with_many_threads_and_two_processes_applications(lrs: Lrs, size: int) -> None:
    limit(lrs, 20)
    statuses: list[int] = []
    with databases.application(lrs.app.config["SETTINGS"]) as other:
        ways = [Lrs(app, app.test_client(), lrs.credential) for app in (lrs.app, other) for _ in range(4)]

        def send(way: Lrs) -> None:
            statuses.extend(way.post(batch(size)).status_code for _ in range(6))

        threads = [threading.Thread(target=send, args=(way,)) for way in ways]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    stored = 20 // size
    assert Counter(statuses) == {200: stored, 429: 48 - stored}
    assert rows(lrs.app, "statements")["statements"] == stored * size
    assert counted(lrs) == [stored * size]


def test_i2_the_same_batch_sent_by_many_at_once_counts_once(lrs: Lrs) -> None:
    limit(lrs, 3)
    sent = batch(3)
    statuses: list[int] = []
    threads = [threading.Thread(target=lambda: statuses.append(lrs.post(sent).status_code)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 8
    assert counted(lrs) == [3]


def test_keys_of_one_line_of_rotations_share_one_count(lrs: Lrs) -> None:
    limit(lrs, 5)
    lrs.stored(batch(2))
    keys = [lrs]
    for _ in range(2):
        with lrs.app.app_context():
            made = providers.rotate(keys[-1].credential.key, 3_600_000_000).new
        keys.append(Lrs(lrs.app, lrs.client, made))
    for key in keys:
        key.stored(statement())
    assert [key.post(statement()).status_code for key in keys] == [429, 429, 429]
    assert counted(lrs) == [5]
    with lrs.app.app_context():
        # A key made beside them has a count of its own, and a limit is each key's.
        further = providers.add_credential(lrs.provider, Terms(daily_statements=1))
        providers.limit(keys[2].credential.key, daily="6")
    Lrs(lrs.app, lrs.client, further).stored(statement())
    assert lrs.post(statement()).status_code == 429
    keys[2].stored(statement())
    assert counted(lrs) == [6, 1]


def test_i2_two_keys_of_a_rotation_that_send_at_once_use_one_quota(lrs: Lrs) -> None:
    limit(lrs, 10)
    with lrs.app.app_context():
        made = providers.rotate(lrs.credential.key, 3_600_000_000).new
    statuses: list[int] = []

    def send(credential: providers.NewCredential) -> None:
        way = Lrs(lrs.app, lrs.app.test_client(), credential)
        statuses.extend(way.post(statement()).status_code for _ in range(4))

    threads = [threading.Thread(target=send, args=(key,)) for key in (lrs.credential, made) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(statuses) == {200: 10, 429: 6}
    assert counted(lrs) == [10]


@given(st.integers(1, 50), st.lists(st.integers(0, 20), max_size=20))
def test_never_more_than_the_quota_is_let_through_and_nothing_that_fits_is_refused(
    most: int, requests: list[int]
) -> None:
    caller = Caller(1, 1, frozenset(), daily_statements=most)
    found = Quotas(day=1, seconds_left=60, before={1: 1}, now={})
    stored = 1
    for count in requests:
        refused = found.take(caller, count)
        assert (refused is None) == (count == 0 or stored + count <= most)
        stored += 0 if refused else count
    assert found.now.get(1, 0) == stored - 1


def test_today_is_the_local_day(lrs: Lrs) -> None:
    with lrs.app.app_context(), time_machine.travel("2027-03-01T17:00:00Z", tick=False):
        tomorrow = quotas.today()
        with time_machine.travel("2027-03-01T16:59:59Z", tick=False):
            assert quotas.today() == tomorrow - 1
