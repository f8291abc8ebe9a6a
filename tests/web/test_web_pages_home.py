"""The first page shows the doors that whoever looks may enter."""

import pytest

from tests.journeys.commune import Commune
from tests.web.page_visitors import as_

pytestmark = pytest.mark.usefixtures("quick_and_unthrottled")

OWN, PROVIDER, ORGANISER = (f'<p><a href="/{door}">' for door in ("record", "provider", "organiser"))


@pytest.fixture
def database_kind() -> str:
    """What pages show is the same on every database."""
    return "sqlite"


@pytest.mark.parametrize(
    ("login", "doors"),
    [
        (None, {OWN, PROVIDER, ORGANISER}),
        ("hoa", {OWN}),
        ("duc", {OWN, PROVIDER}),
        ("thuha", {OWN, ORGANISER}),
    ],
)
def test_the_first_page_leads_nobody_to_a_refusal(
    settled: Commune, login: str | None, doors: set[str]
) -> None:
    client = as_(settled.app, login)
    text = client.get("/").get_data(as_text=True)
    assert {door for door in (OWN, PROVIDER, ORGANISER) if door in text} == doors
    if login is not None:
        for door in doors:
            assert client.get(door.split('"')[1]).status_code == 200
