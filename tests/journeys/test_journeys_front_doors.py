"""Each audience's way from the first page to what they came for, on a telephone and on a desk."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.commune import PASSWORD, Commune
from tests.journeys.test_journeys_accessibility import RULES

pytestmark = pytest.mark.journey


def sign_in(page: Page, login: str) -> None:
    page.get_by_label("Tên đăng nhập").fill(login)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Đăng nhập").click()


def test_a_citizen_reads_the_record_an_explanation_and_then_all_in_english(
    page: Page, settled: Commune
) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mỗi giờ học đều được ghi lại")
    page.get_by_role("main").get_by_role("link", name="Đăng nhập").click()
    sign_in(page, "hoa")
    expect(page).to_have_url(re.compile("/record$"))
    expect(page.get_by_text(f"Năm {settled.day.year}", exact=True)).to_be_visible()
    expect(page.get_by_text("Chưa tự đánh giá").first).to_be_visible()
    expect(page.get_by_text("Giờ học là minh chứng, không phải điều kiện").first).to_be_visible()
    entry = page.get_by_role("listitem").filter(has_text="Tiếng Hàn sơ cấp 1")
    expect(entry).to_contain_text("1 giờ 30 phút")
    expect(entry).to_contain_text("45 phút chưa được ghi nhận")
    entry.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Giải thích một lần học")
    expect(page.get_by_text("Trùng giờ: 45 phút.")).to_be_visible()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("One session explained")
    expect(page.get_by_text("Overlaps: 45 minutes.")).to_be_visible()
    page.get_by_role("link", name="Back to the record").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My learning record")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("main").get_by_role("link", name="Sign in")).to_be_visible()


def test_a_citizen_pages_back_through_the_year_and_forward_again(page: Page) -> None:
    page.goto("/record")
    sign_in(page, "hoa")
    shown = page.locator(".entry")
    assert shown.count() == 20
    page.get_by_role("link", name="Xem các lần học trước đó").click()
    expect(page).to_have_url(re.compile("from="))
    assert shown.count() > 0
    page.get_by_role("link", name="Về lần học mới nhất").click()
    expect(page.get_by_role("heading", name="Giờ học được ghi nhận")).to_be_visible()


def test_the_chart_stands_beside_a_table_with_the_same_months(page: Page, settled: Commune) -> None:
    page.goto("/record")
    sign_in(page, "hoa")
    expect(page.get_by_role("img", name=re.compile("theo từng tháng"))).to_be_visible()
    page.get_by_text("Xem bảng số liệu").click()
    table = page.get_by_role("table", name=re.compile("theo tháng"))
    assert table.get_by_role("row").count() == 14  # with a head and a sum


def test_a_provider_finds_what_was_refused_and_what_was_not_credited(page: Page, settled: Commune) -> None:
    page.goto("/provider")
    sign_in(page, "duc")
    expect(page.get_by_role("heading", level=1)).to_have_text("Trung tâm học tập cộng đồng xã Đông Hòa")
    page.get_by_role("link", name="Xem vì sao").click()
    row = page.get_by_role("row").filter(has_text="actor.mbox")
    expect(row).to_contain_text("Địa chỉ thư điện tử phải viết như mailto:")
    expect(row.locator("[lang=en]")).to_contain_text("expected an e-mail address")
    page.get_by_role("link", name="Chưa được ghi nhận").click()
    page.get_by_label("Lý do").select_option(label="Chưa rõ khóa học")
    page.get_by_role("button", name="Lọc").click()
    expect(page.get_by_role("row").filter(has_text="Video lạ")).to_contain_text("Khai báo địa chỉ (IRI)")
    expect(page.get_by_text("Bài 2: Tin giả")).to_have_count(0)
    page.get_by_role("link", name="Mã truy cập").click()
    expect(page.get_by_text(settled.centre.key)).to_be_visible()
    assert settled.centre.secret not in page.content()
    page.get_by_role("link", name="Các khóa học").click()
    page.get_by_role("link", name="Trường Hàn ngữ Sông Hàn").click()
    expect(page.get_by_text("Tiếng Hàn sơ cấp 1")).to_be_visible()


def test_an_organiser_goes_from_the_whole_commune_to_one_record(page: Page) -> None:
    page.goto("/organiser")
    sign_in(page, "thuha")
    expect(page.get_by_text("2 người")).to_be_visible()
    page.get_by_role("link", name="Xem danh sách người học").click()
    page.get_by_label("Tên đăng nhập hoặc địa chỉ thư điện tử").fill("tam@example.vn")
    page.get_by_role("button", name="Tìm").click()
    expect(page.get_by_text("Trần Văn Tám")).to_be_visible()
    expect(page.get_by_text("Lần xem này được lưu lại")).to_be_visible()


def test_a_wrong_password_is_told_beside_the_form_that_keeps_the_login(page: Page) -> None:
    page.goto("/sign-in")
    page.get_by_label("Tên đăng nhập").fill("nobody-here")
    page.get_by_label("Mật khẩu").fill("không phải mật khẩu")
    page.get_by_role("main").get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("alert")).to_contain_text("chưa đúng")
    expect(page.get_by_label("Tên đăng nhập")).to_have_value("nobody-here")
    expect(page.get_by_label("Mật khẩu")).to_have_value("")


def test_a_provider_imports_completions_after_seeing_what_they_would_credit(
    page: Page, settled: Commune, width: int, has_script: bool
) -> None:
    page.goto("/provider/completions")
    sign_in(page, "duc")
    learner = f"moi-{width}-{has_script}@example.vn".lower()
    wrong = f"email,course,completed_at\n{learner},NOPE,{settled.day:%d/%m/%Y}\n"
    send_file(page, wrong)
    expect(page.get_by_role("heading", name="Tệp có lỗi, chưa nhập dòng nào")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="NOPE")).to_contain_text("không có trong danh mục")
    send_file(page, wrong.replace("NOPE", "TL"))
    expect(page.get_by_role("row").filter(has_text=learner)).to_contain_text("15 giờ")
    if has_script:
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, found.generate_report()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("row").filter(has_text=learner)).to_contain_text("15 hours")
    page.get_by_role("button", name="Import all lines").click()
    expect(page.get_by_role("status")).to_contain_text("New completions imported: 1; there already: 0.")


def send_file(page: Page, text: str) -> None:
    file = {"name": "lines.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.get_by_label("Tệp CSV").set_input_files([file])  # type: ignore[list-item]
    page.get_by_role("button", name="Xem trước").click()
