"""Memory under a load that goes on: what each process of the service holds, once a minute."""

from __future__ import annotations

import itertools
import json
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

from bench import reading, statements
from bench.connections import drive
from bench.databases import Databases
from bench.filling import Filling
from bench.service import Service, running

SECONDS_OF_A_LINE = 60
# Requests made at once; their bytes are this process's own memory, not the service's.
AT_ONCE = 500
BATCH = 50


def watch(databases: Databases, seconds: int, tell: Callable[[str], None]) -> dict[str, Any]:
    """Post and read for so long; PSS in megabytes of each worker and of all processes, minute by minute."""
    filling = Filling(databases)
    database = filling.fill(1, lambda block: None)
    lines: list[dict[str, Any]] = []
    try:
        with running(database) as service:
            requests = _requests(service, filling)
            began = said = time.perf_counter()
            answered = 0
            while time.perf_counter() - began < seconds:
                part = list(itertools.islice(requests, AT_ONCE))
                drive(service.port, part, reading.CONNECTIONS)
                answered += len(part)
                if time.perf_counter() - said >= SECONDS_OF_A_LINE or not lines:
                    said = time.perf_counter()
                    lines.append(_line(service, round(said - began), answered))
                    tell(json.dumps(lines[-1]))
            lines.append(_line(service, round(time.perf_counter() - began), answered))
    finally:
        databases.drop(database)
    return {"version": databases.version, "minutes": lines}


def _line(service: Service, seconds: int, answered: int) -> dict[str, Any]:
    held = [round(one / 1e6, 1) for one in service.memories()]
    return {
        "seconds": seconds,
        "requests": answered,
        "pss_mb": held,
        "together_mb": round(sum(held), 1),
    }


def _requests(service: Service, filling: Filling) -> Iterator[bytes]:
    """For ever: GETs of every kind, single posts, and now and then a batch."""
    posted = statements.stream(31)
    names = itertools.cycle(reading.ASKED)
    chance = random.Random(31)
    some = filling.some(1, 2_000, chance)
    for number in itertools.count():
        if number % 50 == 0:
            yield service.post(list(itertools.islice(posted, BATCH)))
        elif number % 5 == 0:
            yield service.post(next(posted))
        else:
            parameters, _ = reading.ASKED[next(names)]
            yield service.get(**parameters(chance.choice(some)))
