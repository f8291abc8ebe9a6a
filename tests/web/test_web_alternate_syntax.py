"""Requests to the LRS in the alternate syntax of 1.0.3 (xAPI-Communication 1.3)."""

from __future__ import annotations

import gzip
import io
import json
import uuid
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from lms_tracker.actions.rates import Rates
from lms_tracker.config import Settings
from lms_tracker.web import alternate_syntax
from tests.web.lrs_client import STATEMENTS, VERSION, Lrs, basic, refusal_log, rows, statement
from xapi import alternate_syntax as alternate_syntax_of_xapi
from xapi.faults import Refusal

MOST = 20_000


@pytest.fixture
def database_kind() -> str:
    """What is looked at here happens before any database is asked."""
    return "sqlite"


@pytest.fixture
def settings(migrated_database_url: str) -> Settings:
    from tests import databases

    return Settings(database_url=migrated_database_url, secret_key=databases.SECRET_KEY, max_body_bytes=MOST)


def sent(
    lrs: Lrs,
    method: str,
    form: dict[str, Any] | bytes,
    path: str = STATEMENTS,
    query: str = "",
    **headers: str | None,
) -> TestResponse:
    """What a browser of old sends: a key in the form, no header of its own but the type, if that."""
    if isinstance(form, dict):
        said = {
            "Authorization": basic(lrs.credential.key, lrs.credential.secret),
            VERSION: lrs.version,
            **form,
        }
        form = urlencode({name: value for name, value in said.items() if value is not None}).encode()
    plain: dict[str, str | None] = {
        VERSION: None,
        "Authorization": None,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    return lrs.call("POST", f"{path}?method={method}{query}", form, headers=plain | headers)


def test_a_statement_is_put_and_read_with_everything_in_the_form(lrs: Lrs) -> None:
    one = statement(result={"response": "a+b & c=d; 100% đúng"})
    form = {"statementId": one["id"], "content": json.dumps(one), "Content-Type": "application/json"}
    put = sent(lrs, "PUT", form)
    assert (put.status_code, put.data) == (204, b"")
    assert put.headers[VERSION] == "1.0.3"
    assert lrs.one(one["id"])["result"] == one["result"]
    got = sent(lrs, "GET", {"statementId": one["id"]})
    assert (got.status_code, got.json["id"]) == (200, one["id"])


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded", "application/json"]
)
def test_the_form_is_read_whatever_type_it_is_said_to_have(lrs: Lrs, kind: str | None) -> None:
    form = {"content": json.dumps([statement(), statement()])}
    answer = sent(lrs, "POST", form, **{"Content-Type": kind})
    assert answer.status_code == 200
    assert len(answer.json) == 2


def test_headers_of_http_stand_where_the_form_has_none(lrs: Lrs) -> None:
    form = {"Authorization": None, VERSION: None, "limit": "1"}
    headers = {"Authorization": basic(lrs.credential.key, lrs.credential.secret), VERSION: "1.0.3"}
    assert sent(lrs, "GET", form, **headers).status_code == 200
    assert sent(lrs, "GET", {**form, VERSION: "0.8"}, **headers).status_code == 400
    assert sent(lrs, "GET", {**form, "Authorization": "Basic eDp4"}, **headers).status_code == 401
    assert sent(lrs, "GET", {**form, "Authorization": None}).status_code == 401


def test_a_page_goes_on_by_its_address_alone(lrs: Lrs) -> None:
    lrs.stored([statement() for _ in range(5)])
    first = sent(lrs, "GET", {"limit": "2", "agent": json.dumps({"mbox": "mailto:lan@example.vn"})})
    assert len(lrs.rest(first)) == 5


def test_head_is_answered_without_a_body(lrs: Lrs) -> None:
    answer = sent(lrs, "HEAD", {"limit": "1"})
    assert answer.status_code == 200
    # The connection carries a POST, which is answered with as many bytes as are said.
    assert (answer.data, answer.headers["Content-Length"]) == (b"", "0")


def test_activities_agents_and_about_are_asked_so_too(lrs: Lrs) -> None:
    assert sent(lrs, "GET", {"activityId": "x:a"}, "/xapi/activities").json["id"] == "x:a"
    agent = json.dumps({"mbox": "mailto:a@b.vn"})
    assert sent(lrs, "GET", {"agent": agent}, "/xapi/agents").json["mbox"] == ["mailto:a@b.vn"]
    assert sent(lrs, "GET", {}, "/xapi/about").status_code == 200


@pytest.mark.parametrize(
    ("method", "form", "query", "path"),
    [
        ("PUT", {"statementId": str(uuid.uuid4()), "content": "{}"}, "&statementId=1", "method"),
        ("PUT", {"statementId": str(uuid.uuid4())}, "", "content"),
        ("PATCH", {"content": "{}"}, "", "method"),
        ("POST", {"content": "{}", "Content-Type": "multipart/mixed; boundary=b"}, "", '["Content-Type"]'),
        ("GET", {f"a{number}": "1" for number in range(60)}, "", ""),
    ],
)
def test_what_cannot_be_meant_is_400_and_stores_nothing(
    lrs: Lrs, method: str, form: dict[str, Any], query: str, path: str
) -> None:
    answer = sent(lrs, method, form, query=query)
    assert answer.status_code == 400
    assert [(fault["path"], fault["rule"]) for fault in answer.json["faults"]] == [(path, "alternate-syntax")]
    assert answer.headers[VERSION] == "2.0.0"
    assert not any(rows(lrs.app).values())


def test_what_is_wrong_with_the_content_is_said_as_ever(lrs: Lrs) -> None:
    answer = sent(lrs, "POST", {"content": json.dumps({**statement(), "id": 7})})
    assert [(fault["index"], fault["path"]) for fault in answer.json["faults"]] == [(0, "id")]
    assert refusal_log(lrs) == [(0, "id", "type-string", "7")]
    unknown = sent(lrs, "POST", {"content": json.dumps(statement()), "unknown": "1"})
    assert [fault["rule"] for fault in unknown.json["faults"]] == ["parameter-unknown"]


def test_a_form_that_is_too_large_is_413(lrs: Lrs) -> None:
    fits = {"content": json.dumps(statement(result={"response": "a" * (MOST // 2)}))}
    assert sent(lrs, "POST", fits).status_code == 200
    answer = sent(lrs, "POST", {"content": "a" * MOST})
    assert (answer.status_code, answer.json["faults"][0]["rule"]) == (413, "body-too-large")
    packed = gzip.compress(b"content=" + b"a" * MOST)
    assert sent(lrs, "POST", packed, **{"Content-Encoding": "gzip"}).status_code == 413


def test_a_form_may_come_packed(lrs: Lrs) -> None:
    one = {
        "Authorization": basic(lrs.credential.key, lrs.credential.secret),
        VERSION: "1.0.3",
        "content": json.dumps(statement()),
    }
    packed = gzip.compress(urlencode(one).encode())
    assert sent(lrs, "POST", packed, **{"Content-Encoding": "gzip"}).status_code == 200


@pytest.mark.parametrize("where", ["header", "form"])
def test_2_0_has_no_such_syntax(lrs: Lrs, where: str) -> None:
    form: dict[str, Any] = {"content": json.dumps(statement()), VERSION: None}
    headers: dict[str, str | None] = {}
    if where == "header":
        headers[VERSION] = "2.0.0"
    else:
        form[VERSION] = "2.0.0"
    answer = sent(lrs, "POST", form, **headers)
    assert answer.status_code == 400
    assert "2.0 has no alternate request syntax" in answer.json["error"]
    assert not any(rows(lrs.app).values())


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_only_a_post_is_read_so(lrs: Lrs, version: str) -> None:
    answer = lrs.speaking(version).call("PUT", f"{STATEMENTS}?method=POST", statement())
    assert answer.status_code == 400
    assert not any(rows(lrs.app).values())


def test_elsewhere_than_at_the_lrs_it_means_nothing(app: Flask, lrs: Lrs) -> None:
    answer = sent(lrs, "GET", {"agent": "{}"}, "/api/v1/credit")
    assert answer.status_code == 405


def arriving(form: bytes, *, most: int = MOST, **environ: Any) -> dict[str, Any]:
    """What the application sees of a form as a server hands it over."""
    seen: dict[str, Any] = {}

    def behind(rewritten: dict[str, Any], _start: Any) -> list[bytes]:
        seen.update(rewritten)
        return []

    environ |= {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/xapi/activities/state",
        "QUERY_STRING": "method=PUT",
        "wsgi.input_terminated": True,
        "wsgi.input": io.BytesIO(form),
    }
    alternate_syntax.rewritten(behind, most, lambda _: None)(environ, lambda *_: None)  # type: ignore[arg-type]
    return seen


def test_what_is_behind_sees_a_plain_request() -> None:
    form = b"content=%7B%7D&If-Match=%22a%22&Content-Length=999&activityId=x%3Aa%26b"
    seen = arriving(form, CONTENT_LENGTH=str(len(form)))
    assert seen.pop("wsgi.input").read() == b"{}"
    assert seen == {
        "REQUEST_METHOD": "PUT",
        "PATH_INFO": "/xapi/activities/state",
        "QUERY_STRING": "activityId=x%3Aa%26b",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": "2",
        "HTTP_IF_MATCH": '"a"',
        "wsgi.input_terminated": True,
    }


@pytest.mark.parametrize(
    ("environ", "status"), [({"CONTENT_LENGTH": "20"}, 400), ({"HTTP_TRANSFER_ENCODING": "chunked"}, 411)]
)
def test_a_form_that_may_have_been_cut_off_is_not_read(environ: dict[str, Any], status: int) -> None:
    seen = arriving(b"content=1", **environ)
    assert seen["REQUEST_METHOD"] == "POST"
    assert [value.code for value in seen.values() if isinstance(value, HTTPException)] == [status]


def test_a_form_has_a_bound_of_its_own_below_that_of_bodies() -> None:
    seen = arriving(b"content=" + b"a" * alternate_syntax_of_xapi.MOST_BYTES, most=1 << 30)
    assert [value.status for value in seen.values() if isinstance(value, Refusal)] == [413]
    fits = arriving(b"content=" + b"a" * (alternate_syntax_of_xapi.MOST_BYTES - 8), most=1 << 30)
    assert fits["REQUEST_METHOD"] == "PUT"


def test_of_who_was_refused_too_often_no_form_is_read(lrs: Lrs) -> None:
    lrs.app.extensions["lms_tracker.rates"] = Rates(
        Settings(refused_rate_limit="2/minute", rate_limit_storage="memory://")
    )
    stranger = {"Authorization": None}
    assert [sent(lrs, "GET", stranger).status_code for _ in range(2)] == [401, 401]
    unread = io.BytesIO(b"limit=1")
    answer = lrs.client.post(
        f"{STATEMENTS}?method=GET", input_stream=unread, environ_base={"REMOTE_ADDR": "127.0.0.1"}
    )
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert unread.tell() == 0
    # Others are heard, and so is a key in the header of a plain request.
    elsewhere = lrs.client.post(
        f"{STATEMENTS}?method=GET", data=b"limit=1", environ_base={"REMOTE_ADDR": "203.0.113.9"}
    )
    assert elsewhere.status_code == 401
    assert lrs.get().status_code == 200
