"""What a citizen may declare of offline learning: the rules of one claim, without its proofs."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lms_tracker.learning.categories import CATEGORIES

MOST_TITLE = 200
MOST_DESCRIPTION = 4_000
LEAST_DESCRIPTION = 10
MINUTE, HOUR = 60, 3600
# What is stated for each day, or for all days together.
PER_DAY, IN_ALL = "day", "all"


@dataclass(frozen=True, slots=True)
class Declared:
    """A claim that keeps the rules; days are local and inclusive, `seconds` are those of all days."""

    category: str
    title: str
    taught_by: str
    first_day: date
    last_day: date
    seconds: int
    description: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """`today` is the local day it is, `first_open` the first day of the oldest year that is still open;
    `day_seconds` is how much of one day may be claimed. Of what is accepted at most `claim_seconds` of a
    claim and `year_seconds` of a year are credited, which refuses no claim; None is no cap."""

    today: date
    first_open: date
    day_seconds: int
    claim_seconds: int | None = None
    year_seconds: int | None = None


class ClaimRefused(Exception):
    """A claim that breaks rules: for each field the rule, in the words of `web.claims`."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(sorted(problems)))
        self.problems = dict(problems)


def read(form: Mapping[str, str], bounds: Bounds) -> Declared:
    """What a form declares. Raises ClaimRefused with a rule for every field that breaks one.

    Fields: category, title, taught_by, first_day and last_day (2026-10-01 or 01/10/2026; an empty last day is
    the first), hours, minutes, per ("day" or "all"), description.
    """
    problems: dict[str, str] = {}
    category = form.get("category", "")
    if category not in CATEGORIES:
        problems["category"] = "choice"
    title = _line(form, "title", problems)
    taught_by = _line(form, "taught_by", problems)
    description = _text(form.get("description", ""))
    if len(description) < LEAST_DESCRIPTION:
        problems["description"] = "short"
    elif len(description) > MOST_DESCRIPTION:
        problems["description"] = "long"
    first, last = _days(form, bounds, problems)
    seconds = _seconds(form, problems)
    per = form.get("per", IN_ALL)
    if per not in (PER_DAY, IN_ALL):
        problems["per"] = "choice"
    if first is not None and last is not None and seconds is not None and not problems:
        days = (last - first).days + 1
        if per == PER_DAY:
            seconds *= days
        if seconds > days * bounds.day_seconds:
            problems["hours"] = "many"
    if problems or first is None or last is None or seconds is None:
        raise ClaimRefused(problems)
    return Declared(category, title, taught_by, first, last, seconds, description)


def read_length(hours: str, minutes: str) -> int | None:
    """Seconds of whole hours and minutes as people type them, both empty counting as 0; None for else."""
    texts = [hours.strip() or "0", minutes.strip() or "0"]
    if not all(text.isascii() and text.isdigit() and len(text) <= 4 for text in texts):
        return None
    whole, rest = map(int, texts)
    return whole * HOUR + rest * MINUTE if rest < 60 else None


def read_day(text: str) -> date | None:
    """A day as a browser sends it (2026-10-01) or as people write it (01/10/2026)."""
    text = text.strip()
    parts = text.split("/")
    if len(parts) == 3 and all(part.isascii() and part.isdigit() for part in parts):
        text = f"{parts[2]:0>4}-{parts[1]:0>2}-{parts[0]:0>2}"
    if len(text) != 10:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _line(form: Mapping[str, str], name: str, problems: dict[str, str]) -> str:
    text = " ".join(_text(form.get(name, "")).split())
    if not text:
        problems[name] = "required"
    elif len(text) > MOST_TITLE:
        problems[name] = "long"
    return text


def _text(text: str) -> str:
    """As it is kept: line ends of one kind, no control characters, marks in one order."""
    # Putting marks in order takes time that grows with the square of their number.
    text = text[: 4 * MOST_DESCRIPTION].replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join(letter for letter in text if letter == "\n" or unicodedata.category(letter)[0] != "C")
    return unicodedata.normalize("NFC", plain).strip()


def _days(
    form: Mapping[str, str], bounds: Bounds, problems: dict[str, str]
) -> tuple[date | None, date | None]:
    first = read_day(form.get("first_day", ""))
    typed = form.get("last_day", "").strip()
    last = read_day(typed) if typed else first
    # A last day that was not typed is the first, and so is what is wrong with it.
    for name, day in (("first_day", first), ("last_day", last))[: 2 if typed else 1]:
        if day is None:
            problems[name] = "day"
        elif day > bounds.today:
            problems[name] = "future"
    if first is None or last is None or problems.keys() & {"first_day", "last_day"}:
        return first, last
    if last < first:
        problems["last_day"] = "before"
    elif first.year != last.year:
        # Hours belong to the year they were learned in, and nobody else can say how they were divided.
        problems["last_day"] = "years"
    elif first < bounds.first_open:
        problems["first_day"] = "closed"
    return first, last


def _seconds(form: Mapping[str, str], problems: dict[str, str]) -> int | None:
    seconds = read_length(form.get("hours", ""), form.get("minutes", ""))
    if seconds is None:
        problems["hours"] = "length"
    elif seconds == 0:
        problems["hours"] = "none"
    return seconds
