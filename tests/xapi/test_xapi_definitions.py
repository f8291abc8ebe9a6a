"""What statements say activities are, merged (xAPI-Data 2.4.4.1)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.xapi.statement_examples import (
    ACTIVITY_ID,
    AGENT,
    activity,
    definition,
    faults_of,
    maximal,
    read,
    reference,
    small,
    with_sub_statement,
)
from xapi.definitions import LONGEST, carried, merge, texts

NUMBERS = b'{"https://example.org/n":[1.0,1e400,123456789012345678901234567890,0.10000000000000000555]}'


def merged(*definitions: dict[str, Any]) -> dict[str, Any]:
    whole = None
    for one in definitions:
        whole = merge(whole, json.dumps(one).encode())
    found: dict[str, Any] = json.loads(whole or b"{}")
    return found


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
@pytest.mark.parametrize("make", [maximal, with_sub_statement])
def test_definitions_are_found_wherever_an_activity_stands(make: Any, version: str) -> None:
    received = read(make(version), version)
    found = texts(received.text)
    assert [iri for iri, _ in found] == [ACTIVITY_ID] * 3
    assert all(json.loads(text) == definition() for _, text in found)
    assert carried(received.value) == {
        ACTIVITY_ID: json.dumps(definition(), separators=(",", ":"), ensure_ascii=False).encode() * 3
    }


@pytest.mark.parametrize(
    "target",
    [AGENT, reference(), {"id": "https://courses.example.org/c/1"}, {**activity(), "definition": {}}],
)
def test_nothing_is_defined_by_what_has_no_definition(target: Any) -> None:
    received = read({**small(), "object": target})
    assert texts(received.text) == []
    assert carried(received.value) == {}


def test_too_long_a_definition_is_none() -> None:
    long = {"name": {"vi": "a" * LONGEST}}
    assert texts(read({**small(), "object": {**activity(), "definition": long}}).text) == []


def test_definitions_that_differ_in_anything_are_told_apart() -> None:
    first, second = activity(), activity()
    second["definition"]["choices"][0]["description"]["vi"] = "hai"
    one, other = (read({**small(), "object": target}).value for target in (first, second))
    assert carried(one) != carried(other)


def test_the_names_of_several_languages_come_together() -> None:
    found = merged(
        {"name": {"vi": "Họp", "en-US": "meeting"}}, {"name": {"fr-FR": "réunion", "EN-us": "Meeting"}}
    )
    assert found == {"name": {"vi": "Họp", "fr-FR": "réunion", "EN-us": "Meeting"}}


def test_what_is_not_said_again_stays() -> None:
    found = merged(definition(), {"description": {"vi": "Khác"}})
    assert found == {**definition(), "description": {"vi": "Khác"}}


def test_plain_properties_and_single_extensions_are_replaced() -> None:
    found = merged(
        {
            "type": "https://a.example/1",
            "moreInfo": "https://a.example/",
            "extensions": {"x:1": 1, "x:2": {"a": 1}},
        },
        {"type": "https://a.example/2", "extensions": {"x:2": {"b": 2}, "x:3": 3}},
    )
    assert found == {
        "type": "https://a.example/2",
        "moreInfo": "https://a.example/",
        "extensions": {"x:1": 1, "x:2": {"b": 2}, "x:3": 3},
    }


def test_another_kind_of_interaction_takes_the_place_of_the_first_as_a_whole() -> None:
    found = merged(definition(), {"interactionType": "numeric", "correctResponsesPattern": ["4[:]5"]})
    assert found["interactionType"] == "numeric"
    assert found["correctResponsesPattern"] == ["4[:]5"]
    assert not {"choices", "scale", "source", "target", "steps"} & set(found)
    assert found["name"] == definition()["name"]


def test_components_are_those_that_came_last_with_the_words_of_other_languages() -> None:
    before = {
        "interactionType": "choice",
        "choices": [{"id": "a", "description": {"vi": "một"}}, {"id": "c"}],
    }
    after = {
        "interactionType": "choice",
        "choices": [{"id": "b", "description": {"en": "two"}}, {"id": "a", "description": {"en": "one"}}],
    }
    assert merged(before, after)["choices"] == [
        {"id": "b", "description": {"en": "two"}},
        {"id": "a", "description": {"vi": "một", "en": "one"}},
    ]
    assert merged(before, {"interactionType": "choice", "choices": [{"id": "a"}]})["choices"] == [
        {"id": "a", "description": {"vi": "một"}}
    ]


def test_no_digit_is_lost_in_merging() -> None:
    first, second = b'{"name":{"vi":"a"},"extensions":' + NUMBERS + b"}", b'{"name":{"en":"b"}}'
    assert NUMBERS in merge(first, second)
    assert NUMBERS in merge(second, first)


@pytest.mark.parametrize("again", [definition(), {"name": {"vi": "Bài 1"}}, {}])
def test_what_is_said_again_changes_no_byte(again: dict[str, Any]) -> None:
    whole = merge(None, json.dumps(definition()).encode())
    assert json.loads(whole) == definition()
    assert merge(whole, json.dumps(again).encode()) == whole


def test_what_would_grow_without_end_begins_anew() -> None:
    one = json.dumps({"name": {"vi": "a" * (LONGEST // 2)}}).encode()
    other = json.dumps({"name": {"en": "b" * (LONGEST // 2)}}).encode()
    assert merge(one, other) == merge(None, other)


LANGUAGE_MAPS = st.dictionaries(st.sampled_from(["vi", "en", "fr-FR"]), st.text(max_size=3), max_size=3)
DEFINITIONS = st.fixed_dictionaries(
    {},
    optional={
        "name": LANGUAGE_MAPS,
        "description": LANGUAGE_MAPS,
        "type": st.sampled_from(["https://a.example/1", "https://a.example/2"]),
        "moreInfo": st.just("https://a.example/"),
        "extensions": st.dictionaries(st.sampled_from(["x:1", "x:2"]), st.integers(), max_size=2),
        "interactionType": st.sampled_from(["choice", "likert"]),
    },
).flatmap(
    lambda some: (
        st.just(some)
        if "interactionType" not in some
        else st.lists(st.sampled_from("abc"), unique=True).map(
            lambda ids: {**some, "choices": [{"id": one, "description": {"vi": one}} for one in ids]}
        )
    )
)


@given(st.lists(DEFINITIONS, min_size=1, max_size=4))
def test_what_is_merged_is_a_definition_that_says_what_came_last(some: list[dict[str, Any]]) -> None:
    whole = merged(*some)
    assert faults_of({**small(), "object": {"id": ACTIVITY_ID, "definition": whole}}) == []
    assert merged(*some, some[-1]) == whole
    last = some[-1]
    for name in ("type", "moreInfo", "interactionType"):
        if name in last:
            assert whole[name] == last[name]
    for name in ("name", "description", "extensions"):
        assert last.get(name, {}).items() <= whole.get(name, {}).items()


@given(st.lists(st.sampled_from(["vi", "en", "fr", "de"]), max_size=6))
def test_no_language_is_lost(tags: list[str]) -> None:
    assert set(merged({"name": {}}, *({"name": {tag: "x"}} for tag in tags))["name"]) == set(tags)
