"""A register as a file, with the headings and remarks of the language of the page."""

from flask_babel import lazy_gettext as _l

from lms_tracker.actions.reporting import figure_tables
from lms_tracker.actions.reporting.figure_sheets import Sheet
from lms_tracker.learning.reporting.tables import FORMS
from lms_tracker.web.languages import language
from lms_tracker.web.reporting import words

__all__ = ["FORMS", "export"]

HEADINGS = {
    "place": _l("Nơi"),
    "place_code": _l("Mã đơn vị"),
    "year": _l("Năm"),
    "period": _l("Kỳ"),
    "group": _l("Nhóm"),
    "indicator": _l("Mã chỉ tiêu"),
    "title": _l("Chỉ tiêu"),
    "unit": _l("Đơn vị tính"),
    "value": _l("Số liệu"),
    "bound": _l("Mức"),
    "denominator": _l("Mẫu số"),
    "denominator_counts": _l("Mẫu số đếm những gì"),
    "denominator_on": _l("Ngày của mẫu số"),
    "denominator_source": _l("Nguồn của mẫu số"),
    "percent": _l("Tỷ lệ tính được, phần trăm"),
    "rounding": _l("Cách làm tròn"),
    "published_percent": _l("Tỷ lệ công bố, phần trăm"),
    "last_year": _l("Năm trước"),
    "difference": _l("Chênh lệch"),
    "relative_percent": _l("Thay đổi, phần trăm"),
    "points": _l("Thay đổi, điểm phần trăm"),
    "published_change": _l("Thay đổi công bố"),
    "source": _l("Nguồn"),
    "note": _l("Ghi chú"),
    "remarks": _l("Nhận xét"),
}


def export(sheet: Sheet, form: str) -> tuple[bytes, str]:
    """The bytes and their content type. JSON has the same keys in every language."""
    rows = figure_tables.rows(sheet, language(), lambda one: words.finding(one, sheet.register))
    write, kind = FORMS[form]
    return write({name: str(HEADINGS[name]) for name in figure_tables.COLUMNS}, rows), kind
