"""What is measured in a run, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from statistics import median
from typing import Any

from bench import door, limit
from bench.credit import time_to_credit
from bench.databases import Databases
from bench.measures import percentiles, rates
from bench.reading import gets


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is posted, read and counted; the door and the limit `rounds` times."""

    rounds: int
    batches: int
    singles: int
    learners_of_100: int
    learners_of_2000: int
    stored_to_read: int
    gets: int


FULL = Sizes(3, 20_000, 4_000, 40, 12, 20_000, 1_000)
QUICK = Sizes(1, 4_000, 800, 10, 3, 4_000, 200)
# Of one kind of database: per round and way of posting raw, raw in parallel, door, door with jobs.
STEPS_OF_A_ROUND = 8
FURTHER_STEPS = 3

Tell = Callable[[str], None]


def steps(sizes: Sizes) -> int:
    """How many times `measure` tells of a step, for one kind of database."""
    return sizes.rounds * STEPS_OF_A_ROUND + FURTHER_STEPS


def measure(databases: Databases, sizes: Sizes, tell: Tell) -> dict[str, Any]:
    return {
        "version": databases.version,
        "batches": _posting(databases, sizes.rounds, sizes.batches, door.BATCH, tell),
        "singles": _posting(databases, sizes.rounds, sizes.singles, 1, tell),
        "credit": [
            _told(
                tell,
                f"{databases.kind}: credit of 100",
                time_to_credit,
                databases,
                100,
                sizes.learners_of_100,
            ),
            _told(
                tell,
                f"{databases.kind}: credit of 2,000",
                time_to_credit,
                databases,
                2_000,
                sizes.learners_of_2000,
            ),
        ],
        "gets": _told(tell, f"{databases.kind}: GETs", gets, databases, sizes.stored_to_read, sizes.gets),
    }


def _told(tell: Tell, what: str, work: Callable[..., Any], *arguments: Any) -> Any:
    tell(what)
    return work(*arguments)


def _posting(databases: Databases, rounds: int, count: int, batch: int, tell: Tell) -> dict[str, Any]:
    """Rounds of raw and door in turn, so that whatever else the machine does falls on both alike."""
    connections = door.BATCH_CONNECTIONS if batch > 1 else door.SINGLE_CONNECTIONS
    what = f"{databases.kind}: {'batches' if batch > 1 else 'singles'}"
    alone, alike, posted, beside_jobs = [], [], [], []
    for number in range(rounds):
        rows = limit.rows_of(databases, count, batch, seed=number)
        alone.append(_told(tell, f"{what}, raw", limit.insert, databases, rows))
        alike.append(_told(tell, f"{what}, raw in parallel", limit.insert, databases, rows, connections))
        del rows
        posted.append(_told(tell, f"{what}, door", door.post, databases, count, batch, number))
        tell(f"{what}, door with jobs")
        beside_jobs.append(door.post(databases, count, batch, number, with_jobs=True))
    return {
        "statements": count,
        "connections": connections,
        "door": rates([one.rate for one in posted]),
        "door_with_jobs": rates([one.rate for one in beside_jobs]),
        "raw_one_connection": rates([one.rate for one in alone]),
        "raw_as_many": rates([one.rate for one in alike]),
        "ms": percentiles(list(chain.from_iterable(one.milliseconds for one in posted))),
        "server_cpu_us": round(median(1e6 * one.processor_seconds / one.statements for one in posted)),
        "memory_mb": round(median(one.memory for one in posted) / 1e6, 1),
        "memory_with_jobs_mb": round(median(one.memory for one in beside_jobs) / 1e6, 1),
        "bytes_sent": round(median(one.bytes_of_statement for one in posted)),
        "bytes_on_disk": round(median(one.bytes_on_disk for one in posted)),
    }
