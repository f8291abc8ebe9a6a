"""A register as a file: XLSX, CSV and JSON with the same columns. No cell of them is a formula."""

import io
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast

import msgspec
from flask_babel import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from lms_tracker.actions.reporting.figure_sheets import DIGITS, Row, Sheet
from lms_tracker.learning.roster_reports import as_csv
from lms_tracker.web.reporting import words

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Value = str | int | Decimal | date | None


def _columns() -> dict[str, str]:
    """The keys of JSON with the headings of the other two."""
    return {
        "place": _("Nơi"),
        "place_code": _("Mã đơn vị"),
        "year": _("Năm"),
        "period": _("Kỳ"),
        "group": _("Nhóm"),
        "indicator": _("Mã chỉ tiêu"),
        "title": _("Chỉ tiêu"),
        "unit": _("Đơn vị tính"),
        "value": _("Số liệu"),
        "bound": _("Mức"),
        "denominator": _("Mẫu số"),
        "denominator_counts": _("Mẫu số đếm"),
        "denominator_on": _("Ngày của mẫu số"),
        "denominator_source": _("Nguồn của mẫu số"),
        "percent": _("Tỷ lệ tính được (%)"),
        "rounding": _("Cách làm tròn"),
        "published_percent": _("Tỷ lệ công bố (%)"),
        "last_year": _("Năm trước"),
        "difference": _("Chênh lệch"),
        "relative_percent": _("Thay đổi (%)"),
        "points": _("Thay đổi (điểm phần trăm)"),
        "published_change": _("Thay đổi công bố"),
        "source": _("Nguồn"),
        "note": _("Ghi chú"),
        "remarks": _("Nhận xét"),
    }


def rows(sheet: Sheet) -> list[dict[str, Value]]:
    """A row for each indicator that has a figure, with the keys of `_columns`."""
    found = []
    for group, ones in sheet.groups:
        found += [_row(sheet, words.worded(group), one) for one in ones if one.figure is not None]
    return found


def _row(sheet: Sheet, group: str, one: Row) -> dict[str, Value]:
    figure, share, place = one.figure, one.share, sheet.subject.place
    if figure is None:
        raise ValueError("only indicators with figures have rows")
    counts = share.counts if share else figure.denominator_counts
    if share and not counts and share.base:
        counts = words.worded(sheet.register.bases[share.base])
    return {
        "place": words.subject_name(sheet.subject),
        "place_code": (place.code or "") if place else "",
        "year": sheet.year,
        "period": sheet.period,
        "group": group,
        "indicator": one.indicator.code,
        "title": words.worded(one.indicator),
        "unit": words.worded(sheet.register.units[one.indicator.unit]),
        "value": Decimal(figure.value),
        "bound": figure.bound,
        "denominator": share.denominator if share else None,
        "denominator_counts": counts,
        "denominator_on": share.on if share else None,
        "denominator_source": (share.baseline.source if share.baseline else figure.source) if share else "",
        "percent": share.percent if share else None,
        "rounding": _("làm tròn nửa lên, %(digits)s chữ số", digits=DIGITS) if share else "",
        "published_percent": _decimal(figure.published_ratio),
        "last_year": None if one.last is None else one.last.value,
        "difference": one.difference,
        "relative_percent": one.relative,
        "points": one.points,
        "published_change": _decimal(figure.published_change),
        "source": figure.source,
        "note": figure.note,
        "remarks": " ".join(words.finding(finding, sheet.register) for finding in one.findings),
    }


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def xlsx(sheet: Sheet) -> tuple[bytes, str]:
    book = Workbook(write_only=True)
    page = book.create_sheet(str(sheet.year))
    columns = _columns()
    page.freeze_panes = "A2"
    page.append([_cell(page, heading, bold=True) for heading in columns.values()])
    for row in rows(sheet):
        page.append([_cell(page, row[name]) for name in columns])
    body = io.BytesIO()
    book.save(body)
    return body.getvalue(), XLSX


def _cell(page: Any, value: Value, *, bold: bool = False) -> Any:
    cell: Any = WriteOnlyCell(page, value=cast(Any, value))
    if isinstance(value, str):
        # A text that begins with "=" is a text.
        cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell


def csv(sheet: Sheet) -> tuple[bytes, str]:
    columns = _columns()
    lines: list[list[str | int]] = [list(columns.values())]
    lines += [[_plain(row[name]) for name in columns] for row in rows(sheet)]
    return as_csv(lines), "text/csv; charset=utf-8"


def _plain(value: Value) -> str | int:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else format(value, "f").replace(".", ",")
    return value.isoformat() if isinstance(value, date) else value


def json(sheet: Sheet) -> tuple[bytes, str]:
    """Numbers as exact decimals in text, so that no program rounds them."""
    place = sheet.subject.place
    body = {
        "subject": words.subject_name(sheet.subject),
        "place_code": place.code if place else None,
        "year": sheet.year,
        "period": sheet.period,
        "figures": rows(sheet),
    }
    return msgspec.json.encode(body), "application/json"


FORMS: Mapping[str, Callable[[Sheet], tuple[bytes, str]]] = {"xlsx": xlsx, "csv": csv, "json": json}
