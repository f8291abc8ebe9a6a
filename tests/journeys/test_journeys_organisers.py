"""A reviewer and an officer on their way through a commune, on a telephone and on a desk."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.commune import Commune
from tests.journeys.test_journeys_accessibility import RULES
from tests.journeys.test_journeys_front_doors import sign_in

pytestmark = pytest.mark.journey

# Each flag is settled once in all these journeys.
FLAGS = {
    (360, True): ("long-days", "Khai quá nhiều giờ trong một ngày"),
    (360, False): ("course-jumps", "Số người hoàn thành khóa học tăng vọt"),
    (1280, True): ("same-times", "Nhiều người học có giờ giống hệt nhau"),
    (1280, False): ("at-the-cap", "Thời lượng của một đơn vị đều chạm mức tối đa"),
}


def looks_well(page: Page, has_script: bool) -> None:
    if has_script:
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def test_a_reviewer_goes_from_a_flag_to_the_entries_behind_it_and_settles_it_with_a_reason(
    page: Page, settled: Commune, width: int, has_script: bool
) -> None:
    kind, title = FLAGS[width, has_script]
    page.goto("/organiser")
    sign_in(page, "thuha")
    page.get_by_role("link", name="Cảnh báo cần xem").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cảnh báo cần xem")
    page.get_by_label("Loại cảnh báo").select_option(kind)
    page.get_by_role("button", name="Lọc").click()
    page.get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_role("img", name=re.compile("số liệu ở bảng bên dưới"))).to_be_visible()
    page.get_by_text("Xem bảng số liệu").click()
    expect(page.get_by_role("table")).to_be_visible()
    looks_well(page, has_script)
    page.get_by_role("link", name="Lần học 1: Nguyễn Thị Hoa").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Giải thích một lần học")
    page.go_back()
    page.get_by_label("Xác nhận là bất thường").check()
    page.get_by_label("Lý do").fill("  ")
    page.get_by_role("button", name="Ghi kết luận").click()
    expect(page.get_by_role("alert")).to_contain_text("Mời Ông/Bà ghi lý do")
    expect(page.get_by_label("Xác nhận là bất thường")).to_be_checked()
    page.get_by_role("link", name="English").click()
    page.get_by_label("Confirmed as irregular").check()
    page.get_by_label("Reason").fill("Đã hỏi đơn vị, dữ liệu được chép.")
    page.get_by_role("button", name="Save the conclusion").click()
    expect(page.get_by_role("status").first).to_have_text("Your conclusion has been noted.")
    page.get_by_role("link", name="Settled").click()
    row = page.get_by_role("row").filter(has=page.locator(f"a[href$='/{settled.flags[kind]}']"))
    expect(row).to_contain_text("Confirmed as irregular")
    looks_well(page, has_script)


def test_an_officer_hands_in_a_roster_answers_what_is_asked_and_finds_the_people(
    page: Page, settled: Commune, width: int, has_script: bool
) -> None:
    person = f"Lâm Thị Hương {'Mai' if has_script else 'Lan'} {'Xuân' if width == 360 else 'Thu'}"
    text = (
        "Họ và tên;Năm sinh;Giới tính;Ấp;Số hộ;Quan hệ với chủ hộ;Đồng ý\n"
        f"{person};1979;Nữ;Phước Hưng;{width};Chủ hộ;có\n"
        "Không Có Năm Sinh;;Nam;Phước Hưng;1;Con;có\n"
    )
    page.goto(f"/organiser/rosters?place={settled.places['commune']}")
    sign_in(page, "thuha")
    send(page, "ho-dan.csv", "không phải danh sách")
    expect(page.get_by_role("alert")).to_contain_text("Không đọc được danh sách này")
    looks_well(page, has_script)
    send(page, "ho-dan.csv", text)
    expect(page.get_by_role("heading", name="Từng người")).to_be_visible()
    expect(page.get_by_role("heading", name="Những chỗ cần sửa")).to_be_visible()
    looks_well(page, has_script)
    page.get_by_role("button", name="Nhập danh sách", exact=True).click()
    expect(page.get_by_text("Danh sách này đã được nhập.")).to_be_visible()
    page.get_by_role("link", name="Xem người dân").click()
    looks_well(page, has_script)
    page.get_by_role("link", name=person).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(person)
    looks_well(page, has_script)
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(person)


def send(page: Page, name: str, text: str) -> None:
    file = {"name": name, "mimeType": "text/csv", "buffer": text.encode("utf-8-sig")}
    page.get_by_label("Tệp XLSX hoặc CSV").set_input_files([file])  # type: ignore[list-item]
    page.get_by_role("button", name="Xem trước").click()
