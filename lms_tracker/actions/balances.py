"""A learner's balances, as `GET /api/v1/credit` answers them."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection

from lms_tracker.actions import catalogue, clock, recounts
from lms_tracker.actions.rights import Caller
from lms_tracker.learning import identifiers
from lms_tracker.learning.catalogue import Catalogue
from lms_tracker.learning.reasons import Reason
from lms_tracker.store import balances, database, due, links, looks, people
from lms_tracker.store.balances import DayTotal
from xapi import keys

NEWEST_REFUSED = 1_000
# The key of nobody: what is asked about it has an empty answer.
NOBODY = bytes(16)


def of_actor(actor_key: bytes, caller: Caller) -> dict[str, Any]:
    """Everything in one snapshot: totals, courses, days, refusals and whether something is still pending.

    A caller without `all/read` sees the courses and refusals of its own provider. Courses are named by their
    code, of which all periods of validity are one; where several providers have courses shown with one code,
    they are "<provider>/<code>". Seconds are whole; dates are local. An actor never heard of has nothing.
    """
    own = None if caller.may_see_all_credit else caller.provider_id
    with database.reading() as connection:
        current = catalogue.current(connection)
        person_key = _known_to(connection, actor_key, own)
        actors = due.actor_keys(connection, [person_key])[person_key]
        pending = recounts.is_pending(connection, [*actors, person_key])
        rows = [
            row
            for row in balances.days(connection, person_key)
            if own is None or current.courses[row.course_id].provider_id == own
        ]
        count, refused = balances.refused(connection, person_key, own, NEWEST_REFUSED)
        policy = catalogue.policy_version(connection)
    # That something is pending also says something of the learner.
    if rows or count or pending:
        with database.writing() as connection:
            looks.add_by_credential(connection, person_key, caller.credential_id, "credit", clock.now_us())
    names = _names({row.course_id for row in rows}, current)
    return {
        "pending": pending,
        "total_seconds": sum(row.placed + row.nominal for row in rows),
        "nominal_seconds": sum(row.nominal for row in rows),
        "courses": _courses(rows, names),
        "days": _days(rows, names),
        "refused_count": count,
        "refused": [
            {
                "statement": keys.format_id(row.statement_id),
                "reason": Reason(row.reason).words,
                "seconds": row.seconds,
            }
            for row in refused
        ],
        "policy": policy,
    }


def _known_to(connection: Connection, actor_key: bytes, provider_id: int | None) -> bytes:
    """Whose balance a caller may hear of under this identifier.

    A provider asks about those its own statements tell of: under any other it would learn who else's
    identifier that is.
    """
    if provider_id is not None:
        known = people.identifiers(connection, [actor_key])
        forms = identifiers.same_address(known[actor_key][0]) if known else ()
        asked = [actor_key, *(key for key in map(keys.actor_key, forms) if key != actor_key)]
        if not links.is_learner_of(connection, asked, provider_id):
            return NOBODY
    return due.person_keys(connection, [actor_key])[actor_key]


def _names(course_ids: Collection[int], current: Catalogue) -> dict[int, str]:
    """What each course is called here: its code, or "<provider>/<code>" where that would name two."""
    owners = {(course.provider_id, course.code) for course in map(current.courses.__getitem__, course_ids)}
    names = {owner: owner[1] for owner in owners}
    while True:
        uses = Counter(names.values())
        shared = [owner for owner, name in names.items() if uses[name] > 1]
        if not shared:
            break
        # Again, because somebody's own code may look like a name that was made of two.
        names |= {(provider_id, code): f"{provider_id}/{code}" for provider_id, code in shared}
    return {
        number: names[current.courses[number].provider_id, current.courses[number].code]
        for number in course_ids
    }


def _courses(rows: list[DayTotal], names: Mapping[int, str]) -> list[dict[str, Any]]:
    sums: dict[str, tuple[int, int]] = {}
    for row in rows:
        name = names[row.course_id]
        placed, nominal = sums.get(name, (0, 0))
        sums[name] = (placed + row.placed, nominal + row.nominal)
    return [
        {"course": name, "seconds": placed, "nominal_seconds": nominal}
        for name, (placed, nominal) in sorted(sums.items())
    ]


def _days(rows: list[DayTotal], names: Mapping[int, str]) -> list[dict[str, Any]]:
    days: dict[int, dict[str, Any]] = {}
    for row in rows:
        text = date.fromordinal(row.day).isoformat()
        day = days.setdefault(row.day, {"date": text, "seconds": 0, "nominal_seconds": 0, "courses": {}})
        name = names[row.course_id]
        day["seconds"] += row.placed
        day["nominal_seconds"] += row.nominal
        day["courses"][name] = day["courses"].get(name, 0) + row.placed
    return [days[day] for day in sorted(days)]
