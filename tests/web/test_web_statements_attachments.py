"""Attachments' data: they come with statements, whole or not at all, and go out with them, each once."""

from __future__ import annotations

import hashlib
import io
import os
import tracemalloc
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lms_tracker.config import Settings
from tests.web.lrs_client import VERSION, Lrs, basic, refusal_log, rows, statement, voiding
from tests.web.multipart_bodies import BOUNDARY, attachment, body, part, parts_of, post
from xapi import multipart

TEXT, MORE = b"here is a simple attachment", "và một tệp nữa".encode()
KEPT = ("statements", "statement_attachments", "contents", "content_pieces")
MIXED = {"Content-Type": f"multipart/mixed; boundary={BOUNDARY}"}


@pytest.fixture
def place() -> str:
    """Where data are kept; a test asks for both by `both_places`."""
    return "database"


@pytest.fixture
def settings(settings: Settings, place: str, tmp_path: Path) -> Settings:
    limited = replace(settings, max_attachment_bytes=100_000, max_multipart_bytes=300_000)
    if place == "database":
        return limited
    (tmp_path / "contents").mkdir()
    return replace(limited, content_folder=str(tmp_path / "contents"))


both_places = pytest.mark.parametrize("place", ["database", "folder"])


def with_data(*data: bytes, **changes: object) -> dict[str, object]:
    return statement(attachments=[attachment(one) for one in data], **changes)


def data_of(lrs: Lrs, statement_id: str) -> list[bytes]:
    return [data for _, data in parts_of(lrs.get(statementId=statement_id, attachments="true"))[1]]


def rule_of(answer: object) -> tuple[int, str, str]:
    assert answer.json["faults"], answer.json  # type: ignore[attr-defined]
    fault = answer.json["faults"][0]  # type: ignore[attr-defined]
    return answer.status_code, fault["path"], fault["rule"]  # type: ignore[attr-defined]


# --- in and out ------------------------------------------------------------------------------------------


@both_places
def test_what_came_with_a_statement_goes_out_with_it(lrs: Lrs) -> None:
    sent = with_data(TEXT, MORE)
    answer = post(lrs, sent, [part(TEXT), part(MORE)])
    assert (answer.status_code, answer.json) == (200, [sent["id"]])
    first, parts = parts_of(lrs.get(statementId=str(sent["id"]), attachments="true"))
    assert first["attachments"] == sent["attachments"]
    assert [data for _, data in parts] == [TEXT, MORE]
    assert parts[0][0] == {
        "content-type": "text/plain",
        "content-transfer-encoding": "binary",
        "x-experience-api-hash": hashlib.sha256(TEXT).hexdigest(),
    }


def test_a_put_statement_may_bring_data(lrs: Lrs) -> None:
    statement_id = str(uuid.uuid4())
    sent = with_data(TEXT, id=None)
    answer = lrs.call("PUT", body=body(sent, [part(TEXT)]), headers=MIXED, statementId=statement_id)
    assert answer.status_code == 204, answer.text
    assert data_of(lrs, statement_id) == [TEXT]


def test_a_page_has_the_data_of_its_statements_each_once(lrs: Lrs) -> None:
    batch = [with_data(TEXT), with_data(TEXT, MORE), statement()]
    assert post(lrs, batch, [part(TEXT), part(MORE)]).status_code == 200
    result, parts = parts_of(lrs.get(attachments="true", ascending="true"))
    assert [one["id"] for one in result["statements"]] == [one["id"] for one in batch]
    assert [data for _, data in parts] == [TEXT, MORE]
    assert rows(lrs.app, "contents", "statement_attachments") == {"contents": 2, "statement_attachments": 3}
    result, parts = parts_of(lrs.get(attachments="true", ascending="true", limit="1"))
    assert (len(result["statements"]), [data for _, data in parts]) == (1, [TEXT])
    following = lrs.call("GET", result["more"])
    assert [data for _, data in parts_of(following)[1]] == [TEXT, MORE]


def test_without_being_asked_for_no_data_go_out(lrs: Lrs) -> None:
    sent = with_data(TEXT)
    assert post(lrs, sent, [part(TEXT)]).status_code == 200
    for parameters in ({}, {"attachments": "false"}, {"statementId": str(sent["id"])}):
        answer = lrs.get(**parameters)
        assert answer.content_type == "application/json"
        assert TEXT not in answer.data


def test_asked_for_data_the_answer_has_parts_also_where_there_are_none(lrs: Lrs) -> None:
    assert parts_of(lrs.get(attachments="true")) == ({"statements": [], "more": ""}, [])
    sent = with_data(TEXT)
    sent["attachments"] = [attachment(TEXT, fileUrl="https://example.vn/tep.txt")]
    (sent_id,) = lrs.stored(sent)
    first, parts = parts_of(lrs.get(statementId=sent_id, attachments="true"))
    assert (first["id"], parts) == (sent_id, [])
    assert lrs.get(statementId=str(uuid.uuid4()), attachments="true").status_code == 404


@pytest.mark.parametrize("digest", ["sha224", "sha256", "sha384", "sha512"])
def test_data_may_be_named_by_any_hash_of_the_family(lrs: Lrs, digest: str) -> None:
    sha2 = hashlib.new(digest, TEXT).hexdigest().upper()
    sent = statement(attachments=[attachment(TEXT, sha2=sha2)])
    assert post(lrs, sent, [part(TEXT, sha2.lower())]).status_code == 200
    assert data_of(lrs, sent["id"]) == [TEXT]


def test_attachments_of_a_substatement_come_and_go_too(lrs: Lrs) -> None:
    inner = with_data(TEXT, id=None) | {"objectType": "SubStatement"}
    sent = statement(object=inner)
    assert rule_of(lrs.post(sent)) == (400, "object.attachments[0]", "attachment-data")
    assert post(lrs, sent, [part(TEXT)]).status_code == 200
    assert data_of(lrs, sent["id"]) == [TEXT]


@both_places
def test_data_that_are_empty_or_look_like_a_boundary_come_and_go(lrs: Lrs) -> None:
    tricky = b"\r\n--" + BOUNDARY.encode()[:-1] + b"\r\n"
    sent = with_data(b"", tricky)
    assert post(lrs, sent, [part(b""), part(tricky)]).status_code == 200
    assert data_of(lrs, str(sent["id"])) == [b"", tricky]


def test_a_content_type_of_any_letters_comes_and_goes(lrs: Lrs) -> None:
    kind = 'text/plain; name="bài làm.txt"'
    sent = statement(attachments=[attachment(TEXT, contentType=kind)])
    assert post(lrs, sent, [part(TEXT, Content_Type=kind)]).status_code == 200
    _, parts = parts_of(lrs.get(statementId=sent["id"], attachments="true"))
    assert parts[0][0]["content-type"] == kind


def test_parts_are_taken_where_statements_have_no_need_of_them(lrs: Lrs) -> None:
    assert post(lrs, statement()).status_code == 200
    at_url = statement(attachments=[attachment(TEXT, fileUrl="https://example.vn/tep.txt")])
    assert post(lrs, at_url).status_code == 200
    both = statement(attachments=[attachment(TEXT, fileUrl="https://example.vn/tep.txt")])
    assert post(lrs, both, [part(TEXT)]).status_code == 200
    assert data_of(lrs, at_url["id"]) == []
    assert data_of(lrs, both["id"]) == [TEXT]


@both_places
def test_a_statement_sent_again_with_its_data_is_a_success(lrs: Lrs) -> None:
    sent = with_data(TEXT)
    for _ in range(3):
        answer = post(lrs, sent, [part(TEXT)])
        assert (answer.status_code, answer.json) == (200, [sent["id"]])
    assert rows(lrs.app, "statement_attachments") == {"statement_attachments": 1}
    assert data_of(lrs, str(sent["id"])) == [TEXT]


def test_data_may_come_as_often_as_there_are_attachments_and_not_more_often(lrs: Lrs) -> None:
    sent = with_data(TEXT, TEXT)
    excess = post(lrs, sent, [part(TEXT), part(TEXT), part(TEXT)])
    assert rule_of(excess) == (400, "part[3].X-Experience-API-Hash", "part-hash")
    assert post(lrs, sent, [part(TEXT), part(TEXT)]).status_code == 200
    assert data_of(lrs, str(sent["id"])) == [TEXT]


def test_data_are_read_by_whoever_may_read_the_statement(lrs: Lrs, stranger: Lrs, overseer: Lrs) -> None:
    sent = with_data(TEXT)
    assert post(lrs, sent, [part(TEXT)]).status_code == 200
    assert stranger.get(statementId=str(sent["id"]), attachments="true").status_code == 404
    assert parts_of(stranger.get(attachments="true"))[1] == []
    assert data_of(overseer, str(sent["id"])) == [TEXT]


def test_data_of_a_voided_statement_go_out_when_it_is_asked_for(lrs: Lrs) -> None:
    sent = with_data(TEXT)
    assert post(lrs, sent, [part(TEXT)]).status_code == 200
    lrs.stored(voiding(str(sent["id"])))
    answer = lrs.get(voidedStatementId=str(sent["id"]), attachments="true")
    assert [data for _, data in parts_of(answer)[1]] == [TEXT]


# --- refused ---------------------------------------------------------------------------------------------


@both_places
def test_what_is_refused_leaves_neither_statements_nor_data_and_is_in_the_log(lrs: Lrs) -> None:
    sent = with_data(TEXT, MORE)
    cases = [
        ([part(TEXT)], (400, "attachments[1]", "attachment-data")),
        ([part(TEXT), part(MORE), part(b"3")], (400, "part[3].X-Experience-API-Hash", "part-hash")),
        (
            [part(TEXT, X_Experience_API_Hash="")],
            (400, "part[1].X-Experience-API-Hash", "part-hash"),
        ),
        (
            [part(TEXT, Content_Transfer_Encoding="base64")],
            (400, "part[1].Content-Transfer-Encoding", "part-encoding"),
        ),
        ([part(TEXT, Content_Type="text/html")], (400, "part[1].Content-Type", "part-content-type")),
        ([part(TEXT, Content_Length="1")], (400, "part[1].Content-Length", "part-length")),
        ([part(b"other", hashlib.sha256(TEXT).hexdigest())], (400, "part[1]", "part-data")),
    ]
    for parts, refusal in cases:
        assert rule_of(post(lrs, sent, parts)) == refusal
    assert rows(lrs.app, *KEPT) == dict.fromkeys(KEPT, 0)
    assert [line[2] for line in refusal_log(lrs)] == [rule for _, (_, _, rule) in cases]


def test_a_wrong_statement_is_refused_before_its_data_are_looked_at(lrs: Lrs) -> None:
    answer = post(lrs, [statement(), with_data(TEXT, verb={"id": "no"})], [part(b"not declared")])
    assert rule_of(answer) == (400, "verb.id", "iri-absolute")
    assert answer.json["faults"][0]["index"] == 1


B = "multipart/mixed; boundary=b"
JSON = b"Content-Type: application/json\r\n\r\n"


@pytest.mark.parametrize(
    ("content_type", "sent", "refusal"),
    [
        ("multipart/mixed", b"x", (400, "Content-Type", "multipart-boundary")),
        (MIXED["Content-Type"], b"", (400, "part[0]", "multipart-form")),
        (MIXED["Content-Type"], b"{}", (400, "part[0]", "multipart-form")),
        (MIXED["Content-Type"], b"--" + BOUNDARY.encode() + b"--", (400, "part[0]", "multipart-form")),
        (B, b"--b\r\n\r\n{}\r\n--b--", (400, "part[0].Content-Type", "part-statements")),
        (B, b"--b\r\n" + JSON + b"{\r\n--b--", (400, "", "json")),
        ("multipart/form-data; boundary=b", b"--b\r\n", (400, "Content-Type", "content-type")),
    ],
)
def test_a_body_without_the_form_is_refused(
    lrs: Lrs, content_type: str, sent: bytes, refusal: tuple[int, str, str]
) -> None:
    assert rule_of(lrs.post(sent, **{"Content-Type": content_type})) == refusal


@both_places
def test_what_is_too_large_is_refused_with_413(lrs: Lrs) -> None:
    large = b"x" * 100_001
    assert rule_of(post(lrs, with_data(large), [part(large)])) == (413, "part[1]", "attachment-too-large")
    many = [os.urandom(99_000) for _ in range(4)]
    assert rule_of(post(lrs, with_data(*many), [part(one) for one in many])) == (413, "", "body-too-large")
    assert rows(lrs.app, *KEPT) == dict.fromkeys(KEPT, 0)


def test_statements_of_a_body_of_parts_have_the_limit_of_a_body(lrs: Lrs, app: Flask) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], max_body_bytes=2000)
    answer = post(lrs, [statement(), *[statement() for _ in range(20)]])
    assert rule_of(answer) == (413, "part[0]", "body-too-large")


def test_a_put_of_another_id_or_of_an_array_is_refused_as_without_parts(lrs: Lrs) -> None:
    wanted = str(uuid.uuid4())
    for sent, rule in ((with_data(TEXT), "id-differs"), ([with_data(TEXT)], "array-not-allowed")):
        answer = lrs.call("PUT", body=body(sent, [part(TEXT)]), headers=MIXED, statementId=wanted)
        assert answer.json["faults"][0]["rule"] == rule
    assert rows(lrs.app, *KEPT) == dict.fromkeys(KEPT, 0)


def test_a_refused_body_is_read_to_its_end_so_that_its_sender_hears_why(lrs: Lrs) -> None:
    large = os.urandom(90_000)
    sent = body([with_data(large, verb=None)], [part(large)])
    source = Chunked(iter([sent[:1000], sent[1000:]]))
    answer = lrs.client.post(
        "/xapi/statements",
        headers=headers_of(lrs) | MIXED,
        environ_overrides={"wsgi.input": source, "wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )
    assert rule_of(answer) == (400, "verb", "required")
    assert source.read(1) == b""


def test_heads_of_answers_with_data_are_those_of_the_answers(lrs: Lrs) -> None:
    sent = with_data(TEXT)
    assert post(lrs, sent, [part(TEXT)]).status_code == 200
    answer = lrs.call("HEAD", statementId=str(sent["id"]), attachments="true")
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "multipart/mixed", b"")
    assert "Last-Modified" in answer.headers


def in_chunks(lrs: Lrs, data: bytes, content_type: str) -> TestResponse:
    """POST as a server hands over a body sent in chunks: of one that breaks off it says that it ended."""
    return lrs.client.post(
        "/xapi/statements",
        input_stream=io.BytesIO(data),
        headers=headers_of(lrs) | {"Content-Type": content_type},
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )


def test_of_data_in_chunks_that_break_off_anywhere_nothing_is_stored(lrs: Lrs) -> None:
    whole = body(with_data(TEXT, MORE), [part(TEXT), part(MORE)])
    end = whole.rindex(b"--") + 2
    for cut in [*range(0, end - 50, 29), *range(end - 50, end)]:
        answer = in_chunks(lrs, whole[:cut], MIXED["Content-Type"])
        assert (answer.status_code, answer.json["faults"][0]["rule"]) == (400, "multipart-form"), cut
    assert not any(rows(lrs.app, *KEPT).values())
    assert in_chunks(lrs, whole[:end], MIXED["Content-Type"]).status_code == 200
    assert rows(lrs.app, "statements") == {"statements": 1}


def test_of_statements_in_chunks_that_break_off_anywhere_nothing_is_stored(lrs: Lrs) -> None:
    whole = msgspec.json.encode([statement(), statement()])
    for cut in [*range(0, len(whole) - 5, 7), len(whole) - 1]:
        assert in_chunks(lrs, whole[:cut], "application/json").status_code == 400, cut
    assert not any(rows(lrs.app, "statements").values())
    assert len(in_chunks(lrs, whole, "application/json").json) == 2


# --- memory ----------------------------------------------------------------------------------------------


class Chunked:
    """A body that is made while it is read, and counted."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest = chunks, b""

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size:
            chunk = next(self._chunks, b"")
            if not chunk:
                break
            self._rest += chunk
        given, self._rest = self._rest[:size], self._rest[size:]
        return given


def headers_of(lrs: Lrs) -> dict[str, str]:
    return {VERSION: lrs.version, "Authorization": basic(lrs.credential.key, lrs.credential.secret)}


@both_places
def test_64_megabytes_go_in_and_out_in_bounded_memory(lrs: Lrs, app: Flask) -> None:
    app.config["SETTINGS"] = replace(
        app.config["SETTINGS"], max_attachment_bytes=2**27, max_multipart_bytes=2**27
    )
    piece, count = os.urandom(64 * 1024), 1024
    digest = hashlib.sha256()
    for _ in range(count):
        digest.update(piece)
    sha2 = digest.hexdigest()
    sent = statement(attachments=[attachment(b"", sha2=sha2, length=len(piece) * count)])
    first = ({"Content-Type": "application/json"}, [msgspec.json.encode(sent)])
    headers, _ = part(b"", sha2)
    chunks = multipart.write([first, (headers, (piece for _ in range(count)))], BOUNDARY)
    lrs.get()
    tracemalloc.start()
    try:
        answer = lrs.client.post(
            "/xapi/statements",
            headers=headers_of(lrs) | MIXED,
            environ_overrides={
                "wsgi.input": Chunked(chunks),
                "wsgi.input_terminated": True,
                "CONTENT_LENGTH": "",
            },
        )
        assert answer.status_code == 200, answer.text
        answer = lrs.client.get(
            f"/xapi/statements?statementId={sent['id']}&attachments=true", headers=headers_of(lrs)
        )
        size = sum(len(chunk) for chunk in answer.response)
        answer.close()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > 2**26
    assert peak < 12 * 2**20
