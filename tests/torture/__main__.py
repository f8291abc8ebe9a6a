"""Torture the store: many writers, several server processes, delays inside their transactions, kills (I1-I5).

python -m tests.torture --statements 200000
python -m tests.torture --statements 200000 --kill-every 2
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests import databases
from tests.torture import running
from tests.torture.running import Outcome, Plan


def main() -> int:
    parser = argparse.ArgumentParser(
        "python -m tests.torture", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--statements", type=int, default=200_000)
    parser.add_argument("--processes", type=int, default=4, help="server processes (4)")
    parser.add_argument("--writers", type=int, default=16)
    parser.add_argument("--kill-every", type=float, metavar="SECONDS", help="kill -9 one of their processes")
    parser.add_argument("--delay-ms", type=float, default=3.0, help="mean of a delay in a transaction (3)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="the outcome as JSON on standard output")
    given = vars(parser.parse_args())
    kind, as_json = given.pop("database"), given.pop("json")
    plan = Plan(**given)
    with tempfile.TemporaryDirectory() as folder, _database(kind, Path(folder)) as url:
        databases.migrate(url)
        with _bar(plan) as show:
            outcome = running.run(url, plan, show)
    print(json.dumps(dataclasses.asdict(outcome), indent=1) if as_json else _text(outcome))
    return 0 if outcome.complete and not outcome.wrong else 1


@contextlib.contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'lms_tracker.db'}"
        return
    with (
        databases.running_postgresql(folder) as uri,
        databases.postgresql_database(databases.sqlalchemy_url(uri)) as url,
    ):
        yield url


@contextlib.contextmanager
def _bar(plan: Plan) -> Iterator[Callable[[running.Progress], None]]:
    """How far it is, on standard error where that is a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        written = bar.add_task("written", total=plan.statements)
        followed = {kind.name: bar.add_task(kind.name, total=plan.statements) for kind in running.FOLLOWERS}

        def show(progress: running.Progress) -> None:
            kills = f", {progress.kills} kills" if plan.kill_every else ""
            bar.update(written, completed=progress.statements, description=f"written{kills}")
            for name, count in progress.followed.items():
                bar.update(followed[name], completed=count)

        yield show


def _text(outcome: Outcome) -> str:
    lines = [
        f"{outcome.statements} statements answered, {outcome.stored} stored on {outcome.database}"
        f" in {outcome.seconds} s; {outcome.kills} kills, {outcome.without_answer} requests unanswered,"
        f" {outcome.sent_twice} batches sent again although answered"
    ]
    lines += [
        f"follower '{name}': {one.seen} seen in {one.requests} pages, {one.missed} missed, {one.twice} twice,"
        f" {one.out_of_order} out of order, {one.never_stored} never stored"
        for name, one in outcome.followers.items()
    ]
    lines += [f"wrong: {text}" for text in outcome.wrong]
    if not outcome.complete:
        lines.append("The run did not come to its end.")
    return "\n".join(lines)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Interrupted before the servers stood.")
