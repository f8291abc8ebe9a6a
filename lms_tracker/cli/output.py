"""What commands print: for people, or JSON alone; and how they refuse."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import IO, Any

import click

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON alone on standard output.")

Progress = Callable[[int, int], None]


class Refused(click.ClickException):
    """What was asked for cannot be done: the reason on standard error, exit status 1.

    ``details`` go into the JSON beside the reason.
    """

    exit_code = 1

    def __init__(self, reason: str, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(reason)
        self._details = dict(details or {})
        context = click.get_current_context(silent=True)
        self._as_json = context is not None and bool(context.params.get("as_json"))

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.message, err=True)
        if self._as_json:
            print_json({"refused": self.message, **self._details})


def print_json(result: Mapping[str, Any]) -> None:
    click.echo(json.dumps(result, ensure_ascii=False))


def show(result: Mapping[str, Any], text: str, as_json: bool) -> None:
    """The result of a command: ``text`` for people, or the mapping as JSON."""
    if as_json:
        print_json(result)
    else:
        click.echo(text)


def moment(us: int | None) -> str | None:
    """Microseconds since the epoch as a moment in UTC, to the second."""
    return None if us is None else datetime.fromtimestamp(us // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@contextmanager
def progress(what: str) -> Iterator[Progress]:
    """A function that takes how much is done and of how much; it draws a bar on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def bytes_progress(what: str) -> Iterator[Callable[[int, int | None], None]]:
    """Like `progress` for bytes: with the speed, and of how many where that is known."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
