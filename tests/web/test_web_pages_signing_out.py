"""Signing out ends the sessions of a person, also where somebody kept a copy of the cookie."""

import pytest
from flask.testing import FlaskClient

from tests.journeys.commune import Commune
from tests.web.page_visitors import as_, token

pytestmark = pytest.mark.usefixtures("quick_and_unthrottled")


def sign_out(client: FlaskClient) -> None:
    assert client.post("/sign-out", data={"csrf_token": token(client, "/record")}).status_code == 303


def test_a_cookie_kept_from_before_signing_out_opens_nothing(settled: Commune) -> None:
    client, elsewhere, other = (as_(settled.app, login) for login in ("hoa", "hoa", "tam"))
    cookie = client.get_cookie("lms_tracker")
    assert cookie is not None
    sign_out(client)
    thief = settled.app.test_client()
    thief.set_cookie("lms_tracker", cookie.value)
    for ended in (client, thief, elsewhere):
        assert ended.get("/record").status_code == 302
    assert other.get("/record").status_code == 200
    assert as_(settled.app, "hoa").get("/record").status_code == 200


def test_signing_out_with_a_cookie_that_is_worth_nothing_ends_no_session(settled: Commune) -> None:
    old = as_(settled.app, "hoa")
    # The page's form puts what proves it into the cookie.
    form = {"csrf_token": token(old, "/record")}
    stale = old.get_cookie("lms_tracker")
    assert stale is not None
    sign_out(old)
    now = as_(settled.app, "hoa")
    replaying = settled.app.test_client()
    replaying.set_cookie("lms_tracker", stale.value)
    assert replaying.post("/sign-out", data=form).status_code == 303
    assert now.get("/record").status_code == 200
