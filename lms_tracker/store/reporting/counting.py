"""Totals of places themselves and a year, counted from rows: a pure function of them.

Many places are counted in one pass; what one counts does not depend on which others are counted with it.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, or_, select

from lms_tracker.learning.places import Level, holds
from lms_tracker.learning.recognition.models import Model
from lms_tracker.learning.reporting.measures import OF_MODEL
from lms_tracker.store import dialects, places, schema
from lms_tracker.store.places import Place
from lms_tracker.store.reach import in_force
from lms_tracker.store.recognition.assessments import WITHDRAWN
from lms_tracker.store.recognition.shares import UNIT_KINDS, Asked, stands
from lms_tracker.store.reporting import headcounts
from lms_tracker.store.reporting.headcounts import CANCELLED, Totals

_RECOGNITION, _ASSESSMENT, _ROUND = schema.recognitions, schema.assessments, schema.rounds
_KINSHIP, _KIN, _ORGANISATION = schema.kinships, schema.kinship_members, schema.organisations

_OF_PEOPLE = (Model.HOUSEHOLD, Model.CLAN)
_OF_PLACES = {Model.COMMUNITY: Level.LOCAL, Model.COMMUNE: Level.COMMUNE}


def years(connection: Connection, place_ids: Collection[int]) -> dict[int, set[int]]:
    """By place those of which something is kept or was recognised."""
    said = (
        "SELECT DISTINCT place_id, year FROM place_totals WHERE place_id {keys}"
        " UNION SELECT place_id, year FROM recognitions WHERE place_id {keys}"
    )
    found: dict[int, set[int]] = {number: set() for number in place_ids}
    for number, year in dialects.rows_by_key(connection, said, sorted(place_ids)):
        found[number].add(year)
    return found


def residents(connection: Connection, place_ids: Collection[int]) -> dict[int, int]:
    """By place how many residences there ever were in it."""
    said = "SELECT place_id, count(*) FROM residences WHERE place_id {keys} GROUP BY place_id"
    return dict(dialects.rows_by_key(connection, said, sorted(place_ids)))


def of_places(connection: Connection, counted: Collection[Place], asked: Asked) -> dict[int, Totals]:
    """What each place itself counts in a year, without those below it; what is 0 is left out."""
    found: dict[int, Totals] = {place.id: Counter() for place in counted}
    headcounts.count(connection, asked, found)
    near = _RoundsNear(connection, counted, asked.year)
    ids = sorted(found)
    for model, subjects in _subjects(connection, counted, asked).items():
        measures = OF_MODEL[model]
        if model not in _OF_PLACES:
            for number in subjects.values():
                found[number][measures.base] += 1
        if not subjects:
            continue
        if measures.registered is not None:
            for subject in near.registered(model, ids, subjects):
                found[subjects[subject]][measures.registered] += 1
        for subject, level in _held(connection, model, ids, asked).items():
            # Of those that stand there, whoever is there on the day.
            if subject in subjects:
                here = found[subjects[subject]]
                here[measures.achieved] += 1
                if level in (1, 2) and measures.levels:
                    here[measures.levels[level - 1]] += 1
    return {number: +totals for number, totals in found.items()}


# --- households, clans, communities, communes and units --------------------------------------------------


def _ever(model: Model, place_ids: Sequence[int]) -> Select[Any]:
    """Numbers of whatever of these places themselves can be recognised on some day."""
    if model in _OF_PEOPLE:
        kinship = _KINSHIP.c
        return select(kinship.id).where(kinship.place_id.in_(place_ids), kinship.kind == model.value)
    if model in _OF_PLACES:
        return select(schema.places.c.id).where(schema.places.c.id.in_(place_ids))
    unit = _ORGANISATION.c
    return select(unit.id).where(unit.place_id.in_(place_ids), unit.kind.in_(UNIT_KINDS))


def _subjects(
    connection: Connection, counted: Collection[Place], asked: Asked
) -> Mapping[Model, Mapping[int, int]]:
    """What can be recognised of these places themselves on the day, each with its place."""
    found: dict[Model, dict[int, int]] = {model: {} for model in (*_OF_PEOPLE, *_OF_PLACES, Model.UNIT)}
    ids = sorted(place.id for place in counted)
    belongs = select(1).where(
        _KIN.c.kinship_id == _KINSHIP.c.id, in_force(_KIN.c.since, _KIN.c.until, asked.on)
    )
    kinships = select(_KINSHIP.c.id, _KINSHIP.c.kind, _KINSHIP.c.place_id).where(
        _KINSHIP.c.place_id.in_(ids), _KINSHIP.c.kind.in_(_OF_PEOPLE), exists(belongs)
    )
    for number, kind, place_id in connection.execute(kinships):
        found[Model(kind)][number] = place_id
    for place in counted:
        if holds(place.valid_from, place.valid_to, asked.on):
            for model, level in _OF_PLACES.items():
                if place.level == level:
                    found[model][place.id] = place.id
    table = _ORGANISATION.c
    units = select(table.id, table.place_id).where(
        table.id.in_(_ever(Model.UNIT, ids)), in_force(table.valid_from, table.valid_to, asked.on)
    )
    found[Model.UNIT] = {row.id: row.place_id for row in connection.execute(units)}
    return found


def _held(
    connection: Connection, model: Model, place_ids: Sequence[int], asked: Asked
) -> Mapping[int, int | None]:
    """The level at which subjects hold a model in a year: of that year, or of an earlier one and kept."""
    table = _RECOGNITION.c
    of_year = or_(table.year == asked.year, and_(table.year < asked.year, table.valid_to.is_not(None)))
    rows = connection.execute(
        select(table.subject_id, table.level)
        .where(
            table.model == model.value,
            table.subject_id.in_(_ever(model, place_ids)),
            of_year,
            stands(asked),
        )
        .order_by(table.year, table.id)
    )
    return {row.subject_id: row.level for row in rows}


class _RoundsNear:
    """Rounds of a year in which something of these places can be: theirs and those of all above, ever."""

    def __init__(self, connection: Connection, counted: Collection[Place], year: int) -> None:
        self._connection = connection
        self._near = {place.id: {place.id, *place.above} for place in counted}
        everything = set[int]().union(*self._near.values())
        beside: dict[int, set[int]] = defaultdict(set)
        for move in places.moves_from(connection, everything):
            beside[move.from_id].add(move.to_id)
        for move in places.moves_to(connection, everything):
            beside[move.to_id].add(move.from_id)
        for near in self._near.values():
            near |= set[int]().union(*(beside[number] for number in near if number in beside))
        self._rounds = self._read(everything.union(*beside.values()), year)

    def _read(self, ids: Collection[int], year: int) -> Mapping[Model, Mapping[int, int | None]]:
        """By model the rounds, each with its place; those of organisations have none."""
        table, found = _ROUND.c, defaultdict[Model, dict[int, int | None]](dict)
        whose: ColumnElement[bool] = or_(table.place_id.in_(sorted(ids)), table.organisation_id.is_not(None))
        chosen = select(table.id, table.model, table.place_id).where(
            whose, table.year == year, table.state != CANCELLED, table.model != Model.CITIZEN.value
        )
        for number, model, place_id in self._connection.execute(chosen):
            found[Model(model)][number] = place_id
        return found

    def registered(
        self, model: Model, place_ids: Sequence[int], subjects: Mapping[int, int]
    ) -> Collection[int]:
        """Those of the subjects that stand in a round near their place, and have not withdrawn."""
        rounds, found = self._rounds.get(model, {}), set[int]()
        for some in dialects.chunks(sorted(rounds), 900):
            table = _ASSESSMENT.c
            rows = self._connection.execute(
                select(table.round_id, table.subject_id).where(
                    table.round_id.in_(some),
                    table.subject_id.in_(_ever(model, place_ids)),
                    table.state != WITHDRAWN,
                )
            )
            for number, subject in rows:
                at = rounds[number]
                if subject in subjects and (at is None or at in self._near[subjects[subject]]):
                    found.add(subject)
        return found
