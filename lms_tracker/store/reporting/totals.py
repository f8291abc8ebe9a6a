"""Kept totals: written for a place or an organisation and a year, and summed up over a subtree.

Totals stand under the place that the rows name, be it one that is no more. Which place of the day asked that
is, is found when they are read (`related`): what becomes known of places later changes no total.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import Connection

from lms_tracker.learning.places import Level
from lms_tracker.learning.reporting.measures import Measure
from lms_tracker.store import dialects, schema
from lms_tracker.store.places import SELECTED, Place, from_row
from lms_tracker.store.reporting.headcounts import Totals

# A chain of changes is followed so far.
MOST_STEPS = 20
# Far faster than asking the enumeration, for thousands of rows.
_MEASURES = {int(measure): measure for measure in Measure}


def write_places(connection: Connection, year: int, found: Mapping[int, Mapping[Measure, int]]) -> None:
    """Keep what was counted of a year by place, in place of what was kept of it."""
    dialects.change_rows(
        connection,
        "DELETE FROM place_totals WHERE place_id = ? AND year = ?",
        "DELETE FROM place_totals t USING {rows} AS r(place_id, year)"
        " WHERE t.place_id = r.place_id AND t.year = r.year",
        ("bigint", "smallint"),
        [(place_id, year) for place_id in sorted(found)],
    )
    rows = [
        (place_id, year, int(measure), value)
        for place_id, totals in sorted(found.items())
        for measure, value in sorted(totals.items())
    ]
    dialects.insert(connection, schema.place_totals, rows)


def write_organisation(
    connection: Connection, organisation_id: int, year: int, totals: Mapping[Measure, int]
) -> None:
    dialects.change(
        connection,
        "DELETE FROM organisation_totals WHERE organisation_id = ? AND year = ?",
        (organisation_id, year),
    )
    rows = [(organisation_id, year, int(measure), value) for measure, value in sorted(totals.items())]
    dialects.insert(connection, schema.organisation_totals, rows)


def stale(connection: Connection, year: int, before_us: int, limit: int) -> list[int]:
    """Places whose year was counted before a moment, or which were counted for the year before alone."""
    rows = dialects.rows(
        connection,
        "SELECT place_id FROM place_totals WHERE year = ? AND measure = 0 AND value < ?"
        " UNION SELECT place_id FROM place_totals o WHERE year = ? AND measure = 0 AND NOT EXISTS"
        " (SELECT 1 FROM place_totals n WHERE n.place_id = o.place_id AND n.year = ? AND n.measure = 0)"
        " LIMIT ?",
        (year, before_us, year - 1, year, limit),
    )
    return [row[0] for row in rows]


# --- sums ------------------------------------------------------------------------------------------------

# The id that follows a path in the paths below it: which of the units directly below a row belongs to.
_CHILD = {
    True: "split_part(substr(p.path, ?), '/', 1)",
    False: "substr(p.path, ?, max(instr(substr(p.path, ?), '/') - 1, 0))",
}
_HOLDS = "(p.valid_from IS NULL OR p.valid_from <= ?) AND (p.valid_to IS NULL OR p.valid_to >= ?)"


def _child(connection: Connection, path: str) -> tuple[str, list[int]]:
    on_postgresql = dialects.is_postgresql(connection)
    return _CHILD[on_postgresql], [len(path) + 1] * (1 if on_postgresql else 2)


def _number(text: str) -> int:
    """0 is the unit itself."""
    return int(text) if text else 0


def sums(connection: Connection, path: str, year: int, on: date) -> dict[int, Totals]:
    """The totals of a year of the units directly below a path, each with all below it; 0 for the unit itself.

    Of places of the day alone; those of other times are `related`. COUNTED_US is the earliest.
    """
    child, marks = _child(connection, path)
    rows = dialects.rows(
        connection,
        f"SELECT {child} AS child, t.measure, CAST(sum(t.value) AS BIGINT), min(t.value)"
        " FROM places p JOIN place_totals t ON t.place_id = p.id AND t.year = ?"
        f" WHERE p.path >= ? AND p.path < ? AND {_HOLDS} GROUP BY child, t.measure",
        (*marks, year, path, path[:-1] + "0", on.isoformat(), on.isoformat()),
    )
    found: dict[int, Totals] = {}
    for below, measure, total, least in rows:
        one = found.setdefault(_number(below), Counter())
        one[_MEASURES[measure]] = least if measure == Measure.COUNTED_US else total
    return found


def units(connection: Connection, path: str, on: date) -> dict[int, Totals]:
    """How many communes and local places there are on a day in the units directly below a path, and in it."""
    child, marks = _child(connection, path)
    rows = dialects.rows(
        connection,
        f"SELECT {child} AS child, p.level, count(*) FROM places p"
        f" WHERE p.path >= ? AND p.path < ? AND p.level >= ? AND {_HOLDS} GROUP BY child, p.level",
        (*marks, path, path[:-1] + "0", int(Level.COMMUNE), on.isoformat(), on.isoformat()),
    )
    found: dict[int, Totals] = {}
    for below, level, count in rows:
        measure = Measure.COMMUNES if level == Level.COMMUNE else Measure.COMMUNITIES
        found.setdefault(_number(below), Counter())[measure] = count
    return found


# What a unit and all below it was made of, and what it became; with the local places of those communes, which
# may have gone on nowhere.
_RELATED = f"""
WITH RECURSIVE older(id, step) AS (
    SELECT m.from_id, 1 FROM places p JOIN place_moves m ON m.to_id = p.id WHERE p.path >= ? AND p.path < ?
    UNION SELECT m.from_id, o.step + 1 FROM older o JOIN place_moves m ON m.to_id = o.id
    WHERE o.step < {MOST_STEPS}
), newer(id, step) AS (
    SELECT m.to_id, 1 FROM places p JOIN place_moves m ON m.from_id = p.id WHERE p.path >= ? AND p.path < ?
    UNION SELECT m.to_id, n.step + 1 FROM newer n JOIN place_moves m ON m.from_id = n.id
    WHERE n.step < {MOST_STEPS}
), related(id) AS (
    SELECT id FROM older UNION SELECT id FROM newer
), everything(id) AS (
    SELECT id FROM related
    UNION SELECT p.id FROM places p JOIN related r ON p.parent_id = r.id WHERE p.level = {int(Level.LOCAL)}
    UNION SELECT id FROM places p WHERE p.path >= ? AND p.path < ?
)
SELECT {SELECTED} FROM everything e JOIN places p ON p.id = e.id
WHERE p.valid_from IS NOT NULL OR p.valid_to IS NOT NULL
"""


def related(connection: Connection, path: str) -> list[Place]:
    """The places that are not there on every day, of a unit and of what it was made of and became."""
    within = (path, path[:-1] + "0")
    return [from_row(row) for row in dialects.rows(connection, _RELATED, within * 3)]


def of_places(connection: Connection, ids: Sequence[int], year: int) -> dict[int, Totals]:
    """What is kept of places themselves."""
    found: dict[int, Totals] = {}
    said = "SELECT place_id, measure, value FROM place_totals WHERE place_id {keys} AND year = ?"
    for place_id, measure, value in dialects.rows_by_key(connection, said, ids, year):
        found.setdefault(place_id, Counter())[_MEASURES[measure]] = value
    return found


def of_organisations(connection: Connection, ids: Sequence[int], year: int) -> dict[int, Totals]:
    """What is kept of organisations themselves."""
    found: dict[int, Totals] = {}
    for part in dialects.chunks(ids, dialects.CHUNK):
        marks = ",".join("?" * len(part))
        for number, measure, value in dialects.rows(
            connection,
            "SELECT organisation_id, measure, value FROM organisation_totals"
            f" WHERE year = ? AND organisation_id IN ({marks})",
            (year, *part),
        ):
            found.setdefault(number, Counter())[Measure(measure)] = value
    return found


def first_year(connection: Connection, path: str) -> int | None:
    """The earliest year of which something is kept of a place with this path, or of any below."""
    ((found,),) = dialects.rows(
        connection,
        "SELECT min((SELECT min(t.year) FROM place_totals t WHERE t.place_id = p.id))"
        " FROM places p WHERE p.path >= ? AND p.path < ?",
        (path, path[:-1] + "0"),
    )
    return None if found is None else int(found)
