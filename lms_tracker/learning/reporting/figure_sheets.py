"""Files of reported figures, CSV or XLSX, read line by line; headings in Vietnamese or English."""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

import msgspec

from lms_tracker.learning import course_fields, names
from lms_tracker.learning.course_fields import FieldFault
from lms_tracker.learning.course_sheets import (
    Bounds,
    Cell,
    Line,
    Unreadable,
    read_lines,
    refuse_formulas_without_values,
)
from lms_tracker.learning.reporting import numbers
from lms_tracker.learning.reporting.indicators import Indicator, Register
from lms_tracker.learning.reporting.numbers import Bound, Kind, NotANumber, Number

BOUNDS = Bounds(bytes=4 * 1024 * 1024, unpacked_bytes=48 * 1024 * 1024, tags=1_000_000, lines=10_001)
FIRST_YEAR, LAST_YEAR = 1990, 2100
PERIODS = ("year", "first-half", "nine-months")
# Beside its name in English, how the heading of a column may be written, folded.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "place": ("noi", "dia ban", "don vi", "ma don vi", "xa", "ten xa"),
    "year": ("nam",),
    "period": ("ky", "ky bao cao"),
    "indicator": ("chi tieu", "ma chi tieu", "noi dung"),
    "value": ("so lieu", "so luong", "ket qua", "tu so"),
    "denominator": ("mau so", "tong so"),
    "denominator_counts": ("mau so dem", "mau so la"),
    "denominator_on": ("ngay cua mau so",),
    "published_ratio": ("ty le", "ty le cong bo", "ti le"),
    "published_change": ("tang giam", "so voi nam truoc", "tang giam cong bo"),
    "change_unit": ("don vi tang giam",),
    "source": ("nguon", "van ban"),
    "note": ("ghi chu",),
}
REQUIRED = ("year", "indicator", "value")
_PERIOD_WORDS = {
    **{period: period for period in PERIODS},
    "nam": "year",
    "ca nam": "year",
    "6 thang": "first-half",
    "9 thang": "nine-months",
}
_CHANGE_WORDS = {
    "percent": "percent",
    "%": "percent",
    "points": "points",
    "diem": "points",
    "diem phan tram": "points",
    "diem %": "points",
}


class FigureLine(msgspec.Struct, kw_only=True):
    """A line as it was read; numbers are exact decimals as text, empty where the cell was."""

    line: int
    place: str = ""
    year: int
    period: str = "year"
    indicator: str
    value: str
    bound: str = "exact"
    denominator: str = ""
    denominator_counts: str = ""
    denominator_on: date | None = None
    published_ratio: str = ""
    published_change: str = ""
    change_unit: str = ""
    source: str = ""
    note: str = ""


class FigureProblem(msgspec.Struct, kw_only=True):
    """What is wrong in a cell: `expected` is an English phrase, `readings` those of an ambiguous number."""

    line: int
    column: str
    rule: str
    expected: str
    got: str
    readings: list[str] = []


class FiguresRefused(Exception):
    """Nothing of the file is taken, because of these."""

    def __init__(self, problems: list[FigureProblem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


def read(data: bytes, register: Register) -> list[FigureLine]:
    """The lines of a file. Raises FiguresRefused with everything that is wrong with it."""
    try:
        header, *rest = read_lines(data, BOUNDS)
        refuse_formulas_without_values(data)
    except Unreadable as error:
        problem = FigureProblem(
            line=error.line, column="", rule=error.rule, expected=error.expected, got=error.got[:80]
        )
        raise FiguresRefused([problem]) from None
    columns, problems = _columns(header)
    if problems:
        raise FiguresRefused(problems)
    titles = {names.folded(one.title.vi): one.code for one in register.indicators.values()}
    titles |= {names.folded(one.title.en): one.code for one in register.indicators.values()}
    lines = []
    for line in rest:
        reader = _LineReader(line, dict(zip(columns, line.cells, strict=False)), register, titles)
        found = reader.line()
        problems += reader.problems
        if found is not None:
            lines.append(found)
    if not rest:
        problems.append(_wrong(1, "", "file-empty", "a heading and at least one line", "no line"))
    problems += _twice(lines)
    if problems:
        raise FiguresRefused(problems)
    return lines


def _wrong(line: int, column: str, rule: str, expected: str, got: object) -> FigureProblem:
    return FigureProblem(line=line, column=column, rule=rule, expected=expected, got=str(got)[:80])


def _columns(header: Line) -> tuple[list[str], list[FigureProblem]]:
    known = {word: column for column, words in COLUMNS.items() for word in (column, *words)}
    columns, problems = [], []
    for cell in header.cells:
        said = str(cell or "").strip()
        column = known.get(said.lower()) or known.get(names.folded(said[:100]), "")
        if said and not column:
            expected = f"one of the columns {', '.join(COLUMNS)}"
            problems.append(_wrong(header.number, said[:40], "column-known", expected, said))
        if column and column in columns:
            problems.append(_wrong(header.number, column, "column-once", "each column once", said))
        columns.append(column)
    problems += [
        _wrong(header.number, column, "column-missing", f'a column "{column}"', "none")
        for column in REQUIRED
        if column not in columns
    ]
    return columns, problems


def _twice(lines: Collection[FigureLine]) -> list[FigureProblem]:
    seen: dict[tuple[str, int, str, str], int] = {}
    problems = []
    for one in lines:
        first = seen.setdefault((names.spelled(one.place), one.year, one.period, one.indicator), one.line)
        if first != one.line:
            expected = f"each indicator once for a place and a year (see line {first})"
            problems.append(_wrong(one.line, "indicator", "figure-once", expected, one.indicator))
    return problems


class _LineReader:
    """Reads one line and notes everything that is wrong with it."""

    def __init__(
        self, line: Line, cells: Mapping[str, Cell], register: Register, titles: Mapping[str, str]
    ) -> None:
        self._line, self._cells, self._register, self._titles = line, cells, register, titles
        self.problems: list[FigureProblem] = []

    def line(self) -> FigureLine | None:
        indicator = self._indicator()
        year, period = self._year(), self._word("period", _PERIOD_WORDS) or "year"
        kind = Kind.COUNT if indicator is None else indicator.number_kind
        value = self._number("value", kind, indicator, needed=True)
        denominator = self._number("denominator", kind, indicator)
        ratio = self._number("published_ratio", Kind.RATIO)
        change = self._number("published_change", Kind.CHANGE)
        unit = self._word("change_unit", _CHANGE_WORDS)
        if change is not None and change.unit == "points":
            unit = "points"
        found = {name: self._text(name) for name in ("place", "denominator_counts", "source", "note")}
        counted_on = self._day("denominator_on")
        if self.problems or indicator is None or year is None or value is None:
            return None
        return FigureLine(
            line=self._line.number,
            year=year,
            period=period,
            indicator=indicator.code,
            value=str(value.value),
            bound=value.bound,
            denominator=_said(denominator),
            denominator_on=counted_on,
            published_ratio=self._printed("published_ratio", ratio),
            published_change=self._printed("published_change", change),
            change_unit=unit,
            **found,
        )

    def _note(self, column: str, rule: str, expected: str, got: object) -> None:
        self.problems.append(_wrong(self._line.number, column, rule, expected, got))

    def _cell(self, column: str) -> Cell:
        cell = self._cells.get(column)
        return None if course_fields.is_empty(cell) else cell

    def _text(self, column: str) -> str:
        cell = self._cell(column)
        if cell is None:
            return ""
        try:
            return str(course_fields.text(500)(cell))
        except FieldFault as fault:
            self._note(column, fault.rule, fault.expected, course_fields.excerpt(cell))
            return ""

    def _word(self, column: str, words: Mapping[str, str]) -> str:
        text = self._text(column)
        found = words.get(text.lower()) or words.get(names.folded(text))
        if text and not found:
            self._note(column, "one-of", f"one of {', '.join(sorted(set(words.values())))}", text)
        return found or ""

    def _indicator(self) -> Indicator | None:
        text = self._text("indicator")
        found = self._register.indicators.get(text.lower()) or self._register.indicators.get(
            self._titles.get(names.folded(text), "")
        )
        if found is None:
            self._note("indicator", "indicator-known", "a code or a title of the register", text or "nothing")
        return found

    def _year(self) -> int | None:
        text = self._text("year")
        if text.isascii() and text.isdigit() and len(text) == 4 and FIRST_YEAR <= int(text) <= LAST_YEAR:
            return int(text)
        self._note("year", "year", f"a year from {FIRST_YEAR} to {LAST_YEAR}", text or "nothing")
        return None

    def _day(self, column: str) -> date | None:
        cell = self._cell(column)
        if cell is None:
            return None
        try:
            return course_fields.day(cell)
        except FieldFault as fault:
            self._note(column, fault.rule, fault.expected, course_fields.excerpt(cell))
            return None

    def _number(
        self, column: str, kind: Kind, indicator: Indicator | None = None, *, needed: bool = False
    ) -> Number | None:
        cell = self._cell(column)
        if cell is None:
            if needed:
                self._note(column, "value-needed", "a number", "nothing")
            return None
        try:
            if isinstance(cell, int | float) and not isinstance(cell, bool):
                found = numbers.of_cell(cell, kind)
            else:
                found = numbers.read(course_fields.characters(cell), kind)
            if indicator is not None:
                demand_unit(found, indicator)
            if column == "denominator" and (found.bound is not Bound.EXACT or not found.value):
                raise NotANumber("denominator-exact", "an exact number above 0")
            if column == "value" and found.bound is Bound.AT_MOST:
                raise NotANumber("value-bound", 'a number, or a bound from below as in "trên 120"')
        except NotANumber as error:
            problem = _wrong(
                self._line.number, column, error.rule, error.expected, course_fields.excerpt(cell)
            )
            problem.readings = [str(reading) for reading in error.readings]
            self.problems.append(problem)
            return None
        except FieldFault as fault:
            self._note(column, fault.rule, fault.expected, course_fields.excerpt(cell))
            return None
        return found

    def _printed(self, column: str, found: Number | None) -> str:
        """With the decimals that were printed: "36,0" says more than "36"."""
        if found is None:
            return ""
        cell = self._cell(column)
        return printed(cell, found.value) if isinstance(cell, str) else str(found.value)


def _said(number: Number | None) -> str:
    return "" if number is None else str(number.value)


def printed(text: str, value: Decimal) -> str:
    """A number with as many decimals as the text that it was read from."""
    digits = text.rstrip().rstrip("%").rstrip()
    tail = 0
    for place, sign in enumerate(reversed(digits)):
        if sign in ".,":
            tail = place
            break
        if not sign.isdecimal():
            break
    return format(value, f".{tail}f") if tail and value == round(value, tail) else format(value, "f")


def demand_unit(number: Number, indicator: Indicator) -> None:
    """Raises NotANumber where another unit was written behind the digits: attendances are no people (I15)."""
    if number.unit not in ("", "%", "points", indicator.unit):
        raise NotANumber("unit-other", f"a number of {indicator.unit}, not of {number.unit}")
