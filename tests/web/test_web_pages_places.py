"""The pages of places: browsed by day, searched, and what officers change below a commune."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms_tracker.actions import grants, local_places, people, place_loading, places
from lms_tracker.actions.grants import Wanted
from lms_tracker.actions.local_rules import Called
from lms_tracker.learning.places import Level
from lms_tracker.store import database
from lms_tracker.store import places as stored
from lms_tracker.store.grants import Scope
from tests.journeys.commune import PASSWORD
from tests.some_places import FEW
from tests.web.page_visitors import as_, token

DAY, DECISION = "2026-03-01", "Nghị quyết 12/NQ-HĐND"


@pytest.fixture
def database_kind() -> str:
    """The pages are the same on every database; what they call is tested on both."""
    return "sqlite"


@pytest.fixture
def go_quao(app: Flask, quick_and_unthrottled: None) -> int:
    """The number of the commune Gò Quao, which has an officer `can-bo`, and two hamlets."""
    with app.app_context():
        place_loading.load(FEW, lambda done, total: None)
        number = number_of(app, "30952")
        for login, role, scope in (
            ("can-bo", "officer", Scope(place_id=number)),
            ("vinh-tuy", "officer", Scope(place_id=number_of(app, "30982"))),
            ("xem", "viewer", Scope(place_id=number)),
        ):
            people.add_person(login.title(), login, PASSWORD)
            grants.grant(None, Wanted(login, role, scope))
        people.add_person("Công Dân", "cong-dan", PASSWORD)
        viewer = people.authenticate("can-bo", PASSWORD)
        for name in ("Phước Hưng", "Phước Thới"):
            local_places.add(viewer, number, Called("ap", name))
    return number


def number_of(app: Flask, code: str, on: date = date(2026, 1, 1)) -> int:
    with app.app_context(), database.reading() as connection:
        return places.coded(connection, code, on).id


def locals_of(app: Flask, commune: int, on: date = date(2026, 6, 1)) -> dict[str, int]:
    with app.app_context(), database.reading() as connection:
        return {one.name: one.id for one in stored.children(connection, commune, on)}


def send(client: FlaskClient, commune: int, form: str, **fields: object) -> TestResponse:
    page = f"/organiser/places/{commune}"
    return client.post(f"{page}/{form}", data={"csrf_token": token(client, "/organiser"), **fields})


def text(answer: TestResponse) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))


def test_i13_the_provinces_of_a_day_are_listed(app: Flask, go_quao: int) -> None:
    client = as_(app, "xem")
    assert "Tỉnh An Giang" in text(client.get("/organiser/places"))
    before = text(client.get("/organiser/places?on=2024-12-31"))
    assert "Tỉnh Kiên Giang" in before
    assert "Tỉnh An Giang" not in before


def test_a_search_finds_with_and_without_marks(app: Flask, go_quao: int) -> None:
    client = as_(app, "xem")
    for typed in ("go quao", "Gò Quao", "xã gò quao"):
        found = client.get("/organiser/places", query_string={"find": typed})
        assert "Xã Gò Quao, tỉnh An Giang" in text(found)
    assert "Không tìm thấy" in text(client.get("/organiser/places?find=khong+co"))


def test_a_unit_shows_what_it_was_made_of_and_an_old_one_what_it_became(app: Flask, go_quao: int) -> None:
    client = as_(app, "xem")
    now = text(client.get(f"/organiser/places/{go_quao}"))
    assert "Hình thành từ" in now
    assert "Xã Định An, huyện Gò Quao, tỉnh Kiên Giang" in now
    old = number_of(app, "30976", date(2025, 1, 1))
    split = text(client.get(f"/organiser/places/{old}"))
    assert "phải hỏi từng người" in split
    assert "(phần lớn)" in split
    district = text(client.get(f"/organiser/places/{number_of(app, '907', date(2025, 1, 1))}"))
    assert "Xã Vĩnh Tuy, tỉnh An Giang" in district


def test_a_local_place_is_added_once(app: Flask, go_quao: int) -> None:
    client = as_(app, "can-bo")
    added = send(client, go_quao, "add", kind="ap", name="Phước An")
    assert added.status_code == 303
    assert "Đã lưu thay đổi." in text(client.get(added.headers["Location"]))
    assert "Phước An" in locals_of(app, go_quao)
    again = send(client, go_quao, "add", kind="ap", name="phước  an")
    assert again.status_code == 422
    assert "đã có nơi cùng loại và cùng tên" in text(again)
    assert 'value="phước  an"' in again.get_data(as_text=True)


def test_two_hamlets_are_merged_and_the_day_before_shows_both(app: Flask, go_quao: int) -> None:
    client = as_(app, "can-bo")
    ids = list(locals_of(app, go_quao).values())
    fields = {"places": ids, "kind": "ap", "name": "Phước Hưng", "on": "01/03/2026", "document": DECISION}
    merged = send(client, go_quao, "merge", **fields)
    assert merged.status_code == 303
    page = text(client.get(merged.headers["Location"]))
    assert DECISION in page
    assert "Sáp nhập" in page
    assert list(locals_of(app, go_quao)) == ["Phước Hưng"]
    assert "Ấp Phước Thới" in text(client.get(f"/organiser/places/{go_quao}?on=2026-02-28"))
    assert send(client, go_quao, "merge", **fields).status_code == 409


def test_a_hamlet_is_renamed_split_corrected_and_ended(app: Flask, go_quao: int) -> None:
    client = as_(app, "can-bo")
    first, second = locals_of(app, go_quao).values()
    change = {"on": DAY, "document": DECISION}
    assert send(client, first, "correct", kind="ap", name="Phước Hưng B").status_code == 303
    renamed = send(client, first, "rename", kind="khu-pho", name="Phước Trung", **change)
    assert renamed.status_code == 303
    parts = send(client, second, "split", kind="ap", names="Phước Thới 1\r\n\r\nPhước Thới 2", **change)
    assert parts.status_code == 303
    assert list(locals_of(app, go_quao)) == ["Phước Thới 1", "Phước Thới 2", "Phước Trung"]
    ended = send(client, locals_of(app, go_quao)["Phước Trung"], "end", on="2026-05-01", document=DECISION)
    assert ended.status_code == 303
    assert list(locals_of(app, go_quao)) == ["Phước Thới 1", "Phước Thới 2"]


@pytest.mark.parametrize(
    ("form", "fields", "told"),
    [
        ("rename", {"kind": "ap", "name": "A", "on": DAY, "document": ""}, "rename-document-wrong"),
        ("rename", {"kind": "ap", "name": "A", "on": "ngày mai", "document": "x"}, "rename-on-wrong"),
        ("rename", {"kind": "xa", "name": "A", "on": DAY, "document": "x"}, "rename-kind-wrong"),
        ("rename", {"kind": "ap", "name": "", "on": DAY, "document": "x"}, "rename-name-wrong"),
        ("split", {"kind": "ap", "names": "Một", "on": DAY, "document": "x"}, "split-places-wrong"),
        ("end", {"on": "9999-12-31", "document": "x"}, "end-on-wrong"),
    ],
)
def test_a_failed_form_says_where_it_is_wrong_and_keeps_what_was_typed(
    app: Flask, go_quao: int, form: str, fields: dict[str, str], told: str
) -> None:
    client = as_(app, "can-bo")
    answer = send(client, locals_of(app, go_quao)["Phước Hưng"], form, **fields)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{told}"' in page
    assert f'aria-describedby="{told}"' in page
    for typed in ("on", "document"):
        assert not fields.get(typed) or f'value="{fields[typed]}"' in page
    assert list(locals_of(app, go_quao)) == ["Phước Hưng", "Phước Thới"]


def test_i17_who_may_not_change_places_is_offered_nothing_and_refused(app: Flask, go_quao: int) -> None:
    hamlet = locals_of(app, go_quao)["Phước Hưng"]
    for login in ("xem", "vinh-tuy"):
        client = as_(app, login)
        assert "Thay đổi" not in text(client.get(f"/organiser/places/{go_quao}"))
        change = {"kind": "ap", "name": "A", "on": DAY, "document": "x", "names": "A\nB", "places": [hamlet]}
        for form, place in (
            ("add", go_quao),
            ("rename", hamlet),
            ("correct", hamlet),
            ("split", hamlet),
            ("end", hamlet),
        ):
            assert send(client, place, form, **change).status_code == 403, form
    citizen = as_(app, "cong-dan")
    assert citizen.get("/organiser/places").status_code == 403
    assert citizen.get(f"/organiser/places/{go_quao}").status_code == 403
    assert app.test_client().get("/organiser/places").status_code == 302


def test_a_hamlet_of_an_old_commune_is_moved_by_a_button(app: Flask, go_quao: int) -> None:
    old = number_of(app, "30964", date(2025, 1, 1))
    with app.app_context():
        grants.grant(None, Wanted("can-bo", "officer", Scope(place_id=old)))
        viewer = people.authenticate("can-bo", PASSWORD)
        hamlet = local_places.add(viewer, old, Called("ap", "An Thọ"))
    client = as_(app, "can-bo")
    assert "Chuyển ấp An Thọ sang đây" in text(client.get(f"/organiser/places/{go_quao}"))
    assert send(client, go_quao, "follow", local=hamlet.id).status_code == 303
    assert "An Thọ" in locals_of(app, go_quao)
    assert "Chuyển ấp" not in text(client.get(f"/organiser/places/{go_quao}"))
    assert send(client, go_quao, "follow", local=hamlet.id).status_code == 409


@pytest.mark.parametrize(
    "path",
    ["999999", "999999999999", "0", "9" * 30, "-1", "x", "1?on=never", "1?on=0000-00-00", "1?on=99/99/9999",
     "?on=0001-01-01", "?on=9999-12-31", "?find=%00%25'", "?find=" + "a" * 5000, "?on=" + "9" * 5000],
)  # fmt: skip
def test_odd_addresses_are_answered(app: Flask, go_quao: int, path: str) -> None:
    client = as_(app, "can-bo")
    address = f"/organiser/places{'' if path.startswith('?') else '/'}{path}"
    assert client.get(address).status_code in (200, 404)


def test_odd_forms_are_refused(app: Flask, go_quao: int) -> None:
    client = as_(app, "can-bo")
    hamlet = locals_of(app, go_quao)["Phước Hưng"]
    for form, place in (("add", go_quao), ("merge", go_quao), ("follow", go_quao), ("rename", hamlet),
                        ("split", hamlet), ("end", hamlet), ("correct", hamlet), ("add", hamlet),
                        ("rename", go_quao), ("end", 10**11)):  # fmt: skip
        for fields in ({}, {"kind": "\x00", "name": "\x00", "on": "\x00", "document": "\x00", "places": "x",
                            "local": "9" * 30, "names": "\n" * 3000}):  # fmt: skip
            assert send(client, place, form, **fields).status_code in (403, 404, 422), (form, fields)
    assert list(locals_of(app, go_quao)) == ["Phước Hưng", "Phước Thới"]


def test_levels_that_are_asked_for_exist() -> None:
    assert [int(level) for level in Level] == [1, 2, 3, 4]
