"""Papers as XLSX: a table keeps its order, its groups become a column that can be sorted and filtered."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from lms_tracker.learning.recognition.papers import texts, workbooks
from lms_tracker.learning.recognition.papers.blocks import (
    Cell,
    Column,
    Letterhead,
    Paper,
    Row,
    Rows,
    Signatures,
    Style,
    Table,
    Text,
)
from lms_tracker.learning.recognition.papers.word import MOTTO, NATION
from lms_tracker.learning.recognition.papers.workbooks import Look, Sheet, SheetRow

# A millimetre in the units of a column's width, which are those of a digit.
PER_MM = 0.53
# Tables wider than this, in millimetres, are printed across.
_PORTRAIT = 170
_BOLD = frozenset({Style.KIND, Style.SUBJECT, Style.HEADING, Style.AUTHORITY, Style.LARGE, Style.RECIPIENT})
_CAPITALS = frozenset({Style.KIND, Style.AUTHORITY, Style.LARGE, Style.NATION})
_LEFT = frozenset({Style.BODY, Style.GROUND, Style.HEADING, Style.NOTE, Style.FORM})


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of words over the width of a sheet; with `right`, over its two halves."""

    text: str
    bold: bool = False
    middle: bool = False
    right: str | None = None


def workbook(paper: Paper) -> bytes:
    """A paper as the bytes of an XLSX."""
    return b"".join(streamed(paper))


def streamed(paper: Paper) -> Iterator[bytes]:
    """The same as it is made, piece by piece.

    A paper with one table is one sheet; any other has its words on the first and each table on its own.
    """
    blocks = list(paper.blocks)
    tables = [block for block in blocks if isinstance(block, Table)]
    if len(tables) == 1:
        at = blocks.index(tables[0])
        name = texts.sheet_names([tables[0].name])[0]
        sheets = [_sheet(name, _words(blocks[:at]), tables[0], _words(blocks[at + 1 :]))]
    else:
        names = texts.sheet_names(["Văn bản", *(table.name for table in tables)])
        words = [_line(line, 2, 104) for line in _words(blocks)]
        sheets = [Sheet(name=names[0], widths=(52, 52), rows=words)]
        sheets += [_sheet(name, [], table, []) for name, table in zip(names[1:], tables, strict=True)]
    return workbooks.streamed(sheets, paper.title)


def _words(blocks: Iterable[object]) -> list[_Line]:
    found: list[_Line] = []
    for block in blocks:
        match block:
            case Letterhead():
                found += _head(block)
            case Text():
                text = f"{block.bold} {block.text}".strip()
                text = text.upper() if block.style in _CAPITALS else text
                found.append(_Line(text, block.style in _BOLD, block.style not in _LEFT))
            case Signatures():
                found += _signed(block)
    return found


def _head(block: Letterhead) -> list[_Line]:
    body = " ".join(texts.in_two_lines(block.body))
    left = [block.above.upper(), body] if block.above else [body, ""]
    left.append(f"Số: {block.number}" if block.number else "")
    right = (NATION.upper(), MOTTO, block.dated)
    return [
        *(_Line(one, at < 2, True, other) for at, (one, other) in enumerate(zip(left, right, strict=True))),
        _Line(""),
    ]


def _signed(block: Signatures) -> list[_Line]:
    """Two beside each other; a single one at the right."""
    one, two = block.signers if len(block.signers) == 2 else (None, block.signers[0])
    tops = zip(
        ["", *("" for _line in two.above), one.title.upper() if one else ""],
        [two.dated, *(line.upper() for line in two.above), two.title.upper()],
        strict=True,
    )
    found = [_Line(""), *(_Line(left, True, True, right) for left, right in tops)]
    found += [_Line("")] * 4
    found.append(_Line(one.name if one else "", True, True, two.name))
    receivers = ("Nơi nhận:", *(f"- {line}" for line in block.receivers)) if block.receivers else ()
    return [*found, *(_Line(line) for line in receivers)]


def _sheet(name: str, above: Sequence[_Line], table: Table, below: Sequence[_Line]) -> Sheet:
    table = _with_groups(table)
    columns = table.columns
    widths = tuple(column.width * PER_MM + 1 for column in columns)
    looks = [Look(column.align) for column in columns]
    bolds = [Look(column.align, bold=True) for column in columns]
    heads = [*(_line(line, len(columns), sum(widths)) for line in above), header(columns)]
    lines = (
        SheetRow(tuple(zip(row.cells, bolds if row.bold else looks, strict=True)), grown(row.cells, widths))
        for row in table.rows
    )
    ends = (_line(line, len(columns), sum(widths)) for line in below)
    wide = sum(column.width for column in columns) > _PORTRAIT
    return Sheet(
        name=name,
        widths=widths,
        rows=chain(heads, lines, ends),
        header=len(heads),
        landscape=wide,
    )


def header(columns: Sequence[Column]) -> SheetRow:
    """The heads of columns, high enough for the longest."""
    lines = max(-(-len(column.title) // max(1, int(column.width * PER_MM))) for column in columns)
    look = Look("center", bold=True)
    return SheetRow(tuple((column.title, look) for column in columns), 16 * min(12, max(2, lines + 1)))


def grown(cells: Sequence[Cell], widths: Sequence[float]) -> int | None:
    """The height of a row in which a text is longer than its column is wide; None where none is."""
    lines = 1
    for cell, width in zip(cells, widths, strict=True):
        if isinstance(cell, str) and len(cell) > width:
            lines = max(lines, -(-len(cell) // max(1, int(width))))
    return 16 * min(20, lines) if lines > 1 else None


def _with_groups(table: Table) -> Table:
    if not table.grouped_by:
        return table
    first, *others = table.columns
    columns = (first, Column(table.grouped_by, 40), *others)

    def rows() -> Iterator[Row]:
        for row in table.rows:
            yield Row((row.cells[0], row.group, *row.cells[1:]), row.group, row.bold)

    return replace(table, columns=columns, rows=Rows(len(table.rows), rows))


def _line(line: _Line, columns: int, width: float) -> SheetRow:
    """Words over all columns or over two halves of them; merged cells do not grow by themselves."""
    look = Look("center" if line.middle else "left", bold=line.bold, boxed=False)
    if line.right is None or columns < 2:
        high = _height(line.text, width)
        return SheetRow(((line.text, look),), high, ((1, columns),))
    half = columns // 2
    empty = ((None, look),) * (half - 1)
    cells = ((line.text, look), *empty, (line.right, look))
    high = max(_height(line.text, width / 2), _height(line.right, width / 2))
    return SheetRow(cells, high, ((1, half), (half + 1, columns)))


def _height(text: str, width: float) -> int:
    return 17 * min(20, max(1, -(-int(len(text) * 1.2) // max(1, int(width)))))
