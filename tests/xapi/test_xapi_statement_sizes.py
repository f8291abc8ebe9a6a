"""A statement that is too large is refused before any of it is decoded."""

from __future__ import annotations

import json
import time
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.xapi.statement_examples import small
from xapi import batches
from xapi.faults import Refusal
from xapi.slicing import item_extents

SMALL = json.dumps(small(), separators=(",", ":")).encode()
LIMIT = 2_000


def filled(size: int) -> bytes:
    """A valid statement of exactly so many bytes, in letters of two bytes as far as possible."""
    before, after = SMALL[:-1] + b',"result":{"response":"', b'"}}'
    room = size - len(before) - len(after)
    return before + "é".encode() * (room // 2) + b"e" * (room % 2) + after


def refused(
    body: bytes, *, allow_array: bool = True, limit: int = LIMIT
) -> tuple[int, list[tuple[int | None, str]]]:
    """The status of the refusal, and index and rule of each fault."""
    with pytest.raises(Refusal) as caught:
        batches.read(body, version="1.0.3", allow_array=allow_array, max_statement_bytes=limit)
    return caught.value.status, [(fault.index, fault.rule) for fault in caught.value.faults]


def accepted(body: bytes, limit: int | None = LIMIT) -> int:
    return len(batches.read(body, version="1.0.3", max_statement_bytes=limit).statements)


def test_a_statement_may_have_as_many_bytes_as_the_limit_and_no_more() -> None:
    right, wrong = filled(LIMIT), filled(LIMIT + 1)
    assert (len(right), len(wrong)) == (LIMIT, LIMIT + 1)
    assert accepted(right) == accepted(b"\n " + right + b" " * LIMIT) == 1
    assert accepted(b"[" + b" " * LIMIT + right + b" " * LIMIT + b"," + right + b"]") == 2
    assert refused(wrong) == (413, [(0, "statement-too-large")])
    assert refused(b"[" + right + b"," + wrong + b"," + wrong + b"]") == (
        413, [(1, "statement-too-large"), (2, "statement-too-large")],
    )  # fmt: skip
    assert accepted(wrong, None) == accepted(b"[" + wrong + b"]", None) == 1


def test_beside_other_faults_the_whole_is_a_bad_request() -> None:
    assert refused(b"[" + filled(LIMIT + 1) + b",1," + SMALL + b"]") == (
        400, [(0, "statement-too-large"), (1, "type-object")],
    )  # fmt: skip


def test_the_fault_tells_both_sizes_and_how_the_statement_begins() -> None:
    with pytest.raises(Refusal) as caught:
        batches.read(filled(LIMIT + 1), version="2.0.0", max_statement_bytes=LIMIT)
    (fault,) = caught.value.faults
    assert fault.message == "expected at most 2000 bytes in one statement; this one has 2001"
    assert "actor" in fault.got
    assert fault.clause == "xAPI-Communication 3.2"


def test_what_a_statement_gains_by_being_kept_is_not_counted() -> None:
    text = SMALL[:-1] + b',"context":{"contextActivities":{"parent":{"id":"a:b"}}}}'
    received = batches.read(text, version="1.0.3", max_statement_bytes=len(text)).statements[0]
    assert len(received.text) > len(text)


HUGE = b'{"a":[' + b"[]," * 300_000 + b"0]}"


@pytest.mark.parametrize(
    ("body", "status", "found"),
    [
        (HUGE, 413, [(0, "statement-too-large")]),
        (HUGE[:-1], 413, [(0, "statement-too-large")]),
        (b"[" + SMALL + b"," + HUGE + b"]", 413, [(1, "statement-too-large")]),
        (b"[" + HUGE.replace(b"[]", b'"\\u003a"') + b"]", 413, [(0, "statement-too-large")]),
        (b"[" + b",".join([HUGE] * 4) + b"]", 413, [(n, "statement-too-large") for n in range(4)]),
        (b"[" + SMALL + b"," + HUGE + b",}", 400, [(1, "json")]),
        (b"[" + SMALL + b"," + HUGE[:-1], 400, [(1, "json")]),
        (b"[" + SMALL + b",nul," + HUGE + b"]", 400, [(1, "json")]),
        (b"[" + HUGE + b',"\xff"]x', 400, [(None, "encoding-utf8")]),
        (b"[" * 1_000_000, 400, [(0, "nesting-depth")]),
    ],
)  # fmt: skip
def test_a_huge_statement_is_refused_in_little_memory_and_time(
    body: bytes, status: int, found: list[tuple[int | None, str]]
) -> None:
    tracemalloc.start()
    started = time.process_time()
    assert refused(body) == (status, found)
    took = time.process_time() - started
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3 * len(body)
    assert took < 5


def test_an_array_where_one_statement_is_expected_is_not_decoded_either() -> None:
    tracemalloc.start()
    body = b"[" + HUGE + b"]"
    assert refused(body, allow_array=False) == (400, [(None, "array-not-allowed")])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 3 * len(body)
    assert refused(b"[" + SMALL + b"}", allow_array=False) == (400, [(1, "json")])


items = st.recursive(
    st.none() | st.integers() | st.text(alphabet='a,[]{}":\\é\n', max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(st.lists(items, min_size=1, max_size=6), st.booleans(), st.sampled_from([None, 1]))
@settings(max_examples=200, deadline=None)
def test_the_items_of_an_array_are_told_apart_without_decoding(
    listed: list[object], ascii_only: bool, indent: int | None
) -> None:
    text = json.dumps(listed, ensure_ascii=ascii_only, indent=indent).encode()
    assert [json.loads(text[begin:end]) for begin, end in item_extents(text)] == listed


@given(
    st.lists(st.sampled_from([b"[", b"]", b"{", b"}", b'"', b"\\", b",", b"a"]), max_size=20).map(b"".join)
)
@settings(max_examples=200, deadline=None)
def test_of_what_is_not_json_the_extents_follow_each_other(rest: bytes) -> None:
    extents = list(item_extents(b"[" + rest))
    assert extents[0][0] == 1
    assert all(begin <= end <= len(rest) + 1 for begin, end in extents)
    assert all(before[1] + 1 == after[0] for before, after in pairwise(extents))
