"""Statements found in streams of bytes: whatever the shape, and wherever the stream is cut into chunks."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xapi.splitting import BEGINNING, KEPT_OF_LONG, Item, Place, Splitter

LONGEST = 2_000


def split(
    stream: bytes, cuts: Iterable[int] = (), longest: int = LONGEST, place: Place = BEGINNING
) -> list[Item]:
    """The items of a stream that arrives cut at these offsets."""
    splitter = Splitter(longest, place)
    found: list[Item] = []
    ends = sorted({min(max(cut, 0), len(stream)) for cut in cuts})
    for begin, end in zip([0, *ends], [*ends, len(stream)], strict=True):
        found += splitter.feed(stream[begin:end])
    return [*found, *splitter.finish()]


def texts(stream: bytes, cuts: Iterable[int] = (), **more: Any) -> list[bytes]:
    return [item.text for item in split(stream, cuts, **more)]


A = b'{"id": "a", "x": ["{", "]", "\\"", {"y": [1, 2]}]}'
B = b'{"actor": "l\xc3\xaa\\\\", "statements": "no list"}'
C = b'{"extensions": {"statements": [{"z": 1}]}}'

SHAPES = {
    "lines": b"\n".join([A, B, C]) + b"\n",
    "lines without an end": b"\n".join([A, B, C]),
    "lines of Windows": b"\r\n".join([A, b"", B, C, b""]),
    "one array": b"[" + b",".join([A, B, C]) + b"]",
    "an array on lines": b"[\n" + b",\n".join([A, B, C]) + b"\n]\n",
    "an array whose first statement stands beside the bracket": b"[" + b",\n ".join([A, B, C]) + b"]",
    "a result": b'{"statements": [' + b", ".join([A, B, C]) + b'], "more": "/xapi?a=[{"}',
    "a result that begins with more": b'{"more": "", "statements" : [' + b",".join([A, B, C]) + b"]}",
    "a result laid out": b'{\n  "statements": [\n' + b",\n".join([A, B, C]) + b'\n  ],\n  "more": ""\n}\n',
    "results on lines": b'{"statements":[' + A + b'],"more":"x"}\n{"more":"","statements":[]}\n'
    b'{"statements":[' + B + b"," + C + b"]}\n",
    "results after each other": b'{"statements":[' + A + b"," + B + b']}{"statements":[' + C + b"]}",
    "many results on a line, after one on its own": A + b"\n" + b'{"statements":[]}' * 20
    + b'{"statements":[' + B + b']}{"statements":[]}{"statements":[' + C + b']}{"more":"","statements":[]}\n',
    "arrays on lines": b"[" + A + b"]\n[]\n[" + B + b"," + C + b"]\n",
    "arrays and statements on lines": A + b"\n[" + B + b"," + C + b"]\n",
    "a list that is given twice": b'{"statements":[' + A + b'],"x":{"statements":[1]},"statements":['
    + B + b"," + C + b"]}",
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_gives_its_statements_wherever_it_is_cut(shape: str) -> None:
    stream = SHAPES[shape]
    assert texts(stream) == [A, B, C]
    for cut in range(len(stream)):
        assert texts(stream, [cut]) == [A, B, C], cut
    assert texts(stream, range(len(stream))) == [A, B, C]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_stream_is_gone_on_with_after_any_of_its_items(shape: str) -> None:
    stream = SHAPES[shape]
    items = split(stream)
    for number, item in enumerate(items):
        rest = split(stream[item.after.offset :], place=item.after)
        assert [(one.text, one.line, one.index) for one in rest] == [
            (one.text, one.line, one.index) for one in items[number + 1 :]
        ]


def test_lines_and_items_are_numbered_as_editors_and_arrays_do() -> None:
    assert [(item.line, item.index) for item in split(A + b"\n\n" + B + b"\n" + C)] == [
        (1, 0),
        (3, 1),
        (4, 2),
    ]
    laid_out = json.dumps([json.loads(B), json.loads(B)], indent=2).encode()
    assert [(item.line, item.index) for item in split(laid_out)] == [(2, 0), (6, 1)]


@pytest.mark.parametrize(
    "broken",
    [
        b'{"id": "cut',
        b'{"id": "cut"',
        b'{"id": ["cut',
        b'{"id": "cut\\',
        b"[1, [2",
        b"nonsense",
        b'"text',
        b"}",
    ],
)
def test_a_broken_line_ends_where_it_ends(broken: bytes) -> None:
    found = texts(b"\n".join([A, broken, B]))
    assert found[0] == A
    assert found[-1] == B
    assert found[1:-1]
    assert all(text in broken for text in found[1:-1])


def test_a_first_line_that_is_cut_off_does_not_take_the_others_with_it() -> None:
    for broken in (b'{"id": "cut', b'{"id": "cut"', b'{"id": 12'):
        assert texts(b"\n".join([broken, A, B])) == [broken, A, B]


def test_a_stream_that_ends_within_a_statement_or_between_two_says_so() -> None:
    *first, last = split(b"[" + A + b"," + B[:9])
    assert [item.finished for item in first] == [True]
    assert (last.text, last.finished) == (B[:9], False)
    for stream in (b"[" + A + b",", b'{"statements":[' + A, b'{"statements":[' + A + b'],"mo'):
        *first, last = split(stream)
        assert [(item.text, item.finished) for item in first] == [(A, True)]
        assert last.finished is False
    assert split(b"") == split(b" \n ") == split(b"[]") == []


def test_what_is_no_object_is_an_item_too() -> None:
    assert texts(b'[1, "a,b", null, [2, 3], true]') == [b"1", b'"a,b"', b"null", b"[2, 3]", b"true"]
    assert texts(b"one two") == [b"one", b"two"]


@pytest.mark.parametrize("cuts", [(), range(0, 50_000, 700)])
def test_of_an_item_that_is_too_long_the_beginning_is_kept_and_its_length(cuts: Iterable[int]) -> None:
    for text in (
        b'{"x": "' + b"y" * 30_000 + b'"}',
        b'{"x": [' + b"[0]," * 8_000 + b"0]}",
        b"7" * 30_000,
        b'"' + b"\\n" * 15_000 + b'"',
    ):
        for stream in (b"[" + A + b"," + text + b"," + B + b"]", b"\n".join([A, text, B])):
            before, long, after = split(stream, cuts)
            assert (before.text, after.text) == (A, B)
            assert long.text == text[:KEPT_OF_LONG]
            assert long.length == len(text)


def test_what_never_ends_is_held_no_longer_than_a_chunk_and_an_item() -> None:
    splitter = Splitter(LONGEST)
    chunk = b'{"x": ["' + b"y" * 10_000
    for _ in range(100):
        assert list(splitter.feed(chunk)) == []
        assert len(splitter._buffer) <= LONGEST + len(chunk)
        chunk = b"\\\\" * 5_000
    (item,) = splitter.finish()
    assert item.length > 900_000
    assert not item.finished


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
objects = st.dictionaries(st.text(), values, max_size=4).filter(lambda one: "statements" not in one)


@given(
    st.lists(objects, max_size=6),
    st.sampled_from(["lines", "array", "result", "indented"]),
    st.booleans(),
    st.lists(st.integers(0, 600), max_size=8),
)
def test_any_objects_come_out_as_they_went_in(
    wanted: list[dict[str, Any]], shape: str, plain: bool, cuts: list[int]
) -> None:
    written = [json.dumps(one, ensure_ascii=plain) for one in wanted]
    if shape == "lines":
        stream = "".join(f"{one}\n" for one in written)
    elif shape == "indented":
        stream = json.dumps(wanted, ensure_ascii=plain, indent=1)
    else:
        array = "[" + ",".join(written) + "]"
        stream = array if shape == "array" else '{"more":"","statements":' + array + "}"
    found = split(stream.encode("utf-8", "surrogatepass"), cuts, longest=100_000)
    assert [json.loads(item.text.decode("utf-8", "surrogatepass")) for item in found] == wanted
    assert all(item.finished for item in found)


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=5))
def test_no_bytes_break_it_and_each_item_goes_on_from_the_one_before(stream: bytes, cuts: list[int]) -> None:
    items = split(stream, cuts, longest=40)
    assert [item.index for item in items] == list(range(len(items)))
    assert all(item.after.offset <= len(stream) for item in items)
    offsets = [item.after.offset for item in items]
    assert offsets == sorted(offsets)


@pytest.mark.parametrize(
    "stream", [b'{"statements": {"a": "b"}}\n{"c": 1}', b'{"statements" {"a": "b"}]} {"c": 1}']
)
def test_a_name_that_is_followed_by_no_list_is_read_once(stream: bytes) -> None:
    for cut in range(len(stream)):
        assert split(stream, [cut]) == split(stream)
    assert split(stream, range(len(stream))) == split(stream)


@given(st.text('{}[]",: \n\\a1', max_size=80), st.lists(st.integers(0, 80), max_size=5))
def test_where_a_stream_is_cut_changes_nothing(text: str, cuts: list[int]) -> None:
    stream = text.encode()
    assert split(stream, cuts) == split(stream)
    squeezed = b"".join(text for item in split(stream) for text in item.text.split())
    # Whatever is no bracket, comma or blank of a list is in some item.
    for letter in b"a1":
        assert squeezed.count(letter) <= stream.count(letter)
