"""The catalogue of courses."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lms_tracker.cli.credit import show_preview
from lms_tracker.cli.opening import opened
from lms_tracker.cli.output import Refused, as_json_option, progress, show

if TYPE_CHECKING:
    from lms_tracker.learning.course_files import LineError


@click.group()
def course() -> None:
    """The catalogue of courses."""


@course.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what it would change in the ledger and import nothing.")
@as_json_option
def import_courses(file: Path, dry_run: bool, as_json: bool) -> None:
    """Import the courses of FILE, CSV or XLSX; nothing is imported unless every line is right."""
    from lms_tracker.actions import courses

    found = None
    with opened():
        if dry_run:
            with progress("Deciding anew") as advance:
                outcome, found = courses.preview(file.read_bytes(), advance)
        else:
            outcome = courses.import_courses(file.read_bytes())
    if outcome.errors:
        reason = "\n".join([*map(sentence, outcome.errors), "Nothing was imported."])
        raise Refused(reason, {"errors": [dataclasses.asdict(error) for error in outcome.errors]})
    numbers = {"created": outcome.created, "updated": outcome.updated}
    if found is not None:
        text = f"{outcome.created} courses would be new, {outcome.updated} would be changed.\n"
        show_preview(numbers, text, found, as_json)
        return
    show(numbers, f"Courses: {outcome.created} new, {outcome.updated} changed.", as_json)


def sentence(error: LineError) -> str:
    place = ", ".join(filter(None, [f"line {error.line}" if error.line else "the file", error.column]))
    other = f" (see line {error.other_line})" if error.other_line else ""
    return f"{place}: expected {error.expected}, got {error.got or 'nothing'}{other}"
