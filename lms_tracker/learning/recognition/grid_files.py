"""A sheet of points as it comes back: which row each line is of, and what its cells say.

The columns are told by their heads: "Mã dòng" (or "row"), and the codes of what is scored, alone or before a
space or a full stop ("3", "3. Tự học"). Others are passed over, and lines before the head, which are titles.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms_tracker.learning.course_sheets import Bounds, Cell, Unreadable, read_lines
from lms_tracker.learning.names import folded
from lms_tracker.learning.recognition.grids import Column

HEADS = frozenset({"ma dong", "ma", "row"})
REVISION_HEADS = frozenset({"lan sua", "revision"})
# Lines before the head of the table.
MOST_BEFORE = 20
MOST_BYTES = 4 * 1024 * 1024
BOUNDS = Bounds(MOST_BYTES, 32 * 1024 * 1024, 1_000_000, 2_000)


@dataclass(frozen=True, slots=True)
class FilledLine:
    """A line of a sheet, counted as the editor does; `row` is the number that "Mã dòng" says.

    `revision` is how the row stood when the sheet was made ("Lần sửa"), None where the sheet does not say.
    """

    line: int
    row: int
    cells: Mapping[str, str]
    revision: int | None = None


class SheetRefused(ValueError):
    """A sheet that cannot be taken: (line or 0, rule) for each thing that is wrong."""

    def __init__(self, problems: Sequence[tuple[int, str]]) -> None:
        super().__init__("sheet")
        self.problems = problems


def read(body: bytes, columns: Sequence[Column]) -> list[FilledLine]:
    """The lines of a sheet, each row once. Raises SheetRefused."""
    try:
        lines = read_lines(body, BOUNDS)
    except Unreadable as error:
        raise SheetRefused([(error.line, "sheet")]) from error
    codes = {column.code.casefold(): column.code for column in columns}
    for place, line in enumerate(lines[:MOST_BEFORE]):
        heads = [_head(cell) for cell in line.cells]
        named = {at: codes[head] for at, head in enumerate(heads) if head in codes}
        said = [folded(text_of(cell)) for cell in line.cells]
        at = next((at for at, head in enumerate(said) if head in HEADS), None)
        stood = next((at for at, head in enumerate(said) if head in REVISION_HEADS), None)
        if at is not None and named:
            return _filled([(one.number, one.cells) for one in lines[place + 1 :]], at, stood, named)
    raise SheetRefused([(0, "sheet-columns")])


def _head(cell: Cell) -> str:
    """The first word of a head: the code of what is scored, if it is one."""
    words = text_of(cell).split()
    return words[0].rstrip(".").casefold() if words else ""


def text_of(cell: Cell) -> str:
    """What a cell says, as somebody would type it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _filled(
    lines: Sequence[tuple[int, Sequence[Cell]]], at: int, stood: int | None, named: Mapping[int, str]
) -> list[FilledLine]:
    found: dict[int, FilledLine] = {}
    problems: list[tuple[int, str]] = []
    for number, cells in lines:
        code = text_of(cells[at]).strip() if at < len(cells) else ""
        if not code:
            # Signatures and notes stand below the table.
            continue
        if not (code.isascii() and code.isdigit() and len(code) <= 12):
            problems.append((number, "sheet-code"))
        elif int(code) in found:
            problems.append((number, "sheet-twice"))
        else:
            filled = {named[place]: text_of(cells[place])[:40] for place in named if place < len(cells)}
            found[int(code)] = FilledLine(number, int(code), filled, _revision(cells, stood))
    if problems:
        raise SheetRefused(problems[:50])
    return list(found.values())


def _revision(cells: Sequence[Cell], stood: int | None) -> int | None:
    text = text_of(cells[stood]).strip() if stood is not None and stood < len(cells) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
