"""Whatever people type into forms and addresses is answered, on both databases."""

import time
from urllib.parse import quote_from_bytes

import pytest
from flask import Flask

from lms_tracker.actions import grants, people, providers
from lms_tracker.web import pages
from tests.journeys.commune import PASSWORD
from tests.web.page_visitors import as_, token

pytestmark = pytest.mark.usefixtures("quick_and_unthrottled")

# Half a surrogate pair comes as the bytes that a careless program would write for it.
STRANGE = {
    "nul": b"a\0b",
    "nul alone": b"\0",
    "half a surrogate pair": b"hoa\xed\xa0\x80",
    "no UTF-8": b"\xff\xfe",
    "control characters": b"hoa\x1b[2J\x7f",
    "as long as a form may be": b"hoa@" * 5_000,
    "very long": b"hoa@" * 40_000,
    "very many marks on one letter": ("e" + "\u0302" * 50_000 + "\u0323" * 50_000).encode(),
    "an Agent with a NUL": b'{"account": {"homePage": "https://lms.example.vn", "name": "a\\u0000b"}}',
    "an Agent with half a pair": b'{"account": {"homePage": "https://lms.example.vn", "name": "\\ud800"}}',
    "endless nesting": b'{"account":' * 40,
}
every_strange_text = pytest.mark.parametrize("typed", STRANGE.values(), ids=STRANGE.keys())


@pytest.fixture
def everybody(app: Flask) -> Flask:
    """A citizen, an organiser and somebody of a provider."""
    with app.app_context():
        provider = providers.add_provider("Trung tâm").provider
        for login in ("hoa", "thuha", "duc"):
            people.add_person(login.title(), login, PASSWORD)
        grants.grant_role("thuha", "organiser")
        grants.grant_role("duc", "provider", provider)
    return app


@every_strange_text
def test_a_login_or_password_that_nobody_can_have_is_an_unknown_one(everybody: Flask, typed: bytes) -> None:
    client = everybody.test_client()
    form = f"csrf_token={token(client)}"
    text = quote_from_bytes(typed)
    for fields in (f"login={text}&password={text}", f"login=hoa&password={text}", f"login={text}&password=x"):
        begun = time.process_time()
        answer = client.post(
            "/sign-in", data=f"{form}&{fields}", content_type="application/x-www-form-urlencoded"
        )
        too_long = len(form) + 1 + len(fields) > pages.MOST_BYTES_OF_A_FORM
        assert answer.status_code == (413 if too_long else 401)
        said = "Nội dung gửi quá lớn" if too_long else "Tên đăng nhập hoặc mật khẩu chưa đúng"
        assert said in answer.get_data(as_text=True)
        assert time.process_time() - begun < 5


@every_strange_text
def test_who_cannot_exist_is_sought_and_not_found(everybody: Flask, typed: bytes) -> None:
    answer = as_(everybody, "thuha").get(f"/organiser/learners?find={quote_from_bytes(typed)}")
    assert answer.status_code == 200
    assert "Không tìm thấy người học này." in answer.get_data(as_text=True)


@every_strange_text
def test_no_parameter_of_any_page_breaks_it(everybody: Flask, typed: bytes) -> None:
    text = quote_from_bytes(typed[:8_000])
    clients = {login: as_(everybody, login) for login in (None, "hoa", "thuha", "duc")}
    for login, page, names in (
        ("hoa", "/record", ("year", "from", "skip", "lang")),
        ("hoa", "/record", ("from=2026-01-01&skip",)),
        ("thuha", "/organiser", ("year",)),
        ("thuha", "/organiser/learners", ("year", "page")),
        ("duc", "/provider", ("provider",)),
        ("duc", "/provider/refusals", ("before", "provider")),
        ("duc", "/provider/uncredited", ("before", "reason", "provider", "before=1.00.")),
        ("hoa", f"/record/entries/{text}", ("lang",)),
        ("thuha", f"/people/{text}/record", ("lang",)),
        (None, "/sign-in", ("next", "lang")),
        (None, "/record", ("next",)),
    ):
        for name in names:
            status = clients[login].get(f"{page}?{name}={text}").status_code
            assert status in (200, 302, 404), (page, name, status)
