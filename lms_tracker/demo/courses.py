"""The demo's five providers and eleven courses, and the file in which the courses are imported."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lms_tracker.demo.citizens import LANGUAGES, MOOC, MOODLE, SCHOOL, VIDEOS

# The place of each in PROVIDERS.
CENTRE, LANGUAGE_SCHOOL, CHANNEL, PLATFORM, COMPUTER_SCHOOL = range(5)
PROVIDERS = (
    "Trung tâm Học tập cộng đồng xã Gò Quao (dữ liệu mẫu)",
    "Trung tâm Ngoại ngữ Sông Cái Lớn (dữ liệu mẫu)",
    "Kênh Khuyến nông Miệt Thứ (dữ liệu mẫu)",
    "Nền tảng học trực tuyến mở (dữ liệu mẫu)",
    "Trường Tin học Phím Vàng (dữ liệu mẫu)",
)

COLUMNS = (
    "provider", "course", "title", "activity", "match", "category", "domain", "level", "basis", "hours",
    "hour_minutes", "valid_from", "valid_to",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DemoCourse:
    """`iri` is the course itself on Moodle, else what all its activities begin with."""

    provider: int
    code: str
    title: str
    iri: str
    category: str
    domain: str
    level: str
    basis: str
    hours: str = ""
    hour_minutes: int = 60

    @property
    def activities(self) -> tuple[tuple[str, str], ...]:
        # Moodle names the course as a parent of what is done in it, and by itself when it is completed.
        return (
            ((self.iri, "exact"), (self.iri, "context"))
            if self.provider == CENTRE
            else ((self.iri, "prefix"),)
        )


SEARCHING = DemoCourse(
    CENTRE, "SO-1", "Tìm kiếm và đánh giá thông tin trên mạng", f"{MOODLE}/course/view.php?id=11",
    "digital-skills", "1", "1", "measured",
)  # fmt: skip
SAFETY = DemoCourse(
    CENTRE, "SO-4", "An toàn và dữ liệu cá nhân trên môi trường số", f"{MOODLE}/course/view.php?id=14",
    "digital-skills", "4.2", "2", "capped", "3",
)  # fmt: skip
PUBLIC_SERVICES = DemoCourse(
    CENTRE, "SO-2", "Dịch vụ công trực tuyến và danh tính số", f"{MOODLE}/course/view.php?id=12",
    "digital-skills", "2.6", "1", "nominal", "12", 45,
)  # fmt: skip
LAND_LAW = DemoCourse(
    CENTRE, "PL-1", "Luật Đất đai cho hộ gia đình", f"{MOODLE}/course/view.php?id=21",
    "law", "Luật Đất đai 2024", "", "measured",
)  # fmt: skip
ENGLISH = DemoCourse(
    LANGUAGE_SCHOOL, "EN-2", "Tiếng Anh giao tiếp, bậc 2", f"{LANGUAGES}/en2/",
    "foreign-language", "en", "2", "capped", "40",
)  # fmt: skip
KOREAN = DemoCourse(
    LANGUAGE_SCHOOL, "KO-1", "Tiếng Hàn nhập môn, bậc 1", f"{LANGUAGES}/ko1/",
    "foreign-language", "ko", "1", "measured",
)  # fmt: skip
RICE = DemoCourse(
    CHANNEL, "NN-1", "Canh tác lúa giảm phát thải", f"{VIDEOS}/lua/",
    "agriculture", "Trồng lúa", "", "measured",
)  # fmt: skip
FILMING = DemoCourse(
    CHANNEL, "SO-3", "Quay và dựng video giới thiệu nông sản", f"{VIDEOS}/video/",
    "digital-skills", "3.1", "2", "capped", "8",
)  # fmt: skip

# Interactive pages of H5P within Moodle.
FIRST_AID = DemoCourse(
    CENTRE, "SK-1", "Sơ cứu tại nhà (bài tập tương tác)", f"{MOODLE}/course/view.php?id=31",
    "other", "", "", "measured",
)  # fmt: skip
DATA = DemoCourse(
    PLATFORM, "MOOC-1", "Đọc hiểu số liệu trong đời sống", f"{MOOC}/course/du-lieu/",
    "digital-skills", "1.2", "2", "measured",
)  # fmt: skip
TYPING = DemoCourse(
    COMPUTER_SCHOOL, "PV-1", "Tin học văn phòng cấp tốc", f"{SCHOOL}/khoa/van-phong/",
    "digital-skills", "3.1", "1", "measured",
)  # fmt: skip

COURSES = (
    SEARCHING, PUBLIC_SERVICES, FILMING, SAFETY, LAND_LAW, ENGLISH, KOREAN, RICE, FIRST_AID, DATA, TYPING,
)  # fmt: skip


def first_day_of_land_law(today: date) -> date:
    """The one course that began while people were already learning in it."""
    return date(today.year - 1, 7, 1)


def catalogue_file(provider_ids: Sequence[int], today: date) -> bytes:
    """The courses as a CSV file for `course import`; `provider_ids` in the order of PROVIDERS."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(COLUMNS)
    for course in COURSES:
        begins = first_day_of_land_law(today).isoformat() if course is LAND_LAW else ""
        for iri, match in course.activities:
            lines.writerow(
                (
                    provider_ids[course.provider], course.code, course.title, iri, match, course.category,
                    course.domain, course.level, course.basis, course.hours, course.hour_minutes, begins, "",
                )
            )  # fmt: skip
    return text.getvalue().encode()
