"""Plans, and the register of indicators."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lms_tracker.cli.opening import opened
from lms_tracker.cli.output import Refused, as_json_option, show

if TYPE_CHECKING:
    from lms_tracker.actions.reporting.plans import Listed
    from lms_tracker.actions.reporting.subjects import Subject
    from lms_tracker.actions.reporting.targets import Distance
    from lms_tracker.learning.reporting.indicators import Indicator

file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def plan() -> None:
    """Plans with their phases, targets and tasks."""


@plan.command()
@file_argument
@click.option("--dry-run", is_flag=True, help="Say what is wrong with FILE and load nothing.")
@as_json_option
def load(file: Path, dry_run: bool, as_json: bool) -> None:
    """Load the plan of FILE, JSON; exit status 1 where something is wrong with it."""
    from lms_tracker.actions.reporting import plans
    from lms_tracker.learning.reporting.plan_files import PlanRefused

    data = file.read_bytes()
    with opened():
        try:
            if dry_run:
                problems = plans.check(data)
                if problems:
                    raise PlanRefused(problems)
                show({"problems": []}, "The file can be loaded.", as_json)
                return
            number = plans.load(None, data)
        except PlanRefused as refusal:
            lines = [
                f"{one.where or 'the file'}: expected {one.expected}, got {one.got}"
                for one in refusal.problems
            ]
            details = {"problems": [dataclasses.asdict(one) for one in refusal.problems]}
            raise Refused("\n".join(lines), details) from None
    show({"plan": number}, f"Loaded as plan {number}.", as_json)


@plan.command("list")
@as_json_option
def list_plans(as_json: bool) -> None:
    """All plans, with how many of their tasks are done and overdue."""
    from lms_tracker.actions.reporting import plans

    with opened():
        found: list[Listed] = []
        page, more = 1, True
        while more:
            some, more = plans.listed(None, page)
            found, page = found + some, page + 1
    lines = [
        f"{one.plan.id}  {one.plan.document}  {one.plan.title}: {one.done} of {one.tasks} tasks done, "
        f"{one.overdue} overdue"
        for one in found
    ]
    show({"plans": [_listed(one) for one in found]}, "\n".join(lines) or "There are no plans.", as_json)


@plan.command("show")
@click.argument("number", type=click.IntRange(min=1, max=2**31 - 1))
@as_json_option
def show_plan(number: int, as_json: bool) -> None:
    """A plan with the distance to each target, and its tasks."""
    from lms_tracker.actions.records import NotFound
    from lms_tracker.actions.reporting import targets

    with opened():
        try:
            sheet = targets.sheet(None, number)
        except NotFound:
            raise Refused(f"there is no plan {number}") from None
    lines = [f"{sheet.plan.title} ({sheet.plan.document}, {sheet.plan.issuer})", subject_name(sheet.subject)]
    for phase, late in sheet.phases:
        review = f", {phase.review} review" if phase.review else ""
        held = f" held {phase.reviewed_on}" if phase.reviewed_on else f" {late} days late" if late else ""
        lines.append(f"phase {phase.number}: {phase.first_day} to {phase.last_day}{review}{held}")
    lines += [_distance_line(one) for one in sheet.distances]
    for heading, tasks in sheet.tasks:
        for task, late in tasks:
            state = f"done {task.done_on}" if task.done_on else f"{late} days late" if late else "open"
            lines.append(f"task {task.number} ({heading}): {task.title}: {state}")
    facts = {
        "plan": sheet.plan.id,
        "title": sheet.plan.title,
        "document": sheet.plan.document,
        "targets": [_distance(one) for one in sheet.distances],
        "tasks": {
            "done": sheet.done,
            "overdue": sheet.overdue,
            "all": sum(len(ones) for _, ones in sheet.tasks),
        },
    }
    show(facts, "\n".join(lines), as_json)


def subject_name(subject: Subject) -> str:
    from lms_tracker.learning.places import called

    if subject.place is not None:
        return called(subject.place.kind, subject.place.name)
    return subject.organisation.name if subject.organisation is not None else ""


def _listed(one: Listed) -> dict[str, Any]:
    return {
        "plan": one.plan.id,
        "title": one.plan.title,
        "document": one.plan.document,
        "of": subject_name(one.subject),
        "tasks": one.tasks,
        "done": one.done,
        "overdue": one.overdue,
    }


def _distance(one: Distance) -> dict[str, Any]:
    """Numbers as exact decimals in text; None where nobody knows."""

    def text(value: object) -> str | None:
        return None if value is None else str(value)

    return {
        "number": one.target.number,
        "indicator": one.target.indicator,
        "year": one.target.year,
        "kind": one.target.kind,
        "bound": one.target.bound,
        "value": one.target.value,
        "base": one.target.base or one.target.base_words,
        "numerator": text(one.number and one.number.value),
        "denominator": text(one.denominator),
        "percent": text(one.share and one.share.percent),
        "needed": text(one.needed),
        "missing": text(one.missing),
        "met": one.is_met,
    }


def _distance_line(one: Distance) -> str:
    goal = f"{one.target.value}{' %' if one.target.kind == 'ratio' else ''}"
    if one.number is None:
        return f"target {one.target.number}: {one.target.words}: {goal}, no figure yet"
    percent = f" = {one.share.percent} %" if one.share else ""
    missing = "met" if one.is_met else f"{one.missing} missing" if one.missing is not None else "unknown"
    found = f"{one.number.value}{f' of {one.denominator}' if one.denominator else ''}{percent}"
    return f"target {one.target.number}: {one.target.words}: {goal}, now {found}: {missing}"


@click.group()
def indicator() -> None:
    """The register of what can be reported."""


@indicator.command("list")
@as_json_option
def list_indicators(as_json: bool) -> None:
    """All indicators with what they count and of what they are a part."""
    from lms_tracker.actions.reporting import registers

    with opened():
        register = registers.listed(None)
    ones = list(register.indicators.values())
    lines = [
        f"{one.code}  {one.title.vi} ({one.unit}{f' of {one.base}' if one.base else ''})" for one in ones
    ]
    show({"indicators": [_indicator(one) for one in ones]}, "\n".join(lines), as_json)


@indicator.command("show")
@click.argument("code")
@as_json_option
def show_indicator(code: str, as_json: bool) -> None:
    """One indicator, as a file that could be added."""
    import json

    from lms_tracker.actions.reporting import registers

    with opened():
        register = registers.listed(None)
    if code not in register.indicators:
        raise Refused(f"there is no indicator {code}")
    facts = _indicator(register.indicators[code])
    show(facts, json.dumps(facts, ensure_ascii=False, indent=1), as_json)


@indicator.command("add")
@file_argument
@as_json_option
def add_indicator(file: Path, as_json: bool) -> None:
    """Add the indicator of FILE, JSON, or put it in the place of the one with its code."""
    from lms_tracker.actions.reporting import registers
    from lms_tracker.learning.reporting.indicators import IndicatorRefused

    data = file.read_bytes()
    with opened():
        try:
            found = registers.add(None, data)
        except IndicatorRefused as refused:
            raise Refused(str(refused), {"rule": refused.rule}) from None
    show({"indicator": found.code}, f"Added {found.code}.", as_json)


def _indicator(one: Indicator) -> dict[str, Any]:
    import msgspec

    found: dict[str, Any] = msgspec.to_builtins(one)
    return found
