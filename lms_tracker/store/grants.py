"""Who may do what where: roles granted, dated, handed on, revoked. Elsewhere is said what a role may do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, insert, or_, select, true, update

from lms_tracker.store import dialects, schema
from lms_tracker.store.reach import at_or_below, in_force


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a grant holds: at most one of these, and everywhere where there is none."""

    place_id: int | None = None
    organisation_id: int | None = None
    provider_id: int | None = None
    ward_key: bytes | None = None

    @property
    def is_everywhere(self) -> bool:
        return self == EVERYWHERE


EVERYWHERE = Scope()


@dataclass(frozen=True, slots=True)
class GrantRow:
    """`valid_from` and `valid_to` are inclusive local dates, open where empty."""

    id: int
    person_key: bytes
    role: str
    scope: Scope
    valid_from: date | None
    valid_to: date | None
    granted_us: int
    granted_by: bytes | None
    delegated_from: int | None
    revoked_us: int | None
    revoked_by: bytes | None


_table = schema.grants
_COLUMNS = (
    _table.c.id,
    _table.c.person_key,
    _table.c.role,
    _table.c.place_id,
    _table.c.organisation_id,
    _table.c.provider_id,
    _table.c.ward_key,
    _table.c.valid_from,
    _table.c.valid_to,
    _table.c.granted_us,
    _table.c.granted_by,
    _table.c.delegated_from,
    _table.c.revoked_us,
    _table.c.revoked_by,
)


_SCOPE = (_table.c.place_id, _table.c.organisation_id, _table.c.provider_id, _table.c.ward_key)


def _rows(
    connection: Connection, *conditions: ColumnElement[bool], newest: int | None = None
) -> list[GrantRow]:
    """The oldest first, unless a number of the newest is asked for."""
    found = select(*_COLUMNS).where(*conditions)
    ordered = found.order_by(_table.c.id) if newest is None else found.order_by(_table.c.id.desc())
    return [_read(row) for row in connection.execute(ordered.limit(newest))]


def _read(row: Sequence[Any]) -> GrantRow:
    return GrantRow(row[0], row[1], row[2], Scope(row[3], row[4], row[5], row[6]), *row[7:])


@dataclass(frozen=True, slots=True)
class Standing:
    """A grant that holds, after those that it was handed on from, the nearest first, which hold as well."""

    row: GrantRow
    origins: tuple[GrantRow, ...]

    @property
    def first_day(self) -> date | None:
        return max((row.valid_from for row in (self.row, *self.origins) if row.valid_from), default=None)

    @property
    def last_day(self) -> date | None:
        return min((row.valid_to for row in (self.row, *self.origins) if row.valid_to), default=None)


def valid(connection: Connection, person_key: bytes, on: date) -> list[Standing]:
    """What a person holds on a local date, the oldest first.

    A grant that was handed on holds only while the one that it came from does, and so on to the first.
    """
    return _standing(connection, _rows(connection, _table.c.person_key == person_key, *_holding(on)), on)


def not_ended(connection: Connection, person_key: bytes, on: date) -> list[GrantRow]:
    """What a person holds on a local date or is to hold from a later one, the oldest first."""
    open_ended = or_(_table.c.valid_to.is_(None), _table.c.valid_to >= on)
    found = _rows(connection, _table.c.person_key == person_key, _table.c.revoked_us.is_(None), open_ended)
    return [row for row in found if _standing(connection, [row], max(on, row.valid_from or on))]


def holders_everywhere(connection: Connection, role: str, on: date) -> list[Standing]:
    """Who holds a role everywhere on a local date."""
    everywhere = (column.is_(None) for column in _SCOPE)
    return _standing(connection, _rows(connection, _table.c.role == role, *everywhere, *_holding(on)), on)


def all_standing(connection: Connection, on: date) -> list[Standing]:
    """Everything that holds on a local date."""
    return _standing(connection, _rows(connection, *_holding(on)), on)


def bound(connection: Connection, on: date) -> list[Standing]:
    """What holds for an organisation or a provider on a local date."""
    wanted = or_(_table.c.organisation_id.is_not(None), _table.c.provider_id.is_not(None))
    return _standing(connection, _rows(connection, wanted, *_holding(on)), on)


def at_places(connection: Connection, places: Sequence[int], on: date) -> list[Standing]:
    """What holds on a local date at one of these places, or everywhere."""
    everywhere = and_(*(column.is_(None) for column in _SCOPE))
    wanted = or_(everywhere, _table.c.place_id.in_(places))
    return _standing(connection, _rows(connection, wanted, *_holding(on)), on)


def below_place(connection: Connection, path: str | None, on: date) -> list[tuple[str, Standing]]:
    """What holds on a local date at the place with this path or below it, each with its place's path.

    Without a path: at any place.
    """
    places = schema.places
    covered = true() if path is None else at_or_below(places, path)
    rows = connection.execute(
        select(places.c.path, *_COLUMNS)
        .select_from(_table.join(places, places.c.id == _table.c.place_id))
        .where(covered, *_holding(on))
        .order_by(places.c.path, _table.c.id)
    ).all()
    paths = {row[1]: row[0] for row in rows}
    standing = _standing(connection, [_read(row[1:]) for row in rows], on)
    return [(paths[one.row.id], one) for one in standing]


def history(connection: Connection, scope: Scope, limit: int) -> list[GrantRow]:
    """Every grant with exactly this scope, whatever became of it, the newest first."""
    return _rows(connection, *_exactly(scope), newest=limit)


def by_id(connection: Connection, number: int) -> GrantRow | None:
    found = _rows(connection, _table.c.id == number)
    return found[0] if found else None


def origins(connection: Connection, row: GrantRow) -> list[GrantRow]:
    """Those that a grant was handed on from, the nearest first, whether they hold or not."""
    found: list[GrantRow] = []
    while (number := (found[-1] if found else row).delegated_from) is not None:
        found += _rows(connection, _table.c.id == number)
    return found


def handed_on(connection: Connection, ids: Sequence[int], on: date) -> list[Standing]:
    """What was handed on straight from these grants and holds on a local date."""
    return _standing(connection, _rows(connection, _table.c.delegated_from.in_(ids), *_holding(on)), on)


def lock(connection: Connection) -> None:
    """Let nobody else change who may do what until this transaction ends."""
    dialects.lock_table(connection, _table)


def _holding(on: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _table.c.revoked_us.is_(None), in_force(_table.c.valid_from, _table.c.valid_to, on)


def _standing(connection: Connection, rows: list[GrantRow], on: date) -> list[Standing]:
    """Those of these grants whose origins hold, too."""
    # Those that hold, of those that something was handed on from.
    before: dict[int, GrantRow] = {}
    asked = {row.delegated_from for row in rows if row.delegated_from is not None}
    while asked:
        found = _rows(connection, _table.c.id.in_(asked), *_holding(on))
        before.update((row.id, row) for row in found)
        # A grant is younger than what it came from, so that this ends.
        asked = {row.delegated_from for row in found if row.delegated_from is not None} - set(before)
    standing = []
    for row in rows:
        chain: list[GrantRow] = []
        origin = row.delegated_from
        while origin is not None and origin in before:
            chain.append(before[origin])
            origin = before[origin].delegated_from
        if origin is None:
            standing.append(Standing(row, tuple(chain)))
    return standing


def _exactly(scope: Scope) -> list[ColumnElement[bool]]:
    values = (scope.place_id, scope.organisation_id, scope.provider_id, scope.ward_key)
    return [column.is_not_distinct_from(value) for column, value in zip(_SCOPE, values, strict=True)]


def held(connection: Connection, person_key: bytes, role: str, scope: Scope) -> list[GrantRow]:
    """A person's grants of a role with exactly this scope that nobody revoked, whatever their dates."""
    mine = _table.c.person_key == person_key, _table.c.role == role, _table.c.revoked_us.is_(None)
    return _rows(connection, *mine, *_exactly(scope))


def add(
    connection: Connection,
    person_key: bytes,
    role: str,
    scope: Scope,
    granted_us: int,
    *,
    valid_from: date | None = None,
    valid_to: date | None = None,
    granted_by: bytes | None = None,
    delegated_from: int | None = None,
) -> int:
    """The number of the new grant. `granted_by` is empty where somebody at the machine itself granted it."""
    done = connection.execute(
        insert(_table).values(
            person_key=person_key,
            role=role,
            place_id=scope.place_id,
            organisation_id=scope.organisation_id,
            provider_id=scope.provider_id,
            ward_key=scope.ward_key,
            valid_from=valid_from,
            valid_to=valid_to,
            granted_us=granted_us,
            granted_by=granted_by,
            delegated_from=delegated_from,
        )
    )
    assert done.inserted_primary_key is not None
    return int(done.inserted_primary_key[0])


def revoke(
    connection: Connection, ids: Sequence[int], revoked_us: int, revoked_by: bytes | None = None
) -> int:
    """How many of these grants somebody could still revoke; what they were handed on to ends with them."""
    done = connection.execute(
        update(_table)
        .where(_table.c.id.in_(ids), _table.c.revoked_us.is_(None))
        .values(revoked_us=revoked_us, revoked_by=revoked_by)
    )
    return done.rowcount
