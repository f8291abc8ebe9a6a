"""Every page for everybody: axe, the width of a telephone, targets for a thumb, and the keyboard."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from lms_tracker.actions import clock, disputes, grants, people, residents, roster_applying, rosters
from lms_tracker.actions.grants import Wanted
from lms_tracker.actions.recognition import adopting, authorities, awards
from lms_tracker.actions.reporting import calls, figure_imports, figures
from lms_tracker.actions.reporting.subjects import About
from lms_tracker.store.grants import Scope
from tests.actions import claimants, family_in_a_round, recognitions, reported
from tests.journeys.commune import PASSWORD, Commune

pytestmark = pytest.mark.journey

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "citizen-of-a-commune.json"
PAGES: dict[str | None, list[str]] = {
    None: ["/", "/sign-in", "/nowhere"],
    "hoa": [
        "/record",
        "/record/accounts",
        "/family",
        "/record?year=2020",
        "/record/entries/<statement>",
        "/record/entries/<statement>/dispute",
        "/record/accounts",
        "/claims",
        "/claims/new",
        "/recognition",
        "/claims/<draft>",
        "/claims/<waiting>",
        "/disputes",
        "/disputes/<dispute>",
        "/provider",
    ],
    "duc": [
        "/provider",
        "/provider/refusals",
        "/provider/uncredited",
        "/provider/courses",
        "/provider/credentials",
        "/provider/completions",
        "/provider/accounts",
        "/provider/disputes",
    ],
    "thuha": [
        "/organiser",
        "/organiser/learners?find=nobody",
        "/organiser/recognition",
        "/organiser/recognition/new",
        "/organiser/recognition/appeals",
        "/organiser/recognition/inspections",
        "/people/<key>/record",
        "/people/<key>/accounts",
        "/people/<key>/merge?other=tam",
        "/organiser/identities",
        "/organiser/claims",
        "/organiser/claims/entered",
        "/organiser/claims/<waiting>",
        "/organiser/people/<key>/claims/new",
        "/organiser/people/<key>/entries/<statement>/dispute",
        "/organiser/disputes",
        "/organiser/disputes/<dispute>",
        "/organiser/places?find=go+quao",
        "/organiser/places/<commune>",
        "/organiser/places/<hamlet>",
        "/organiser/statistics",
        "/organiser/statistics?place=<commune>",
        "/organiser/figures?place=<commune>&year=2025",
        "/organiser/figures?place=<commune>&year=2025&view=report",
        "/organiser/figures/household?place=<commune>&year=2025",
        "/organiser/figures/baselines?place=<commune>",
        "/organiser/figure-files?place=<commune>",
        "/organiser/figure-files/<figure-file>",
        "/organiser/plans",
        "/organiser/plans/<plan>",
        "/organiser/calls",
        "/organiser/calls/new?place=<commune>",
        "/organiser/calls/<call>",
        "/organiser/calls/<call>/report?place=<hamlet>",
        "/organiser/indicators",
        "/organiser/organisations",
        "/organiser/organisations/<school>",
        "/organiser/people?place=<commune>",
        "/organiser/people?place=<hamlet>&find=nobody",
        "/organiser/people/<resident>",
        "/organiser/people/kinships?place=<commune>",
        "/organiser/people/kinships?place=<commune>&kind=clan",
        "/organiser/people/kinships/<kinship>?find=tran",
        "/organiser/recognition/models?place=<commune>",
        "/organiser/recognition/models/household?place=<commune>",
        "/organiser/recognition/models/household/<kinship>",
        "/organiser/recognition/models/assessments/<household-row>",
        "/organiser/recognition/rounds/<household-round>/papers",
        "/organiser/recognition/awards?place=<commune>",
        "/organiser/rosters?place=<commune>",
        "/organiser/rosters/<roster>",
        "/organiser/rosters/<applied>",
        "/organiser/flags",
        "/organiser/flags?state=settled",
        "/organiser/flags/<long-days>",
        "/organiser/flags/<course-jumps>",
        "/organiser/flags/<same-times>",
        "/organiser/flags/<at-the-cap>",
        "/organiser/flags/<claimed-twice>",
        "/organiser/flags/<shared-account>",
        "/organiser/identities",
        "/people/<key>/accounts",
        "/organiser/rights",
    ],
    "quan": [
        "/organiser/criteria",
        "/organiser/criteria/new",
        "/organiser/criteria/<waiting-set>",
        "/organiser/criteria/<checklist>",
        "/organiser/authorities",
        "/organiser/identities/shared",
        "/organiser/providers",
        "/organiser/rights",
        "/organiser/rights?place=<commune>",
    ],
}
# What Hà Giang's figures have to be told with, in each language.
SEEN = {
    "/organiser/figures?place=<commune>&year=2025": {
        "vi": (
            "Tài liệu ghi 73,58% vì cắt bớt phần sau dấu phẩy chứ không làm tròn.",
            "mẫu số vào khoảng 710.315 (từ 708.129 đến 712.514)",
        ),
        "en": ("73.59%", "710,315"),
    },
}
# Of a telephone and of a screen on a desk, in pixels.
WIDTHS = (360, 1280)
# Of one page with all pictures and sheets, and of a page that is seen again, in bytes.
FIRST_PAGE, REPEAT_PAGE = 150_000, 30_000


def paths(settled: Commune, login: str | None) -> Iterator[str]:
    for path in PAGES[login]:
        path = path.replace("<statement>", settled.statements["overlapping"])
        for name, number in (settled.places | settled.cases | settled.flags).items():
            path = path.replace(f"<{name}>", str(number))
        yield path.replace("<key>", settled.people["hoa"].hex())


@pytest.fixture(scope="module", autouse=True)
def with_cases(settled: Commune) -> None:
    """A claim that was begun, one that waits for its review, and an entry that is disputed."""
    with settled.app.app_context():
        hoa = people.viewer(settled.people["hoa"])
        assert hoa is not None
        settled.cases["draft"] = claimants.draft(hoa)
        settled.cases["waiting"] = claimants.handed_in(hoa)
        entry, words = settled.statements["overlapping"], "Tôi học lâu hơn thế."
        settled.cases["dispute"] = disputes.open_about_entry(hoa, entry, disputes.HOURS_WRONG, words)


@pytest.fixture(scope="module", autouse=True)
def with_criteria(settled: Commune) -> None:
    """A set of the commune that waits to be adopted, a checklist, and who decides in the commune."""
    with settled.app.app_context():
        at, cases = settled.places["commune"], settled.cases
        cases["waiting-set"] = adopting.add(None, EXAMPLE.read_bytes(), at)
        cases["checklist"] = adopting.numbered("commune-25-2023")
        body = ("citizen", "deciding", "UBND xã Gò Quao", "Chủ tịch", "Quyết định 12/QĐ-UBND")
        authorities.add(None, authorities.Wanted(*body, place_id=at))


@pytest.fixture(scope="module", autouse=True)
def with_reports(settled: Commune) -> None:
    """A plan, figures whose published ratio was cut off, a file that waits, and a call for reports."""
    with settled.app.app_context():
        commune, officer = settled.places["commune"], people.viewer(settled.people["thuha"])
        assert officer is not None
        about, year, today = About(place_id=commune), (2025, "year", "household"), clock.today()
        published = figures.Wanted("138.068", "187.624", published_ratio="73,58%", source="Báo cáo")
        figures.enter(officer, about, year, published, current=0, acknowledged=True)
        published = figures.Wanted("115.071", published_ratio="16,2%", source="Báo cáo")
        figures.enter(officer, about, (2025, "year", "citizen"), published, current=0, acknowledged=True)
        lines = b"indicator;year;value;denominator;published_ratio\ncommune;2025;7;9;78,9%\n"
        asks = ["household", "training-classes"]
        settled.cases |= {
            "plan": reported.plan(commune),
            "figure-file": figure_imports.hand_in(officer, commune, lines, "so-lieu.csv"),
            "call": calls.make(officer, about, "Báo cáo năm", today.year, "year", today, asks),
        }


@pytest.fixture(scope="module", autouse=True)
def with_rights(settled: Commune) -> None:
    """An administrator of the whole, and people with rights in the commune, for a time and without end."""
    with settled.app.app_context():
        for login, name in (("quan", "Phan Minh Quân"), ("lien", "Đỗ Thị Liên")):
            people.add_person(name, login, PASSWORD)
        grants.grant_role("quan", "administrator")
        here, today = Scope(place_id=settled.places["commune"]), clock.today()
        grants.grant(None, Wanted("lien", "organiser", here, today, today + timedelta(days=30)))
        administrator, organiser = (people.authenticate(login, PASSWORD) for login in ("quan", "thuha"))
        assert administrator is not None
        grants.grant(organiser, Wanted("lien", "viewer", here))
        grants.revoke(administrator, grants.grant(administrator, Wanted("lien", "administrator", here))[0])


LISTED = """\
Họ và tên;Năm sinh;Giới tính;Ấp;Số hộ;Quan hệ với chủ hộ;Dòng họ;Điện thoại;Đồng ý
Nguyễn Văn An;1960;Nam;Phước Hưng;12;Chủ hộ;Nguyễn;0912345678;có
Trần Thị Lệ;1962;Nữ;Phước Hưng;12;Vợ;;;không
"""
LATER = """\
Họ và tên;Năm sinh;Giới tính;Ấp;Số hộ;Dân tộc;Nghề;Điện thoại
Nguyễn Văn Án;1960;Nam;Phước Hưng;12;;;0912345678
Lê Văn Tám;31/2/1950;Nam;Phước Hưng;13;;;
Lê Thị Sáu;1950;Nữ;Xóm Bến;14;;;12
"""


@pytest.fixture(scope="module", autouse=True)
def with_people(settled: Commune) -> None:
    """People of the commune, and a later list that asks about them and names a strange place."""
    with settled.app.app_context():
        officer = people.viewer(settled.people["thuha"])
        assert officer is not None
        at, cases = settled.places["commune"], settled.cases
        cases["applied"] = rosters.hand_in(officer, at, LISTED.encode(), "ho-dan.csv")
        roster_applying.apply(officer, cases["applied"])
        cases["roster"] = rosters.hand_in(officer, at, LATER.encode(), "ho-dan-moi.csv")
        listed = residents.people_of(officer, at).shown
        cases["resident"] = listed[0].key.hex()
        cases["kinship"] = residents.kinships_of(officer, at, "household").shown[0].kinship.id


@pytest.fixture(scope="module", autouse=True)
def with_models(settled: Commune, with_people: None) -> None:
    """A family in a round, Hoa in it, and an honour."""
    with settled.app.app_context():
        number, row = family_in_a_round.put(settled.cases["kinship"], settled.places["commune"])
        settled.cases |= {"household-round": number, "household-row": row}
        family_in_a_round.join(settled.cases["kinship"], settled.people["hoa"])
        organiser = people.viewer(settled.people["thuha"])
        assert organiser is not None
        awards.add(organiser, settled.places["commune"], recognitions.honour(), b"1" * 16)


# What is too small for a thumb: its text and its height.
SMALL = """() =>
    [...document.querySelectorAll('a:not(.skip), button, select, summary, input:not([type=hidden])')]
    .filter(one => one.getClientRects().length && !one.closest('.note'))
    .map(one => one.closest('label') || one)
    .map(one => [one.textContent.trim(), Math.round(one.getBoundingClientRect().height)])
    .filter(([_, height]) => height < 44)"""
WEIGHTS = """() => ['navigation', 'resource']
    .flatMap(kind => performance.getEntriesByType(kind))
    .map(one => one.decodedBodySize)"""


@pytest.fixture(params=list(PAGES), ids=str)
def login(request: pytest.FixtureRequest) -> str | None:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def page(browser: Browser, address: str, login: str | None) -> Iterator[Page]:
    """A page of somebody who has signed in already."""
    context = browser.new_context(base_url=address, locale="vi-VN", reduced_motion="reduce")
    page = context.new_page()
    resize(page, WIDTHS[0])
    if login:
        page.goto("/sign-in")
        page.fill("#login", login)
        page.fill("#password", PASSWORD)
        page.click("main button")
        page.wait_for_load_state()
    yield page
    context.close()


def resize(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 780})


def test_every_page_is_fit_for_every_reader(page: Page, settled: Commune, login: str | None) -> None:
    """Its width, its targets, its letters, its weight, and axe: on a telephone and on a wide screen."""
    for path in paths(settled, login):
        # Neither colour nor structure depends on the language, so axe sees each width in one.
        for language, width in zip(("vi", "en"), WIDTHS, strict=True):
            resize(page, width)
            page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
            expect(page.locator("html")).to_have_attribute("lang", language)
            is_light(page, path)
            for either in (*WIDTHS, width):
                resize(page, either)
                fits_the_window(page, path)
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            for words in told(path, settled).get(language, ()):
                expect(page.locator("#main").get_by_text(words).first).to_be_visible()
            found = Axe().run(page, options=RULES)
            assert found.violations_count == 0, f"{path}\n{found.generate_report()}"


def told(path: str, settled: Commune) -> dict[str, tuple[str, ...]]:
    """What has to be read on this page, by language."""
    return SEEN.get(path.replace(f"place={settled.places['commune']}", "place=<commune>"), {})


def fits_the_window(page: Page, path: str) -> None:
    """Nothing to scroll sideways, targets for a thumb, and letters for the eye of a reader of sixty."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    assert page.evaluate(SMALL) == [], path
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "18px", path


def is_light(page: Page, path: str) -> None:
    weights = page.evaluate(WEIGHTS)
    assert sum(weights) <= FIRST_PAGE, path
    assert weights[0] <= REPEAT_PAGE, path


def test_the_keyboard_reaches_the_content_first_and_everything_after(page: Page, login: str | None) -> None:
    for width in WIDTHS:
        resize(page, width)
        page.goto("/")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Chuyển đến nội dung chính")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#main")).to_be_focused()
