"""A provider's list of its learners from a CSV or XLSX file: which agent is whose.

Columns: the agent is `email`, or `account` with `home_page`, as the provider's statements name it. The person
is `name` with `login` (what the learner signs in with here, as they told the provider), or with `birth_year`.
"""

import json
import re
from dataclasses import dataclass

from lms_tracker.learning import completion_fields, course_fields, course_sheets, file_columns
from lms_tracker.learning.course_conflicts import LineError
from lms_tracker.learning.course_fields import FieldFault, Reader, characters
from lms_tracker.learning.course_sheets import Bounds, Cell, Line

# A form that somebody waits for; two people of a line are looked for one by one.
BOUNDS = Bounds(bytes=2 * 1024 * 1024, unpacked_bytes=24 * 1024 * 1024, tags=1_000_000, lines=2_001)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")


def _year(cell: Cell) -> int:
    digits = characters(cell)
    if not _YEAR.fullmatch(digits):
        raise FieldFault("birth-year", "a year of birth such as 1960")
    return int(digits)


READERS: dict[str, Reader] = {
    "email": completion_fields.email,
    "account": completion_fields.account,
    "home_page": course_fields.activity,
    "name": course_fields.text(200),
    "login": course_fields.text(200),
    "birth_year": _year,
}


@dataclass(frozen=True, slots=True)
class AccountLine:
    """`agent` is an Agent as JSON; at least one of `login` and `birth_year` is there."""

    number: int
    agent: str
    called: str
    name: str
    login: str | None
    birth_year: int | None


class AccountFileRefusal(Exception):
    """`errors` in the order of lines; never empty."""

    def __init__(self, errors: list[LineError]) -> None:
        super().__init__(f"{len(errors)} errors")
        self.errors = errors


def read_accounts(body: bytes) -> list[AccountLine]:
    """The lines of a file, in its order. Raises AccountFileRefusal, which tells every wrong line."""
    try:
        header, *lines = course_sheets.read_lines(body, BOUNDS)
        course_sheets.refuse_formulas_without_values(body)
    except course_sheets.Unreadable as fault:
        raise AccountFileRefusal(
            [LineError(fault.line, "", fault.rule, fault.expected, fault.got)]
        ) from fault
    columns, errors = file_columns.named(header, READERS, ("name",))
    if not errors and not lines:
        errors.append(LineError(header.number, "", "file-empty", "at least one learner", "a header alone"))
    if errors:
        raise AccountFileRefusal(errors)
    found: list[AccountLine] = []
    seen: dict[str, int] = {}
    for line in lines:
        made, wrong = _read(columns, line)
        if made is not None:
            first = seen.setdefault(made.agent, line.number)
            if first != line.number:
                wrong.append(
                    LineError(line.number, "", "account-once", "each account once", made.called, first)
                )
            found.append(made)
        errors += wrong
    if errors:
        raise AccountFileRefusal(errors)
    return found


def _read(columns: list[str], line: Line) -> tuple[AccountLine | None, list[LineError]]:
    cells, errors = file_columns.cells(columns, line)
    values: dict[str, object] = {}
    for column, cell in cells.items():
        try:
            values[column] = READERS[column](cell)
        except FieldFault as fault:
            got = course_fields.excerpt(cell)
            errors.append(LineError(line.number, column, fault.rule, fault.expected, got))
    if errors:
        return None, errors
    account = "account" in values and "home_page" in values
    for column, rule, is_right, expected in (
        ("name", "required", "name" in values, "a value on every line"),
        ("login", "login-or-year", "login" in values or "birth_year" in values, "a login or a year of birth"),
        ("email", "email-or-account", ("email" in values) != account, "an e-mail address, or an account"),
    ):
        if not is_right:
            errors.append(LineError(line.number, column, rule, expected, ""))
    if errors:
        return None, errors
    return _line(line.number, values), []


def _line(number: int, values: dict[str, object]) -> AccountLine:
    if "email" in values:
        agent: dict[str, object] = {"mbox": f"mailto:{values['email']}"}
    else:
        agent = {"account": {"homePage": values["home_page"], "name": values["account"]}}
    login, year = values.get("login"), values.get("birth_year")
    return AccountLine(
        number=number,
        agent=json.dumps(agent),
        called=str(values.get("email") or values["account"]),
        name=str(values["name"]),
        login=None if login is None else str(login),
        birth_year=year if isinstance(year, int) else None,
    )
