"""What pages let in and out: headers, forms, sessions, and every route asked by everybody."""

import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms_tracker.actions import crediting, passwords, people
from lms_tracker.config import Settings
from lms_tracker.store import database
from lms_tracker.store import people as rows
from lms_tracker.web import pages, sessions
from tests import databases
from tests.journeys import commune
from tests.journeys.commune import PASSWORD, Commune
from tests.web.page_visitors import as_, sign_in, token

pytestmark = pytest.mark.usefixtures("quick_and_unthrottled")


@pytest.fixture
def database_kind() -> str:
    """What is asked here is the same on every database."""
    return "sqlite"


# --- headers and static files ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nowhere", "/record", "/healthz"])
def test_every_answer_forbids_scripts_frames_and_everything_from_elsewhere(app: Flask, path: str) -> None:
    headers = app.test_client().get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers


def test_pages_are_kept_by_no_cache_and_static_files_for_long(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/")
    assert page.headers["Cache-Control"] == "no-store"
    sheet = re.search(r'href="(/assets/pages\.css\?v=\w+)"', page.get_data(as_text=True))
    assert sheet is not None
    with client.get(sheet[1]) as answer:
        assert answer.status_code == 200
        assert answer.cache_control.max_age == pages.YEAR_SECONDS
    for path in ("/assets/../pages.py", "/assets/%2e%2e/pages.py", "/assets/nothing.css"):
        assert client.get(path).status_code == 404


def test_over_https_cookies_and_the_address_stay_with_https(settings: Settings) -> None:
    secure = Settings(
        database_url=settings.database_url, secret_key=settings.secret_key, base_url="https://hoc.example.vn"
    )
    with databases.application(secure) as app:
        client = app.test_client()
        page = client.get("/sign-in?lang=en", base_url="https://hoc.example.vn")
        assert page.headers["Strict-Transport-Security"].startswith("max-age=31536000")
        cookies = page.headers.getlist("Set-Cookie")
        assert len(cookies) == 2
        assert all({"Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; ")) for cookie in cookies)
        assert any(cookie.startswith("__Host-lms_tracker=") for cookie in cookies)


# --- forms and sessions ----------------------------------------------------------------------------------


def test_a_form_without_its_token_does_nothing(settled: Commune) -> None:
    client = settled.app.test_client()
    answer = client.post("/sign-in", data={"login": "hoa", "password": PASSWORD})
    assert answer.status_code == 400
    assert "Không đọc được biểu mẫu" in answer.get_data(as_text=True)
    assert client.get("/record").status_code == 302
    signed_in = as_(settled.app, "hoa")
    assert signed_in.post("/sign-out").status_code == 400
    assert signed_in.get("/record").status_code == 200


def test_programs_need_no_token(app: Flask) -> None:
    assert app.test_client().post("/xapi/statements", json=[]).status_code == 401


def test_signing_in_shows_ones_record_and_signing_out_ends_it(settled: Commune) -> None:
    client = as_(settled.app, "hoa")
    assert "Nguyễn Thị Hoa" in client.get("/record").get_data(as_text=True)
    assert client.post("/sign-out", data={"csrf_token": token(client, "/record")}).status_code == 303
    assert client.get("/record").status_code == 302


def test_a_wrong_password_says_no_more_than_an_unknown_login(settled: Commune) -> None:
    client = settled.app.test_client()
    known, unknown = sign_in(client, "hoa", "đoán mò thôi"), sign_in(client, "ai-do", "đoán mò thôi")
    assert known.status_code == unknown.status_code == 401
    pages_ = [answer.get_data(as_text=True) for answer in (known, unknown)]
    assert re.sub('value="[^"]*"', "", pages_[0]) == re.sub('value="[^"]*"', "", pages_[1])
    assert "đoán mò thôi" not in pages_[0]


def test_guessing_is_slowed_down_and_says_for_how_long(settled: Commune) -> None:
    client = settled.app.test_client()
    for _guess in range(5):
        sign_in(client, "hoa", "không phải cái này")
    answer = sign_in(client, "hoa")
    assert answer.status_code == 429
    assert re.search(r"sau \d+ giây", answer.get_data(as_text=True))


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counted"),
    [
        (0, "203.0.113.7", "127.0.0.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (2, "203.0.113.7, 10.0.0.1", "203.0.113.7"),
        (2, "203.0.113.7", "127.0.0.1"),
    ],
)
def test_attempts_to_sign_in_are_counted_by_the_address_that_the_trusted_proxies_name(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, proxies: int, forwarded: str, counted: str
) -> None:
    came: list[str] = []
    monkeypatch.setattr(people, "authenticate", lambda _login, _password, address: came.append(address))
    with databases.application(replace(settings, trusted_proxies=proxies)) as app:
        client = app.test_client()
        form = {"csrf_token": token(client), "login": "hoa", "password": "đoán mò"}
        assert client.post("/sign-in", data=form, headers={"X-Forwarded-For": forwarded}).status_code == 401
    assert came == [counted]


def test_a_page_takes_no_more_than_a_form_holds(app: Flask) -> None:
    client = app.test_client()
    form = {"csrf_token": token(client), "login": "hoa", "password": "a" * pages.MOST_BYTES_OF_A_FORM}
    answer = client.post("/sign-in", data=form)
    assert answer.status_code == 413
    assert answer.mimetype == "text/html"


def test_a_session_planted_by_a_stranger_does_not_survive_signing_in(settled: Commune) -> None:
    client = settled.app.test_client()
    planted = token(client)
    with client.session_transaction() as session:
        session["planted"] = "by a stranger"
    assert sign_in(client, "hoa").status_code == 303
    with client.session_transaction() as session:
        assert "planted" not in session
    assert client.post("/sign-out", data={"csrf_token": planted}).status_code == 400


def test_a_new_password_ends_the_sessions_of_the_old_one(settled: Commune) -> None:
    client = as_(settled.app, "hoa")
    with settled.app.app_context(), database.writing() as connection:
        rows.set_password_hash(connection, settled.people["hoa"], passwords.hash_of("một mật khẩu khác"))
    assert client.get("/record").status_code == 302


@pytest.mark.parametrize("stamp", ["", "zz", "00" * 16, "00" * 16 + ".x", "." * 40])
def test_a_session_that_names_nobody_is_a_strangers(app: Flask, stamp: str) -> None:
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = stamp
    assert client.get("/record").status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        " /record",
        "//[",
    ],
)
def test_signing_in_leads_nowhere_else(settled: Commune, target: str) -> None:
    assert sessions.own_address(target) is None
    answer = sign_in(settled.app.test_client(), "hoa", next=target)
    assert answer.headers["Location"] == "/record"


def test_a_stranger_comes_back_to_the_page_that_was_asked_for(settled: Commune) -> None:
    client = settled.app.test_client()
    gate = client.get("/record?year=2025")
    assert gate.status_code == 302
    asked = re.search(
        'name="next" value="([^"]+)"', client.get(gate.headers["Location"]).get_data(as_text=True)
    )
    assert asked is not None
    assert asked[1] == "/record?year=2025"
    assert sign_in(client, "hoa", next=asked[1]).headers["Location"] == "/record?year=2025"


@pytest.mark.parametrize(
    ("login", "door"), [("hoa", "/record"), ("duc", "/provider"), ("thuha", "/organiser")]
)
def test_everybody_begins_at_their_own_door(settled: Commune, login: str, door: str) -> None:
    assert sign_in(settled.app.test_client(), login).headers["Location"] == door


def test_what_people_and_providers_typed_is_shown_and_never_obeyed(settled: Commune) -> None:
    evil = '<script>alert("x")</script>'
    statement = commune.studied(settled.day, commune.HOA, "12:00", "PT5M", "https://la.example.vn/x", evil)
    statement["verb"]["display"] = {"vi": evil}
    commune.send(settled, settled.centre, [statement])
    with settled.app.app_context():
        people.add_person(evil, "evil", PASSWORD)
        crediting.recount_due()
    addresses: dict[str, list[str]] = {
        "duc": ["/provider", "/provider/uncredited"],
        "hoa": [f"/record/entries/{statement['id']}"],
        "evil": ["/record"],
        "thuha": ["/organiser/learners?find=nobody" + evil],
    }
    for login, paths in addresses.items():
        client = as_(settled.app, login)
        for path in paths:
            text = client.get(path).get_data(as_text=True)
            assert "<script" not in text
            assert "&lt;script&gt;" in text


def test_a_program_that_mistypes_an_address_is_answered_in_json(app: Flask) -> None:
    answer = app.test_client().get("/xapi/nowhere")
    assert answer.status_code == 404
    assert "offered" not in answer.get_json()["error"]


def test_a_failure_of_ours_is_a_page_without_a_word_of_what_was_known(
    app: Flask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("hoa@example.vn")

    monkeypatch.setattr("lms_tracker.web.sessions.people.authenticate", fail)
    answer = sign_in(app.test_client(), "hoa")
    assert answer.status_code == 500
    text = answer.get_data(as_text=True)
    assert "Hệ thống gặp lỗi" in text
    captured = capsys.readouterr()
    assert "hoa@example.vn" not in text + captured.out + captured.err


def test_a_host_that_is_no_name_is_a_bad_request(client: FlaskClient) -> None:
    for host in ("..", "a..b", "1." + "9" * 500):
        for path in ("/", "/sign-in", "/nowhere", "/xapi/statements", "/api/v1/credit"):
            answer = client.get(path, headers={"Host": host})
            assert answer.status_code == 400, (host, path)
            assert client.post(path, headers={"Host": host}).status_code == 400, (host, path)
