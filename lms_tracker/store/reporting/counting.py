"""Totals of one place itself and a year, counted from rows: a pure function of them."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, or_, select

from lms_tracker.learning.places import Level, holds
from lms_tracker.learning.recognition.models import Model
from lms_tracker.learning.reporting.measures import OF_MODEL, Measure
from lms_tracker.store import dialects, places, schema
from lms_tracker.store.places import Place
from lms_tracker.store.reach import in_force
from lms_tracker.store.recognition.assessments import WITHDRAWN
from lms_tracker.store.recognition.shares import UNIT_KINDS, Asked, stands
from lms_tracker.store.reporting import headcounts
from lms_tracker.store.reporting.headcounts import CANCELLED, People, Totals

_RECOGNITION, _ASSESSMENT, _ROUND = schema.recognitions, schema.assessments, schema.rounds
_KINSHIP, _KIN, _ORGANISATION = schema.kinships, schema.kinship_members, schema.organisations


def years(connection: Connection, place_id: int) -> set[int]:
    """Those of which something is kept or was recognised."""
    said = (
        "SELECT year FROM place_totals WHERE place_id = ?"
        " UNION SELECT year FROM recognitions WHERE place_id = ?"
    )
    return {row[0] for row in dialects.rows(connection, said, (place_id, place_id))}


def of_place(connection: Connection, place: Place, people: People, asked: Asked) -> Totals:
    """What a place itself counts in a year, without those below it; what is 0 is left out."""
    found: Totals = Counter()
    headcounts.count(connection, place.id, people, asked, found)
    near = _rounds_near(connection, place, asked.year)
    for model, subjects in _subjects(connection, place, asked).items():
        counted = OF_MODEL[model]
        if counted.base not in (Measure.COMMUNITIES, Measure.COMMUNES):
            found[counted.base] = len(subjects)
        if counted.registered is not None:
            found[counted.registered] = _registered(connection, model, subjects, near)
        for level in _held(connection, model, subjects, asked).values():
            found[counted.achieved] += 1
            if level in (1, 2) and counted.levels:
                found[counted.levels[level - 1]] += 1
    return +found


# --- households, clans, communities, communes and units --------------------------------------------------


def _subjects(connection: Connection, place: Place, asked: Asked) -> Mapping[Model, Sequence[int]]:
    """What can be recognised of a place itself, on the day."""
    belongs = select(1).where(
        _KIN.c.kinship_id == _KINSHIP.c.id, in_force(_KIN.c.since, _KIN.c.until, asked.on)
    )
    found: dict[Model, Sequence[int]] = {}
    for model in (Model.HOUSEHOLD, Model.CLAN):
        chosen = select(_KINSHIP.c.id).where(
            _KINSHIP.c.place_id == place.id, _KINSHIP.c.kind == model.value, exists(belongs)
        )
        found[model] = list(connection.execute(chosen).scalars())
    is_there = holds(place.valid_from, place.valid_to, asked.on)
    found[Model.COMMUNITY] = [place.id] if is_there and place.level == Level.LOCAL else []
    found[Model.COMMUNE] = [place.id] if is_there and place.level == Level.COMMUNE else []
    table = _ORGANISATION.c
    units = select(table.id).where(
        table.place_id == place.id,
        table.kind.in_(UNIT_KINDS),
        in_force(table.valid_from, table.valid_to, asked.on),
    )
    found[Model.UNIT] = list(connection.execute(units).scalars())
    return found


def _held(
    connection: Connection, model: Model, subjects: Sequence[int], asked: Asked
) -> Mapping[int, int | None]:
    """The level at which subjects hold a model in a year: of that year, or of an earlier one and kept."""
    table = _RECOGNITION.c
    of_year = or_(table.year == asked.year, and_(table.year < asked.year, table.valid_to.is_not(None)))
    found: dict[int, int | None] = {}
    for part in dialects.chunks(subjects, dialects.CHUNK):
        rows = connection.execute(
            select(table.subject_id, table.level)
            .where(table.model == model.value, table.subject_id.in_(part), of_year, stands(asked))
            .order_by(table.year, table.id)
        )
        found |= {row.subject_id: row.level for row in rows}
    return found


def _rounds_near(connection: Connection, place: Place, year: int) -> Select[Any]:
    """Rounds of a year in which something of a place can be: those of it and of all above, then and since."""
    ids = {place.id, *place.above}
    ids |= {move.to_id for move in places.moves_from(connection, ids)}
    ids |= {move.from_id for move in places.moves_to(connection, ids)}
    whose: ColumnElement[bool] = or_(_ROUND.c.place_id.in_(ids), _ROUND.c.organisation_id.is_not(None))
    return select(_ROUND.c.id).where(whose, _ROUND.c.year == year, _ROUND.c.state != CANCELLED)


def _registered(connection: Connection, model: Model, subjects: Collection[int], near: Select[Any]) -> int:
    """How many subjects stand in a round, and have not withdrawn."""
    known, asked = set(subjects), near.where(_ROUND.c.model == model.value)
    if not known:
        return 0
    rounds = list(connection.execute(asked).scalars())
    found: set[int] = set()
    for part in dialects.chunks(sorted(known), 900):
        for some in dialects.chunks(rounds, 900):
            rows = connection.execute(
                select(_ASSESSMENT.c.subject_id).where(
                    _ASSESSMENT.c.round_id.in_(some),
                    _ASSESSMENT.c.subject_id.in_(part),
                    _ASSESSMENT.c.state != WITHDRAWN,
                )
            )
            found |= set(rows.scalars())
    return len(found)
