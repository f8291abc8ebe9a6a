"""Honours as a workbook. What people typed is text in it, never a formula, whatever it begins with."""

import io
from typing import Any, cast

from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from lms_tracker.actions.recognition.awards import Listing
from lms_tracker.learning.places import called
from lms_tracker.web.recognition import award_words

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = (6, 32, 16, 40, 28, 32, 24, 14, 18, 40, 14)


def workbook(found: Listing) -> bytes:
    """The bytes of an XLSX with a row for each honour."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Khen thưởng %(year)s", year=found.year))
    for index, width in enumerate(WIDTHS):
        sheet.column_dimensions["ABCDEFGHIJK"[index]].width = width
    sheet.append([_cell(sheet, heading, bold=True) for heading in _headings()])
    for number, one in enumerate(found.shown, 1):
        place = found.at.get(one.place_id)
        cells: list[Any] = [
            number,
            one.name,
            award_words.subject_kind(one.subject_kind),
            award_words.award_form(one.form),
            called(place.kind, place.name) if place else "",
            one.authority,
            one.number,
            one.decided_on,
            one.signed_by,
            one.what_for,
            _("đã rút") if one.withdrawn_us else "",
        ]
        sheet.append([_cell(sheet, value) for value in cells])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _headings() -> tuple[str, ...]:
    return (
        _("STT"),
        _("Tên"),
        _("Đối tượng"),
        _("Hình thức"),
        _("Nơi"),
        _("Cơ quan quyết định"),
        _("Số quyết định"),
        _("Ngày"),
        _("Người ký"),
        _("Thành tích"),
        _("Ghi chú"),
    )


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    made = cast(Any, WriteOnlyCell(sheet, value))
    if isinstance(value, str):
        # A text that begins as a formula does would be taken for one.
        made.data_type = "s"
    if bold:
        made.font = Font(bold=True)
    return made
