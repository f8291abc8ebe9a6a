"""The pages of families, clans, villages and units, of honours, and the citizens' page of their family."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from lms_tracker.actions import grants, people
from lms_tracker.actions.grants import Wanted
from lms_tracker.learning.recognition.models import Model
from lms_tracker.store import database, kinships, residences
from lms_tracker.store.grants import Scope
from lms_tracker.store.recognition import assessments
from lms_tracker.store.recognition.assessments import Entrant
from tests.actions import checklists, communes, households, recognitions, territory
from tests.actions.communes import Commune
from tests.actions.viewers import PASSWORD
from tests.days import TODAY
from tests.web.page_visitors import as_, token

YEAR = TODAY.year
MODELS = "/organiser/recognition/models"


@pytest.fixture
def database_kind() -> str:
    """The pages are the same on every database; what they call is tested on both."""
    return "sqlite"


@pytest.fixture
def at(app: Flask, quick_and_unthrottled: None) -> Commune:
    """A commune with an officer, a reviewer and a viewer, and a threshold for its families."""
    with app.app_context():
        found = communes.settle()
        for login in ("officer", "reviewer", "viewer"):
            communes.officer(login, found.commune, login)
        communes.officer("far", found.province, "viewer")
        grants.grant(None, Wanted("far", "officer", Scope(place_id=found.west)))
        checklists.family(found.commune)
    return found


@pytest.fixture
def family(app: Flask, at: Commune) -> tuple[int, list[bytes]]:
    """A family of four in the east, two of them recognised this year."""
    with app.app_context():
        members = households.people(4, at=at.east)
        number = households.kinship(at.east, members)
        recognitions.recognise(Model.CITIZEN, YEAR, members[:2])
    return number, members


def text(answer: TestResponse) -> str:
    return " ".join(answer.get_data(as_text=True).split())


def send(client: FlaskClient, address: str, **fields: object) -> TestResponse:
    return client.post(address, data={"csrf_token": token(client, "/record"), **fields})


def test_a_family_of_four_lacks_one_then_is_eligible_then_is_shown_as_no_longer_so_i11(
    app: Flask, at: Commune, family: tuple[int, list[bytes]]
) -> None:
    number, members = family
    client = as_(app, "viewer")
    page, listed = f"{MODELS}/household/{number}", f"{MODELS}/household?place={at.commune}"
    assert "còn thiếu 1 người" in text(client.get(page))
    assert "còn thiếu 1 người" in text(client.get(listed))
    with app.app_context():
        (third,) = recognitions.recognise(Model.CITIZEN, YEAR, members[2:3])
    assert "Đủ ngưỡng" in text(client.get(page))
    with app.app_context():
        set_id = checklists.adopt(
            Model.HOUSEHOLD, [checklists.item("1", share=checklists.share("members", 70))], at.east
        )
        recognitions.recognise(Model.HOUSEHOLD, YEAR, [number], set_id=set_id, place_id=at.east)
    assert "Không còn đạt ngưỡng" not in text(client.get(page))
    with app.app_context():
        recognitions.revoke(third)
    assert "Đã được công nhận nhưng không còn đạt ngưỡng" in text(client.get(page))
    assert "Không còn đạt ngưỡng: còn thiếu 1 người" in text(client.get(listed + "&state=no-longer"))


def test_every_model_has_an_overview_lists_and_a_page(app: Flask, at: Commune, family: object) -> None:
    with app.app_context():
        households.kinship(at.commune, households.people(2, at=at.east), kinships.CLAN, "Nguyễn")
        school = territory.organisation("Trường học", at=at.commune)
    client = as_(app, "viewer")
    assert client.get(MODELS).headers["Location"].endswith(f"?place={at.commune}&year={YEAR}")
    for place in (at.commune, at.east):
        assert client.get(f"{MODELS}?place={place}").status_code == 200
    subjects = {"community": at.east, "commune": at.commune, "unit": school}
    for model in ("household", "clan", "community", "commune", "unit"):
        assert client.get(f"{MODELS}/{model}?place={at.commune}&year={YEAR - 1}").status_code == 200
        if model in subjects:
            assert client.get(f"{MODELS}/{model}/{subjects[model]}").status_code == 200
    assert as_(app, "far").get(f"{MODELS}?place={at.province}").status_code == 200
    for wrong in ("citizen", "unknown"):
        assert client.get(f"{MODELS}/{wrong}?place={at.commune}").status_code == 404
    for query in ("year=1000", "year=x", "state=x", "page=0", "year=9999999"):
        assert client.get(f"{MODELS}/household?place={at.commune}&{query}").status_code == 404
    assert client.get(f"{MODELS}/household?place={at.province}").status_code == 403


def test_a_household_is_mended_and_parted_and_nobody_belongs_to_two_at_once(
    app: Flask, at: Commune, family: tuple[int, list[bytes]]
) -> None:
    number, members = family
    address = f"/organiser/people/kinships/{number}"
    with app.app_context():
        other = households.kinship(at.west, households.people(1, at=at.west), name="99")
        (guest,) = households.people(1, at=at.west)
    client = as_(app, "officer")
    assert 'name="person"' in text(client.get(f"{address}?find=nguoi"))
    joined = {"find": "người", "person": guest.hex(), "on": f"{YEAR}-01-02"}
    assert send(client, f"{address}/join", **joined, relation="Con").status_code == 303
    assert send(client, f"{address}/join", **joined).status_code == 422
    into_other = f"/organiser/people/kinships/{other}/join"
    refused = send(client, into_other, person=guest.hex(), on=f"{YEAR}-01-03", find="người")
    assert refused.status_code == 422
    assert "chọn chuyển sang" in text(refused)
    moved = send(client, into_other, person=guest.hex(), on=f"{YEAR}-01-03", moves="yes")
    assert moved.status_code == 303
    with app.app_context():
        rows = [one.id for one in _memberships(number)]
    parted = {"member": rows[:2], "head": rows[1], "name": "12b", "on": f"{YEAR}-01-04"}
    answer = send(client, f"{address}/split", **parted)
    assert answer.status_code == 303
    assert send(client, f"{address}/split", **{**parted, "name": "12c"}).status_code == 409
    with app.app_context():
        new = _memberships(int(answer.headers["Location"].rsplit("/", 1)[1]))
        assert {one.person_key: one.relation for one in new} == {members[0]: "", members[1]: "head"}
    assert send(client, f"{address}/head", member=rows[2]).status_code == 303
    assert send(client, f"{address}/leave", member=rows[2], on=f"{YEAR}-01-05").status_code == 303
    assert send(client, f"{address}/leave", member=rows[2], on=f"{YEAR}-01-05").status_code == 409
    assert send(client, f"{address}/rename", name="12 mới").status_code == 303
    assert "12 mới" in text(client.get(address))
    for form, fields in (
        ("rename", {"name": " "}), ("leave", {"member": "x"}), ("head", {}), ("split", {"on": "x"}),
        ("leave", {"member": rows[3], "on": "2999-01-01"}),
        ("join", {"person": "0" * 32, "on": "31/02/2026"}),
    ):  # fmt: skip
        assert send(client, f"{address}/{form}", **fields).status_code in (409, 422), form


def _memberships(number: int) -> list[kinships.Membership]:
    with database.reading() as connection:
        return [one for one in kinships.everybody(connection, number) if one.until is None]


def test_overlapping_households_of_lists_are_shown(
    app: Flask, at: Commune, family: tuple[int, list[bytes]]
) -> None:
    number, members = family
    with app.app_context():
        households.kinship(at.west, members[:1], name="77")
    page = text(as_(app, "officer").get(f"/organiser/people/kinships/{number}"))
    assert "được ghi ở hai nơi cùng một lúc" in page
    assert "77" in page


def test_a_household_is_changed_by_those_who_may_enter_there_alone_i17(
    app: Flask, at: Commune, family: tuple[int, list[bytes]]
) -> None:
    number, _ = family
    address = f"/organiser/people/kinships/{number}"
    for login in ("viewer", "far"):
        for form in ("join", "leave", "head", "split", "rename"):
            answer = send(as_(app, login), f"{address}/{form}", name="x", person="0" * 32)
            assert answer.status_code == 403, (login, form)
    assert send(as_(app, "viewer"), f"/organiser/people/kinships/add?place={at.east}").status_code == 403
    officer = as_(app, "officer")
    added = send(officer, f"/organiser/people/kinships/add?place={at.east}&kind=clan", name="Lê")
    assert "Lê" in text(officer.get(added.headers["Location"]))


def test_a_reviewer_ticks_a_row_and_proposes_all_that_is_known(
    app: Flask, at: Commune, family: tuple[int, list[bytes]]
) -> None:
    number, _ = family
    with app.app_context():
        items = [checklists.item("1", share=checklists.share("members", 50)), checklists.item("t")]
        set_id = checklists.adopt(Model.HOUSEHOLD, items, at.third)
        round_id = recognitions.round_of(Model.HOUSEHOLD, YEAR, at.commune, set_id)
        with database.writing() as connection:
            entrants = [Entrant(None, number, "12", at.east, "1")]
            assessments.register(connection, round_id, entrants, "paper", recognitions.SOMEBODY, 0)
            (row,) = assessments.every(connection, round_id)
    listed, page = f"{MODELS}/lists/{round_id}", f"{MODELS}/assessments/{row.id}"
    client = as_(app, "reviewer")
    assert client.get(listed).status_code == 200
    assert "Chờ người thẩm định đánh giá" in text(client.get(page))
    without = send(client, page, revision=0, **{"item-t": "1"}, result="not-achieved", note="")
    assert without.status_code == 422
    assert "Mời Ông/Bà ghi lý do" in text(without)
    assert send(client, page, revision=0, **{"item-t": "1"}, result="").status_code == 303
    assert "Đề nghị</dt><dd>Đạt" in text(client.get(page))
    assert send(client, page, revision=0, **{"item-t": "0"}, result="").status_code == 409
    assert send(client, f"{listed}/propose").status_code == 303
    assert send(as_(app, "officer"), page, revision=1).status_code == 403
    assert as_(app, "viewer").get(page).status_code == 200


def test_the_head_sees_how_many_and_nobody_sees_who_i17(
    app: Flask, at: Commune, family: tuple[int, list[bytes]]
) -> None:
    number, _ = family
    with app.app_context():
        keys = {}
        for login in ("chau", "ong"):
            keys[login] = people.add_person(f"Nguyễn Văn {login.title()}", login, PASSWORD).key
        with database.writing() as connection:
            residences.begin(connection, [(key, at.east, None) for key in keys.values()])
            kinships.join(connection, [(number, keys["ong"], "head", None), (number, keys["chau"], "", None)])
    head = text(as_(app, "ong").get("/family"))
    assert "2/6 người" in head
    assert "Nguyễn Văn Ong" in head
    assert "Chau" not in head
    other = text(as_(app, "chau").get("/family"))
    assert "2/6" not in other
    assert "Nguyễn Văn Chau" in other
    with app.app_context():
        grants.grant(None, Wanted("chau", "guardian", Scope(ward_key=keys["ong"])))
    assert "Nguyễn Văn Ong" in text(as_(app, "chau").get("/family"))
    assert "Chưa ghi Ông/Bà thuộc hộ" in text(as_(app, "viewer").get("/family"))


def award(**changes: str) -> dict[str, str]:
    return {
        "key": "ab" * 16, "subject_kind": "household", "name": "=Hộ ông An", "login": "",
        "form": "giay-khen-chu-tich-xa", "what_for": "Gia đình học tập tiêu biểu",
        "authority": "Chủ tịch UBND xã", "signed_by": "",
        "number": "12/QĐ-UBND", "decided_on": f"{YEAR}-01-01", "year": str(YEAR), **changes,
    }  # fmt: skip


def test_honours_are_entered_listed_exported_and_withdrawn(app: Flask, at: Commune) -> None:
    address = f"/organiser/recognition/awards?place={at.commune}"
    client = as_(app, "officer")
    assert send(client, address, **award()).status_code == 303
    assert send(client, address, **award()).status_code == 422
    second = award(name="Hội Khuyến học", subject_kind="collective", number="12 / qđ-ubnd", key="cd" * 16)
    assert send(client, address, **second).status_code == 303
    page = text(client.get(address))
    assert "=Hộ ông An" in page
    assert "Giấy khen của Chủ tịch Ủy ban nhân dân xã" in page
    with app.app_context():
        assert communes.table("SELECT count(*) FROM decisions WHERE kind = 'award'") == [(1,)]
        ((number,),) = communes.table("SELECT min(id) FROM awards")
    file = client.get(f"/organiser/recognition/awards/workbook.xlsx?place={at.commune}")
    sheet = load_workbook(io.BytesIO(file.data)).active
    cell = next(one for row in sheet.iter_rows() for one in row if one.value == "=Hộ ông An")
    assert cell.data_type == "s"
    assert send(client, f"/organiser/recognition/awards/{number}/withdraw").status_code == 303
    assert send(client, f"/organiser/recognition/awards/{number}/withdraw").status_code == 409
    assert send(as_(app, "viewer"), address, **award()).status_code == 403


def test_an_honour_names_the_household_or_village_that_is_known_at_its_place(app: Flask, at: Commune) -> None:
    address = f"/organiser/recognition/awards?place={at.commune}"
    client = as_(app, "officer")
    with app.app_context():
        number = households.kinship(at.east, households.people(1), name="77")
    model = f"/organiser/recognition/models/household/{number}"
    assert f"subject=household-{number}" in text(client.get(model))
    form = text(client.get(f"{address}&subject=household-{number}"))
    assert 'value="Hộ 77"' in form
    assert f'name="subject" value="household-{number}"' in form
    for subject in ("household-999999", "household-x", "unit-1", f"community-{at.province}", "²-²"):
        wrong = award(subject=subject, subject_kind="household")
        assert 'id="subject-wrong"' in send(client, address, **wrong).get_data(as_text=True), subject
    known = {"name": "Hộ 77", "subject": f"household-{number}"}
    assert send(client, address, **award(**known, subject_kind="collective")).status_code == 422
    assert send(client, address, **award(**known, subject_kind="household")).status_code == 303
    village = award(name="Đông", subject=f"community-{at.east}", subject_kind="collective", key="cd" * 16)
    assert send(client, address, **village).status_code == 303
    with app.app_context():
        assert communes.table("SELECT kinship_id, subject_place_id FROM awards ORDER BY id") == [
            (number, None),
            (None, at.east),
        ]
    page = text(client.get(address))
    assert model in page
    assert f"/organiser/recognition/models/community/{at.east}" in page


WRONG = (
    ({"decided_on": "2999-01-01"}, "decided_on"),
    ({"decided_on": "31/02/2026"}, "decided_on"),
    ({"year": "2999"}, "year"),
    ({"year": "²"}, "year"),
    ({"name": "x" * 201}, "name"),
    ({"name": "\x00"}, "name"),
    ({"form": "x"}, "form"),
    ({"subject_kind": "x"}, "subject_kind"),
    ({"login": "nobody"}, "login"),
    ({"login": "nobody", "subject_kind": "individual"}, "login"),
    ({"number": ""}, "number"),
)


def test_a_wrong_honour_is_told_beside_its_field(app: Flask, at: Commune) -> None:
    client = as_(app, "officer")
    for changes, field in WRONG:
        answer = send(client, f"/organiser/recognition/awards?place={at.commune}", **award(**changes))
        assert answer.status_code == 422, changes
        assert f'id="{field}-wrong"' in answer.get_data(as_text=True), changes
