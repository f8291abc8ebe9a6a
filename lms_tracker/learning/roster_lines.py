"""What was read of a roster, in the form in which a preview is kept.

As JSON each of these is an array, so that a commune's preview stays small.
"""

from datetime import date

import msgspec


class RosterLine(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """A person as a line states them; what is empty or None it does not state.

    `line` is as an editor counts. `place` is the text of the roster, "" where it has no such column.
    `household` is its name, the same for all of one household in one place. `relation` is "head" for the
    head, else the roster's words. `consent` None: nobody asked.
    """

    line: int
    name: str
    birth_year: int
    birth_date: date | None
    sex: str | None
    place: str
    household: str
    relation: str
    clan: str
    phone: str
    email: str
    consent: bool | None


class RosterProblem(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """One thing wrong in a line. `column` is a name of `roster_columns.Column`, "" for the whole line.

    `rule` is a stable name, `got` at most 80 characters of what came. Where `is_grave` the line is left out,
    else only its cell.
    """

    line: int
    column: str
    rule: str
    expected: str
    got: str
    is_grave: bool = True
    other_line: int | None = None


class Roster(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """A roster that could be read: its people, what was wrong with lines, and the columns that were not read.

    `left_out` are (kind, heading) of columns that must not be read; `unknown` headings that nobody knows.
    `warnings` are rules that speak of the whole file.
    """

    lines: list[RosterLine]
    problems: list[RosterProblem]
    left_out: list[tuple[str, str]]
    unknown: list[str]
    warnings: list[str]
    columns: list[str]


class RosterRefusal(Exception):
    """The file as a whole cannot be read; `problems` says why, never empty, mostly about line 0."""

    def __init__(self, problems: list[RosterProblem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems
