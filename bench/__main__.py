"""`python -m bench`: every measurement in one run, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bench import databases, plan, report, steady
from bench.measures import machine

RESULTS = Path(__file__).parent / "results"


@click.command()
@click.option("--quick", is_flag=True, help="Small numbers and one round: whether it works, not how fast.")
@click.option(
    "--database",
    "kinds",
    multiple=True,
    type=click.Choice(list(databases.KINDS)),
    help="Only this kind of database; repeatable.",
)
@click.option("--resume", is_flag=True, help="Keep what the result of this commit holds, measure the rest.")
@click.option(
    "--steady",
    "seconds",
    type=click.IntRange(min=1),
    help="Instead of all else: post and read for so many seconds and note the memory of each process.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the result goes as JSON  [default: bench/results/latest.json, or steady.json]",
)
def main(quick: bool, kinds: tuple[str, ...], resume: bool, seconds: int | None, output: Path | None) -> None:
    """Measure how fast statements come in, are counted and are read.

    With BENCH_LARGE=1 in the environment also with 10 million statements stored.
    """
    # So that servers and folders are cleared away then too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    wanted = kinds or tuple(databases.KINDS)
    if seconds is not None:
        _watch(wanted, seconds, output or RESULTS / "steady.json")
        return
    sizes = plan.QUICK if quick else plan.LARGE if os.environ.get("BENCH_LARGE") == "1" else plan.FULL
    output = output or RESULTS / "latest.json"
    result = _begun(output, quick) if resume else None
    result = result or {"machine": machine(), "quick": quick, "databases": {}}
    _measure(wanted, sizes, result, output)
    report.show(result, Console())
    click.echo(f"All figures: {output}")


def _begun(output: Path, quick: bool) -> dict[str, Any] | None:
    """An earlier result that may be gone on with: of the same commit, and as quick."""
    try:
        found: dict[str, Any] = json.loads(output.read_text())
    except (OSError, ValueError):
        return None
    same = found.get("quick") == quick and found.get("machine", {}).get("commit") == machine()["commit"]
    return found if same else None


def _measure(kinds: Sequence[str], sizes: plan.Sizes, result: dict[str, Any], output: Path) -> None:
    """Fill `result`, and write it after each part, so that one which is interrupted can be gone on with."""
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=Console(stderr=True)
    ) as bar:
        task = bar.add_task("starting", total=None)

        def tell(what: str) -> None:
            bar.update(task, description=what, advance=1)
            if not sys.stderr.isatty():
                click.echo(what, err=True)

        for kind in kinds:
            with databases.KINDS[kind]() as place:
                measured = result["databases"].setdefault(kind, {"version": place.version})
                parts = [part for part in plan.parts(place, sizes, tell) if part.name not in measured]
                bar.reset(task, total=sum(part.steps for part in parts) or 1)
                for part in parts:
                    measured[part.name] = part.work()
                    _write(output, result)


def _watch(kinds: Sequence[str], seconds: int, output: Path) -> None:
    result: dict[str, Any] = {"machine": machine(), "databases": {}}
    for kind in kinds:
        with databases.KINDS[kind]() as place:
            watched = steady.watch(place, seconds, lambda line: click.echo(line, err=True))
            result["databases"][kind] = watched
            _write(output, result)
    click.echo(f"All figures: {output}")


def _write(output: Path, result: dict[str, Any]) -> None:
    output.parent.mkdir(parents=True, exist_ok=True)
    unfinished = output.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n")
    unfinished.replace(output)


if __name__ == "__main__":
    main()
