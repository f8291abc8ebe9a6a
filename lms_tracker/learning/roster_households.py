"""Who of a roster lives together.

A household is told by its number; or by the name of its head in each line; or by the order of lines alone,
where each head is followed by the rest of the household, as rosters on paper are. A spreadsheet with joined
cells states the number in the first line of a household only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lms_tracker.learning.names import spelled

HEAD = "head"


@dataclass(slots=True)
class Stated:
    """What a line says: its place, the household's number and its head's name, or "", and the relation.

    Lines that are left out for what is wrong with them are here too: who follows them belongs to them. Of
    those the name may be "" and the year None.
    """

    place: str
    number: str
    head: str
    name: str
    birth_year: int | None
    relation: str


@dataclass(slots=True)
class _Household:
    place: str
    label: str
    is_numbered: bool
    head_year: int | None
    name: str = ""


def named(lines: Sequence[Stated]) -> list[str]:
    """The name of each line's household, "" where it has none; unlike in one place where they are not one."""
    groups = _grouped(lines)
    by_label: dict[tuple[str, str], list[_Household]] = {}
    for found in {id(group): group for group in groups if group is not None}.values():
        by_label.setdefault((spelled(found.place), spelled(found.label)), []).append(found)
    for alike in by_label.values():
        _tell_apart(alike)
    return ["" if group is None else group.name for group in groups]


def _grouped(lines: Sequence[Stated]) -> list[_Household | None]:
    """The household of each line, one object for each household."""
    found: list[_Household | None] = []
    numbered: dict[tuple[str, str], _Household] = {}
    headed: dict[tuple[str, str], _Household] = {}
    last: _Household | None = None
    has_relations = any(line.relation for line in lines)
    for line in lines:
        is_head = line.relation == HEAD
        key = (spelled(line.place), spelled(line.number or line.head))
        year = line.birth_year if is_head else None
        if line.number:
            last = numbered.setdefault(key, _Household(line.place, line.number, True, year))
        elif is_head:
            # A second head of this name is another household, which begins here.
            last = _Household(line.place, line.head or line.name, False, year)
            headed[(spelled(line.place), spelled(last.label))] = last
        elif line.head:
            last = headed.setdefault(key, _Household(line.place, line.head, False, None))
        elif not (has_relations and line.relation):
            # Without a word on the household, nobody knows whose household it is.
            found.append(None)
            continue
        found.append(last)
    return found


def _tell_apart(alike: list[_Household]) -> None:
    """Households whose heads share a name are told apart by the year in which the head was born."""
    taken: set[str] = set()
    for number, household in enumerate(alike, 1):
        household.name = household.label
        if not household.label:
            continue
        if len(alike) > 1 and not household.is_numbered and household.head_year is not None:
            household.name = f"{household.label} ({household.head_year})"
        if household.name in taken:
            household.name = f"{household.name} · {number}"
        taken.add(household.name)
