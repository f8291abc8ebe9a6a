"""What of a person follows when its record ends in a merge, and goes back when that is undone.

Which rows followed is kept with the merge, so that undoing it finds exactly these, whatever became of them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Table, insert, or_, select, update

from lms_tracker.learning.roster_households import HEAD
from lms_tracker.store import schema


def _said(row: Row[Any], mine: Iterable[Row[Any]], *columns: str) -> bool:
    """Whether one of the survivor's rows says the same of all these days."""
    return any(
        all(getattr(one, column) == getattr(row, column) for column in columns)
        and (one.since is None or (row.since is not None and one.since <= row.since))
        and (one.until is None or (row.until is not None and row.until <= one.until))
        for one in mine
    )


def _kin_said(row: Row[Any], mine: Sequence[Row[Any]]) -> bool:
    return _said(row, mine, "kinship_id", "relation") or (
        row.relation != HEAD and _said(row, mine, "kinship_id")
    )


# Tables whose rows have the person's key, and which of the loser's rows the survivor has no need of.
_DATED: Mapping[str, tuple[Table, Callable[[Row[Any], Sequence[Row[Any]]], bool]]] = {
    "residences": (schema.residences, lambda row, mine: _said(row, mine, "place_id")),
    "kinship_members": (schema.kinship_members, _kin_said),
    "organisation_members": (
        schema.organisation_members,
        lambda row, mine: _said(row, mine, "organisation_id", "capacity"),
    ),
}
_COLUMNS = {
    **{name: table.c.person_key for name, (table, _) in _DATED.items()},
    "consents": schema.consents.c.person_key,
    "grants": schema.grants.c.ward_key,
}
_MOVES = schema.merge_moves


def move(connection: Connection, merge_id: int, survivor: bytes, loser: bytes, on: date) -> None:
    """Let everything of the loser follow; guardians' grants that have not ended on this local date."""
    moving = {name: _dated(connection, name, survivor, loser) for name in _DATED}
    consents, grants = schema.consents.c, schema.grants.c
    moving["consents"] = list(
        connection.execute(select(consents.id).where(consents.person_key == loser)).scalars()
    )
    wards = select(grants.id).where(
        grants.ward_key == loser,
        grants.person_key != survivor,
        grants.revoked_us.is_(None),
        or_(grants.valid_to.is_(None), grants.valid_to >= on),
    )
    moving["grants"] = list(connection.execute(wards).scalars())
    rows = [
        {"merge_id": merge_id, "table_name": name, "row_id": number}
        for name, numbers in moving.items()
        for number in numbers
    ]
    if rows:
        connection.execute(insert(_MOVES), rows)
    _put(connection, moving, loser, survivor)


def _dated(connection: Connection, name: str, survivor: bytes, loser: bytes) -> list[int]:
    table, is_said = _DATED[name]
    rows = connection.execute(select(table).where(table.c.person_key.in_([survivor, loser]))).all()
    mine = [row for row in rows if bytes(row.person_key) == survivor]
    return [row.id for row in rows if bytes(row.person_key) == loser and not is_said(row, mine)]


def move_back(connection: Connection, merge_id: int, survivor: bytes, loser: bytes) -> None:
    """Give the loser back what followed in this merge and is still the survivor's."""
    moving: dict[str, list[int]] = {name: [] for name in _COLUMNS}
    kept = select(_MOVES.c.table_name, _MOVES.c.row_id).where(_MOVES.c.merge_id == merge_id)
    for name, number in connection.execute(kept):
        moving[name].append(number)
    _put(connection, moving, survivor, loser)


def _put(connection: Connection, moving: Mapping[str, Sequence[int]], was: bytes, now: bytes) -> None:
    for name, numbers in moving.items():
        column = _COLUMNS[name]
        chosen = update(column.table).where(column.table.c.id.in_(numbers), column == was)
        connection.execute(chosen.values({column.name: now}))
