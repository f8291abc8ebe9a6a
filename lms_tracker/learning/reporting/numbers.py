"""Numbers as people in Vietnam write them, read as exact decimals, and written again.

A point parts thousands and a comma decimals, or the other way round, or neither stands there: "1.681",
"1,681", "1681", "1 681", "73,58%", "2,3 triệu", "trên 120". A text that can be read in two ways is decided by
what is counted: people and đồng are whole numbers, while a ratio of a part to its whole stays below 101 %, so
that "1.681" is 1.681 people but 1,681 %. Where that decides nothing, as for a change, it is refused and both
readings are named.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

LONGEST = 100
MOST_DIGITS = 18


class Kind(StrEnum):
    """What a number says: how many, how many đồng, how many per cent, or by how much something changed."""

    COUNT = "count"
    MONEY = "money"
    RATIO = "ratio"
    # May be below zero, and in per cent or in percentage points.
    CHANGE = "change"


class Bound(StrEnum):
    EXACT = "exact"
    AT_LEAST = "at-least"
    ABOUT = "about"
    AT_MOST = "at-most"


@dataclass(frozen=True, slots=True)
class Number:
    """`unit` is what stood behind the digits: "%", "points", or the code of a unit of indicators."""

    value: Decimal
    bound: Bound = Bound.EXACT
    unit: str = ""


class NotANumber(Exception):
    """`rule` is a stable name, `expected` an English phrase; `readings` are what an ambiguous text may be."""

    def __init__(self, rule: str, expected: str, readings: tuple[Decimal, ...] = ()) -> None:
        super().__init__(expected)
        self.rule, self.expected, self.readings = rule, expected, readings


# Longer ones first where one begins with another.
_BOUNDS = {
    "không dưới": Bound.AT_LEAST,
    "không quá": Bound.AT_MOST,
    "ít nhất": Bound.AT_LEAST,
    "tối thiểu": Bound.AT_LEAST,
    "tối đa": Bound.AT_MOST,
    "nhiều nhất": Bound.AT_MOST,
    "xấp xỉ": Bound.ABOUT,
    "khoảng": Bound.ABOUT,
    "trên": Bound.AT_LEAST,
    "hơn": Bound.AT_LEAST,
    "dưới": Bound.AT_MOST,
    "gần": Bound.ABOUT,
    "at least": Bound.AT_LEAST,
    "at most": Bound.AT_MOST,
    "more than": Bound.AT_LEAST,
    "less than": Bound.AT_MOST,
    "about": Bound.ABOUT,
    "around": Bound.ABOUT,
    "nearly": Bound.ABOUT,
    "over": Bound.AT_LEAST,
    "under": Bound.AT_MOST,
    ">=": Bound.AT_LEAST,
    "<=": Bound.AT_MOST,
    "≥": Bound.AT_LEAST,
    "≤": Bound.AT_MOST,
    ">": Bound.AT_LEAST,
    "<": Bound.AT_MOST,
    "~": Bound.ABOUT,
    "≈": Bound.ABOUT,
}
_SIGNS = {"tăng": 1, "giảm": -1, "+": 1, "-": -1, "−": -1, "–": -1}
_TIMES = {
    "nghìn": 10**3,
    "ngàn": 10**3,
    "thousand": 10**3,
    "triệu": 10**6,
    "million": 10**6,
    "tỷ": 10**9,
    "tỉ": 10**9,
    "billion": 10**9,
}
_PERCENT = {"%": "%", "phần trăm": "%", "per cent": "%", "percent": "%"}
_POINTS = {"điểm phần trăm", "điểm %", "percentage points", "points", "điểm"}
_WORDS = {
    "người": "people",
    "công dân": "people",
    "hội viên": "people",
    "đảng viên": "people",
    "people": "people",
    "lượt": "attendances",
    "lượt người": "attendances",
    "attendances": "attendances",
    "hộ": "households",
    "gia đình": "households",
    "đồng": "vnd",
    "vnd": "vnd",
    "vnđ": "vnd",
    "đ": "vnd",
    "lớp": "classes",
    "cuốn": "books",
    "bài": "articles",
    "bài viết": "articles",
}
_DIGITS = re.compile(r"[0-9](?:[0-9]|[., '’](?=[0-9]))*")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:([., ])[0-9]{3})(?:\1[0-9]{3})*")


def read(text: str, kind: Kind | None = None) -> Number:
    """What a text says. `kind` decides between two readings; raises NotANumber.

    A count and an amount of money come out whole and at least 0, a ratio at least 0, in per cent.
    """
    words = " ".join(unicodedata.normalize("NFKC", text[: LONGEST + 1]).lower().split())
    if not words or len(text) > LONGEST:
        raise NotANumber("number-text", f"a number in 1 to {LONGEST} characters")
    bound, sign, rest = _before(words)
    digits = _DIGITS.match(rest)
    if digits is None:
        raise NotANumber("number-digits", 'digits, as in "1.681", "73,58%" or "trên 120"')
    times, unit, or_more = _behind(rest[digits.end() :].strip(), kind)
    if or_more and bound is not Bound.EXACT:
        raise NotANumber("number-bounds", 'one bound, as in "trên 120"')
    found = [Decimal(sign) * value * times for value in _values(digits[0], kind, times, unit)]
    if len(found) > 1:
        raise NotANumber("number-ambiguous", "a number that can be read in one way", tuple(found))
    return Number(_held(found[0], kind, unit), Bound.AT_LEAST if or_more else bound, unit)


def of_cell(value: int | float, kind: Kind) -> Number:
    """What a number in a cell of a spreadsheet says, where no separators are in doubt. Raises NotANumber.

    A spreadsheet shows 0.7358 as "73,58%", and nothing in the cell tells it from 0,7358 %.
    """
    found = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not found.is_finite() or len(found.as_tuple().digits) > MOST_DIGITS or found.adjusted() > MOST_DIGITS:
        raise NotANumber("number-size", f"a number of at most {MOST_DIGITS} digits")
    if kind is Kind.RATIO and 0 < found <= 1:
        expected = "per cent written as text, since a cell may mean two things"
        raise NotANumber("number-ambiguous", expected, (plain(found), plain(found * 100)))
    return Number(_held(plain(found), kind, ""))


def plain(value: Decimal) -> Decimal:
    """The same value without zeros behind the decimals and without an exponent."""
    return Decimal(format(value, "f").rstrip("0").rstrip(".")) if "." in format(value, "f") else value


def _before(words: str) -> tuple[Bound, int, str]:
    bound, sign, rest = Bound.EXACT, 1, words
    sign, rest = _sign(rest, sign)
    for word, meant in _BOUNDS.items():
        if rest.startswith(word):
            bound, rest = meant, rest.removeprefix(word).lstrip()
            break
    sign, rest = _sign(rest, sign)
    return bound, sign, rest


def _sign(rest: str, sign: int) -> tuple[int, str]:
    for word, meant in _SIGNS.items():
        if rest.startswith(word):
            return sign * meant, rest.removeprefix(word).lstrip()
    return sign, rest


def _behind(rest: str, kind: Kind | None) -> tuple[int, str, bool]:
    """What the words behind the digits multiply by, which unit they name, and whether they say "or more"."""
    or_more = False
    for ending in ("+", "trở lên", "or more"):
        if rest.endswith(ending):
            or_more, rest = True, rest.removesuffix(ending).rstrip()
    times = 1
    for word, meant in _TIMES.items():
        if rest == word or rest.startswith(f"{word} "):
            times, rest = meant, rest.removeprefix(word).lstrip()
            break
    unit = "points" if rest in _POINTS else _PERCENT.get(rest) or _WORDS.get(rest, "")
    if rest and not unit:
        raise NotANumber("number-words", f"no other words behind the digits than a unit, not {rest[:40]!r}")
    is_share = unit in ("%", "points")
    if is_share and kind in (Kind.COUNT, Kind.MONEY):
        raise NotANumber("number-percent", "a number of things, not per cent")
    if kind is Kind.RATIO and unit not in ("", "%"):
        raise NotANumber("number-ratio", 'per cent, as in "73,58%"')
    return times, unit, or_more


def _values(digits: str, kind: Kind | None, times: int, unit: str) -> tuple[Decimal, ...]:
    """The readings of digits with separators, one where there is no doubt."""
    digits = digits.replace("’", " ").replace("'", " ")
    separators = [sign for sign in digits if sign in "., "]
    if sum(sign.isdecimal() for sign in digits) > MOST_DIGITS:
        raise NotANumber("number-size", f"a number of at most {MOST_DIGITS} digits")
    if not separators:
        return (Decimal(digits),)
    last = separators[-1]
    if len(set(separators)) > 1:
        whole, _, decimals = digits.rpartition(last)
        if last == " " or not _GROUPED.fullmatch(whole):
            raise _badly_parted()
        return (Decimal(f"{re.sub('[., ]', '', whole)}.{decimals}"),)
    grouped = Decimal(digits.replace(last, "")) if _GROUPED.fullmatch(digits) else None
    if last == " " or len(separators) > 1:
        if grouped is None:
            raise _badly_parted()
        return (grouped,)
    parted = Decimal(digits.replace(last, "."))
    if grouped is None:
        return (parted,)
    if times == 1 and kind in (Kind.COUNT, Kind.MONEY):
        return (grouped,)
    if kind is Kind.RATIO:
        return (parted,)
    # Words of a unit say as much as a kind: nobody counts a part of a person.
    if times == 1 and unit not in ("", "%", "points"):
        return (grouped,)
    return (grouped, parted)


def _badly_parted() -> NotANumber:
    return NotANumber("number-parted", 'thousands parted in threes, as in "138.068" or "1 681 000"')


def _held(value: Decimal, kind: Kind | None, unit: str) -> Decimal:
    value = plain(value)
    if kind is not Kind.CHANGE and value < 0:
        raise NotANumber("number-negative", "a number that is not below 0")
    if kind in (Kind.COUNT, Kind.MONEY) and value != value.to_integral_value():
        raise NotANumber("number-whole", "a whole number")
    if value.adjusted() >= MOST_DIGITS:
        raise NotANumber("number-size", f"a number of at most {MOST_DIGITS} digits")
    return abs(value) if value == 0 else value


_SEPARATORS = {"vi": (".", ","), "en": (",", ".")}
_BOUND_WORDS = {
    ("vi", Bound.AT_LEAST): "trên",
    ("vi", Bound.ABOUT): "khoảng",
    ("vi", Bound.AT_MOST): "không quá",
    ("en", Bound.AT_LEAST): "over",
    ("en", Bound.ABOUT): "about",
    ("en", Bound.AT_MOST): "at most",
}


def write(value: Decimal, language: str, digits: int | None = None) -> str:
    """ "138.068" and "73,58" in Vietnamese ("vi"), "138,068" and "73.58" in English.

    `digits` decimals, zeros included; as many as the value has unless given. Nothing is rounded here: raises
    ValueError for a value with more decimals than asked for.
    """
    thousands, decimal = _SEPARATORS[language]
    text = format(plain(value), "f")
    whole, _, decimals = text.partition(".")
    if digits is not None:
        if len(decimals) > digits:
            raise ValueError(f"{value} has more than {digits} decimals")
        decimals = decimals.ljust(digits, "0")
    written = f"{int(whole):,}".replace(",", thousands)
    if whole.startswith("-") and not written.startswith("-"):
        written = f"-{written}"
    return f"{written}{decimal}{decimals}" if decimals else written


def write_bound(number: Number, language: str, digits: int | None = None) -> str:
    """With its bound: "trên 120", "over 120"."""
    word = _BOUND_WORDS.get((language, number.bound), "")
    written = write(number.value, language, digits)
    return f"{word} {written}" if word else written
