"""Who may do what where: roles granted, dated, handed on, revoked. Elsewhere is said what a role may do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, insert, select, update

from lms_tracker.store import schema
from lms_tracker.store.reach import in_force


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a grant holds: at most one of these, and everywhere where there is none."""

    place_id: int | None = None
    organisation_id: int | None = None
    provider_id: int | None = None
    ward_key: bytes | None = None

    @property
    def is_everywhere(self) -> bool:
        return self == Scope()


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


def _rows(connection: Connection, *conditions: ColumnElement[bool]) -> list[GrantRow]:
    rows = connection.execute(select(*_COLUMNS).where(*conditions).order_by(_table.c.id))
    return [
        GrantRow(row[0], row[1], row[2], Scope(row[3], row[4], row[5], row[6]), *row[7:])  # type: ignore[call-arg]
        for row in rows
    ]


def valid(connection: Connection, person_key: bytes, on: date) -> list[GrantRow]:
    """What a person holds on a local date, the oldest first.

    A grant that was handed on holds only while the one that it came from does, and so on to the first.
    """
    return _standing(connection, _rows(connection, _table.c.person_key == person_key, *_holding(on)), on)


def _holding(on: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _table.c.revoked_us.is_(None), in_force(_table.c.valid_from, _table.c.valid_to, on)


def _standing(connection: Connection, rows: list[GrantRow], on: date) -> list[GrantRow]:
    """Those of these grants whose origins hold, too."""
    # What each grant came from; a grant that does not hold has no line here.
    origins: dict[int, int | None] = {}
    asked = {row.delegated_from for row in rows if row.delegated_from is not None}
    while asked:
        found = connection.execute(
            select(_table.c.id, _table.c.delegated_from).where(_table.c.id.in_(asked), *_holding(on))
        ).all()
        origins.update((row[0], row[1]) for row in found)
        # A grant is younger than what it came from, so that this ends.
        asked = {row[1] for row in found if row[1] is not None} - set(origins)

    def stands(origin: int | None) -> bool:
        return origin is None or (origin in origins and stands(origins[origin]))

    return [row for row in rows if stands(row.delegated_from)]


def held(connection: Connection, person_key: bytes, role: str, scope: Scope) -> list[GrantRow]:
    """A person's grants of a role with exactly this scope that nobody revoked, whatever their dates."""
    return _rows(
        connection,
        _table.c.person_key == person_key,
        _table.c.role == role,
        _table.c.place_id.is_not_distinct_from(scope.place_id),
        _table.c.organisation_id.is_not_distinct_from(scope.organisation_id),
        _table.c.provider_id.is_not_distinct_from(scope.provider_id),
        _table.c.ward_key.is_not_distinct_from(scope.ward_key),
        _table.c.revoked_us.is_(None),
    )


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
