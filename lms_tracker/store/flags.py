"""Flags: what a reviewer should look at, each subject once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, true, update

from lms_tracker.learning.watching import Figures, Found, Kind
from lms_tracker.store import dialects, reach, schema
from lms_tracker.store.reach import Reach

WAITING, CONFIRMED, HARMLESS = "waiting", "confirmed", "harmless"

_FLAG = schema.flags
_COLUMNS = (
    _FLAG.c.id,
    _FLAG.c.kind,
    _FLAG.c.subject,
    _FLAG.c.person_key,
    _FLAG.c.provider_id,
    _FLAG.c.course_id,
    _FLAG.c.day,
    _FLAG.c.figures,
    _FLAG.c.raised_us,
    _FLAG.c.state,
    _FLAG.c.decided_us,
    _FLAG.c.decided_by,
    _FLAG.c.revision,
)


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag; `day` is a local date as an ordinal, `revision` rises with every change."""

    id: int
    kind: Kind
    subject: str
    person_key: bytes | None
    provider_id: int | None
    course_id: int | None
    day: int | None
    figures: Figures
    raised_us: int
    state: str
    decided_us: int | None
    decided_by: bytes | None
    revision: int


def by_subject(connection: Connection, kind: Kind, subject: str) -> Flag | None:
    rows = connection.execute(select(*_COLUMNS).where(_FLAG.c.kind == kind, _FLAG.c.subject == subject))
    row = rows.one_or_none()
    return None if row is None else _flag(row)


def by_id(connection: Connection, number: int) -> Flag | None:
    row = connection.execute(select(*_COLUMNS).where(_FLAG.c.id == number)).one_or_none()
    return None if row is None else _flag(row)


def add(connection: Connection, found: Found, raised_us: int) -> int | None:
    """Raise a flag; answers its number, or None where there is one of this kind and subject."""
    rows = dialects.rows(
        connection,
        "INSERT INTO flags (kind, subject, person_key, provider_id, course_id, day, figures, raised_us,"
        " state, revision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'waiting', 1) ON CONFLICT DO NOTHING RETURNING id",
        (
            str(found.kind),
            found.subject,
            found.person_key,
            found.provider_id,
            found.course_id,
            found.day,
            _text(found.figures),
            raised_us,
        ),
    )
    return int(rows[0][0]) if rows else None


def change(connection: Connection, flag: Flag, found: Found, raised_us: int) -> bool:
    """Have a flag wait with these figures; False where somebody changed it since it was read."""
    done = connection.execute(
        update(_FLAG)
        .where(_FLAG.c.id == flag.id, _FLAG.c.revision == flag.revision)
        .values(
            state=WAITING,
            person_key=found.person_key,
            day=found.day,
            figures=_text(found.figures),
            raised_us=raised_us,
            decided_us=None,
            decided_by=None,
            revision=flag.revision + 1,
        )
    )
    return done.rowcount == 1


def settle(
    connection: Connection, number: int, revision: int, state: str, by_person: bytes, decided_us: int
) -> bool:
    """Settle a flag that waits; False where it was changed or settled since `revision`."""
    done = connection.execute(
        update(_FLAG)
        .where(_FLAG.c.id == number, _FLAG.c.revision == revision, _FLAG.c.state == WAITING)
        .values(state=state, decided_us=decided_us, decided_by=by_person, revision=revision + 1)
    )
    return done.rowcount == 1


def page(
    connection: Connection,
    within: Reach,
    *,
    waiting: bool,
    kind: Kind | None,
    but: bytes,
    before: int | None,
    limit: int,
) -> list[Flag]:
    """Flags within reach, the newest first, below the number `before`.

    A flag about a provider or a course alone is for a reach everywhere. None about the person `but`.
    """
    wanted = select(*_COLUMNS).where(_within(within, but), _state(waiting))
    if kind is not None:
        wanted = wanted.where(_FLAG.c.kind == kind)
    if before is not None:
        wanted = wanted.where(_FLAG.c.id < before)
    return [_flag(row) for row in connection.execute(wanted.order_by(_FLAG.c.id.desc()).limit(limit))]


def subjects(connection: Connection, kind: Kind) -> set[str]:
    """Everything of one kind that was ever raised."""
    return set(connection.scalars(select(_FLAG.c.subject).where(_FLAG.c.kind == kind)))


def count_waiting(connection: Connection, within: Reach, but: bytes) -> dict[Kind, int]:
    """How many flags within reach wait, by kind."""
    rows = connection.execute(
        select(_FLAG.c.kind, func.count()).where(_within(within, but), _state(True)).group_by(_FLAG.c.kind)
    )
    return {Kind(kind): int(count) for kind, count in rows}


def everything(connection: Connection, *, waiting: bool | None, limit: int) -> list[Flag]:
    """Flags without regard to anybody's reach, the newest first."""
    wanted = select(*_COLUMNS).where(true() if waiting is None else _state(waiting))
    return [_flag(row) for row in connection.execute(wanted.order_by(_FLAG.c.id.desc()).limit(limit))]


def _state(waiting: bool) -> ColumnElement[bool]:
    return _FLAG.c.state == WAITING if waiting else _FLAG.c.state != WAITING


def _within(within: Reach, but: bytes) -> ColumnElement[bool]:
    about_nobody = _FLAG.c.person_key.is_(None)
    about_others = and_(_FLAG.c.person_key != but, reach.persons(within, _FLAG.c.person_key))
    return or_(about_nobody, about_others) if within.everywhere else about_others


def _text(figures: Figures) -> str:
    return msgspec.json.encode(figures).decode()


def _flag(row: Any) -> Flag:
    values: Sequence[Any] = tuple(row)
    number, kind, subject, person, *numbers, figures, raised, state, decided, by, revision = values
    provider_id, course_id, day = numbers
    return Flag(
        number,
        Kind(kind),
        subject,
        None if person is None else bytes(person),
        provider_id,
        course_id,
        day,
        msgspec.json.decode(figures, type=Figures),
        raised,
        state,
        decided,
        None if by is None else bytes(by),
        revision,
    )
