"""Statements that the tests start from. Each call gives fresh objects, free to change."""

from __future__ import annotations

import json
from typing import Any

from xapi import batches
from xapi.facts import Received
from xapi.faults import Fault, Refusal

AGENT = {"objectType": "Agent", "name": "Nguyễn Thị Bích", "mbox": "mailto:bich@example.org"}
ACTIVITY_ID = "https://courses.example.org/tin-hoc/bài-1"


def small() -> dict[str, Any]:
    """The least that a statement may be."""
    return {
        "actor": {"mbox": "mailto:lan@example.org"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": "https://courses.example.org/c/1"},
    }


def definition() -> dict[str, Any]:
    component = [{"id": "a", "description": {"vi": "một"}}, {"id": "b"}]
    return {
        "name": {"vi": "Bài 1", "en-US": "Lesson 1"},
        "description": {"vi": "Mở máy tính"},
        "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
        "moreInfo": "https://courses.example.org/bai-1",
        "interactionType": "choice",
        "correctResponsesPattern": ["a[,]b"],
        "choices": component,
        "scale": component,
        "source": component,
        "target": component,
        "steps": component,
        "extensions": {"https://example.org/ext": {"any": [None, 1]}},
    }


def activity() -> dict[str, Any]:
    return {"objectType": "Activity", "id": ACTIVITY_ID, "definition": definition()}


def group() -> dict[str, Any]:
    return {
        "objectType": "Group",
        "name": "Tổ 3",
        "account": {"homePage": "https://example.org/groups", "name": "to-3"},
        "member": [
            {"objectType": "Agent", "name": "Lan", "openid": "https://lan.example.org/"},
            {"mbox_sha1sum": "cd9b00a5611f94eaa7b1661edab976068e364975"},
        ],
    }


def reference() -> dict[str, Any]:
    return {"objectType": "StatementRef", "id": "e05aa883-acaf-40ad-bf54-02c8ce485fb0"}


def context(version: str) -> dict[str, Any]:
    full: dict[str, Any] = {
        "registration": "EC531277-B57B-4C15-8D91-D292C5B2B8F7",
        "instructor": dict(AGENT),
        "team": group(),
        "contextActivities": {
            "parent": [activity()],
            "grouping": [{"id": "https://courses.example.org/c/1"}],
            "category": [{"id": "https://w3id.org/xapi/cmi5"}],
            "other": [activity()],
        },
        "revision": "7b",
        "platform": "Moodle",
        "language": "vi-VN",
        "statement": reference(),
        "extensions": {"https://example.org/ext/session": "s", "https://example.org/ext/big": 10**400},
    }
    if version == "2.0.0":
        relevant = {"relevantTypes": ["https://example.org/types/teacher"]}
        full["contextAgents"] = [{"objectType": "contextAgent", "agent": dict(AGENT), **relevant}]
        full["contextGroups"] = [{"objectType": "contextGroup", "group": group(), **relevant}]
    return full


def result() -> dict[str, Any]:
    return {
        "score": {"scaled": 0.5, "raw": 7, "min": 0, "max": 10},
        "success": True,
        "completion": True,
        "response": "a",
        "duration": "PT1H30M0.25S",
        "extensions": {"https://example.org/ext/tries": 2},
    }


def attachments() -> list[dict[str, Any]]:
    return [
        {
            "usageType": "https://example.org/usage/certificate",
            "display": {"vi": "Giấy chứng nhận"},
            "description": {"vi": "Bản ký"},
            "contentType": "application/pdf",
            "length": 1024,
            "sha2": "672fa5fa658017f1b72d65036f13379c6ab05d4ab3b6664908d8acf0b6a0c634",
            "fileUrl": "https://example.org/certificate.pdf",
        }
    ]


def maximal(version: str) -> dict[str, Any]:
    """Every property that a statement about an Activity may have."""
    return {
        "id": "fd41c918-b88b-4b20-a0a5-a4c32391aaa0",
        "actor": group(),
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered", "display": {"vi": "đã trả lời"}},
        "object": activity(),
        "result": result(),
        "context": context(version),
        "timestamp": "2026-11-22T21:00:00.123456789+07:00",
        "stored": "2026-11-22T14:00:01Z",
        "authority": {
            "objectType": "Group",
            "member": [{"account": {"homePage": "https://example.org/oauth", "name": "key"}}, dict(AGENT)],
        },
        "version": "1.0.0" if version == "1.0.3" else "2.0.0",
        "attachments": attachments(),
    }


def with_sub_statement(version: str) -> dict[str, Any]:
    """A statement whose object is a sub-statement with everything that one may have."""
    whole = maximal(version)
    inner = {key: whole[key] for key in ("verb", "object", "result", "context", "timestamp", "attachments")}
    return {
        "actor": dict(AGENT),
        "verb": {"id": "http://example.org/verbs/planned"},
        "object": {"objectType": "SubStatement", "actor": dict(AGENT), **inner},
    }


def read(statement: Any, version: str = "1.0.3") -> Received:
    """The one statement, through the real door."""
    return batches.read(json.dumps(statement).encode(), version=version).statements[0]


def faults_of(body: Any, version: str = "1.0.3") -> list[Fault]:
    """The faults of a refused body, which may be bytes or a value; none when it is accepted."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    try:
        batches.read(data, version=version)
    except Refusal as refusal:
        return checked(refusal)
    return []


def checked(refusal: Refusal) -> list[Fault]:
    """The faults of a refusal, after a look at what every refusal has."""
    assert refusal.status == 400
    assert refusal.faults
    return refusal.faults


def found_in(body: Any, version: str = "1.0.3") -> list[tuple[str, str]]:
    """The path and rule of each fault."""
    return [(fault.path, fault.rule) for fault in faults_of(body, version)]
