"""Reported figures: imported from files, and exported."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from lms_tracker.cli.opening import opened
from lms_tracker.cli.output import Refused, as_json_option, show

if TYPE_CHECKING:
    from lms_tracker.learning.reporting.figure_checks import Finding
    from lms_tracker.learning.reporting.figure_sheets import FigureProblem

place_option = click.option("--place", required=True, metavar="CODE", help="The national code of the place.")
on_option = click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which the code means it, today unless given; codes are used anew after 1 July 2025.",
)


@click.group()
def figures() -> None:
    """Figures that were reported, by place, year and indicator."""


@figures.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@place_option
@on_option
@click.option("--dry-run", is_flag=True, help="Say what is wrong and what does not add up; import nothing.")
@click.option("--acknowledge", is_flag=True, help="Import although there are warnings.")
@as_json_option
def import_figures(
    file: Path, place: str, on: datetime | None, dry_run: bool, acknowledge: bool, as_json: bool
) -> None:
    """Import the figures of FILE, CSV or XLSX; nothing is imported unless every line is right.

    Its first row names columns: indicator, year and value, and others such as denominator, source, note.
    """
    from lms_tracker.actions.reporting import figure_imports
    from lms_tracker.actions.reporting.figure_imports import NotAcknowledged
    from lms_tracker.learning.reporting.figure_sheets import FiguresRefused

    data = file.read_bytes()
    with opened():
        number = _place(place, on)
        try:
            outcome = figure_imports.by_command(number, data, acknowledged=acknowledge, dry_run=dry_run)
        except FiguresRefused as refused:
            reason = "\n".join([*map(sentence, refused.problems), "Nothing was imported."])
            raise Refused(reason, {"errors": msgspec.to_builtins(refused.problems)}) from None
        except NotAcknowledged as refused:
            lines = [*map(remark, refused.findings), "Nothing was imported; --acknowledge imports it so."]
            raise Refused("\n".join(lines), {"warnings": [_facts(one) for one in refused.findings]}) from None
    numbers = {"new": outcome.new, "replaced": outcome.replaced, "same": outcome.same}
    counts = f"Figures: {outcome.new} new, {outcome.replaced} replaced, {outcome.same} the same."
    if dry_run:
        counts = "The file can be imported. Nothing was, because of --dry-run."
    text = "\n".join([*map(remark, outcome.findings), counts])
    show({**numbers, "remarks": [_facts(one) for one in outcome.findings]}, text, as_json)


@figures.command()
@place_option
@on_option
@click.option("--year", type=click.IntRange(1990, 2100), help="The newest with figures unless given.")
@click.option("--period", type=click.Choice(["year", "first-half", "nine-months"]), default="year")
@click.option(
    "-o", "--output", "path", required=True, type=click.Path(dir_okay=False, path_type=Path),
    help="An .xlsx, .csv or .json file.",
)  # fmt: skip
@as_json_option
def export(place: str, on: datetime | None, year: int | None, period: str, path: Path, as_json: bool) -> None:
    """Write the register of a place and a year as a file, with ratios, sources and remarks."""
    from lms_tracker.actions.reporting import figure_sheets, figure_tables
    from lms_tracker.actions.reporting.subjects import About
    from lms_tracker.learning.reporting.tables import FORMS

    form = path.suffix.lstrip(".").lower()
    if form not in FORMS:
        raise Refused("expected a name that ends with .xlsx, .csv or .json")
    with opened():
        found = figure_sheets.sheet(None, About(place_id=_place(place, on)), year, period)
        rows = figure_tables.rows(found, "en", remark)
        body = FORMS[form][0]({name: name for name in figure_tables.COLUMNS}, rows)
    path.write_bytes(body)
    show({"figures": len(found.reported), "year": found.year}, f"{len(found.reported)} figures.", as_json)


def sentence(error: FigureProblem) -> str:
    where = ", ".join(filter(None, [f"line {error.line}" if error.line else "the file", error.column]))
    ways = f" ({' or '.join(error.readings)}?)" if error.readings else ""
    return f"{where}: expected {error.expected}, got {error.got or 'nothing'}{ways}"


def remark(one: Finding) -> str:
    facts = ", ".join(f"{name} {value}" for name, value in one.facts.items())
    return f"line {one.line}, {one.column}: {one.weight.name.lower()}: {one.rule} ({facts})"


def _facts(one: Finding) -> dict[str, Any]:
    return {
        "line": one.line,
        "column": one.column,
        "rule": one.rule,
        "weight": one.weight.name.lower(),
        "facts": {name: str(value) for name, value in one.facts.items()},
    }


def _place(code: str, on: datetime | None) -> int:
    from lms_tracker.actions.grant_lists import place_with_code
    from lms_tracker.actions.places import PlacesRefused

    try:
        return place_with_code(code, on.date() if on else None)
    except PlacesRefused as refused:
        raise Refused(str(refused)) from None
