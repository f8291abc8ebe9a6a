"""Statements per second through the HTTP door, every answer and the database's totals checked."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from typing import Any

from bench import statements
from bench.connections import ServiceFailed, drive
from bench.databases import Databases
from bench.service import Service, running

BATCH = 100
BATCH_CONNECTIONS = 4
SINGLE_CONNECTIONS = 8
# Untimed: the workers start, open their connections and learn the names of verbs and activities.
WARM_UP = 400


@dataclass(frozen=True, slots=True)
class Posted:
    """One round of posting. `milliseconds` are those of each request, unsorted."""

    statements: int
    seconds: float
    milliseconds: list[float]
    processor_seconds: float
    memory: int
    bytes_of_statement: float
    bytes_on_disk: float

    @property
    def rate(self) -> float:
        return self.statements / self.seconds


def post(
    databases: Databases,
    count: int,
    batch: int,
    seed: int,
    *,
    workers: int | None = None,
    with_jobs: bool = False,
) -> Posted:
    """Post `count` statements into a fresh database, `batch` in each request (1: as single objects)."""
    database = databases.fresh()
    try:
        empty = databases.size(database)
        with running(database, workers, with_jobs) as service:
            taken = statements.stream(seed)
            warm = list(itertools.islice(taken, WARM_UP))
            drive(service.port, [service.post(part) for part in _parts(warm, 20)], 8)
            made = list(itertools.islice(taken, count))
            posted = _round(service, made, batch)
        stored = databases.count(database, "statements")
        if stored != count + WARM_UP:
            raise ServiceFailed(f"sent {count + WARM_UP} statements, the database holds {stored}")
        on_disk = (databases.size(database) - empty) / stored
    finally:
        databases.drop(database)
    return Posted(*posted, bytes_on_disk=on_disk)


def _round(
    service: Service, made: list[dict[str, Any]], batch: int
) -> tuple[int, float, list[float], float, int, float]:
    parts = list(_parts(made, batch))
    requests = [service.post(part if batch > 1 else part[0]) for part in parts]
    before = service.processor_seconds()
    outcome = drive(service.port, requests, BATCH_CONNECTIONS if batch > 1 else SINGLE_CONNECTIONS)
    used = service.processor_seconds() - before
    for part, body in zip(parts, outcome.bodies, strict=True):
        if json.loads(body) != [statement["id"] for statement in part]:
            raise ServiceFailed(f"expected the ids that were sent, got {body[:200]!r}")
    size = sum(map(len, requests)) / len(made)
    return len(made), outcome.seconds, outcome.milliseconds, used, service.memory(), size


def _parts(items: list[dict[str, Any]], size: int) -> Any:
    return (items[start : start + size] for start in range(0, len(items), size))
