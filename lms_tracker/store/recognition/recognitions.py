"""What was decided about subjects, year by year, and what was taken back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from lms_tracker.store import dialects, schema
from lms_tracker.store.reach import at_or_below

_TABLE = schema.recognitions
ACHIEVED, NOT_ACHIEVED = "achieved", "not-achieved"


@dataclass(frozen=True, slots=True)
class Recognition:
    """A row of `recognitions`; days are local and inclusive."""

    id: int
    decision_id: int
    assessment_id: int
    criteria_set_id: int
    model: str
    year: int
    person_key: bytes | None
    subject_id: int | None
    place_id: int | None
    organisation_id: int | None
    name: str
    result: str
    level: int | None
    points: int | None
    valid_from: date
    valid_to: date | None
    certificate: str | None
    revoked_by: int | None
    revoked_on: date | None
    revision: int


@dataclass(frozen=True, slots=True)
class New:
    """What a decision says of one subject; the rest is the decision's."""

    assessment_id: int
    person_key: bytes | None
    subject_id: int | None
    place_id: int | None
    organisation_id: int | None
    name: str
    result: str
    level: int | None
    points: int | None
    certificate: str | None


_NAMES = tuple(Recognition.__dataclass_fields__)
_COLUMNS = [_TABLE.c[name] for name in _NAMES]
_KEY = _NAMES.index("person_key")


def _read(connection: Connection, chosen: Any) -> list[Recognition]:
    found = []
    for row in connection.execute(chosen):
        values = list(row)
        values[_KEY] = None if values[_KEY] is None else bytes(values[_KEY])
        found.append(Recognition(*values))
    return found


def stands() -> ColumnElement[bool]:
    """The condition that something was achieved and not taken back."""
    return and_(_TABLE.c.result == ACHIEVED, _TABLE.c.revoked_by.is_(None))


def by_id(connection: Connection, number: int) -> Recognition | None:
    return by_ids(connection, [number]).get(number)


def by_ids(connection: Connection, numbers: Collection[int]) -> dict[int, Recognition]:
    found: dict[int, Recognition] = {}
    for part in dialects.chunks(list(numbers), 900):
        rows = _read(connection, select(*_COLUMNS).where(_TABLE.c.id.in_(part)))
        found |= {one.id: one for one in rows}
    return found


def of_persons(connection: Connection, person_keys: Sequence[bytes]) -> list[Recognition]:
    """All that was decided about whoever has these keys, the newest year first."""
    chosen = select(*_COLUMNS).where(_TABLE.c.person_key.in_(person_keys))
    return _read(connection, chosen.order_by(_TABLE.c.year.desc(), _TABLE.c.id.desc()).limit(500))


def of_subjects(connection: Connection, model: str, subject_ids: Collection[int]) -> list[Recognition]:
    """All that was decided about these households, clans, places or organisations, the newest first."""
    chosen = select(*_COLUMNS).where(_TABLE.c.model == model, _TABLE.c.subject_id.in_(subject_ids))
    return _read(connection, chosen.order_by(_TABLE.c.year.desc(), _TABLE.c.id.desc()).limit(500))


def of_assessments(connection: Connection, numbers: Collection[int]) -> dict[int, list[Recognition]]:
    """What was decided about these rows of rounds, the first first."""
    found: dict[int, list[Recognition]] = {number: [] for number in numbers}
    for part in dialects.chunks(list(numbers), 900):
        chosen = select(*_COLUMNS).where(_TABLE.c.assessment_id.in_(part)).order_by(_TABLE.c.id)
        for one in _read(connection, chosen):
            found[one.assessment_id].append(one)
    return found


def in_round(connection: Connection, round_id: int) -> list[Recognition]:
    """All that was decided about the subjects of a round, the first first."""
    inside = select(schema.assessments.c.id).where(schema.assessments.c.round_id == round_id)
    return _read(
        connection, select(*_COLUMNS).where(_TABLE.c.assessment_id.in_(inside)).order_by(_TABLE.c.id)
    )


def of_decision(
    connection: Connection, decision_id: int, limit: int | None = None, offset: int = 0, result: str = ""
) -> list[Recognition]:
    """What a decision holds, in the order of lists (thôn, then given name)."""
    subject = schema.assessments
    chosen = (
        select(*_COLUMNS)
        .select_from(_TABLE.join(subject, subject.c.id == _TABLE.c.assessment_id))
        .where(or_(_TABLE.c.decision_id == decision_id, _TABLE.c.revoked_by == decision_id))
        .order_by(subject.c.sort_key, _TABLE.c.id)
        .limit(limit)
        .offset(offset)
    )
    return _read(connection, chosen.where(_TABLE.c.result == result) if result else chosen)


def standing(
    connection: Connection,
    model: str,
    year: int,
    person_keys: Collection[bytes] = (),
    subject_ids: Collection[int] = (),
) -> list[Recognition]:
    """Those of these subjects that achieved a model in a year and still hold it."""
    found: list[Recognition] = []
    for column, asked in ((_TABLE.c.person_key, person_keys), (_TABLE.c.subject_id, subject_ids)):
        for part in dialects.chunks(list(asked), dialects.CHUNK):
            found += _read(
                connection,
                select(*_COLUMNS).where(
                    _TABLE.c.model == model, _TABLE.c.year == year, column.in_(part), stands()
                ),
            )
    return found


def standing_below(
    connection: Connection, path: str, model: str, year: int, limit: int | None = None
) -> list[int]:
    """Numbers of the standing recognitions of a place and all below it, in rising order."""
    places = schema.places
    chosen = (
        select(_TABLE.c.id)
        .where(
            _TABLE.c.model == model,
            _TABLE.c.year == year,
            _TABLE.c.place_id.in_(select(places.c.id).where(at_or_below(places, path))),
            stands(),
        )
        .order_by(_TABLE.c.id)
        .limit(limit)
    )
    return list(connection.execute(chosen).scalars())


def certificates(
    connection: Connection, model: str, year: int, place_id: int | None, organisation_id: int | None
) -> int:
    """How many certificates a place or organisation has given out for a model and year; none is taken off."""
    decision = schema.decisions
    whose = (
        decision.c.place_id == place_id
        if place_id is not None
        else decision.c.organisation_id == organisation_id
    )
    asked = (
        select(func.count())
        .select_from(_TABLE.join(decision, decision.c.id == _TABLE.c.decision_id))
        .where(whose, _TABLE.c.model == model, _TABLE.c.year == year, _TABLE.c.certificate.is_not(None))
    )
    return int(connection.execute(asked).scalar_one())


def add(
    connection: Connection,
    decision_id: int,
    criteria_set_id: int,
    model: str,
    year: int,
    valid_from: date,
    valid_to: date | None,
    new: Sequence[New],
) -> None:
    """Write what a decision says, in bulk."""
    numbers = dialects.new_numbers(connection, _TABLE, len(new))
    first, last = valid_from.isoformat(), valid_to and valid_to.isoformat()
    rows = [
        (
            number, decision_id, one.assessment_id, criteria_set_id, model, year, one.person_key,
            one.subject_id, one.place_id, one.organisation_id, one.name, one.result, one.level, one.points,
            first, last, one.certificate, None, None, 0,
        )
        for number, one in zip(numbers, new, strict=True)
    ]  # fmt: skip
    dialects.insert(connection, _TABLE, rows)


def revoke(connection: Connection, one: Recognition, decision_id: int, on: date) -> bool:
    """Take one back, from a local day on, unless that was done meanwhile; answers whether this one did."""
    done = connection.execute(
        update(_TABLE)
        .where(_TABLE.c.id == one.id, _TABLE.c.revoked_by.is_(None))
        .values(revoked_by=decision_id, revoked_on=on, revision=_TABLE.c.revision + 1)
    )
    return done.rowcount == 1
