"""A family of four: two learning citizens, then a third, and one whose title is taken back (I11)."""

import pytest
from playwright.sync_api import Page, expect

from lms_tracker.actions import clock
from lms_tracker.actions.recognition import criteria
from lms_tracker.learning.recognition.models import Model
from lms_tracker.store import database, kinships
from tests.actions import checklists, households, recognitions
from tests.journeys.commune import PASSWORD, Commune

pytestmark = pytest.mark.journey


@pytest.fixture
def width() -> int:
    return 360


@pytest.fixture
def has_script() -> bool:
    return False


@pytest.fixture
def year(settled: Commune) -> int:
    with settled.app.app_context():
        return clock.today().year


@pytest.fixture
def family(settled: Commune, year: int) -> tuple[int, list[bytes]]:
    """The household's number, and who belongs to it; the first two are recognised."""
    hamlet = settled.places["hamlet"]
    with settled.app.app_context():
        checklists.adopt(
            Model.HOUSEHOLD, [checklists.item("1", share=checklists.share("members", 60))], hamlet
        )
        members = households.people(4, at=hamlet)
        number = households.kinship(hamlet, members, kinships.HOUSEHOLD, "gia đình bốn người")
        recognitions.recognise(Model.CITIZEN, year, members[:2], place_id=hamlet)
    return number, members


def test_a_family_becomes_eligible_is_recognised_and_meets_its_threshold_no_longer_i11(
    page: Page, settled: Commune, family: tuple[int, list[bytes]], year: int
) -> None:
    number, members = family
    hamlet = settled.places["hamlet"]
    page.goto("/sign-in")
    page.fill("#login", "thuha")
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.goto(f"/organiser/recognition/models?place={hamlet}&year={year}")
    page.get_by_role("link", name="Gia đình học tập").click()
    page.get_by_role("link", name="Hộ gia đình bốn người").click()
    main = page.locator("main")
    expect(main).to_contain_text("2/4 người (50%)")
    expect(main).to_contain_text("còn thiếu 1 người")
    with settled.app.app_context():
        (third,) = recognitions.recognise(Model.CITIZEN, year, members[2:3], place_id=hamlet)
    page.reload()
    expect(main).to_contain_text("3/4 người (75%)")
    expect(main).to_contain_text("Đủ ngưỡng")
    with settled.app.app_context():
        recognitions.recognise(Model.HOUSEHOLD, year, [number], place_id=hamlet, set_id=_set_of(hamlet, year))
        recognitions.revoke(third)
    page.reload()
    expect(main).to_contain_text("Đã được công nhận nhưng không còn đạt ngưỡng")
    expect(main).to_contain_text("2/4 người (50%)")
    page.get_by_role("link", name="Về danh sách của").click()
    page.get_by_role("link", name="Không còn đạt ngưỡng").click()
    expect(main).to_contain_text("1 trong danh sách")
    expect(main).to_contain_text("Không còn đạt ngưỡng: còn thiếu 1 người")


def _set_of(place_id: int, year: int) -> int:
    with database.reading() as connection:
        return criteria.in_force(connection, Model.HOUSEHOLD, year, place_id).id
