"""How a line of a roster and somebody who is known are alike, and what the line says that is new."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from lms_tracker.learning import names
from lms_tracker.learning.names import has_marks
from lms_tracker.learning.roster_lines import RosterLine

# Names of people, households and clans come again and again.
spelled = lru_cache(maxsize=20_000)(names.spelled)
folded = lru_cache(maxsize=20_000)(names.folded)


@dataclass(frozen=True, slots=True)
class HeldConsent:
    """The newest answer of somebody: whether given, how it can be proved, and its local day (an ordinal)."""

    given: bool
    how: str
    day: int


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who lives in the commune: what is None or "" is not known."""

    key: bytes
    name: str
    birth_year: int | None = None
    birth_date: date | None = None
    sex: str | None = None
    phone: str = ""
    place_id: int = 0
    household: str = ""
    relation: str = ""
    clan: str = ""
    consent: HeldConsent | None = None
    # "left" or "died" of somebody who lives here no longer: nobody comes back without a question.
    gone: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """A line of the roster with the place that its words mean."""

    line: RosterLine
    place_id: int


@dataclass(frozen=True, slots=True)
class Facts:
    name: str
    bare: str
    year: int | None
    day: date | None
    sex: str | None
    phone: str
    place: int
    household: str
    gone: str = ""

    @property
    def exact(self) -> tuple[object, ...]:
        return (self.name, self.year, self.day, self.sex, self.phone, self.place, self.household, self.gone)

    def handles(self) -> Iterable[tuple[object, ...]]:
        """By any of these two are found that may be one."""
        yield ("year", self.bare, self.year)
        if self.household:
            yield ("home", self.bare, self.place, self.household)
        if self.phone:
            yield ("phone", self.bare, self.phone)
            yield ("given", self.bare.rpartition(" ")[2], self.phone, self.year)


@dataclass(frozen=True, slots=True)
class Likeness:
    is_same: bool
    score: int
    differs: tuple[str, ...]


def facts_of_line(placed: Placed) -> Facts:
    line = placed.line
    return Facts(
        spelled(line.name), folded(line.name), line.birth_year, line.birth_date, line.sex, line.phone,
        placed.place_id, spelled(line.household),
    )  # fmt: skip


def facts_of_known(one: Known) -> Facts:
    return Facts(
        spelled(one.name), folded(one.name), one.birth_year, one.birth_date, one.sex, one.phone,
        one.place_id, spelled(one.household), one.gone,
    )  # fmt: skip


def likeness_of(line: Facts, other: Facts) -> Likeness | None:
    """How a line and somebody are alike; None where they are two."""
    if line.sex and other.sex and line.sex != other.sex:
        return None
    same_name = line.name == other.name
    same_phone = bool(line.phone) and line.phone == other.phone
    same_place = line.place == other.place
    same_home = same_place and bool(line.household) and line.household == other.household
    same_day = line.day is not None and line.day == other.day
    other_day = line.day is not None and other.day is not None and line.day != other.day
    differs = _differing(line, other)
    if line.bare != other.bare:
        same_given = line.bare.rpartition(" ")[2] == other.bare.rpartition(" ")[2]
        close = same_phone and same_given and line.year == other.year and not other_day
        return Likeness(False, 0, differs) if close else None
    if "birth" in differs and not (same_name and (same_phone or same_home)):
        # What both state in full tells two people apart, unless all else says that it was a slip.
        return None
    contradicts = {"name", "birth", "birth_year", "place", "left", "died"}
    if not same_day:
        contradicts.add("household")
    # Who types no marks at all means the name with them.
    is_same = contradicts.isdisjoint(differs) or (
        set(differs) == {"name"} and line.name == line.bare and same_day and same_home
    )
    score = 8 * same_name + 4 * same_day + 2 * same_home + 2 * same_place + same_phone
    return Likeness(is_same, score, differs)


def _differing(line: Facts, other: Facts) -> tuple[str, ...]:
    found = []
    if line.name != other.name:
        found.append("name")
    other_year = line.year is not None and other.year is not None and line.year != other.year
    if other_year or (line.day is not None and other.day is not None and line.day != other.day):
        found.append("birth")
    elif line.year is None or other.year is None:
        found.append("birth_year")
    if line.place != other.place:
        found.append("place")
    elif line.household and other.household and line.household != other.household:
        found.append("household")
    if line.phone and other.phone and line.phone != other.phone:
        found.append("phone")
    if other.gone:
        found.append(other.gone)
    return tuple(found)


def changes(placed: Placed, one: Known) -> tuple[str, ...]:
    """What a line states of a known person that was another or not known; what it leaves open stays."""
    line = placed.line
    found = {
        # A name typed without marks corrects none, and another style of marks is no other name.
        "name": not _is_same(line.name, one.name) and (has_marks(line.name) or not has_marks(one.name)),
        "birth": line.birth_year != one.birth_year
        or (line.birth_date is not None and line.birth_date != one.birth_date),
        "sex": bool(line.sex) and line.sex != one.sex,
        "phone": bool(line.phone) and line.phone != one.phone,
        "place": placed.place_id != one.place_id,
        "household": bool(line.household)
        and (placed.place_id != one.place_id or not _is_same(line.household, one.household)),
        "relation": bool(line.household and line.relation) and line.relation != one.relation,
        "clan": bool(line.clan) and not _is_same(line.clan, one.clan),
    }
    return tuple(name for name, is_new in found.items() if is_new)


def _is_same(name: str, other: str) -> bool:
    return name == other or spelled(name) == spelled(other)


def takes_consent(stated: bool | None, held: HeldConsent | None, day: int) -> bool:
    """Whether a roster of this local day says something new of somebody's consent.

    What somebody answered on the day of the list or later holds, and so does a withdrawal, until the person
    agrees anew: a list may have been drawn up from an older one.
    """
    if stated is None:
        return False
    if held is None:
        return True
    if held.day > day or held.given == stated:
        return False
    is_withdrawn = not held.given and held.how != "roster"
    return not is_withdrawn
