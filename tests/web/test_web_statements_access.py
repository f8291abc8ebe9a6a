"""Who may speak at the LRS door, in which version, and what it says of itself."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from flask import Flask

from lms_tracker.actions import clock
from lms_tracker.store import database, dialects
from tests import databases
from tests.web.lrs_client import (
    STATEMENTS,
    THROUGH,
    VERSION,
    Lrs,
    basic,
    new_lrs,
    refusal_log,
    rows,
    statement,
    voiding,
)

DOORS = [("POST", STATEMENTS), ("PUT", STATEMENTS), ("GET", STATEMENTS)]
API = [("GET", "/api/v1/credit"), ("POST", "/api/v1/check")]


def encoded(text: bytes) -> str:
    return "Basic " + base64.b64encode(text).decode()


WRONG = {
    "none": None,
    "empty": "",
    "another scheme": "Bearer abc",
    "no credentials": "Basic",
    "no base64": "Basic !!!",
    "no colon": encoded(b"key"),
    "unknown": encoded(b"key:secret"),
    "no UTF-8": encoded(b"\xff:\xfe"),
    "NUL": encoded(b"\0:\0"),
    "very long": encoded(b"k" * 50_000 + b":" + b"s" * 50_000),
}


@pytest.mark.parametrize("authorization", WRONG.values(), ids=WRONG.keys())
def test_wrong_credentials_are_401_with_a_challenge_and_nothing_is_stored(
    lrs: Lrs, authorization: str | None
) -> None:
    for method, path in DOORS + API:
        answer = lrs.call(method, path, body=statement(), headers={"Authorization": authorization})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="xAPI", charset="UTF-8"'
        assert "Authorization" in answer.json["error"]
    assert not any(rows(lrs.app).values())
    assert refusal_log(lrs) == []


def test_a_right_key_with_a_wrong_secret_or_that_of_another_is_401(lrs: Lrs, stranger: Lrs) -> None:
    for secret in (
        "",
        "x",
        lrs.credential.secret + "x",
        lrs.credential.secret[:-1],
        stranger.credential.secret,
    ):
        headers = {"Authorization": basic(lrs.credential.key, secret)}
        assert lrs.call("GET", headers=headers).status_code == 401


@pytest.mark.parametrize("change", ["revoked_us = ?", "expires_us = ?"])
def test_a_credential_that_was_revoked_or_is_over_is_401_at_once(lrs: Lrs, change: str) -> None:
    assert lrs.get().status_code == 200
    with lrs.app.app_context(), database.writing() as connection:
        dialects.change(
            connection, f"UPDATE credentials SET {change} WHERE key = ?", (clock.now_us(), lrs.credential.key)
        )
    assert lrs.get().status_code == 401
    assert lrs.post(statement()).status_code == 401


def test_the_secret_is_nowhere_in_the_database(lrs: Lrs) -> None:
    with lrs.app.app_context(), database.reading() as connection:
        kept = dialects.rows(connection, "SELECT * FROM credentials", ())
    assert lrs.credential.key in repr(kept)
    assert lrs.credential.secret not in repr(kept)


SCOPES = {
    "statements/write": (200, 403, 403),
    "statements/read/mine": (403, 200, 403),
    "statements/read": (403, 200, 200),
    "all/read": (403, 200, 200),
    "all": (200, 200, 200),
    "state": (403, 403, 403),
    "define": (403, 403, 403),
    "profile": (403, 403, 403),
}


@pytest.mark.parametrize(("scope", "answers"), SCOPES.items(), ids=SCOPES.keys())
def test_a_scope_allows_what_the_specification_says_and_nothing_more(
    lrs: Lrs, app: Flask, scope: str, answers: tuple[int, int, int]
) -> None:
    (others,) = lrs.stored(statement())
    counts = rows(app)
    writes, reads, sees_others = answers
    limited = new_lrs(app, "Có giới hạn", [scope])
    assert limited.post(statement()).status_code == writes
    assert limited.put(statement()["id"], statement(id=None)).status_code == (204 if writes == 200 else 403)
    if writes == 403:
        assert rows(app) == counts
        answer = limited.post(statement())
        assert "statements/write" in answer.json["error"]
        (fault,) = answer.json["faults"]
        assert (fault["rule"], fault["got"]) == ("scope", scope)
    found = limited.get()
    assert found.status_code == reads
    seen = reads == 200 and others in limited.found()
    assert seen == (sees_others == 200)


def test_a_provider_finds_in_its_log_that_a_scope_was_missing(app: Flask) -> None:
    limited = new_lrs(app, "Có giới hạn", ["state", "profile"])
    limited.post(statement())
    limited.put(statement()["id"], statement(id=None))
    limited.get()
    assert refusal_log(limited) == [(None, "", "scope", "profile, state")] * 2
    # The other door answers as ever, and notes nothing.
    answer = limited.call("POST", "/api/v1/check", body=statement())
    assert (answer.status_code, answer.json["faults"]) == (403, [])
    assert len(refusal_log(limited)) == 2


def test_a_writer_without_scope_all_may_not_void_what_it_may_only_read(lrs: Lrs, app: Flask) -> None:
    (target,) = lrs.stored(statement())
    reader = new_lrs(app, "Người xem", ["statements/write", "all/read"])
    assert reader.post(voiding(target)).status_code == 403


@pytest.mark.parametrize(
    "version",
    [
        None,
        "",
        " ",
        "0.9",
        "0.95",
        "1",
        "1.1",
        "1.1.0",
        "2",
        "2.1.0",
        "3.0.0",
        "x",
        "1.0.3, 2.0.0",
        "1.0.3;",
        "é",
    ],
)
def test_a_missing_or_wrong_version_is_400_and_nothing_is_stored(lrs: Lrs, version: str | None) -> None:
    for method, path in DOORS:
        answer = lrs.call(method, path, body=statement(), headers={VERSION: version})
        assert answer.status_code == 400
        (fault,) = answer.json["faults"]
        assert (fault["path"], fault["rule"]) == (VERSION, "version")
        assert answer.headers[VERSION] == "2.0.0"
        assert THROUGH in answer.headers
    assert not any(rows(lrs.app).values())


@pytest.mark.parametrize("default", ["1.0.3", "2.0.0"])
def test_the_version_of_that_refusal_is_a_setting(lrs: Lrs, default: str) -> None:
    settings = replace(lrs.app.config["SETTINGS"], xapi_default_version=default)
    with databases.application(settings) as app:
        there = replace(lrs, app=app, client=app.test_client())
        answer = there.call("GET", headers={VERSION: None})
        assert answer.status_code == 400
        assert answer.headers[VERSION] == default
        assert there.call("GET", "/xapi/nothing", headers={VERSION: None}).headers[VERSION] == default
        # What a request names itself goes before the setting.
        assert there.speaking("1.0.3").get().headers[VERSION] == "1.0.3"
        assert there.speaking("2.0.0").get().headers[VERSION] == "2.0.0"


VERSIONS = {
    "1.0": "1.0.3",
    "1.0.0": "1.0.3",
    "1.0.2": "1.0.3",
    "1.0.3": "1.0.3",
    "1.0.99": "1.0.3",
    "2.0": "2.0.0",
    "2.0.0": "2.0.0",
    "2.0.1": "2.0.0",
}


@pytest.mark.parametrize(("asked", "answered"), VERSIONS.items(), ids=VERSIONS.keys())
def test_every_answer_names_the_newest_patch_of_the_version_that_was_asked_for(
    lrs: Lrs, asked: str, answered: str
) -> None:
    lrs = lrs.speaking(asked)
    answers = [lrs.post(statement()), lrs.get(), lrs.get(limit="x"), lrs.post(b"{"), lrs.call("HEAD")]
    assert {answer.headers[VERSION] for answer in answers} == {answered}


def test_what_only_2_0_knows_is_refused_in_a_request_of_1_0_3(lrs: Lrs) -> None:
    lan = {"mbox": "mailto:lan@example.vn"}
    newer = statement(context={"contextAgents": [{"objectType": "contextAgent", "agent": lan}]})
    assert lrs.post(newer).json["faults"][0]["path"] == "context.contextAgents"
    assert lrs.speaking("2.0.0").stored(newer) == [newer["id"]]
    # A statement of 2.0 goes to a reader of 1.0.3 unconverted (IEEE 9274.1.1).
    assert lrs.one(newer["id"])["context"] == newer["context"]


@pytest.mark.parametrize(
    ("version", "told"),
    [
        (None, ["1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0"]),
        ("2.0.0", ["1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0"]),
        ("1.0.3", ["1.0.0", "1.0.1", "1.0.2", "1.0.3"]),
        ("0.9", ["1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0"]),
    ],
)
def test_about_is_open_to_everybody_and_tells_1_0_callers_of_1_0_alone(
    lrs: Lrs, version: str | None, told: list[str]
) -> None:
    answer = lrs.call("GET", "/xapi/about", headers={VERSION: version, "Authorization": None})
    assert answer.status_code == 200
    assert answer.json["version"] == told
    assert answer.headers[VERSION] == ("1.0.3" if version == "1.0.3" else "2.0.0")


@pytest.mark.parametrize("authorization", ["right", None])
def test_no_cache_keeps_what_a_credential_was_answered(lrs: Lrs, authorization: str | None) -> None:
    (given,) = lrs.stored(statement())
    headers = {} if authorization else {"Authorization": None}
    agent = '{"mbox": "mailto:hoa@example.vn"}'
    for answer in (
        lrs.call("GET", headers=headers),
        lrs.call("GET", headers=headers, statementId=given),
        lrs.call("GET", headers=headers, limit="x"),
        lrs.call("POST", body=statement(), headers=headers),
        lrs.call("GET", "/api/v1/credit", headers=headers, agent=agent),
        lrs.call("POST", "/api/v1/check", body=statement(), headers=headers),
    ):
        assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Cache-Control" not in lrs.call("GET", "/xapi/about").headers


def test_head_answers_as_get_does_without_a_body(lrs: Lrs) -> None:
    (given,) = lrs.stored(statement())
    for asked in ({}, {"statementId": given}, {"limit": "x"}):
        get, head = lrs.get(**asked), lrs.call("HEAD", **asked)
        assert head.status_code == get.status_code
        assert head.data == b""
        assert head.headers["Content-Length"] == get.headers["Content-Length"]
        assert head.headers.get("Last-Modified") == get.headers.get("Last-Modified")
