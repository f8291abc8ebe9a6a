"""The page of accounts that many people use."""

import re

import pytest
from flask.testing import FlaskClient

from lms_tracker.actions import grants, linking
from lms_tracker.store import database, links
from tests.journeys.commune import Commune
from tests.web.page_visitors import as_, token
from xapi.actors import identify

pytestmark = pytest.mark.usefixtures("quick_and_unthrottled")

PAGE = "/organiser/identities/shared"
SITE = "https://moodle.example.vn"
GUEST = identify({"account": {"homePage": SITE, "name": "1"}})


@pytest.fixture
def database_kind() -> str:
    """What pages show is the same on every database."""
    return "sqlite"


@pytest.fixture
def administrator(settled: Commune) -> FlaskClient:
    with settled.app.app_context():
        grants.grant_role("tam", "administrator")
    return as_(settled.app, "tam")


def holder(settled: Commune) -> bytes | None:
    with settled.app.app_context(), database.reading() as connection:
        return links.holders(connection, [GUEST.key]).get(GUEST.key)


def test_an_account_is_marked_and_unmarked_on_its_page(settled: Commune, administrator: FlaskClient) -> None:
    hoa = settled.people["hoa"]
    with settled.app.app_context():
        linking.link_by_command(hoa, GUEST, "danh sách lớp")
    form = {"csrf_token": token(administrator, PAGE), "site": SITE, "account": "1"}
    refused = administrator.post(PAGE, data={**form, "why": " "})
    assert refused.status_code == 422
    text = refused.get_data(as_text=True)
    assert 'id="mark-wrong"' in text
    assert f'value="{SITE}"' in text
    assert holder(settled) == hoa
    for _twice in range(2):
        assert administrator.post(PAGE, data={**form, "why": "Tài khoản khách"}).location == PAGE
    assert holder(settled) is None
    text = administrator.get(PAGE).get_data(as_text=True)
    assert "Tài khoản khách" in text
    assert "Đã đánh dấu." in text
    assert "Đã đánh dấu." not in administrator.get(PAGE).get_data(as_text=True)
    actor = re.search('name="actor" value="([0-9a-f]{32})"', text)
    assert actor is not None
    end = {"csrf_token": form["csrf_token"], "actor": actor[1], "why": "Đánh dấu nhầm"}
    assert administrator.post(f"{PAGE}/end", data=end).status_code == 303
    assert holder(settled) == hoa
    again = administrator.post(f"{PAGE}/end", data=end)
    assert again.status_code == 422
    assert "không còn được đánh dấu" in again.get_data(as_text=True)


@pytest.mark.parametrize(
    "identifier",
    [{}, {"address": "khách"}, {"site": "không phải địa chỉ", "account": "1"}, {"site": SITE}],
    ids=str,
)
def test_what_is_no_identifier_is_told(administrator: FlaskClient, identifier: dict[str, str]) -> None:
    form = {"csrf_token": token(administrator, PAGE), "why": "khách", **identifier}
    assert administrator.post(PAGE, data=form).status_code == 422
    assert administrator.post(f"{PAGE}/end", data=form).status_code == 400
