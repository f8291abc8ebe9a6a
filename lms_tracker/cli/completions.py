"""Completions of courses from providers whose systems send no statements."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lms_tracker.cli.courses import sentence
from lms_tracker.cli.opening import opened
from lms_tracker.cli.output import Refused, as_json_option, progress, show

if TYPE_CHECKING:
    from lms_tracker.actions.completions import Preview, PreviewedLine
    from lms_tracker.learning.course_conflicts import LineError

# So many wrong or previewed lines are told to people; JSON has all.
TOLD = 50


@click.group()
def completions() -> None:
    """Completions of courses from providers whose systems send no statements."""


@completions.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--provider", required=True, type=int, help="The number of the provider whose courses they are."
)
@click.option("--preview", is_flag=True, help="Say what each line would credit, or why not; store nothing.")
@as_json_option
def import_completions(file: Path, provider: int, preview: bool, as_json: bool) -> None:
    """Import the completions of FILE, CSV or XLSX; nothing is imported unless every line is right.

    Columns: email, or account and home_page; name; course (the provider's own code); activity, needed where
    the course has several; completed_at, a date or a time such as 01/10/2026 16:30; the time learned as
    minutes, as duration (1:30), or as hours of hour_minutes minutes, otherwise those of the course; result
    (passed or failed); score and score_max. A date without a time of day is enough for courses of stated
    hours; a length needs the time at which it ended. E-mail addresses are taken in lower case. A completion
    that was imported before is stored once, also when the name in its line is another now.
    """
    from lms_tracker.actions import completions, importing

    try:
        with opened():
            data = file.read_bytes()
            with progress("Completions") as report:
                if preview:
                    previewed = completions.preview(data, provider, progress=report)
                else:
                    outcome = completions.import_completions(data, provider, progress=report)
    except importing.UnknownProvider as error:
        raise Refused(str(error)) from None
    if preview:
        _show_preview(previewed, as_json)
        return
    if outcome.errors:
        raise _refused(outcome.errors)
    show(
        {"stored": outcome.stored, "known": outcome.known},
        f"{outcome.stored} completions were stored, {outcome.known} were stored before.",
        as_json,
    )


def _refused(errors: list[LineError]) -> Refused:
    lines = [*map(sentence, errors[:TOLD])]
    if len(errors) > TOLD:
        lines.append(f"… and {len(errors) - TOLD} more")
    return Refused(
        "\n".join([*lines, "Nothing was imported."]),
        {"errors": [dataclasses.asdict(error) for error in errors]},
    )


def _show_preview(found: Preview, as_json: bool) -> None:
    if found.errors:
        raise _refused(found.errors)
    lines = [_as_json(line) for line in found.lines]
    total = {name: sum(line[name] for line in lines) for name in ("seconds", "nominal_seconds")}
    words = [_words(line) for line in found.lines[:TOLD]]
    if len(lines) > TOLD:
        words.append(f"… and {len(lines) - TOLD} more")
    credited = _length(total["seconds"] + total["nominal_seconds"])
    words.append(f"{len(lines)} completions would credit {credited}. Nothing was stored.")
    show({"lines": lines, **total}, "\n".join(words), as_json)


def _as_json(line: PreviewedLine) -> dict[str, Any]:
    completion = line.completion
    return {
        "line": completion.line,
        "learner": completion.learner,
        "course": completion.course.code,
        "activity": completion.activity,
        "completed_at": completion.completed_at.isoformat(),
        "counts_for": line.counts_for,
        "seconds": line.seconds,
        "nominal_seconds": line.nominal_seconds,
        "refused": [{"reason": reason, "seconds": seconds} for reason, seconds in line.refused],
        "stored": line.is_stored,
    }


def _words(line: PreviewedLine) -> str:
    completion = line.completion
    credited = line.seconds + line.nominal_seconds
    said = [_length(credited)] if credited else []
    said += [f"{reason} ({_length(seconds)})" if seconds else reason for reason, seconds in line.refused]
    if line.is_stored:
        said = ["stored before"]
    day = completion.completed_at.date().isoformat()
    what = ", ".join(said) or "nothing to credit"
    return f"line {completion.line}: {completion.learner}, {completion.course.code}, {day}: {what}"


def _length(seconds: int) -> str:
    minutes = seconds // 60
    return f"{minutes // 60} h {minutes % 60} min"
