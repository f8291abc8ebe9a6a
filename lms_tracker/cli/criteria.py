"""Criteria sets: checked, listed, shown, handed in, adopted, withdrawn."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lms_tracker.cli.opening import opened
from lms_tracker.cli.output import Refused, as_json_option, moment, print_json, show
from lms_tracker.locations import CRITERIA_EXAMPLES, criteria_format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lms_tracker.actions.recognition.adopting import Listed
    from lms_tracker.learning.recognition.criteria_findings import Finding

file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
place_option = click.option("--place", "place", metavar="CODE", help="The commune, district or province.")


@click.group()
def criteria() -> None:
    """Criteria sets, which are data; `lms-tracker criteria format` says how one is written."""


@criteria.command()
@file_argument
@place_option
@click.option("--everywhere", is_flag=True, help="Compare with the sets that hold everywhere.")
@as_json_option
def check(file: Path, place: str | None, everywhere: bool, as_json: bool) -> None:
    """Say all that is wrong with FILE, where and on which line; exit status 1 where something is.

    With --place or --everywhere also what stands against it beside the sets that are adopted there.
    """
    from lms_tracker.learning.recognition import criteria_check

    data = _read(file)
    found = criteria_check.check(data).findings
    if not found and (place is not None or everywhere):
        from lms_tracker.actions.recognition import adopting

        with opened():
            found = adopting.check(data, _place(place), beside=True).findings
    if found:
        raise _refused(found)
    show({"findings": []}, "Bộ tiêu chí không có lỗi. The set can be added.", as_json)


@criteria.command("format")
@click.option(
    "--example", type=click.Choice(CRITERIA_EXAMPLES), help="A complete set to begin with, instead."
)
def format_(example: str | None) -> None:
    """Print how a set is written: all its members with examples, and what to do about what is wrong."""
    click.echo(criteria_format(example).read_text(encoding="utf-8"), nl=False)


@criteria.command()
def schema() -> None:
    """Print a JSON Schema of the format, for editors."""
    from lms_tracker.learning import criteria as known

    print_json(known.schema())


@criteria.command("list")
@as_json_option
def list_sets(as_json: bool) -> None:
    """All sets, the newest first, with where they hold and since when."""
    from lms_tracker.actions.recognition import adopting

    with opened():
        found = adopting.listed(None)
    show({"sets": [_facts(one) for one in found]}, "\n".join(map(_line, found)), as_json)


@criteria.command("show")
@click.argument("code")
@click.option("--year", type=click.IntRange(1900, 2200), help="CODE is a model: the set in force for a year.")
@place_option
@as_json_option
def show_set(code: str, year: int | None, place: str | None, as_json: bool) -> None:
    """The set with the id CODE as it was handed in; it can be edited and added under another id.

    With --year CODE is a model, as in `show citizen --year 2026 --place 30952`, and the set is the one that
    is in force there.
    """
    from lms_tracker.actions.recognition import adopting

    with opened():
        number = _possible(lambda: adopting.numbered(code)) if year is None else _in_force(code, year, place)
        found = _possible(lambda: adopting.preview(None, number)).listed
    body = json.loads(found.kept.body)
    show({**_facts(found), "criteria": body}, found.kept.body.rstrip(), as_json)


@criteria.command()
@file_argument
@place_option
@as_json_option
def add(file: Path, place: str | None, as_json: bool) -> None:
    """Keep the set of FILE for a place, or for everywhere; it holds nowhere before it is adopted."""
    from lms_tracker.actions.recognition import adopting

    data = _read(file)
    with opened():
        number = _possible(lambda: adopting.add(None, data, _place(place)))
        found = adopting.preview(None, number).listed
    text = (
        f"{found.kept.code} is kept. Adopt it to have it hold: lms-tracker criteria adopt {found.kept.code}"
    )
    show(_facts(found), text, as_json)


@criteria.command()
@click.argument("code")
@as_json_option
def adopt(code: str, as_json: bool) -> None:
    """Have the set with the id CODE hold at its place and below."""
    from lms_tracker.actions.recognition import adopting

    with opened():
        number = _possible(lambda: adopting.numbered(code))
        _possible(lambda: adopting.adopt(None, number))
        found = adopting.preview(None, number).listed
    show(_facts(found), f"{code} holds {found.where or 'everywhere'} from now on.", as_json)


@criteria.command()
@click.argument("code")
@as_json_option
def withdraw(code: str, as_json: bool) -> None:
    """Have the set with the id CODE hold no longer; rounds that were opened by it keep it."""
    from lms_tracker.actions.recognition import adopting

    with opened():
        number = _possible(lambda: adopting.numbered(code))
        rounds = _possible(lambda: adopting.withdraw(None, number))
        found = adopting.preview(None, number).listed
    show({**_facts(found), "rounds": rounds}, f"{code} holds no longer; {rounds} rounds keep it.", as_json)


def _read(file: Path) -> bytes:
    """The file, or enough of it to see that it is too big."""
    from lms_tracker.learning.recognition.criteria_check import MOST_BYTES

    with file.open("rb") as opened_file:
        return opened_file.read(MOST_BYTES + 10)


def _place(code: str | None) -> int | None:
    from lms_tracker.actions import places

    if code is None:
        return None
    try:
        return places.number_of(code)
    except places.PlacesRefused as error:
        raise Refused(str(error)) from None


def _in_force(model: str, year: int, place: str | None) -> int:
    from lms_tracker.actions.recognition import adopting
    from lms_tracker.actions.recognition.criteria import NoSet

    try:
        return adopting.number_in_force(model, year, _place(place))
    except NoSet as error:
        raise Refused(str(error)) from None


def _possible(work: Callable[[], Any]) -> Any:
    from lms_tracker.actions.recognition.adopting import CriteriaRefused, NotPossible
    from lms_tracker.actions.records import NotFound

    try:
        return work()
    except NotFound:
        raise Refused("there is no such criteria set or place") from None
    except NotPossible as error:
        raise Refused(str(error)) from None
    except CriteriaRefused as refusal:
        raise _refused(refusal.findings) from None


def _refused(findings: Sequence[Finding]) -> Refused:
    lines = []
    for one in findings:
        where = " ".join(filter(None, (f"{one.line}:" if one.line else "", one.where or "–")))
        got = "" if one.got is None else f" (← {one.got})"
        lines.append(f"{where}{got}\n    {one.vi}\n    {one.en}")
    return Refused("\n".join(lines), {"findings": [dataclasses.asdict(one) for one in findings]})


def _facts(one: Listed) -> dict[str, Any]:
    kept, found = one.kept, one.criteria
    return {
        "id": kept.code,
        "model": kept.model,
        "title": found.title.vi,
        "place": one.place.code if one.place else None,
        "place_name": one.where or None,
        "valid_from": found.valid_from.isoformat() if found.valid_from else None,
        "valid_to": found.valid_to.isoformat() if found.valid_to else None,
        "shipped": kept.is_shipped,
        "added": moment(kept.made_us),
        "adopted": moment(kept.adopted_us),
        "withdrawn": moment(kept.withdrawn_us),
    }


def _line(one: Listed) -> str:
    kept = one.kept
    if kept.withdrawn_us is not None:
        state = "withdrawn"
    else:
        state = "adopted" if kept.adopted_us is not None else "not adopted"
    valid = f"{one.criteria.valid_from or '…'} – {one.criteria.valid_to or '…'}"
    return (
        f"{kept.code}  {kept.model}  {one.where or 'everywhere'}  {valid}  {state}  {one.criteria.title.vi}"
    )
