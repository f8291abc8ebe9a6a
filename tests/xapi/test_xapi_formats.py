"""The formats ids and canonical (xAPI-Communication 2.1.3)."""

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
    group,
    maximal,
    read,
    reference,
    small,
    with_sub_statement,
)
from xapi import batches
from xapi.definitions import merge, texts
from xapi.formats import activities_in, canonical, ids
from xapi.languages import Wishes, wishes
from xapi.strict_json import DEEPEST

VERSIONS = ("1.0.3", "2.0.0")
GROUP = {"objectType": "Group", "account": {"homePage": "https://example.org/groups", "name": "to-3"}}
EXACT = b'{"a":1.0,"b":123456789012345678901234567890,"c":1e400,"d":0.10000000000000000555,"e":-0}'


def as_ids(statement: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ids(json.dumps(statement).encode()))
    return found


def as_canonical(
    statement: dict[str, Any], asked: str | None = None, **definitions: dict[str, Any]
) -> dict[str, Any]:
    known = {name: json.dumps(value).encode() for name, value in definitions.items()}
    found: dict[str, Any] = json.loads(canonical(json.dumps(statement).encode(), known, wishes(asked)))
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_ids_leaves_of_actors_verbs_and_activities_what_identifies_them(version: str) -> None:
    whole = maximal(version)
    found = as_ids(whole)
    assert found["actor"] == GROUP
    assert found["verb"] == {"id": whole["verb"]["id"]}
    assert found["object"] == {"id": ACTIVITY_ID}
    around = found["context"]
    assert around["instructor"] == {"mbox": AGENT["mbox"]}
    assert around["team"] == GROUP
    assert around["contextActivities"]["parent"] == [{"id": ACTIVITY_ID}]
    assert around["contextActivities"]["category"] == [{"id": "https://w3id.org/xapi/cmi5"}]
    authority = whole["authority"]["member"]
    assert found["authority"] == {
        "objectType": "Group",
        "member": [{"account": authority[0]["account"]}, {"mbox": AGENT["mbox"]}],
    }
    if version == "2.0.0":
        assert around["contextAgents"][0]["agent"] == {"mbox": AGENT["mbox"]}
        assert around["contextGroups"][0]["group"] == GROUP
        assert around["contextGroups"][0]["relevantTypes"] == ["https://example.org/types/teacher"]


@pytest.mark.parametrize("version", VERSIONS)
def test_ids_changes_nothing_else(version: str) -> None:
    whole = maximal(version)
    found = as_ids(whole)
    for name in ("id", "result", "timestamp", "stored", "version", "attachments"):
        assert found[name] == whole[name]
    for name in ("registration", "revision", "platform", "language", "statement", "extensions"):
        assert found["context"][name] == whole["context"][name]
    assert list(found) == list(whole)


def test_ids_reaches_into_sub_statements() -> None:
    found = as_ids(with_sub_statement("1.0.3"))["object"]
    assert found["objectType"] == "SubStatement"
    assert found["actor"] == {"mbox": AGENT["mbox"]}
    assert found["object"] == {"id": ACTIVITY_ID}
    assert list(found["verb"]) == ["id"]
    assert found["context"]["team"] == GROUP


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (AGENT, {"objectType": "Agent", "mbox": AGENT["mbox"]}),
        (group(), GROUP),
        (reference(), reference()),
        (
            {
                "objectType": "Group",
                "name": "Hai người",
                "member": [AGENT, {"openid": "https://lan.example/"}],
            },
            {"objectType": "Group", "member": [{"mbox": AGENT["mbox"]}, {"openid": "https://lan.example/"}]},
        ),
        ({"objectType": "Group", "member": []}, {"objectType": "Group", "member": []}),
    ],
)
def test_ids_of_objects_that_are_no_activities_say_what_they_are(target: Any, expected: Any) -> None:
    assert as_ids({**small(), "object": target})["object"] == expected


def test_an_object_type_is_understood_however_it_is_written() -> None:
    text = json.dumps({**small(), "object": group()}).replace('"Group"', '"Gr\\u006fup"')
    assert json.loads(ids(text.encode()))["object"] == GROUP


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("make", [maximal, with_sub_statement])
def test_what_ids_gives_is_a_statement_of_the_same_actors_and_activities(make: Any, version: str) -> None:
    before = read(make(version), version)
    after = read(as_ids(make(version)), version)
    keys = [[actor.key for actor in actors] for actors in (after.learners, after.actors)]
    # The members of a Group that has an identifier are left out.
    assert {key for some in keys for key in some} <= {actor.key for actor in before.actors}
    assert (after.verb, after.activity, after.parents) == (before.verb, before.activity, before.parents)


@pytest.mark.parametrize("version", VERSIONS)
def test_canonical_shows_each_language_map_of_activities_and_verbs_in_one_language(version: str) -> None:
    whole = maximal(version)
    whole["verb"]["display"] = {"vi": "đã trả lời", "en": "answered"}
    whole["object"]["definition"]["choices"] = [
        {"id": "a", "description": {"en": "one", "vi": "một"}},
        {"id": "b"},
    ]
    found = as_canonical(whole, "en-GB")
    assert found["verb"] == {"id": whole["verb"]["id"], "display": {"en": "answered"}}
    definition = found["object"]["definition"]
    assert definition["name"] == {"en-US": "Lesson 1"}
    assert definition["description"] == {"vi": "Mở máy tính"}
    assert definition["choices"] == [{"id": "a", "description": {"en": "one"}}, {"id": "b"}]
    assert found["context"]["contextActivities"]["parent"][0]["definition"]["name"] == {"en-US": "Lesson 1"}
    for name in ("actor", "authority", "result", "attachments", "stored"):
        assert found[name] == whole[name]


def test_canonical_takes_the_definition_that_the_store_has() -> None:
    known = {"name": {"vi": "Bài một", "en": "Lesson one"}, "moreInfo": "https://courses.example.org/"}
    found = as_canonical(with_sub_statement("1.0.3"), "vi", **{ACTIVITY_ID: known})
    expected = {"name": {"vi": "Bài một"}, "moreInfo": "https://courses.example.org/"}
    assert found["object"]["object"] == {
        "objectType": "Activity",
        "id": ACTIVITY_ID,
        "definition": expected,
    }
    around = found["object"]["context"]["contextActivities"]
    assert [one["definition"] for one in (*around["parent"], *around["other"])] == [expected, expected]
    assert "definition" not in around["category"][0]


def test_canonical_defines_an_activity_that_came_without_a_definition() -> None:
    known = {"name": {"vi": "Khóa 1"}}
    found = as_canonical(small(), None, **{"https://courses.example.org/c/1": known})
    assert found["object"] == {"id": "https://courses.example.org/c/1", "definition": known}


@pytest.mark.parametrize("to_format", [ids, lambda text: canonical(text, {}, Wishes())])
def test_no_digit_of_a_number_is_lost_in_any_format(to_format: Any) -> None:
    text = json.dumps({**small(), "result": {"extensions": "HERE"}, "context": {"extensions": "HERE"}})
    statement = text.encode().replace(b'"HERE"', b'{"https://example.org/e":' + EXACT + b"}")
    assert to_format(statement).count(EXACT) == 2


def test_no_digit_of_a_definition_is_lost() -> None:
    definition = b'{"name":{"vi":"a","en":"b"},"extensions":{"https://example.org/e":' + EXACT + b"}}"
    own = json.dumps({**small(), "object": activity()}).encode()
    assert EXACT in canonical(own, {ACTIVITY_ID: definition}, Wishes())


def test_every_place_of_an_activity_is_counted() -> None:
    found = activities_in(json.dumps(with_sub_statement("2.0.0")).encode())
    assert sorted(found) == sorted(
        [ACTIVITY_ID] * 3 + ["https://courses.example.org/c/1", "https://w3id.org/xapi/cmi5"]
    )
    assert activities_in(json.dumps({**small(), "object": reference()}).encode()) == []


@given(st.lists(st.sampled_from(["vi", "vi-VN", "en", "en-GB", "de"]), unique=True), st.booleans())
def test_both_formats_given_twice_are_as_given_once(tags: list[str], as_sub_statement: bool) -> None:
    whole = with_sub_statement("2.0.0") if as_sub_statement else maximal("2.0.0")
    whole["verb"]["display"] = dict.fromkeys(tags, "x")
    text = json.dumps(whole).encode()
    once = canonical(text, {}, wishes("en"))
    assert len(json.loads(once)["verb"]["display"]) == min(1, len(tags))
    assert canonical(once, {}, wishes("vi")) == once
    assert ids(ids(text)) == ids(text) == ids(once)


def test_what_is_nested_as_deep_as_may_be_is_formatted_all_the_same() -> None:
    levels = DEEPEST - 4
    deep = b'{"https://example.org/e":' + b"[" * levels + b"1.0" + b"]" * levels + b"}"
    definition = b'{"name":{"vi":"a","en":"b"},"extensions":' + deep + b"}"
    text = json.dumps({**small(), "object": {"id": ACTIVITY_ID, "definition": "HERE"}}).encode()
    received = batches.read(text.replace(b'"HERE"', definition), version="1.0.3").statements[0]
    assert deep in canonical(received.text, dict(texts(received.text)), wishes("en"))
    assert deep in merge(definition, definition)
    assert json.loads(ids(received.text))["object"] == {"id": ACTIVITY_ID}
