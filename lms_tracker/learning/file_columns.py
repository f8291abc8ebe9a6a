"""Which column of a file is which, and the cells of a line by column."""

from collections.abc import Collection, Iterable

from lms_tracker.learning import course_fields
from lms_tracker.learning.course_conflicts import LineError
from lms_tracker.learning.course_sheets import Cell, Line


def named(header: Line, known: Collection[str], required: Iterable[str]) -> tuple[list[str], list[LineError]]:
    """The columns in their order, in lower case, and what is wrong with them."""
    columns = [str(cell or "").strip().lower() for cell in header.cells]
    while columns and not columns[-1]:
        columns.pop()
    errors = []
    for place, column in enumerate(columns):
        if column not in known:
            expected = f"one of the columns {', '.join(known)}"
            errors.append(LineError(header.number, column, "column-known", expected, column))
        elif column in columns[:place]:
            errors.append(LineError(header.number, column, "column-once", "each column once", column))
    for column in required:
        if column not in columns:
            errors.append(LineError(header.number, column, "column-missing", f'a column "{column}"', "none"))
    return columns, errors


def cells(columns: list[str], line: Line) -> tuple[dict[str, Cell], list[LineError]]:
    """The cells of a line that are not empty, by column, and what stands beyond the last column."""
    errors = [
        LineError(
            line.number, "", "cell-beyond-header", f"nothing in column {place}", course_fields.excerpt(cell)
        )
        for place, cell in enumerate(line.cells[len(columns) :], len(columns) + 1)
        if not course_fields.is_empty(cell)
    ]
    found = {
        column: cell
        for column, cell in zip(columns, line.cells, strict=False)
        if not course_fields.is_empty(cell)
    }
    return found, errors
