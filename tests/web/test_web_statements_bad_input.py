"""Bad input at the LRS door: a 4xx that says what is wrong, in bounded memory, with nothing stored."""

from __future__ import annotations

import io
import json
import sqlite3
import tracemalloc
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app

from lms_tracker.actions import clock, refusals
from lms_tracker.actions.recording import Recorder
from lms_tracker.actions.searching import Reader
from lms_tracker.config import Settings
from tests.databases import SECRET_KEY
from tests.web.lrs_client import THROUGH, Lrs, basic, refusal_log, rows, statement

MOST_BYTES = 1_000_000
MOST_IN_A_BATCH = 100
LINES = 60

SMALL = json.dumps(statement(id=None)).encode()


@pytest.fixture
def settings(migrated_database_url: str) -> Settings:
    return Settings(
        database_url=migrated_database_url,
        secret_key=SECRET_KEY,
        max_body_bytes=MOST_BYTES,
        max_batch=MOST_IN_A_BATCH,
        refusal_log_rows=LINES,
    )


def within(extension: bytes) -> bytes:
    """A valid statement around the text of one extension's value."""
    return SMALL[:-1] + b',"context":{"extensions":{"https://e.vn/x":' + extension + b"}}}"


def refused(lrs: Lrs, answer: TestResponse, status: int = 400) -> dict[str, Any]:
    """The first fault of a refusal that says enough to act on and left nothing but a line in the log."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/json"
    assert len(answer.data) < 100_000
    fault: dict[str, Any] = answer.json["faults"][0]
    assert set(fault) == {"index", "path", "rule", "expected", "got", "clause"}
    assert fault["rule"]
    assert fault["expected"]
    assert len(fault["got"]) <= 80
    assert fault["expected"] in answer.json["error"]
    assert not any(rows(lrs.app).values())
    line = (fault["index"], fault["path"].replace("\0", "\\u0000"), fault["rule"])
    assert line in [noted[:3] for noted in refusal_log(lrs)]
    return fault


UNREADABLE = {
    "nothing": (b"", "json", None),
    "half an object": (b'{"actor":', "json", 0),
    "half an array": (b"[" + SMALL, "json", 1),
    "text after the end": (SMALL + b"]", "json", 0),
    "single quotes": (b"{'a':1}", "json", 0),
    "a comma too much": (b"[" + SMALL + b",]", "json", 1),
    "NaN": (within(b"NaN"), "json", 0),
    "a control character": (within(b'"\x01"'), "json", 0),
    "form data": (b"content=" + SMALL, "json", None),
    "UTF-16": (SMALL.decode().encode("utf-16"), "encoding-utf8", None),
    "UTF-8 with byte-order mark": (b"\xef\xbb\xbf" + SMALL, "encoding-bom", None),
    "Latin-1": (within('"café"'.encode("latin-1")), "encoding-utf8", 0),
    "half a surrogate pair": (within(b'"\\ud800"'), "json-surrogate", 0),
    "half a surrogate pair as a key": (b'{"\\ud800":{"a":1,"a":2}}', None, 0),
    "NUL as a key": (SMALL[:-1] + b',"\\u0000":1}', None, 0),
    "a property twice": (within(b'{"a":1,"b":2,"a":1}'), "property-twice", 0),
    "a property twice, escaped": (within(b'{"a":1,"\\u0061":1}'), "property-twice", 0),
    "10,000 arrays": (b"[" * 10_000 + b"]" * 10_000, "nesting-depth", 0),
    "10,000 arrays that do not end": (b"[" * 10_000, None, None),
    "10,000 objects": (b'{"actor":' * 10_000 + b"1" + b"}" * 10_000, "nesting-depth", 0),
    "10,000 levels in an extension": (within(b"[" * 10_000 + b"]" * 10_000), "nesting-depth", 0),
    "a number": (b"1", "type-object", None),
    "a string": (b'"statement"', "type-object", None),
    "null": (b"null", "type-object", None),
    "an array of null": (b"[null]", "null-value", 0),
    "an array in an array": (b"[[" + SMALL + b"]]", "type-object", 0),
}


@pytest.mark.parametrize(("body", "rule", "index"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_body_that_is_no_statement_is_400_and_says_why(
    lrs: Lrs, body: bytes, rule: str | None, index: int | None
) -> None:
    fault = refused(lrs, lrs.post(body))
    if rule is not None:
        assert fault["rule"] == rule
        assert fault["index"] == index


def test_a_property_given_twice_is_named(lrs: Lrs) -> None:
    body = b"[" + SMALL + b"," + within(b'{"a":{"b":[{"c":1,"c":2}]}}') + b"]"
    fault = refused(lrs, lrs.post(body))
    assert (fault["index"], fault["path"]) == (1, 'context.extensions["https://e.vn/x"].a.b[0].c')


TYPED = {
    "result.score.raw": b'"result":{"score":{"raw":1e400}}',
    "result.score.scaled": b'"result":{"score":{"scaled":1.0000000000000002}}',
    "attachments[0].length": b'"attachments":[{"usageType":"https://e.vn/u","display":{},"contentType":"text/plain",'
    b'"sha2":"' + b"a" * 64 + b'","fileUrl":"https://e.vn/f","length":9223372036854775808}]',
}


@pytest.mark.parametrize(("path", "text"), TYPED.items(), ids=TYPED.keys())
def test_a_typed_number_out_of_range_is_400(lrs: Lrs, path: str, text: bytes) -> None:
    assert refused(lrs, lrs.post(SMALL[:-1] + b"," + text + b"}"))["path"] == path


WRONG_IDS: list[Any] = [
    None,
    1,
    True,
    [],
    {},
    "",
    "x",
    "6690e6c9-3ef0-4ed3-8b37-7f3964730be",
    "6690e6c93ef04ed38b377f3964730bee",
    "6690e6c9-3ef0-4ed3-8b37-7f3964730bee ",
    "6690e6c9-3ef0-4ed3-8b37-7f3964730beg",
    "{6690e6c9-3ef0-4ed3-8b37-7f3964730bee}",
    "urn:uuid:6690e6c9-3ef0-4ed3-8b37-7f3964730bee",
    "đ" * 36,
    "\0" * 36,
]


@pytest.mark.parametrize("given", WRONG_IDS, ids=repr)
def test_an_id_of_a_wrong_form_is_400(lrs: Lrs, given: Any) -> None:
    fault = refused(lrs, lrs.post([{**statement(), "id": given}]))
    assert (fault["index"], fault["path"]) == (0, "id")


def test_too_great_a_body_is_413_before_it_is_read(lrs: Lrs) -> None:
    body = b"[" + b" " * 50_000_000 + b"]"
    tracemalloc.start()
    answer = lrs.post(body)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    fault = refused(lrs, answer, 413)
    assert fault["got"] == "50000002 bytes"
    assert str(MOST_BYTES) in fault["expected"]
    assert peak < 5_000_000


def test_a_body_of_the_greatest_size_is_taken_and_one_byte_more_is_not(lrs: Lrs) -> None:
    assert lrs.post(SMALL + b" " * (MOST_BYTES + 1 - len(SMALL))).status_code == 413
    assert lrs.post(SMALL + b" " * (MOST_BYTES - len(SMALL))).status_code == 200


def test_too_many_statements_are_400_in_bounded_memory(lrs: Lrs) -> None:
    assert lrs.post(b"[" + b",".join([SMALL] * (MOST_IN_A_BATCH + 1)) + b"]").status_code == 400
    body = b"[" + b",".join([b"{}"] * 300_000) + b"]"
    tracemalloc.start()
    answer = lrs.post(body)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    fault = refused(lrs, answer)
    assert fault["rule"] == "too-many-statements"
    assert peak < 60_000_000


def test_every_faulty_statement_is_told_up_to_fifty(lrs: Lrs) -> None:
    wrong = {**statement(), "verb": {"id": "x"}, "actor": {"mbox": "lan@example.vn"}}
    answer = lrs.post([statement(), wrong, statement(), {**statement(), "object": None}])
    refused(lrs, answer)
    told = [(fault["index"], fault["path"]) for fault in answer.json["faults"]]
    assert sorted(told) == [(1, "actor.mbox"), (1, "verb.id"), (3, "object")]
    answer = lrs.post([{"id": 1}] * 80)
    refused(lrs, answer)
    assert {fault["index"] for fault in answer.json["faults"]} == set(range(50))


def test_a_faulty_statement_is_named_in_words_for_a_log_that_shows_nothing_else(lrs: Lrs) -> None:
    wrong = {**statement(), "actor": {"account": {"homePage": "moodle.example.vn", "name": "7"}}}
    assert lrs.post([statement(), wrong]).json["error"] == (
        'statement 1, actor.account.homePage: expected an absolute IRI with a scheme; got "moodle.example.vn"'
    )


WRONG_QUERIES = [
    "foo=1",
    "Limit=1",
    "statementid=x",
    "%00=1",
    "limit=-1",
    "limit=1.0",
    "limit=",
    "limit=x",
    "limit=1&limit=2",
    "ascending=1",
    "ascending=TRUE",
    "since=2026",
    "since=hôm-qua",
    "until=2026-10-01T25:00:00Z",
    "until=",
    "agent=lan",
    "agent=",
    "agent=[]",
    'agent={"name":"Lan"}',
    'agent={"mbox":"mailto:a@b.c","mbox":"x"}',
    'agent={"objectType":"Group","member":[]}',
    "verb=attempted",
    "verb=%00",
    "activity=/khoa",
    "registration=1",
    "statementId=x",
    "voidedStatementId=x",
    "format=all",
    "attachments=1",
    "related_agents=1",
    "cursor=x",
    "cursor=-1",
]


@pytest.mark.parametrize("query", [*WRONG_QUERIES, "a" * 5000 + "=1"], ids=lambda query: query[:40])
def test_a_parameter_that_is_unknown_or_of_a_wrong_form_is_400(lrs: Lrs, query: str) -> None:
    answer = lrs.call("GET", "/xapi/statements?" + query)
    assert answer.status_code == 400, answer.text
    assert answer.json["faults"][0]["path"]
    assert len(answer.data) < 3_000


@pytest.mark.parametrize("one", ["statementId", "voidedStatementId"])
@pytest.mark.parametrize(
    "beside", ["verb", "limit", "ascending", "since", "agent", "voidedStatementId", "cursor"]
)
def test_beside_an_id_nothing_may_be_asked_but_attachments_and_format(
    lrs: Lrs, one: str, beside: str
) -> None:
    (given,) = lrs.stored(statement())
    asked = {
        "verb": "https://e.vn/v",
        "limit": "1",
        "ascending": "true",
        "since": "2026-10-01T00:00:00Z",
        "agent": '{"mbox":"mailto:lan@example.vn"}',
        "voidedStatementId": given,
        "cursor": "1",
    }
    if one == beside:
        asked = {"voidedStatementId": given, "statementId": given}
    else:
        asked = {one: given, beside: asked[beside]}
    assert lrs.get(**asked).status_code == 400
    assert lrs.get(statementId=given, format="exact", attachments="false").status_code == 200


def test_a_parameter_on_post_is_400(lrs: Lrs) -> None:
    for name in ("statementId", "foo", "\x00"):
        answer = lrs.call("POST", body=SMALL, **{name: "1"})
        refused(lrs, answer)


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/xml", "text/json", "application/x-www-form-urlencoded"]
)
def test_a_content_type_other_than_json_is_400(lrs: Lrs, kind: str | None) -> None:
    fault = refused(lrs, lrs.post(SMALL, **{"Content-Type": kind}))
    assert fault["path"] == "Content-Type"


def test_data_of_attachments_are_415_where_nothing_is_stored(lrs: Lrs) -> None:
    mixed = {"Content-Type": "multipart/mixed; boundary=b"}
    answer = lrs.call("POST", "/api/v1/check", b"--b\r\n", headers=mixed)
    assert answer.status_code == 415
    assert "are not taken here" in answer.json["error"]


def test_refusals_are_noted_for_their_provider_alone_and_the_newest_are_kept(lrs: Lrs, stranger: Lrs) -> None:
    lrs.post(b"{")
    stranger.post([{**statement(), "id": 7}])
    assert refusal_log(stranger) == [(0, "id", "type-string", "7")]
    for number in range(30):
        lrs.post([{**statement(), "id": number}, {**statement(), "verb": number}, statement()])
    kept = refusal_log(lrs)
    assert len(kept) == LINES
    assert kept[-2:] == [(0, "id", "type-string", "29"), (1, "verb", "type-object", "29")]
    assert refusal_log(stranger) == [(0, "id", "type-string", "7")]


def test_one_request_cannot_push_everything_else_out_of_the_log(lrs: Lrs) -> None:
    lrs.post(b"{")
    lrs.post([{"id": 1, "verb": 2, "actor": 3, "object": 4, "result": 5}] * MOST_IN_A_BATCH)
    assert len(refusal_log(lrs)) == 1 + refusals.LINES_PER_REQUEST


def test_every_faulty_statement_has_a_line_before_any_has_a_second(lrs: Lrs) -> None:
    lrs.post([{"id": 1, "verb": 2, "actor": 3, "object": 4, "result": 5}] * 30)
    indexes = [index for index, *_ in refusal_log(lrs)]
    assert indexes[:30] == list(range(30))
    assert indexes[30:] == [0] * 4 + [1] * 4 + [2] * 4 + [3] * 4 + [4] * 4


def test_what_is_refused_while_reading_is_not_noted(lrs: Lrs) -> None:
    lrs.get(limit="x")
    lrs.call("POST", body=SMALL, headers={"Authorization": "Basic eDp5"})
    assert refusal_log(lrs) == []


def test_lines_of_the_refusal_log_are_forgotten_after_thirty_days(
    lrs: Lrs, monkeypatch: pytest.MonkeyPatch
) -> None:
    lrs.post(b"{")
    now = clock.now_us()
    with lrs.app.app_context():
        monkeypatch.setattr(clock, "now_us", lambda: now + 29 * refusals.DAY_US)
        assert refusals.drop_old() == 0
        monkeypatch.setattr(clock, "now_us", lambda: now + 31 * refusals.DAY_US)
        assert refusals.drop_old() == 1
    assert refusal_log(lrs) == []


def test_great_integers_in_extensions_are_not_refused(lrs: Lrs) -> None:
    assert lrs.post(within(b"9" * 10_000)).status_code == 200


@pytest.mark.parametrize("method", ["DELETE", "PATCH"])
def test_a_method_that_is_not_offered_is_405_in_json(lrs: Lrs, method: str) -> None:
    answer = lrs.call(method)
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert answer.json["error"]
    assert THROUGH in answer.headers


def test_a_database_that_does_not_answer_is_not_asked_once_more_for_its_promise(
    lrs: Lrs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise sqlite3.OperationalError("away")

    monkeypatch.setattr(Recorder, "record", away)
    monkeypatch.setattr(Reader, "through", lambda _reader: pytest.fail("it was asked again"))
    answer = lrs.post(SMALL)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert THROUGH not in answer.headers


@pytest.mark.parametrize("path", ["/xapi/nothing", "/xapi/statements/", "/api/v1/nothing"])
def test_an_address_without_a_resource_is_404_in_json(lrs: Lrs, path: str) -> None:
    answer = lrs.call("GET", path)
    assert answer.status_code == 404
    assert answer.json["error"]
    assert THROUGH not in answer.headers


@pytest.mark.parametrize("path", ["/xapi//statements", "//evil.example/xapi/statements"])
def test_an_address_with_two_slashes_leads_nowhere_else(lrs: Lrs, path: str) -> None:
    environ = EnvironBuilder(path="/", headers={"Host": "evil.example"}).get_environ()
    _, status, headers = run_wsgi_app(lrs.app, environ | {"PATH_INFO": path})
    assert status.startswith("404")
    assert "Location" not in headers


def test_a_body_in_chunks_beyond_the_limit_is_413_and_not_cut(lrs: Lrs) -> None:
    """Of a body without a length Werkzeug would read no more than the limit, and say nothing."""
    most = lrs.app.config["SETTINGS"].max_body_bytes
    whole = b"[" + b" " * (most + 10) + b"]"
    environ = EnvironBuilder(
        method="POST",
        path="/xapi/statements",
        headers={
            "Authorization": basic(lrs.credential.key, lrs.credential.secret),
            "X-Experience-API-Version": lrs.version,
            "Content-Type": "application/json",
        },
        input_stream=io.BytesIO(whole),
    ).get_environ()
    environ["wsgi.input_terminated"] = True
    environ.pop("CONTENT_LENGTH", None)
    body, status, _ = run_wsgi_app(lrs.app, environ)
    assert status.startswith("413"), b"".join(body)


def test_one_statement_beyond_its_limit_is_413_and_says_which(lrs: Lrs) -> None:
    most = lrs.app.config["SETTINGS"].max_statement_bytes
    body = json.dumps([statement(), statement(result={"response": "x" * most})])
    lrs.app.config["MAX_CONTENT_LENGTH"] = 4 * most
    answer = lrs.call("POST", body=body.encode())
    assert refused(lrs, answer, 413)["rule"] == "statement-too-large"
    assert [(fault["index"], fault["rule"]) for fault in answer.json["faults"]] == [
        (1, "statement-too-large")
    ]
