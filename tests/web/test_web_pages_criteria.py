"""The pages of criteria sets and of who proposes and decides: handing in, what is wrong, adopting (I17)."""

from __future__ import annotations

import io
import json
import re
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms_tracker.actions import grants, people
from lms_tracker.actions.grants import Wanted as Granted
from lms_tracker.actions.recognition import adopting, authorities
from lms_tracker.store.grants import Scope
from tests.actions.territory import place
from tests.journeys.commune import PASSWORD
from tests.web.page_visitors import as_, token

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "citizen-of-a-commune.json"
TEXT = EXAMPLE.read_text(encoding="utf-8")
NEW = "/organiser/criteria/new"


@pytest.fixture
def database_kind() -> str:
    """The pages are the same on every database; what they call is tested on both."""
    return "sqlite"


@pytest.fixture
def commune(app: Flask, quick_and_unthrottled: None) -> int:
    """The number of a commune with an administrator and a viewer; another is everywhere's administrator."""
    with app.app_context():
        number = place("Gò Quao", place("An Giang"))
        scopes = (("quan-tri", "administrator", Scope(number)), ("xem", "viewer", Scope(number)))
        for login, role, scope in (*scopes, ("toan-quoc", "administrator", Scope())):
            people.add_person(login.title(), login, PASSWORD)
            grants.grant(None, Granted(login, role, scope))
        people.add_person("Công Dân", "cong-dan", PASSWORD)
    return number


def send(client: FlaskClient, address: str, **fields: object) -> TestResponse:
    data = {"csrf_token": token(client, "/organiser"), **fields}
    return client.post(address, data=data, content_type="multipart/form-data")


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def file(body: bytes) -> tuple[io.BytesIO, str]:
    return io.BytesIO(body), "set.json"


def test_a_set_is_checked_previewed_kept_adopted_and_withdrawn_in_the_browser(
    app: Flask, commune: int
) -> None:
    client, where = as_(app, "quan-tri"), f"place-{commune}"
    checked = send(client, NEW, file=file(TEXT.encode()), where=where)
    assert checked.status_code == 200
    assert "Giữ bộ này" in text(checked)
    assert "Dùng điện thoại, máy tính" in text(checked)
    kept = send(client, NEW, text=TEXT.replace("\n", "\r\n"), where=where, keep="1")
    assert kept.status_code == 303
    page = text(client.get(kept.location))
    assert "Chưa áp dụng" in page
    assert "<svg" in page
    assert "Bảng riêng: Học sinh" in page
    assert "hiện có 0 người" in page
    assert send(client, f"{kept.location}/adopt").status_code == 422
    assert send(client, f"{kept.location}/adopt", sure="1").status_code == 303
    assert send(client, f"{kept.location}/adopt", sure="1").status_code == 409
    assert "Đang áp dụng" in text(client.get("/organiser/criteria"))
    assert client.get(f"{kept.location}/text").get_data(as_text=True) == TEXT
    assert send(client, f"{kept.location}/withdraw", sure="1").status_code == 303
    assert send(client, f"{kept.location}/withdraw", sure="1").status_code == 409
    assert "Đã thôi áp dụng" in text(client.get(kept.location))


def test_what_is_wrong_stands_beside_its_lines_and_nothing_typed_is_lost(app: Flask, commune: int) -> None:
    client = as_(app, "quan-tri")
    wrong = TEXT.replace('"value": 70', '"value": 700').replace('"process"', '"proces"')
    answer = send(client, NEW, file=file(wrong.encode()), where=f"place-{commune}", keep="1")
    assert answer.status_code == 422
    page = text(answer)
    assert "Có 3 chỗ cần sửa" in page
    line = next(at for at, row in enumerate(wrong.split("\n"), 1) if '"value": 700' in row)
    assert f'<span class="source-number">{line}</span>' in page
    assert "không quá 100, tổng điểm tối đa" in page
    assert "&#34;proces&#34;" in page[page.index("<textarea") :]
    english = send(as_english(client), NEW, text=wrong, where=f"place-{commune}")
    assert "the greatest total" in text(english)


def as_english(client: FlaskClient) -> FlaskClient:
    client.get("/organiser?lang=en")
    return client


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe\x00",
        b"[" * 5_000,
        b"{}",
        b"null",
        b"9" * 100,
        b'{"a":"\\ud800"}',
        b"<script>alert(1)</script>",
    ],
)
def test_hostile_files_are_answered_with_what_is_wrong(app: Flask, commune: int, body: bytes) -> None:
    client = as_(app, "quan-tri")
    for fields in ({"file": file(body)}, {"text": body.decode("latin-1")}):
        answer = send(client, NEW, where=f"place-{commune}", keep="1", **fields)
        assert answer.status_code == 422
        assert "<script>alert" not in text(answer)


def test_too_much_nothing_and_nowhere_are_told(app: Flask, commune: int) -> None:
    client = as_(app, "quan-tri")
    where = f"place-{commune}"
    # By what it says of itself: nothing of it is read.
    of_itself = {"CONTENT_LENGTH": "800000"}
    form = "multipart/form-data; boundary=x"
    assert client.post(NEW, content_type=form, environ_overrides=of_itself).status_code == 413
    assert send(client, NEW, file=file(b"x" * 310_000), where=where).status_code == 422
    assert "chọn tệp" in text(send(client, NEW, text=" ", where=where))
    for asked in ("everywhere", "place-x", "unit-1", "", "place-" + "9" * 30):
        answer = send(client, NEW, text=TEXT, where=asked, keep="1")
        assert answer.status_code == 422
        assert "chọn nơi áp dụng" in text(answer)
    assert send(client, NEW, text=TEXT, where="place-999999", keep="1").status_code in (403, 404)
    assert send(client, NEW, text=TEXT, code="99999", keep="1").status_code == 422


def test_what_overlaps_is_told_before_and_after_it_is_kept(app: Flask, commune: int) -> None:
    with app.app_context():
        waits = [
            adopting.add(None, TEXT.replace("xa-mau-cong-dan-2026", code).encode(), commune)
            for code in ("mot", "hai")
        ]
        adopting.adopt(None, waits[0])
    client = as_(app, "quan-tri")
    page = f"/organiser/criteria/{waits[1]}"
    assert "Chưa áp dụng được" in text(client.get(page))
    assert send(client, f"{page}/adopt", sure="1").status_code == 409
    checked = send(client, NEW, text=TEXT, where=f"place-{commune}")
    assert checked.status_code == 422
    assert "không trùng với bộ mot" in text(checked)


def test_only_who_administers_the_place_changes_and_only_organisers_look_I17(
    app: Flask, commune: int
) -> None:
    with app.app_context():
        number = adopting.add(None, TEXT.encode(), commune)
        shipped = adopting.numbered("household-387-2022")
    page = f"/organiser/criteria/{number}"
    seen, citizen, admin = as_(app, "xem"), as_(app, "cong-dan"), as_(app, "quan-tri")
    assert seen.get(page).status_code == 200
    assert "Áp dụng bộ này" not in text(seen.get(page))
    for address in (page, "/organiser/criteria", f"{page}/text", "/organiser/authorities", NEW):
        assert citizen.get(address).status_code == 403
    for client in (seen, citizen):
        assert client.get(NEW).status_code == 403
        for what in ("adopt", "withdraw"):
            form = {"csrf_token": token(client, "/record"), "sure": "1"}
            assert client.post(f"{page}/{what}", data=form).status_code == 403
    assert send(admin, f"/organiser/criteria/{shipped}/withdraw", sure="1").status_code == 403
    assert send(as_(app, "toan-quoc"), f"/organiser/criteria/{shipped}/withdraw", sure="1").status_code == 303
    assert admin.get("/organiser/criteria/999999").status_code == 404
    assert json.loads(text(admin.get("/organiser/criteria/schema.json")))["$defs"]


def test_the_page_leads_to_how_a_set_is_written_and_to_examples_that_pass(app: Flask, commune: int) -> None:
    admin = as_(app, "quan-tri")
    links = re.findall(r'href="(/organiser/criteria/format[^"]*)"', text(admin.get(NEW)))
    guide, *examples = links
    answer = admin.get(guide)
    assert answer.content_type == "text/plain; charset=utf-8"
    assert "## 8. Khi kiểm tra báo lỗi" in text(answer)
    assert len(examples) == 4
    for address in examples:
        assert send(admin, NEW, text=text(admin.get(address)), where=f"place-{commune}").status_code == 200
    assert admin.get("/organiser/criteria/format?example=../points").status_code == 404


def test_every_shipped_set_is_shown_with_the_status_of_its_figures(app: Flask, commune: int) -> None:
    client = as_(app, "xem")
    addresses = re.findall(r'href="(/organiser/criteria/\d+)"', text(client.get("/organiser/criteria")))
    assert len(addresses) == 7
    pages = [text(client.get(address)) for address in addresses]
    for page in pages:
        assert "Chưa xác minh" in page
    household = next(page for page in pages if "household-387-2022" in page)
    assert "Mức do địa phương đặt, chưa có văn bản" in household
    assert "ít nhất 60% thành viên được công nhận Công dân học tập" in household


def test_bodies_are_entered_and_ended_with_what_is_wrong_beside_the_field(app: Flask, commune: int) -> None:
    client = as_(app, "quan-tri")
    form = {
        "model": "citizen",
        "part": "deciding",
        "body": "UBND xã Gò Quao",
        "signs_as": "Chủ tịch",
        "source": "Quyết định 1",
        "where": f"place-{commune}",
        "valid_from": "2026-01-01",
    }
    address = "/organiser/authorities"
    refused = send(client, address, **form | {"body": "  "})
    assert refused.status_code == 422
    assert "tên cơ quan" in text(refused)
    assert 'value="Quyết định 1"' in text(refused)
    assert send(client, address, **form).status_code == 303
    assert send(client, address, **form).status_code == 303
    assert send(client, address, **form | {"body": "khác"}).status_code == 422
    for wrong in (
        {"valid_from": "hôm nay"},
        {"where": "mars"},
        {"model": "x"},
        {"part": "x"},
        {"source": ""},
    ):
        assert send(client, address, **form | wrong).status_code == 422
    (one,) = re.findall(r'action="(/organiser/authorities/\d+/end)"', text(client.get(address)))
    assert send(client, one, last="").status_code == 422
    assert send(client, one, last="2025-06-01").status_code == 422
    assert send(client, one, last="2026-12-31").status_code == 303
    assert send(client, one, last="2027-12-31").status_code == 409
    with app.app_context():
        (row,) = authorities.listed(None)
        assert row.row.valid_to == date(2026, 12, 31)
    assert send(as_(app, "xem"), one, last="2026-12-31").status_code == 403
    assert send(client, "/organiser/authorities/999999/end", last="2026-12-31").status_code == 404
