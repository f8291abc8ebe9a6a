"""Requests in the alternate syntax of 1.0.3 (xAPI-Communication 1.3)."""

from __future__ import annotations

import re
import tracemalloc
from contextlib import suppress
from urllib.parse import quote, quote_plus, unquote_to_bytes, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xapi import alternate_syntax
from xapi.alternate_syntax import HEADERS, Intended, is_meant, read
from xapi.faults import Refusal


def refused(query: str, form: bytes) -> tuple[str, int]:
    with pytest.raises(Refusal) as raised:
        read(query, form)
    (fault,) = raised.value.faults
    assert fault.rule == "alternate-syntax"
    assert fault.got.encode()
    return fault.path, raised.value.status


def test_what_the_appendix_of_the_specification_shows_is_understood() -> None:
    statement = '{"id":"c70c2b85-c294-464f-baca-cebd4fb9b348","actor":{"mbox":"mailto:a@b.vn"}}'
    form = urlencode(
        {
            "statementId": "c70c2b85-c294-464f-baca-cebd4fb9b348",
            "Authorization": "Basic VGVzdFVzZXI6cGFzc3dvcmQ=",
            "X-Experience-API-Version": "1.0.3",
            "Content-Type": "application/json",
            "Content-Length": "351",
            "content": statement,
        }
    )
    assert read("method=PUT", form.encode()) == Intended(
        "PUT",
        {
            "Authorization": "Basic VGVzdFVzZXI6cGFzc3dvcmQ=",
            "X-Experience-API-Version": "1.0.3",
            "Content-Type": "application/json",
            "Content-Length": "351",
        },
        [("statementId", "c70c2b85-c294-464f-baca-cebd4fb9b348")],
        statement.encode(),
    )


@pytest.mark.parametrize(
    ("method", "query", "meant"),
    [
        ("POST", "method=GET", True),
        ("POST", "method=", True),
        ("POST", "statementId=1&method=PUT", True),
        ("POST", "m%65thod=PUT", False),
        ("POST", "", False),
        ("POST", "method1=PUT", False),
        ("PUT", "method=PUT", False),
        ("GET", "method=GET", False),
    ],
)
def test_it_is_a_post_that_names_a_method(method: str, query: str, meant: bool) -> None:
    assert is_meant(method, query) is meant


@pytest.mark.parametrize(
    ("query", "form", "path"),
    [
        ("method=PUT&statementId=1", b"content={}", "method"),
        ("method=PUT&method=PUT", b"content={}", "method"),
        ("method=put", b"content={}", "method"),
        ("method=PATCH", b"content={}", "method"),
        ("method=", b"content={}", "method"),
        ("method=PUT", b"", "content"),
        ("method=POST", b"statementId=1", "content"),
        ("method=PUT", b'{"content":"{}"}', "content"),
        ("method=PUT", b"content=1&content=2", "content"),
        ("method=PUT", b"content=%ff", "content"),
        ("method=GET", b"since=%ff", "since"),
        ("method=GET", b"Authorization=a&authorization=b", "Authorization"),
        ("method=GET", b"If-Match=a%0d%0aX: b", '["If-Match"]'),
        ("method=GET", b"If-Match=%c3%a9", '["If-Match"]'),
        ("method=PUT", b"content=1&Content-Type=Multipart/mixed; boundary=b", '["Content-Type"]'),
        ("method=GET", b"&".join([b"a=1"] * 51), ""),
    ],
)
def test_what_cannot_be_meant_is_refused(query: str, form: bytes, path: str) -> None:
    assert refused(query, form) == (path, 400)


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_is_known_in_any_case_and_never_becomes_a_parameter(name: str) -> None:
    intended = read("method=GET", f"{name.upper()}=x".encode())
    assert (intended.headers, intended.parameters) == ({name: "x"}, [])


PARAMETERS = st.lists(
    st.tuples(st.text("abcđ _", min_size=1, max_size=5), st.text(max_size=20)), max_size=5
).filter(lambda pairs: all(name != "content" for name, _ in pairs))


@given(st.text(), PARAMETERS, st.sampled_from([quote, quote_plus]))
def test_parameters_and_content_come_out_as_they_went_in(
    content: str, parameters: list[tuple[str, str]], by: object
) -> None:
    form = urlencode([*parameters, ("content", content)], quote_via=by)  # type: ignore[arg-type]
    assert read("method=POST", form.encode()) == Intended("POST", {}, parameters, content.encode())


@given(st.text(max_size=30), st.binary(max_size=60))
def test_rubbish_is_refused_or_understood_and_nothing_else(query: str, form: bytes) -> None:
    for given_query in (query, "method=PUT"):
        with suppress(Refusal):
            assert read(given_query, form).method in alternate_syntax.METHODS


def test_decoding_takes_little_more_memory_than_the_content() -> None:
    content = "đ" * 30_000
    form = b"content=" + quote(content).encode()
    tracemalloc.start()
    try:
        assert read("method=PUT", form).content == content.encode()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 6 * len(form)


@pytest.mark.parametrize("shift", range(4))
def test_no_escape_is_parted_in_decoding(shift: int) -> None:
    content = "x" * shift + "đ" * 10_000
    assert read("method=PUT", b"content=" + quote(content).encode()).content == content.encode()


@given(st.lists(st.sampled_from([b"%", b"4", b"aF", b"\\", b"\\x41", b"+", b"\xff", b"\n", b"=", b"%c4%91"])))
def test_escapes_are_read_as_python_s_own_reader_of_them_does(pieces: list[bytes]) -> None:
    text = b"".join(pieces)
    wanted = unquote_to_bytes(text.replace(b"+", b" "))
    if re.search(rb"%(?![0-9A-Fa-f]{2})", text):
        assert refused("method=PUT", b"content=" + text) == ("", 400)
        return
    try:
        wanted.decode()
    except UnicodeDecodeError:
        assert refused("method=PUT", b"content=" + text) == ("content", 400)
    else:
        assert read("method=PUT", b"content=" + text).content == wanted


@pytest.mark.parametrize("escape", ["%41", "%5c%f", "+", "\\", "a"])
def test_no_form_takes_many_times_its_memory_whatever_it_is_made_of(escape: str) -> None:
    form = b"content=" + (escape * alternate_syntax.MOST_BYTES).encode()[:400_000]
    tracemalloc.start()
    try:
        with suppress(Refusal):
            read("method=PUT", form)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 12 * len(form)


@pytest.mark.parametrize(
    "form", [b"agent=" + b"a" * 70_000, b"a" * 70_000 + b"=", b"If-Match=" + b"a" * 70_000]
)
def test_all_but_content_is_short(form: bytes) -> None:
    assert refused("method=POST", form + b"&content=1") == ("", 400)
