"""The versions of the rules that crediting follows besides the catalogue."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lms_tracker.cli.credit import show_preview
from lms_tracker.cli.opening import opened
from lms_tracker.cli.output import Refused, as_json_option, moment, progress, show

if TYPE_CHECKING:
    from lms_tracker.actions.policies import Kept
    from lms_tracker.learning.policy_files import Problem

by_option = click.option("--by", "login", metavar="LOGIN", help="Who decided this; kept with the version.")
file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
version_type = click.IntRange(min=1, max=2**31 - 1)


@click.group()
def policy() -> None:
    """Versions of the rules of crediting: caps, tolerances, late arrivals, hour units."""


@policy.command("list")
@as_json_option
def list_versions(as_json: bool) -> None:
    """All versions, with who added them and why; the one that decides is marked."""
    from lms_tracker.actions import policies

    with opened():
        current, kept = policies.listed()
    lines = [f"{'*' if one.version == current else ' '} {_line(one)}" for one in kept]
    empty = "Nobody has been counted yet: the version that comes with the program will decide."
    versions = [_facts(one, current) for one in kept]
    show({"decides": current, "versions": versions}, "\n".join(lines) or empty, as_json)


@policy.command("show")
@click.argument("version", type=version_type, required=False)
@as_json_option
def show_version(version: int | None, as_json: bool) -> None:
    """The rules of VERSION, of the one that decides unless named. They can be edited and added as a file."""
    from lms_tracker.actions import policies

    with opened():
        current, _ = policies.listed()
        kept = _possible(lambda: policies.shown(version))[0]
    show({**_facts(kept, current), "rules": json.loads(kept.rules)}, kept.rules, as_json)


@policy.command()
@file_argument
@as_json_option
def check(file: Path, as_json: bool) -> None:
    """Say what is wrong with FILE, and where; exit status 1 where something is."""
    from lms_tracker.actions import policies

    problems = policies.check(file.read_bytes())
    if problems:
        raise _refused(problems)
    show({"problems": []}, "The file can be added.", as_json)


@policy.command()
@file_argument
@click.option("--why", required=True, help="Why the rules change; kept with the version.")
@by_option
@as_json_option
def add(file: Path, why: str, login: str | None, as_json: bool) -> None:
    """Keep the rules of FILE as a new version, which decides nothing before it is adopted."""
    from lms_tracker.actions import policies
    from lms_tracker.learning.policy_files import PolicyRefused

    data = file.read_bytes()
    with opened():
        try:
            version = _possible(lambda: policies.add(data, why, _person(login)))
        except PolicyRefused as refusal:
            raise _refused(refusal.problems) from None
    show({"version": version}, f"Added as version {version}. Adopt it to have it decide.", as_json)


@policy.command()
@click.argument("version", type=version_type)
@click.option("--dry-run", is_flag=True, help="Show what it would change in the ledger and change nothing.")
@by_option
@as_json_option
def adopt(version: int, dry_run: bool, login: str | None, as_json: bool) -> None:
    """Have everybody counted under VERSION, in the background, by `lms-tracker jobs`."""
    from lms_tracker.actions import policies

    with opened():
        if dry_run:
            with progress("Deciding anew") as advance:
                found = _possible(lambda: policies.preview(version, advance))
            show_preview({"version": version}, "", found, as_json)
            return
        people = _possible(lambda: policies.adopt(version, _person(login)))
    text = f"Version {version} decides from now on. {people} learners are counted anew in the background."
    show({"version": version, "people": people}, text, as_json)


def _possible(work: Any) -> Any:
    from lms_tracker.actions.policies import NotPossible

    try:
        return work()
    except NotPossible as error:
        raise Refused(str(error)) from None


def _person(login: str | None) -> bytes | None:
    from lms_tracker.actions import policies

    return None if login is None else policies.person(login)


def _refused(problems: list[Problem]) -> Refused:
    lines = [f"{one.where or 'the file'}: expected {one.expected}, got {one.got}" for one in problems]
    return Refused("\n".join(lines), {"problems": [dataclasses.asdict(one) for one in problems]})


def _facts(kept: Kept, current: int) -> dict[str, Any]:
    return {
        "version": kept.version,
        "decides": kept.version == current,
        "why": kept.why,
        "by": kept.by_person.hex() if kept.by_person else None,
        "made": moment(kept.made_us or None),
        "adopted": moment(kept.adopted_us),
        "adopted_by": kept.adopted_by.hex() if kept.adopted_by else None,
    }


def _line(kept: Kept) -> str:
    adopted = f"adopted {moment(kept.adopted_us)}" if kept.adopted_us else "never adopted"
    return f"{kept.version}  {moment(kept.made_us)}  {adopted}  {kept.why}"
