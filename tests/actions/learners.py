"""A provider, a learner and statements for the tests of actions; short ways to say them."""

import json
import uuid
from collections.abc import Sequence
from typing import Any

from flask import Flask

from lms_tracker.actions import courses, crediting, providers
from lms_tracker.actions.recording import Recorded
from lms_tracker.actions.rights import Caller
from lms_tracker.store import balances, credit, database, due
from xapi import batches, keys
from xapi.actors import identify

HEADER = (
    "provider,course,title,activity,match,category,domain,level,basis,hours,hour_minutes,valid_from,valid_to"
)
TERMINATED = "http://adlnet.gov/expapi/verbs/terminated"
COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
COURSE = "https://hoc.example.vn/khoa/ky-nang-so"

Net = dict[tuple[str | None, int, int, str], int]


def provider(name: str = "Trung tâm", scopes: Sequence[str] = ("statements/write",)) -> Caller:
    """A provider that may post; needs the application's context."""
    made = providers.add_provider(name, scopes)
    caller = providers.authenticate(made.key, made.secret)
    assert caller is not None
    return caller


def add_course(caller: Caller, code: str = "K1", activity: str = COURSE, **columns: str) -> None:
    stated = {"match": "prefix", "category": "other", "basis": "measured", "hours": "", **columns}
    line = (
        f"{caller.provider_id},{code},Khóa {code},{activity},{stated['match']},{stated['category']},,,"
        f"{stated['basis']},{stated['hours']},{stated.get('hour_minutes', '')},"
        f"{stated.get('valid_from', '')},{stated.get('valid_to', '')},{stated.get('reading', '')}\n"
    )
    outcome = courses.import_courses(f"{HEADER},reading\n{line}".encode())
    assert not outcome.errors, outcome.errors


def agent(name: str) -> dict[str, Any]:
    return {"account": {"homePage": "https://lms.example.vn", "name": name}}


def studied(
    name: str, end: str, duration: str | None, activity: str = COURSE, **changes: Any
) -> dict[str, Any]:
    """A statement of time that ended at an instant such as "2026-10-01T09:00:00Z"."""
    statement: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "actor": agent(name),
        "verb": {"id": TERMINATED},
        "object": {"id": activity},
        "timestamp": end,
    }
    if duration is not None:
        statement["result"] = {"duration": duration}
    return {**statement, **changes}


def voiding(target: str) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "actor": agent("quan-tri"),
        "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
        "object": {"objectType": "StatementRef", "id": target},
    }


def record(app: Flask, caller: Caller, *statements: dict[str, Any], version: str = "1.0.3") -> Recorded:
    """Post statements as one request; needs the application's context."""
    batch = batches.read(json.dumps(list(statements)).encode(), version=version)
    recorded: Recorded = app.extensions["lms_tracker.recorder"].record(batch, caller, version)
    return recorded


def recount() -> None:
    """Count until nobody is waiting; whoever lost to another worker is counted again."""
    for _ in range(50):
        crediting.recount_due()
        with database.reading() as connection:
            if not due.waiting(connection, 1):
                return
    raise AssertionError("somebody is waiting for ever")


def key_of(name: str) -> bytes:
    return identify(agent(name)).key


def person_of(name: str) -> bytes:
    key = key_of(name)
    with database.reading() as connection:
        return due.person_keys(connection, [key])[key]


def placed_seconds(person: bytes) -> int:
    with database.reading() as connection:
        return sum(day.placed for day in balances.days(connection, person))


def nominal_seconds(person: bytes) -> int:
    with database.reading() as connection:
        return sum(day.nominal for day in balances.days(connection, person))


def net(person: bytes) -> dict[tuple[int | None, int, int, int], int]:
    """Net seconds by (course, day, kind, reason), as the ledger has them."""
    with database.reading() as connection:
        stands = credit.standing(connection, [person])[person].seconds
    sums: dict[tuple[int | None, int, int, int], int] = {}
    for (_, course_id, day, kind, reason, _), seconds in stands.items():
        key = (course_id, day, kind, reason)
        sums[key] = sums.get(key, 0) + seconds
    return sums


def refused_reasons(person: bytes) -> dict[int, int]:
    """Net refused seconds by reason."""
    with database.reading() as connection:
        _, rows = balances.refused(connection, person, None, 1000)
    sums: dict[int, int] = {}
    for row in rows:
        sums[row.reason] = sums.get(row.reason, 0) + row.seconds
    return sums


def assert_ledger_is_right() -> None:
    outcome = crediting.verify()
    assert outcome.differing == []


def id_of(statement: dict[str, Any]) -> bytes:
    found = keys.statement_id_bytes(statement["id"])
    assert found is not None
    return found
