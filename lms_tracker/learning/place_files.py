"""Files of places: units with their dates, and which units became which. The shipped one is in `place_data`.

Text in UTF-8, one row a line, fields parted by tabs, in sections:

    @places 1
    @units    <first day or ->    <last day or ->
    <level>   <code>   <kind>   <name>
    @moves    <first day of the new units>
    <old code>   <new code>   [part | most]

A unit belongs to the nearest one above it of a lesser level; its dates are its section's, both included. A
move leads from a unit of the day before to one of that day. A unit that went to several has a line for each:
`most` for the one that took the most of it, where the source says so, and `part` for the others. Lines that
begin with # are comments.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib import resources

import msgspec

from lms_tracker.learning.places import CODE_DIGITS, KINDS, Level, holds

MOST_BYTES = 8_000_000
MOST_UNITS = 100_000
MOST_MOVES = 200_000
MOST_NAME = 100
SHIPPED = "places.tsv"
SOURCE = "source.json"


@dataclass(frozen=True, slots=True)
class Unit:
    """`parent` is the index in the file of the unit that this one belongs to."""

    level: int
    code: str
    kind: str
    name: str
    valid_from: date | None
    valid_to: date | None
    parent: int | None


@dataclass(frozen=True, slots=True)
class Move:
    """From one unit of the file to another, both as indexes."""

    old: int
    new: int
    on: date
    is_split: bool
    is_default: bool


@dataclass(slots=True)
class PlaceFile:
    units: list[Unit] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Source:
    """Where the shipped file comes from; the digests are SHA-256 in hexadecimal."""

    package: str
    version: str
    address: str
    licence: str
    notice: str
    wheel: str
    wheel_sha256: str
    sha256: str
    state_of: date
    remark: str


class PlaceFileError(ValueError):
    """A file that cannot be read; the text says which line and why."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}" if line else reason)
        self.line = line


def shipped() -> bytes:
    """The file with the units of Vietnam before and since 1 July 2025."""
    return (resources.files(__package__) / "place_data" / SHIPPED).read_bytes()


def source() -> Source:
    body = (resources.files(__package__) / "place_data" / SOURCE).read_bytes()
    return msgspec.json.decode(body, type=Source)


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def parse(body: bytes) -> PlaceFile:
    """The units and moves of a file. Raises PlaceFileError for the first line that is wrong."""
    if len(body) > MOST_BYTES:
        raise PlaceFileError(0, f"expected at most {MOST_BYTES} bytes, got {len(body)}")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PlaceFileError(0, f"expected UTF-8, got something else at byte {error.start}") from None
    return _Reading().read(text)


class _Reading:
    """One pass over the lines; what is below the last `@` line is of its section."""

    def __init__(self) -> None:
        self._file = PlaceFile()
        self._section = ""
        self._dates: tuple[date | None, date | None] = (None, None)
        # The latest unit of each level, which units below it belong to.
        self._above: dict[int, int] = {}
        self._by_code: dict[str, list[int]] = {}
        # Lines of moves, to be looked at when all units are known.
        self._moves: list[tuple[int, date, list[str]]] = []

    def read(self, text: str) -> PlaceFile:
        begun = False
        for number, line in _lines(text):
            fields = line.split("\t")
            if not begun:
                if fields != ["@places", "1"]:
                    raise PlaceFileError(
                        number, "expected the first line to be @places and 1, parted by a tab"
                    )
                begun = True
            elif line.startswith("@"):
                self._begin(number, fields)
            elif self._section == "@units":
                self._unit(number, fields)
            elif self._section == "@moves":
                self._move(number, fields)
            else:
                raise PlaceFileError(number, "expected a section, @units or @moves, before the first row")
        if not begun:
            raise PlaceFileError(0, "expected @places as the first line, got an empty file")
        self._file.moves.extend(self._connected())
        return self._file

    def _begin(self, number: int, fields: list[str]) -> None:
        self._section, self._above = fields[0], {}
        days = [_day(number, text) for text in fields[1:]]
        if fields[0] == "@units" and len(days) == 2:
            first, last = days
            if first and last and last < first:
                raise PlaceFileError(number, "the last day is before the first")
            self._dates = (first, last)
        elif fields[0] == "@moves" and len(days) == 1 and days[0]:
            self._dates = (days[0], None)
        else:
            raise PlaceFileError(number, "expected @units with two days or @moves with one")

    def _unit(self, number: int, fields: list[str]) -> None:
        if len(fields) != 4 or len(self._file.units) >= MOST_UNITS:
            raise PlaceFileError(
                number, f"expected level, code, kind and name, of at most {MOST_UNITS} units"
            )
        level_text, code, kind, name = fields
        level = int(level_text) if level_text in ("1", "2", "3") else 0
        if not level or not _is_code(code, CODE_DIGITS[Level(level)]):
            raise PlaceFileError(number, "expected a level of 1 to 3 and a code of 2, 3 or 5 digits")
        if kind not in KINDS or KINDS[kind].level != level:
            raise PlaceFileError(number, f"{kind!r} is no kind of level {level}")
        if not 1 <= len(name) <= MOST_NAME or not name.isprintable() or name != name.strip():
            raise PlaceFileError(number, f"expected a name of 1 to {MOST_NAME} characters")
        parent = next((self._above[above] for above in range(level - 1, 0, -1) if above in self._above), None)
        if parent is None and level > 1:
            raise PlaceFileError(number, "no unit stands above this one")
        place = len(self._file.units)
        unit = Unit(level, code, kind, name, *self._dates, parent)
        self._refuse_a_second(number, unit)
        self._file.units.append(unit)
        self._above = {above: index for above, index in self._above.items() if above < level} | {level: place}
        self._by_code.setdefault(code, []).append(place)

    def _refuse_a_second(self, number: int, unit: Unit) -> None:
        for index in self._by_code.get(unit.code, ()):
            other = self._file.units[index]
            apart = (unit.valid_to or date.max) < (other.valid_from or date.min) or (
                (other.valid_to or date.max) < (unit.valid_from or date.min)
            )
            if not apart:
                raise PlaceFileError(number, f"the code {unit.code} stands for another unit at the same time")

    def _move(self, number: int, fields: list[str]) -> None:
        on = self._dates[0]
        if len(fields) not in (2, 3) or on is None or len(self._moves) >= MOST_MOVES:
            raise PlaceFileError(number, f"expected an old and a new code, of at most {MOST_MOVES} moves")
        if len(fields) == 3 and fields[2] not in ("part", "most"):
            raise PlaceFileError(number, f"expected part, most or nothing, got {fields[2][:20]!r}")
        self._moves.append((number, on, fields))

    def _connected(self) -> Iterator[Move]:
        seen: set[tuple[int, int]] = set()
        counts: dict[int, int] = {}
        whole: set[int] = set()
        for number, on, fields in self._moves:
            before = on - timedelta(days=1) if on > date.min else on
            old, new = self._at(number, fields[0], before), self._at(number, fields[1], on)
            if old == new:
                raise PlaceFileError(number, f"{fields[0]} went to itself")
            if (old, new) in seen or old in whole or (len(fields) == 2 and counts.get(old)):
                raise PlaceFileError(
                    number, f"{fields[0]} went to {fields[1]} or elsewhere as a whole already"
                )
            seen.add((old, new))
            counts[old] = counts.get(old, 0) + 1
            if len(fields) == 2:
                whole.add(old)
            yield Move(old, new, on, len(fields) == 3, fields[2:] == ["most"])

    def _at(self, number: int, code: str, on: date) -> int:
        for index in self._by_code.get(code, ()):
            unit = self._file.units[index]
            if holds(unit.valid_from, unit.valid_to, on):
                return index
        raise PlaceFileError(number, f"no unit has the code {code[:10]!r} on {on.isoformat()}")


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, ended in enumerate(text.split("\n"), start=1):
        line = ended.removesuffix("\r")
        if line and not line.startswith("#"):
            yield number, line


def _is_code(code: str, digits: int) -> bool:
    return len(code) == digits and code.isascii() and code.isdigit()


def _day(number: int, text: str) -> date | None:
    if text == "-":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise PlaceFileError(number, f"expected a day as 2025-07-01 or -, got {text[:20]!r}") from None
