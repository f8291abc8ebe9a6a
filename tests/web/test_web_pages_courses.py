"""The page of a provider's courses, however many there are."""

import re

import pytest

from lms_tracker.actions import arrivals, courses, readings
from lms_tracker.learning.readings import Reading
from lms_tracker.web import wording
from tests.journeys import commune
from tests.journeys.commune import Commune
from tests.web.page_visitors import as_

pytestmark = pytest.mark.usefixtures("quick_and_unthrottled")


@pytest.fixture
def database_kind() -> str:
    """What is asked here is the same on every database."""
    return "sqlite"


def import_rows(settled: Commune, rows: list[str]) -> None:
    with settled.app.app_context():
        outcome = courses.import_courses((commune.COLUMNS + "".join(rows)).encode())
    assert not outcome.errors, outcome.errors


def row(settled: Commune, code: str, activity: str) -> str:
    return (
        f"{settled.centre.provider},{code},Khóa số {code},https://hoc.example.vn/{activity},exact"
        ",other,,,measured,,,,\n"
    )


def test_courses_are_shown_a_page_at_a_time_each_once(settled: Commune) -> None:
    import_rows(settled, [row(settled, f"K{number:03d}", f"k{number}") for number in range(120)])
    client = as_(settled.app, "duc")
    address = f"/provider/courses?provider={settled.centre.provider}"
    titles: list[list[str]] = []
    while address:
        page = client.get(address).get_data(as_text=True)
        titles.append(re.findall("<h3>([^<]*)</h3>", page))
        assert ">(122)<" in page
        following = re.search(r'rel="next" href="([^"]*)"', page)
        address = following[1].replace("&amp;", "&") if following else ""
    everyone = [title for page in titles for title in page]
    assert [len(page) for page in titles] == [arrivals.COURSES, arrivals.COURSES, 22]
    assert len(set(everyone)) == 122
    assert everyone == sorted(everyone)


def test_a_page_beyond_the_last_course_is_empty_and_page_0_is_none(settled: Commune) -> None:
    client = as_(settled.app, "duc")
    beyond = client.get("/provider/courses?page=999999999999")
    assert beyond.status_code == 200
    assert "Không có mục nào." in beyond.get_data(as_text=True)
    assert client.get("/provider/courses?page=0").status_code == 404


def test_of_a_courses_many_addresses_some_are_shown_and_the_others_counted(settled: Commune) -> None:
    import_rows(settled, [row(settled, "K1", f"bai-{number}") for number in range(25)])
    page = as_(settled.app, "duc").get(f"/provider/courses?provider={settled.centre.provider}")
    text = page.get_data(as_text=True)
    assert text.count("https://hoc.example.vn/bai-") == 20
    assert "Số địa chỉ không hiện ở đây: 5" in text


def test_a_provider_sees_how_its_time_is_read_in_words(settled: Commune) -> None:
    with settled.app.app_context():
        header = commune.COLUMNS.strip() + ",reading\n"
        line = row(settled, "K1", "bai-1").strip() + ",keeping-time\n"
        assert courses.import_courses((header + line).encode()).errors == []
        readings.set_reading(settled.centre.provider, Reading.GAPS)
    text = as_(settled.app, "duc").get("/provider/courses").get_data(as_text=True)
    assert "khi dữ liệu và khóa học không nói khác: khoảng cách giữa các lần thao tác." in text
    assert "<dd>thời lượng cộng dồn của lần học: chỉ tính phần tăng thêm</dd>" in text


def test_every_reading_has_words() -> None:
    assert set(wording.READINGS) == {reading.value for reading in Reading}
