"""Statistics of a province from kept totals: how long counting takes, and how long a question and a page.

Beside it the least that the database could do for it: people counted by place in one statement, and the
province's totals summed up in one.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Flask

from bench import province
from bench.databases import Databases, Fresh, application
from bench.measures import percentiles
from lms_tracker.actions import clock, grants, people
from lms_tracker.actions.grants import Wanted
from lms_tracker.actions.reporting import statistics, totals
from lms_tracker.learning.reporting.measures import Measure
from lms_tracker.store.grants import Scope

LOGIN, PASSWORD = "bench", "a password for the bench alone"
STEPS = 4


def measure(databases: Databases, citizens: int, times: int, tell: Callable[[str], None]) -> dict[str, Any]:
    """Milliseconds of a province's and a commune's statistics and of its page, and seconds of counting."""
    what = f"{databases.kind}: statistics of {citizens:,}"
    tell(f"{what}, filling")
    database = databases.fresh()
    try:
        _add_course(databases, database)
        found = province.fill(databases, database, citizens, lambda _: None)
        with application(database.url) as app:
            day = date(province.YEAR, 12, 1)
            clock.today = lambda: day
            tell(f"{what}, counting")
            counted = _counting(databases, database)
            tell(f"{what}, asking")
            known = statistics.of_place(None, found.id, province.YEAR)
            asked = {
                "province": _timed(times, lambda: statistics.of_place(None, found.id, province.YEAR)),
                "commune": _timed(times, lambda: statistics.of_place(None, found.communes[0], province.YEAR)),
            }
            tell(f"{what}, pages")
            asked["province_page"] = _pages(app, found.id, times)
            asked["raw"] = _raw(databases, database, _SUMS, times)
    finally:
        databases.drop(database)
    return {"citizens": known.totals[Measure.PEOPLE], "units": len(known.parts), **counted, "ms": asked}


def _add_course(databases: Databases, database: Fresh) -> None:
    connection = databases.connect(database)
    mark = "?" if databases.kind == "sqlite" else "%s"
    try:
        for columns, row in province.course(database.credential.provider):
            names = ",".join(columns.split())
            connection.execute(
                f"INSERT INTO courses ({names}) VALUES ({','.join([mark] * len(row))})", list(row)
            )
        connection.commit()
    finally:
        connection.close()


# What nobody can do without: everybody read once, and the totals of a year.
_PEOPLE = (
    "SELECT r.place_id, count(*), sum(CASE WHEN p.birth_year <= 2008 THEN 1 ELSE 0 END)"
    " FROM residences r JOIN people p ON p.person_key = r.person_key GROUP BY r.place_id"
)
_SUMS = f"SELECT measure, sum(value) FROM place_totals WHERE year = {province.YEAR} GROUP BY measure"


def _counting(databases: Databases, database: Fresh) -> dict[str, Any]:
    raw = _raw(databases, database, _PEOPLE, 3)["p50"] / 1e3
    totals.mark_below(None, None)
    begun, used = time.perf_counter(), time.process_time()
    done = totals.recount()
    seconds, used = time.perf_counter() - begun, time.process_time() - used
    return {
        "places": done.places,
        "counting_seconds": round(seconds, 1),
        "counting_processor_seconds": round(used, 1),
        "raw_counting_seconds": round(raw, 2),
    }


def _raw(databases: Databases, database: Fresh, statement: str, times: int) -> dict[str, float]:
    connection = databases.connect(database)
    try:
        return _timed(times, lambda: connection.execute(statement).fetchall())
    finally:
        connection.close()


def _timed(times: int, work: Callable[[], object]) -> dict[str, float]:
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        found.append(1e3 * (time.perf_counter() - begun))
    return percentiles(found)


def _pages(app: Flask, place: int, times: int) -> dict[str, float]:
    """The whole page as a browser asks for it, of somebody who signed in."""
    people.add_person("Bench", LOGIN, PASSWORD)
    grants.grant(None, Wanted(LOGIN, "viewer", Scope(place_id=place)))
    client = app.test_client()
    form = re.search('name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    sent = {"csrf_token": form[1] if form else "", "login": LOGIN, "password": PASSWORD}
    if client.post("/sign-in", data=sent).status_code != 303:
        raise RuntimeError("the bench could not sign in")

    def ask() -> None:
        answer = client.get(f"/organiser/statistics?place={place}&year={province.YEAR}")
        if answer.status_code != 200:
            raise RuntimeError(f"the page of statistics answered {answer.status_code}")

    return _timed(times, ask)
