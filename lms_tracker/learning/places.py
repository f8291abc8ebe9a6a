"""Places: provinces, districts, communes and the local places below them, each from one date to another.

A code means a unit only together with a date (I13): 91 was Kiên Giang and is An Giang. Units and what became
of them are data; see `learning.place_files`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from importlib import resources

import msgspec

from lms_tracker.learning import names

# What a search takes; no name of a place is half as long.
MOST_CHARACTERS = 100


class Level(IntEnum):
    """The numbers are stored. There are no districts since 1 July 2025."""

    PROVINCE = 1
    DISTRICT = 2
    COMMUNE = 3
    LOCAL = 4


# How many digits a national code has at each level; local places have no code.
CODE_DIGITS = {Level.PROVINCE: 2, Level.DISTRICT: 3, Level.COMMUNE: 5}


@dataclass(frozen=True, slots=True)
class Kind:
    """What a place is called: `vi` stands before its name, `en` explains it in English."""

    code: str
    level: int
    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class _Kinds:
    kinds: tuple[Kind, ...]


def parse_kinds(body: bytes) -> Mapping[str, Kind]:
    """Kinds by their code, from JSON. Raises ValueError saying what is wrong."""
    found = msgspec.json.decode(body, type=_Kinds).kinds
    for kind in found:
        if kind.level not in tuple(Level) or not kind.vi or not kind.code:
            raise ValueError(f"kind {kind.code!r}: expected a level of 1 to 4, a code and a name")
    if len({kind.code for kind in found}) < len(found):
        raise ValueError("two kinds have one code")
    return {kind.code: kind for kind in found}


KINDS = parse_kinds((resources.files(__package__) / "place_data" / "kinds.json").read_bytes())
LOCAL_KINDS = tuple(kind for kind in KINDS.values() if kind.level == Level.LOCAL)

# What people write for a kind, folded.
_SHORT = {
    "tp": ("thanh-pho", "thanh-pho-thuoc-tinh"),
    "tx": ("thi-xa",),
    "tt": ("thi-tran",),
    "h": ("huyen",),
    "q": ("quan",),
    "x": ("xa",),
    "p": ("phuong",),
    "tdp": ("to-dan-pho",),
}


def _spoken() -> list[tuple[str, frozenset[str]]]:
    words: dict[str, set[str]] = {short: set(codes) for short, codes in _SHORT.items()}
    for kind in KINDS.values():
        words.setdefault(names.folded(kind.vi), set()).add(kind.code)
    # The longest first: "thi tran" before a kind that is called "thi".
    return sorted(((word, frozenset(codes)) for word, codes in words.items()), key=lambda pair: -len(pair[0]))


_SPOKEN = _spoken()


@dataclass(frozen=True, slots=True)
class Sought:
    """What a search is for: `folded` and, where it was typed with marks, `spelled`, else None.

    `kinds` are the kinds that were named before the name; None for a name alone.
    """

    folded: str
    spelled: str | None
    kinds: frozenset[str] | None = None


def sought(text: str) -> list[Sought]:
    """The ways to read what somebody looks for, the likeliest first; none for a text without a name.

    "xã Gò Quao" is the name Gò Quao and its kind, or, should nothing be found so, a name as a whole.
    """
    text = text[:MOST_CHARACTERS]
    folded, spelled = names.folded(text).replace(".", " "), names.spelled(text).replace(".", " ")
    folded, spelled = " ".join(folded.split()), " ".join(spelled.split())
    if not folded:
        return []
    ways = []
    for word, codes in _SPOKEN:
        if folded.startswith(word + " "):
            count = word.count(" ") + 1
            ways.append(_way(" ".join(folded.split()[count:]), " ".join(spelled.split()[count:]), codes))
            break
    return [*ways, _way(folded, spelled, None)]


def _way(folded: str, spelled: str, kinds: frozenset[str] | None) -> Sought:
    return Sought(folded, spelled if spelled != folded else None, kinds)


def level_of_code(code: str) -> Level | None:
    """The level of a national code, told by how many digits it has; None for what is no such code."""
    if not (code.isascii() and code.isdigit()):
        return None
    return next((level for level, digits in CODE_DIGITS.items() if len(code) == digits), None)


def called(kind: str, name: str) -> str:
    """A place as people say it within a sentence: "xã Gò Quao", "phường 1", "thành phố Huế"."""
    known = KINDS.get(kind)
    return f"{known.vi} {name}" if known else name


def holds(valid_from: date | None, valid_to: date | None, on: date) -> bool:
    """Whether a place was there on a day; both ends belong to it."""
    return (valid_from is None or valid_from <= on) and (valid_to is None or on <= valid_to)


class Fate(IntEnum):
    """What became of a unit: it stands, one unit took it over, it was parted, or it ended without a trace."""

    STANDS = 0
    ONE = 1
    SPLIT = 2
    ENDED = 3


def fate(ended: bool, moves: Iterable[bool]) -> Fate:
    """`moves` says of each unit that took over whether the old one was split over several.

    Where it was split, living in the old unit does not tell the new one: somebody has to be asked.
    """
    found = list(moves)
    if len(found) > 1 or any(found):
        return Fate.SPLIT
    if found:
        return Fate.ONE
    return Fate.ENDED if ended else Fate.STANDS
