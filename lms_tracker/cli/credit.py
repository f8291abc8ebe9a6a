"""The ledger of credited time, rebuilt from the evidence or compared with it."""

from __future__ import annotations

import dataclasses

import click

from lms_tracker.cli.opening import opened
from lms_tracker.cli.output import Refused, as_json_option, progress, show


@click.group()
def credit() -> None:
    """The ledger of credited time."""


@credit.command()
@as_json_option
def rebuild(as_json: bool) -> None:
    """Decide everybody's credit anew from the evidence and write the differences."""
    from lms_tracker.actions import catalogue, crediting

    with opened(), progress("Deciding anew") as advance:
        catalogue.adopt_policy()
        outcome = crediting.rebuild(advance)
    text = f"{outcome.people} people looked at, {outcome.changed} changed, {outcome.entries} entries written."
    show(dataclasses.asdict(outcome), text, as_json)


@credit.command()
@as_json_option
def verify(as_json: bool) -> None:
    """Compare the ledger with what the evidence says; exit status 1 when they differ. Writes nothing."""
    from lms_tracker.actions import crediting

    with opened(), progress("Comparing") as advance:
        outcome = crediting.verify(advance)
    if outcome.differing:
        lines = [f"{found.person}: {found.what}" for found in outcome.differing]
        count = len({found.person for found in outcome.differing})
        reason = "\n".join([*lines, f"The ledger differs for {count} of {outcome.people} people."])
        raise Refused(reason, dataclasses.asdict(outcome))
    show(
        dataclasses.asdict(outcome),
        f"The ledger of {outcome.people} people agrees with the evidence.",
        as_json,
    )
