"""Putting the national units into the database: from the file that is shipped, or from a newer one.

Everything happens in one transaction: what is there already and the same is left alone, so that loading
again, also after it was interrupted, ends in the same places.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from lms_tracker import logs
from lms_tracker.actions.places import PlacesRefused
from lms_tracker.learning import place_files
from lms_tracker.learning.place_files import PlaceFile, Unit
from lms_tracker.learning.places import Level
from lms_tracker.store import database, dialects, places
from lms_tracker.store.places import Place, PlaceMove

Progress = Callable[[int, int], None]

log = logs.logger(__name__)


@dataclass(frozen=True, slots=True)
class LoadOutcome:
    """How many units are new, were changed and were there already, and how many moves are in the file."""

    added: int
    changed: int
    same: int
    moves: int


def load(body: bytes | None, progress: Progress) -> LoadOutcome:
    """Load a file of places, or the shipped one for None. Raises PlaceFileError and PlacesRefused."""
    file = place_files.parse(place_files.shipped() if body is None else body)
    with database.writing() as connection:
        places.lock(connection)
        loading = _Loading(file, places.national(connection))
        loading.check()
        total, done = len(file.units) + len(file.moves), 0
        numbers = places.new_ids(connection, loading.missing)
        for part in dialects.chunks(loading.new(numbers), dialects.CHUNK):
            places.add(connection, part)
            done += len(part)
            progress(done, total)
        for place in loading.changed:
            places.change(connection, place)
        for moves in dialects.chunks(loading.moves(), dialects.CHUNK):
            places.add_moves(connection, moves)
            done += len(moves)
            progress(done, total)
    outcome = LoadOutcome(loading.missing, len(loading.changed), loading.same, len(file.moves))
    log.info("places loaded", added=outcome.added, changed=outcome.changed, moves=outcome.moves)
    return outcome


class _Loading:
    """What a file would change about the units that are known."""

    def __init__(self, file: PlaceFile, known: list[Place]) -> None:
        self._file = file
        known_by = {(place.level, place.code, place.valid_from): place for place in known}
        self._known = [known_by.get((unit.level, unit.code, unit.valid_from)) for unit in file.units]
        self._ids = [place.id if place else 0 for place in self._known]
        self.missing = self._known.count(None)
        pairs = zip(file.units, self._known, strict=True)
        wanted = [(place, _changed(place, unit)) for unit, place in pairs if place]
        self.changed = [changed for place, changed in wanted if changed != place]
        self.same = len(wanted) - len(self.changed)

    def check(self) -> None:
        """Refuse a unit that stands below another than the one that is known."""
        for unit, place in zip(self._file.units, self._known, strict=True):
            if place is None:
                continue
            parent = None if unit.parent is None else self._known[unit.parent]
            if (parent and parent.id) != place.parent_id:
                raise PlacesRefused(
                    f"{unit.code} {unit.name} is known below another unit than in this file;"
                    " a unit that changes its province is another row from that day on"
                )

    def new(self, numbers: list[int]) -> list[Place]:
        """The units that are not known yet, with their numbers, those above others first."""
        paths = [place.path if place else "" for place in self._known]
        made, left = [], iter(numbers)
        for index, unit in enumerate(self._file.units):
            if self._ids[index]:
                continue
            self._ids[index] = next(left)
            above = "/" if unit.parent is None else paths[unit.parent]
            paths[index] = f"{above}{self._ids[index]}/"
            parent = None if unit.parent is None else self._ids[unit.parent]
            made.append(_place(unit, self._ids[index], parent, paths[index]))
        return made

    def moves(self) -> list[PlaceMove]:
        """Asked after `new`, which numbers the units."""
        return [
            PlaceMove(self._ids[move.old], self._ids[move.new], move.on, move.is_split, move.is_default)
            for move in self._file.moves
        ]


def _changed(place: Place, unit: Unit) -> Place:
    return replace(place, kind=unit.kind, name=unit.name, valid_to=unit.valid_to)


def _place(unit: Unit, number: int, parent: int | None, path: str) -> Place:
    return Place(
        id=number,
        level=Level(unit.level),
        code=unit.code,
        kind=unit.kind,
        name=unit.name,
        parent_id=parent,
        path=path,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
    )
