"""The tree of organisations, changed: their rows, and who belongs to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from lms_tracker.learning import names
from lms_tracker.store import dialects, schema
from lms_tracker.store.organisations import HEAD
from lms_tracker.store.places import within
from lms_tracker.store.reach import in_force

MOST_BELOW = 1_000
MOST_FOUND = 50

_TABLE = schema.organisations
_MEMBERS = schema.organisation_members
_COLUMNS = (
    _TABLE.c.id,
    _TABLE.c.kind,
    _TABLE.c.name,
    _TABLE.c.parent_id,
    _TABLE.c.path,
    _TABLE.c.place_id,
    _TABLE.c.valid_from,
    _TABLE.c.valid_to,
)


@dataclass(frozen=True, slots=True)
class Organisation:
    """From `valid_from` to `valid_to`, both included; None is open. `path` is as that of places."""

    id: int
    kind: str
    name: str
    parent_id: int | None
    path: str
    place_id: int | None
    valid_from: date | None
    valid_to: date | None

    @property
    def above(self) -> list[int]:
        """The ids of all above this one, the highest first."""
        return [int(part) for part in self.path.split("/")[1:-2]]


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who belongs to an organisation from `since` to `until`; `name` is empty where unknown."""

    id: int
    organisation_id: int
    person_key: bytes
    name: str
    capacity: str
    since: date | None
    until: date | None


def _read(connection: Connection, *conditions: ColumnElement[bool], limit: int) -> list[Organisation]:
    order = _TABLE.c.sort_key, _TABLE.c.id
    rows = connection.execute(select(*_COLUMNS).where(*conditions).order_by(*order).limit(limit))
    return [Organisation(*row) for row in rows]


def of(connection: Connection, number: int) -> Organisation | None:
    return next(iter(_read(connection, _TABLE.c.id == number, limit=1)), None)


def locked(connection: Connection, number: int) -> Organisation | None:
    """An organisation that nobody else changes until the transaction ends, nor what is directly below it."""
    row = connection.execute(select(*_COLUMNS).where(_TABLE.c.id == number).with_for_update()).first()
    return None if row is None else Organisation(*row)


def lock(connection: Connection) -> None:
    """Let nobody else write organisations until the transaction ends."""
    dialects.lock_table(connection, _TABLE)


def several(connection: Connection, numbers: Sequence[int]) -> dict[int, Organisation]:
    found = _read(connection, _TABLE.c.id.in_(numbers), limit=len(numbers)) if numbers else []
    return {one.id: one for one in found}


def below(connection: Connection, parent_id: int | None, on: date) -> list[Organisation]:
    """Those directly below another, or those at the top for None, in Vietnamese order, on a day."""
    above = _TABLE.c.parent_id.is_(None) if parent_id is None else _TABLE.c.parent_id == parent_id
    return _read(connection, above, in_force(_TABLE.c.valid_from, _TABLE.c.valid_to, on), limit=MOST_BELOW)


def search(connection: Connection, text: str, on: date) -> list[Organisation]:
    """Those with a word of their name that begins so, whatever its marks, on a day."""
    folded = names.folded(text)
    position = func.strpos if dialects.is_postgresql(connection) else func.instr
    named = or_(position(_TABLE.c.search, " " + folded) > 0, position(_TABLE.c.search, folded) == 1)
    return _read(connection, named, in_force(_TABLE.c.valid_from, _TABLE.c.valid_to, on), limit=MOST_FOUND)


def subtree(connection: Connection, path: str) -> list[Organisation]:
    """The organisation with this path and all below it, of any time."""
    return _read(connection, within(_TABLE.c.path, path), limit=100 * MOST_BELOW)


def new_id(connection: Connection) -> int:
    return dialects.new_numbers(connection, _TABLE, 1)[0]


def add(connection: Connection, made: Organisation) -> None:
    connection.execute(insert(_TABLE).values(id=made.id, **_values(made)))


def change(connection: Connection, changed: Organisation) -> None:
    connection.execute(update(_TABLE).where(_TABLE.c.id == changed.id).values(**_values(changed)))


def _values(one: Organisation) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "name": one.name,
        "parent_id": one.parent_id,
        "path": one.path,
        "place_id": one.place_id,
        "valid_from": one.valid_from,
        "valid_to": one.valid_to,
        "search": names.folded(one.name),
        "sort_key": names.sort_key(one.name),
    }


# --- members ---------------------------------------------------------------------------------------------


def members(connection: Connection, organisation_id: int, on: date, limit: int, after: int) -> list[Member]:
    """Who belongs to an organisation itself on a day, by given name; `after` of them are left out."""
    people = schema.people
    rows = connection.execute(
        _chosen()
        .where(
            _MEMBERS.c.organisation_id == organisation_id, in_force(_MEMBERS.c.since, _MEMBERS.c.until, on)
        )
        .order_by(people.c.sort_key, people.c.name, _MEMBERS.c.id)
        .limit(limit)
        .offset(after)
    )
    return [_member(row) for row in rows]


def member(connection: Connection, number: int) -> Member | None:
    """A membership by its number, held until the transaction ends."""
    held = select(_MEMBERS.c.id).where(_MEMBERS.c.id == number).with_for_update()
    if connection.execute(held).first() is None:
        return None
    row = connection.execute(_chosen().where(_MEMBERS.c.id == number)).first()
    return None if row is None else _member(row)


def memberships(connection: Connection, organisation_id: int, person_key: bytes) -> list[Member]:
    """All that somebody ever was in an organisation."""
    rows = connection.execute(
        _chosen()
        .where(_MEMBERS.c.organisation_id == organisation_id, _MEMBERS.c.person_key == person_key)
        .order_by(_MEMBERS.c.id)
    )
    return [_member(row) for row in rows]


def count_of_people(connection: Connection, path: str, on: date) -> int:
    """How many distinct people (I15) belong to an organisation or to any below it on a day."""
    organisations = select(_TABLE.c.id).where(within(_TABLE.c.path, path))
    found = connection.execute(
        select(func.count(_MEMBERS.c.person_key.distinct())).where(
            _MEMBERS.c.organisation_id.in_(organisations), in_force(_MEMBERS.c.since, _MEMBERS.c.until, on)
        )
    )
    return int(found.scalar_one())


def is_head(connection: Connection, person_key: bytes, on: date) -> bool:
    """Whether somebody is the head of an organisation on a local date, or is to be from a later one."""
    table = _MEMBERS.c
    found = select(table.id).where(
        table.person_key == person_key,
        table.capacity == HEAD,
        or_(table.until.is_(None), table.until >= on),
    )
    return connection.execute(found.limit(1)).first() is not None


def join(connection: Connection, made: Member) -> int:
    """Write a new membership; answers its number."""
    done = connection.execute(
        insert(_MEMBERS)
        .values(
            organisation_id=made.organisation_id,
            person_key=made.person_key,
            capacity=made.capacity,
            since=made.since,
            until=made.until,
        )
        .returning(_MEMBERS.c.id)
    )
    return int(done.scalar_one())


def leave(connection: Connection, number: int, until: date) -> None:
    connection.execute(update(_MEMBERS).where(_MEMBERS.c.id == number).values(until=until))


def _chosen() -> Any:
    people = schema.people
    return select(
        _MEMBERS.c.id,
        _MEMBERS.c.organisation_id,
        _MEMBERS.c.person_key,
        people.c.name,
        _MEMBERS.c.capacity,
        _MEMBERS.c.since,
        _MEMBERS.c.until,
    ).select_from(_MEMBERS.outerjoin(people, people.c.person_key == _MEMBERS.c.person_key))


def _member(row: Any) -> Member:
    return Member(row[0], row[1], bytes(row[2]), row[3] or "", row[4], row[5], row[6])
