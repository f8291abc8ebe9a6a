"""GET agents: the Person (xAPI-Communication 2.4)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from lms_tracker.actions import agents, providers
from tests.web.lrs_client import Lrs, new_lrs, statement, voiding
from xapi.actors import identify

AGENTS = "/xapi/agents"
LAN = {"mbox": "mailto:lan@example.vn"}
ACCOUNT = {"account": {"homePage": "https://hoc.example.vn", "name": "hv|1"}}


def told(lrs: Lrs, agent: Any) -> Any:
    answer = lrs.call("GET", AGENTS, agent=json.dumps(agent))
    assert answer.status_code == 200
    return answer.json


def says(lrs: Lrs, **changes: Any) -> None:
    assert lrs.call("POST", body=statement(**changes)).status_code == 200


@pytest.mark.parametrize(
    ("agent", "person"),
    [
        (LAN, {"mbox": ["mailto:lan@example.vn"]}),
        ({"mbox": "mailto:Lan@EXAMPLE.vn"}, {"mbox": ["mailto:Lan@EXAMPLE.vn"]}),
        (ACCOUNT, {"account": [ACCOUNT["account"]]}),
        ({"openid": "https://lan.example.vn/"}, {"openid": ["https://lan.example.vn/"]}),
        ({"mbox_sha1sum": "A" * 40}, {"mbox_sha1sum": ["A" * 40]}),
        ({**LAN, "name": "Lan", "objectType": "Agent"}, {**{"mbox": [LAN["mbox"]]}, "name": ["Lan"]}),
    ],
)
def test_of_an_agent_never_heard_of_a_person_is_told_what_was_asked(
    lrs: Lrs, agent: Any, person: Any
) -> None:
    assert told(lrs, agent) == {"objectType": "Person", **person}


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_names_are_those_of_statements_wherever_the_agent_stands(lrs: Lrs, version: str) -> None:
    lrs = lrs.speaking(version)
    group = {"objectType": "Group", "member": [{**LAN, "name": "Lan B"}, {**ACCOUNT, "name": "Khác"}]}
    says(lrs, actor={**LAN, "name": "Lan A"})
    says(lrs, actor=group)
    says(lrs, actor=ACCOUNT, object={"objectType": "Agent", **LAN, "name": "Lan C"})
    says(lrs, actor=LAN)
    says(lrs, actor={"mbox": "mailto:lan@EXAMPLE.VN", "name": "Lan A"})
    assert told(lrs, LAN) == {
        "objectType": "Person",
        "name": ["Lan A", "Lan C", "Lan B"],
        "mbox": [LAN["mbox"]],
    }
    assert told(lrs, {**LAN, "name": "Lan B"})["name"] == ["Lan B", "Lan A", "Lan C"]


def test_names_come_from_the_newest_statements_and_a_bounded_number(
    lrs: Lrs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agents, "STATEMENTS", 4)
    monkeypatch.setattr(agents, "READ_AT_ONCE", 2)
    lrs.call("POST", body=[statement(actor={**LAN, "name": f"Lan {number}"}) for number in range(7)])
    assert told(lrs, LAN)["name"] == ["Lan 6", "Lan 5", "Lan 4", "Lan 3"]
    monkeypatch.setattr(agents, "CHARACTERS", 10)
    assert told(lrs, LAN)["name"] == ["Lan 6", "Lan 5"]


def test_i17_names_come_from_statements_that_the_caller_may_read(
    app: Flask, lrs: Lrs, stranger: Lrs, overseer: Lrs
) -> None:
    says(lrs, actor={**LAN, "name": "Nguyễn Thị Lan"})
    only_profiles = new_lrs(app, scopes=["profile"])
    for one in (stranger, only_profiles):
        assert "name" not in told(one, LAN)
    for one in (lrs, overseer):
        assert told(one, LAN)["name"] == ["Nguyễn Thị Lan"]


def test_i17_who_may_not_read_statements_learns_no_name_from_their_own(app: Flask, lrs: Lrs) -> None:
    says(lrs, actor={**LAN, "name": "Nguyễn Thị Lan"})
    with app.app_context():
        caller = providers.authenticate(lrs.credential.key, lrs.credential.secret)
        assert caller is not None
        lan = identify(LAN)
        assert agents.names(lan, caller) == ["Nguyễn Thị Lan"]
        assert agents.names(lan, replace(caller, scopes=frozenset({"statements/write", "profile"}))) == []


def test_what_was_voided_names_nobody(lrs: Lrs) -> None:
    wrong = statement(actor={**LAN, "name": "Lộn"})
    lrs.call("POST", body=[wrong, voiding(wrong["id"], actor=ACCOUNT)])
    assert "name" not in told(lrs, LAN)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [("agent", "parameter-required")]),
        ("?agent=lan", [("agent", "json")]),
        ("?agent={}", [("agent", "ifi-exactly-one")]),
        ('?agent={"mbox":"lan"}', [("agent.mbox", "mbox")]),
        ('?agent={"objectType":"Group","mbox":"mailto:a@b.vn"}', [("agent.objectType", "enumeration")]),
        ('?agent={"mbox":"mailto:a@b.vn"}&agent={"mbox":"mailto:a@b.vn"}', [("agent", "parameter-twice")]),
        ('?agent={"mbox":"mailto:a@b.vn"}&since=2026', [("since", "parameter-unknown")]),
    ],
)
def test_exactly_the_parameter_agent_is_taken(lrs: Lrs, query: str, found: Any) -> None:
    answer = lrs.call("GET", AGENTS + query)
    assert answer.status_code == 400
    assert [(fault["path"], fault["rule"]) for fault in answer.json["faults"]] == found


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        ("statements/read/mine", 200),
        ("statements/read", 200),
        ("profile", 200),
        ("all/read", 200),
        ("all", 200),
        ("statements/write", 403),
        ("define", 403),
        ("state", 403),
    ],
)
def test_who_reads_statements_or_profiles_may_ask(app: Flask, scope: str, status: int) -> None:
    assert new_lrs(app, scopes=[scope]).call("GET", AGENTS, agent=json.dumps(LAN)).status_code == status
