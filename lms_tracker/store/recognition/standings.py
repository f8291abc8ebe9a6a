"""Households, clans, places and units as subjects of recognition, and what each of them holds."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, exists, func, or_, select

from lms_tracker.learning.places import Level
from lms_tracker.learning.recognition.models import Model, Result
from lms_tracker.store import dialects, schema
from lms_tracker.store.reach import at_or_below, in_force
from lms_tracker.store.recognition.assessments import WITHDRAWN
from lms_tracker.store.recognition.shares import UNIT_KINDS, Asked, Subjects, stands

_PLACE, _KINSHIP, _ORGANISATION = schema.places, schema.kinships, schema.organisations
TABLES: Mapping[Model, Table] = {
    Model.HOUSEHOLD: _KINSHIP,
    Model.CLAN: _KINSHIP,
    Model.COMMUNITY: _PLACE,
    Model.COMMUNE: _PLACE,
    Model.UNIT: _ORGANISATION,
}
# No list of one place is nearly as long.
MOST = 100_000


@dataclass(frozen=True, slots=True)
class Subject:
    """What is recognised: where it stands, and what kind of place or organisation it is."""

    id: int
    kind: str
    name: str
    # Of a household or clan its own; of a place itself; of a unit the one it stands in.
    place_id: int | None
    # Ids from the top to the place, or for a unit to the unit.
    path: str


@dataclass(frozen=True, slots=True)
class Held:
    """A recognition that a subject holds, with the decision that says so; days are local and inclusive."""

    id: int
    subject_id: int
    year: int
    level: int | None
    criteria_set_id: int
    valid_from: date
    valid_to: date | None
    certificate: str | None
    number: str
    decided_on: date


def these(model: Model, numbers: Collection[int]) -> Subjects:
    table = TABLES[model]
    return select(table.c.id).where(table.c.id.in_(numbers))


def of_round(round_id: int) -> Subjects:
    """Those of a round who did not withdraw."""
    table = schema.assessments
    return select(table.c.subject_id).where(table.c.round_id == round_id, table.c.state != WITHDRAWN)


def below(model: Model, path: str, on: date) -> Subjects:
    """The subjects of a model at the place with this path and below, those that are there on a day."""
    there = select(_PLACE.c.id).where(at_or_below(_PLACE, path))
    return select(TABLES[model].c.id).where(*_of_model(model, there, on))


def _of_model(model: Model, there: Subjects, on: date) -> Sequence[ColumnElement[bool]]:
    if model in (Model.HOUSEHOLD, Model.CLAN):
        members = schema.kinship_members
        anybody = exists(
            select(1).where(
                members.c.kinship_id == _KINSHIP.c.id, in_force(members.c.since, members.c.until, on)
            )
        )
        return _KINSHIP.c.kind == model.value, _KINSHIP.c.place_id.in_(there), anybody
    if model is Model.UNIT:
        return (
            _ORGANISATION.c.kind.in_(UNIT_KINDS),
            _ORGANISATION.c.place_id.in_(there),
            in_force(_ORGANISATION.c.valid_from, _ORGANISATION.c.valid_to, on),
        )
    level = Level.LOCAL if model is Model.COMMUNITY else Level.COMMUNE
    return (
        _PLACE.c.level == level,
        _PLACE.c.id.in_(there),
        in_force(_PLACE.c.valid_from, _PLACE.c.valid_to, on),
    )


def subjects(connection: Connection, model: Model, chosen: Subjects, limit: int = MOST) -> list[Subject]:
    """What is known of these, by place and then by name, in Vietnamese order."""
    return [Subject(*row) for row in connection.execute(_facts(model, chosen).limit(limit))]


def _facts(model: Model, chosen: Subjects) -> Select[Any]:
    if model in (Model.HOUSEHOLD, Model.CLAN):
        kin = _KINSHIP.c
        return (
            select(kin.id, kin.kind, kin.name, kin.place_id, _PLACE.c.path)
            .select_from(_KINSHIP.join(_PLACE, _PLACE.c.id == kin.place_id))
            .where(kin.id.in_(chosen), kin.kind == model.value)
            .order_by(_PLACE.c.sort_key, _PLACE.c.id, kin.sort_key, kin.id)
        )
    if model is Model.UNIT:
        unit = _ORGANISATION.c
        return (
            select(unit.id, unit.kind, unit.name, unit.place_id, unit.path)
            .where(unit.id.in_(chosen), unit.kind.in_(UNIT_KINDS))
            .order_by(unit.sort_key, unit.id)
        )
    place = _PLACE.c
    level = Level.LOCAL if model is Model.COMMUNITY else Level.COMMUNE
    return (
        select(place.id, place.kind, place.name, place.id, place.path)
        .where(place.id.in_(chosen), place.level == level)
        .order_by(place.sort_key, place.id)
    )


def held(connection: Connection, model: Model, chosen: Subjects, asked: Asked) -> dict[int, Held]:
    """The newest recognition that each of these holds in a year: of that year, or of an earlier one and kept.

    Of those of one year the one of the higher level.
    """
    table, decision = schema.recognitions, schema.decisions
    rows: Iterable[Any] = connection.execute(
        select(
            table.c.id, table.c.subject_id, table.c.year, table.c.level, table.c.criteria_set_id,
            table.c.valid_from, table.c.valid_to, table.c.certificate, decision.c.number,
            decision.c.decided_on,
        )
        .select_from(table.join(decision, decision.c.id == table.c.decision_id))
        .where(
            table.c.model == model.value,
            table.c.subject_id.in_(chosen),
            or_(table.c.year == asked.year, and_(table.c.year < asked.year, table.c.valid_to.is_not(None))),
            stands(asked),
        )
    )  # fmt: skip
    found = sorted((Held(*row) for row in rows), key=lambda one: (one.year, one.level or 0, one.id))
    return {one.subject_id: one for one in found}


@dataclass(frozen=True, slots=True)
class Taken:
    """That a subject is in a round: the row and the round by number, the round's year and both states."""

    assessment_id: int
    round_id: int
    year: int
    number: int
    round_state: str
    state: str


def taken(connection: Connection, model: Model, subject_id: int) -> list[Taken]:
    """The rounds in which a subject is or was, the newest first."""
    row, round_ = schema.assessments.c, schema.rounds.c
    rows = connection.execute(
        select(row.id, round_.id, round_.year, round_.number, round_.state, row.state)
        .select_from(schema.assessments.join(schema.rounds, round_.id == row.round_id))
        .where(round_.model == model.value, row.subject_id == subject_id)
        .order_by(round_.year.desc(), round_.id.desc())
        .limit(50)
    )
    return [Taken(*found) for found in rows]


def holders(connection: Connection, model: Model, path: str, year: int) -> int:
    """How many subjects below a place were recognised for a year and still are."""
    table = schema.recognitions.c
    rows = select(func.count(table.subject_id.distinct())).where(
        table.model == model.value,
        table.year == year,
        table.place_id.in_(select(_PLACE.c.id).where(at_or_below(_PLACE, path))),
        table.result == Result.ACHIEVED,
        table.revoked_by.is_(None),
    )
    return int(connection.execute(rows).scalar_one())


def first_levels(connection: Connection, model: Model, numbers: Collection[int]) -> dict[int, date]:
    """The day of the first decision by which each of these subjects holds level 1."""
    table, decision = schema.recognitions.c, schema.decisions.c
    found: dict[int, date] = {}
    for part in dialects.chunks(list(numbers), dialects.CHUNK):
        rows = connection.execute(
            select(table.subject_id, func.min(decision.decided_on))
            .select_from(schema.recognitions.join(schema.decisions, decision.id == table.decision_id))
            .where(
                table.model == model.value,
                table.subject_id.in_(part),
                table.result == Result.ACHIEVED,
                table.revoked_by.is_(None),
                or_(table.level.is_(None), table.level == 1),
            )
            .group_by(table.subject_id)
        )
        found |= {row[0]: row[1] for row in rows}
    return found


def own_rows(
    connection: Connection, person_keys: Collection[bytes], on: date, round_ids: Sequence[int]
) -> set[int]:
    """Rows of rounds about a household, clan or unit to which one of these people belongs on a day."""
    kin, member = schema.kinship_members.c, schema.organisation_members.c
    row, round_ = schema.assessments.c, schema.rounds.c
    kinships = select(kin.kinship_id).where(
        kin.person_key.in_(person_keys), in_force(kin.since, kin.until, on)
    )
    units = select(member.organisation_id).where(
        member.person_key.in_(person_keys), in_force(member.since, member.until, on)
    )
    of_kin = and_(round_.model.in_([Model.HOUSEHOLD.value, Model.CLAN.value]), row.subject_id.in_(kinships))
    of_unit = and_(round_.model == Model.UNIT.value, row.subject_id.in_(units))
    chosen = (
        select(row.id)
        .select_from(schema.assessments.join(schema.rounds, round_.id == row.round_id))
        .where(or_(of_kin, of_unit), round_.id.in_(round_ids))
    )
    return set(connection.execute(chosen).scalars())
