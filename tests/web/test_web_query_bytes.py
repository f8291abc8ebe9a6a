"""Queries whose bytes are no UTF-8: refused at every door for programs, and never taken for their escapes."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.web.lrs_client import STATEMENTS, Lrs

LAN = quote('{"mbox":"mailto:lan@example.vn"}')
COURSE = quote("https://hoc.example.vn/khoa/tin-hoc")
STATE = "/xapi/activities/state"
PLACES = [
    f"{STATE}?activityId={COURSE}&agent={LAN}&stateId=",
    f"{STATE}?agent={LAN}&stateId=a&activityId={COURSE}",
    f"/xapi/activities/profile?activityId={COURSE}&profileId=",
    f"/xapi/agents/profile?agent={LAN}&profileId=",
    f"/xapi/activities?activityId={COURSE}",
    "/xapi/agents?agent=",
    f"{STATEMENTS}?activity={COURSE}",
    f"{STATEMENTS}?",
    "/xapi/about?",
    "/api/v1/credit?agent=",
    "/api/v1/openapi.json?",
]
NO_UTF8 = ["%FF", "%ED%A0%80", "%C3", "%C0%80", "%F4%90%80%80", "%e1%bb", "a%80"]


@pytest.fixture
def database_kind() -> str:
    """Nothing of this reaches a database."""
    return "sqlite"


@pytest.mark.parametrize("place", PLACES)
def test_a_query_that_is_no_utf8_is_400_whatever_it_asks(lrs: Lrs, place: str) -> None:
    for wrong in NO_UTF8:
        answer = lrs.call("GET", place + wrong)
        assert answer.status_code == 400, (place, wrong, answer.text)
        assert [fault["rule"] for fault in answer.json["faults"]] == ["encoding-utf8"]


def test_what_is_named_by_such_bytes_is_not_stored_under_their_escapes(lrs: Lrs) -> None:
    for wrong in NO_UTF8:
        answer = lrs.call("PUT", PLACES[0] + wrong, b"{}", headers={"If-None-Match": "*"})
        assert answer.status_code == 400, answer.text
    assert lrs.call("GET", PLACES[0].removesuffix("&stateId=")).json == []


@pytest.mark.parametrize("name", ["%25FF", "%C4%91", "%F0%9F%98%80", "%", "%zz", "a+b", "%2B%26"])
def test_what_is_utf8_is_taken_however_it_is_escaped(lrs: Lrs, name: str) -> None:
    assert lrs.call("PUT", PLACES[0] + name, b"{}", headers={"If-None-Match": "*"}).status_code == 204
    assert lrs.call("GET", PLACES[0] + name).status_code == 200
