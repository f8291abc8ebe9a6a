"""What reviewers should look at."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from lms_tracker.cli.opening import opened
from lms_tracker.cli.output import as_json_option, moment, progress, show


@click.group()
def flags() -> None:
    """What reviewers should look at: nothing is held back or deleted because of a flag."""


@flags.command()
@as_json_option
def run(as_json: bool) -> None:
    """Look at everybody who was counted since the last look, and raise flags.

    The jobs do so every minute. Interrupted, it goes on where it stopped.
    """
    from lms_tracker.actions import watching

    with opened(), progress("Looking") as advance:
        outcome = watching.watch(advance)
    result = {"people": outcome.people, "raised": outcome.raised}
    show(result, f"{outcome.people} people looked at, {outcome.raised} flags raised.", as_json)


@flags.command("list")
@click.option("--waiting/--settled", default=None, help="Only those that wait, or only the others.")
@as_json_option
def list_(waiting: bool | None, as_json: bool) -> None:
    """The flags, the newest first, 10,000 at most."""
    from lms_tracker.actions import flags as found

    with opened():
        rows = [_row(row) for row in found.everything(waiting=waiting)]
    lines = [
        f"{row['flag']:>6}  {row['state']:9}  {row['kind']:14}  {row['value']} > {row['threshold']}"
        f"  {row['about']}"
        for row in rows
    ]
    show({"flags": rows}, "\n".join(lines) or "There are no flags.", as_json)


def _row(row: Any) -> dict[str, Any]:
    flag = row.flag
    return {
        "flag": flag.id,
        "kind": str(flag.kind),
        "state": flag.state,
        "about": row.course or row.provider or (flag.person_key.hex() if flag.person_key else flag.subject),
        "person": flag.person_key.hex() if flag.person_key else None,
        "provider": flag.provider_id,
        "course": flag.course_id,
        "day": date.fromordinal(flag.day).isoformat() if flag.day else None,
        "value": flag.figures.value,
        "threshold": flag.figures.threshold,
        "figures": dict(flag.figures.facts),
        "raised": moment(flag.raised_us),
        "settled": moment(flag.decided_us),
    }
