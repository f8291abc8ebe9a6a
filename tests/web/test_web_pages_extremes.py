"""Pages about statements that claim the ends of the calendar, or no year at all."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms_tracker.actions import crediting
from lms_tracker.web import languages
from tests.journeys import commune
from tests.journeys.commune import HOA, SAFE, Commune
from tests.web.page_visitors import as_

pytestmark = pytest.mark.usefixtures("quick_and_unthrottled")

STRANGE = "https://la.example.vn/video"


def at(instant: str, duration: str | None = "PT1H", activity: str = SAFE) -> dict[str, Any]:
    statement = commune.studied(commune.learning_day(), HOA, "10:00", duration, activity)
    if duration is None:
        statement["verb"] = {"id": commune.COMPLETED}
    return {**statement, "timestamp": instant}


def extremes() -> list[dict[str, Any]]:
    """Both ends, long durations that lead beyond them, and more busy days of year 1 than one page reads."""
    first_days = [
        at(f"{(datetime(1, 1, 1) + timedelta(days=days)).isoformat()}Z", "PT1H", STRANGE)
        for days in range(0, 42)
    ]
    return [
        at("0000-01-01T00:00:00Z"),
        at("0000-06-01T00:00:00Z"),
        at("0000-06-01T00:00:00Z", None),
        at("0001-01-01T00:30:00Z"),
        at("0001-01-01T02:00:00+23:59"),
        at("0100-06-01T00:00:00Z", "P40000D"),
        at("0100-06-01T00:00:00Z", "PT1H", STRANGE),
        at("9999-12-31T23:59:59Z"),
        at("9999-12-31T16:59:59Z", "PT2H"),
        at("9999-12-31T23:59:59-23:59", "PT1H", STRANGE),
        *first_days,
    ]


def walk(client: FlaskClient, address: str) -> list[str]:
    """This page and those that its links to the next page lead to; every one is there."""
    pages: list[str] = []
    seen: set[str] = set()
    following: str | None = address
    while following is not None and following not in seen:
        seen.add(following)
        answer = client.get(following)
        assert answer.status_code == 200, following
        pages.append(answer.get_data(as_text=True))
        links = re.findall(r'<a [^>]*rel="next"[^>]*>', pages[-1])
        address_of_next = re.search(r'href="([^"]*)"', links[0]) if links else None
        following = address_of_next[1].replace("&amp;", "&") if address_of_next else None
    return pages


@pytest.fixture
def strange(settled: Commune) -> tuple[Commune, list[dict[str, Any]]]:
    statements = extremes()
    with settled.app.app_context():
        commune.send(settled, settled.centre, statements)
        while crediting.recount_due():
            pass
    return settled, statements


def test_no_page_fails_on_statements_of_any_year(strange: tuple[Commune, list[dict[str, Any]]]) -> None:
    settled, statements = strange
    hoa, duc, thuha = (as_(settled.app, login) for login in ("hoa", "duc", "thuha"))
    years = re.findall(r'href="/record\?year=(\d+)"', walk(hoa, "/record")[0])
    assert {"9999", "100", "1"} <= set(years)
    shown = ""
    for year in years:
        shown += "".join(walk(hoa, f"/record?year={year}"))
        walk(thuha, f"/people/{settled.people['hoa'].hex()}/record?year={year}")
    for statement in statements:
        assert hoa.get(f"/record/entries/{statement['id']}").status_code == 200, statement["timestamp"]
        assert statement["id"][:8] in shown, statement["timestamp"]
    for place in (
        "year=1&from=0001-01-12",
        "year=1&from=0001-01-01",
        "year=9999&from=9999-12-31&skip=999999",
    ):
        walk(hoa, f"/record?{place}")
    for address in (
        "/provider",
        "/provider/refusals",
        "/provider/uncredited",
        "/provider/courses",
        "/provider/credentials",
    ):
        walk(duc, f"{address}?provider={settled.centre.provider}")
    for address in ("/organiser", "/organiser/learners"):
        for year in ("", "?year=1", "?year=100", "?year=9999"):
            assert thuha.get(address + year).status_code in (200, 404), address + year


@pytest.mark.parametrize(
    ("instant", "written"),
    [
        ((1, 1, 1), "0001-01-01T00:00:00Z"),
        ((9999, 12, 31), "9999-12-31T00:00:00Z"),
        ((2026, 1, 1), "07:00"),
    ],
)
def test_an_instant_beyond_the_calendar_is_written_in_utc(
    app: Flask, instant: tuple[int, int, int], written: str
) -> None:
    seconds = int(datetime(*instant, tzinfo=UTC).timestamp())
    with app.test_request_context("/"):
        assert languages.clock(seconds) == written


def test_an_instant_of_no_year_of_the_calendar_is_written_too(app: Flask) -> None:
    cycle = languages.CYCLE_SECONDS
    of_2000 = int(datetime(2000, 2, 29, 1, 2, 3, tzinfo=UTC).timestamp())
    with app.test_request_context("/"):
        assert languages.clock_exact(of_2000 - 5 * cycle) == "0000-02-29T01:02:03Z"
        assert languages.clock(of_2000 - 6 * cycle) == "-400-02-29T01:02:03Z"
        assert languages.moment((of_2000 + 20 * cycle) * 1_000_000) == "10000-02-29T01:02:03Z"
