"""Statistics as a file, with the headings and remarks of the language of the page."""

import msgspec
from flask_babel import lazy_gettext as _l

from lms_tracker.actions.reporting import statistics_tables
from lms_tracker.actions.reporting.statistics import Published, Statistics
from lms_tracker.learning.reporting.tables import FORMS
from lms_tracker.web.languages import language
from lms_tracker.web.reporting import statistics_words as words

__all__ = ["FORMS", "export"]

HEADINGS = {
    "place": _l("Nơi"),
    "place_code": _l("Mã đơn vị"),
    "year": _l("Năm"),
    "model": _l("Mã chỉ tiêu"),
    "title": _l("Chỉ tiêu"),
    "registered": _l("Số đăng ký"),
    "numerator": _l("Đạt"),
    "denominator": _l("Mẫu số"),
    "denominator_counts": _l("Mẫu số đếm những gì"),
    "definition": _l("Định nghĩa của mẫu số"),
    "on": _l("Ngày của số liệu"),
    "percent": _l("Tỷ lệ tính được, phần trăm"),
    "rounding": _l("Cách làm tròn"),
    "points": _l("Thay đổi, điểm phần trăm"),
    "relative_percent": _l("Thay đổi, phần trăm"),
    "published_numerator": _l("Số đã báo cáo"),
    "published_bound": _l("Mức"),
    "published_denominator": _l("Mẫu số đã báo cáo"),
    "published_percent": _l("Tỷ lệ công bố, phần trăm"),
    "remarks": _l("Nhận xét"),
}


def export(found: Statistics, form: str) -> tuple[bytes, str]:
    """The bytes and their content type. JSON has the same keys in every language, and more of the whole."""
    rest = words.part_name(found.place.level)
    rows = statistics_tables.rows(found, language(), _remark, rest)
    write, kind = FORMS[form]
    if form == "json":
        return msgspec.json.encode(statistics_tables.described(found, rows)), kind
    return write({name: str(HEADINGS[name]) for name in statistics_tables.COLUMNS}, rows), kind


def _remark(published: Published) -> str:
    said = [words.explained(published.explained)] if published.explained else []
    return " ".join([*said, *([words.explained_change(published.change)] if published.change else [])])
