"""POST /api/v1/links and its addresses: what providers may link, and what answers do not tell."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from lms_tracker.actions import linking, people, proving, sharing
from lms_tracker.actions.rights import Viewer
from lms_tracker.actions.throttling import Throttle
from lms_tracker.store import database, links
from tests.journeys.commune import PASSWORD
from tests.web.lrs_client import Lrs, add_course, new_lrs, recount, statement
from tests.web.page_visitors import as_, token
from xapi.actors import identify

pytestmark = pytest.mark.usefixtures("quick_and_unthrottled")

AT_SITE: dict[str, Any] = {"account": {"homePage": "https://hoc.example.vn", "name": "42"}}


@pytest.fixture
def database_kind() -> str:
    """What is asked here is the same on every database."""
    return "sqlite"


@pytest.fixture(autouse=True)
def unthrottled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "_by_credential", Throttle(free=5))


@pytest.fixture
def hoa(app: Flask) -> Viewer:
    with app.app_context():
        found = people.viewer(people.add_person("Hoa", "hoa", PASSWORD).key)
    assert found is not None
    return found


def code_of(app: Flask, viewer: Viewer) -> str:
    with app.app_context():
        return proving.make_code(viewer).code


def post(lrs: Lrs, body: Any, path: str = "/api/v1/links") -> TestResponse:
    return lrs.call("POST", path, body)


def test_a_code_links_and_every_useless_code_is_answered_alike(app: Flask, lrs: Lrs, hoa: Viewer) -> None:
    add_course(lrs)
    code = code_of(app, hoa)
    assert post(lrs, {"code": code, "agent": AT_SITE}).json == {"outcome": "linked"}
    other = {"account": {**AT_SITE["account"], "name": "43"}}
    used, guessed = (post(lrs, {"code": one, "agent": other}) for one in (code, "22222-22222"))
    assert used.status_code == guessed.status_code == 404
    assert used.json == guessed.json


def test_somebody_elses_learner_is_refused_whatever_the_code(app: Flask, stranger: Lrs, hoa: Viewer) -> None:
    answers = [
        post(stranger, {"code": code, "agent": AT_SITE}) for code in (code_of(app, hoa), "22222-22222")
    ]
    assert [one.status_code for one in answers] == [403, 403]
    assert answers[0].json == answers[1].json


def test_whoever_guesses_is_heard_more_slowly(lrs: Lrs) -> None:
    add_course(lrs)
    statuses = [post(lrs, {"code": "22222-22222", "agent": AT_SITE}).status_code for _ in range(6)]
    assert statuses == [404] * 5 + [429]


def test_a_shared_account_cannot_be_linked(app: Flask, lrs: Lrs, hoa: Viewer) -> None:
    add_course(lrs)
    with app.app_context():
        sharing.mark(None, identify(AT_SITE), "khách")
    refused = post(lrs, {"code": code_of(app, hoa), "agent": AT_SITE})
    assert refused.status_code == 409
    assert "shared by many" in str(refused.json)
    assert post(lrs, {"agent": AT_SITE}, "/api/v1/links/address").status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"1e999", b"\xff", b'"x"', {}, {"code": "x"}, {"agent": AT_SITE},
        {"code": 7, "agent": AT_SITE}, {"code": "x", "agent": None}, {"code": "x", "agent": {}},
        {"code": "x", "agent": {"mbox": "hoa"}}, {"code": "x", "agent": {**AT_SITE, "mbox": "mailto:a@b.vn"}},
        {"code": "x", "agent": AT_SITE, "more": 1}, {"code": "x", "agent": {"objectType": "Group"}},
        b'{"code": "x", "code": "y", "agent": {}}', b'{"agent": ' + b"[" * 5_000,
        b'{"code": "\\ud800", "agent": {"account": {"homePage": "https://e.vn", "name": "\\ud800"}}}',
    ],
)  # fmt: skip
def test_a_body_of_another_shape_is_refused_with_what_was_expected(lrs: Lrs, body: Any) -> None:
    answer = post(lrs, body)
    assert answer.status_code == 400
    assert answer.json["error"]


def test_a_body_far_larger_than_any_agent_is_not_read(lrs: Lrs) -> None:
    assert post(lrs, {"code": "x" * 20_000, "agent": AT_SITE}).status_code == 413


def test_an_address_is_confirmed_by_whoever_signed_in(app: Flask, lrs: Lrs, hoa: Viewer) -> None:
    add_course(lrs)
    made = post(lrs, {"agent": AT_SITE}, "/api/v1/links/address")
    assert made.status_code == 201
    path = made.json["address"].removeprefix("http://127.0.0.1:8000")
    assert as_(app, None).get(path).status_code == 302
    client = as_(app, "hoa")
    page = client.get(path).get_data(as_text=True)
    assert "42" in page
    assert "hoc.example.vn" in page
    form = {"csrf_token": token(client, path), "answer": "yes"}
    assert client.post(path, data={**form, "answer": ""}).status_code == 400
    answer = client.post(path, data=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/record/accounts")
    with app.app_context(), database.reading() as connection:
        assert set(links.of_person(connection, hoa.key)) == {identify(AT_SITE).key}
    for again in (client.get(path), client.post(path, data=form)):
        assert again.status_code == 410


def test_i17_a_provider_hears_of_a_linked_person_only_under_names_its_own_statements_use(
    app: Flask, lrs: Lrs, hoa: Viewer
) -> None:
    other = new_lrs(app, "Trường khác")
    add_course(lrs)
    add_course(other, "K9", "https://truong.example.vn/khoa")
    mail, account = {"mbox": "mailto:hoa@example.vn"}, {"account": {**AT_SITE["account"], "name": "hoa"}}
    lrs.stored(statement(actor=account, timestamp="2026-10-01T03:00:00Z", result={"duration": "PT1H"}))
    elsewhere = {"id": "https://truong.example.vn/khoa/1"}
    other.stored(
        statement(actor=mail, object=elsewhere, timestamp="2026-10-01T05:00:00Z", result={"duration": "PT1H"})
    )
    with app.app_context():
        for agent in (mail, account):
            linking.link_by_command(hoa.key, identify(agent), "theo danh sách")
    recount(app)

    def seconds(of: Lrs, agent: dict[str, Any]) -> int:
        answer = of.call("GET", "/api/v1/credit", agent=json.dumps(agent))
        assert "mailto" not in answer.text
        return int(answer.json["total_seconds"])

    # Each its own courses, under the name that it knows.
    assert (seconds(lrs, account), seconds(other, mail)) == (3600, 3600)
    # Under the other's name it would learn that these two are one.
    assert (seconds(lrs, mail), seconds(other, account)) == (0, 0)
    overseer = new_lrs(app, "Sở", ["all/read"])
    assert seconds(overseer, mail) == seconds(overseer, account) == 7200


@pytest.mark.parametrize("path", ["/api/v1/links", "/api/v1/links/address"])
@pytest.mark.parametrize("place", ["name", "account"])
def test_an_agent_with_a_number_in_it_is_refused(
    app: Flask, lrs: Lrs, hoa: Viewer, path: str, place: str
) -> None:
    add_course(lrs)
    name = "1e400" if place == "account" else '"42"'
    more = '"name": 1e400, ' if place == "name" else ""
    agent = f'{{{more}"account": {{"homePage": "https://hoc.example.vn", "name": {name}}}}}'
    code = "" if path.endswith("address") else f', "code": "{code_of(app, hoa)}"'
    assert lrs.call("POST", path, f'{{"agent": {agent}{code}}}'.encode()).status_code == 400


def test_an_agent_too_long_for_an_address_is_refused_instead_of_given_one_that_leads_nowhere(
    lrs: Lrs,
) -> None:
    add_course(lrs)
    long = {"account": {**AT_SITE["account"], "name": "x" * 3_900}}
    answer = post(lrs, {"agent": long}, "/api/v1/links/address")
    assert answer.status_code == 409
