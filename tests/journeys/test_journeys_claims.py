"""A citizen's claim from the photograph to the hours, contested on the way: four people, one browser each."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from lms_tracker.actions import crediting
from tests.actions.claimants import picture
from tests.journeys.commune import Commune
from tests.journeys.test_journeys_accessibility import RULES
from tests.journeys.test_journeys_front_doors import sign_in

pytestmark = pytest.mark.journey


@pytest.fixture
def width() -> int:
    """Citizens have a telephone; the reviewer's desk is below."""
    return 360


@pytest.fixture
def desk(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """The reviewer's browser."""
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 780}, locale="vi-VN")
    context.set_default_timeout(15_000)
    yield context
    context.close()


def photograph(name: str = "lop-hoc.jpg") -> dict[str, object]:
    return {"name": name, "mimeType": "image/jpeg", "buffer": picture("JPEG", (1_200, 900))}


def count(settled: Commune) -> None:
    """What the jobs do beside the service."""
    with settled.app.app_context():
        while crediting.recount_due():
            pass


def fine(page: Page, has_script: bool) -> None:
    """Nothing of a page is hard to use, and it fits."""
    if has_script:
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_citizen_claims_with_a_photograph_a_reviewer_reduces_and_the_dispute_is_upheld(
    page: Page, desk: BrowserContext, settled: Commune, has_script: bool
) -> None:
    title = f"Lớp tối {has_script}"
    claimed(page, settled, title, has_script)
    reviewer = desk.new_page()
    reduced(reviewer, title, has_script)
    count(settled)
    page.reload()
    expect(page.get_by_text("Được ghi nhận một phần", exact=True)).to_be_visible()
    expect(page.get_by_text("Ảnh chỉ thấy một buổi.")).to_be_visible()
    expect(page.locator(".figure-value").last).to_have_text("1 giờ 15 phút")
    fine(page, has_script)
    # In the record stands what was accepted, and from there the citizen contests it.
    page.get_by_role("link", name="Về danh sách kê khai").click()
    page.get_by_role("link", name="Về hồ sơ học tập").click()
    entries = page.get_by_role("listitem").filter(has_text="Tự kê khai: Pháp luật")
    entries.filter(has_text="1 giờ 15 phút", has_not_text="chưa được ghi nhận").get_by_role("link").click()
    page.get_by_text("Mục này chưa đúng?").click()
    page.get_by_label("Số giờ chưa đúng").check()
    page.get_by_label("Ông/Bà kể rõ hơn").fill("Buổi thứ hai tôi có mặt, ảnh thứ hai chụp hôm đó.")
    fine(page, has_script)
    page.get_by_role("button", name="Gửi đề nghị").click()
    expect(page.get_by_text("Đang được xem xét")).to_be_visible()
    upheld(reviewer, title, has_script)
    count(settled)
    page.reload()
    expect(page.get_by_text("Đề nghị được chấp nhận")).to_be_visible()
    fine(page, has_script)
    page.get_by_role("link", name="Xem bản kê khai").click()
    expect(page.locator(".figure-value").last).to_have_text("2 giờ 30 phút")
    expect(page.get_by_text("Được ghi nhận toàn bộ: 2 giờ 30 phút")).to_be_visible()
    withdrawn(page)


def claimed(page: Page, settled: Commune, title: str, has_script: bool) -> None:
    page.goto("/record")
    sign_in(page, "hoa")
    page.get_by_role("link", name="Tự kê khai", exact=True).click()
    page.get_by_role("link", name="Kê khai một lần học").click()
    page.get_by_label("Tên lớp học").fill(title)
    page.get_by_label("Lĩnh vực").select_option(label="Pháp luật")
    page.get_by_label("Ai dạy").fill("Phòng Tư pháp")
    page.get_by_label("Ngày học, hoặc ngày đầu").fill(settled.day.isoformat())
    page.get_by_label("Giờ", exact=True).fill("13")
    page.get_by_label("Đã học gì").fill("Luật Đất đai và quyền của người sử dụng đất.")
    page.get_by_role("button", name="Lưu và thêm minh chứng").click()
    # Told at its field, and all else is still there.
    expect(page.get_by_text("Thời gian vượt mức tối đa của một ngày")).to_be_visible()
    expect(page.get_by_label("Tên lớp học")).to_have_value(title)
    fine(page, has_script)
    page.get_by_label("Giờ", exact=True).fill("2")
    page.get_by_label("Phút", exact=True).fill("30")
    page.get_by_role("button", name="Lưu và thêm minh chứng").click()
    files = page.get_by_label("Chọn hoặc chụp ảnh")
    files.set_input_files([{"name": "anh.jpg", "mimeType": "image/jpeg", "buffer": b"<svg/>"}])
    page.get_by_role("button", name="Thêm minh chứng").click()
    expect(page.get_by_role("alert")).to_contain_text("xét theo nội dung chứ không theo tên tệp")
    files.set_input_files([photograph()])  # type: ignore[list-item]
    page.get_by_role("button", name="Thêm minh chứng").click()
    expect(page.get_by_role("img", name=re.compile("lop-hoc"))).to_be_visible()
    fine(page, has_script)
    page.get_by_role("button", name="Gửi thẩm định").click()
    expect(page.get_by_text("Đang chờ thẩm định")).to_be_visible()


def reduced(page: Page, title: str, has_script: bool) -> None:
    page.goto("/organiser")
    sign_in(page, "thuha")
    page.get_by_role("link", name="Bản kê khai chờ thẩm định").click()
    page.get_by_role("link", name=title).click()
    expect(page.get_by_text("Lần xem này được lưu lại")).to_be_visible()
    picture_of_it = page.get_by_role("img", name=re.compile("lop-hoc"))
    expect(picture_of_it).to_be_visible()
    picture_of_it.scroll_into_view_if_needed()
    if has_script:
        expect(picture_of_it).to_have_js_property("naturalWidth", 1_200)
    page.get_by_label("Ghi nhận một phần").check()
    page.get_by_label("Giờ", exact=True).fill("1")
    page.get_by_label("Phút", exact=True).fill("15")
    page.get_by_label("Lý do").fill("Ảnh chỉ thấy một buổi.")
    fine(page, has_script)
    page.get_by_role("button", name="Lưu quyết định").click()
    expect(page.get_by_role("status")).to_have_text("Đã lưu quyết định.")


def upheld(page: Page, title: str, has_script: bool) -> None:
    page.goto("/organiser")
    page.get_by_role("link", name="Đề nghị xem xét lại").click()
    page.get_by_role("link", name=title).click()
    expect(page.get_by_text("Buổi thứ hai tôi có mặt")).to_be_visible()
    page.get_by_label("Chấp nhận: quyết định lại số giờ").check()
    page.get_by_label("Giờ", exact=True).fill("2")
    page.get_by_label("Phút", exact=True).fill("30")
    page.get_by_label("Lý do").fill("Đã xem lại ảnh thứ hai.")
    fine(page, has_script)
    page.get_by_role("button", name="Lưu quyết định").click()
    expect(page.get_by_role("status")).to_have_text("Đã lưu quyết định.")


def withdrawn(page: Page) -> None:
    """So that the commune is for the next test as it was."""
    page.get_by_text("Rút lại bản kê khai").click()
    page.get_by_role("button", name="Rút lại").click()
    expect(page.get_by_text("Người gửi đã rút lại")).to_be_visible()
