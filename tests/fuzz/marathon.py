"""A long run of rounds: counted in a file, so that it can be ended and gone on with, its memory watched."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from tests.fuzz import rounds
from tests.fuzz.rounds import Failure, Round

CASES_IN_A_ROUND = 5_000
# Memory has to be flat once so much of a run is done, except for what tables and caches may still fill.
WARMED_UP = 0.25
GROWTH_ALLOWED = 1.10
MEGABYTES_ALLOWED = 24


@dataclass(slots=True)
class Count:
    """What was done so far, in this run and those before it that wrote to the same log."""

    seed: int
    rounds: int = 0
    cases: int = 0
    schemathesis: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    failures: list[dict[str, str]] = field(default_factory=list)

    @classmethod
    def read(cls, file: Path, seed: int) -> Count:
        """What the file says, or nothing done where there is none. Raises ValueError for another seed."""
        if not file.exists():
            return cls(seed)
        found = cls(**json.loads(file.read_text()))
        if found.seed != seed:
            raise ValueError(f"{file} counts a run with --seed {found.seed}; give that or another --log")
        return found

    def write(self, file: Path) -> None:
        unfinished = file.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(asdict(self), indent=1))
        unfinished.replace(file)

    def add(self, done: Round, number: int) -> None:
        self.rounds += 1
        self.cases += done.cases
        for status, count in done.statuses.items():
            self.statuses[str(status)] = self.statuses.get(str(status), 0) + count
        if done.failure is not None:
            self.failures.append({"key": done.failure.key, "round": str(number)})

    @property
    def known(self) -> set[str]:
        return {failure["key"] for failure in self.failures}


class Memory:
    """Resident memory after each round of this process, in megabytes."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self.samples: list[float] = []

    def look(self) -> float:
        self.samples.append(self._process.memory_info().rss / 1_000_000)
        return self.samples[-1]

    def growth(self) -> str | None:
        """A sentence when it grew after the first quarter of the run; None when it is flat."""
        later = self.samples[int(len(self.samples) * WARMED_UP) :]
        if len(later) < 8:
            return None
        part = len(later) // 4
        before, after = statistics.median(later[:part]), statistics.median(later[-part:])
        if after > before * GROWTH_ALLOWED + MEGABYTES_ALLOWED:
            return f"memory grew from {before:.0f} to {after:.0f} MB"
        return None


def run(
    url: str, content_folder: Path | None, count: Count, cases: int, keep: Callable[[Round, str], None]
) -> str | None:
    """Rounds until `count.cases` is `cases`; `keep` writes each down. A sentence if memory grew."""
    memory, began, at_first = Memory(), time.monotonic(), count.cases
    with rounds.service(url, content_folder) as (app, authorizations):
        while count.cases < cases:
            number = count.rounds
            wanted = min(CASES_IN_A_ROUND, cases - count.cases)
            done = rounds.run(app, authorizations, seed_of(count.seed, number), wanted, count.known)
            count.add(done, number)
            rate = (count.cases - at_first) / (time.monotonic() - began)
            line = f"round {number}: {count.cases} of {cases} cases, {rate:.0f}/s, {memory.look():.0f} MB"
            keep(done, line)
    return memory.growth()


def seed_of(seed: int, number: int) -> int:
    return seed * 1_000_000 + number


def told(failure: Failure, number: int, seed: int) -> str:
    """A failure as text: what is wrong, the smallest request, our frames, and how to see it again."""
    frames = "\n".join(f"  {frame}" for frame in failure.frames) or "  (none logged)"
    again = f"python -m tests.fuzz --seed {seed} --round {number}"
    return f"FAILURE {failure.key}\n{failure.request}\n{frames}\nagain: {again}"
