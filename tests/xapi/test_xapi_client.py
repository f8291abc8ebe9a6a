"""What the client sends, byte for byte, and what each answer means to it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xapi.client import (
    Accepted,
    Answer,
    Client,
    Conflict,
    NotRead,
    Package,
    Refused,
    Unavailable,
    Unreachable,
)
from xapi.endpoints import Endpoint
from xapi.excerpts import MOST, Excerpts

ID = "12345678-1234-5678-1234-56781234567a"
OTHER = "12345678-1234-5678-1234-56781234567b"
ENDPOINT = Endpoint.read("https://lrs.example.org/xapi/")


@dataclass
class Script:
    """A transport that answers what it was given and remembers what it was asked."""

    answers: list[Answer | str]
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)

    def exchange(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | Iterable[bytes] | None
    ) -> Answer:
        whole = body if isinstance(body, bytes) else b"".join(body or ())
        self.asked.append((method, target, dict(headers), whole))
        answer = self.answers.pop(0)
        if isinstance(answer, str):
            raise Unreachable(answer)
        return answer


def client(*answers: Answer | str, key: str = "k", secret: str = "s") -> tuple[Client, Script]:
    script = Script(list(answers))
    return Client(ENDPOINT, key, secret, "1.0.3", script), script


def answered(status: int, body: object = b"", **headers: str) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, content)


def test_statements_go_out_byte_for_byte_and_in_order() -> None:
    texts = [
        b'{"id": "%s",  "result":{"duration":"PT1H30M", "score":{"raw":1.10e0}}}' % ID.encode(),
        '{"id":"%s","timestamp":"2026-10-01T09:00:00.123456789+07:00","name":"Đường"}'.encode()
        % OTHER.encode(),
    ]
    sender, script = client(answered(200, [ID, OTHER]))
    assert sender.post(texts) == Accepted((ID, OTHER))
    method, target, headers, body = script.asked[0]
    assert (method, target) == ("POST", "/xapi/statements")
    assert body == b"[" + texts[0] + b"," + texts[1] + b"]"
    assert headers["Content-Type"] == "application/json"
    assert headers["X-Experience-API-Version"] == "1.0.3"


def test_a_key_in_any_script_is_sent_as_utf_8() -> None:
    sender, script = client(answered(200, [ID]), key="khóa", secret="mật")
    sender.post([b"{}"])
    scheme, _, credential = script.asked[0][2]["Authorization"].partition(" ")
    assert (scheme, base64.b64decode(credential).decode()) == ("Basic", "khóa:mật")


def test_a_statement_with_attachments_is_sent_in_pieces_of_a_known_size() -> None:
    sender, script = client(answered(200, [ID]))
    package = Package("multipart/mixed; boundary=b", 9, (b"one", b"two", b"end"))
    assert sender.post_package(b'{"id":"%s"}' % ID.encode(), package) == Accepted((ID,))
    _, _, headers, body = script.asked[0]
    assert body == b"onetwoend"
    assert (headers["Content-Type"], headers["Content-Length"]) == ("multipart/mixed; boundary=b", "9")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>Welcome to the hotel</html>", b"{}", b"null", b"[]", b"\xff", b"[1]",
        json.dumps([OTHER]).encode(), json.dumps([ID, OTHER]).encode(),
    ],
)  # fmt: skip
def test_success_that_does_not_name_the_statements_is_none(body: bytes) -> None:
    sender, _ = client(answered(200, body))
    outcome = sender.post([b'{"id":"%s"}' % ID.encode()])
    assert isinstance(outcome, Unavailable)
    assert "does not name the statements" in outcome.reason


def test_ids_are_compared_without_their_case_and_a_statement_may_have_none() -> None:
    sender, _ = client(answered(200, [ID.upper(), OTHER]))
    assert sender.post([b'{"id":"%s"}' % ID.encode(), b"{}"]) == Accepted((ID.upper(), OTHER))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 413, 415, 422, 451])
def test_a_refusal_has_its_status_and_the_beginning_of_what_was_said(status: int) -> None:
    sender, _ = client(answered(status, b"no:\n\x00  " + b"a" * 9000))
    outcome = sender.post([b"{}"])
    assert outcome == Refused(status, ("no: " + "a" * 9000)[:MOST])


def test_409_is_a_conflict() -> None:
    sender, _ = client(answered(409, "Đã có".encode()))
    assert sender.post([b"{}"]) == Conflict("Đã có")


@pytest.mark.parametrize("status", [201, 204, 301, 302, 307, 308, 408, 425, 429, 500, 502, 503, 599])
def test_what_says_nothing_about_the_statements_is_unavailability(status: int) -> None:
    sender, _ = client(answered(status, b"later"))
    outcome = sender.post([b"{}"])
    assert isinstance(outcome, Unavailable)
    assert outcome.status == status
    assert str(status) in outcome.reason


def test_no_answer_is_unavailability_with_its_reason() -> None:
    sender, _ = client("no connection: refused")
    assert sender.post([b"{}"]) == Unavailable("no connection: refused")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "120"}, 120),
        ({"retry_after": " 0 "}, 0),
        (
            {"retry_after": "Sun, 22 Nov 2026 18:00:30 GMT", "date": "Sun, 22 Nov 2026 18:00:00 GMT"},
            30,
        ),
        ({"retry_after": "Sun, 22 Nov 2026 18:00:00 GMT", "date": "Sun, 22 Nov 2026 18:00:30 GMT"}, 0),
        ({"retry_after": "Sun, 22 Nov 2026 18:00:30 GMT"}, None),
        ({"retry_after": "Sun, 22 Nov 2026 18:00:30", "date": "Sun, 22 Nov 2026 18:00:00 GMT"}, None),
        ({"retry_after": "-1"}, None),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "²"}, None),
        ({"retry_after": "9" * 500}, 9_999_999_999),
        ({}, None),
    ],
)
def test_retry_after_is_seconds_or_a_date_beside_the_answers_own(
    headers: dict[str, str], seconds: int | None
) -> None:
    sender, _ = client(answered(429, b"", **headers))
    outcome = sender.post([b"{}"])
    assert isinstance(outcome, Unavailable)
    assert outcome.retry_after == seconds


@given(st.binary(max_size=3000), st.integers(100, 599), st.text(max_size=60))
def test_no_answer_whatsoever_breaks_the_client(body: bytes, status: int, retry_after: str) -> None:
    sender, _ = client(answered(status, body, retry_after=retry_after, date=retry_after))
    assert isinstance(sender.post([b"{}"]), Accepted | Refused | Conflict | Unavailable)


@given(st.binary(max_size=3000))
def test_an_excerpt_is_one_line_that_can_be_printed_and_kept(body: bytes) -> None:
    text = Excerpts("k", "a long secret").of(body)
    assert len(text) <= MOST
    assert all(letter.isprintable() for letter in text)


def test_versions_do_not_show_the_secret() -> None:
    sender, _ = client(answered(200, {"version": ["1.0.3", "Basic azpsb25nZXI="]}), secret="longer")
    assert sender.versions() == ["1.0.3", "Basic […]"]


def test_more_is_followed_to_the_end_and_each_statement_comes_as_it_was_sent() -> None:
    sender, script = client(
        answered(200, b'{"statements": [{"a":  1.10}, {"b":"PT1H"}], "more": "/xapi/statements?more=2"}'),
        answered(200, b'{"more":"","statements":[{"c":1e2}]}'),
    )
    assert list(sender.statements(verb="http://a/b?c&d")) == [b'{"a":  1.10}', b'{"b":"PT1H"}', b'{"c":1e2}']
    assert [target for _, target, _, _ in script.asked] == [
        "/xapi/statements?verb=http%3A%2F%2Fa%2Fb%3Fc%26d",
        "/xapi/statements?more=2",
    ]


@pytest.mark.parametrize("more", ["https://elsewhere.example.org/xapi/statements", "/xapi/statements"])
def test_more_that_leads_elsewhere_or_in_a_circle_is_not_followed(more: str) -> None:
    sender, script = client(*[answered(200, {"statements": [{}], "more": more})] * 3)
    found = sender.statements()
    assert next(found) == b"{}"
    with pytest.raises(NotRead):
        next(found)
    assert len(script.asked) == 1


@pytest.mark.parametrize("body", [b"", b"[]", b'{"statements":1}', b"<html>", b'{"statements":[{]}', b"\xff"])
def test_a_page_that_is_none_is_said_to_be_none(body: bytes) -> None:
    sender, _ = client(answered(200, body))
    with pytest.raises(NotRead) as failure:
        list(sender.statements())
    assert isinstance(failure.value.outcome, Unavailable)


def test_a_statement_is_found_voided_or_not() -> None:
    for answers, expected in (
        ([answered(200, b'{"a": 1}')], b'{"a": 1}'),
        ([answered(404), answered(200, b'{"a": 1}')], b'{"a": 1}'),
        ([answered(404), answered(404)], None),
    ):
        sender, script = client(*answers)
        assert sender.statement(ID) == expected
        names = ["statementId", "voidedStatementId"][: len(script.asked)]
        assert [t for _, t, _, _ in script.asked] == [f"/xapi/statements?{name}={ID}" for name in names]


def test_reading_that_is_refused_says_why() -> None:
    sender, _ = client(answered(403, b"no right"))
    with pytest.raises(NotRead) as failure:
        sender.statement(ID)
    assert failure.value.outcome == Refused(403, "no right")


def test_about_tells_the_versions() -> None:
    sender, script = client(answered(200, {"version": ["1.0.3", "2.0.0"], "extensions": {}}), answered(200))
    assert sender.versions() == ["1.0.3", "2.0.0"]
    assert script.asked[0][1] == "/xapi/about"
    with pytest.raises(NotRead):
        sender.versions()
