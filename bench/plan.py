"""What is measured in a run, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import chain, islice
from statistics import median
from typing import Any, NamedTuple

from bench import door, limit, reading, rebuilding, statements, statistics
from bench.credit import time_to_credit
from bench.databases import Databases
from bench.filling import Filling
from bench.measures import percentiles, rates
from bench.standing import standing


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is posted, read and counted; the door and the limit `rounds` times.

    `stored` are the sizes of the databases that are read, `gets` how many requests of each kind, `rebuilt`
    the size of the one whose credit is rebuilt; how long statements wait for their credit is watched for
    `seconds`. Statistics are asked of a province of so many `citizens`.
    """

    rounds: int
    batches: int
    singles: int
    learners_of_100: int
    learners_of_2000: int
    stored: tuple[int, ...]
    gets: int
    rebuilt: int
    seconds: int
    citizens: int


FULL = Sizes(3, 20_000, 4_000, 40, 12, (20_000, 1_000_000), 2_000, 1_000_000, 30, 1_000_000)
LARGE = replace(FULL, stored=(*FULL.stored, 10_000_000))
QUICK = Sizes(1, 4_000, 800, 10, 3, (20_000,), 200, 20_000, 3, 20_000)
# Per round and way of posting: raw, raw in parallel, door, door with jobs.
STEPS_OF_A_ROUND = 4

Tell = Callable[[str], None]
Work = Callable[[], Any]


class Part(NamedTuple):
    """Something measured that stands for itself in the result, and how often it tells of a step."""

    name: str
    steps: int
    work: Work


def parts(databases: Databases, sizes: Sizes, tell: Tell) -> Iterator[Part]:
    """Everything that is measured of one kind of database, in order."""
    for name, count, batch in (("batches", sizes.batches, door.BATCH), ("singles", sizes.singles, 1)):
        work = partial(_posting, databases, sizes.rounds, count, batch, tell)
        yield Part(name, STEPS_OF_A_ROUND * sizes.rounds, work)
    yield Part("credit", 2, partial(_credit, databases, sizes, tell))
    batches = sizes.batches // door.BATCH
    yield Part("standing", 2, partial(standing, databases, batches, sizes.seconds, tell))
    filling = cache(partial(Filling, databases))
    yield Part("rebuild", rebuilding.STEPS, partial(_rebuild, databases, filling, sizes.rebuilt, tell))
    yield Part("statistics", statistics.STEPS, partial(_statistics, databases, sizes, tell))
    for stored in sizes.stored:
        work = partial(_reads, databases, filling, stored, sizes.gets, tell)
        yield Part(f"reads of {stored:,}", reading.steps(stored), work)


def _reads(
    databases: Databases, filling: Callable[[], Filling], stored: int, requests: int, tell: Tell
) -> dict[str, Any]:
    return reading.reads(databases, filling(), stored, requests, tell)


def _rebuild(databases: Databases, filling: Callable[[], Filling], stored: int, tell: Tell) -> dict[str, Any]:
    return rebuilding.rebuilding(databases, filling(), stored, tell)


def _credit(databases: Databases, sizes: Sizes, tell: Tell) -> list[dict[str, Any]]:
    found = []
    for pieces, learners in ((100, sizes.learners_of_100), (2_000, sizes.learners_of_2000)):
        tell(f"{databases.kind}: credit of {pieces:,}")
        found.append(time_to_credit(databases, pieces, learners))
    return found


def _statistics(databases: Databases, sizes: Sizes, tell: Tell) -> dict[str, Any]:
    return statistics.measure(databases, sizes.citizens, sizes.gets // 20, tell)


def _told(tell: Tell, what: str, work: Callable[..., Any], *arguments: Any) -> Any:
    tell(what)
    return work(*arguments)


def _posting(databases: Databases, rounds: int, count: int, batch: int, tell: Tell) -> dict[str, Any]:
    """Rounds of raw and door in turn, so that whatever else the machine does falls on both alike."""
    connections = door.BATCH_CONNECTIONS if batch > 1 else door.SINGLE_CONNECTIONS
    what = f"{databases.kind}: {'batches' if batch > 1 else 'singles'}"
    alone, alike, posted, beside_jobs = [], [], [], []
    for number in range(rounds):
        made = list(islice(statements.stream(number), count))
        rows = limit.rows_of(databases, made, batch)
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
