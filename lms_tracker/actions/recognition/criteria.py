"""Which criteria hold where: the sets that come with the program and those that somebody adopted.

A set holds at its place and all below it, one without a place everywhere. The nearest place upwards wins, and
of several there the one that began last.
"""

from dataclasses import dataclass
from functools import cache, lru_cache

from sqlalchemy import Connection

from lms_tracker.actions import clock
from lms_tracker.learning import criteria
from lms_tracker.learning.criteria import AnySet, PointsSet
from lms_tracker.learning.places import Level
from lms_tracker.learning.recognition.models import Model
from lms_tracker.store import database, organisation_tree, places, reach
from lms_tracker.store.recognition import criteria_sets
from lms_tracker.store.recognition.criteria_sets import Kept


class NoSet(LookupError):
    """There is no such set, or none is in force for a model and year at a place."""


@dataclass(frozen=True, slots=True)
class Held:
    """A set as it is kept; its number is what rounds and recognitions name. What it says never changes."""

    id: int
    criteria: AnySet


# Bodies never change, so that what one reads to is the same for as long as the process runs.
_read = lru_cache(maxsize=256)(criteria.parse)


def held(connection: Connection, criteria_set_id: int) -> Held:
    """The set with this number, whether it still holds or not. Raises NoSet."""
    found = criteria_sets.by_id(connection, criteria_set_id)
    if found is None:
        raise NoSet(f"there is no criteria set {criteria_set_id}")
    return read(found)


def in_force(
    connection: Connection,
    model: Model | str,
    year: int,
    place_id: int | None = None,
    organisation_id: int | None = None,
) -> Held:
    """The set by which a model is assessed for a year at a place, or an organisation's. Raises NoSet."""
    found = perhaps_in_force(connection, model, year, place_id, organisation_id)
    if found is None:
        raise NoSet(f"no criteria are in force for {model} in {year}")
    return found


def perhaps_in_force(
    connection: Connection,
    model: Model | str,
    year: int,
    place_id: int | None = None,
    organisation_id: int | None = None,
) -> Held | None:
    """As `in_force`; None where no set is."""
    fresh = keep_shipped(connection)
    place_id = place_of(connection, organisation_id) if place_id is None else place_id
    above = chain(connection, place_id)
    level = managed_by(connection, place_id)
    sets = {one.id: (one.place_id, read(one)) for one in criteria_sets.adopted(connection, model, above)}
    # Rows that were made just now by another transaction are not in the snapshot of this one.
    sets |= {one.id: (None, one) for one in fresh if one.criteria.model == model}
    for place in [*reversed(above), None]:
        here = {one.criteria.id: one for at, one in sets.values() if at == place}
        best = criteria.in_force([one.criteria for one in here.values()], model, year, level)
        if best is not None:
            return here[best.id]
    return None


def citizens_set(connection: Connection, year: int, place_id: int | None) -> PointsSet | None:
    """The points by which a citizen who lives at a place is assessed for a year, where there are such."""
    found = perhaps_in_force(connection, Model.CITIZEN, year, place_id)
    return found.criteria if found is not None and isinstance(found.criteria, PointsSet) else None


def chain(connection: Connection, place_id: int | None) -> list[int]:
    """The numbers of a place and all above it, the highest first."""
    path = None if place_id is None else reach.path_of(connection, place_id)
    return [int(part) for part in path.split("/")[1:-1]] if path else []


def managed_by(connection: Connection, place_id: int | None) -> str:
    """Whether units of a place are a commune's or, at a district or above, a province's."""
    found = None if place_id is None else places.by_id(connection, place_id)
    return "province" if found is not None and found.level <= Level.DISTRICT else "commune"


def place_of(connection: Connection, organisation_id: int | None) -> int | None:
    """Where an organisation is, or the nearest one above it of which that is known."""
    found = None if organisation_id is None else organisation_tree.of(connection, organisation_id)
    if found is None or found.place_id is not None:
        return found.place_id if found else None
    above = organisation_tree.several(connection, found.above)
    at = [above[number].place_id for number in reversed(found.above) if number in above]
    return next((place_id for place_id in at if place_id is not None), None)


def read(kept: Kept) -> Held:
    return Held(kept.id, _read(kept.body))


def keep_shipped(connection: Connection) -> list[Held]:
    """See that the shipped sets have rows, and answer those whose rows were made just now.

    In a transaction that writes they become part of it, else they are kept by one of their own. Processes
    that do this at once make each row once.
    """
    shipped = _shipped()
    missing = sorted(shipped.keys() - criteria_sets.known(connection, list(shipped)).keys())
    if not missing:
        return []
    rows = [(code, shipped[code][0].model, shipped[code][1]) for code in missing]
    if database.may_write(connection):
        criteria_sets.add_shipped(connection, rows, clock.now_us())
        made = criteria_sets.known(connection, missing)
    else:
        with database.writing() as own:
            criteria_sets.add_shipped(own, rows, clock.now_us())
            made = criteria_sets.known(own, missing)
    return [Held(made[code], shipped[code][0]) for code in missing]


@cache
def _shipped() -> dict[str, tuple[AnySet, str]]:
    """The shipped sets and their texts, by id."""
    texts = [text.decode() for text in criteria.shipped_texts()]
    return {found.id: (found, text) for found, text in zip(map(_read, texts), texts, strict=True)}
