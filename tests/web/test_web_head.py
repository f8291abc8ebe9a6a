"""HEAD is answered as GET is, without the body (xAPI-Communication 1.1)."""

from __future__ import annotations

import json

import pytest

from tests.web.lrs_client import STATEMENTS, THROUGH, Lrs, statement

LAN = json.dumps({"mbox": "mailto:lan@example.vn"})
# Of every answer its own.
VARYING = {THROUGH, "Date", "X-Request-ID"}
ASKED: tuple[tuple[str, dict[str, str]], ...] = (
    (STATEMENTS, {}),
    (STATEMENTS, {"statementId": "{}"}),
    (STATEMENTS, {"format": "canonical"}),
    (STATEMENTS, {"limit": "x"}),
    ("/xapi/activities", {"activityId": "x:a"}),
    ("/xapi/agents", {"agent": LAN}),
    ("/xapi/about", {}),
    ("/xapi/activities/state", {"activityId": "x:a", "agent": LAN}),
    ("/xapi/agents/profile", {"agent": LAN}),
    ("/xapi/no-such-resource", {}),
    ("/api/v1/credit", {"agent": LAN}),
)


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_head_is_get_without_its_body(lrs: Lrs, version: str) -> None:
    lrs = lrs.speaking(version)
    (one,) = lrs.stored(statement())
    for path, asked in ASKED:
        parameters = {name: value.replace("{}", one) for name, value in asked.items()}
        got, head = (lrs.call(method, path, **parameters) for method in ("GET", "HEAD"))
        assert head.data == b""
        assert head.status_code == got.status_code
        assert int(head.headers["Content-Length"]) == len(got.data) > 0
        for name in {*dict(got.headers), *dict(head.headers)} - VARYING:
            assert head.headers.getlist(name) == got.headers.getlist(name), (path, name)
