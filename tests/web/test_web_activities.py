"""GET activities: what an activity is said to be (xAPI-Communication 2.5)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from flask import Flask

from tests.web.lrs_client import Lrs, new_lrs, statement

ACTIVITIES = "/xapi/activities"
LESSON = "https://hoc.example.vn/bài-1?a=b&c=d#phần"


def defines(lrs: Lrs, definition: Any, iri: str = LESSON) -> None:
    sent = statement(object={"id": iri, "definition": definition})
    assert lrs.call("POST", body=sent).status_code == 200


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_an_activity_has_all_that_statements_said_of_it(lrs: Lrs, version: str) -> None:
    lrs = lrs.speaking(version)
    defines(lrs, {"name": {"vi": "Bài 1"}, "type": "https://a.example/lesson"})
    defines(lrs, {"name": {"en": "Lesson 1"}})
    answer = lrs.call("GET", ACTIVITIES, activityId=LESSON)
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    assert answer.json == {
        "objectType": "Activity",
        "id": LESSON,
        "definition": {"name": {"vi": "Bài 1", "en": "Lesson 1"}, "type": "https://a.example/lesson"},
    }


def test_of_an_activity_that_nobody_defined_the_id_alone_is_known(lrs: Lrs) -> None:
    lrs.call("POST", body=statement(object={"id": LESSON}))
    for iri in (LESSON, "x:never-heard-of"):
        answer = lrs.call("GET", ACTIVITIES, activityId=iri)
        assert (answer.status_code, answer.json) == (200, {"objectType": "Activity", "id": iri})


def test_an_own_definition_goes_before_those_of_others(lrs: Lrs, stranger: Lrs, overseer: Lrs) -> None:
    defines(lrs, {"name": {"vi": "Của ta"}})
    defines(stranger, {"name": {"vi": "Của người"}})
    said = [one.call("GET", ACTIVITIES, activityId=LESSON).json for one in (lrs, stranger, overseer)]
    assert [one["definition"]["name"]["vi"] for one in said] == ["Của ta", "Của người", "Của người"]


def test_what_comes_without_the_scope_define_defines_nothing(app: Flask) -> None:
    lrs = new_lrs(app, scopes=["statements/write", "statements/read/mine"])
    defines(lrs, {"name": {"vi": "Bài 1"}})
    assert "definition" not in lrs.call("GET", ACTIVITIES, activityId=LESSON).json


def test_no_digit_of_an_extension_is_lost(lrs: Lrs) -> None:
    numbers = '{"x:n":[1.0,1e400,123456789012345678901234567890,0.10000000000000000555]}'
    sent = json.dumps(statement(object={"id": LESSON, "definition": {"extensions": "HERE"}}))
    assert lrs.call("POST", body=sent.replace('"HERE"', numbers).encode()).status_code == 200
    assert numbers in lrs.call("GET", ACTIVITIES, activityId=LESSON).text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [("activityId", "parameter-required")]),
        ("?activityId=", [("activityId", "iri-absolute")]),
        ("?activityId=true", [("activityId", "iri-absolute")]),
        ("?activityId=x:a&activityId=x:a", [("activityId", "parameter-twice")]),
        ("?activityID=x:a", [("activityID", "parameter-case"), ("activityId", "parameter-required")]),
        ("?activityId=x:a&agent={}", [("agent", "parameter-unknown")]),
    ],
)
def test_exactly_the_parameter_activity_id_is_taken(lrs: Lrs, query: str, found: Any) -> None:
    answer = lrs.call("GET", ACTIVITIES + query)
    assert answer.status_code == 400
    assert [(fault["path"], fault["rule"]) for fault in answer.json["faults"]] == found


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        ("statements/read/mine", 200),
        ("statements/read", 200),
        ("define", 200),
        ("profile", 200),
        ("all/read", 200),
        ("all", 200),
        ("statements/write", 403),
        ("state", 403),
    ],
)
def test_content_that_defines_may_ask_and_whoever_reads(app: Flask, scope: str, status: int) -> None:
    lrs = new_lrs(app, scopes=[scope])
    assert lrs.call("GET", ACTIVITIES, activityId=LESSON).status_code == status


def test_the_entity_tag_is_of_the_contents_and_saves_sending_them_again(lrs: Lrs) -> None:
    defines(lrs, {"name": {"vi": "Bài 1"}})
    first = lrs.call("GET", ACTIVITIES, activityId=LESSON)
    tag = first.headers["ETag"]
    assert tag == f'"{hashlib.sha1(first.data).hexdigest()}"'
    again = lrs.call("GET", ACTIVITIES, headers={"If-None-Match": tag}, activityId=LESSON)
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    defines(lrs, {"name": {"vi": "Khác"}})
    changed = lrs.call("GET", ACTIVITIES, headers={"If-None-Match": tag}, activityId=LESSON)
    assert changed.json["definition"]["name"] == {"vi": "Khác"}
    other = lrs.call("GET", ACTIVITIES, headers={"If-Match": tag}, activityId=LESSON)
    assert (other.status_code, other.json["faults"][0]["rule"]) == (412, "precondition")
