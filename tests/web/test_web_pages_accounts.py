"""Pages of linked accounts: a citizen's own, an officer's and reviewer's, merging, and a provider's list."""

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms_tracker.actions import grants, linking, people
from lms_tracker.config import Settings
from lms_tracker.store import database, dialects, links
from tests import databases
from tests.journeys.commune import HOA, PASSWORD, Commune
from tests.web.page_visitors import as_, token
from xapi.actors import Identified, identify

pytestmark = pytest.mark.usefixtures("quick_and_unthrottled")

OWN = "/record/accounts"


@pytest.fixture
def database_kind() -> str:
    """What pages show is the same on every database."""
    return "sqlite"


@pytest.fixture
def settings(migrated_database_url: str) -> Settings:
    return Settings(
        database_url=migrated_database_url,
        secret_key=databases.SECRET_KEY,
        smtp_host="smtp.example.vn",
        smtp_from="so-hoc-tap@example.vn",
    )


def moodle(name: str = "4211") -> Identified:
    return identify({"account": {"homePage": "https://moodle.example.vn", "name": name}})


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def send(client: FlaskClient, page: str, path: str, **form: str) -> TestResponse:
    return client.post(path, data={"csrf_token": token(client, page), **form})


def link(settled: Commune, login: str, identifier: Identified) -> None:
    with settled.app.app_context():
        linking.link_by_command(settled.people[login], identifier, "Đối chiếu danh sách lớp")


def holder(settled: Commune, identifier: Identified) -> bytes | None:
    with settled.app.app_context(), database.reading() as connection:
        return links.holders(connection, [identifier.key]).get(identifier.key)


def test_a_citizen_gets_a_code_that_is_shown_once(settled: Commune) -> None:
    client = as_(settled.app, "hoa")
    assert send(client, OWN, f"{OWN}/code").status_code == 303
    assert re.search(r'class="link-code">[0-9A-Z]{5}-[0-9A-Z]{5}<', text(client.get(OWN)))
    assert "link-code" not in text(client.get(OWN))


def test_a_citizen_proves_an_address_by_the_code_in_a_letter(settled: Commune) -> None:
    client = as_(settled.app, "hoa")
    refused = send(client, OWN, f"{OWN}/letter", address="hoa moi")
    assert refused.status_code == 422
    assert 'value="hoa moi"' in text(refused)
    assert send(client, OWN, f"{OWN}/letter", address="hoa.moi@example.vn").status_code == 303
    with settled.app.app_context(), database.reading() as connection:
        (subject, body), *_ = dialects.rows(connection, "SELECT subject, body FROM letters", ())
    assert "Mã xác nhận" in subject
    code = re.search("[0-9A-Z]{4}-[0-9A-Z]{4}", body)
    assert code is not None
    wrong = send(client, OWN, f"{OWN}/prove", address="hoa.moi@example.vn", code="2222-2222")
    assert wrong.status_code == 422
    assert "Mã chưa đúng" in text(wrong)
    right = send(client, OWN, f"{OWN}/prove", address="hoa.moi@example.vn", code=code[0].lower())
    assert right.status_code == 303
    page = text(client.get(OWN))
    assert "hoa.moi@example.vn" in page
    assert "bằng mã gửi đến địa chỉ" in page


def test_without_a_server_for_letters_the_page_says_so(
    settled: Commune, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(settled.app.config, "SETTINGS", Settings(secret_key=databases.SECRET_KEY))
    client = as_(settled.app, "hoa")
    assert "Hệ thống chưa gửi được thư" in text(client.get(OWN))
    assert send(client, OWN, f"{OWN}/letter", address="hoa@example.vn").status_code == 409


def test_a_citizen_unlinks_and_denies_and_reads_what_has_changed(settled: Commune) -> None:
    for name in ("1", "2"):
        link(settled, "hoa", moodle(name))
    client = as_(settled.app, "hoa")
    assert send(client, OWN, f"{OWN}/unlink", actor=moodle("1").key.hex()).status_code == 303
    assert holder(settled, moodle("1")) is None
    empty = send(client, OWN, f"{OWN}/deny", actor=moodle("2").key.hex(), why=" ")
    assert empty.status_code == 422
    denied = send(client, OWN, f"{OWN}/deny", actor=moodle("2").key.hex(), why="Tôi chưa từng học ở đây")
    assert denied.status_code == 303
    page = text(client.get(OWN))
    for words in ("Đã bỏ liên kết", "Báo đây không phải là mình", "Tôi chưa từng học ở đây"):
        assert words in page


def test_i17_of_who_else_claims_an_account_its_holder_is_told_nothing_but_that_it_is_claimed(
    settled: Commune,
) -> None:
    link(settled, "hoa", moodle())
    link(settled, "tam", moodle())
    for login, other in (("hoa", "Trần Văn Tám"), ("tam", "Nguyễn Thị Hoa")):
        page = text(as_(settled.app, login).get(OWN))
        assert "4211" in page
        assert other not in page


@pytest.mark.parametrize("path", ["unlink", "deny"])
@pytest.mark.parametrize("actor", ["", "zz", "00", "0" * 5_000])
def test_a_form_about_no_identifier_is_answered_400(settled: Commune, path: str, actor: str) -> None:
    assert send(as_(settled.app, "hoa"), OWN, f"{OWN}/{path}", actor=actor, why="…").status_code == 400


def test_another_persons_identifier_is_not_let_go(settled: Commune) -> None:
    link(settled, "tam", moodle())
    for act in ("unlink", "deny"):
        refused = send(as_(settled.app, "hoa"), OWN, f"{OWN}/{act}", actor=moodle().key.hex(), why="…")
        assert refused.status_code == 422
    assert holder(settled, moodle()) == settled.people["tam"]


def test_an_officer_links_by_sight_and_a_failed_form_keeps_what_was_typed(settled: Commune) -> None:
    client, page = as_(settled.app, "thuha"), f"/people/{settled.people['hoa'].hex()}/accounts"
    form = {"site": "https://moodle.example.vn", "account": "4211", "why": "Đã gặp ở nhà văn hóa"}
    failed = send(client, page, page, **{**form, "site": "không phải địa chỉ"})
    assert failed.status_code == 422
    assert 'value="không phải địa chỉ"' in text(failed)
    assert "Đã gặp ở nhà văn hóa" in text(failed)
    assert send(client, page, page, **form).status_code == 303
    assert holder(settled, moodle()) == settled.people["hoa"]
    assert "do cán bộ đã gặp và xác nhận" in text(client.get(page))


def test_a_reviewer_settles_what_two_people_claim(settled: Commune) -> None:
    link(settled, "hoa", moodle())
    link(settled, "tam", moodle())
    client, page = as_(settled.app, "thuha"), f"/people/{settled.people['hoa'].hex()}/accounts"
    assert "4211" in text(client.get("/organiser/identities"))
    actor = moodle().key.hex()
    assert send(client, page, f"{page}/settle", actor=actor, decision="x", why="…").status_code == 422
    assert "Trần Văn Tám" in text(client.get(page))
    settle = send(client, page, f"{page}/settle", actor=actor, decision="give", why="Đã hỏi cả hai")
    assert settle.status_code == 303
    assert holder(settled, moodle()) == settled.people["tam"]
    assert "4211" not in text(client.get("/organiser/identities"))


def test_two_records_are_merged_after_a_preview_and_parted_again(settled: Commune) -> None:
    hoa, tam = settled.people["hoa"], settled.people["tam"]
    client, page = as_(settled.app, "thuha"), f"/people/{hoa.hex()}/merge"
    preview = text(client.get(f"{page}?other=tam"))
    assert "Sau khi nhập" in preview
    assert "Trần Văn Tám" in preview
    for other in ("nobody", "thuha", "0" * 32):
        assert "Không tìm thấy hồ sơ này" in text(client.get(f"{page}?other={other}"))
    empty = send(client, page + "?other=tam", page, other="tam", why="")
    assert empty.status_code == 422
    address = f"http://localhost/people/{tam.hex()}/record"
    assert send(client, f"{page}?other=tam", page, other=address, why="Một người").status_code == 303
    # Either address leads to the one record.
    assert client.get(f"/people/{tam.hex()}/record").headers["Location"] == f"/people/{hoa.hex()}/record"
    accounts = f"/people/{hoa.hex()}/accounts"
    undone = send(client, accounts, f"/people/{hoa.hex()}/unmerge", merge="1", why="Nhầm")
    assert undone.status_code == 303
    assert client.get(f"/people/{tam.hex()}/record").status_code == 200


def test_i17_an_identifiers_key_leads_nobody_to_a_record_that_they_may_not_see(settled: Commune) -> None:
    key = identify({"mbox": HOA}).key.hex()
    assert as_(settled.app, "thuha").get(f"/people/{key}/record").status_code == 302
    for path in (f"/people/{key}/record", f"/people/{key}/accounts"):
        answer = as_(settled.app, "tam").get(path)
        assert answer.status_code in (403, 404)
        assert settled.people["hoa"].hex() not in text(answer)


def test_a_provider_sends_a_list_looks_at_it_and_links(settled: Commune, app: Flask) -> None:
    client = as_(app, "duc")
    page = f"/provider/accounts?provider={settled.centre.provider}"
    file = "home_page;account;name;login\nhttps://hoc.xa.example.vn;7;Nguyen Thi Hoa;hoa\n"
    data = {"csrf_token": token(client, page), "file": (io.BytesIO(file.encode()), "lop.csv")}
    sent = client.post(page, data=data)
    assert sent.status_code == 303
    preview = text(client.get(sent.headers["Location"]))
    assert "Sẽ liên kết" in preview
    key = re.search('name="file" value="([0-9a-f]+)"', preview)
    assert key is not None
    confirm = page.replace("accounts?", "accounts/link?")
    assert client.post(confirm, data={"csrf_token": data["csrf_token"], "file": key[1]}).status_code == 303
    assert "Đã liên kết: 1;" in text(client.get(page))
    linked = identify({"account": {"homePage": "https://hoc.xa.example.vn", "name": "7"}})
    assert holder(settled, linked) == settled.people["hoa"]
    # A file of somebody else's session, or of another provider, is none.
    with app.app_context():
        people.add_person("Minh", "minh", PASSWORD)
        grants.grant_role("minh", "provider", settled.school.provider)
    other = as_(app, "minh")
    assert other.get(f"{sent.headers['Location']}").status_code == 403
