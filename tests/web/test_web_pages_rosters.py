"""An officer enters a commune's people from a list, and looks at them: without a script."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from werkzeug.test import TestResponse

from lms_tracker.actions import clock, grants, people, rosters
from lms_tracker.actions.grants import Wanted
from lms_tracker.learning import (
    course_fields,
    roster_columns,
    roster_fields,
    roster_files,
    roster_texts,
)
from lms_tracker.learning.roster_columns import Column, LeftOut
from lms_tracker.learning.roster_matching import Verdict
from lms_tracker.learning.roster_reports import as_csv, safe
from lms_tracker.store.grants import Scope
from lms_tracker.web import file_rules, roster_words
from tests.actions import communes
from tests.actions.communes import Commune, roster, table
from tests.journeys.commune import PASSWORD
from tests.web.page_visitors import as_, token
from tests.web.rule_names import rules_of

pytestmark = pytest.mark.usefixtures("quick_and_unthrottled")
FILE = roster(
    "NGUYỄN VĂN AN;1/2/1960;Nam;Thôn Đông;12;Chủ hộ;Nguyễn;0912345678;;x",
    "Nguyễn Văn An;1960;Nam;Thôn Đông;15;Chủ hộ;;;;",
    "Trần Thị Lệ;31/2/1962;Nữ;Thôn Đông;12;Vợ;;;;không",
    "Đặng Thị Ánh;2010;Nữ;Xóm Bến;3;Con;;;;",
)


@pytest.fixture
def at(app: Flask) -> Commune:
    with app.app_context():
        return communes.settle()


@pytest.fixture
def officer(app: Flask, at: Commune) -> FlaskClient:
    with app.app_context():
        people.add_person("Lê Thu Hà", "thuha", PASSWORD)
        grants.grant(None, Wanted("thuha", "officer", Scope(place_id=at.commune)))
    return as_(app, "thuha")


def text_of(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.get_data(as_text=True)


def words(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page).split())


def send(client: FlaskClient, at: Commune, body: bytes, as_of: str = "") -> TestResponse:
    """Put together by hand: the test client would leave a large one in a file that nobody closes."""
    page = f"/organiser/rosters?place={at.commune}"
    fields = {"csrf_token": token(client, page), "as_of": as_of}
    data = (
        b"".join(
            f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        )
        + b'--x\r\nContent-Disposition: form-data; name="file"; filename="ho-dan.csv"\r\n\r\n'
        + body
        + b"\r\n--x--\r\n"
    )
    return client.post(page, data=data, content_type="multipart/form-data; boundary=x")


def post(client: FlaskClient, path: str, page: str, **form: str) -> TestResponse:
    return client.post(path, data={"csrf_token": token(client, page), **form})


def test_a_list_is_sent_looked_at_decided_and_applied(officer: FlaskClient, at: Commune, app: Flask) -> None:
    answer = send(officer, at, FILE)
    assert answer.status_code == 303
    preview = answer.location
    page = text_of(officer, preview)
    told = words(page)
    assert "Chưa nhập ai." in told
    assert "Ngày này không có trong lịch" in told
    assert "“Xóm Bến” (1 dòng) là nơi nào?" in told
    assert "Là người ở dòng 2: Nguyễn Văn An, hộ 12" in told
    form = {"line-3": "new", "words-1": "Xóm Bến", "place-1": str(at.third)}
    assert post(officer, preview, preview, **form).status_code == 303
    told = words(text_of(officer, f"{preview}?saved=1"))
    assert "Đã lưu các câu trả lời." in told
    assert "Nơi chưa rõ" not in told
    done = post(officer, f"{preview}/apply", preview)
    assert done.status_code == 303
    told = words(text_of(officer, done.location))
    assert "Danh sách này đã được nhập. Người mới 3" in told
    assert post(officer, f"{preview}/apply", f"/organiser/people?place={at.commune}").status_code == 303
    with app.app_context():
        assert table("SELECT COUNT(*) FROM residences") == [(3,)]
        assert {row[0] for row in table("SELECT what FROM looks")} == {"people"}


def test_a_list_that_cannot_be_read_says_why_and_keeps_what_was_typed(
    officer: FlaskClient, at: Commune
) -> None:
    refused = send(officer, at, "Họ tên;Giới tính\nLê A;nam\n".encode(), "2026-01-05")
    assert refused.status_code == 422
    page = refused.get_data(as_text=True)
    assert "Tệp thiếu cột bắt buộc này." in words(page)
    assert 'value="2026-01-05"' in page
    assert send(officer, at, b"").status_code == 422
    assert "Ngày lập danh sách không được" in send(officer, at, FILE, "2999-01-01").get_data(as_text=True)
    assert "có trong lịch" in send(officer, at, FILE, "5/1/2026").get_data(as_text=True)
    assert "xls" in send(officer, at, b"\xd0\xcf\x11\xe0" + bytes(99)).get_data(as_text=True)


def test_somebody_missing_is_ended_with_a_day_and_only_so(
    officer: FlaskClient, at: Commune, app: Flask
) -> None:
    both = roster("Lê A;1950;;Tây;;;;;;", "Lê B;1951;;Tây;;;;;;")
    post(officer, f"{(first := send(officer, at, both).location)}/apply", first)
    preview = send(officer, at, roster("Lê A;1950;;Tây;;;;;;")).location
    page = text_of(officer, preview)
    key = re.search('name="gone-([0-9a-f]{32})"', page)
    assert key is not None
    without = post(officer, preview, preview, **{f"gone-{key[1]}": "moved", f"day-{key[1]}": ""})
    assert without.status_code == 422
    assert 'value="moved" selected' in without.get_data(as_text=True)
    with app.app_context():
        day = clock.today() - timedelta(days=2)
    form = {f"gone-{key[1]}": "moved", f"day-{key[1]}": day.isoformat()}
    assert post(officer, preview, preview, **form).status_code == 303
    post(officer, f"{preview}/apply", preview)
    with app.app_context():
        assert table("SELECT COUNT(*) FROM residences WHERE until IS NULL") == [(1,)]
        looked = table("SELECT what FROM looks")
    assert ("roster",) in looked


def test_what_is_wrong_is_a_file_in_which_no_cell_is_a_formula(officer: FlaskClient, at: Commune) -> None:
    preview = send(officer, at, roster('=HYPERLINK("http://x");1950;;Tây;;;;;;')).location
    answer = officer.get(f"{preview}/problems.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert "'=HYPERLINK" in answer.get_data(as_text=True)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "＝1", "\r\n=2"])
def test_no_cell_of_an_export_is_calculated(text: str) -> None:
    assert safe(text).startswith("'")
    assert as_csv([[text, 5]]).decode("utf-8-sig").lstrip('"').startswith("'")


# --- looking at people -----------------------------------------------------------------------------------


@pytest.fixture
def entered(officer: FlaskClient, at: Commune) -> FlaskClient:
    body = roster(
        "Nguyễn Văn An;1/2/1960;Nam;Đông;12;Chủ hộ;Nguyễn;0912345678;;x",
        "Nguyễn Văn Án;1961;Nam;Tây;3;Chủ hộ;Nguyễn;;;",
        "Nguyễn Thị Đào;1962;Nữ;Đông;12;Vợ;;;;không",
        "Nguyễn Thị Ấm;1990;Nữ;Đông;12;Con;;;;",
    )
    preview = send(officer, at, body).location
    post(officer, f"{preview}/apply", preview)
    return officer


def names(page: str) -> list[str]:
    return re.findall('<td role="cell" data-label="Họ tên"><a class="line-link" href="[^"]+">([^<]+)', page)


def test_people_stand_by_given_name_and_are_found_with_and_without_marks(
    entered: FlaskClient, at: Commune, app: Flask
) -> None:
    address = f"/organiser/people?place={at.commune}"
    page = text_of(entered, address)
    assert names(page) == ["Nguyễn Văn An", "Nguyễn Văn Án", "Nguyễn Thị Ấm", "Nguyễn Thị Đào"]
    assert "Số người đang ở đây: 4." in words(page)
    assert words(page).count("chưa hỏi") == 2
    assert names(text_of(entered, f"{address}&find=nguyen van an")) == ["Nguyễn Văn An", "Nguyễn Văn Án"]
    assert names(text_of(entered, f"{address}&find=Nguyễn Văn Án")) == ["Nguyễn Văn Án"]
    assert names(text_of(entered, f"{address}&find=dao")) == ["Nguyễn Thị Đào"]
    assert "Không tìm thấy ai" in words(text_of(entered, f"{address}&find=%25"))
    assert names(text_of(entered, f"/organiser/people?place={at.west}")) == ["Nguyễn Văn Án"]
    with app.app_context():
        assert ("people",) in table("SELECT what FROM looks")


def test_a_list_goes_on_where_its_page_ends(
    entered: FlaskClient, at: Commune, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lms_tracker.actions import residents

    monkeypatch.setattr(residents, "PAGE", 3)
    address = f"/organiser/people?place={at.commune}"
    page = text_of(entered, address)
    following = re.search('rel="next" href="([^"]+)"', page)
    assert following is not None
    assert names(page) + names(text_of(entered, following[1].replace("&amp;", "&"))) == [
        "Nguyễn Văn An", "Nguyễn Văn Án", "Nguyễn Thị Ấm", "Nguyễn Thị Đào",
    ]  # fmt: skip
    for broken in ("x", "%F0", "YWJj", "MTIz IHp6"):
        assert entered.get(f"{address}&after={broken}").status_code == 404


def person_page(client: FlaskClient, at: Commune, name: str) -> str:
    page = text_of(client, f"/organiser/people?place={at.commune}")
    found = re.search(f'href="(/organiser/people/[0-9a-f]{{32}})">{name}<', page)
    assert found is not None
    return found[1]


def test_one_person_has_facts_household_homes_and_consent(entered: FlaskClient, at: Commune) -> None:
    address = person_page(entered, at, "Nguyễn Văn An")
    told = words(text_of(entered, address))
    for part in (
        "01/02/1960",
        "0912345678",
        "Hộ gia đình: 12 (Chủ hộ)",
        "Dòng họ: Nguyễn",
        "thôn Đông",
        "Đồng ý",
    ):
        assert part in told, part
    assert "theo danh sách, ghi bởi Lê Thu Hà" in told
    assert post(entered, f"{address}/consent", address, answer="").status_code == 422
    assert post(entered, f"{address}/consent", address, answer="no").status_code == 303
    assert "Không đồng ý" in words(text_of(entered, address)).split("Đồng ý lưu hồ sơ học tập")[1]


def test_somebody_leaves_on_a_day_that_can_be(entered: FlaskClient, at: Commune, app: Flask) -> None:
    address = person_page(entered, at, "Nguyễn Thị Ấm")
    with app.app_context():
        today = clock.today()
    for what, day in (
        ("moved", ""),
        ("moved", "2026-02-31"),
        ("moved", (today + timedelta(days=1)).isoformat()),
        ("died", date(1989, 1, 1).isoformat()),
        ("", today.isoformat()),
    ):
        refused = post(entered, f"{address}/leave", address, what=what, day=day)
        assert refused.status_code == 422, (what, day)
        assert 'role="alert"' in refused.get_data(as_text=True)
    assert post(entered, f"{address}/leave", address, what="died", day=today.isoformat()).status_code == 303
    with app.app_context():
        assert table("SELECT COUNT(*) FROM people WHERE died_on IS NOT NULL") == [(1,)]


def test_households_and_clans_are_listed_with_who_belongs_to_them(entered: FlaskClient, at: Commune) -> None:
    page = text_of(entered, f"/organiser/people/kinships?place={at.commune}")
    rows = re.findall('data-label="Hộ gia đình"><a class="line-link" href="([^"]+)">([^<]+)', page)
    assert [name for _, name in rows] == ["3", "12"]
    members = text_of(entered, rows[1][0])
    assert names(members) == ["Nguyễn Văn An", "Nguyễn Thị Đào", "Nguyễn Thị Ấm"]
    clans = text_of(entered, f"/organiser/people/kinships?place={at.commune}&kind=clan")
    assert words(clans).count("Nguyễn xã Đông Hòa 2") == 1
    for kind in ("x", "household'"):
        assert entered.get(f"/organiser/people/kinships?place={at.commune}&kind={kind}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/organiser/people?place=x", "/organiser/people?place=999999", f"/organiser/people?place={'9' * 30}",
        f"/organiser/people/{'0' * 32}", "/organiser/people/x", "/organiser/people/kinships",
        "/organiser/people/kinships/999999", f"/organiser/people/kinships/{'9' * 30}", "/organiser/rosters",
        "/organiser/rosters?place=999999", "/organiser/rosters/999999", f"/organiser/rosters/{'9' * 30}",
        "/organiser/rosters/1?page=0", "/organiser/rosters/1?page=x", "/organiser/rosters/99999/problems.csv",
    ],
)  # fmt: skip
def test_a_strange_address_is_not_found_rather_than_a_failure(officer: FlaskClient, path: str) -> None:
    assert officer.get(path).status_code in (403, 404)


def test_a_province_has_no_list_of_people(officer: FlaskClient, at: Commune, app: Flask) -> None:
    with app.app_context():
        people.add_person("Tỉnh", "tinh", PASSWORD)
        grants.grant(None, Wanted("tinh", "officer", Scope(place_id=at.province)))
    above = as_(app, "tinh")
    assert above.get(f"/organiser/rosters?place={at.province}").status_code == 404
    assert above.get("/organiser/people").status_code == 302
    assert "xã Đông Hòa" in words(text_of(above, f"/organiser/people?place={at.province}"))


# --- words -----------------------------------------------------------------------------------------------

TAKERS = {"FieldFault": 0, "Unreadable": 0, "_wrong": 2, "RosterRefused": 0}


def test_every_rule_of_rosters_has_words_and_every_list_is_whole() -> None:
    modules = (roster_columns, roster_fields, roster_files, roster_texts, rosters)
    named = set().union(*(rules_of(module, TAKERS) for module in modules)) | {
        "place-unknown",
        "place-needed",
        "file-tcvn3",
        "file-vni",
    }
    named |= {"file-encoded-twice", "settled"}
    known = set(roster_words.RULES) | set(file_rules.RULES)
    assert named - known == set()
    assert set(roster_words.RULES) - named - rules_of(course_fields, TAKERS) == set()
    assert set(roster_words.COLUMNS) == set(Column)
    assert set(roster_words.LEFT_OUT) == set(LeftOut)
    assert set(roster_words.VERDICTS) == set(Verdict)


@pytest.mark.parametrize("tongue", ["vi", "en"])
def test_the_words_of_a_rule_are_one_sentence(app: Flask, tongue: str) -> None:
    with app.test_request_context(), force_locale(tongue):
        sentences = {rule: roster_words.roster_rule(rule) for rule in roster_words.RULES}
    assert [rule for rule, said in sentences.items() if not re.fullmatch(r"[^%]{15,}\.", said)] == []
