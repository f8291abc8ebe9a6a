"""A whole round: scored on a telephone, typed and reviewed at desks, decided, taken back, appealed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from lms_tracker.actions import clock, grants, people
from lms_tracker.actions.grants import Wanted
from lms_tracker.store.grants import Scope
from tests.actions.territory import lives, place
from tests.days import TODAY
from tests.journeys.commune import PASSWORD, Commune
from tests.journeys.test_journeys_claims import fine
from tests.journeys.test_journeys_front_doors import sign_in

pytestmark = pytest.mark.journey

NEIGHBOURS = ("Lý Văn An", "Lê Thị Bé", "Phạm Văn Cảnh")


@pytest.fixture
def width() -> int:
    """The citizen has a telephone; the officers' desks are below."""
    return 360


@pytest.fixture
def has_script() -> bool:
    return True


@pytest.fixture
def year(settled: Commune) -> int:
    with settled.app.app_context():
        return clock.today().year


@pytest.fixture
def tan_hiep(settled: Commune) -> int:
    """A commune of its own, in which this journey alone takes place."""
    with settled.app.app_context():
        above = place("Tỉnh Tân Hiệp", None)
        commune = place("Tân Hiệp", place("Huyện Tân Hiệp", above))
        hamlets = [place("Kinh Một", commune), place("Kinh Hai", commune)]
        for login, role, where in (
            ("nhap-diem", "officer", commune),
            ("cham-diem", "reviewer", commune),
            ("duyet-mot", "approver", commune),
            ("duyet-hai", "approver", commune),
            ("mai", "", 0),
        ):
            name = "Trần Thị Mai" if login == "mai" else f"Cán bộ {login}"
            key = people.add_person(name, login, PASSWORD).key
            if role:
                grants.grant(None, Wanted(login, role, Scope(place_id=where)))
            else:
                lives(key, hamlets[0])
        for count, name in enumerate(NEIGHBOURS):
            lives(people.add_person(name, f"dan-{count}", PASSWORD).key, hamlets[count % 2])
    return commune


@contextmanager
def desk(browser: Browser, address: str, login: str) -> Iterator[Page]:
    """An officer's browser, signed in."""
    context: BrowserContext = browser.new_context(
        base_url=address, viewport={"width": 1280, "height": 780}, locale="vi-VN"
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto("/organiser/recognition")
    sign_in(page, login)
    yield page
    context.close()


def test_a_round_from_registration_to_the_title_its_revocation_and_an_appeal(
    page: Page, browser: Browser, address: str, tan_hiep: int, year: int
) -> None:
    with desk(browser, address, "duyet-mot") as approver:
        opened(approver, year)
        registered(page)
        with desk(browser, address, "nhap-diem") as officer:
            typed_from_paper(officer)
        with desk(browser, address, "cham-diem") as reviewer:
            reviewed(reviewer)
        listed_and_submitted(approver)
        decided(approver)
        page.goto("/recognition")
        expect(page.get_by_text(f"CDHT-{year}-0000")).to_be_visible()
        fine(page, True)
        revoked(approver)
    appealed(page)
    with desk(browser, address, "duyet-hai") as other:
        answered(other)
    page.reload()
    expect(page.get_by_text("Đề nghị được chấp nhận")).to_be_visible()
    expect(page.get_by_text("62/QĐ-UBND")).to_be_visible()
    fine(page, True)


def opened(page: Page, year: int) -> None:
    page.get_by_role("link", name="Mở đợt xét").click()
    page.get_by_label("Đăng ký đến hết ngày").fill(date(year - 1, 1, 1).isoformat())
    fine(page, True)
    page.get_by_role("button", name="Mở đợt xét").click()
    # Told at its field, and all else is still there.
    expect(page.get_by_text("Ngày cuối không được trước ngày đầu.")).to_be_visible()
    expect(page.get_by_label("Năm xét")).to_have_value(str(year))
    page.get_by_label("Đăng ký đến hết ngày").fill(date(year, 12, 31).isoformat())
    page.get_by_role("button", name="Mở đợt xét").click()
    expect(page.get_by_text("Đang đăng ký và chấm điểm")).to_be_visible()
    fine(page, True)


def registered(page: Page) -> None:
    """The citizen registers, scores herself and shows what she did."""
    page.goto("/recognition")
    sign_in(page, "mai")
    page.get_by_label("Ông/Bà thuộc nhóm nào").select_option(index=1)
    page.get_by_role("button", name="Đăng ký").click()
    page.get_by_role("link", name=f"Công dân học tập năm {TODAY.year}", exact=True).click()
    for number in range(1, 11):
        page.locator(f"#p-{number}").fill("9")
    page.locator("#p-3").fill("11")
    page.get_by_role("button", name="Lưu điểm tự chấm").click()
    expect(page.get_by_text("Điểm cao hơn điểm tối đa.")).to_be_visible()
    expect(page.locator("#p-3")).to_have_value("11")
    expect(page.locator("#p-4")).to_have_value("9")
    page.locator("#p-3").fill("9")
    page.get_by_role("button", name="Lưu điểm tự chấm").click()
    expect(page.get_by_text("Đủ ngưỡng của bộ tiêu chí.", exact=False)).to_be_visible()
    page.get_by_label("Đã làm gì, khi nào").fill("Đọc sách ở thư viện xã mỗi tối thứ Ba.")
    page.get_by_role("button", name="Thêm minh chứng").click()
    expect(page.get_by_text("Đọc sách ở thư viện xã mỗi tối thứ Ba.")).to_be_visible()
    fine(page, True)


def typed_from_paper(page: Page) -> None:
    page.get_by_role("link", name=f"Công dân học tập năm {TODAY.year}", exact=True).click()
    page.get_by_role("link", name="Đăng ký nhiều người").click()
    fine(page, True)
    page.get_by_role("button", name="Đăng ký tất cả").click()
    expect(page.get_by_text("Đã đăng ký: 3.")).to_be_visible()
    base = page.url.split("/register")[0]
    for other in ("entries", "file"):
        page.goto(f"{base}/{other}")
        fine(page, True)
    page.goto(f"{base}/grid/self")
    for name in NEIGHBOURS:
        for number in range(1, 11):
            page.get_by_label(f"{name}, {number}", exact=True).fill("8")
    page.get_by_label(f"{NEIGHBOURS[0]}, 2", exact=True).fill("x")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_text("Đã lưu số dòng: 2.")).to_be_visible()
    expect(page.get_by_label(f"{NEIGHBOURS[0]}, 2", exact=True)).to_have_value("x")
    fine(page, True)
    page.get_by_label(f"{NEIGHBOURS[0]}, 2", exact=True).fill("4")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_text("Đã lưu số dòng: 1.")).to_be_visible()


def reviewed(page: Page) -> None:
    page.get_by_role("link", name=f"Công dân học tập năm {TODAY.year}", exact=True).click()
    page.get_by_role("link", name="Bảng thẩm định").click()
    fine(page, True)
    page.get_by_role("button", name="Giữ nguyên điểm tự chấm").click()
    expect(page.get_by_text("Đã lưu số dòng: 4.")).to_be_visible()
    page.get_by_role("link", name=NEIGHBOURS[1]).click()
    fine(page, True)


def listed_and_submitted(page: Page) -> None:
    page.reload()
    page.get_by_role("button", name="Chốt danh sách đề nghị").click()
    today = TODAY.isoformat()
    for label, said in (
        ("Ngày họp", today),
        ("Nơi họp", "Hội trường UBND xã"),
        ("Chủ trì", "Nguyễn Văn Chủ"),
        ("Thư ký", "Lê Thị Thư"),
        ("Thành phần dự họp", "Hội đồng gồm 5 người"),
        ("Số phiếu đồng ý", "5"),
    ):
        page.get_by_label(label, exact=True).fill(said)
    page.get_by_role("button", name="Lưu biên bản").click()
    page.get_by_label("Số tờ trình").fill("12/TTr-HKH")
    page.get_by_label("Ngày tờ trình").fill(today)
    page.get_by_label("Kính gửi").fill("Chủ tịch UBND xã")
    fine(page, True)
    page.get_by_role("button", name="Gửi tờ trình").click()
    expect(page.get_by_text("Đã trình", exact=True)).to_be_visible()


def decided(page: Page) -> None:
    page.get_by_role("link", name="Ghi quyết định").click()
    page.get_by_label("Số quyết định").fill("45/QĐ-UBND")
    page.get_by_label("Ngày quyết định").fill("2001-01-01")
    page.get_by_label("Người ký").fill("Phạm Văn Ký")
    fine(page, True)
    page.get_by_role("button", name="Ghi quyết định").click()
    expect(page.get_by_text("Ngày quyết định trước ngày mở đợt xét.")).to_be_visible()
    expect(page.get_by_label("Người ký")).to_have_value("Phạm Văn Ký")
    page.get_by_label("Ngày quyết định").fill(TODAY.isoformat())
    page.get_by_role("button", name="Ghi quyết định").click()
    expect(page.get_by_text("Đạt: 3; chưa đạt: 1")).to_be_visible()
    fine(page, True)


def revoked(page: Page) -> None:
    page.get_by_label("Trần Thị Mai").check()
    page.get_by_label("Số quyết định").fill("61/QĐ-UBND")
    page.get_by_label("Cơ quan ban hành").fill("Chủ tịch UBND xã")
    page.get_by_label("Người ký").fill("Phạm Văn Ký")
    page.get_by_label("Lý do").fill("Minh chứng không đúng người.")
    page.get_by_role("button", name="Ghi quyết định thu hồi").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("61/QĐ-UBND")
    fine(page, True)


def appealed(page: Page) -> None:
    page.reload()
    expect(page.get_by_text("Minh chứng không đúng người.")).to_be_visible()
    page.locator("summary", has_text="Đề nghị xem xét lại").click()
    page.get_by_label("Vì sao cần xem xét lại").fill("Ảnh trong minh chứng chính là tôi.")
    page.get_by_role("button", name="Gửi đề nghị").click()
    expect(page.get_by_text("Đang được xem xét")).to_be_visible()


def answered(page: Page) -> None:
    page.get_by_role("link", name="Đề nghị xem xét lại kết quả").click()
    fine(page, True)
    page.get_by_role("link", name="Trần Thị Mai").click()
    fine(page, True)
    page.get_by_label("Công nhận đạt").check()
    page.get_by_label("Giải thích cho người đề nghị").fill("Đã gặp và xem lại ảnh.")
    page.get_by_label("Số quyết định").fill("62/QĐ-UBND")
    page.get_by_label("Người ký").fill("Phạm Văn Ký")
    page.get_by_role("button", name="Gửi trả lời").click()
    expect(page.get_by_text("Đề nghị được chấp nhận").first).to_be_visible()
