"""The ledger of credited time, rebuilt from the evidence or compared with it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click

from lms_tracker.cli.opening import opened
from lms_tracker.cli.output import Refused, as_json_option, moment, progress, show

if TYPE_CHECKING:
    from lms_tracker.actions.previews import Preview

MOST_PROCESSES = 64


@click.group()
def credit() -> None:
    """The ledger of credited time."""


@credit.command()
@click.option("--dry-run", is_flag=True, help="Show what would be written and write nothing.")
@click.option(
    "--processes",
    type=click.IntRange(1, MOST_PROCESSES),
    default=1,
    show_default=True,
    help="How many work side by side.",
)
@as_json_option
def rebuild(dry_run: bool, processes: int, as_json: bool) -> None:
    """Decide everybody's credit anew from the evidence and write the differences."""
    from lms_tracker.actions import catalogue, crediting, previews
    from lms_tracker.cli import credit_processes

    with opened(), progress("Deciding anew") as advance:
        if dry_run:
            found = previews.of_everybody(progress=advance)
            show_preview({}, "", found, as_json)
            return
        catalogue.adopt_policy()
        if processes == 1:
            outcome = crediting.rebuild(advance)
        else:
            people = crediting.count_people()
    if processes > 1:
        with progress("Deciding anew") as advance:
            outcome = credit_processes.rebuild(processes, advance, people)
    text = f"{outcome.people} people looked at, {outcome.changed} changed, {outcome.entries} entries written."
    if outcome.failed:
        reason = f"{text}\n{outcome.failed} could not be counted and will be tried again; see credit status."
        raise Refused(reason, dataclasses.asdict(outcome))
    show(dataclasses.asdict(outcome), text, as_json)


@credit.command()
@as_json_option
def rederive(as_json: bool) -> None:
    """Read what could earn credit from stored statements again, once after an upgrade that reads more.

    Learners of whom something changed are counted anew. Interrupted, the next run goes on where it stopped.
    """
    from lms_tracker.actions import rederiving

    with opened(), progress("Reading evidence again") as advance:
        found = rederiving.rederive(advance)
    text = f"{found.statements} statements read again, {found.learners} learners to be counted anew."
    show(dataclasses.asdict(found), f"Going on where it stopped: {text}" if found.resumed else text, as_json)


@credit.command()
@as_json_option
def status(as_json: bool) -> None:
    """Which policy decides, how many marks wait, and how far recounts in the background are."""
    from lms_tracker.actions import figures, holding_back, policies, recounts

    with opened():
        version, _ = policies.listed()
        waiting = int(figures.now()["credit_due_marks"][1])
        found = recounts.newest()
        held = holding_back.first()
    lines = [
        f"Version {version} of the policy decides.",
        f"{waiting} or more marks of learners to be counted wait."
        if waiting >= figures.MOST_MARKS
        else f"Of at most {waiting} learners something waits to be counted.",
    ]
    lines += [
        f"Person {one.person_key.hex()} could not be counted ({one.kind}), {one.attempts} times;"
        f" tried again after {moment(one.again_us)}."
        for one in held
    ]
    for one in found:
        state = f"ended {moment(one.ended_us)}" if one.ended_us else "under way"
        lines.append(
            f"Recount for {one.cause} {one.version}, begun {moment(one.started_us)}, {state}:"
            f" {one.done} of about {max(one.people, one.done)} learners,"
            f" {one.changed} changed, {one.entries} entries."
        )
    recounted = [
        {
            "cause": one.cause,
            "version": one.version,
            "people": max(one.people, one.done),
            "done": one.done,
            "changed": one.changed,
            "entries": one.entries,
            "started": moment(one.started_us),
            "ended": moment(one.ended_us),
        }
        for one in found
    ]
    held_back = [
        {
            "person": one.person_key.hex(),
            "kind": one.kind,
            "attempts": one.attempts,
            "again": moment(one.again_us),
        }
        for one in held
    ]
    told = {"policy": version, "waiting": waiting, "held_back": held_back, "recounts": recounted}
    show(told, "\n".join(lines), as_json)


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


def show_preview(numbers: dict[str, int], text: str, found: Preview, as_json: bool) -> None:
    """A preview after what the command tells besides; refused where somebody could not be decided."""
    result = {**numbers, "dry_run": True, **dataclasses.asdict(found)}
    told = f"{text}{_preview_text(found)}"
    if found.undecided:
        raise Refused(
            f"{told}\n{len(found.undecided)} could not be decided and are not in these figures.", result
        )
    show(result, told, as_json)


def _preview_text(found: Preview) -> str:
    """What would change, as lines for people; persons by key, because names are no business of a terminal."""
    lines = [
        f"{found.people} people looked at, {found.touched} would change, {found.entries} entries.",
        f"Credited time: {_hours(found.gained_seconds)} more, {_hours(found.lost_seconds)} less.",
    ]
    lines += [
        f"  {change.course or 'no course'}, {change.reason}:"
        f" +{_hours(change.gained_seconds)} -{_hours(change.lost_seconds)}"
        for change in found.changes
    ]
    lines += [
        f"  person {one.person}: +{_hours(one.gained_seconds)} -{_hours(one.lost_seconds)}"
        for one in found.top
    ]
    lines += [
        f"  person {one.person}: could not be decided, {one.kind} in {one.where}" for one in found.undecided
    ]
    return "\n".join([*lines, "Nothing was changed."])


def _hours(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
