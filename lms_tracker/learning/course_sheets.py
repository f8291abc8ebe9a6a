"""From the bytes of a CSV or XLSX file to lines of cells, within bounds."""

import copy
import csv
import io
import itertools
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from openpyxl import load_workbook

MOST_BYTES = 16 * 1024 * 1024
MOST_UNPACKED_BYTES = 24 * 1024 * 1024
MOST_PARTS = 500
UNPACKED_AT_ONCE = 65_536
MOST_TAGS = 2_000_000
MOST_TAGS_OF_A_ROW = 20_000
MOST_LINES = 20_000
MOST_COLUMNS = 64

_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")

# No piece goes over a "<", and none is tried at another length: so what stands there is looked through once,
# whatever it is.
_FORMULA_ALONE = re.compile(
    rb"<(?:\w{1,9}:)?c(?=[\s>])([^<>]*+)>\s*+"
    rb"<(?:\w{1,9}:)?f(?=[\s/>])[^<>]*+>(?:(?<=/>)|[^<]*+</(?:\w{1,9}:)?f>)\s*+"
    rb"(?:<(?:\w{1,9}:)?v\s?/>|<(?:\w{1,9}:)?v></(?:\w{1,9}:)?v>|</(?:\w{1,9}:)?c>)"
)
_REFERENCE = re.compile(rb'\sr="([A-Z]{1,3}[0-9]{1,7})"')

# What a cell holds: text from CSV; XLSX has numbers, truth values and dates besides.
Cell = str | int | float | bool | date | datetime | time | timedelta | None


@dataclass(frozen=True, slots=True)
class Line:
    """`number` counts from 1 as an editor or a spreadsheet does: for CSV the line where the record starts."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Bounds:
    """The greatest file that is read, in bytes and lines; of a workbook, unpacked bytes and elements too."""

    bytes: int
    unpacked_bytes: int
    tags: int
    lines: int


class Unreadable(Exception):
    """The file as a whole cannot be read. `rule` is a stable name, `line` is 0 where none is to blame."""

    def __init__(self, rule: str, expected: str, got: str, line: int = 0) -> None:
        super().__init__(f"expected {expected}, got {got}")
        self.rule, self.expected, self.got, self.line = rule, expected, got, line


def read_lines(body: bytes, bounds: Bounds | None = None) -> list[Line]:
    """All lines that are not blank, the header first. Raises Unreadable.

    XLSX is told by its first bytes. CSV is UTF-8, with or without a byte order mark, parted by commas or
    semicolons, whichever the header has more of. `bounds` are those of a file of courses unless given.
    """
    bounds = bounds or Bounds(MOST_BYTES, MOST_UNPACKED_BYTES, MOST_TAGS, MOST_LINES)
    bound_size(body, bounds)
    return within(_xlsx_lines(body, bounds) if body.startswith(b"PK") else _csv_lines(body), bounds)


def bound_size(body: bytes, bounds: Bounds) -> None:
    """Raises Unreadable for more bytes than the bounds."""
    if len(body) > bounds.bytes:
        raise Unreadable("file-size", f"at most {bounds.bytes} bytes", f"{len(body)} bytes")


def within(found: Iterable[Line], bounds: Bounds) -> list[Line]:
    """Those lines that are not blank. Raises Unreadable where there are none, or more than the bounds."""
    lines = []
    for line in found:
        if line.number > bounds.lines:
            raise Unreadable("file-lines", f"at most {bounds.lines} lines", "more", line.number)
        if any(cell is not None and cell != "" for cell in line.cells):
            lines.append(line)
    if not lines:
        raise Unreadable("file-empty", "a header and at least one line", "an empty file")
    return lines


def _csv_lines(body: bytes) -> Iterator[Line]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{body[error.start]:02x}"
        raise Unreadable("file-encoding", "UTF-8 text or an XLSX workbook", found, line) from None
    header = text.split("\n", 1)[0]
    return text_lines(text, ";" if header.count(";") > header.count(",") else ",")


def text_lines(text: str, separator: str) -> Iterator[Line]:
    """The records of CSV, each as the line where it begins. Raises Unreadable."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise Unreadable("file-csv", "CSV with matching quotes", str(error), number) from None
        if cells is None:
            return
        # As of a workbook: what stands further to the right is in no column that anybody asks for.
        yield Line(number, tuple(cell.strip() for cell in cells[:MOST_COLUMNS]))
        number = reader.line_num + 1


def _xlsx_lines(body: bytes, bounds: Bounds) -> Iterator[Line]:
    _bound_archive(body, bounds)
    try:
        workbook = load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
        sheet = workbook.worksheets[0]
        # The size that a sheet states may be wrong; the rows themselves tell.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)
        for number, row in enumerate(rows, 1):
            yield Line(number, tuple(_xlsx_cell(value) for value in row))
            if number > bounds.lines:
                return
    # openpyxl promises nothing about what a damaged workbook raises.
    except Exception as error:
        raise Unreadable("file-xlsx", "a readable XLSX workbook", type(error).__name__) from error


def _xlsx_cell(value: object) -> Cell:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, (int, float, date, time, timedelta)):
        return value
    return None


def _bound_archive(body: bytes, bounds: Bounds) -> None:
    """Refuses a workbook that would unpack to more than the bounds, or than it states.

    What takes memory beside bytes are elements, above all those of one row, which openpyxl collects before it
    looks at columns.
    """
    tags = 0
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if len(parts) > MOST_PARTS or unpacked > bounds.unpacked_bytes:
                raise _too_large(f"{len(parts)} parts and {unpacked} bytes", bounds)
            for part in parts:
                content = _content(archive, part)
                if b"\0" in content[:2] or content.startswith((b"\xff\xfe", b"\xfe\xff")):
                    raise Unreadable("file-xlsx", "a workbook in UTF-8", "UTF-16")
                tags += content.count(b"<")
                if tags > bounds.tags or _tags_of_longest_row(content) > MOST_TAGS_OF_A_ROW:
                    raise _too_large(f"too many elements in {part.filename[:40]}", bounds)
    except Unreadable:
        raise
    # Damage shows in many ways: a wrong checksum, a password, a cut stream; zipfile promises nothing.
    except Exception as error:
        raise Unreadable("file-xlsx", "a readable XLSX workbook", "a damaged archive") from error


def _content(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """A part, unpacked; Unreadable where it is packed as no spreadsheet does, or is longer than it states.

    zipfile unpacks as much at once as is asked for, whatever size a part states, and bzip2 and LZMA without
    any bound. So it is asked for little at a time, and for one byte more than there should be.
    """
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unreadable("file-xlsx", "a workbook whose parts are deflated or stored", "another compression")
    stated = copy.copy(part)
    stated.file_size += 1
    content = bytearray()
    with archive.open(stated) as file:
        while chunk := file.read(UNPACKED_AT_ONCE):
            content += chunk
    if len(content) > part.file_size:
        raise Unreadable("file-xlsx", "parts of the size that they state", "a longer one")
    return bytes(content)


def _tags_of_longest_row(content: bytes) -> int:
    """Other parts than sheets have no rows, and are held to the number of all elements."""
    starts = [*(found.start() for found in _ROW.finditer(content)), len(content)]
    return max((content.count(b"<", since, until) for since, until in itertools.pairwise(starts)), default=0)


def refuse_formulas_without_values(body: bytes) -> None:
    """Raises Unreadable for a workbook, read before, in which formulas stand that nobody has calculated.

    A program that writes a formula leaves its value to the spreadsheet; until that has saved the workbook,
    the cell reads as if it were empty.
    """
    if not body.startswith(b"PK"):
        return
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        for part in archive.infolist():
            is_sheet = part.filename.startswith("xl/worksheets/")
            found = _FORMULA_ALONE.search(_content(archive, part)) if is_sheet else None
            if found is not None:
                expected = "values of formulas: save the workbook in a spreadsheet, or paste the values"
                cell = _REFERENCE.search(found[1])
                where = cell[1].decode() if cell is not None else "a cell without a name"
                raise Unreadable("file-formulas", expected, f"a formula alone in {where}")


def _too_large(got: str, bounds: Bounds) -> Unreadable:
    expected = (
        f"a workbook of at most {MOST_PARTS} parts, {bounds.unpacked_bytes} bytes and {bounds.tags} elements"
    )
    return Unreadable("file-size", expected, got)
