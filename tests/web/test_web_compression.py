"""gzip both ways at the doors for programs."""

from __future__ import annotations

import gzip
import json
import os
import tracemalloc
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from lms_tracker.config import Settings
from lms_tracker.web.compression import Unpacked
from tests.web.lrs_client import STATEMENTS, THROUGH, Lrs, refusal_log, rows, statement
from xapi.faults import Refusal

MOST = 200_000


@pytest.fixture
def database_kind() -> str:
    """What is looked at here happens before any database is asked."""
    return "sqlite"


@pytest.fixture
def settings(migrated_database_url: str) -> Settings:
    from tests import databases

    return Settings(database_url=migrated_database_url, secret_key=databases.SECRET_KEY, max_body_bytes=MOST)


def post_packed(lrs: Lrs, body: bytes, coding: str = "gzip", path: str = STATEMENTS) -> TestResponse:
    return lrs.call("POST", path, body, headers={"Content-Encoding": coding})


def large(lrs: Lrs) -> list[str]:
    return lrs.stored([statement(result={"response": "đúng " * 50}) for _ in range(20)])


@pytest.mark.parametrize("coding", ["gzip", "GZIP ", "x-gzip"])
@pytest.mark.parametrize("path", [STATEMENTS, "/api/v1/check"])
def test_a_body_may_come_packed(lrs: Lrs, coding: str, path: str) -> None:
    body = json.dumps([statement() for _ in range(30)]).encode()
    assert post_packed(lrs, gzip.compress(body), coding, path).status_code == 200


def test_a_statement_is_put_packed_and_kept_as_it_was(lrs: Lrs) -> None:
    one = statement(result={"score": {"raw": 1.10}})
    text = json.dumps(one).replace("1.1", "1.10").encode()
    headers: dict[str, str | None] = {"Content-Encoding": "gzip"}
    put = lrs.call("PUT", body=gzip.compress(text), headers=headers, statementId=one["id"])
    assert put.status_code == 204
    assert '"raw": 1.10' in lrs.get(statementId=one["id"]).text


def test_files_of_gzip_one_after_the_other_are_one(lrs: Lrs) -> None:
    body = json.dumps([statement() for _ in range(3)]).encode()
    assert post_packed(lrs, gzip.compress(body[:50]) + gzip.compress(b"") + gzip.compress(body[50:])).json


WHOLE = gzip.compress(json.dumps([{"x": "y" * 100}]).encode())
RUBBISH = {
    "plain": b'{"id":1}',
    "cut off": WHOLE[:-9],
    "no end": WHOLE[:12],
    "wrong sum": WHOLE[:-8] + b"\0" * 8,
    "zlib": zlib.compress(b"{}"),
    "more after it": WHOLE + b"more",
    "empty": b"",
}


@pytest.mark.parametrize("body", RUBBISH.values(), ids=RUBBISH.keys())
def test_what_is_no_gzip_is_400(lrs: Lrs, body: bytes) -> None:
    answer = post_packed(lrs, body)
    assert answer.status_code == 400
    assert not any(rows(lrs.app).values())
    if body:
        assert refusal_log(lrs)[0][1:3] == ("Content-Encoding", "content-gzip")


@pytest.mark.parametrize("coding", ["br", "deflate", "zstd", "gzip, gzip", "identity, gzip", "x" * 3_000])
@pytest.mark.parametrize("path", [STATEMENTS, "/api/v1/check"])
def test_other_codings_are_415_and_ours_is_named(lrs: Lrs, path: str, coding: str) -> None:
    answer = post_packed(lrs, WHOLE, coding, path)
    assert answer.status_code == 415
    assert answer.headers["Accept-Encoding"] == "gzip"
    (fault,) = answer.json["faults"]
    assert (fault["path"], fault["rule"]) == ("Content-Encoding", "content-encoding")
    assert fault["got"] == coding[:80]


@pytest.mark.parametrize("coding", ["", "identity", " Identity "])
def test_identity_is_no_coding(lrs: Lrs, coding: str) -> None:
    assert post_packed(lrs, json.dumps(statement()).encode(), coding).status_code == 200


def test_limits_are_those_of_the_unpacked_body(lrs: Lrs) -> None:
    statements = [statement(result={"response": "a" * 2_000}) for _ in range(MOST // 2_400)]
    assert post_packed(lrs, gzip.compress(json.dumps(statements).encode())).status_code == 200
    answer = post_packed(lrs, gzip.compress(json.dumps(statements * 2).encode()))
    assert (answer.status_code, answer.json["faults"][0]["rule"]) == (413, "body-too-large")


def test_a_bomb_is_413_and_takes_little_memory(lrs: Lrs) -> None:
    bomb = gzip.compress(b"[" * 40_000_000, 9)
    lrs.post([])
    tracemalloc.start()
    try:
        assert post_packed(lrs, bomb).status_code == 413
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 10 * MOST


class Endless:
    """A body that never ends: gzip files that hold nothing, one after the other."""

    def __init__(self) -> None:
        self.read_bytes = 0

    def read(self, size: int, /) -> bytes:
        if self.read_bytes > 10_000_000:
            raise AssertionError("nobody stops reading")
        files = gzip.compress(b"") * (size // 20 - 1)
        self.read_bytes += len(files)
        return files


def test_what_unpacks_to_nothing_is_not_read_for_ever() -> None:
    endless = Endless()
    with pytest.raises(Refusal):
        Unpacked(endless).read(10)
    assert endless.read_bytes > 1_000_000


class Pieces:
    def __init__(self, data: bytes, size: int) -> None:
        self._data, self._size = data, size

    def read(self, size: int, /) -> bytes:
        taken = min(size, self._size)
        piece, self._data = self._data[:taken], self._data[taken:]
        return piece


@given(st.lists(st.binary(max_size=5_000), max_size=4), st.integers(1, 300), st.integers(1, 10_000))
def test_it_unpacks_to_what_was_packed_however_it_arrives_and_is_read(
    members: list[bytes], arriving: int, asked: int
) -> None:
    unpacked = Unpacked(Pieces(b"".join(gzip.compress(member) for member in members), arriving))
    read = bytearray()
    while piece := unpacked.read(asked):
        assert len(piece) <= asked
        read += piece
    assert bytes(read) == b"".join(members)
    assert unpacked.read(asked) == b""


def test_what_waits_inside_comes_out_when_nothing_more_arrives() -> None:
    data = os.urandom(1_000) * 200
    unpacked = Unpacked(Pieces(gzip.compress(data, 9), 65_536))
    read = bytearray()
    while piece := unpacked.read(7):
        read += piece
    assert bytes(read) == data


@pytest.mark.parametrize("accepted", ["gzip", "deflate, gzip;q=0.5, br", "*", "GZIP", "identity;q=0.5, gzip"])
def test_a_large_answer_goes_packed_where_it_is_taken(lrs: Lrs, accepted: str) -> None:
    ids = large(lrs)
    answer = lrs.call("GET", headers={"Accept-Encoding": accepted})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert int(answer.headers["Content-Length"]) == len(answer.data) < 8_000
    assert THROUGH in answer.headers
    whole: dict[str, Any] = json.loads(gzip.decompress(answer.data))
    assert [one["id"] for one in whole["statements"]] == ids[::-1]


@pytest.mark.parametrize(
    "accepted", [None, "", "identity", "br", "gzip;q=0", "*;q=0", "gzip;q=0.1, identity"]
)
def test_an_answer_goes_plain_where_that_is_what_is_wanted(lrs: Lrs, accepted: str | None) -> None:
    large(lrs)
    answer = lrs.call("GET", headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers
    # A cache has to know that others get another coding.
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert len(answer.json["statements"]) == 20


def test_small_answers_and_those_with_an_entity_tag_go_plain(lrs: Lrs) -> None:
    definition = {"name": {f"x-{number}": "a" * 60 for number in range(40)}}
    lrs.stored(statement(object={"id": "x:a", "definition": definition}))
    headers: dict[str, str | None] = {"Accept-Encoding": "gzip"}
    assert "Content-Encoding" not in lrs.call("GET", "/xapi/about", headers=headers).headers
    tagged = lrs.call("GET", "/xapi/activities", headers=headers, activityId="x:a")
    assert len(tagged.data) > 2_400
    assert "Content-Encoding" not in tagged.headers
    assert "Vary" not in tagged.headers
    assert "ETag" in tagged.headers


def test_head_tells_of_the_packed_answer(lrs: Lrs) -> None:
    large(lrs)
    headers: dict[str, str | None] = {"Accept-Encoding": "gzip"}
    got, head = (lrs.call(method, headers=headers) for method in ("GET", "HEAD"))
    assert head.data == b""
    for name in ("Content-Encoding", "Content-Length", "Vary", "Content-Type"):
        assert head.headers[name] == got.headers[name]


def test_pages_of_people_are_left_alone(lrs: Lrs) -> None:
    answer = lrs.client.get("/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers
    assert "Accept-Encoding" not in answer.headers.get("Vary", "")
