"""What was let in once is read again as it is kept, and let in again as it is given back."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.xapi.statement_examples import (
    AGENT,
    activity,
    faults_of,
    group,
    maximal,
    reference,
    small,
    with_sub_statement,
)
from xapi import batches
from xapi.comparison import digest, same
from xapi.facts import Received
from xapi.strict_json import DEEPEST, DEEPEST_KEPT, nesting

KINDS = ("parent", "grouping", "category", "other")
VERSIONS = ("1.0.3", "2.0.0")


def let_in(body: bytes, version: str = "1.0.3") -> Received:
    return batches.read(body, version=version).statements[0]


def assert_read_again(received: Received, version: str = "1.0.3") -> None:
    """`reread` and `read` of what is kept both give the same facts, and `read` keeps it as it is."""
    again, back = batches.reread(received.text, version), let_in(received.text, version)
    for field in fields(Received):
        if field.name != "value":
            assert getattr(again, field.name) == getattr(received, field.name)
            assert getattr(back, field.name) == getattr(received, field.name)
    for one in (again, back):
        assert same(one.value, received.value)
        assert digest(one.value, without_timestamp=False) == digest(received.value, without_timestamp=False)


def deep_activity(levels: int, inner: bytes = b"") -> bytes:
    """An Activity of so many levels."""
    down = levels - 3
    value = b"[" * down + inner + b"]" * down
    extensions = b'{"https://example.org/e":' + value + b"}"
    return b'{"id":"https://example.org/a","definition":{"extensions":' + extensions + b"}}"


def with_parent(parent: bytes) -> bytes:
    context = b'"context":{"contextActivities":{"parent":' + parent + b"}}"
    return json.dumps(small()).encode()[:-1] + b"," + context + b"}"


def with_parent_inside(parent: bytes) -> bytes:
    inner = b'{"objectType":"SubStatement",' + with_parent(parent)[1:]
    return b'{"actor":{"mbox":"mailto:bich@example.org"},"verb":{"id":"a:planned"},"object":' + inner + b"}"


PLACES = [(with_parent, 3), (with_parent_inside, 4)]


@pytest.mark.parametrize("inner", [b"", b"1e400", b'"\\u003a"'])
@pytest.mark.parametrize("is_array", [False, True])
@pytest.mark.parametrize(("place", "above"), PLACES)
def test_a_single_activity_at_the_deepest_level_is_read_again_when_it_is_kept(
    place: Any, above: int, is_array: bool, inner: bytes
) -> None:
    came = place(deep_activity(DEEPEST - above, inner))
    assert nesting(json.loads(came)) == DEEPEST
    received = let_in(b"[" + came + b"]" if is_array else came)
    assert nesting(received.value) == nesting(json.loads(received.text)) == DEEPEST_KEPT
    assert_read_again(received)
    resent = let_in(came)
    assert resent.text == received.text
    assert same(resent.value, batches.reread(received.text, "1.0.3").value)


@pytest.mark.parametrize("inner", [b"", b"1e400"])
@pytest.mark.parametrize(("place", "above"), PLACES)
def test_whatever_depth_is_let_in_is_let_in_again_as_it_is_kept(place: Any, above: int, inner: bytes) -> None:
    let_in_at = []
    for levels in range(DEEPEST - 2, DEEPEST + 4):
        for parent in (
            deep_activity(levels - above, inner),
            b"[" + deep_activity(levels - above - 1, inner) + b"]",
        ):
            faults = faults_of(place(parent))
            assert {fault.rule for fault in faults} <= {"nesting-depth"}
            if not faults:
                let_in_at.append((levels, parent[:1]))
                assert_read_again(let_in(place(parent)))
    assert max(levels for levels, first in let_in_at if first == b"{") == DEEPEST
    assert max(levels for levels, first in let_in_at if first == b"[") == DEEPEST_KEPT


def test_rereading_refuses_nothing_that_the_rules_would() -> None:
    for text in (
        with_parent(b"[" + deep_activity(400) + b"]"),
        with_parent(b"[" + deep_activity(400, b"-1e400") + b"]"),
        json.dumps({**small(), "more": {"than": None}, "timestamp": "2026-01-01"}).encode(),
    ):
        assert batches.reread(text, "2.0.0").text == text


extensions = st.sampled_from(
    ["1e400", "1e99999999999999999999", "1" * 30, "0.10", '"a: \\u003a"', "null", "[{}]"]
)
single_or_several = st.dictionaries(
    st.sampled_from(KINDS), st.sampled_from([activity(), [activity()], [], [activity(), {"id": "a:b"}]])
)
objects = st.sampled_from([activity(), dict(AGENT), group(), reference()])


@st.composite
def statements(draw: st.DrawFn) -> tuple[bytes, str]:
    """Valid statements of many kinds as a body, and the version of the request."""
    version = draw(st.sampled_from(VERSIONS))
    whole = draw(st.sampled_from([maximal(version), with_sub_statement(version), small()]))
    whole = {
        key: item for key, item in whole.items() if key in ("actor", "verb", "object") or draw(st.booleans())
    }
    kind = whole["object"].get("objectType", "Activity")
    if kind == "SubStatement":
        inner = {**whole["object"], "object": draw(objects)}
        whole["object"] = {**inner, "context": {"contextActivities": draw(single_or_several)}}
    elif "context" not in whole:
        whole["object"] = draw(objects)
    if "context" in whole:
        whole["context"] = {**whole["context"], "contextActivities": draw(single_or_several)}
    whole["actor"] = draw(st.sampled_from([dict(AGENT), group()]))
    if "result" not in whole:
        whole["result"] = {"extensions": {"https://example.org/e": "HERE"}, "duration": "P1M2DT3.14159S"}
    whole["timestamp"] = draw(
        st.sampled_from(["2026-11-22T21:00:00.1234567891+07:00", "2026-11-22t14:00:60z"])
    )
    whole["timestamp"] = whole["timestamp"].replace("14:00:60", "23:59:60")
    text = json.dumps(whole, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 1])))
    return text.replace('"HERE"', draw(extensions)).encode(), version


@given(statements())
@settings(max_examples=200, deadline=None)
def test_whatever_is_let_in_is_read_again_with_the_same_facts(sent: tuple[bytes, str]) -> None:
    body, version = sent
    assert faults_of(body, version) == []
    assert_read_again(let_in(body, version), version)
