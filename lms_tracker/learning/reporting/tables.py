"""Tables as files: XLSX, CSV and JSON with the same columns. No cell of them is a formula."""

import csv as writing
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, cast

import msgspec
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from lms_tracker.learning.roster_reports import safe

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
    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell: Any = WriteOnlyCell(cast(Any, page), value=cast(Any, value))
    if isinstance(value, str):
        cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell


def csv(headings: Mapping[str, str], rows: Rows) -> bytes:
    """As spreadsheets here open it: a byte order mark, semicolons, and commas before decimals."""
    kept = io.StringIO(newline="")
    writer = writing.writer(kept, delimiter=";", lineterminator="\r\n")
    writer.writerow([safe(heading) for heading in headings.values()])
    for row in rows:
        writer.writerow([_plain(row[name]) for name in headings])
    return kept.getvalue().encode("utf-8-sig")


def _plain(value: Value) -> str:
    """A number below 0 begins with what a formula may begin with, and is none."""
    if isinstance(value, str):
        return safe(value)
    if isinstance(value, Decimal):
        return format(value, "f").replace(".", ",")
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def json(headings: Mapping[str, str], rows: Rows) -> bytes:
    """A list of objects; decimals are exact texts, so that no program rounds them."""
    return msgspec.json.encode([{name: row[name] for name in headings} for row in rows])


# By the ending of a file's name: how it is written, and its content type.
FORMS: Mapping[str, tuple[Callable[[Mapping[str, str], Rows], bytes], str]] = {
    "xlsx": (xlsx, XLSX),
    "csv": (csv, "text/csv; charset=utf-8"),
    "json": (json, "application/json"),
}
