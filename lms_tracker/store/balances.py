"""What a person's ledger says, in sums: for programs and pages that ask for balances."""

from dataclasses import dataclass

from sqlalchemy import Connection

from lms_tracker.store import dialects


@dataclass(frozen=True, slots=True)
class DayTotal:
    """Net credited seconds of one course on one local day (ordinal)."""

    day: int
    course_id: int
    placed: int
    nominal: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Net refused seconds of one statement under one reason."""

    statement_id: bytes
    reason: int
    seconds: int


def days(connection: Connection, person_key: bytes) -> list[DayTotal]:
    rows = dialects.rows(
        connection,
        "SELECT day, course_id, placed_seconds, nominal_seconds FROM totals WHERE person_key = ?"
        " ORDER BY day, course_id",
        (person_key,),
    )
    return [DayTotal(*row) for row in rows]


_REFUSED = (
    "SELECT statement_id, reason, sum(seconds) AS seconds, max(day) AS newest FROM"
    " (SELECT statement_id, course_id, day, kind, reason, sum(seconds) AS seconds FROM ledger"
    " WHERE person_key = ? AND reason <> 0{owner}"
    " GROUP BY statement_id, course_id, day, kind, reason HAVING sum(pieces) > 0) AS standing"
    " GROUP BY statement_id, reason"
)


def refused(
    connection: Connection, person_key: bytes, provider_id: int | None, limit: int
) -> tuple[int, list[Refused]]:
    """How many (statement, reason) pairs stand refused, and the newest of them, by day then id."""
    owner, values = "", [person_key]
    if provider_id is not None:
        owner = " AND provider_id = ?"
        values.append(provider_id)  # type: ignore[arg-type]
    select = _REFUSED.format(owner=owner)
    count = dialects.rows(connection, f"SELECT count(*) FROM ({select}) AS pairs", values)[0][0]
    newest = f"{select} ORDER BY newest DESC, statement_id, reason LIMIT ?"
    rows = dialects.rows(connection, newest, [*values, limit])
    return int(count), [Refused(row[0], row[1], int(row[2])) for row in rows]
