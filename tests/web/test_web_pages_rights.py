"""Every page asked by everybody: who gets it, and that nothing leaks to the others."""

import pytest
from flask import Flask

from lms_tracker.actions import grants, people
from tests.journeys.commune import PASSWORD, Commune
from tests.web.page_visitors import as_

pytestmark = pytest.mark.usefixtures("quick_and_unthrottled")


@pytest.fixture
def database_kind() -> str:
    """What is asked here is the same on every database."""
    return "sqlite"


# Who gets which page; everybody else is sent to sign in or refused. None is a stranger.
ANYBODY = {None, "hoa", "tam", "duc", "thuha"}
SIGNED_IN = ANYBODY - {None}
MAY: dict[str, set[str | None]] = {
    "/": ANYBODY,
    "/sign-in": {None},
    "/record": SIGNED_IN,
    "/record/entries/<statement>": {"hoa"},
    "/people/<key>/record": {"hoa", "thuha"},
    "/people/<key>/record/entries/<statement>": {"hoa", "thuha"},
    "/provider": {"duc"},
    "/provider/refusals": {"duc"},
    "/provider/uncredited": {"duc"},
    "/provider/courses": {"duc"},
    "/provider/credentials": {"duc"},
    "/provider/completions": {"duc"},
    "/organiser": {"thuha"},
    "/organiser/learners": {"thuha"},
}


def page_rules(app: Flask) -> set[str]:
    programs = ("/xapi", "/api", "/healthz", "/readyz", "/metrics", "/assets")
    return {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.startswith(programs)
    }


def test_the_table_of_who_may_see_what_has_every_page(app: Flask) -> None:
    assert page_rules(app) == set(MAY)


def test_every_page_is_open_to_whom_it_is_for_and_to_nobody_else(settled: Commune) -> None:
    secrets_of_hoa = ("Bài 7", "Nguyễn Thị Hoa", "hoa@example.vn")
    for login in ANYBODY:
        client = as_(settled.app, login)
        for rule, allowed in MAY.items():
            path = rule.replace("<key>", settled.people["hoa"].hex()).replace(
                "<statement>", settled.statements["overlapping"]
            )
            answer = client.get(path)
            assert (answer.status_code == 200) == (login in allowed), (login, path, answer.status_code)
            if login in allowed:
                continue
            assert answer.status_code in ((302,) if login is None or rule == "/sign-in" else (403, 404))
            text = answer.get_data(as_text=True)
            assert not any(secret in text for secret in secrets_of_hoa if login != "hoa"), (login, path)


@pytest.mark.parametrize(
    "path",
    [
        "/people/nothing/record",
        "/people/00/record",
        f"/people/{'00' * 16}/record",
        "/record?year=10000",
        "/record?year=-1",
        "/record?year=hai%20nghìn",
        "/record?from=2026-13-01",
        "/record?from=2026-01-01&skip=x",
        "/record/entries/x",
        "/organiser?year=0",
        "/organiser/learners?page=99999",
        "/organiser/learners?year=%F0",
        "/provider/uncredited?reason=0",
        "/provider/uncredited?reason=99",
        "/provider/uncredited?before=1.zz.2",
        "/provider/uncredited?before=x",
        "/provider/refusals?before=-1",
        "/provider?provider=1e3",
    ],
)
def test_a_strange_address_is_not_found_rather_than_a_failure(settled: Commune, path: str) -> None:
    for login in ("thuha", "duc"):
        assert as_(settled.app, login).get(path).status_code in (403, 404)


def test_another_providers_number_opens_nothing(settled: Commune) -> None:
    with settled.app.app_context():
        people.add_person("Minh", "minh", PASSWORD)
        grants.grant_role("minh", "provider", settled.school.provider)
    client = as_(settled.app, "minh")
    assert client.get("/provider").status_code == 200
    for rule in (rule for rule in MAY if rule.startswith("/provider")):
        answer = client.get(f"{rule}?provider={settled.centre.provider}")
        assert answer.status_code == 403
        assert "Bài 2" not in answer.get_data(as_text=True)
