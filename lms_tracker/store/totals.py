"""Net credited seconds by person, day and course, written with the ledger."""

from collections.abc import Mapping

from sqlalchemy import Connection

from lms_tracker.store import dialects, schema

# Placed and nominal seconds by (day, course).
Changes = Mapping[tuple[int, int], tuple[int, int]]
# Five columns each: far fewer variables than SQLite takes in a statement.
_ROWS_AT_ONCE = 500
_TYPES = ("bytea", "int", "int", "bigint", "bigint")
_ADD = (
    "INSERT INTO totals (person_key, day, course_id, placed_seconds, nominal_seconds) {rows}"
    " ON CONFLICT (person_key, day, course_id) DO UPDATE SET"
    " placed_seconds = totals.placed_seconds + excluded.placed_seconds,"
    " nominal_seconds = totals.nominal_seconds + excluded.nominal_seconds"
)
_DROP = "DELETE FROM totals WHERE person_key {keys} AND placed_seconds = 0 AND nominal_seconds = 0"


def write_first(connection: Connection, changes: Mapping[bytes, Changes]) -> None:
    """Of persons who have none yet."""
    rows = [(key, *place, *both) for key, sums in sorted(changes.items()) for place, both in sums.items()]
    dialects.insert(connection, schema.totals, rows)


def add(connection: Connection, changes: Mapping[bytes, Changes]) -> None:
    """Add seconds for each person; a day that comes to nothing leaves no row."""
    rows = [
        (key, *place, *both) for key, sums in sorted(changes.items()) for place, both in sorted(sums.items())
    ]
    for part in dialects.chunks(rows, _ROWS_AT_ONCE):
        listed, values = dialects.listed(connection, _TYPES, part)
        dialects.change(connection, _ADD.format(rows=listed), values)
    fewer = [key for key, sums in changes.items() if any(min(both) < 0 for both in sums.values())]
    dialects.change_by_key(connection, _DROP, sorted(fewer))


def kept(connection: Connection, person_key: bytes) -> dict[tuple[int, int], tuple[int, int]]:
    rows = dialects.rows(
        connection,
        "SELECT day, course_id, placed_seconds, nominal_seconds FROM totals WHERE person_key = ?",
        (person_key,),
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}
