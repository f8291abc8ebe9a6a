"""Fuzz the service: no answer may be 5xx, no memory may grow.

python -m tests.fuzz --cases 1000000 --log fuzz.log     in this process; goes on where the log ended
python -m tests.fuzz --seed 0 --round 17                one round again, with what it finds
python -m tests.fuzz --schemathesis --log fuzz.log      by the OpenAPI document, against a live server
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import Engine, event

from lms_tracker import logs
from tests import databases
from tests.fuzz import marathon, rounds
from tests.fuzz.marathon import Count
from tests.fuzz.rounds import Round

# What a shell says of a program that Ctrl+C ended.
INTERRUPTED = 130


def main() -> int:
    given = _arguments()
    # What is wrong is seen in the answers; a million lines of log would be all that is seen.
    logs.configure("error", "json")
    logging.disable()
    count_file = given.log.with_suffix(".count.json")
    if given.fresh:
        given.log.unlink(missing_ok=True)
        count_file.unlink(missing_ok=True)
    try:
        count = Count.read(count_file, given.seed)
    except ValueError as error:
        sys.exit(str(error))
    with tempfile.TemporaryDirectory() as name, _database(given.database, Path(name)) as url:
        databases.migrate(url)
        contents = Path(name) if given.content_folder else None
        if given.round is not None:
            return _once_more(url, contents, given.seed, given.round)
        with given.log.open("a", encoding="utf-8") as log:

            def write(text: str) -> None:
                print(f"{time.strftime('%H:%M:%S')} {text}", file=log, flush=True)

            if given.schemathesis:
                return _by_the_document(url, count, count_file, given.cases, write)
            return _marathon(url, contents, count, count_file, given.cases, write)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m tests.fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=100_000, help="in all, those already logged included")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--content-folder", action="store_true", help="content in files; signers certified")
    parser.add_argument("--log", type=Path, default=Path("fuzz.log"))
    parser.add_argument("--fresh", action="store_true", help="begin a new log")
    parser.add_argument("--round", type=int, help="run one round again and show what it finds")
    parser.add_argument("--schemathesis", action="store_true", help="needs the extra `fuzz`")
    return parser.parse_args()


@contextlib.contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        _hasten_sqlite()
        yield f"sqlite:///{folder / 'lms_tracker.db'}"
        return
    with (
        databases.running_postgresql(folder) as uri,
        databases.postgresql_database(databases.sqlalchemy_url(uri)) as url,
    ):
        yield url


def _hasten_sqlite() -> None:
    """No waiting for the disk, which is not what is looked at here."""

    @event.listens_for(Engine, "checkout")
    def hasten(driver: object, _record: object, _proxy: object) -> None:
        driver.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]


def _once_more(url: str, contents: Path | None, seed: int, number: int) -> int:
    with rounds.service(url, contents) as (app, authorizations):
        wanted = marathon.CASES_IN_A_ROUND
        done = rounds.run(app, authorizations, marathon.seed_of(seed, number), wanted)
    print(f"{done.cases} cases: {_statuses({str(status): n for status, n in done.statuses.items()})}")
    if done.failure is None:
        return 0
    print(marathon.told(done.failure, number, seed))
    return 1


def _marathon(
    url: str, contents: Path | None, count: Count, file: Path, cases: int, write: Callable[[str], None]
) -> int:
    growth = None
    try:
        with _bar(cases) as show:

            def keep(done: Round, line: str) -> None:
                count.write(file)
                write(line)
                if done.failure is not None:
                    write(marathon.told(done.failure, count.rounds - 1, count.seed))
                show(count.cases, line)

            growth = marathon.run(url, contents, count, cases, keep)
    except KeyboardInterrupt:
        print("Interrupted; the same command goes on from the last whole round.", file=sys.stderr)
        return _end(count, growth, write) or INTERRUPTED
    return _end(count, growth, write)


def _end(count: Count, growth: str | None, write: Callable[[str], None]) -> int:
    said = f"{count.cases} cases and {count.schemathesis} of schemathesis: {_statuses(count.statuses)}"
    lines = [said, *(f"failure: {failure['key']} (round {failure['round']})" for failure in count.failures)]
    if growth:
        lines.append(growth)
    for line in lines:
        print(line)
        write(line)
    return 1 if growth or count.failures else 0


def _statuses(statuses: dict[str, int]) -> str:
    return ", ".join(f"{status} {number} times" for status, number in sorted(statuses.items()))


def _by_the_document(url: str, count: Count, file: Path, cases: int, write: Callable[[str], None]) -> int:
    try:
        from tests.fuzz import by_document
    except ImportError as error:
        sys.exit(f"{error}; --schemathesis needs the extra `fuzz`: pip install '.[fuzz]'")
    try:
        by_document.run(url, count, cases, write)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return _end(count, None, write) or INTERRUPTED
    finally:
        count.write(file)
    return _end(count, None, write)


@contextlib.contextmanager
def _bar(cases: int) -> Iterator[Callable[[int, str], None]]:
    """How far it is, on standard error where that is a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("fuzzing", total=cases)
        yield lambda done, line: bar.update(task, completed=done, description=line.partition(": ")[0])


if __name__ == "__main__":
    sys.exit(main())
