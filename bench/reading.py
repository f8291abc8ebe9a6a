"""GETs per second, alone and while somebody writes: 25 statements in an answer, every answer checked."""

from __future__ import annotations

import itertools
import json
import random
import time
from collections.abc import Callable, Sequence
from typing import Any

from bench import statements
from bench.connections import Outcome, ServiceFailed, drive
from bench.databases import Databases
from bench.filling import BLOCK, Filling
from bench.measures import percentiles
from bench.service import Service, running

CONNECTIONS = 8
LIMIT = "25"
# Of five requests of the mix one posts a statement.
GETS_TO_A_POST = 4
# The database is filled in so many steps that are told.
STEPS_OF_FILLING = 10

Statement = dict[str, Any]
Fits = Callable[[Statement, Statement], bool]
Asked = dict[str, tuple[Callable[[Statement], dict[str, str]], Fits]]


def steps(stored: int) -> int:
    """How often `reads` tells of a step."""
    return min(STEPS_OF_FILLING, stored // BLOCK) + 2


def reads(
    databases: Databases, filling: Filling, stored: int, requests: int, tell: Callable[[str], None]
) -> dict[str, Any]:
    """Requests per second and milliseconds by what is asked for, in a database of `stored` statements."""
    blocks = stored // BLOCK
    every = -(-blocks // STEPS_OF_FILLING)

    def told(block: int) -> None:
        if block % every == 0:
            tell(f"{databases.kind}: filling {stored:,}, {100 * block // blocks}%")

    started = time.perf_counter()
    database = filling.fill(blocks, told)
    seconds = time.perf_counter() - started
    try:
        size = databases.size(database)
        with running(database) as service:
            tell(f"{databases.kind}: GETs of {stored:,}")
            chance = random.Random(stored)
            some = filling.some(blocks, requests, chance)
            gets = {name: _one(service, some, name) for name in ASKED}
            tell(f"{databases.kind}: GETs and POSTs of {stored:,}")
            mix = _mix(service, some)
            memory = service.memory()
    finally:
        databases.drop(database)
    return {
        "stored": stored,
        "filling_seconds": round(seconds, 1),
        "bytes_on_disk": round(size / stored),
        "memory_mb": round(memory / 1e6, 1),
        "gets": gets,
        "mix": mix,
    }


def _asked(service: Service, wanted: Sequence[Statement], name: str) -> list[bytes]:
    parameters, _ = ASKED[name]
    return [service.get(**parameters(statement)) for statement in wanted]


def _one(service: Service, wanted: Sequence[Statement], name: str) -> dict[str, Any]:
    asked = _asked(service, wanted, name)
    drive(service.port, asked[: CONNECTIONS * 4], CONNECTIONS)
    before = service.processor_seconds()
    outcome = drive(service.port, asked, CONNECTIONS)
    used = service.processor_seconds() - before
    _check(wanted, outcome, name)
    return {
        "requests": len(asked),
        "per_second": round(len(asked) / outcome.seconds),
        "ms": percentiles(outcome.milliseconds),
        "server_cpu_us": round(1e6 * used / len(asked)),
    }


def _check(wanted: Sequence[Statement], outcome: Outcome, name: str) -> None:
    _, fits = ASKED[name]
    for statement, body in zip(wanted, outcome.bodies, strict=True):
        answer = json.loads(body)
        found = answer.get("statements", [answer])
        expected = 1 if name == "id" else int(LIMIT)
        if len(found) != expected or not all(fits(statement, one) for one in found):
            raise ServiceFailed(f"GET by {name} answered with what was not asked for: {body[:300]!r}")


def _mix(service: Service, some: Sequence[Statement]) -> dict[str, Any]:
    """Single posts among GETs of every kind, over the same connections."""
    names = itertools.cycle(ASKED)
    posted = statements.stream(23)
    requests: list[bytes] = []
    kinds: list[str] = []
    for number, statement in enumerate(some):
        if number % (GETS_TO_A_POST + 1) == 0:
            kinds.append("post")
            requests.append(service.post(next(posted)))
        else:
            kinds.append("get")
            requests += _asked(service, [statement], next(names))
    outcome = drive(service.port, requests, CONNECTIONS)
    times = {kind: [] for kind in ("get", "post")}  # type: dict[str, list[float]]
    for kind, milliseconds in zip(kinds, outcome.milliseconds, strict=True):
        times[kind].append(milliseconds)
    return {
        "requests": len(requests),
        "per_second": round(len(requests) / outcome.seconds),
        "get_ms": percentiles(times["get"]),
        "post_ms": percentiles(times["post"]),
    }


def _agent(statement: Statement) -> dict[str, str]:
    actor = {name: value for name, value in statement["actor"].items() if name != "name"}
    return {"agent": json.dumps(actor), "limit": LIMIT}


def _refers(found: Statement) -> bool:
    # What a reference leads to is not in the answer: that it is found at all is for the service's own tests.
    return bool(found["object"]["objectType"] == "StatementRef")


def _first_unit(statement: Statement) -> str:
    """The unit of the same course that references were made to."""
    return f"{statement['object']['id'].rpartition('/')[0]}/00"


def _course(statement: Statement) -> str:
    return str(statement["context"]["contextActivities"]["parent"][0]["id"])


ASKED: Asked = {
    "id": (
        lambda statement: {"statementId": statement["id"]},
        lambda wanted, found: found["id"] == wanted["id"],
    ),
    "agent": (
        _agent,
        lambda wanted, found: _refers(found) or found["actor"]["account"] == wanted["actor"]["account"],
    ),
    "activity": (
        lambda statement: {"activity": statement["object"]["id"], "limit": LIMIT},
        lambda wanted, found: _refers(found) or found["object"]["id"] == wanted["object"]["id"],
    ),
    "verb": (
        lambda statement: {"verb": statement["verb"]["id"], "limit": LIMIT},
        lambda wanted, found: _refers(found) or found["verb"]["id"] == wanted["verb"]["id"],
    ),
    "registration": (
        lambda statement: {"registration": statement["context"]["registration"], "limit": LIMIT},
        lambda wanted, found: (
            _refers(found) or found["context"]["registration"] == wanted["context"]["registration"]
        ),
    ),
    "related_activities": (
        lambda statement: {"activity": _course(statement), "related_activities": "true", "limit": LIMIT},
        lambda wanted, found: _refers(found) or _course(found) == _course(wanted),
    ),
    "references": (
        lambda statement: {"activity": _first_unit(statement), "limit": LIMIT},
        lambda wanted, found: _refers(found) or found["object"]["id"] == _first_unit(wanted),
    ),
}
