"""The pages of who may do what where, by the forms that browsers send."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms_tracker.actions import grants, people
from lms_tracker.actions.grants import Wanted
from lms_tracker.store.grants import Scope
from tests.actions.territory import lives, place
from tests.journeys.commune import PASSWORD, Commune
from tests.web.page_visitors import as_, token

pytestmark = pytest.mark.usefixtures("quick_and_unthrottled")

PAGE = "/organiser/rights"


@pytest.fixture
def database_kind() -> str:
    """What is asked here is the same on every database; tests of the actions ask both."""
    return "sqlite"


@pytest.fixture
def places(settled: Commune) -> dict[str, int]:
    """A province of two communes; Hoa lives in the first. "chief" administers it, "king" the whole."""
    with settled.app.app_context():
        province = place("Cần Thơ")
        found = {
            "province": province,
            "home": place("Đông Hòa", province),
            "other": place("Tây Đô", province),
        }
        lives(settled.people["hoa"], found["home"])
        for login, role, scope in (
            ("chief", "administrator", Scope(place_id=found["home"])),
            ("king", "administrator", Scope()),
            ("officer", "officer", Scope(place_id=found["home"])),
        ):
            people.add_person(login.title(), login, PASSWORD)
            grants.grant(None, Wanted(login, role, scope))
        people.add_person("Vũ Thị Lan", "lan", PASSWORD)
    return found


def send(client: FlaskClient, address: str = PAGE, **form: object) -> TestResponse:
    data = {"csrf_token": token(client, "/record"), **{name: str(value) for name, value in form.items()}}
    return client.post(address, data=data)


def text_of(answer: TestResponse) -> str:
    return " ".join(answer.get_data(as_text=True).split())


def test_an_administrator_grants_in_their_commune_sees_it_and_takes_it_away_at_once(
    settled: Commune, places: dict[str, int]
) -> None:
    chief, lan, home = as_(settled.app, "chief"), as_(settled.app, "lan"), places["home"]
    record = f"/people/{settled.people['hoa'].hex()}/record"
    assert lan.get(record).status_code == 403
    answer = send(chief, place=home, login="lan", role="reviewer", last_day="2999-12-31")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}?place={home}")
    page = text_of(chief.get(f"{PAGE}?place={home}"))
    assert "Vũ Thị Lan" in page
    assert "đến hết 31/12/2999" in page
    assert "King" in page  # Who may act here by a grant further above.
    assert lan.get(record).status_code == 200
    with settled.app.app_context():
        found = people.viewer(people.authenticate("lan", PASSWORD).key)  # type: ignore[union-attr]
    assert found is not None
    number = found.grants[0].id
    assert send(chief, f"{PAGE}/{number}/revoke", place=home).status_code == 303
    # The session that Lan has open is of no use from this moment on.
    assert lan.get(record).status_code == 403
    assert "thu hồi lúc" in text_of(chief.get(f"{PAGE}?place={home}"))
    assert send(chief, f"{PAGE}/{number}/revoke", place=home).status_code == 409


def test_i17_nobody_grants_beyond_their_place_whatever_the_form_says(
    settled: Commune, places: dict[str, int]
) -> None:
    chief = as_(settled.app, "chief")
    for where in (places["province"], places["other"], "", 999):
        assert send(chief, place=where, login="lan", role="viewer").status_code == 403
        if where:
            assert chief.get(f"{PAGE}?place={where}").status_code == 403
    assert send(chief, login="lan", role="provider", provider=settled.centre.provider).status_code == 403
    with settled.app.app_context():
        lan = people.authenticate("lan", PASSWORD)
    assert lan is not None
    assert lan.grants == ()


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"login": "nobody", "role": "viewer"}, "Không có ai dùng tên đăng nhập này."),
        ({"login": "chief", "role": "viewer"}, "Không ai tự giao quyền cho mình."),
        ({"login": "lan"}, "Mời Ông/Bà chọn một quyền."),
        ({"login": "lan", "role": "guardian"}, "Quyền này không dùng được ở phạm vi này."),
        ({"login": "lan", "role": "viewer", "first_day": "2026-02-30"}, "Mời Ông/Bà chọn một ngày có thật."),
        (
            {"login": "lan", "role": "viewer", "first_day": "2026-03-02", "last_day": "2026-03-01"},
            "Ngày cuối phải sau hoặc trùng ngày đầu.",
        ),
    ],
)
def test_a_form_that_cannot_be_says_why_and_keeps_what_was_typed(
    settled: Commune, places: dict[str, int], form: dict[str, str], sentence: str
) -> None:
    answer = send(as_(settled.app, "chief"), place=places["home"], **form)
    assert answer.status_code == 422
    page = text_of(answer)
    assert sentence in page
    assert f'value="{form["login"]}"' in page


def test_a_holder_hands_on_a_part_and_takes_it_back(settled: Commune, places: dict[str, int]) -> None:
    officer, home = as_(settled.app, "officer"), places["home"]
    assert officer.get(f"{PAGE}?place={home}").status_code == 403
    assert "Giao lại một phần" in text_of(officer.get(PAGE))
    assert send(officer, place=home, login="lan", role="reviewer").status_code == 403
    answer = send(officer, place=home, login="lan", role="viewer")
    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    page = text_of(officer.get(PAGE))
    assert "Vũ Thị Lan" in page
    with settled.app.app_context():
        lan = people.authenticate("lan", PASSWORD)
    assert lan is not None
    assert send(officer, f"{PAGE}/{lan.grants[0].id}/revoke").status_code == 303
    assert "Vũ Thị Lan" not in text_of(officer.get(PAGE))


def test_the_whole_country_at_a_glance_counts_people_by_province(
    settled: Commune, places: dict[str, int]
) -> None:
    king = as_(settled.app, "king")
    with settled.app.app_context():
        # In two communes of one province: one person.
        for where in ("home", "other"):
            grants.grant(None, Wanted("lan", "officer", Scope(place_id=places[where])))
    page = text_of(king.get(PAGE))
    row = page[page.index(f'href="{PAGE}?place={places["province"]}"') :]
    counts = [part.split("<")[0] for part in row[: row.index("</tr>")].split('">')[2:]]
    assert counts == ["0", "2", "0", "0", "1"]
    assert "Trung tâm học tập cộng đồng xã Đông Hòa" in page


def test_the_last_administrator_cannot_go(settled: Commune, places: dict[str, int]) -> None:
    king = as_(settled.app, "king")
    with settled.app.app_context():
        found = people.authenticate("king", PASSWORD)
    assert found is not None
    answer = send(king, f"{PAGE}/{found.grants[0].id}/revoke")
    assert answer.status_code == 409
    assert "người quản trị toàn quốc cuối cùng" in text_of(answer)


@pytest.mark.parametrize(
    "query", ["place=x", "place=-1", f"place={'9' * 13}", "place=999999999999", "place=²"]
)
def test_a_place_that_is_none_has_no_page(settled: Commune, places: dict[str, int], query: str) -> None:
    assert as_(settled.app, "king").get(f"{PAGE}?{query}").status_code in (403, 404)
    assert as_(settled.app, "officer").get(f"{PAGE}?{query}").status_code in (403, 404)
