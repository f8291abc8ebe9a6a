"""Entity tags of what is only read: activities and agents (RFC 9110 13.1)."""

from __future__ import annotations

import pytest

from tests.web.lrs_client import Lrs

ASKED = [
    ("/xapi/activities", {"activityId": "https://hoc.example.vn/khoa/1"}),
    ("/xapi/agents", {"agent": '{"mbox":"mailto:lan@example.vn"}'}),
]


@pytest.mark.parametrize(("path", "parameters"), ASKED)
def test_what_the_client_has_is_not_sent_again(lrs: Lrs, path: str, parameters: dict[str, str]) -> None:
    tag = lrs.call("GET", path, **parameters).headers["ETag"]
    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        answer = lrs.call("GET", path, headers={"If-None-Match": known}, **parameters)
        assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", tag)
    other = lrs.call("GET", path, headers={"If-None-Match": '"x"'}, **parameters)
    assert (other.status_code, other.headers["ETag"]) == (200, tag)


@pytest.mark.parametrize(("path", "parameters"), ASKED)
def test_if_match_holds_for_any_and_for_its_tag_and_is_refused_in_the_shape_of_all_refusals(
    lrs: Lrs, path: str, parameters: dict[str, str]
) -> None:
    tag = lrs.call("GET", path, **parameters).headers["ETag"]
    for known in ("*", tag, f'"x", {tag}'):
        assert lrs.call("GET", path, headers={"If-Match": known}, **parameters).status_code == 200
    for unknown, status in (('"x"', 412), (f"W/{tag}", 412), ("", 400)):
        answer = lrs.call("GET", path, headers={"If-Match": unknown}, **parameters)
        assert answer.status_code == status
        assert [fault["path"] for fault in answer.get_json()["faults"]] == ["If-Match"]
