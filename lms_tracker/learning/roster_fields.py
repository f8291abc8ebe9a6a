"""What each column of a roster may hold. A reader takes a cell that is not empty, or raises FieldFault."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time

from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from lms_tracker.learning import completion_fields, course_fields
from lms_tracker.learning.course_fields import FieldFault
from lms_tracker.learning.course_sheets import Cell
from lms_tracker.learning.names import APOSTROPHES, folded

LONGEST_NAME = 100
LONGEST_TEXT = 200
# Nobody was born longer ago.
MOST_YEARS = 130
# A spreadsheet's number of a day; smaller ones are no day on which somebody living was born.
FEWEST_DAYS = 2_500

_DAY_MONTH_YEAR = re.compile(r"([0-9]{1,2})\s*[/.\-]\s*([0-9]{1,2})\s*[/.\-]\s*([0-9]{4})")
_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_IN_WORDS = re.compile(r"(?:ngay\s+)?([0-9]{1,2})\s+thang\s+([0-9]{1,2})\s+nam\s+([0-9]{4})")
_MONTH_YEAR = re.compile(r"(?:thang\s+)?([0-9]{1,2})\s*(?:[/.\-]|nam)\s*([0-9]{4})")
_YEAR = re.compile(r"(?:(?:sinh\s+)?nam\s+|sn\s*)?([0-9]{4})")
_SHORT_YEAR = re.compile(
    r"[0-9]{1,2}\s*[/.\-]\s*[0-9]{1,2}\s*[/.\-]\s*[0-9]{2}|[0-9]{1,2}\s*[/.\-]\s*[0-9]{2}"
)
_SERIAL = re.compile(r"[0-9]{4,6}(?:\.0+)?")
_NAME = re.compile(r"[^\W\d_]+(?:[.'\- ]+[^\W\d_]+)*\.?(?: \([\w .,'/\-]{1,40}\))?")
# The first letter of a word; what follows an apostrophe or a dash is one too (H'Nhung, Y-Wang).
_WORD = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"[0-9]{9,11}")
_MOBILE = "35789"
_BETWEEN = re.compile(r"[\s.\-()]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

MEN = frozenset(("nam", "male", "m", "trai", "n a m", "ong"))
WOMEN = frozenset(("nu", "female", "f", "gai", "ba"))
TICKS = frozenset(("x", "v", "1", "✓", "✔", "☑", "true", "co", "yes", "y"))
AGREED = TICKS | frozenset(("dong y", "da dong y", "agreed", "agree", "agrees", "chap thuan", "roi"))
REFUSED = frozenset(
    ("khong", "khong dong y", "chua dong y", "no", "n", "0", "false", "refused", "tu choi", "rut dong y")
)
HEADS = frozenset(
    ("chu ho", "ch", "chu nha", "head", "head of household", "household head", "ban than chu ho")
)


@dataclass(frozen=True, slots=True)
class Birth:
    """`day` is None where no day, or not all of it, is known; `from_cell` where a spreadsheet held a date."""

    year: int
    day: date | None = None
    from_cell: bool = False


def birth(cell: Cell, today: date, from_1904: bool = False) -> Birth:
    """When somebody was born: a date (day before month), a month, a year, or a spreadsheet's number of a day.

    `from_1904` says from when a number counts. Raises FieldFault.
    """
    found = _birth(cell, today, from_1904)
    if (found.day is not None and found.day > today) or found.year > today.year:
        raise FieldFault("birth-future", "a date of birth that has come")
    if found.year < today.year - MOST_YEARS:
        raise FieldFault("birth-old", f"a date of birth at most {MOST_YEARS} years ago")
    return found


def _birth(cell: Cell, today: date, from_1904: bool) -> Birth:
    if isinstance(cell, datetime):
        return Birth(cell.year, cell.date(), from_cell=True)
    if isinstance(cell, date):
        return Birth(cell.year, cell, from_cell=True)
    if isinstance(cell, bool) or not isinstance(cell, (int, float, str)):
        raise _no_birth()
    text = folded(course_fields.characters(cell)) if not isinstance(cell, str) else _plain(cell)
    # A year to come is told as one: no spreadsheet's number of a day is so small.
    if (year := _YEAR.fullmatch(text)) and int(year[1]) < FEWEST_DAYS:
        return Birth(int(year[1]))
    if _SERIAL.fullmatch(text):
        return _of_serial(int(float(text)), from_1904)
    return _written(text)


def _plain(text: str) -> str:
    """Without marks, with single spaces; dashes stay what they are."""
    if len(text) > LONGEST_TEXT:
        raise _no_birth()
    letters = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(bare.replace("–", "-").replace("−", "-").replace("\\", "/").split()).strip("., ")


def _written(text: str) -> Birth:
    if found := _DAY_MONTH_YEAR.fullmatch(text) or _IN_WORDS.fullmatch(text):
        return _dated(int(found[3]), int(found[2]), int(found[1]))
    if found := _ISO.fullmatch(text):
        return _dated(int(found[1]), int(found[2]), int(found[3]))
    if found := _MONTH_YEAR.fullmatch(text):
        if int(found[1]) > 12:
            raise FieldFault("birth-impossible", "a day that is in the calendar, the day before the month")
        return Birth(int(found[2]))
    if _SHORT_YEAR.fullmatch(text):
        raise FieldFault("birth-century", "a year of four digits")
    raise _no_birth()


def _dated(year: int, month: int, day: int) -> Birth:
    # Who does not know the day writes 00/00/1960.
    if day == 0 and month <= 12:
        return Birth(year)
    try:
        return Birth(year, date(year, month, day))
    except ValueError:
        expected = "a day that is in the calendar, the day before the month"
        raise FieldFault("birth-impossible", expected) from None


def _of_serial(days: int, from_1904: bool) -> Birth:
    if days < FEWEST_DAYS or days > 100_000:
        raise _no_birth()
    found = from_excel(days, CALENDAR_MAC_1904 if from_1904 else CALENDAR_WINDOWS_1900)
    if not isinstance(found, datetime):
        raise _no_birth()
    return Birth(found.year, found.date(), from_cell=True)


def _no_birth() -> FieldFault:
    return FieldFault("birth-form", "a date such as 1/2/1960, a month 02/1960 or a year 1960")


def name(cell: Cell) -> str:
    """A person's name, its words with a capital first; parentheses at the end may tell namesakes apart."""
    words = text(cell, LONGEST_NAME)
    words = "".join("'" if letter in APOSTROPHES else letter for letter in words).strip(" .,;-*")
    if not _NAME.fullmatch(words) or len(words) < 2:
        raise FieldFault("name-letters", "a name of letters")
    if _strange(words):
        raise FieldFault("name-letters", "a name of Latin letters in Unicode")
    bare, parenthesis, aside = words.partition(" (")
    return _WORD.sub(lambda found: _capital(found.group()), bare) + parenthesis + aside


def _strange(words: str) -> bool:
    return any(letter.isalpha() and not unicodedata.name(letter, "").startswith("LATIN ") for letter in words)


def _capital(word: str) -> str:
    """NGUYỄN and nguyễn are Nguyễn; what mixes cases was meant so (McDonald)."""
    return word.capitalize() if word.isupper() or word.islower() else word


def text(cell: Cell, longest: int = LONGEST_TEXT) -> str:
    """Words on one line, with single spaces."""
    if isinstance(cell, (date, datetime, time)):
        raise FieldFault("type-text", "text or a number, not a date (format the cell as text)")
    words = " ".join(course_fields.characters(cell).split())
    if len(words) > longest:
        raise FieldFault("length", f"at most {longest} characters")
    if _CONTROL.search(words):
        raise FieldFault("characters", "one line without control characters")
    return words


def sex(cell: Cell) -> str:
    """ "female" or "male"."""
    word = folded(text(cell)).strip(".")
    if word in MEN:
        return "male"
    if word in WOMEN:
        return "female"
    raise FieldFault("sex", "nam or nữ (male, female)")


def is_tick(cell: Cell) -> bool:
    return cell is True or folded(text(cell)).strip(".") in TICKS


def phone(cell: Cell) -> str:
    """The digits of a telephone number of this country, beginning with 0."""
    bare = _BETWEEN.sub("", text(cell)).removeprefix("'")
    if bare.startswith(("+84", "0084")):
        bare = "0" + bare.removeprefix("+84").removeprefix("0084").removeprefix("0")
    elif bare.startswith("84") and len(bare) == 11:
        bare = "0" + bare[2:]
    elif len(bare) == 9 and bare[0] in _MOBILE:
        # A spreadsheet took the number for a number and the zero before it for nothing.
        bare = "0" + bare
    is_mobile = len(bare) == 10 and bare[:1] == "0" and bare[1:2] in _MOBILE
    is_landline = len(bare) == 11 and bare.startswith("02")
    if not _DIGITS.fullmatch(bare) or not (is_mobile or is_landline):
        raise FieldFault("phone", "one telephone number of ten digits such as 0912 345 678")
    return bare


def email(cell: Cell) -> str:
    return completion_fields.email(text(cell, completion_fields.LONGEST_EMAIL))


def consent(cell: Cell) -> bool:
    """Whether somebody agreed, or refused. An empty cell is neither and never comes here."""
    if isinstance(cell, bool):
        return cell
    word = folded(text(cell)).strip(". !")
    if word in AGREED:
        return True
    if word in REFUSED:
        return False
    raise FieldFault("consent", "có or không (yes, no); empty where nobody asked")


def is_head(relation: str) -> bool:
    return folded(relation).strip("0123456789. ") in HEADS
