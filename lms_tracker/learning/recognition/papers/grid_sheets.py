"""The sheet of a thôn for scores: evidence filled in, to be copied from, filled and sent back.

What comes back is read by `learning.recognition.grid_files`, by the heads "Mã dòng" and the codes of what is
scored. The hidden columns say which row a line is and how it stood when the sheet was made.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lms_tracker.learning.recognition.papers import texts, workbooks
from lms_tracker.learning.recognition.papers.blocks import Cell, Column
from lms_tracker.learning.recognition.papers.facts import RoundFacts
from lms_tracker.learning.recognition.papers.sheets import PER_MM, grown, header
from lms_tracker.learning.recognition.papers.wording import WORDS, titled
from lms_tracker.learning.recognition.papers.workbooks import Look, Sheet, SheetRow, Validation


@dataclass(frozen=True, slots=True, kw_only=True)
class GridRow:
    """A subject: its number and revision, time in seconds by category, and points by code."""

    number: int
    revision: int
    name: str
    birth: str = ""
    population: str = ""
    seconds: tuple[int, ...] = ()
    proposed: tuple[int | None, ...] = ()
    own: tuple[int | None, ...] = ()


def workbook(facts: RoundFacts, place: str, categories: Sequence[str], rows: Sequence[GridRow]) -> bytes:
    """One sheet with the scores and one with what is scored; `categories` are titles of the hours' columns.

    Only the cells for scores may be typed into: whole numbers from 0 to the greatest points.
    """
    scored = facts.criteria.scored
    columns = _columns(facts, categories)
    first = len(columns) - len(scored)
    looks = [Look(column.align, open=at >= first) for at, column in enumerate(columns)]
    widths = tuple(column.width * PER_MM + 1 for column in columns)
    lines = [header(columns)]
    for at, row in enumerate(rows, 1):
        cells = _cells(facts, row, at)
        lines.append(SheetRow(tuple(zip(cells, looks, strict=True)), grown(cells, widths)))
    validations = tuple(
        Validation(first + at, 2, len(rows) + 1, 1 if one.most is None else one.most)
        for at, one in enumerate(scored, 1)
    )
    names = texts.sheet_names([place or "Bảng điểm", "Chỉ số"])
    sheets = (
        Sheet(
            name=names[0],
            widths=widths,
            rows=lines,
            header=1,
            frozen_columns=4,
            hidden=frozenset({1, 2}),
            landscape=True,
            protected=True,
            validations=validations if rows else (),
        ),
        _legend(facts, names[1]),
    )
    return workbooks.packed(sheets, f"Bảng điểm {titled(facts)}")


def _columns(facts: RoundFacts, categories: Sequence[str]) -> tuple[Column, ...]:
    words, scored = WORDS[facts.model], facts.criteria.scored
    columns = [Column("Mã dòng", 20), Column("Lần sửa", 16), Column("STT", 12, "center")]
    columns += [Column(words.column, 56)]
    columns += [Column("Năm sinh", 22, "center")] if words.has_birth else []
    columns += [Column("Nhóm đối tượng", 34)] if facts.criteria.populations else []
    columns += [Column(f"Giờ học: {title}", 30, "center") for title in categories]
    if facts.criteria.least is not None:
        columns += [Column(f"Gợi ý {one.code}", 11, "center") for one in scored]
    columns += [Column(_head(one.code, one.most), 13, "center") for one in scored]
    return tuple(columns)


def _head(code: str, most: int | None) -> str:
    return f"{code} (0–{most})" if most is not None else f"{code} (1 đạt, 0 chưa)"


def _cells(facts: RoundFacts, row: GridRow, at: int) -> list[Cell]:
    words = WORDS[facts.model]
    cells: list[Cell] = [str(row.number), str(row.revision), at, texts.name(row.name)]
    cells += [row.birth] if words.has_birth else []
    cells += [row.population] if facts.criteria.populations else []
    cells += [texts.length(seconds) if seconds else "" for seconds in row.seconds]
    cells += row.proposed if facts.criteria.least is not None else ()
    cells += row.own
    return cells


def _legend(facts: RoundFacts, name: str) -> Sheet:
    columns = (
        Column("Mã", 16, "center"),
        Column("Chỉ số, tiêu chí", 130),
        Column("Điểm tối đa", 22, "center"),
    )
    text, number = Look(), Look("center")
    rows = [header(columns)]
    rows += [
        SheetRow(((one.code, number), (one.title, text), (one.most, number))) for one in facts.criteria.scored
    ]
    note = (
        "Gợi ý từ giờ học là minh chứng, không phải điều kiện công nhận. Ô trống là chưa chấm, không phải 0."
    )
    rows.append(SheetRow((("", Look(boxed=False)), (note, Look(boxed=False))), 34))
    return Sheet(
        name=name,
        widths=tuple(column.width * PER_MM + 1 for column in columns),
        rows=rows,
        header=1,
        protected=True,
    )
