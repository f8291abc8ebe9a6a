"""Texts as papers have them: what may stand in XML, numbers and dates as they are written, names of files."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

from lms_tracker.learning import hours, names

# Longer than any honest name; no row grows over its page.
MOST_OF_A_NAME = 300
# A spreadsheet's cell holds 32,767 characters; no honest text comes near.
MOST_CHARACTERS = 4_000
# What a spreadsheet takes as a sheet's name, in units of UTF-16.
MOST_OF_A_SHEET = 31
# Dots to be written over by hand, where the data has nothing.
DOTS = "…………………"

# Control characters, surrogates, characters that are none, and those that turn the direction of what follows.
_UNWRITABLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\uffff]"
    "|[\U0001fffe\U0001ffff\U0002fffe\U0002ffff\U000ffffe\U000fffff\U0010fffe\U0010ffff]"
)
_BLANKS = re.compile(r"\s+")
_SPACES_ALONE = re.compile(r"[^\S\n]+")
_NOT_OF_A_FILE = re.compile(r"[^a-z0-9]+")
_NOT_OF_A_SHEET = re.compile(r"[\[\]:*?/\\]")


def line(text: str, most: int = MOST_CHARACTERS) -> str:
    """A text in one line, composed, without what XML forbids and what nobody sees."""
    whole = _BLANKS.sub(" ", _UNWRITABLE.sub("", unicodedata.normalize("NFC", text))).strip()
    return whole if len(whole) <= most else whole[: most - 1].rstrip() + "…"


def lines(text: str, most: int = MOST_CHARACTERS) -> tuple[str, ...]:
    """The same with its paragraphs kept; empty for an empty text."""
    shown = _SPACES_ALONE.sub(" ", _UNWRITABLE.sub("", unicodedata.normalize("NFC", text[: most * 2])))
    found = (line(part) for part in shown[:most].splitlines())
    return tuple(part for part in found if part)


def name(text: str) -> str:
    """A name as it is written; one longer than any honest name is cut with "…"."""
    return line(text, MOST_OF_A_NAME)


def capital(text: str) -> str:
    """With a capital at the beginning, the rest as it is."""
    return text[:1].upper() + text[1:]


def count(value: int) -> str:
    """138.068."""
    return f"{value:,}".replace(",", ".")


def day(value: date | None) -> str:
    """05/01/2026; empty for None."""
    return f"{value:%d/%m/%Y}" if value is not None else ""


def day_in_words(value: date | None, year: int | None = None) -> str:
    """Ngày 05 tháng 01 năm 2026, with room to write where the day is not known.

    Days below 10 and the months 1 and 2 have a 0 before them (Nghị định 30/2020/NĐ-CP, Phụ lục I).
    """
    if value is None:
        return f"ngày …… tháng …… năm {year if year is not None else '………'}"
    month = f"{value.month:02}" if value.month < 3 else str(value.month)
    return f"ngày {value.day:02} tháng {month} năm {value.year}"


def length(seconds: int) -> str:
    """2 giờ 15 phút: whole minutes, rounded down, so that nothing is promised that was not credited."""
    told = hours.clock(seconds)
    parts = ((told.hours, "giờ"), (told.minutes, "phút"), (told.seconds, "giây"))
    return " ".join(f"{count(number)} {word}" for number, word in parts if number) or "0 phút"


def in_two_lines(body: str) -> tuple[str, ...]:
    """The name of a body as its papers are headed: ỦY BAN NHÂN DÂN over XÃ GÒ QUAO."""
    whole = line(body).upper()
    for head in ("ỦY BAN NHÂN DÂN", "UỶ BAN NHÂN DÂN", "HỘI KHUYẾN HỌC"):
        if whole.startswith(head + " "):
            return head, whole[len(head) + 1 :]
    return (whole,)


def file_name(*parts: str | int) -> str:
    """Parts joined as one name in ASCII: "danh-sach-de-nghi-go-quao-2026"."""
    found = (_NOT_OF_A_FILE.sub("-", names.folded(line(str(part), 60))).strip("-") for part in parts)
    return "-".join(part for part in found if part)[:120].rstrip("-")


def sheet_names(wanted: Iterable[str]) -> list[str]:
    """Names that a spreadsheet takes for its sheets: each once, whatever the case, and none too long."""
    found: list[str] = []
    taken = {"history"}
    for text in wanted:
        bare = _NOT_OF_A_SHEET.sub("-", line(text)).strip("' ") or "Trang"
        name_, number = _of_units(bare, MOST_OF_A_SHEET).rstrip("' "), 1
        while name_.casefold() in taken:
            number += 1
            mark = f" ({number})"
            name_ = _of_units(bare, MOST_OF_A_SHEET - len(mark)).rstrip() + mark
        taken.add(name_.casefold())
        found.append(name_)
    return found


def _of_units(text: str, most: int) -> str:
    """The beginning of a text, of at most so many units of UTF-16, no character cut in two."""
    return text.encode("utf-16-le")[: most * 2].decode("utf-16-le", "ignore")
