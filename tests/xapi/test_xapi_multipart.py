"""Bodies of parts: read alike however they are cut into chunks, refused with the part that is wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xapi import multipart
from xapi.faults import Refusal

BOUNDARY = "abcABC0123'()+_,-./:=?"
Parts = list[tuple[dict[str, str], bytes]]


def read(body: bytes, boundary: str = "b", size: int | None = None) -> Parts:
    """The parts of a body that comes in chunks of `size` bytes."""
    step = size or len(body) or 1
    chunks = (body[at : at + step] for at in range(0, len(body), step))
    return [(dict(part.headers), b"".join(part.data)) for part in multipart.read(chunks, boundary)]


def refused(body: bytes, boundary: str = "b", size: int | None = None) -> tuple[str, str]:
    """Place and message of the refusal."""
    with pytest.raises(Refusal) as problem:
        read(body, boundary, size)
    fault = problem.value.faults[0]
    assert (problem.value.status, fault.rule, fault.index) == (400, "multipart-form", None)
    return fault.path, fault.message


# Each: what it is, the body, its parts.
FORMS: dict[str, tuple[bytes, Parts]] = {
    "one part": (b"--b\r\nA: 1\r\n\r\nx\r\n--b--\r\n", [({"a": "1"}, b"x")]),
    "two parts": (
        b"--b\r\nA: 1\r\n\r\nx\r\n--b\r\nB:2\r\n\r\ny\r\n--b--",
        [({"a": "1"}, b"x"), ({"b": "2"}, b"y")],
    ),
    "no end of line after the last boundary": (b"--b\r\nA: 1\r\n\r\nx\r\n--b--", [({"a": "1"}, b"x")]),
    "text before and after": (b"hello\r\n--b\r\nA: 1\r\n\r\nx\r\n--b--bye\r\n--b\r\n", [({"a": "1"}, b"x")]),
    "an empty line before": (b"\r\n--b\r\nA: 1\r\n\r\nx\r\n--b--", [({"a": "1"}, b"x")]),
    "blanks after boundaries": (
        b"--b \t\r\nA: 1\r\n\r\nx\r\n--b  \r\n\r\ny\r\n--b-- ",
        [({"a": "1"}, b"x"), ({}, b"y")],
    ),
    "no headers": (b"--b\r\n\r\nx\r\n--b--", [({}, b"x")]),
    "no data": (b"--b\r\nA: 1\r\n\r\n\r\n--b--", [({"a": "1"}, b"")]),
    "no data and no empty line of their own": (b"--b\r\nA: 1\r\n\r\n--b--", [({"a": "1"}, b"")]),
    "neither headers nor data": (b"--b\r\n\r\n--b--", [({}, b"")]),
    "no parts": (b"--b--", []),
    "a folded header": (
        b"--b\r\nA: 1;\r\n\t2\r\nC : 3 \r\n\r\nx\r\n--b--",
        [({"a": "1; 2", "c": "3"}, b"x")],
    ),
    "an empty header": (b"--b\r\nA:\r\n\r\nx\r\n--b--", [({"a": ""}, b"x")]),
    "ends of lines in data": (b"--b\r\n\r\n\r\n\r\nx\n\r\r\n\r\n--b--", [({}, b"\r\n\r\nx\n\r\r\n")]),
    "what is nearly a boundary": (
        b"--b\r\n\r\n\n--b\r--b\r\n-b\r\n--c\r\n--b--",
        [({}, b"\n--b\r--b\r\n-b\r\n--c")],
    ),
    "data that run into the next boundary, as those of xAPI.js": (
        b"--b\r\n\r\nx\r\n--b\r\nContent-Type: t/p\r\n\r\ny\r"
        b"--b\r\nContent-Type: t/p\r\n\r\nz--b\r\nContent\r\n--b--",
        [({}, b"x"), ({"content-type": "t/p"}, b"y\r"), ({"content-type": "t/p"}, b"z--b\r\nContent")],
    ),
    "any bytes": (b"--b\r\n\r\n" + bytes(range(256)) + b"\r\n--b--", [({}, bytes(range(256)))]),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_body_is_read_alike_in_chunks_of_any_size(form: str) -> None:
    body, parts = FORMS[form]
    for size in range(1, len(body) + 1):
        assert read(body, size=size) == parts, size


@pytest.mark.parametrize(
    ("body", "place", "message"),
    [
        (b"", "part[0]", "expected the line --b--"),
        (b"nothing of the kind", "part[0]", "expected the line --b--"),
        (b"--b", "part[0]", "expected the line --b--"),
        (b"--b\r\nA: 1\r\n\r\nx", "part[0]", "expected the line --b--"),
        (b"--b\r\nA: 1\r\n\r\nx\r\n--b\r\n", "part[1]", "expected the line --b--"),
        (b"--b\r\nA: 1\r\n\r\nx\r\n--b-", "part[1]", "expected the line --b--"),
        (b"--b\nA: 1\n\nx\n--b--\n" , "part[0]", "expected a line to end, in CRLF"),
        (b"--bc\r\nA: 1\r\n\r\nx\r\n--b--", "part[0]", "expected a line to end, in CRLF"),
        (b"--b" + b" " * 2000, "part[0]", "expected a line to end, in CRLF"),
        (b"--b\r\nA: 1\r\n\r\nx\r\n--b\r\nA 1\r\n\r\ny\r\n--b--", "part[1]", "expected a header such as"),
        (b"--b\r\n: 1\r\n\r\nx\r\n--b--", "part[0]", "expected a header such as"),
        (b"--b\r\nA: 1\nB: 2\r\n\r\nx\r\n--b--", "part[0]", "expected a header such as"),
        (b"--b\r\nA: \0\r\n\r\nx\r\n--b--", "part[0]", "expected a header such as"),
        (b"--b\r\nA: 1\r\na: 1\r\n\r\nx\r\n--b--", "part[0]", "expected the header a once"),
        (b"--b\r\nA: " + b"x" * 20_000, "part[0]", "expected headers of at most 16384 bytes"),
        (b"--b\r\n" + b"A: 1\r\n" * 10_000 + b"\r\nx\r\n--b--", "part[0]", "expected headers of at most"),
    ],
)  # fmt: skip
def test_what_has_not_the_form_is_refused_with_the_part(body: bytes, place: str, message: str) -> None:
    for size in {1, 7, len(body) or 1} if len(body) < 1000 else {1000, len(body)}:
        found_place, found_message = refused(body, size=size)
        assert (found_place, found_message[: len(message)]) == (place, message)


@pytest.mark.parametrize(
    ("header", "boundary"),
    [
        ("multipart/mixed; boundary=abc", "abc"),
        ('multipart/mixed; boundary="abcABC0123\'()+_,-./:=?"', BOUNDARY),
        (f"multipart/mixed; boundary={BOUNDARY}", BOUNDARY),
        ("multipart/mixed; BOUNDARY = abc ; charset=utf-8", "abc"),
        ('Multipart/Mixed;charset=utf-8;boundary="a b"', "a b"),
        ("multipart/mixed; boundary=-------314159265358979323846", "-------314159265358979323846"),
        ("multipart/mixed; boundary=" + "x" * 70, "x" * 70),
    ],
)
def test_the_boundary_is_named_by_the_content_type(header: str, boundary: str) -> None:
    assert multipart.boundary_of(header) == boundary


@pytest.mark.parametrize(
    "header",
    [
        "multipart/mixed",
        "multipart/mixed;",
        "multipart/mixed; boundary=",
        'multipart/mixed; boundary=""',
        'multipart/mixed; boundary="ends in a blank "',
        "multipart/mixed; boundary=đ",
        "multipart/mixed; boundary=" + "x" * 71,
        "multipart/mixed; aboundary=x",
    ],
)
def test_a_content_type_without_a_usable_boundary_is_refused(header: str) -> None:
    with pytest.raises(Refusal) as problem:
        multipart.boundary_of(header)
    assert [(fault.path, fault.rule) for fault in problem.value.faults] == [
        ("Content-Type", "multipart-boundary")
    ]


def test_the_example_of_the_specification_is_read() -> None:
    body = (
        f"\r\n--{BOUNDARY}\r\nContent-Type:application/json\r\n\r\n{{}}\r\n--{BOUNDARY}\r\n"
        "Content-Type:text/plain\r\nContent-Transfer-Encoding:binary\r\n"
        "X-Experience-API-Hash:495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a\r\n\r\n"
        f"here is a simple attachment\r\n--{BOUNDARY}--"
    ).encode()
    first, second = read(body, BOUNDARY)
    assert first == ({"content-type": "application/json"}, b"{}")
    assert second[0]["content-transfer-encoding"] == "binary"
    assert second[1] == b"here is a simple attachment"


# Data made of what boundaries are made of.
marks = st.sampled_from([b"\r", b"\n", b"-", b"--", b"b", b"c", b"\r\n--", b" ", b"\0"])
near_boundaries = st.lists(marks).map(b"".join)
header_sets = st.dictionaries(
    st.sampled_from(["a", "content-type", "x-hash"]), st.sampled_from(["", "1", "a/b; c=d"])
)


@given(st.lists(st.tuples(header_sets, near_boundaries), min_size=1, max_size=4), st.integers(1, 40))
def test_what_was_written_is_read_again(parts: Parts, size: int) -> None:
    body = b"".join(multipart.write([(headers, [data]) for headers, data in parts], "bcb-1"))
    if any(b"\r\n--bcb-1" in b"\r\n" + data for _, data in parts):
        return
    assert read(body, "bcb-1", size) == parts


@given(st.binary(max_size=200), near_boundaries, st.integers(1, 40))
def test_any_bytes_are_read_or_refused_alike_in_chunks_of_any_size(
    noise: bytes, near: bytes, size: int
) -> None:
    body = near + b"--b\r\n\r\n" + noise + near

    def outcome(size: int | None) -> object:
        try:
            return read(body, "b", size)
        except Refusal as problem:
            return problem.faults[0].path

    assert outcome(size) == outcome(None)


def test_parts_that_nobody_looks_at_are_passed_over() -> None:
    body = b"".join(multipart.write([({"n": str(n)}, [b"x" * n]) for n in range(5)], "b"))
    assert [part.headers["n"] for part in multipart.read([body], "b")] == ["0", "1", "2", "3", "4"]


def test_no_more_of_a_body_is_held_than_a_chunk_and_a_boundary() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"--b\r\n\r\n"
        for _ in range(1000):
            yield b"\r\n--" * 250
        yield b"\r\n--b--"

    sizes = [len(piece) for part in multipart.read(chunks(), "b") for piece in part.data]
    assert sum(sizes) == 1_000_000
    assert max(sizes) <= 1010
