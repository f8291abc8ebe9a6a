"""Forms of rounds as browsers and as nobody's browser send them: grids, sheets, decisions."""

from __future__ import annotations

import io
import os

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook

from lms_tracker.actions.recognition import registrations
from lms_tracker.actions.rights import Viewer
from lms_tracker.learning.recognition import grids
from lms_tracker.store import database, dialects
from tests.actions.recognised import GOOD, Cast, cast, decided, opened, reviewed, revision, rows, submitted

BASE = "/organiser/recognition"


@pytest.fixture
def world(app: Flask, quick_and_unthrottled: None) -> tuple[Flask, Cast, int]:
    """A commune with an open round in which everybody is registered; forms need no token here."""
    app.config["WTF_CSRF_METHODS"] = set()
    with app.app_context():
        here = cast()
        number = opened(here)
        registrations.register(here.officer, number)
    return app, here, number


def as_(app: Flask, viewer: Viewer) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = f"{viewer.key.hex()}.{viewer.stamp}"
    return client


def grid_form(app: Flask, number: int, cells: dict[str, str]) -> dict[str, str]:
    with app.app_context():
        form = {}
        for row in rows(number):
            form[f"r{row.id}"] = f"{row.revision}.{grids.base_of({}, '')}"
            form |= {f"p{row.id}-{code}": text for code, text in cells.items()}
    return form


def scores(app: Flask, number: int) -> list[tuple[object, ...]]:
    with app.app_context(), database.reading() as connection:
        asked = "SELECT self_total FROM assessments WHERE round_id = ? ORDER BY sort_key"
        return dialects.rows(connection, asked, (number,))


def test_a_page_of_the_grid_is_saved_whole_and_sent_again_changes_nothing(
    world: tuple[Flask, Cast, int],
) -> None:
    app, here, number = world
    client, form = as_(app, here.officer), grid_form(app, number, GOOD)
    for saved in (6, 0):
        answer = client.post(f"{BASE}/rounds/{number}/grid/self", data=form)
        if saved:
            assert (answer.status_code, answer.location.endswith("done=6")) == (303, True)
    # What the second press says was shown before the first was saved: told, and nothing overwritten.
    assert answer.status_code in (303, 409)
    assert scores(app, number) == [(90,)] * 6


def test_a_row_changed_meanwhile_is_shown_with_both_values(world: tuple[Flask, Cast, int]) -> None:
    app, here, number = world
    client = as_(app, here.officer)
    form, other = grid_form(app, number, GOOD), grid_form(app, number, {**GOOD, "1": "5"})
    first = next(name[1:] for name in form if name.startswith("r"))
    only = {name: text for name, text in other.items() if name[1:].split("-")[0] == first}
    assert client.post(f"{BASE}/rounds/{number}/grid/self", data=only).status_code == 303
    answer = client.post(f"{BASE}/rounds/{number}/grid/self", data=form)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "5, 9, 9" in text
    assert "Người khác vừa lưu dòng này" in text
    assert sorted(scores(app, number)) == [(86,), *[(90,)] * 5]


STRANGE_FORMS: list[dict[str, str]] = [
    {},
    {"r1": ""},
    {"r1": "x.y"},
    {"r999999999999999999": "1.00000000"},
    {"r1": "1.00000000", "p1-1": "9" * 5_000},
    {"r1": "0.00000000", "p1-../../etc": "1", "p-1-1": "1", "pxx": "1"},
    {"r1": "999999999.zzzzzzzz", "p1-1": "\x00"},
    {"r٣": "1.0"},
    {"r²": "1.0"},
    {f"r{number}": "0.0" for number in range(501)},
]
STRANGE_QUERIES = ("place=x", "place=-1", "after=999999999999", "after=1e9", "rows=7", f"place={'9' * 30}")
STRANGE_FILES = (b"", b"PK\x03\x04", b"<svg/>", "Mã dòng;1\n999999;8\n".encode(), os.urandom(5_000))


def test_no_form_and_no_address_of_a_grid_breaks_it(world: tuple[Flask, Cast, int]) -> None:
    app, here, number = world
    client = as_(app, here.officer)
    for form in STRANGE_FORMS:
        answer = client.post(f"{BASE}/rounds/{number}/grid/self", data=form)
        assert answer.status_code in (303, 400, 409, 422), form
    assert scores(app, number) == [(None,)] * 6
    for query in STRANGE_QUERIES:
        assert client.get(f"{BASE}/rounds/{number}/grid/self?{query}").status_code in (200, 404), query


def test_the_sheet_of_a_thon_comes_back_filled_as_a_preview_and_is_saved_from_there(
    world: tuple[Flask, Cast, int],
) -> None:
    app, here, number = world
    client = as_(app, here.officer)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Mã dòng", "Lần sửa", "Họ tên", *[f"{code} (0–10)" for code in range(1, 11)]])
    with app.app_context():
        for row in rows(number):
            sheet.append([str(row.id), str(row.revision), row.name, *[8] * 10])
    sheet["D2"] = "mười"
    file = io.BytesIO()
    book.save(file)
    answer = client.post(
        f"{BASE}/rounds/{number}/file", data={"file": (io.BytesIO(file.getvalue()), "thon.xlsx")}
    )
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "chưa lưu" in text
    assert 'value="mười"' in text
    assert scores(app, number) == [(None,)] * 6
    answer = client.post(f"{BASE}/rounds/{number}/grid/self", data=grid_form(app, number, {"1": "8"}))
    assert scores(app, number) == [(8,)] * 6
    # The sheet was made before somebody else's scores: both are shown.
    answer = client.post(
        f"{BASE}/rounds/{number}/file", data={"file": (io.BytesIO(file.getvalue()), "thon.xlsx")}
    )
    assert "Người khác vừa lưu dòng này: 8, –" in answer.get_data(as_text=True)
    assert load_workbook(io.BytesIO(file.getvalue()))


def test_a_file_that_is_no_sheet_of_the_round_is_told(world: tuple[Flask, Cast, int]) -> None:
    app, here, number = world
    client = as_(app, here.officer)
    for body in STRANGE_FILES:
        sent = {"file": (io.BytesIO(body), "x.xlsx")}
        answer = client.post(f"{BASE}/rounds/{number}/file", data=sent)
        assert answer.status_code == 422, body[:20]
        assert "Không nhập được tệp này" in answer.get_data(as_text=True)


WRONG_DECISIONS: tuple[tuple[dict[str, str], str], ...] = (
    ({"decided_on": "31/02/2026"}, "Mời Ông/Bà ghi ngày có trong lịch."),
    ({"decided_on": "9999-12-31"}, "Mời Ông/Bà ghi ngày có trong lịch."),
    ({"decided_on": "2199-12-31"}, "Ngày quyết định chưa tới."),
    ({"number": "x" * 3_000}, "Nội dung dài hơn mức cho phép"),
    ({"signed_by": ""}, "Mời Ông/Bà điền mục này."),
    ({"signed_by": "A\x00B"}, "Nội dung dài hơn mức cho phép"),
    ({"revision": "999999999"}, "Người khác vừa thay đổi"),
)


def test_a_form_of_a_decision_that_is_wrong_keeps_what_was_typed(world: tuple[Flask, Cast, int]) -> None:
    app, here, number = world
    with app.app_context():
        reviewed(here, number)
        submitted(here, number)
        form = {
            "number": "45/QĐ-UBND",
            "decided_on": "2026-01-01",
            "signed_by": "Phạm Văn Ký",
            "form": "0" * 32,
            "revision": str(revision(number)),
        }
    client = as_(app, here.approver)
    for fields, said in WRONG_DECISIONS:
        answer = client.post(f"{BASE}/rounds/{number}/decision", data={**form, **fields})
        text = answer.get_data(as_text=True)
        assert answer.status_code in (409, 422), fields
        assert said in text
        assert "signed_by" in fields or "Phạm Văn Ký" in text


def test_a_decision_of_another_round_cannot_be_revoked_by_its_rows(world: tuple[Flask, Cast, int]) -> None:
    app, here, number = world
    with app.app_context():
        reviewed(here, number)
        made = decided(here, number)
    client = as_(app, here.approver)
    form = {"number": "9/QĐ", "decided_on": "", "signed_by": "x", "why": "x", "form": "1" * 32}
    for chosen in (["999999"], ["x"], [], ["1"] * 1_001):
        answer = client.post(f"{BASE}/decisions/{made}/revoke", data={**form, "chosen": chosen})
        assert answer.status_code in (400, 404, 422)
    with app.app_context(), database.reading() as connection:
        asked = "SELECT count(*) FROM recognitions WHERE revoked_by IS NOT NULL"
        assert dialects.rows(connection, asked, ()) == [(0,)]
