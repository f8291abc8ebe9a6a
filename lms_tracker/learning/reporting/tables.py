"""Tables as files: XLSX, CSV and JSON with the same columns. No cell of them is a formula."""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

import msgspec
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from lms_tracker.learning.roster_reports import as_csv

Value = str | int | Decimal | date | None
Rows = Sequence[Mapping[str, Value]]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def xlsx(headings: Mapping[str, str], rows: Rows) -> bytes:
    """A workbook of one sheet; numbers are numbers, and a text that begins with "=" stays a text."""
    book = Workbook(write_only=True)
    page = book.create_sheet()
    page.freeze_panes = "A2"
    page.append([_cell(page, heading, bold=True) for heading in headings.values()])
    for row in rows:
        page.append([_cell(page, row[name]) for name in headings])
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def _cell(page: object, value: Value, *, bold: bool = False) -> Any:
    cell: Any = WriteOnlyCell(cast(Any, page), value=cast(Any, value))
    if isinstance(value, str):
        cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell


def csv(headings: Mapping[str, str], rows: Rows) -> bytes:
    """As spreadsheets here open it: semicolons, and commas before decimals."""
    lines: list[list[str | int]] = [list(headings.values())]
    lines += [[_plain(row[name]) for name in headings] for row in rows]
    return as_csv(lines)


def _plain(value: Value) -> str | int:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else _decimal_comma(value)
    return value.isoformat() if isinstance(value, date) else value


def _decimal_comma(value: Decimal) -> str:
    return format(value, "f").replace(".", ",")


def json(headings: Mapping[str, str], rows: Rows) -> bytes:
    """A list of objects; decimals are exact texts, so that no program rounds them."""
    return msgspec.json.encode([{name: row[name] for name in headings} for row in rows])


# By the ending of a file's name: how it is written, and its content type.
FORMS: Mapping[str, tuple[Callable[[Mapping[str, str], Rows], bytes], str]] = {
    "xlsx": (xlsx, XLSX),
    "csv": (csv, "text/csv; charset=utf-8"),
    "json": (json, "application/json"),
}
