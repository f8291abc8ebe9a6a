"""Points as they are typed into a grid or a sheet: which columns it has, what a cell says, what is wrong."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from lms_tracker.learning.criteria import AnySet, PointsSet, verdict

MOST_NOTE = 500
YES = frozenset({"1", "x", "v", "có", "co", "đạt", "dat", "yes"})
NO = frozenset({"0", "không", "khong", "chưa", "chua", "no"})

Points = dict[str, int]


@dataclass(frozen=True, slots=True)
class Column:
    """An indicator, or an item that is ticked (`is_tick`: 1 for met, 0 for not)."""

    code: str
    most: int
    is_tick: bool


@dataclass(frozen=True, slots=True)
class Row:
    """What one row says: `points` of the cells that are right and filled, `problems` by column code.

    A problem is "number", "most" or "tick"; of the note, under "note", "long" or "note".
    """

    points: Points
    note: str
    problems: Mapping[str, str] = field(default_factory=dict)


def columns(criteria: AnySet, population: str = "") -> tuple[Column, ...]:
    """What is scored by a set: its indicators for a population group, or its items without those computed."""
    if isinstance(criteria, PointsSet):
        return tuple(Column(str(number), most, False) for number, most in criteria.most(population).items())
    return tuple(Column(item.code, 1, True) for item in criteria.items if item.share is None)


def read(asked: tuple[Column, ...], typed: Mapping[str, str], note: str = "") -> Row:
    """The row that was typed; an empty cell has not been assessed, which is not 0."""
    points: Points = {}
    problems: dict[str, str] = {}
    for column in asked:
        text = typed.get(column.code, "").strip()
        if not text:
            continue
        value = _tick(text) if column.is_tick else _number(text)
        if value is None:
            problems[column.code] = "tick" if column.is_tick else "number"
        elif value > column.most:
            problems[column.code] = "most"
        else:
            points[column.code] = value
    said = " ".join(note.replace("\x00", "").split())
    if len(said) > MOST_NOTE:
        problems["note"] = "long"
    return Row(points, said[:MOST_NOTE], problems)


def _number(text: str) -> int | None:
    """A whole number; sheets write 8 as "8.0", people as "8,0"."""
    whole, _, rest = text.replace(",", ".").partition(".")
    is_whole = whole.isascii() and whole.isdigit() and len(whole) <= 4 and not rest.strip("0")
    return int(whole) if is_whole else None


def _tick(text: str) -> int | None:
    said = text.casefold()
    if said in YES:
        return 1
    return 0 if said in NO else None


def packed(points: Mapping[str, int]) -> str:
    """Points as a row keeps them; empty where there are none."""
    return json.dumps(dict(points), separators=(",", ":"), sort_keys=True) if points else ""


def unpacked(text: str) -> Points:
    """Points as a row keeps them."""
    return {str(code): int(value) for code, value in json.loads(text).items()} if text else {}


def base_of(points: Mapping[str, int], note: str) -> str:
    """What tells whether a row was changed by whoever sent it: a digest of what it said when it was shown."""
    return f"{zlib.crc32(f'{packed(points)} {note}'.encode()):08x}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What points come to: `achieved` is None while something has not been assessed."""

    total: int
    achieved: bool | None
    missing_total: int = 0
    too_low: tuple[int, ...] = ()
    unassessed: tuple[int, ...] = ()


def outcome_of(criteria: AnySet, points: Mapping[str, int], area: str) -> Outcome:
    """What points by column code come to; of a checklist the ticks alone, without what is computed."""
    if isinstance(criteria, PointsSet):
        found = verdict(
            criteria, {int(code): value for code, value in points.items() if code.isdigit()}, area
        )
        return Outcome(found.total, found.achieved, found.missing_total, found.too_low, found.unassessed)
    ticked = [points.get(column.code) for column in columns(criteria)]
    met = None if None in ticked else all(ticked)
    return Outcome(sum(value or 0 for value in ticked), False if 0 in ticked else met)


def note_missing(
    points: Mapping[str, int], own: Mapping[str, int], proposed: Mapping[str, int | None]
) -> bool:
    """Whether reviewers must say why: their points differ from the person's own, or from the evidence's."""
    if own:
        return any(points.get(code) != value for code, value in own.items())
    return any(value is not None and points.get(code, value) != value for code, value in proposed.items())
