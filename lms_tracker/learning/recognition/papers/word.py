"""Papers as DOCX (ECMA-376 part 1, WordprocessingML), written piece by piece.

A library that keeps the tree of a document needs half a gigabyte for a decision of 20,000 names; these pieces
are packed as they come.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from xml.sax.saxutils import escape

from lms_tracker.learning.recognition.papers import texts, word_parts
from lms_tracker.learning.recognition.papers.blocks import (
    Align,
    Block,
    Cell,
    Column,
    Letterhead,
    NewPage,
    NewPart,
    Paper,
    Rule,
    Signatures,
    Signer,
    Table,
    Text,
)
from lms_tracker.learning.recognition.papers.packages import package

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

# In twentieths of a point: a millimetre, A4, and margins within those of Nghị định 30/2020/NĐ-CP.
MM = 56.693
SHORT_SIDE, LONG_SIDE = 11906, 16838
TOP = BOTTOM = 1134
LEFT, RIGHT = 1701, 964
_CELL_STYLES: dict[Align, str] = {"left": "Cell", "center": "CellMiddle", "right": "CellRight"}
NATION = "Cộng hòa xã hội chủ nghĩa Việt Nam"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
# Millimetres of the rule under the motto, at its size.
MOTTO_LENGTH = 56


def document(paper: Paper) -> bytes:
    """A paper as the bytes of a DOCX."""
    return b"".join(streamed(paper))


def streamed(paper: Paper) -> Iterator[bytes]:
    """The same as it is made, piece by piece."""
    return package(
        (
            ("[Content_Types].xml", (word_parts.CONTENT_TYPES,)),
            ("_rels/.rels", (word_parts.RELATIONSHIPS,)),
            ("word/document.xml", _text(paper)),
            ("word/_rels/document.xml.rels", (word_parts.RELATIONSHIPS_OF_TEXT,)),
            ("word/styles.xml", (word_parts.styles(),)),
            ("word/settings.xml", (word_parts.SETTINGS,)),
            ("word/header1.xml", (word_parts.HEADER_WITH_NUMBER,)),
            ("word/header2.xml", (word_parts.HEADER_WITHOUT,)),
            ("docProps/core.xml", (word_parts.properties(texts.line(paper.title)),)),
        )
    )


def _text(paper: Paper) -> Iterator[str]:
    yield f"{word_parts.DECLARATION}<w:document {word_parts.NAMESPACES}><w:body>"
    landscape, ended_in_table = paper.landscape, False
    for block in paper.blocks:
        if isinstance(block, NewPart):
            yield f'<w:p><w:pPr><w:pStyle w:val="Line"/>{_section(landscape, paper.framed)}</w:pPr></w:p>'
            landscape = block.landscape
        else:
            yield from _block(block, _width(landscape))
        ended_in_table = isinstance(block, Table | Letterhead | Signatures)
    # A table is never the last of a body.
    yield '<w:p><w:pPr><w:pStyle w:val="Line"/></w:pPr></w:p>' if ended_in_table else ""
    yield f"{_section(landscape, paper.framed)}</w:body></w:document>"


def _width(landscape: bool) -> int:
    return (LONG_SIDE if landscape else SHORT_SIDE) - LEFT - RIGHT


def _section(landscape: bool, framed: bool) -> str:
    wide, high = (LONG_SIDE, SHORT_SIDE) if landscape else (SHORT_SIDE, LONG_SIDE)
    side = 'w:val="double" w:sz="12" w:space="18" w:color="7F1D1D"'
    border = "".join(f"<w:{name} {side}/>" for name in ("top", "left", "bottom", "right"))
    left, right = (1417, 1417) if framed else (LEFT, RIGHT)
    header = word_parts.EMPTY_HEADER if framed else word_parts.NUMBERED_HEADER
    return "".join(
        (
            f'<w:sectPr><w:headerReference w:type="default" r:id="{header}"/>',
            f'<w:headerReference w:type="first" r:id="{word_parts.EMPTY_HEADER}"/>',
            f'<w:type w:val="nextPage"/><w:pgSz w:w="{wide}" w:h="{high}"',
            ' w:orient="landscape"/>' if landscape else "/>",
            f'<w:pgMar w:top="{TOP}" w:right="{right}" w:bottom="{BOTTOM}" w:left="{left}"',
            ' w:header="510" w:footer="510" w:gutter="0"/>',
            f'<w:pgBorders w:offsetFrom="page">{border}</w:pgBorders>' if framed else "",
            '<w:pgNumType w:start="1"/><w:titlePg/></w:sectPr>',
        )
    )


def _block(block: Block, width: int) -> Iterator[str]:
    match block:
        case Text():
            yield _paragraph(block.text, block.style, block.bold)
        case Rule():
            yield _rule(block.length, width)
        case Letterhead():
            yield _letterhead(block, width)
        case Table():
            yield from _table(block, width)
        case Signatures():
            yield _signatures(block, width)
        case NewPage():
            yield '<w:p><w:pPr><w:pStyle w:val="Line"/><w:pageBreakBefore/></w:pPr></w:p>'


def _run(text: str, bold: bool = False) -> str:
    marks = "<w:rPr><w:b/><w:bCs/></w:rPr>" if bold else ""
    return f'<w:r>{marks}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""


def _paragraph(text: str, style: str, bold: str = "", keep: bool = False) -> str:
    begins = _run(texts.line(bold) + " ", True) if bold else ""
    kept = "<w:keepNext/>" if keep else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{kept}</w:pPr>{begins}{_run(texts.line(text))}</w:p>'


def _rule(length: int, width: int) -> str:
    """A border under an empty line that is drawn in from both sides."""
    aside = max(0, (width - round(length * MM)) // 2)
    return (
        '<w:p><w:pPr><w:pStyle w:val="Line"/><w:pBdr><w:bottom w:val="single" w:sz="6" w:space="1"'
        f' w:color="000000"/></w:pBdr><w:ind w:left="{aside}" w:right="{aside}"/></w:pPr></w:p>'
    )


def _plain_table(columns: Iterable[int], cells: Iterable[str]) -> str:
    """A row of cells without borders, for things that stand side by side."""
    widths = list(columns)
    row = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{cell}</w:tc>'
        for width, cell in zip(widths, cells, strict=True)
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid><w:tr><w:trPr><w:cantSplit/></w:trPr>{row}</w:tr></w:tbl>"
    )


def _letterhead(head: Letterhead, width: int) -> str:
    left = round(width * 0.42)
    right = width - left
    body = [
        *((_paragraph(head.above, "Above"),) if head.above else ()),
        *(_paragraph(part, "IssuingBody") for part in texts.in_two_lines(head.body)),
        _rule(24, left),
        *((_paragraph(f"Số: {head.number}", "Number"),) if head.number else ()),
    ]
    nation = [
        _paragraph(NATION, "Nation"),
        _paragraph(MOTTO, "Motto"),
        _rule(MOTTO_LENGTH, right),
        *((_paragraph(head.dated, "Dated"),) if head.dated else ()),
    ]
    return _plain_table((left, right), ("".join(body), "".join(nation)))


def _signatures(block: Signatures, width: int) -> str:
    signers = [_signer(one) for one in block.signers]
    if not block.receivers:
        each = width // max(1, len(signers))
        return _space() + _plain_table([each] * len(signers), signers)
    receivers = [_paragraph("Nơi nhận:", "ReceiversHead")]
    receivers += [
        _paragraph(f"- {one}{'.' if one is block.receivers[-1] else ';'}", "Receivers")
        for one in block.receivers
    ]
    left = round(width * 0.45)
    return _space() + _plain_table((left, width - left), ("".join(receivers), "".join(signers[:1])))


def _space() -> str:
    return '<w:p><w:pPr><w:pStyle w:val="Cell"/><w:keepNext/></w:pPr></w:p>'


def _signer(one: Signer) -> str:
    """With room for a signature and a seal between the title and the name."""
    return "".join(
        (
            _paragraph(one.dated, "Dated", keep=True) if one.dated else "",
            *(_paragraph(line, "Signs", keep=True) for line in one.above),
            _paragraph(one.title, "Signs", keep=True) if one.title else "",
            _paragraph(one.hint, "SignHint", keep=True) if one.hint else "",
            *([_paragraph("", "SignedBy", keep=True)] * 4),
            _paragraph(one.name, "SignedBy"),
        )
    )


def _table(table: Table, width: int) -> Iterator[str]:
    widths = _widths(table.columns, width)
    grid = "".join(f'<w:gridCol w:w="{each}"/>' for each in widths)
    side = 'w:val="single" w:sz="4" w:space="0" w:color="000000"'
    names = ("top", "left", "bottom", "right", "insideH", "insideV")
    yield (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f"<w:tblBorders>{''.join(f'<w:{name} {side}/>' for name in names)}</w:tblBorders>"
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="57" w:type="dxa"/>'
        f'<w:right w:w="57" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
    )
    yield "<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"
    for column, each in zip(table.columns, widths, strict=True):
        yield (
            f'<w:tc><w:tcPr><w:tcW w:w="{each}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
            f"{_paragraph(column.title, 'CellHead', keep=True)}</w:tc>"
        )
    yield "</w:tr>"
    yield from _rows(table, widths)
    yield "</w:tbl>"


def _widths(columns: tuple[Column, ...], width: int) -> list[int]:
    """The widths of columns so that together they fill the page."""
    whole = sum(column.width for column in columns)
    found = [int(column.width / whole * width) for column in columns]
    found[-1] += width - sum(found)
    return found


def _rows(table: Table, widths: list[int]) -> Iterator[str]:
    before = [
        f'<w:tc><w:tcPr><w:tcW w:w="{each}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr>'
        f'<w:pStyle w:val="{_CELL_STYLES[column.align]}"/></w:pPr>'
        for column, each in zip(table.columns, widths, strict=True)
    ]
    group = ""
    for row in table.rows:
        if row.group != group:
            group = row.group
            yield _group(group, len(widths), sum(widths)) if group else ""
        cells = (
            f"{head}{_run(_cell(cell), row.bold)}</w:p></w:tc>"
            for head, cell in zip(before, row.cells, strict=True)
        )
        yield f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>"


def _group(text: str, columns: int, width: int) -> str:
    """A heading over all columns, which stays with the row that follows."""
    return (
        f'<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>'
        f'<w:gridSpan w:val="{columns}"/></w:tcPr>{_paragraph(text, "CellGroup", keep=True)}</w:tc></w:tr>'
    )


def _cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return texts.line(cell)
    return texts.day(cell) if isinstance(cell, date) else texts.count(cell)
