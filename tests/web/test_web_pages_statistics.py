"""The pages of statistics: by the units of a year, with what was published, and as files."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest
from flask import Flask
from openpyxl import load_workbook

from lms_tracker.actions import clock, grants, local_places, people, place_loading, places
from lms_tracker.actions.grants import Wanted
from lms_tracker.actions.local_rules import Called
from lms_tracker.actions.reporting import totals
from lms_tracker.actions.reporting.subjects import About
from lms_tracker.store import database
from lms_tracker.store.grants import Scope
from lms_tracker.store.reporting import figures
from lms_tracker.store.reporting.figures import Figure
from tests.actions.recognised import person
from tests.journeys.commune import PASSWORD
from tests.some_places import FEW
from tests.web.page_visitors import as_

YEAR = 2025


@pytest.fixture
def database_kind() -> str:
    """The pages are the same on every database; what they call is tested on both."""
    return "sqlite"


@pytest.fixture
def commune(app: Flask, quick_and_unthrottled: None, monkeypatch: pytest.MonkeyPatch) -> int:
    """Gò Quao since July 2025, whose officer is `can-bo`: a hamlet of two people, and reported figures."""
    monkeypatch.setattr(clock, "today", lambda: date(YEAR, 12, 1))
    with app.app_context():
        place_loading.load(FEW, lambda done, total: None)
        number = _number("30952", date(YEAR, 12, 1))
        for login, role, scope in (
            ("can-bo", "officer", Scope(place_id=number)),
            ("ca-nuoc", "viewer", Scope()),
        ):
            people.add_person(login.title(), login, PASSWORD)
            grants.grant(None, Wanted(login, role, scope))
        people.add_person("Công Dân", "cong-dan", PASSWORD)
        officer = people.authenticate("can-bo", PASSWORD)
        # Whoever names a place is no friend of spreadsheets.
        hamlet = local_places.add(officer, number, Called("ap", "=Phước Hưng"))
        person("Trần Văn Ánh", hamlet.id, date(2025, 8, 1))
        person("Lê Thị Bưởi", hamlet.id, date(2025, 8, 1))
        with database.writing() as connection:
            figures.add(
                connection,
                [
                    Figure("household", About(place_id=number), YEAR, "year", "138068", "exact", "187624",
                           "hộ", published_ratio="73.58"),
                    Figure("citizen", About(place_id=number), YEAR, "year", "115071", "at-least",
                           published_ratio="16.2"),
                ],
            )  # fmt: skip
        totals.recount()
    return number


def _number(code: str, on: date) -> int:
    with database.reading() as connection:
        return places.coded(connection, code, on).id


def test_a_page_tells_numerator_denominator_day_and_what_was_published_i14(app: Flask, commune: int) -> None:
    page = as_(app, "can-bo").get(f"/organiser/statistics?place={commune}").text
    for said in (
        "Thống kê năm 2025: Xã Gò Quao",
        "Theo đơn vị hành chính ngày 01/12/2025",
        "Năm 2025 chưa kết thúc",
        "0 / 2 dân số",
        "138.068 / 187.624 = 73,59%",
        "Tính được 73,5876%, làm tròn là 73,59%; số công bố cắt bớt chứ không làm tròn.",
        "trên 115.071",
        "mẫu số vào khoảng 710.315 (từ 708.129 đến 712.514)",
        "=Phước Hưng",
    ):
        assert said in page
    english = as_(app, "can-bo").get(f"/organiser/statistics?place={commune}&lang=en").text
    assert "138,068 / 187,624 = 73.59%" in english


def test_a_year_with_other_units_leads_to_those_i13(app: Flask, commune: int) -> None:
    officer = as_(app, "ca-nuoc")
    gone = officer.get(f"/organiser/statistics?place={commune}&year=2024").text
    assert "Vào ngày đó không có đơn vị này." in gone
    assert "Thị trấn Gò Quao" in gone
    assert "An Giang" in officer.get("/organiser/statistics").text
    assert "Kiên Giang" in officer.get("/organiser/statistics?year=2024").text
    with app.app_context():
        district = _number("907", date(2024, 12, 31))
    page = officer.get(f"/organiser/statistics?place={district}&year=2024").text
    assert "Huyện Gò Quao" in page
    assert "Xã Vĩnh Phước B" in page


def test_files_hold_every_ratio_with_its_parts_and_no_formula_i14(app: Flask, commune: int) -> None:
    officer = as_(app, "can-bo")
    address = f"/organiser/statistics/export.%s?place={commune}&year={YEAR}"
    told = json.loads(officer.get(address % "json").data)
    assert told["on"] == "2025-12-01"
    assert told["rounding"] == {"rule": "half-up", "digits": 2}
    row = next(one for one in told["rows"] if one["model"] == "household")
    assert (row["published_numerator"], row["published_denominator"], row["published_percent"]) == (
        "138068",
        "187624",
        "73.58",
    )
    assert {"numerator", "denominator", "definition", "on", "rounding"} <= row.keys()
    body = officer.get(address % "csv").data
    assert body.startswith(b"\xef\xbb\xbf")
    cells = [
        cell for line in csv.reader(io.StringIO(body.decode("utf-8-sig")), delimiter=";") for cell in line
    ]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]
    book = load_workbook(io.BytesIO(officer.get(address % "xlsx").data))
    assert "f" not in {cell.data_type for line in book.worksheets[0].iter_rows() for cell in line}


@pytest.mark.parametrize(
    "query",
    [
        "place=0",
        "place=999999999999",
        "place={commune}&year=1000",
        "place={commune}&year=2099",
        "place={commune}&year=x",
        "place={commune}&model=nothing",
        "place={commune}&sort=up",
        "place=%2B1",
    ],
)
def test_what_there_is_not_is_404(app: Flask, commune: int, query: str) -> None:
    asked = query.format(commune=commune)
    assert as_(app, "can-bo").get(f"/organiser/statistics?{asked}").status_code == 404


def test_citizens_without_a_role_are_refused_and_units_are_sorted_as_asked(app: Flask, commune: int) -> None:
    assert as_(app, "cong-dan").get(f"/organiser/statistics?place={commune}").status_code == 403
    assert as_(app, "cong-dan").get("/organiser/statistics").status_code == 403
    for sort in ("name", "ratio", "achieved"):
        asked = f"/organiser/statistics?place={commune}&model=household&sort={sort}"
        assert as_(app, "can-bo").get(asked).status_code == 200
