"""A roster of a commune's people from a CSV or XLSX file: each wrong line is told, the others can go in.

`roster_texts` finds the lines, `roster_columns` what their columns are, `roster_fields` reads cells.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from lms_tracker.learning import roster_columns, roster_fields, roster_households, roster_texts
from lms_tracker.learning.course_fields import FieldFault, excerpt, is_empty
from lms_tracker.learning.course_sheets import Bounds, Cell, Line, Unreadable
from lms_tracker.learning.roster_columns import Column, Columns
from lms_tracker.learning.roster_fields import Birth
from lms_tracker.learning.roster_households import HEAD, Stated
from lms_tracker.learning.roster_lines import Roster, RosterLine, RosterProblem, RosterRefusal
from lms_tracker.learning.roster_texts import BOUNDS

__all__ = ["BOUNDS", "read_roster"]

# Where a date of birth may stand.
BIRTHS = (Column.BIRTH, Column.BIRTH_YEAR, Column.MALE, Column.FEMALE)

Cells = dict[Column, Cell]
Values = dict[Column, Any]

# What is wrong in one of these leaves out the cell and not the line.
OF_LITTLE_WEIGHT = frozenset(
    (Column.SEX, Column.HEAD, Column.CLAN, Column.PHONE, Column.EMAIL, Column.CONSENT)
)


def read_roster(body: bytes, *, today: date, needs_place: bool, bounds: Bounds = BOUNDS) -> Roster:
    """The people of a roster in the order of its lines; `today` is the local day.

    `needs_place` demands a column of the thôn, ấp, tổ dân phố or the like. Raises RosterRefusal where the
    file as a whole cannot be read or lacks a column.
    """
    try:
        lines = roster_texts.read_lines(body, bounds)
        columns = roster_columns.find(lines)
    except Unreadable as fault:
        problem = RosterProblem(
            line=fault.line, column="", rule=fault.rule, expected=fault.expected, got=fault.got[:80]
        )
        raise RosterRefusal([problem]) from fault
    _demand(columns, lines, needs_place)
    reading = _Reading(columns, today, roster_texts.counts_from_1904(body))
    for line in lines[columns.begins :]:
        reading.line(line)
    return Roster(
        lines=reading.people(),
        problems=sorted(reading.problems, key=lambda one: one.line),
        left_out=[(str(kind), heading) for kind, heading in columns.left_out],
        unknown=list(columns.unknown),
        warnings=list(reading.warnings()),
        columns=[str(column) for column in columns.places],
    )


def _demand(columns: Columns, lines: Sequence[Line], needs_place: bool) -> None:
    missing = roster_columns.missing(columns, needs_place)
    problems = [
        RosterProblem(
            line=columns.line, column=str(column), rule="column-missing",
            expected=f"a column such as {roster_columns.HEADINGS[column][0]!r}", got="none",
        )
        for column in missing
    ]  # fmt: skip
    if not missing and len(lines) <= columns.begins:
        expected = "at least one person below the headings"
        problems = [
            RosterProblem(line=columns.line, column="", rule="file-empty", expected=expected, got="none")
        ]
    if problems:
        raise RosterRefusal(problems)


class _Reading:
    """One roster being read: its people so far, and what was wrong."""

    def __init__(self, columns: Columns, today: date, from_1904: bool) -> None:
        self._columns = columns
        self._today, self._from_1904 = today, from_1904
        self._found: list[tuple[int, Values, bool]] = []
        self._births: list[Birth] = []
        self.problems: list[RosterProblem] = []

    def line(self, line: Line) -> None:
        before = len(self.problems)
        cells = {
            column: line.cells[place]
            for column, place in self._columns.places.items()
            if place < len(line.cells) and not is_empty(line.cells[place])
        }
        if not cells.keys() & {Column.NAME, Column.GIVEN_NAME, Column.BIRTH, Column.BIRTH_YEAR}:
            # The foot of the list, with its date and signatures, or a title between its parts.
            return
        values: Values = {}
        self._name(line.number, cells, values)
        self._birth(line.number, cells, values)
        for column, read in READERS.items():
            self._read(line.number, cells, values, column, read)
        is_good = not any(problem.is_grave for problem in self.problems[before:])
        self._found.append((line.number, values, is_good))

    def people(self) -> list[RosterLine]:
        stated = [_stated(values) for _, values, _ in self._found]
        households = roster_households.named(stated)
        return [
            _person(number, values, household)
            for (number, values, is_good), household in zip(self._found, households, strict=True)
            if is_good
        ]

    def warnings(self) -> Iterator[str]:
        """A spreadsheet that took some dates for its own and left others may have turned day and month."""
        cells = [one.day.day for one in self._births if one.day is not None and one.from_cell]
        texts = [one.day.day for one in self._births if one.day is not None and not one.from_cell]
        if len(cells) > 2 and texts and max(cells) <= 12 < min(texts):
            yield "dates-turned"

    def _name(self, number: int, cells: Cells, values: Values) -> None:
        parts = [cells[column] for column in (Column.FAMILY_NAME, Column.GIVEN_NAME) if column in cells]
        whole = cells.get(Column.NAME)
        if whole is None and parts:
            whole = " ".join(str(part) for part in parts)
        if whole is None:
            self._wrong(number, Column.NAME, "required", "a name on every line", "")
            return
        self._read(number, {Column.NAME: whole}, values, Column.NAME, roster_fields.name)

    def _birth(self, number: int, cells: Cells, values: Values) -> None:
        """From a date, a year, or the year in the column of one sex; they must not contradict each other."""
        births = [
            found
            for column in (Column.BIRTH, Column.BIRTH_YEAR)
            if (found := self._read(number, cells, values, column, self._when)) is not None
        ]
        for column, sex in ((Column.MALE, "male"), (Column.FEMALE, "female")):
            if column in cells:
                births += self._of_sex(number, cells, values, column, sex)
        if len({birth.year for birth in births}) > 1:
            got = ", ".join(str(birth.year) for birth in births)
            self._wrong(number, Column.BIRTH, "birth-contradicts", "one year of birth", got)
        elif births:
            values[Column.BIRTH] = max(births, key=lambda birth: birth.day is not None)
        elif not any(one.line == number and one.column in BIRTHS for one in self.problems[-4:]):
            self._wrong(number, Column.BIRTH, "required", "a year of birth on every line", "")

    def _of_sex(self, number: int, cells: Cells, values: Values, column: Column, sex: str) -> list[Birth]:
        """A tick in the column of a sex, or the year of birth."""
        if Column.SEX in values:
            self._wrong(number, Column.SEX, "sex-once", "one of nam and nữ", excerpt(cells[column]))
            return []
        values[Column.SEX] = sex
        cell = cells[column]
        try:
            if roster_fields.is_tick(cell):
                return []
        except FieldFault:
            # A date cell is no tick, and is read as what it is.
            pass
        found = self._read(number, cells, values, column, self._when)
        return [] if found is None else [found]

    def _when(self, cell: Cell) -> Birth:
        found = roster_fields.birth(cell, self._today, self._from_1904)
        self._births.append(found)
        return found

    def _read(
        self, number: int, cells: Cells, values: Values, column: Column, read: Callable[[Cell], Any]
    ) -> Any:
        if column not in cells:
            return None
        try:
            found = read(cells[column])
        except FieldFault as fault:
            self._wrong(number, column, fault.rule, fault.expected, excerpt(cells[column]))
            return None
        values[column] = found
        return found

    def _wrong(self, line: int, column: Column, rule: str, expected: str, got: str) -> None:
        grave = column not in OF_LITTLE_WEIGHT
        self.problems.append(
            RosterProblem(
                line=line, column=str(column), rule=rule, expected=expected, got=got[:80], is_grave=grave
            )
        )


READERS: dict[Column, Callable[[Cell], Any]] = {
    Column.SEX: roster_fields.sex,
    Column.PLACE: roster_fields.text,
    Column.HOUSEHOLD: roster_fields.text,
    Column.HEAD: roster_fields.name,
    Column.RELATION: roster_fields.text,
    Column.CLAN: roster_fields.text,
    Column.PHONE: roster_fields.phone,
    Column.EMAIL: roster_fields.email,
    Column.CONSENT: roster_fields.consent,
}


def _stated(values: Values) -> Stated:
    relation = values.get(Column.RELATION, "")
    head = values.get(Column.HEAD, "")
    name, birth = values.get(Column.NAME, ""), values.get(Column.BIRTH)
    if not relation and head and head == name:
        relation = HEAD
    return Stated(
        place=values.get(Column.PLACE, ""),
        number=values.get(Column.HOUSEHOLD, ""),
        head=head,
        name=name,
        birth_year=birth.year if birth is not None else None,
        relation=HEAD if roster_fields.is_head(relation) else relation,
    )


def _person(number: int, values: Values, household: str) -> RosterLine:
    birth: Birth = values[Column.BIRTH]
    return RosterLine(
        line=number,
        name=values[Column.NAME],
        birth_year=birth.year,
        birth_date=birth.day,
        sex=values.get(Column.SEX),
        place=values.get(Column.PLACE, ""),
        household=household,
        relation=_stated(values).relation,
        clan=values.get(Column.CLAN, ""),
        phone=values.get(Column.PHONE, ""),
        email=values.get(Column.EMAIL, ""),
        consent=values.get(Column.CONSENT),
    )
