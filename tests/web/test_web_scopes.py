"""Every resource asked with every scope: who may, and who is refused with 403 and the scopes it takes."""

from __future__ import annotations

import pytest
from flask import Flask

from lms_tracker.actions.rights import SCOPES
from tests.web.lrs_client import COURSE, Lrs, new_lrs, statement

AGENT = '{"mbox": "mailto:lan@example.vn"}'
STATE = ("/xapi/activities/state", {"activityId": COURSE, "agent": AGENT, "stateId": "s"})
ACTIVITY_PROFILE = ("/xapi/activities/profile", {"activityId": COURSE, "profileId": "p"})
AGENT_PROFILE = ("/xapi/agents/profile", {"agent": AGENT, "profileId": "p"})

READ_STATE, WRITE_STATE = {"state", "all/read", "all"}, {"state", "all"}
READ_PROFILE, WRITE_PROFILE = {"profile", "all/read", "all"}, {"profile", "all"}
READ_STATEMENTS = {"statements/read/mine", "statements/read", "all/read", "all"}
# Address, parameters, and who may read and write there.
RESOURCES = {
    "state": (*STATE, READ_STATE, WRITE_STATE),
    "activity profile": (*ACTIVITY_PROFILE, READ_PROFILE, WRITE_PROFILE),
    "agent profile": (*AGENT_PROFILE, READ_PROFILE, WRITE_PROFILE),
    "activities": ("/xapi/activities", {"activityId": COURSE}, READ_STATEMENTS | {"define", "profile"}, None),
    "agents": ("/xapi/agents", {"agent": AGENT}, READ_STATEMENTS | {"profile"}, None),
    "statements": ("/xapi/statements", {}, READ_STATEMENTS, None),
}


@pytest.fixture
def database_kind() -> str:
    """What is asked here is the same on every database."""
    return "sqlite"


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_opens_its_resources_and_no_other(app: Flask, scope: str) -> None:
    limited = new_lrs(app, "Có giới hạn", [scope])
    for name, (path, parameters, readers, writers) in RESOURCES.items():
        if writers is not None:
            for method in ("PUT", "POST", "DELETE"):
                answer = limited.call(method, path, body={"a": 1}, **parameters)
                assert (answer.status_code == 403) == (scope not in writers), (name, method, answer.text)
        for method in ("GET", "HEAD"):
            answer = limited.call(method, path, **parameters)
            assert (answer.status_code == 403) == (scope not in readers), (name, method, answer.text)
        if scope not in readers:
            (fault,) = limited.call("GET", path, **parameters).json["faults"]
            assert (fault["rule"], fault["got"]) == ("scope", scope)


def test_documents_are_each_provider_s_own_whatever_the_scope(lrs: Lrs, overseer: Lrs, app: Flask) -> None:
    reader = new_lrs(app, "Người xem", ["all/read"])
    for path, parameters in (STATE, ACTIVITY_PROFILE, AGENT_PROFILE):
        headers = {"If-None-Match": "*"}
        assert lrs.call("PUT", path, body={"a": 1}, headers=headers, **parameters).status_code == 204
        assert lrs.call("GET", path, **parameters).json == {"a": 1}
        for other in (overseer, reader):
            assert other.call("GET", path, **parameters).status_code == 404


def test_without_define_statements_are_stored_and_say_nothing_of_their_activities(app: Flask) -> None:
    told = {"id": COURSE, "definition": {"name": {"vi": "Tin học"}}}
    without = new_lrs(app, "Không định nghĩa", ["statements/write", "statements/read/mine"])
    without.stored(statement(object=told))
    asked = without.call("GET", "/xapi/activities", activityId=COURSE)
    assert "definition" not in asked.json
    assert without.get().json["statements"][0]["object"] == told
    having = new_lrs(app, "Định nghĩa", ["statements/write", "statements/read/mine", "define"])
    having.stored(statement(object=told))
    assert having.call("GET", "/xapi/activities", activityId=COURSE).json["definition"] == told["definition"]
