"""The pages of organisations: their tree, members, and changes by who may make them (I17)."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms_tracker.actions import grants, memberships, organisations, people
from lms_tracker.actions.grants import Wanted as Granted
from lms_tracker.actions.organisations import Wanted
from lms_tracker.store.grants import Scope
from tests.journeys.commune import PASSWORD
from tests.web.page_visitors import as_, token


@pytest.fixture
def database_kind() -> str:
    """The pages are the same on every database; what they call is tested on both."""
    return "sqlite"


@pytest.fixture
def school(app: Flask, quick_and_unthrottled: None) -> int:
    """The number of a school with a pupil, an officer and an administrator."""
    with app.app_context():
        number = organisations.add(None, Wanted("school", "Trường Định Hòa")).id
        for login, role in (("hieu-truong", "administrator"), ("can-bo", "officer"), ("xem", "viewer")):
            people.add_person(login.title(), login, PASSWORD)
            grants.grant(None, Granted(login, role, Scope(organisation_id=number)))
        people.add_person("Công Dân", "cong-dan", PASSWORD)
        people.add_person("Nguyễn Thị Hoa", "hoa", PASSWORD)
        memberships.join(None, number, "hoa", "learner")
    return number


def send(client: FlaskClient, school: int, form: str, **fields: object) -> TestResponse:
    data = {"csrf_token": token(client, "/organiser"), **fields}
    return client.post(f"/organiser/organisations/{school}/{form}", data=data)


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def test_a_school_is_found_and_its_people_are_listed(app: Flask, school: int) -> None:
    client = as_(app, "xem")
    assert "Trường Định Hòa" in text(client.get("/organiser/organisations?find=dinh+hoa"))
    page = text(client.get(f"/organiser/organisations/{school}"))
    assert "Nguyễn Thị Hoa" in page
    assert "Thay đổi" not in page


def test_who_administers_adds_renames_and_ends(app: Flask, school: int) -> None:
    client = as_(app, "hieu-truong")
    added = send(client, school, "add", kind="unit", name="Tổ Toán")
    assert added.status_code == 303
    assert "Tổ Toán" in text(client.get(added.headers["Location"]))
    again = send(client, school, "add", kind="unit", name="Tổ  Toán")
    assert again.status_code == 422
    assert 'id="add-name-wrong"' in text(again)
    assert send(client, school, "rename", name="Trường Vĩnh Tuy").status_code == 303
    assert "Trường Vĩnh Tuy" in text(client.get("/organiser/organisations"))
    assert send(client, school, "end", on="ngày mai").status_code == 422
    ended = send(client, school, "end", on=date(2026, 1, 1).isoformat())
    assert ended.status_code == 303
    assert send(client, school, "end", on=date(2026, 1, 1).isoformat()).status_code == 409


def test_members_join_once_and_leave(app: Flask, school: int) -> None:
    client = as_(app, "can-bo")
    joined = send(client, school, "join", login="hoa", capacity="staff", on="")
    assert joined.status_code == 303
    assert "Cán bộ, nhân viên" in text(client.get(joined.headers["Location"]))
    again = send(client, school, "join", login="hoa", capacity="staff")
    assert again.status_code == 422
    assert 'value="hoa"' in text(again)
    # Somebody out of reach is answered like nobody.
    answers = [send(client, school, "join", login=one, capacity="staff") for one in ("cong-dan", "khong-co")]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("Không có ai trong phạm vi" in text(answer) for answer in answers)
    assert send(client, school, "leave", member=1).status_code == 303
    assert send(client, school, "leave", member=1).status_code == 409


def test_i17_who_may_not_is_refused(app: Flask, school: int) -> None:
    for form in ("add", "rename", "end"):
        assert (
            send(as_(app, "can-bo"), school, form, name="A", kind="unit", on="2026-01-01").status_code == 403
        )
    for form in ("add", "rename", "end", "join", "leave"):
        for login in ("xem", "cong-dan"):
            client = as_(app, login)
            data = {"csrf_token": token(client, "/record"), "member": 1}
            assert client.post(f"/organiser/organisations/{school}/{form}", data=data).status_code == 403
    assert send(as_(app, "can-bo"), school, "join", login="hoa", capacity="head").status_code == 403
    assert as_(app, "cong-dan").get(f"/organiser/organisations/{school}").status_code == 403
    assert app.test_client().get("/organiser/organisations").status_code == 302


def test_odd_addresses_and_forms_are_answered(app: Flask, school: int) -> None:
    client = as_(app, "hieu-truong")
    for path in (
        "999999999999",
        "x",
        f"{school}?page=0",
        f"{school}?page=x",
        f"{school}?page=1999",
        "?find=%00",
    ):
        address = f"/organiser/organisations{'' if path.startswith('?') else '/'}{path}"
        assert client.get(address).status_code in (200, 404), path
    for form in ("add", "rename", "end", "join", "leave"):
        for fields in ({}, dict.fromkeys(("kind", "name", "on", "login", "capacity", "member"), "\x00")):
            assert send(client, school, form, **fields).status_code == 422, form
