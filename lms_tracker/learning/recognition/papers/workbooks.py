"""XLSX (ECMA-376 part 1, SpreadsheetML), written piece by piece and without a file on any disk.

What stands in a cell is text or a number and never a formula, whatever it begins with.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from lms_tracker.learning.recognition.papers import texts
from lms_tracker.learning.recognition.papers.blocks import Align, Cell
from lms_tracker.learning.recognition.papers.packages import package
from lms_tracker.learning.recognition.papers.word_parts import DECLARATION, properties

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_MAIN = f'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{_OFFICE}/relationships"'
_FONT = "Times New Roman"
# Day 1 of a spreadsheet is 1 January 1900, and it takes 1900 for a leap year.
_DAY_0 = date(1899, 12, 30)
# Of a cell: text as text ("@"), whole numbers in thousands, days.
_NUMBER_FORMATS = (49, 164, 165)
_ALIGNS: tuple[Align, ...] = ("left", "center", "right")
# Of one kind of value: alignments, bold or not, with a box or without, locked or open.
_LOOKS = len(_ALIGNS) * 2 * 2 * 2


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks; `open` may be typed into where its sheet is protected."""

    align: Align = "left"
    bold: bool = False
    boxed: bool = True
    open: bool = False
    # Its number among the looks of one kind of value, in the order of `_styles`.
    at: int = field(init=False)

    def __post_init__(self) -> None:
        at = (_ALIGNS.index(self.align) * 2 + self.bold) * 2 + self.boxed
        object.__setattr__(self, "at", at * 2 + self.open)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """Cells from the left, each with its look; `height` in points, None for what the program finds."""

    cells: Sequence[tuple[Cell, Look]]
    height: int | None = None
    # The columns over which the cells stretch, as (first, last) from 1.
    merged: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Validation:
    """Whole numbers from 0 to `most` in a column (from 1) and a span of rows, or nothing."""

    column: int
    first: int
    last: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """`widths` are in digits; `header` is the row that stays in sight and is printed on each page, or 0.

    `rows` are gone through once.
    A protected sheet has no password: it guards against slips and nothing else.
    """

    name: str
    widths: tuple[float, ...]
    rows: Iterable[SheetRow]
    header: int = 0
    # Columns kept in sight beside, and those not shown at all, from 1.
    frozen_columns: int = 0
    hidden: frozenset[int] = frozenset()
    landscape: bool = False
    protected: bool = False
    validations: tuple[Validation, ...] = ()


def packed(sheets: Sequence[Sheet], title: str) -> bytes:
    """A workbook of these sheets, whose names are fit for it (`texts.sheet_names`)."""
    return b"".join(streamed(sheets, title))


def streamed(sheets: Sequence[Sheet], title: str) -> Iterator[bytes]:
    """The same as it is made, piece by piece."""
    numbered = list(enumerate(sheets, 1))
    return package(
        (
            ("[Content_Types].xml", (_content_types(len(sheets)),)),
            ("_rels/.rels", (_RELATIONSHIPS,)),
            ("xl/workbook.xml", (_workbook(sheets),)),
            ("xl/_rels/workbook.xml.rels", (_relationships(len(sheets)),)),
            ("xl/styles.xml", (_styles(),)),
            *((f"xl/worksheets/sheet{at}.xml", _sheet(sheet, at == 1)) for at, sheet in numbered),
            ("docProps/core.xml", (properties(texts.line(title)),)),
        )
    )


_RELATIONSHIPS = (
    f'{DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/relationships/officeDocument" Target="xl/workbook.xml"/>'
    f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties"'
    ' Target="docProps/core.xml"/></Relationships>'
)


def _content_types(count: int) -> str:
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{at}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for at in range(1, count + 1)
    )
    return (
        f'{DECLARATION}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{sheets}'
        '<Override PartName="/docProps/core.xml"'
        ' ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
    )


def _relationships(count: int) -> str:
    sheets = "".join(
        f'<Relationship Id="rId{at}" Type="{_OFFICE}/relationships/worksheet"'
        f' Target="worksheets/sheet{at}.xml"/>'
        for at in range(1, count + 1)
    )
    return (
        f'{DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{sheets}'
        f'<Relationship Id="rId{count + 1}" Type="{_OFFICE}/relationships/styles" Target="styles.xml"/>'
        "</Relationships>"
    )


def _workbook(sheets: Sequence[Sheet]) -> str:
    listed = "".join(
        f'<sheet name={quoteattr(sheet.name)} sheetId="{at}" r:id="rId{at}"/>'
        for at, sheet in enumerate(sheets, 1)
    )
    titles = "".join(
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{at}">'
        f"{escape(_quoted(sheet.name))}!${sheet.header}:${sheet.header}</definedName>"
        for at, sheet in enumerate(sheets)
        if sheet.header
    )
    names = f"<definedNames>{titles}</definedNames>" if titles else ""
    return (
        f"{DECLARATION}<workbook {_MAIN}><bookViews><workbookView/></bookViews>"
        f"<sheets>{listed}</sheets>{names}</workbook>"
    )


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _styles() -> str:
    """All looks there are, in the order of their numbers."""
    looks = "".join(
        f'<xf numFmtId="{number}" fontId="{int(bold)}" fillId="0" borderId="{int(boxed)}" xfId="0"'
        ' applyNumberFormat="1" applyFont="1" applyBorder="1" applyAlignment="1" applyProtection="1">'
        f'<alignment horizontal="{align}" vertical="center" wrapText="1"/>'
        f'<protection locked="{int(not is_open)}"/></xf>'
        for number in _NUMBER_FORMATS
        for align in _ALIGNS
        for bold in (False, True)
        for boxed in (False, True)
        for is_open in (False, True)
    )
    font = f'<sz val="12"/><name val="{_FONT}"/><family val="1"/>'
    sides = "".join(
        f'<{side} style="thin"><color auto="1"/></{side}>' for side in ("left", "right", "top", "bottom")
    )
    return (
        f'{DECLARATION}<styleSheet {_MAIN}><numFmts count="2"><numFmt numFmtId="164" formatCode="#,##0"/>'
        '<numFmt numFmtId="165" formatCode="dd/mm/yyyy"/></numFmts>'
        f'<fonts count="2"><font>{font}</font><font><b/>{font}</font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
        f"<border>{sides}<diagonal/></border></borders>"
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="72">{looks}</cellXfs><cellStyles count="1">'
        '<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def letters(column: int) -> str:
    """The letters of a column, from 1."""
    found = ""
    while column:
        column, at = divmod(column - 1, 26)
        found = chr(ord("A") + at) + found
    return found


def _sheet(sheet: Sheet, first: bool) -> Iterator[str]:
    yield (
        f'{DECLARATION}<worksheet {_MAIN}><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView workbookViewId="0"{" tabSelected=" + quoteattr("1") if first else ""}>'
        f'{_pane(sheet)}</sheetView></sheetViews><sheetFormatPr defaultRowHeight="16"/><cols>'
    )
    for at, width in enumerate(sheet.widths, 1):
        hidden = ' hidden="1"' if at in sheet.hidden else ""
        yield f'<col min="{at}" max="{at}" width="{width:.1f}" customWidth="1"{hidden}/>'
    yield "</cols><sheetData>"
    spans: list[str] = []
    yield from _rows(sheet.rows, spans)
    yield "</sheetData>"
    if sheet.protected:
        yield '<sheetProtection sheet="1" objects="1" scenarios="1" formatColumns="0" formatRows="0"/>'
    if spans:
        yield f'<mergeCells count="{len(spans)}">{"".join(spans)}</mergeCells>'
    yield from _validations(sheet.validations)
    orientation = "landscape" if sheet.landscape else "portrait"
    # Inches: within the margins of an administrative paper, and A4.
    yield (
        '<pageMargins left="1.18" right="0.63" top="0.79" bottom="0.79" header="0.3" footer="0.3"/>'
        f'<pageSetup paperSize="9" orientation="{orientation}" fitToWidth="1" fitToHeight="0"/>'
        "<headerFooter><oddFooter>&amp;C&amp;P/&amp;N</oddFooter></headerFooter></worksheet>"
    )


def _pane(sheet: Sheet) -> str:
    if not sheet.header:
        return ""
    across = f' xSplit="{sheet.frozen_columns}"' if sheet.frozen_columns else ""
    corner = f"{letters(sheet.frozen_columns + 1)}{sheet.header + 1}"
    active = "bottomRight" if sheet.frozen_columns else "bottomLeft"
    split = f'{across} ySplit="{sheet.header}" topLeftCell="{corner}"'
    return f'<pane{split} activePane="{active}" state="frozen"/>'


def _rows(rows: Iterable[SheetRow], spans: list[str]) -> Iterator[str]:
    """The rows; what is merged in them is added to `spans`."""
    names: list[str] = []
    for at, row in enumerate(rows, 1):
        while len(names) < len(row.cells):
            names.append(letters(len(names) + 1))
        height = f' ht="{row.height}" customHeight="1"' if row.height else ""
        cells = [
            f'<c r="{name}{at}" s="{_kind(value) * _LOOKS + look.at}"{_content(value)}'
            for name, (value, look) in zip(names, row.cells, strict=False)
        ]
        spans += [
            f'<mergeCell ref="{letters(first)}{at}:{letters(last)}{at}"/>'
            for first, last in row.merged
            if last > first
        ]
        yield f'<row r="{at}"{height}>{"".join(cells)}</row>'


def _kind(value: Cell) -> int:
    """Which of `_NUMBER_FORMATS` a value has."""
    return 0 if isinstance(value, str) else 2 if isinstance(value, date) else 1


def _content(value: Cell) -> str:
    if value is None or value == "":
        return "/>"
    if isinstance(value, str):
        text = escape(texts.line(value))
        return f' t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    number = (value - _DAY_0).days if isinstance(value, date) else value
    return f"><v>{number}</v></c>"


def _validations(validations: Sequence[Validation]) -> Iterator[str]:
    if not validations:
        return
    yield f'<dataValidations count="{len(validations)}">'
    for one in validations:
        letter = letters(one.column)
        yield (
            '<dataValidation type="whole" operator="between" allowBlank="1" showErrorMessage="1"'
            ' errorTitle="Điểm không hợp lệ"'
            f' error="Mời Ông/Bà ghi số nguyên từ 0 đến {one.most}, hoặc để trống."'
            f' sqref="{letter}{one.first}:{letter}{one.last}"><formula1>0</formula1>'
            f"<formula2>{one.most}</formula2></dataValidation>"
        )
    yield "</dataValidations>"
