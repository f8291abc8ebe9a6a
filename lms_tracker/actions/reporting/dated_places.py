"""Which place of a day what stands under another place belongs to (I13).

Somebody's residence may name a thôn of a commune that ended in 2025, or one that began then. Of a unit that
was split nobody knows which part it is: then it is of the smallest unit that holds all of those it may be of,
and of none where they have nothing in common. Nothing is guessed, also where most of it went one way.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from lms_tracker.learning.places import Level, holds
from lms_tracker.store import places
from lms_tracker.store.places import Place

# A chain of changes is followed so far; a longer one is no chain of this world.
MOST_STEPS = 20


@dataclass(frozen=True, slots=True)
class Belongs:
    """`path` is of the smallest unit that surely holds it, "" for none; `may_be` are paths it may be of."""

    path: str
    may_be: frozenset[str]


class Territory:
    """Places and what became of them, each read once however many days are asked for."""

    def __init__(self, connection: Connection, known: Iterable[Place] = ()) -> None:
        self._connection = connection
        self._places = {place.id: place for place in known}
        self._became: dict[int, list[int]] = {}
        self._made_of: dict[int, list[int]] = {}

    def belonging(self, ids: Collection[int], on: date) -> dict[int, Belongs]:
        """Of each of these places, where on a day that is which it stands for."""
        known = self._read(ids, on)
        return {number: _of(known, number) for number in ids}

    def _read(self, ids: Collection[int], on: date) -> "_Known":
        """The places, and of those that are not there on the day the next ones towards it, step by step."""
        known, asked = _Known(), set(ids)
        for _ in range(MOST_STEPS):
            asked -= known.places.keys()
            if not asked:
                break
            self._places |= places.by_ids(self._connection, asked - self._places.keys())
            found = {number: self._places[number] for number in asked if number in self._places}
            known.places |= found
            gone = [one for one in found.values() if not holds(one.valid_from, one.valid_to, on)]
            onward = self._onward(gone, on)
            known.onward |= onward
            asked = {number for further in onward.values() for number in further}
        return known

    def _onward(self, gone: Iterable[Place], on: date) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        ended = {one.id for one in gone if one.valid_to is not None and one.valid_to < on}
        self._read_moves(ended, {one.id for one in gone} - ended)
        for one in gone:
            towards = self._became if one.id in ended else self._made_of
            if towards[one.id]:
                found[one.id] = towards[one.id]
            elif one.level == Level.LOCAL and one.parent_id is not None:
                # A local place of which nobody told anything goes where its commune goes.
                found[one.id] = [one.parent_id]
        return found

    def _read_moves(self, ended: Collection[int], begun: Collection[int]) -> None:
        unread = {number: list[int]() for number in ended if number not in self._became}
        for move in places.moves_from(self._connection, unread.keys()) if unread else ():
            unread[move.from_id].append(move.to_id)
        self._became |= unread
        unread = {number: [] for number in begun if number not in self._made_of}
        for move in places.moves_to(self._connection, unread.keys()) if unread else ():
            unread[move.to_id].append(move.from_id)
        self._made_of |= unread


@dataclass(slots=True)
class _Known:
    places: dict[int, Place] = field(default_factory=dict)
    onward: dict[int, list[int]] = field(default_factory=dict)


def _of(known: _Known, number: int) -> Belongs:
    ends, seen, waiting = set(), {number}, [number]
    while waiting:
        current = waiting.pop()
        if current in known.onward:
            further = [one for one in known.onward[current] if one not in seen]
            seen.update(further)
            waiting += further
        elif current in known.places:
            ends.add(current)
    # What ended without a trace leads nowhere.
    paths = frozenset(known.places[one].path for one in ends if one != number)
    return Belongs(common(paths), paths)


def common(paths: Collection[str]) -> str:
    """The path of the smallest unit that holds all of these; "" for none."""
    if not paths:
        return ""
    first, *rest = (path.strip("/").split("/") for path in paths)
    for other in rest:
        length = next(
            (at for at, pair in enumerate(zip(first, other, strict=False)) if pair[0] != pair[1]),
            min(len(first), len(other)),
        )
        first = first[:length]
    return f"/{'/'.join(first)}/" if first else ""


def as_on(connection: Connection, place: Place, on: date) -> list[Place] | None:
    """The units that were on a day exactly what a unit is: itself, or those of which it was made whole.

    None where a part of one that was split came to it, or where nothing is known of that day.
    """
    found, waiting = list[Place](), [place]
    for _ in range(MOST_STEPS):
        gone = [one for one in waiting if not holds(one.valid_from, one.valid_to, on)]
        found += [one for one in waiting if one not in gone]
        if not gone:
            return found
        if any(one.valid_from is None or one.valid_from <= on for one in gone):
            return None
        moves = places.moves_to(connection, {one.id for one in gone})
        if any(move.is_split for move in moves) or {move.to_id for move in moves} != {one.id for one in gone}:
            return None
        waiting = list(places.by_ids(connection, {move.from_id for move in moves}).values())
    return None


def near_in_time(connection: Connection, place: Place, on: date) -> list[Place]:
    """The units of a day that a unit became or was made of, in any part; a district through its communes."""
    territory = Territory(connection, [place])
    found = territory.belonging([place.id], on)[place.id]
    ids = {int(path.rstrip("/").rpartition("/")[2]) for path in found.may_be}
    if not ids and place.level == Level.DISTRICT:
        below = [one.id for one in places.subtree(connection, place.path) if one.level == Level.COMMUNE]
        for one in territory.belonging(below, on).values():
            ids |= {int(path.rstrip("/").rpartition("/")[2]) for path in one.may_be}
    known = places.by_ids(connection, ids)
    return sorted(
        (one for one in known.values() if holds(one.valid_from, one.valid_to, on)), key=lambda one: one.id
    )
