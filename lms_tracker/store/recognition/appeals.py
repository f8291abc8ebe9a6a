"""Requests that a result be looked at again (đề nghị xem xét lại)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from lms_tracker.store import schema
from lms_tracker.store.reach import Reach
from lms_tracker.store.recognition import rounds

_TABLE = schema.appeals
WAITING, UPHELD, DISMISSED, WITHDRAWN = "waiting", "upheld", "dismissed", "withdrawn"


@dataclass(frozen=True, slots=True)
class Appeal:
    """A row of `appeals`; instants in microseconds."""

    id: int
    recognition_id: int
    person_key: bytes | None
    words: str
    state: str
    made_us: int
    made_by: bytes
    due_us: int
    decided_us: int | None
    decided_by: bytes | None
    answer: str
    decision_id: int | None
    revision: int


_NAMES = tuple(Appeal.__dataclass_fields__)
_COLUMNS = [_TABLE.c[name] for name in _NAMES]


def _read(connection: Connection, chosen: Any) -> list[Appeal]:
    found = []
    for row in connection.execute(chosen).mappings():
        values: dict[str, Any] = dict(row)
        for name in ("person_key", "made_by", "decided_by"):
            values[name] = None if values[name] is None else bytes(values[name])
        found.append(Appeal(**values))
    return found


def by_id(connection: Connection, number: int) -> Appeal | None:
    return next(iter(_read(connection, select(*_COLUMNS).where(_TABLE.c.id == number))), None)


def of_recognitions(connection: Connection, numbers: Collection[int]) -> dict[int, list[Appeal]]:
    """The appeals against these, the oldest first."""
    found: dict[int, list[Appeal]] = {number: [] for number in numbers}
    chosen = select(*_COLUMNS).where(_TABLE.c.recognition_id.in_(numbers)).order_by(_TABLE.c.id)
    for one in _read(connection, chosen):
        found[one.recognition_id].append(one)
    return found


def waiting(
    connection: Connection, reach: Reach, besides: Sequence[bytes], limit: int, offset: int
) -> list[Appeal]:
    """Appeals within reach that wait, the one due first first; not those of anybody of `besides`."""
    chosen = select(*_COLUMNS).where(*_answered(reach, besides)).order_by(_TABLE.c.due_us, _TABLE.c.id)
    return _read(connection, chosen.limit(limit).offset(offset))


def count_waiting(connection: Connection, reach: Reach, besides: Sequence[bytes]) -> int:
    asked = select(func.count()).select_from(_TABLE).where(*_answered(reach, besides))
    return int(connection.execute(asked).scalar_one())


def _answered(reach: Reach, besides: Sequence[bytes]) -> list[Any]:
    recognitions, subjects = schema.recognitions, schema.assessments
    inside = (
        select(recognitions.c.id)
        .join(subjects, subjects.c.id == recognitions.c.assessment_id)
        .join(schema.rounds, schema.rounds.c.id == subjects.c.round_id)
        .where(rounds.within(reach))
    )
    return [
        _TABLE.c.state == WAITING,
        _TABLE.c.recognition_id.in_(inside),
        _TABLE.c.made_by.not_in(besides),
    ]


def add(connection: Connection, **values: Any) -> int:
    done = connection.execute(insert(_TABLE).values(**values, state=WAITING, answer="", revision=0))
    key: Sequence[Any] = done.inserted_primary_key or ()
    return int(key[0])


def change(connection: Connection, one: Appeal, **values: Any) -> bool:
    """Change an appeal unless somebody changed it since it was read; answers whether this one did."""
    done = connection.execute(
        update(_TABLE)
        .where(_TABLE.c.id == one.id, _TABLE.c.revision == one.revision)
        .values(**values, revision=one.revision + 1)
    )
    return done.rowcount == 1
