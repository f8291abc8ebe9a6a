"""What each column of a course file may hold.

A reader takes a cell and answers a value, or raises FieldFault. An empty cell never reaches a reader. CSV
gives text alone; XLSX gives numbers, truth values and dates too, and a spreadsheet likes to turn codes into
them: "1.2" into a date, "007" into 7.
"""

import re
import unicodedata
from collections.abc import Callable, Collection
from datetime import date, datetime, time
from decimal import Decimal

from openpyxl.cell.cell import ERROR_CODES

from lms_tracker.learning.catalogue import CAPPED, CONTEXT, EXACT, MEASURED, NOMINAL, PREFIX
from lms_tracker.learning.course_sheets import Cell
from lms_tracker.learning.readings import Reading
from xapi.iris import is_iri

Reader = Callable[[Cell], object]

LONGEST_TEXT = 300
LONGEST_IRI = 2_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_DECIMAL = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,17})?")
_WHOLE = re.compile(r"[0-9]{1,9}")
_ISO_DATE = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_LOCAL_DATE = re.compile(r"(?P<day>[0-9]{1,2})/(?P<month>[0-9]{1,2})/(?P<year>[0-9]{4})")


class FieldFault(Exception):
    """`rule` is a stable name, `expected` an English phrase."""

    def __init__(self, rule: str, expected: str) -> None:
        super().__init__(expected)
        self.rule, self.expected = rule, expected


def is_empty(cell: Cell) -> bool:
    return cell is None or cell == ""


def text(longest: int = LONGEST_TEXT) -> Reader:
    """Text in NFC on one line; whole numbers are taken as their digits."""

    def read(cell: Cell) -> str:
        words = unicodedata.normalize("NFC", characters(cell))
        if len(words) > longest:
            raise FieldFault("length", f"at most {longest} characters")
        if _CONTROL.search(words):
            raise FieldFault("characters", "one line without control characters")
        return words

    return read


def choice(options: Collection[str]) -> Reader:
    def read(cell: Cell) -> str:
        word = characters(cell).lower()
        if word not in options:
            raise FieldFault("one-of", "one of " + ", ".join(options))
        return word

    return read


def number_of(known: Collection[int]) -> Reader:
    """The number of a provider."""

    def read(cell: Cell) -> int:
        digits = characters(cell)
        if not _WHOLE.fullmatch(digits) or int(digits) not in known:
            raise FieldFault("provider-known", "the number of a registered provider")
        return int(digits)

    return read


def activity(cell: Cell) -> str:
    """An absolute IRI, character for character as statements name it."""
    if not isinstance(cell, str) or len(cell) > LONGEST_IRI or not is_iri(cell):
        raise FieldFault("iri-absolute", f"an absolute IRI with a scheme, at most {LONGEST_IRI} characters")
    return cell


def hours(cell: Cell) -> Decimal:
    """A positive decimal, with a comma or a point."""
    digits = characters(cell)
    value = Decimal(digits.replace(",", ".")) if _DECIMAL.fullmatch(digits) else Decimal(0)
    if value <= 0:
        raise FieldFault("hours-positive", 'a positive number of hours such as "20" or "2,5"')
    return value


def hour_minutes(cell: Cell) -> int:
    digits = characters(cell)
    if not _WHOLE.fullmatch(digits) or not 1 <= int(digits) <= 60:
        raise FieldFault("hour-minutes", "a whole number of minutes from 1 to 60")
    return int(digits)


def day(cell: Cell) -> date:
    """A date cell, "2026-10-01" or "1/10/2026" (day first)."""
    if isinstance(cell, datetime):
        if cell.time() == time():
            return cell.date()
    elif isinstance(cell, date):
        return cell
    elif isinstance(cell, str):
        found = _ISO_DATE.fullmatch(cell) or _LOCAL_DATE.fullmatch(cell)
        try:
            if found:
                return date(int(found["year"]), int(found["month"]), int(found["day"]))
        except ValueError:
            pass
    raise FieldFault("date", "a date as 2026-10-01 or 01/10/2026")


def readers(providers: Collection[int], categories: Collection[str]) -> dict[str, Reader]:
    """A reader for each column, in the order in which columns are documented."""
    return {
        "provider": number_of(providers),
        "course": text(200),
        "title": text(),
        "activity": activity,
        "match": choice((EXACT, PREFIX, CONTEXT)),
        "category": choice(categories),
        "domain": text(100),
        "level": text(100),
        "basis": choice((MEASURED, NOMINAL, CAPPED)),
        "hours": hours,
        "hour_minutes": hour_minutes,
        "valid_from": day,
        "valid_to": day,
        "reading": choice([reading.value for reading in Reading]),
    }


def excerpt(cell: Cell) -> str:
    """At most 80 characters of what came."""
    words = "" if cell is None else str(cell)
    return words if len(words) <= 80 else words[:79] + "…"


def characters(cell: Cell) -> str:
    """What stands in a cell as text; raises FieldFault for what is neither text nor a number."""
    if isinstance(cell, bool):
        raise FieldFault("type-text", "text or a number, not a truth value")
    if isinstance(cell, float):
        # A spreadsheet keeps every number as a float: 3.0 is meant as 3.
        return str(int(cell)) if cell.is_integer() else format(Decimal(repr(cell)), "f")
    if isinstance(cell, int):
        return str(cell)
    if not isinstance(cell, str):
        raise FieldFault("type-text", "text or a number, not a date (format the cell as text)")
    if cell in ERROR_CODES:
        raise FieldFault("formula-error", "a value, not a formula's error")
    return cell
