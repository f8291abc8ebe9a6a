"""Content in browsers, from another origin (CORS)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from lms_tracker.config import ConfigurationError, Settings
from tests import databases
from tests.web.lrs_client import STATEMENTS, THROUGH, VERSION, Lrs, new_lrs, statement

ORIGIN = "https://noi-dung.example.vn"
RESOURCES = (
    STATEMENTS,
    "/xapi/activities",
    "/xapi/agents",
    "/xapi/about",
    "/xapi/activities/state",
    "/xapi/activities/profile",
    "/xapi/agents/profile",
    "/api/v1/credit",
    "/api/v1/check",
)
PREFLIGHT = {
    "Origin": ORIGIN,
    "Access-Control-Request-Method": "PUT",
    "Access-Control-Request-Headers": "authorization,content-type,if-match,x-experience-api-version",
}


def words(text: str) -> set[str]:
    return {word.strip().lower() for word in text.split(",")}


@pytest.fixture
def database_kind() -> str:
    """What is looked at here happens before any database is asked."""
    return "sqlite"


@pytest.fixture
def choosy(app: Flask) -> Iterator[Lrs]:
    settings = Settings(
        database_url=app.config["SETTINGS"].database_url,
        secret_key=databases.SECRET_KEY,
        cors_origins=(ORIGIN, "http://localhost:3000"),
    )
    with databases.application(settings) as made:
        made.testing = True
        yield new_lrs(made)


@pytest.mark.parametrize("path", RESOURCES)
def test_a_preflight_needs_no_credentials(lrs: Lrs, path: str) -> None:
    answer = lrs.client.options(path, headers=PREFLIGHT)
    assert answer.status_code in (200, 204)
    assert answer.data == b""
    headers = answer.headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert words(headers["Access-Control-Allow-Methods"]) >= {"get", "head", "put", "post", "delete"}
    assert words(headers["Access-Control-Allow-Headers"]) >= words(
        PREFLIGHT["Access-Control-Request-Headers"]
    )
    assert int(headers["Access-Control-Max-Age"]) > 0
    assert "GET" in headers["Allow"] or "POST" in headers["Allow"]


def test_a_page_sees_the_headers_that_clients_go_by(lrs: Lrs) -> None:
    answer = lrs.call("POST", body=statement(), headers={"Origin": ORIGIN})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    seen = words(answer.headers["Access-Control-Expose-Headers"])
    assert seen >= {"etag", "last-modified", THROUGH.lower(), VERSION.lower()}


@pytest.mark.parametrize("body", [b"{", b"[]"])
def test_errors_are_seen_too(lrs: Lrs, body: bytes) -> None:
    for authorization in (None, "Basic eDp4"):
        answer = lrs.call("POST", body=body, headers={"Origin": ORIGIN, "Authorization": authorization})
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    missing = lrs.client.get("/xapi/no-such-resource", headers={"Origin": ORIGIN})
    assert (missing.status_code, missing.headers["Access-Control-Allow-Origin"]) == (404, "*")


def test_what_the_browser_keeps_is_never_let_in(lrs: Lrs, choosy: Lrs) -> None:
    for one in (lrs, choosy):
        for answer in (
            one.client.options(STATEMENTS, headers=PREFLIGHT),
            one.call("GET", headers={"Origin": ORIGIN}),
        ):
            assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/sign-in", "/provider", "/healthz", "/metrics", "/assets/pages.css"])
def test_pages_of_people_stay_closed(lrs: Lrs, path: str) -> None:
    for method in ("GET", "OPTIONS"):
        answer = lrs.client.open(path, method=method, headers=PREFLIGHT)
        assert not [name for name in dict(answer.headers) if name.startswith("Access-Control")]
        answer.close()


@pytest.mark.parametrize("origin", [ORIGIN, "http://localhost:3000"])
def test_chosen_origins_alone_are_let_in(choosy: Lrs, origin: str) -> None:
    for answer in (
        choosy.client.options(STATEMENTS, headers={**PREFLIGHT, "Origin": origin}),
        choosy.call("GET", headers={"Origin": origin}),
    ):
        assert answer.headers["Access-Control-Allow-Origin"] == origin
        assert "Origin" in answer.headers.get_all("Vary")


@pytest.mark.parametrize(
    "origin", [None, "null", "*", ORIGIN + ".example", "https://NOI-dung.example.vn:444"]
)
def test_other_origins_are_told_nothing_and_caches_are_told_why(choosy: Lrs, origin: str | None) -> None:
    answer = choosy.call("GET", headers={"Origin": origin})
    assert answer.status_code == 200
    assert not [name for name in dict(answer.headers) if name.startswith("Access-Control")]
    assert "Origin" in answer.headers.get_all("Vary")


def test_no_origin_is_let_in_where_none_is_wanted(app: Flask) -> None:
    settings = Settings(
        database_url=app.config["SETTINGS"].database_url, secret_key=databases.SECRET_KEY, cors_origins=()
    )
    with databases.application(settings) as made:
        answer = made.test_client().options(STATEMENTS, headers=PREFLIGHT)
        assert not [name for name in dict(answer.headers) if name.startswith("Access-Control")]


def test_no_answer_of_the_lrs_depends_on_a_cookie(lrs: Lrs) -> None:
    lrs.client.set_cookie("lms_tracker", "x")
    for path in ("/xapi/about", STATEMENTS, "/api/v1/openapi.json"):
        answer = lrs.call("GET", path)
        assert "Cookie" not in answer.headers.get("Vary", "")
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*", ("*",)),
        ("none", ()),
        ("https://A.example.vn", ("https://a.example.vn",)),
        ("https://a.vn, http://localhost:3000\thttps://a.vn", ("https://a.vn", "http://localhost:3000")),
        ("capacitor://localhost", ("capacitor://localhost",)),
    ],
)
def test_the_setting_takes_origins_as_browsers_name_them(text: str, expected: tuple[str, ...]) -> None:
    assert Settings.from_environment({"LMS_TRACKER_CORS_ORIGINS": text}).cors_origins == expected


@pytest.mark.parametrize(
    "text", ["a.vn", "https://a.vn/", "* https://a.vn", "https://*.a.vn", "https://u@a.vn", "none *"]
)
def test_what_no_browser_would_send_as_an_origin_stops_the_start(text: str) -> None:
    with pytest.raises(ConfigurationError, match="LMS_TRACKER_CORS_ORIGINS: expected"):
        Settings.from_environment({"LMS_TRACKER_CORS_ORIGINS": text})
