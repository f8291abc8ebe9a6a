"""GETs of statements over HTTP, 25 at most in an answer, each answer checked to hold what was asked for."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable
from typing import Any

from bench import statements
from bench.connections import ServiceFailed, drive
from bench.databases import Databases
from bench.measures import percentiles
from bench.service import Service, running

CONNECTIONS = 8
LIMIT = "25"

Statement = dict[str, Any]
Fits = Callable[[Statement, Statement], bool]


def gets(databases: Databases, stored: int, requests: int) -> dict[str, dict[str, Any]]:
    """Requests per second and milliseconds by what is asked for, in a database of `stored` statements."""
    database = databases.fresh()
    known = list(itertools.islice(statements.stream(11), stored))
    try:
        with running(database) as service:
            parts = (known[start : start + 200] for start in range(0, len(known), 200))
            drive(service.port, [service.post(part) for part in parts], 4)
            return {name: _one(service, known, name, requests) for name in ASKED}
    finally:
        databases.drop(database)


def _one(service: Service, known: list[Statement], name: str, count: int) -> dict[str, Any]:
    parameters, fits = ASKED[name]
    chance = random.Random(name)
    wanted = [chance.choice(known) for _ in range(count)]
    asked = [service.get(**parameters(statement)) for statement in wanted]
    drive(service.port, asked[: CONNECTIONS * 4], CONNECTIONS)
    outcome = drive(service.port, asked, CONNECTIONS)
    for statement, body in zip(wanted, outcome.bodies, strict=True):
        answer = json.loads(body)
        found = answer.get("statements", [answer])
        if not found or not all(fits(statement, one) for one in found):
            raise ServiceFailed(f"GET by {name} answered with what was not asked for: {body[:300]!r}")
    per_second = round(count / outcome.seconds)
    return {"requests": count, "per_second": per_second, "ms": percentiles(outcome.milliseconds)}


def _agent(statement: Statement) -> dict[str, str]:
    actor = {name: value for name, value in statement["actor"].items() if name != "name"}
    return {"agent": json.dumps(actor), "limit": LIMIT}


ASKED: dict[str, tuple[Callable[[Statement], dict[str, str]], Fits]] = {
    "id": (
        lambda statement: {"statementId": statement["id"]},
        lambda wanted, found: found["id"] == wanted["id"],
    ),
    "agent": (_agent, lambda wanted, found: found["actor"]["account"] == wanted["actor"]["account"]),
    "activity": (
        lambda statement: {"activity": statement["object"]["id"], "limit": LIMIT},
        lambda wanted, found: found["object"]["id"] == wanted["object"]["id"],
    ),
    "verb": (
        lambda statement: {"verb": statement["verb"]["id"], "limit": LIMIT},
        lambda wanted, found: found["verb"]["id"] == wanted["verb"]["id"],
    ),
    "registration": (
        lambda statement: {"registration": statement["context"]["registration"], "limit": LIMIT},
        lambda wanted, found: found["context"]["registration"] == wanted["context"]["registration"],
    ),
}
