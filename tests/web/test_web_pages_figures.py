"""The pages of figures, plans and calls for reports: entered, explained, imported, asked for and answered."""

from __future__ import annotations

import io
import json
from datetime import date
from importlib import resources

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms_tracker.actions import grants, people, place_loading
from lms_tracker.actions.grant_lists import place_with_code
from lms_tracker.actions.grants import Wanted
from lms_tracker.actions.reporting import figure_imports
from lms_tracker.store.grants import Scope
from tests.actions.reported import as_file
from tests.journeys.commune import PASSWORD
from tests.some_places import FEW
from tests.web.page_visitors import as_, token


@pytest.fixture
def database_kind() -> str:
    """The pages are the same on every database; what they call is tested on both."""
    return "sqlite"


@pytest.fixture
def province(app: Flask, quick_and_unthrottled: None) -> int:
    """An Giang of today, with an officer, an approver and an administrator of it and of the country."""
    with app.app_context():
        place_loading.load(FEW, lambda done, total: None)
        number = place_with_code("91", date(2026, 1, 1))
        commune = place_with_code("30952", date(2026, 1, 1))
        for login, role, scope in (
            ("can-bo", "officer", Scope(place_id=number)),
            ("can-bo-xa", "officer", Scope(place_id=commune)),
            ("phe-duyet", "approver", Scope(place_id=number)),
            ("quan-tri", "administrator", Scope()),
        ):
            people.add_person(login.title(), login, PASSWORD)
            grants.grant(None, Wanted(login, role, scope))
    return number


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def send(client: FlaskClient, address: str, **fields: object) -> TestResponse:
    return client.post(address, data={"csrf_token": token(client, "/organiser"), **fields})


def test_i14_what_is_odd_about_published_figures_is_explained(app: Flask, province: int) -> None:
    data = (resources.files("lms_tracker.demo") / "plan_data/figures-ha-giang.csv").read_bytes()
    with app.app_context():
        figure_imports.by_command(
            province, data.replace(b";2024;", b";2025;"), acknowledged=True, dry_run=False
        )
    client = as_(app, "can-bo")
    page = text(client.get(f"/organiser/figures?place={province}&year=2025&lang=vi"))
    assert "73,59%" in page
    assert "Tài liệu ghi 73,58% vì cắt bớt phần sau dấu phẩy chứ không làm tròn." in page
    assert "mẫu số vào khoảng 710.315 (từ 708.129 đến 712.514)" in page
    report = text(client.get(f"/organiser/figures?place={province}&year=2025&view=report&lang=en"))
    assert "over 6,020" in report
    assert "attendances" in report
    exported = client.get(f"/organiser/figures/export.json?place={province}&year=2025")
    found = {one["indicator"]: one for one in json.loads(exported.data)}
    assert found["household"]["percent"] == "73.59"
    for form in ("csv", "xlsx"):
        assert client.get(f"/organiser/figures/export.{form}?place={province}&year=2025").status_code == 200


def test_a_figure_is_entered_and_what_was_typed_stays_until_it_is_right(app: Flask, province: int) -> None:
    client, address = as_(app, "can-bo"), f"/organiser/figures/members?place={province}&year=2025"
    for fields, status, said in (
        ({"value": "1.681 lượt", "current": "0"}, 422, "lượt người không phải là người"),
        ({"value": "10", "denominator": "9", "current": "0"}, 422, "lớn hơn mẫu số"),
        (
            {"value": "9", "denominator": "10", "published_ratio": "89%", "current": "0"},
            422,
            "tài liệu ghi 89%",
        ),
        ({"value": "9", "denominator_on": "hôm qua", "current": "0"}, 422, "hôm qua"),
        ({"value": "9", "current": "77"}, 409, "đã có người khác lưu"),
    ):
        answer = send(client, address, **fields)
        assert (answer.status_code, said in text(answer)) == (status, True), fields
        assert f'value="{fields["value"]}"' in text(answer)
    fields = {"value": "9", "denominator": "10", "published_ratio": "89%", "current": "0"}
    assert send(client, address, **fields, acknowledged="yes").status_code == 303
    page = text(client.get(address))
    assert "90,00%" in page
    assert "đang giữ" in page


@pytest.mark.parametrize("share", ["73.12345678901", "7,12345678901234567", "0,00000000000000001"])
def test_hostile_texts_and_numbers_of_a_figure_are_kept_or_refused(
    app: Flask, province: int, share: str
) -> None:
    client, address = as_(app, "can-bo"), f"/organiser/figures/members?place={province}&year=2025"
    fields = {"value": "9", "denominator": "10", "published_ratio": share, "current": "0", "note": "a\0\x01b"}
    assert send(client, address, **fields, source="=1+1\0").status_code == 422
    assert send(client, address, **fields, source="=1+1\0", acknowledged="yes").status_code == 303
    assert client.get(f"/organiser/statistics?place={province}&year=2025").status_code == 200
    export = f"place={province}&year=2025"
    (row,) = json.loads(client.get(f"/organiser/figures/export.json?{export}").data)
    assert (row["note"], row["source"]) == ("ab", "=1+1")
    for form in ("csv", "xlsx"):
        assert client.get(f"/organiser/figures/export.{form}?{export}").status_code == 200


def test_a_file_is_looked_at_and_then_imported_whole(app: Flask, province: int) -> None:
    client, address = as_(app, "can-bo"), f"/organiser/figure-files?place={province}"
    wrong = send(client, address, file=(io.BytesIO(b"indicator;year;value\nmembers;2025;<b>\n"), "x.csv"))
    assert wrong.status_code == 422
    assert "&lt;b&gt;" in text(wrong)
    assert send(client, address).status_code == 422
    header = b"place;indicator;year;value;denominator;published_ratio\n"
    lines = header + b"30952;clan;2025;7;9;78%\n;clan;2025;9;9;99%\n"
    sent = send(client, address, file=(io.BytesIO(lines), "=x.csv"))
    assert sent.status_code == 303
    page = sent.headers["Location"]
    assert "tài liệu ghi 99%" in text(client.get(page))
    assert send(client, f"{page}/apply").status_code == 422
    assert send(client, f"{page}/apply", acknowledged="yes").status_code == 303
    assert "Đã nhập: 2 số liệu mới" in text(client.get(page))
    assert send(client, f"{page}/discard").status_code == 303


def test_a_plan_is_loaded_its_tasks_are_kept_and_its_district_is_followed(app: Flask, province: int) -> None:
    client = as_(app, "quan-tri")
    wrong = send(client, "/organiser/plans", file=(io.BytesIO(b"{}"), "x.json"))
    assert wrong.status_code == 422
    answer = send(client, "/organiser/plans", file=(io.BytesIO(as_file()), "x.json"))
    page = answer.headers["Location"]
    shown = text(client.get(page))
    assert "Huyện Gò Quao không còn từ sau ngày 30/06/2025." in shown
    assert "xã Vĩnh Tuy" in shown
    officer = as_(app, "can-bo")
    assert officer.get(page).status_code == 200
    assert send(officer, f"{page}/tasks/1", revision="0", done_on="2025-01-02").status_code in (303, 403)


def test_an_indicator_of_a_place_is_added_and_a_wrong_one_is_kept_on_the_form(
    app: Flask, province: int
) -> None:
    client = as_(app, "quan-tri")
    fields = {"code": "clubs", "vi": "Câu lạc bộ", "en": "Clubs", "unit": "units", "base": "population"}
    answer = send(client, "/organiser/indicators", **fields)
    assert answer.status_code == 422
    assert 'value="Câu lạc bộ"' in text(answer)
    assert send(client, "/organiser/indicators", **{**fields, "base": ""}).status_code == 303


def test_a_commune_sees_what_is_asked_of_it_and_answers(app: Flask, province: int) -> None:
    approver, officer = as_(app, "phe-duyet"), as_(app, "can-bo-xa")
    asked = {"title": "Báo cáo năm 2025", "year": "2025", "period": "year", "due_on": "2025-12-15"}
    address = f"/organiser/calls/new?place={province}"
    assert send(approver, address, **asked).status_code == 422
    page = send(approver, address, **asked, asks=["members", "workshops"]).headers["Location"]
    assert "chưa báo cáo, quá hạn" in text(approver.get(page))
    assert "Báo cáo năm 2025" in text(officer.get("/organiser/calls"))
    with app.app_context():
        form = f"{page}/report?place={place_with_code('30952', date(2026, 1, 1))}"
    assert "members.value" in text(officer.get(form))
    values = {"members.current": "0", "workshops.current": "0", "workshops.value": "hơn 3"}
    refused = send(officer, form, **values, **{"members.value": "1.68"})
    assert refused.status_code == 422
    assert 'value="1.68"' in text(refused)
    assert send(officer, form, **values, **{"members.value": "1.681"}).status_code == 303
    assert "đã báo cáo ngày" in text(approver.get(page))
    returned = send(
        approver, f"{page}/send-back?{form.partition('?')[2]}", revision="1", reason="Thiếu nguồn"
    )
    assert returned.status_code == 303
    assert "Thiếu nguồn" in text(officer.get(form))


@pytest.mark.parametrize(
    "address",
    [
        "/organiser/figures", "/organiser/figures?place=x", "/organiser/figures?place=1&organisation=1",
        "/organiser/figures?place=1&year=99999", "/organiser/figures?place=1&period=week",
        "/organiser/figures/nothing?place=1&year=2025", "/organiser/figures/members?place=1",
        "/organiser/figures/export.pdf?place=1", "/organiser/figure-files?organisation=1",
        "/organiser/plans/999", "/organiser/calls/999", "/organiser/figure-files/999",
        "/organiser/figures?place=999999999999", "/organiser/figures/members?place=1&year=2025%00",
    ],
)  # fmt: skip
def test_addresses_of_nothing_are_not_found(app: Flask, province: int, address: str) -> None:
    assert as_(app, "quan-tri").get(address).status_code == 404
