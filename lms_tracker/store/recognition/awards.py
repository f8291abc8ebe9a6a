"""Honours (khen thưởng) as rows, each given by a decision and counted by a place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from lms_tracker.store import schema
from lms_tracker.store.reach import at_or_below
from lms_tracker.store.recognition import decisions

_TABLE, _DECISION, _PLACE = schema.awards, schema.decisions, schema.places


@dataclass(frozen=True, slots=True)
class Award:
    """An honour with its decision; `decided_on` is a local day, `withdrawn_us` empty while it stands."""

    id: int
    subject_kind: str
    person_key: bytes | None
    kinship_id: int | None
    organisation_id: int | None
    subject_place_id: int | None
    name: str
    form: str
    what_for: str
    year: int
    place_id: int
    withdrawn_us: int | None
    number: str
    decided_on: date
    authority: str
    signed_by: str


_OWN = (
    "id", "subject_kind", "person_key", "kinship_id", "organisation_id", "subject_place_id", "name", "form",
    "what_for", "year", "place_id", "withdrawn_us",
)  # fmt: skip
_COLUMNS = (
    *(_TABLE.c[name] for name in _OWN),
    *(_DECISION.c[name] for name in ("number", "decided_on", "authority", "signed_by")),
)


def _read(connection: Connection, chosen: Any) -> list[Award]:
    found = []
    for row in connection.execute(chosen).mappings():
        values: dict[str, Any] = dict(row)
        key = values["person_key"]
        found.append(Award(**{**values, "person_key": None if key is None else bytes(key)}))
    return found


def _chosen() -> Any:
    return select(*_COLUMNS).select_from(_TABLE.join(_DECISION, _DECISION.c.id == _TABLE.c.decision_id))


def _of(path: str, year: int) -> Sequence[ColumnElement[bool]]:
    there = select(_PLACE.c.id).where(at_or_below(_PLACE, path))
    return _TABLE.c.place_id.in_(there), _TABLE.c.year == year


def listed(connection: Connection, path: str, year: int, limit: int, offset: int = 0) -> list[Award]:
    """The honours of a place and all below it in a year, the newest decision first."""
    order = _DECISION.c.decided_on.desc(), _DECISION.c.id.desc(), _TABLE.c.id
    return _read(connection, _chosen().where(*_of(path, year)).order_by(*order).limit(limit).offset(offset))


def counts(connection: Connection, path: str, year: int) -> dict[tuple[str, str], int]:
    """How many honours stand at a place and below in a year, by form and kind of subject."""
    rows = connection.execute(
        select(_TABLE.c.form, _TABLE.c.subject_kind, func.count())
        .where(*_of(path, year), _TABLE.c.withdrawn_us.is_(None))
        .group_by(_TABLE.c.form, _TABLE.c.subject_kind)
    )
    return {(row[0], row[1]): int(row[2]) for row in rows}


def by_id(connection: Connection, number: int) -> Award | None:
    return next(iter(_read(connection, _chosen().where(_TABLE.c.id == number))), None)


def decision(connection: Connection, place_id: int, number: str, on: date, authority: str) -> int | None:
    """The decision about honours of a place that bears this number, day and authority."""
    rows = connection.execute(
        select(_DECISION.c.id, _DECISION.c.number, _DECISION.c.authority).where(
            _DECISION.c.kind == decisions.AWARD,
            _DECISION.c.place_id == place_id,
            _DECISION.c.decided_on == on,
        )
    )
    wanted = decisions.plain(number), authority.casefold()
    return next((row[0] for row in rows if (decisions.plain(row[1]), row[2].casefold()) == wanted), None)


def named(connection: Connection, decision_id: int, name: str, form: str) -> bool:
    """Whether a decision gives this name this form already, and it stands."""
    rows = connection.execute(
        select(_TABLE.c.name).where(
            _TABLE.c.decision_id == decision_id, _TABLE.c.form == form, _TABLE.c.withdrawn_us.is_(None)
        )
    )
    return any(text.casefold() == name.casefold() for text in rows.scalars())


def add(connection: Connection, **values: Any) -> int:
    done = connection.execute(insert(_TABLE).values(**values).returning(_TABLE.c.id))
    return int(done.scalar_one())


def withdraw(connection: Connection, number: int, by_person: bytes, now_us: int) -> bool:
    """Withdraw an honour that stands; answers whether this one did."""
    done = connection.execute(
        update(_TABLE)
        .where(_TABLE.c.id == number, _TABLE.c.withdrawn_us.is_(None))
        .values(withdrawn_us=now_us, withdrawn_by=by_person)
    )
    return done.rowcount == 1
