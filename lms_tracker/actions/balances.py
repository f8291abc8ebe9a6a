"""A learner's balances, as `GET /api/v1/credit` answers them."""

from datetime import date
from typing import Any

from lms_tracker.actions import catalogue, clock
from lms_tracker.actions.rights import Caller
from lms_tracker.learning.catalogue import Catalogue
from lms_tracker.learning.reasons import Reason
from lms_tracker.store import balances, database, due, looks
from lms_tracker.store.balances import DayTotal
from xapi import keys

NEWEST_REFUSED = 1_000


def of_actor(actor_key: bytes, caller: Caller) -> dict[str, Any]:
    """Everything in one snapshot: totals, courses, days, refusals and whether something is still pending.

    A caller without `all/read` sees the courses and refusals of its own provider. Seconds are whole; dates
    are local. An actor never heard of has nothing.
    """
    own = None if caller.may_see_all_credit else caller.provider_id
    with database.reading() as connection:
        current = catalogue.current(connection)
        person_key = due.person_keys(connection, [actor_key])[actor_key]
        actors = due.actor_keys(connection, [person_key])[person_key]
        pending = bool(due.marks(connection, [*actors, person_key, actor_key]))
        rows = [
            row
            for row in balances.days(connection, person_key)
            if own is None or current.courses[row.course_id].provider_id == own
        ]
        count, refused = balances.refused(connection, person_key, own, NEWEST_REFUSED)
    if rows or count:
        with database.writing() as connection:
            looks.add_by_credential(connection, person_key, caller.credential_id, "credit", clock.now_us())
    return {
        "pending": pending,
        "total_seconds": sum(row.placed + row.nominal for row in rows),
        "nominal_seconds": sum(row.nominal for row in rows),
        "courses": _courses(rows, current),
        "days": _days(rows, current),
        "refused_count": count,
        "refused": [
            {
                "statement": keys.format_id(row.statement_id),
                "reason": Reason(row.reason).words,
                "seconds": row.seconds,
            }
            for row in refused
        ],
        "policy": catalogue.policy().version,
    }


def _courses(rows: list[DayTotal], current: Catalogue) -> list[dict[str, Any]]:
    sums: dict[str, tuple[int, int]] = {}
    for row in rows:
        code = current.courses[row.course_id].code
        placed, nominal = sums.get(code, (0, 0))
        sums[code] = (placed + row.placed, nominal + row.nominal)
    return [
        {"course": code, "seconds": placed, "nominal_seconds": nominal}
        for code, (placed, nominal) in sorted(sums.items())
    ]


def _days(rows: list[DayTotal], current: Catalogue) -> list[dict[str, Any]]:
    days: dict[int, dict[str, Any]] = {}
    for row in rows:
        text = date.fromordinal(row.day).isoformat()
        day = days.setdefault(row.day, {"date": text, "seconds": 0, "nominal_seconds": 0, "courses": {}})
        code = current.courses[row.course_id].code
        day["seconds"] += row.placed
        day["nominal_seconds"] += row.nominal
        day["courses"][code] = day["courses"].get(code, 0) + row.placed
    return [days[day] for day in sorted(days)]
