"""Finding places, and what became of them. Every question is about a day: a code alone says nothing (I13)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from lms_tracker.actions import clock
from lms_tracker.learning.places import Fate, Level, fate, level_of_code, sought
from lms_tracker.store import database, place_searches, places
from lms_tracker.store.place_searches import Where
from lms_tracker.store.places import Place

MOST_FOUND = 100
# A chain of renamings is followed so far; a longer one is no chain of this world.
MOST_STEPS = 100


class PlacesRefused(ValueError):
    """Places that cannot be as asked; the text is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Told:
    """A place with all above it, the highest first."""

    place: Place
    above: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Heir:
    """A unit that took over another or a part of it; `took_most` where the source says so of a split one."""

    told: Told
    took_most: bool


@dataclass(frozen=True, slots=True)
class Became:
    """What became of a unit, and who took it over. With Fate.SPLIT only asking tells which it is."""

    fate: Fate
    heirs: tuple[Heir, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A unit, what became of it, the units it was made of and how many stand directly below it."""

    told: Told
    became: Became
    made_of: tuple[Told, ...]
    below: int


class DateNeeded(PlacesRefused):
    """A code that means several units, each at its own time."""

    def __init__(self, code: str, meanings: list[Told]) -> None:
        super().__init__(f"the code {code} means another unit at another time: a date is needed")
        self.meanings = meanings


def described(one: Told) -> dict[str, Any]:
    """A place as JSON for programs; `above` from the highest."""
    place = one.place
    return {
        "id": place.id,
        "code": place.code,
        "level": place.level,
        "kind": place.kind,
        "name": place.name,
        "valid_from": place.valid_from and place.valid_from.isoformat(),
        "valid_to": place.valid_to and place.valid_to.isoformat(),
        "above": [
            {"id": unit.id, "code": unit.code, "kind": unit.kind, "name": unit.name} for unit in one.above
        ],
    }


def told(connection: Connection, found: Iterable[Place]) -> list[Told]:
    listed = list(found)
    above = places.chains(connection, listed)
    return [Told(place, tuple(above[place.id])) for place in listed]


def find(
    text: str,
    on: date | None = None,
    level: int | None = None,
    under: str | None = None,
    limit: int = 20,
) -> list[Told]:
    """Places with a name of a day, today unless given; with marks only what is spelled so, without all.

    `under` is the code of a unit of that day, below which is looked. Raises PlacesRefused.
    """
    day = on or clock.today()
    with database.reading() as connection:
        path = None if under is None else coded(connection, under, day).path
        where = Where(day, tuple(Level) if level is None else (level,), path)
        return told(connection, named(connection, text, where, limit))


def listed(on: date | None = None, under: str | None = None) -> list[Told]:
    """The units directly below the one with a code, or the provinces, in Vietnamese order, on a day.

    Raises PlacesRefused.
    """
    day = on or clock.today()
    with database.reading() as connection:
        above = None if under is None else coded(connection, under, day).id
        return told(connection, places.children(connection, above, day))


def named(connection: Connection, text: str, where: Where, limit: int) -> list[Place]:
    for way in sought(text):
        found = place_searches.search(connection, way, where, min(limit, MOST_FOUND))
        if found:
            return found
    return []


def coded(connection: Connection, code: str, on: date, level: int | None = None) -> Place:
    """The unit that a code means on a day. Raises PlacesRefused."""
    found = places.by_code(connection, code, _level(code, level), on)
    if found is None:
        raise PlacesRefused(f"no unit has the code {code} on {on.isoformat()}")
    return found


def are_loaded() -> bool:
    """Whether there are provinces of today."""
    with database.reading() as connection:
        return bool(places.children(connection, None, clock.today()))


def number_of(code: str, on: date | None = None) -> int:
    """The number of the unit that a code means on a day, today unless given. Raises PlacesRefused."""
    with database.reading() as connection:
        return coded(connection, code, on or clock.today()).id


def _level(code: str, level: int | None) -> Level:
    told_by_code = level_of_code(code)
    if told_by_code is None or (level is not None and level != told_by_code):
        raise PlacesRefused(
            "expected a code of 2 digits for a province, 3 for a district or 5 for a commune,"
            f" got {code[:20]!r}"
        )
    return told_by_code


def show(code: str, on: date | None = None, level: int | None = None) -> Shown:
    """The unit with a code on a day. Raises PlacesRefused; DateNeeded where the day decides which it is."""
    _level(code, level)
    with database.reading() as connection:
        if on is not None:
            return _shown(connection, coded(connection, code, on, level))
        return _shown(connection, _only(connection, code, _meanings(connection, code, level)))


def show_today(code: str, level: int | None = None) -> tuple[Shown, list[Told]]:
    """The unit that a code means today, or of a code of before alone the one it meant then.

    With it, the units that it means at other times. Raises as `show`.
    """
    _level(code, level)
    with database.reading() as connection:
        meanings = _meanings(connection, code, level)
        today = clock.today()
        stand = [
            one
            for one in meanings
            if (one.valid_from or today) <= today and (one.valid_to is None or one.valid_to >= today)
        ]
        place = _only(connection, code, stand or meanings)
        return _shown(connection, place), told(connection, [one for one in meanings if one != place])


def _meanings(connection: Connection, code: str, level: int | None) -> list[Place]:
    found = [one for one in places.with_code(connection, code) if level in (None, one.level)]
    if not found:
        raise PlacesRefused(f"no unit ever had the code {code}{'' if level is None else ' at this level'}")
    return found


def _only(connection: Connection, code: str, found: list[Place]) -> Place:
    if len(found) > 1:
        raise DateNeeded(code, told(connection, found))
    return found[0]


def _shown(connection: Connection, place: Place) -> Shown:
    origins = places.by_ids(connection, {move.from_id for move in places.moves_to(connection, [place.id])})
    day = place.valid_to or clock.today()
    return Shown(
        told(connection, [place])[0],
        became(connection, place),
        tuple(told(connection, sorted(origins.values(), key=lambda origin: origin.id))),
        len(places.children(connection, place.id, day)),
    )


def became(connection: Connection, place: Place) -> Became:
    """The units that took a unit over when it ended; of a district those that took its communes over."""
    moves = places.moves_from(connection, [place.id])
    if not moves and place.level == Level.DISTRICT:
        below = [unit.id for unit in places.subtree(connection, place.path)]
        moves = places.moves_from(connection, below)
        heirs = dict.fromkeys((move.to_id for move in moves), False)
        found = Fate.SPLIT if len(heirs) > 1 else fate(place.valid_to is not None, [False] * len(heirs))
    else:
        heirs = {move.to_id: move.is_default for move in moves}
        found = fate(place.valid_to is not None, [move.is_split for move in moves])
    known = places.by_ids(connection, heirs)
    listed = told(connection, [known[heir] for heir in heirs])
    return Became(found, tuple(Heir(one, heirs[one.place.id]) for one in listed))


def of_today(connection: Connection, place: Place, on: date) -> Became:
    """What a record of this unit is a record of on a later day, through all changes until then.

    Fate.STANDS is the unit itself. Where anything on the way was split the answer is Fate.SPLIT with the
    units to ask about, never one of them.
    """
    current, seen = place, {place.id}
    for _ in range(MOST_STEPS):
        if current.valid_to is None or on <= current.valid_to:
            only = Heir(told(connection, [current])[0], False)
            return Became(Fate.STANDS if current.id == place.id else Fate.ONE, (only,))
        step = became(connection, current)
        if step.fate is not Fate.ONE:
            return step
        current = step.heirs[0].told.place
        if current.id in seen:
            break
        seen.add(current.id)
    return Became(Fate.ENDED, ())
