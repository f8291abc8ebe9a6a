"""Requests at a limited rate: 429 with Retry-After, for whom the limit is meant and nobody else."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from lms_tracker.actions import providers
from lms_tracker.actions.rates import Rates
from lms_tracker.config import Settings
from lms_tracker.store.rates import FileStorage
from tests.web.lrs_client import THROUGH, Lrs, basic, refusal_log, rows, statement

AGENT = '{"mbox": "mailto:lan@example.vn"}'
NOW = "2027-03-01T00:00:00Z"


@pytest.fixture(autouse=True)
def counts_are_the_test_s_own(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield
    app.extensions["lms_tracker.rates"].close()


def limit(lrs: Lrs, rate: str) -> None:
    with lrs.app.app_context():
        providers.limit(lrs.credential.key, rate=rate)


def use(app: Flask, **settings: str) -> None:
    """Count anew, under changed settings."""
    app.extensions["lms_tracker.rates"].close()
    app.extensions["lms_tracker.rates"] = Rates(replace(app.config["SETTINGS"], **settings))


def wrong(lrs: Lrs, **headers: str) -> TestResponse:
    return lrs.call("GET", headers={"Authorization": basic(lrs.credential.key, "wrong"), **headers})


def test_nothing_is_limited_or_counted_unless_it_is_set(lrs: Lrs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FileStorage, "incr", None)
    assert {lrs.get().status_code for _ in range(5)} == {200}
    assert {wrong(lrs).status_code for _ in range(5)} == {401}


def test_a_limited_credential_is_answered_429_until_its_time_is_over(lrs: Lrs, stranger: Lrs) -> None:
    limit(lrs, "3/minute")
    with time_machine.travel(NOW, tick=False) as clock:
        assert [lrs.post(statement()).status_code, lrs.get().status_code] == [200, 200]
        assert lrs.call("GET", "/api/v1/credit", agent=AGENT).status_code == 200
        before = rows(lrs.app)
        clock.shift(10.5)
        for answer in (
            lrs.post(statement()),
            lrs.put(statement()["id"], statement(id=None)),
            lrs.get(),
            lrs.call("GET", "/api/v1/credit", agent=AGENT),
            lrs.call("POST", "/api/v1/check", body=statement()),
        ):
            assert answer.status_code == 429
            assert answer.headers["Retry-After"] == "50"
            assert answer.json["faults"] == []
            assert "limit of 3/minute" in answer.json["error"]
            assert "50 seconds" in answer.json["error"]
        assert THROUGH in lrs.get().headers
        assert rows(lrs.app) == before
        assert refusal_log(lrs) == []
        # Its limit is nobody else's, and about is open to everybody.
        assert stranger.get().status_code == 200
        assert lrs.call("GET", "/xapi/about").status_code == 200
        clock.shift(49.5)
        assert lrs.get().status_code == 200


def test_a_limit_is_changed_from_the_next_request_on(lrs: Lrs) -> None:
    limit(lrs, "1/hour")
    assert [lrs.get().status_code for _ in range(2)] == [200, 429]
    limit(lrs, "none")
    assert lrs.get().status_code == 200
    limit(lrs, "2/hour")
    assert [lrs.get().status_code for _ in range(3)] == [200, 200, 429]


def test_a_credential_and_its_successor_by_rotation_are_counted_together(lrs: Lrs) -> None:
    limit(lrs, "3/minute")
    with time_machine.travel(NOW, tick=False):
        assert [lrs.get().status_code for _ in range(2)] == [200, 200]
        with lrs.app.app_context():
            successor = replace(lrs, credential=providers.rotate(lrs.credential.key, 3_600_000_000).new)
        assert [successor.get().status_code, successor.get().status_code] == [200, 429]
        assert lrs.get().status_code == 429


def test_of_several_limits_each_holds(lrs: Lrs) -> None:
    limit(lrs, "5/hour;2/second")
    with time_machine.travel(NOW, tick=False) as clock:
        assert [lrs.get().status_code for _ in range(3)] == [200, 200, 429]
        clock.shift(1)
        assert [lrs.get().status_code for _ in range(2)] == [200, 200]
        clock.shift(1)
        # What was too fast for the second did not count for the hour.
        assert [lrs.get().headers.get("Retry-After") for _ in range(2)] == [None, "3598"]


def test_a_setting_limits_every_credential_without_a_limit_of_its_own(lrs: Lrs, stranger: Lrs) -> None:
    use(lrs.app, rate_limit="2/hour")
    limit(stranger, "4/hour")
    assert [lrs.get().status_code for _ in range(3)] == [200, 200, 429]
    assert [stranger.get().status_code for _ in range(5)] == [200, 200, 200, 200, 429]


def test_who_comes_without_valid_credentials_is_slowed_by_address_and_locks_nobody_out(lrs: Lrs) -> None:
    use(lrs.app, refused_rate_limit="2/minute")
    with time_machine.travel(NOW, tick=False) as clock:
        assert [wrong(lrs).status_code for _ in range(2)] == [401, 401]
        clock.shift(1)
        for answer in (wrong(lrs), lrs.call("POST", body=statement(), headers={"Authorization": None})):
            assert answer.status_code == 429
            assert answer.headers["Retry-After"] == "59"
        # From the same address.
        assert lrs.get().status_code == 200
        # From another one.
        elsewhere = lrs.client.get("/xapi/statements", environ_base={"REMOTE_ADDR": "203.0.113.9"})
        assert elsewhere.status_code == 401
        clock.shift(59)
        assert wrong(lrs).status_code == 401


def test_of_ipv6_a_customer_s_whole_network_is_one_address(lrs: Lrs) -> None:
    use(lrs.app, refused_rate_limit="1/minute")
    answers = [
        lrs.client.get("/xapi/statements", environ_base={"REMOTE_ADDR": address}).status_code
        for address in ("2001:db8::1", "2001:db8:0:0:ffff::2", "2001:db8:0:1::1", "no address", "")
    ]
    assert answers == [401, 429, 401, 401, 401]


def test_who_comes_by_ipv4_to_a_socket_for_both_families_is_counted_alone(lrs: Lrs) -> None:
    use(lrs.app, refused_rate_limit="1/minute")
    answers = [
        lrs.client.get("/xapi/statements", environ_base={"REMOTE_ADDR": address}).status_code
        for address in ("::ffff:203.0.113.9", "::ffff:198.51.100.7", "203.0.113.9", "::ffff:198.51.100.7")
    ]
    assert answers == [401, 401, 429, 429]


def test_what_cannot_be_counted_goes_on_and_is_said_once(lrs: Lrs, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"no database" * 1000)
    use(lrs.app, rate_limit="1/hour", rate_limit_storage=f"file://{broken}")
    with structlog.testing.capture_logs() as lines:
        assert [lrs.get().status_code for _ in range(3)] == [200, 200, 200]
    (line,) = [line for line in lines if line["log_level"] == "warning"]
    assert line["kind"] == sqlite3.DatabaseError.__name__


def test_counts_may_be_each_process_s_own(lrs: Lrs) -> None:
    use(lrs.app, rate_limit="1/hour", rate_limit_storage="memory://")
    assert [lrs.get().status_code for _ in range(2)] == [200, 429]


@pytest.mark.parametrize("settings", [Settings(), Settings(rate_limit="600/minute")])
def test_the_application_starts_without_touching_the_counts(settings: Settings) -> None:
    assert Rates(settings)._storage is None
