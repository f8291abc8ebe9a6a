"""Addresses that name what is not there or another's; test_web_every_route asks who is heard where at all."""

import pytest

from lms_tracker.actions import grants, people
from tests.journeys.commune import PASSWORD, Commune
from tests.web.page_visitors import as_
from tests.web.route_table import PAGES

pytestmark = pytest.mark.usefixtures("quick_and_unthrottled")


@pytest.fixture
def database_kind() -> str:
    """What is asked here is the same on every database."""
    return "sqlite"


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
        "/claims/0",
        "/claims/999999999999",
        f"/claims/{'9' * 5000}",
        "/claims/1/proofs/999999999999",
        "/claims/-1",
        "/disputes/999999999999",
        "/organiser/claims?page=0",
        "/organiser/claims/999999999999",
        "/organiser/disputes?page=99999",
        "/organiser/people/zz/claims/new",
        f"/organiser/people/{'00' * 16}/claims/new",
        "/record/entries/x/dispute",
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
    for _method, rule in (line for line in PAGES if line[0] == "GET" and line[1].startswith("/provider")):
        answer = client.get(f"{rule}?provider={settled.centre.provider}")
        assert answer.status_code == 403
        assert "Bài 2" not in answer.get_data(as_text=True)
