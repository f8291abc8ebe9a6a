"""The short way past Flask: nobody can tell from an answer which way their request went."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from lms_tracker.actions import clock, providers
from lms_tracker.store import credentials, database, dialects
from tests.web.lrs_client import STATEMENTS, VERSION, Lrs, basic, statement

# A request that names itself goes the long way.
LONG = {"X-Request-ID": "a-request-of-the-test"}
OWN = {"X-Request-ID", "X-Experience-API-Consistent-Through"}


@pytest.fixture
def warm(lrs: Lrs) -> Lrs:
    """A door at which a request went the long way already, and showed the headers of a success."""
    with lrs.post(statement()) as answer:
        assert answer.status_code == 200
    return lrs


@pytest.fixture
def through_flask(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows with every request that Flask answers."""
    seen: list[int] = []
    answer = app.full_dispatch_request

    def noted(*given: Any) -> Any:
        seen.append(1)
        return answer(*given)

    monkeypatch.setattr(app, "full_dispatch_request", noted)
    return seen


def told(answer: TestResponse) -> set[tuple[str, str]]:
    return {(name, value) for name, value in answer.headers if name not in OWN}


def ids(answer: TestResponse) -> list[str]:
    data = answer.data if "Content-Encoding" not in answer.headers else gzip.decompress(answer.data)
    found: list[str] = json.loads(data)
    return found


def lines_of_the_log(lrs: Lrs) -> int:
    with lrs.app.app_context(), database.reading() as connection:
        return int(dialects.rows(connection, "SELECT count(*) FROM refusals", ())[0][0])


@pytest.mark.parametrize("coding", [None, "gzip", "identity", "gzip;q=0"])
@pytest.mark.parametrize("version", ["1.0.3", "1.0.0", "2.0.0"])
@pytest.mark.parametrize("count", [None, 1, 60])
def test_a_success_bears_the_same_headers_on_both_ways(
    warm: Lrs, through_flask: list[int], version: str, count: int | None, coding: str | None
) -> None:
    body: Any = statement() if count is None else [statement() for _ in range(count)]
    of_version = warm.speaking(version)
    short = of_version.post(body, **{"Accept-Encoding": coding})
    assert through_flask == []
    long = of_version.post(body, **{"Accept-Encoding": coding}, **LONG)
    assert through_flask == [1]
    assert short.status_code == long.status_code == 200
    assert told(short) == told(long)
    assert all(short.headers.get(name) for name in OWN)
    assert ("Content-Encoding" in short.headers) == (coding == "gzip" and count == 60)
    assert len(ids(short)) == len(ids(long)) == (count or 1)


def test_what_came_the_short_way_is_stored_and_found(warm: Lrs, through_flask: list[int]) -> None:
    ids = warm.stored([statement(), statement()])
    assert through_flask == []
    assert [warm.get(statementId=each).get_json()["id"] for each in ids] == ids


REFUSED: dict[str, Any] = {
    "no JSON": b"{",
    "no statement": {"actor": {}},
    "a property twice": b'{"actor": {"mbox": "mailto:a@b.vn", "mbox": "mailto:a@b.vn"}}',
    "nothing at all": b"",
    "a nested list": [[statement()]],
    "an unsigned signature": statement(
        attachments=[
            {
                "usageType": "http://adlnet.gov/expapi/attachments/signature",
                "display": {"vi": "chữ ký"},
                "contentType": "application/octet-stream",
                "length": 3,
                "sha2": "a" * 64,
            }
        ]
    ),
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=list(REFUSED))
def test_a_refusal_is_the_same_on_both_ways_and_noted_once(
    warm: Lrs, through_flask: list[int], body: Any
) -> None:
    long, lines_long = warm.post(body, **LONG), lines_of_the_log(warm)
    short = warm.post(body)
    assert (short.status_code, short.data) == (long.status_code, long.data)
    assert 400 <= short.status_code < 500
    assert told(short) == told(long)
    assert lines_of_the_log(warm) == 2 * lines_long
    assert lines_long >= 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": None},
        {"Authorization": "Basic %%%"},
        {"Authorization": basic("nobody", "knows")},
        {VERSION: None},
        {VERSION: "0.9"},
        {"Content-Type": "text/plain"},
        {"Content-Encoding": "br"},
    ],
)
def test_a_request_that_may_not_enter_is_answered_as_ever(warm: Lrs, headers: dict[str, str | None]) -> None:
    long, short = warm.post(statement(), **{**LONG, **headers}), warm.post(statement(), **headers)
    assert short.status_code >= 400
    assert (short.status_code, short.data, told(short)) == (long.status_code, long.data, told(long))


def test_a_conflict_is_refused_once_and_changes_nothing(warm: Lrs) -> None:
    first = statement()
    (own,) = warm.stored(first)
    answer = warm.post({**first, "id": own, "verb": {"id": "https://hoc.example.vn/khac"}})
    assert answer.status_code == 409
    assert warm.get(statementId=own).get_json()["verb"] == first["verb"]


def test_a_body_that_breaks_off_stores_nothing(warm: Lrs, through_flask: list[int]) -> None:
    held = warm.credential
    answer = warm.client.post(
        STATEMENTS,
        data=b"[]",
        headers={VERSION: warm.version, "Authorization": basic(held.key, held.secret)},
        content_type="application/json",
        environ_overrides={"CONTENT_LENGTH": "900"},
    )
    assert answer.status_code == 400
    assert through_flask == [1]


def test_a_limited_credential_is_counted_once_for_each_request(warm: Lrs) -> None:
    with warm.app.app_context():
        providers.limit(warm.credential.key, rate="3/minute")
    assert [warm.post(statement()).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_a_credential_that_was_revoked_is_refused_on_the_next_request(warm: Lrs) -> None:
    with warm.app.app_context():
        providers.revoke(warm.credential.key)
    assert warm.post(statement()).status_code == 401


def test_who_posted_before_is_not_looked_up_again(warm: Lrs, monkeypatch: pytest.MonkeyPatch) -> None:
    warm.stored(statement())
    asked: list[str] = []
    monkeypatch.setattr(providers, "credential_of", lambda *given: asked.append("asked"))
    assert warm.post(statement()).status_code == 200
    assert asked == []


@pytest.mark.parametrize("change", ["revoked", "expired", "suspended"])
def test_what_a_process_remembers_of_a_credential_ends_with_the_change_of_another_process(
    warm: Lrs, through_flask: list[int], change: str
) -> None:
    kept = warm.stored(statement())
    assert through_flask == []
    with warm.app.app_context(), database.writing() as connection:
        found = credentials.by_key(connection, warm.credential.key)
        assert found is not None
        if change == "revoked":
            credentials.revoke(connection, found.id, 1)
        elif change == "expired":
            credentials.expire(connection, found.id, 1)
        else:
            credentials.approve(connection, found.provider_id, False)
    with warm.post(statement()) as answer:
        assert answer.status_code == 401
    with warm.app.app_context(), database.reading() as connection:
        assert dialects.rows(connection, "SELECT count(*) FROM statements", ()) == [(1 + len(kept),)]


def test_a_limit_that_is_given_to_a_remembered_credential_holds_from_the_next_request_on(warm: Lrs) -> None:
    warm.stored(statement())
    with warm.app.app_context():
        providers.limit(warm.credential.key, daily="1")
    assert [warm.post(statement()).status_code for _ in range(2)] == [200, 429]


def test_a_remembered_credential_ends_when_its_time_does(warm: Lrs) -> None:
    with warm.app.app_context(), database.writing() as connection:
        found = credentials.by_key(connection, warm.credential.key)
        assert found is not None
        credentials.expire(connection, found.id, clock.now_us() + 3_600_000_000)
    # The first finds that credentials have changed, the second looks it up anew.
    warm.stored(statement())
    warm.stored(statement())
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=2)):
        assert warm.post(statement()).status_code == 401
