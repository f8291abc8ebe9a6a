"""State, activity profile and agent profile documents at the door: parameters, bytes and headers."""

from __future__ import annotations

import gzip
import hashlib
import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from werkzeug.test import TestResponse

from tests.web.lrs_client import Lrs, basic, new_lrs, refusal_log

LAN = '{"mbox":"mailto:lan@example.vn"}'
MINH = '{"objectType":"Agent","account":{"homePage":"https://hoc.example.vn","name":"minh"}}'
COURSE = "https://hoc.example.vn/khoa/tin-hoc"
REGISTRATION = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"
OTHER = "7690e6c9-3ef0-4ed3-8b37-7f3964730bee"

STATE = "/xapi/activities/state"
ACTIVITY_PROFILE = "/xapi/activities/profile"
AGENT_PROFILE = "/xapi/agents/profile"
RESOURCES = (STATE, ACTIVITY_PROFILE, AGENT_PROFILE)
ID = {STATE: "stateId", ACTIVITY_PROFILE: "profileId", AGENT_PROFILE: "profileId"}
CONTEXT = {
    STATE: {"activityId": COURSE, "agent": LAN},
    ACTIVITY_PROFILE: {"activityId": COURSE},
    AGENT_PROFILE: {"agent": LAN},
}
NEW = {"If-None-Match": "*"}


@pytest.fixture
def database_kind() -> str:
    """What is asked here is the same on every database; tests/actions asks both."""
    return "sqlite"


def call(
    lrs: Lrs, method: str, path: str, body: Any = None, *, headers: Any = None, **parameters: str
) -> TestResponse:
    return lrs.call(method, path, body, headers=headers, **parameters)


def one(path: str, name: str = "a", **more: str) -> dict[str, str]:
    return {**CONTEXT[path], ID[path]: name, **more}


def put(lrs: Lrs, path: str, body: bytes, name: str = "a", **headers: str | None) -> TestResponse:
    """Store a new document, of JSON unless `headers` say otherwise."""
    return call(lrs, "PUT", path, body, headers={**NEW, **headers}, **one(path, name))


def stored(lrs: Lrs, path: str, body: bytes = b'{"x":1}', name: str = "a", **headers: str | None) -> str:
    """Store what has to be taken; its ETag."""
    answer = put(lrs, path, body, name, **headers)
    assert answer.status_code == 204, answer.text
    return str(call(lrs, "GET", path, **one(path, name)).headers["ETag"])


def refused(answer: TestResponse, status: int, *found: tuple[str, str]) -> None:
    assert answer.status_code == status, answer.text
    assert [(fault["path"], fault["rule"]) for fault in answer.json["faults"]] == list(found)
    assert answer.json["error"]


# --- bytes and headers -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", RESOURCES)
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"b": 1.00,\n "a": 1e5, "b": 2}', "application/json"),
        (b"[1]", "application/json; charset=UTF-8"),
        (b"\x00\xff\r\n", "application/octet-stream"),
        ("chào".encode(), "text/plain; charset=utf-8"),
        ("chào".encode("latin-1"), "Text/Plain;  charset=ISO-8859-1"),
        (b"", "image/png"),
        (b"<script>alert(1)</script>", "text/html"),
        (b"x=1&method=PUT", "application/x-www-form-urlencoded"),
    ],
    ids=range(8),
)
def test_a_document_comes_back_as_it_came(lrs: Lrs, path: str, body: bytes, content_type: str) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    tag = stored(lrs, path, body, **{"Content-Type": content_type})
    assert tag == f'"{hashlib.sha1(body).hexdigest()}"'
    answer = call(lrs, "GET", path, **one(path))
    assert answer.status_code == 200
    assert answer.data == body
    assert answer.headers["Content-Type"] == content_type
    assert answer.headers["Content-Length"] == str(len(body))
    assert answer.last_modified is not None
    assert before <= answer.last_modified <= datetime.now(UTC)
    head = call(lrs, "HEAD", path, **one(path))
    assert head.data == b""
    different = {"Date", "X-Request-ID"}
    assert {k: v for k, v in head.headers if k not in different} == {
        k: v for k, v in answer.headers if k not in different
    }


def test_a_browser_runs_nothing_of_a_document_and_keeps_nothing(lrs: Lrs) -> None:
    stored(lrs, STATE, b"<script>alert(1)</script>", **{"Content-Type": "text/html"})
    answer = call(lrs, "GET", STATE, **one(STATE))
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_document_without_a_type_is_bytes(lrs: Lrs) -> None:
    stored(lrs, STATE, b"abc", **{"Content-Type": None})
    assert call(lrs, "GET", STATE, **one(STATE)).headers["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize("name", ["", " ", "bài 1/2?a=b&c#d", "A", "x" * 5_000, "%00", "日本", "\U0001f600"])
def test_an_id_is_any_text(lrs: Lrs, name: str) -> None:
    stored(lrs, STATE, b"{}", name)
    assert call(lrs, "GET", STATE, **CONTEXT[STATE]).json == [name]
    assert call(lrs, "DELETE", STATE, **one(STATE, name)).status_code == 204
    assert call(lrs, "GET", STATE, **CONTEXT[STATE]).json == []


@pytest.mark.parametrize("path", RESOURCES)
def test_what_is_not_there_is_404_and_deleting_it_a_success(lrs: Lrs, path: str) -> None:
    for method in ("GET", "HEAD"):
        assert call(lrs, method, path, **one(path)).status_code == 404
    assert call(lrs, "DELETE", path, **one(path)).status_code == 204
    assert call(lrs, "GET", path, **CONTEXT[path]).json == []


@pytest.mark.parametrize("path", RESOURCES)
def test_a_deleted_document_is_gone_and_its_neighbours_stand(lrs: Lrs, path: str) -> None:
    stored(lrs, path, name="a")
    stored(lrs, path, name="b")
    assert call(lrs, "DELETE", path, **one(path, "a")).status_code == 204
    assert call(lrs, "GET", path, **one(path, "a")).status_code == 404
    assert call(lrs, "GET", path, **CONTEXT[path]).json == ["b"]


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
@pytest.mark.parametrize("path", RESOURCES)
def test_documents_are_the_same_in_both_versions(lrs: Lrs, path: str, version: str) -> None:
    stored(lrs, path, b'{"a":1}')
    answer = call(lrs.speaking(version), "GET", path, **one(path))
    assert answer.json == {"a": 1}
    assert answer.headers["X-Experience-API-Version"] == version


# --- lists of ids ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", RESOURCES)
def test_ids_are_listed_by_context_in_the_order_of_their_updates(lrs: Lrs, path: str) -> None:
    for name in ("b", "c", "a"):
        stored(lrs, path, name=name)
    call(lrs, "POST", path, b'{"y":1}', **one(path, "c"))
    answer = call(lrs, "GET", path, **CONTEXT[path])
    assert answer.json == ["b", "a", "c"]
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["ETag"] == f'"{hashlib.sha1(answer.data).hexdigest()}"'
    last = call(lrs, "GET", path, **one(path, "c")).last_modified
    assert answer.last_modified == last
    again = call(lrs, "GET", path, headers={"If-None-Match": answer.headers["ETag"]}, **CONTEXT[path])
    assert (again.status_code, again.data) == (304, b"")
    other = {"activityId": COURSE + "/2"} if "activityId" in CONTEXT[path] else {"agent": MINH}
    assert call(lrs, "GET", path, **{**CONTEXT[path], **other}).json == []


@pytest.mark.parametrize("path", RESOURCES)
def test_since_leaves_out_what_was_not_touched_later(lrs: Lrs, path: str) -> None:
    stored(lrs, path)
    for since, ids in (
        ("2020-01-01T00:00:00Z", ["a"]),
        ("0000-01-01T00:00:00Z", ["a"]),
        ("9999-12-31T23:59:59.9999999Z", []),
    ):
        answer = call(lrs, "GET", path, **CONTEXT[path], since=since)
        assert answer.json == ids
        assert ("Last-Modified" in answer.headers) == bool(ids)
    refused(call(lrs, "GET", path, **CONTEXT[path], since="true"), 400, ("since", "timestamp"))


def test_a_state_belongs_to_its_registration_and_a_list_without_one_has_all(lrs: Lrs) -> None:
    call(lrs, "PUT", STATE, b'{"r":0}', **one(STATE))
    call(lrs, "PUT", STATE, b'{"r":1}', **one(STATE, registration=REGISTRATION))
    call(lrs, "PUT", STATE, b'{"r":2}', **one(STATE, "b", registration=OTHER))
    assert call(lrs, "GET", STATE, **one(STATE)).json == {"r": 0}
    assert call(lrs, "GET", STATE, **one(STATE, registration=REGISTRATION.upper())).json == {"r": 1}
    assert call(lrs, "GET", STATE, **one(STATE, "b")).status_code == 404
    assert call(lrs, "GET", STATE, **CONTEXT[STATE]).json == ["a", "b"]
    assert call(lrs, "GET", STATE, **CONTEXT[STATE], registration=OTHER).json == ["b"]


def test_deleting_a_context_removes_the_states_of_its_registration_or_of_all(lrs: Lrs) -> None:
    for more in ({}, {"registration": REGISTRATION}, {"registration": OTHER}):
        call(lrs, "PUT", STATE, b"{}", **one(STATE, **more))
    call(lrs, "PUT", STATE, b"{}", **{**one(STATE), "agent": MINH})
    stored(lrs, ACTIVITY_PROFILE)
    context = CONTEXT[STATE]
    assert call(lrs, "DELETE", STATE, **context, registration=OTHER).status_code == 204
    assert call(lrs, "GET", STATE, **context, registration=OTHER).json == []
    assert call(lrs, "GET", STATE, **context, registration=REGISTRATION).json == ["a"]
    assert call(lrs, "DELETE", STATE, **context).status_code == 204
    assert call(lrs, "GET", STATE, **context).json == []
    assert call(lrs, "GET", STATE, **{**context, "agent": MINH}).json == ["a"]
    assert call(lrs, "GET", ACTIVITY_PROFILE, **CONTEXT[ACTIVITY_PROFILE]).json == ["a"]
    assert call(lrs, "DELETE", STATE, **context).status_code == 204


def test_all_states_of_a_context_are_removed_only_by_who_knows_their_list(lrs: Lrs) -> None:
    stored(lrs, STATE)
    tag = call(lrs, "GET", STATE, **CONTEXT[STATE]).headers["ETag"]
    call(lrs, "PUT", STATE, b"{}", **{**one(STATE), "stateId": "b"})
    answer = call(lrs, "DELETE", STATE, headers={"If-Match": tag}, **CONTEXT[STATE])
    refused(answer, 412, ("If-Match", "precondition"))
    assert call(lrs, "GET", STATE, **CONTEXT[STATE]).json == ["a", "b"]
    tag = call(lrs, "GET", STATE, **CONTEXT[STATE]).headers["ETag"]
    assert call(lrs, "DELETE", STATE, headers={"If-Match": tag}, **CONTEXT[STATE]).status_code == 204
    assert call(lrs, "GET", STATE, **CONTEXT[STATE]).json == []


# --- bodies ----------------------------------------------------------------------------------------------


def from_server(lrs: Lrs, body: bytes, content_type: str, **environ: Any) -> TestResponse:
    """PUT a state as a server hands over its body, whose stream ends somehow."""
    return lrs.client.put(
        STATE,
        query_string=one(STATE),
        input_stream=io.BytesIO(body),
        content_type=content_type,
        headers={
            "Authorization": basic(lrs.credential.key, lrs.credential.secret),
            "X-Experience-API-Version": "1.0.3",
        },
        environ_overrides={"wsgi.input_terminated": True, **environ},
    )


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b'{"a": 1}\n', "application/json", 204),
        (b"[1]", "application/json; charset=utf-8", 204),
        (b'{"a": "x', "application/json", 400),
        # Of 125, say.
        (b"12", "application/json", 411),
        (b"12 \r\n", "application/json", 411),
        (b"abc", "text/plain", 411),
        (b"", "image/png", 411),
        (gzip.compress(b"abc"), "text/plain", 204),
        (gzip.compress(b"abc")[:-1], "text/plain", 400),
    ],
    ids=range(9),
)
def test_what_may_have_been_cut_off_is_not_taken_for_a_document(
    lrs: Lrs, body: bytes, content_type: str, status: int
) -> None:
    packed = {"HTTP_CONTENT_ENCODING": "gzip"} if body.startswith(b"\x1f\x8b") else {}
    answer = from_server(lrs, body, content_type, HTTP_TRANSFER_ENCODING="chunked", **packed)
    assert answer.status_code == status
    assert call(lrs, "GET", STATE, **CONTEXT[STATE]).json == (["a"] if status == 204 else [])


def test_a_body_shorter_than_its_length_is_no_document(lrs: Lrs) -> None:
    assert from_server(lrs, b"half", "text/plain", CONTENT_LENGTH="8").status_code == 400
    assert call(lrs, "GET", STATE, **CONTEXT[STATE]).json == []


@pytest.mark.parametrize(
    ("environ", "status"), [({"CONTENT_LENGTH": "9000"}, 400), ({"HTTP_TRANSFER_ENCODING": "chunked"}, 411)]
)
def test_a_form_that_may_have_been_cut_off_is_no_document(
    lrs: Lrs, environ: dict[str, str], status: int
) -> None:
    form = {**one(STATE), "Content-Type": "text/plain", "content": "half"}
    answer = lrs.client.post(
        f"{STATE}?method=PUT",
        input_stream=io.BytesIO(urlencode(form).encode()),
        content_type="application/x-www-form-urlencoded",
        headers={
            "Authorization": basic(lrs.credential.key, lrs.credential.secret),
            "X-Experience-API-Version": "1.0.3",
        },
        environ_overrides={"wsgi.input_terminated": True, **environ},
    )
    assert answer.status_code == status
    assert call(lrs, "GET", STATE, **CONTEXT[STATE]).json == []


@pytest.mark.parametrize(("most", "size", "status"), [(2_000, 2_000, 204), (2_000, 2_001, 413)])
@pytest.mark.parametrize("packed", [False, True])
def test_a_document_has_at_most_what_the_settings_say(
    lrs: Lrs, most: int, size: int, status: int, packed: bool
) -> None:
    lrs.app.config["SETTINGS"] = replace(lrs.app.config["SETTINGS"], max_document_bytes=most)
    body = b"x" * size
    headers = {"Content-Type": "text/plain", **({"Content-Encoding": "gzip"} if packed else {})}
    answer = call(lrs, "PUT", STATE, gzip.compress(body) if packed else body, headers=headers, **one(STATE))
    assert answer.status_code == status
    if status == 413:
        refused(answer, 413, ("", "document-too-large"))
    assert call(lrs, "GET", STATE, **CONTEXT[STATE]).json == (["a"] if status == 204 else [])


def test_json_has_also_at_most_what_is_read_in_memory(lrs: Lrs) -> None:
    lrs.app.config["SETTINGS"] = replace(lrs.app.config["SETTINGS"], max_body_bytes=2_000)
    body = b'"' + b"x" * 2_000 + b'"'
    stored(lrs, STATE, body, **{"Content-Type": "text/plain"})
    refused(call(lrs, "PUT", STATE, body, **one(STATE)), 413, ("", "document-too-large"))


def test_a_body_in_another_coding_than_gzip_is_415(lrs: Lrs) -> None:
    refused(
        put(lrs, STATE, b"{}", **{"Content-Encoding": "br"}), 415, ("Content-Encoding", "content-encoding")
    )


# --- parameters ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", RESOURCES)
@pytest.mark.parametrize("method", ["PUT", "POST", "GET", "DELETE"])
def test_a_wrong_parameter_is_400_by_its_name(lrs: Lrs, path: str, method: str) -> None:
    body = b"{}" if method in ("PUT", "POST") else None
    given = one(path)
    for name in CONTEXT[path]:
        without = {key: value for key, value in given.items() if key != name}
        refused(call(lrs, method, path, body, **without), 400, (name, "parameter-required"))
    refused(call(lrs, method, path, body, **given, further="1"), 400, ("further", "parameter-unknown"))
    wrong = {"activityId": "no iri"} if "activityId" in given else {"agent": "not JSON"}
    answer = call(lrs, method, path, body, **{**given, **wrong})
    assert answer.status_code == 400
    assert [fault["path"] for fault in answer.json["faults"]] == list(wrong)
    query = "&".join(f"{key}={quote(value)}" for key, value in [*given.items(), *given.items()])
    answer = call(lrs, method, f"{path}?{query}", body)
    refused(answer, 400, *((name, "parameter-twice") for name in given))


@pytest.mark.parametrize("path", RESOURCES)
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_changing_a_profile_needs_its_id(lrs: Lrs, path: str, method: str) -> None:
    if path == STATE and method == "DELETE":
        return
    body = b"{}" if method != "DELETE" else None
    answer = call(lrs, method, path, body, headers=dict(NEW), **CONTEXT[path])
    refused(answer, 400, (ID[path], "parameter-required"))


# --- POST ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", RESOURCES)
def test_post_merges_properties_of_the_top_or_stores_anew(lrs: Lrs, path: str) -> None:
    first = {"car": {"make": "Ford", "model": "Escape"}, "driver": "Lan"}
    assert call(lrs, "POST", path, first, **one(path)).status_code == 204
    assert call(lrs, "GET", path, **one(path)).json == first
    assert call(lrs, "POST", path, {"car": {"make": "Dodge"}, "x": None}, **one(path)).status_code == 204
    answer = call(lrs, "GET", path, **one(path))
    assert answer.json == {"car": {"make": "Dodge"}, "driver": "Lan", "x": None}
    assert answer.headers["ETag"] == f'"{hashlib.sha1(answer.data).hexdigest()}"'
    plain = {"Content-Type": "text/plain"}
    assert call(lrs, "POST", path, b"abc", headers=plain, **one(path, "b")).status_code == 204
    assert call(lrs, "GET", path, **one(path, "b")).data == b"abc"


@pytest.mark.parametrize("path", RESOURCES)
@pytest.mark.parametrize(
    ("existing", "of_type", "posted", "with_type", "found"),
    [
        (b'{"a":1}', "application/json", b"abc", "not/json", ("Content-Type", "document-merge")),
        (b'{"a":1}', "application/json", b'{"b":1}', "text/plain", ("Content-Type", "document-merge")),
        (b'{"a":1}', "application/json", b'{"b":1}', None, ("Content-Type", "document-merge")),
        (b'{"a":1}', "text/plain", b'{"b":1}', "application/json", ("Content-Type", "document-merge")),
        (b'{"a":1}', "application/json", b'{"b":1}{', "application/json", ("", "json")),
        (b'{"a":1}', "application/json", b"", "application/json", ("", "json")),
        (b'{"a":1}', "application/json", b'["b"]', "application/json", ("", "document-merge")),
        (b'["a"]', "application/json", b'{"b":1}', "application/json", ("", "document-merge")),
        (b'{"a":1}', "application/json", b'{"b":"\xff"}', "application/json", ("", "encoding-utf8")),
    ],
    ids=range(9),
)
def test_what_cannot_be_merged_is_400_and_changes_nothing(
    lrs: Lrs, path: str, existing: bytes, of_type: str, posted: bytes, with_type: str | None,
    found: tuple[str, str],
) -> None:  # fmt: skip
    tag = stored(lrs, path, existing, **{"Content-Type": of_type})
    refused(call(lrs, "POST", path, posted, headers={"Content-Type": with_type}, **one(path)), 400, found)
    answer = call(lrs, "GET", path, **one(path))
    assert (answer.data, answer.headers["ETag"]) == (existing, tag)
    assert answer.headers["Content-Type"] == of_type


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_new_document_that_says_it_is_json_is_json(lrs: Lrs, method: str) -> None:
    refused(call(lrs, method, STATE, b"{", **one(STATE)), 400, ("", "json"))
    assert call(lrs, "GET", STATE, **CONTEXT[STATE]).json == []
    assert refusal_log(lrs) == [(None, "", "json", '"{"')]


# --- preconditions ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
@pytest.mark.parametrize("path", RESOURCES)
def test_put_takes_the_place_of_what_the_client_knows(lrs: Lrs, path: str, version: str) -> None:
    lrs = lrs.speaking(version)
    tag = stored(lrs, path, b"1")
    for known in ('"1234"', f"W/{tag}", tag.strip('"').upper()):
        answer = call(lrs, "PUT", path, b"2", headers={"If-Match": known}, **one(path))
        refused(answer, 412, ("If-Match", "precondition"))
    refused(put(lrs, path, b"2"), 412, ("If-None-Match", "precondition"))
    assert call(lrs, "GET", path, **one(path)).data == b"1"
    for number, known in enumerate((tag, None, "*", None), 2):
        known = known or call(lrs, "GET", path, **one(path)).headers["ETag"].strip('"')
        answer = call(lrs, "PUT", path, b"%d" % number, headers={"If-Match": known}, **one(path))
        assert answer.status_code == 204
        assert call(lrs, "GET", path, **one(path)).data == b"%d" % number
    # Several clients lose this race every day: it is nothing that went wrong.
    assert refusal_log(lrs) == []


@pytest.mark.parametrize(
    ("path", "version", "new", "standing"),
    [
        (STATE, "1.0.3", 204, 204),
        (STATE, "2.0.0", 204, 409),
        (ACTIVITY_PROFILE, "1.0.3", 400, 409),
        (AGENT_PROFILE, "1.0.3", 400, 409),
        (AGENT_PROFILE, "1.0.1", 204, 409),
        (ACTIVITY_PROFILE, "2.0.0", 204, 409),
        (AGENT_PROFILE, "2.0.0", 204, 409),
    ],
)
def test_put_without_a_precondition_is_refused_where_it_has_to_state_one(
    lrs: Lrs, path: str, version: str, new: int, standing: int
) -> None:
    lrs = lrs.speaking(version)
    answer = call(lrs, "PUT", path, b"1", **one(path))
    assert answer.status_code == new
    if new == 400:
        refused(answer, 400, ("If-Match", "precondition-needed"))
        assert call(lrs, "GET", path, **one(path)).status_code == 404
        stored(lrs, path, b"1")
    answer = call(lrs, "PUT", path, b"2", **one(path))
    assert answer.status_code == standing
    if standing == 409:
        refused(answer, 409, ("If-Match", "precondition-needed"))
        assert "check the current state" in answer.json["error"]
        assert "If-Match" in answer.json["error"]
    assert call(lrs, "GET", path, **one(path)).data == (b"1" if standing == 409 else b"2")
    refusals = [(None, "If-Match", "precondition-needed", "nothing")]
    assert refusal_log(lrs) == refusals * [new, standing].count(400) + refusals * [new, standing].count(409)


@pytest.mark.parametrize("path", RESOURCES)
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_preconditions_guard_merging_and_deleting_too(lrs: Lrs, path: str, method: str) -> None:
    body = b'{"y":2}' if method == "POST" else None
    refused(
        call(lrs, method, path, body, headers={"If-Match": "*"}, **one(path)),
        412,
        ("If-Match", "precondition"),
    )
    tag = stored(lrs, path)
    for headers in ({"If-Match": '"1234"'}, {"If-None-Match": "*"}, {"If-None-Match": tag}):
        answer = call(lrs, method, path, body, headers=headers, **one(path))
        refused(answer, 412, (next(iter(headers)), "precondition"))
        assert call(lrs, "GET", path, **one(path)).json == {"x": 1}
    answer = call(lrs, method, path, body, headers={"If-Match": tag}, **one(path))
    assert answer.status_code == 204
    assert call(lrs, "GET", path, **one(path)).status_code == (200 if method == "POST" else 404)


@pytest.mark.parametrize("path", RESOURCES)
def test_a_reader_that_knows_the_document_is_told_so(lrs: Lrs, path: str) -> None:
    tag = stored(lrs, path)
    for method in ("GET", "HEAD"):
        for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
            answer = call(lrs, method, path, headers={"If-None-Match": known}, **one(path))
            assert (answer.status_code, answer.data) == (304, b"")
            assert answer.headers["ETag"] == tag
        assert call(lrs, method, path, headers={"If-None-Match": '"x"'}, **one(path)).status_code == 200
        assert call(lrs, method, path, headers={"If-Match": tag}, **one(path)).status_code == 200
        assert call(lrs, method, path, headers={"If-Match": '"x"'}, **one(path)).status_code == 412


@pytest.mark.parametrize("header", ["If-Match", "If-None-Match"])
@pytest.mark.parametrize("method", ["PUT", "POST", "GET", "DELETE"])
def test_a_malformed_precondition_is_400_by_its_name(lrs: Lrs, header: str, method: str) -> None:
    stored(lrs, STATE)
    body = b"{}" if method in ("PUT", "POST") else None
    answer = call(lrs, method, STATE, body, headers={header: '"unclosed'}, **one(STATE))
    refused(answer, 400, (header, "entity-tags"))
    assert call(lrs, "GET", STATE, **one(STATE)).json == {"x": 1}


# --- whose documents -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", RESOURCES)
def test_i17_documents_are_their_providers_own_whatever_the_scope(
    lrs: Lrs, stranger: Lrs, overseer: Lrs, path: str
) -> None:
    stored(lrs, path, b'{"mine":1}')
    for other in (stranger, overseer):
        assert call(other, "GET", path, **one(path)).status_code == 404
        assert call(other, "GET", path, **CONTEXT[path]).json == []
        assert call(other, "DELETE", path, **one(path)).status_code == 204
        stored(other, path, b'{"theirs":1}')
    assert call(lrs, "GET", path, **one(path)).json == {"mine": 1}


@pytest.mark.parametrize(
    ("scopes", "paths_written", "paths_read"),
    [
        (["state"], [STATE], [STATE]),
        (["profile"], [ACTIVITY_PROFILE, AGENT_PROFILE], [ACTIVITY_PROFILE, AGENT_PROFILE]),
        (["all"], RESOURCES, RESOURCES),
        (["all/read"], [], RESOURCES),
        (["statements/write", "statements/read", "define"], [], []),
    ],
)
def test_i17_each_resource_asks_for_its_scope(
    app: Any, scopes: list[str], paths_written: list[str], paths_read: list[str]
) -> None:
    lrs = new_lrs(app, scopes=scopes)
    for path in RESOURCES:
        answers = [
            call(lrs, "PUT", path, b"{}", headers=NEW, **one(path)),
            call(lrs, "POST", path, b"{}", **one(path)),
            call(lrs, "DELETE", path, **one(path)),
        ]
        expected = 204 if path in paths_written else 403
        assert [answer.status_code for answer in answers] == [expected] * 3
        assert call(lrs, "GET", path, **CONTEXT[path]).status_code == (200 if path in paths_read else 403)


def test_nobody_without_a_key_sees_a_document(lrs: Lrs) -> None:
    stored(lrs, STATE)
    for method in ("GET", "PUT", "POST", "DELETE"):
        answer = call(lrs, method, STATE, headers={"Authorization": None}, **one(STATE))
        assert answer.status_code == 401
    assert (
        call(lrs, "GET", STATE, headers={"X-Experience-API-Version": None}, **one(STATE)).status_code == 400
    )
