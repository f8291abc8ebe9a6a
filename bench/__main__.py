"""`python -m bench`: every measurement in one run, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from bench import databases, plan, report
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
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default=RESULTS / "latest.json",
    help="Where the result goes as JSON  [default: bench/results/latest.json]",
)
def main(quick: bool, kinds: tuple[str, ...], output: Path) -> None:
    """Measure how fast statements come in, are counted and are read."""
    # So that servers and folders are cleared away then too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sizes = plan.QUICK if quick else plan.FULL
    wanted = kinds or tuple(databases.KINDS)
    result: dict[str, Any] = {"machine": machine(), "quick": quick, "databases": {}}
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=Console(stderr=True)
    ) as bar:
        task = bar.add_task("starting", total=len(wanted) * plan.steps(sizes))

        def tell(what: str) -> None:
            bar.update(task, description=what, advance=1)
            if not sys.stderr.isatty():
                click.echo(what, err=True)

        for kind in wanted:
            with databases.KINDS[kind]() as place:
                result["databases"][kind] = plan.measure(place, sizes, tell)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n")
    report.show(result, Console())
    click.echo(f"All figures: {output}")


if __name__ == "__main__":
    main()
