"""Rosters: a commune's people from a list on the machine itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lms_tracker.cli.opening import opened
from lms_tracker.cli.output import Refused, as_json_option, progress, show

if TYPE_CHECKING:
    from datetime import date

    from lms_tracker.actions.rosters import Seen

# So many problems and questions are told to people; JSON has all.
TOLD = 50

file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
place_option = click.option("--place", required=True, help="The code of the commune, five digits.")
as_of_option = click.option(
    "--as-of",
    "as_of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day of which the list speaks; today if none.",
)
answer_option = click.option(
    "--answer",
    "answers",
    multiple=True,
    metavar="LINE=ANSWER",
    help="Who a line is: new, person:KEY or line:NUMBER, as `check` offers. Repeatable.",
)


@click.group()
def roster() -> None:
    """A commune's people, households and clans from lists (danh sách hộ dân)."""


@roster.command()
@file_argument
@place_option
@as_of_option
@answer_option
@as_json_option
def check(file: Path, place: str, as_of: datetime | None, answers: tuple[str, ...], as_json: bool) -> None:
    """Say what would become of each line of FILE, CSV or XLSX; store nothing.

    Needed are columns of the full name, of the date or year of birth and, where the commune has any, of the
    thôn, ấp or tổ. Known besides: sex, household or its head, relation to the head, clan, telephone, e-mail,
    consent, with headings in Vietnamese or English. Ethnicity, religion, personal numbers and notes are
    never read.
    """
    from lms_tracker.actions import rosters

    with opened(), _refusing():
        seen = rosters.checked(_place(place), file.read_bytes(), _day(as_of), _answers(answers))
    told = _as_json(seen)
    show(told, _words(seen, "Nothing was stored."), as_json)


@roster.command("import")
@file_argument
@place_option
@as_of_option
@answer_option
@as_json_option
def import_roster(
    file: Path, place: str, as_of: datetime | None, answers: tuple[str, ...], as_json: bool
) -> None:
    """Enter the people of FILE, CSV or XLSX, all of them at once or nobody.

    Wrong lines are left out, and lines that may mean somebody who is known already wait for an answer; both
    are told. The same file again changes nothing, so it may be corrected and imported once more. Nobody who
    is missing from the list is removed.
    """
    from lms_tracker.actions import roster_applying

    with opened(), _refusing():
        data = file.read_bytes()
        with progress("People") as report:
            seen, done = roster_applying.apply_file(
                _place(place), data, _day(as_of), _answers(answers), report
            )
    text = (
        f"{done['new']} people were entered, {done['changed']} changed, {done['unchanged']} are as known."
        f" Answers on consent: {done['consents']}, e-mail addresses: {done['emails']}."
    )
    show({**_as_json(seen), "done": done}, _words(seen, text), as_json)


@contextmanager
def _refusing() -> Iterator[None]:
    from lms_tracker.actions.places import PlacesRefused
    from lms_tracker.actions.rosters import RosterRefused
    from lms_tracker.learning.roster_lines import RosterRefusal

    try:
        yield
    except RosterRefusal as refusal:
        lines = [_sentence(_as_dict(one)) for one in refusal.problems]
        raise Refused(
            "\n".join([*lines, "Nothing was imported."]),
            {"errors": [_as_dict(one) for one in refusal.problems]},
        ) from None
    except (RosterRefused, PlacesRefused) as refused:
        raise Refused(str(refused)) from None


def _place(code: str) -> int:
    from lms_tracker.actions import rosters

    return rosters.place_with_code(code)


def _day(given: datetime | None) -> date | None:
    return given.date() if given is not None else None


def _answers(given: tuple[str, ...]) -> dict[int, str]:
    found = {}
    for one in given:
        line, separator, answer = one.partition("=")
        if not (separator and line.isascii() and line.isdigit() and len(line) < 10 and answer):
            raise click.BadParameter(f"expected LINE=ANSWER, got {one[:80]}", param_hint="--answer")
        found[int(line)] = answer
    return found


def _as_dict(problem: Any) -> dict[str, Any]:
    return {name: getattr(problem, name) for name in problem.__struct_fields__}


def _as_json(seen: Seen) -> dict[str, Any]:
    return {
        **seen.counts(),
        "questions": [
            {
                "line": one.placed.line.line,
                "name": one.placed.line.name,
                "verdict": one.verdict.value,
                "answers": [
                    {"answer": candidate.answer, "differs": list(candidate.differs)}
                    for candidate in one.candidates
                ],
            }
            for one in seen.questions
        ],
        "problems": [_as_dict(one) for one in seen.problems],
        "left_out": [{"kind": kind, "column": heading} for kind, heading in seen.kept.roster.left_out],
        "unknown_columns": seen.kept.roster.unknown,
        "warnings": seen.kept.roster.warnings,
    }


def _words(seen: Seen, last: str) -> str:
    found = _as_json(seen)
    lines = [_sentence(one) for one in found["problems"][:TOLD]]
    if len(found["problems"]) > TOLD:
        lines.append(f"… and {len(found['problems']) - TOLD} more problems")
    waiting = [one for one in found["questions"] if one["verdict"] == "ask"]
    for one in waiting[:TOLD]:
        offered = ", ".join(
            f"{answer['answer']} (other {', '.join(answer['differs'])})"
            if answer["differs"]
            else answer["answer"]
            for answer in one["answers"]
        )
        lines.append(f"line {one['line']}: {one['name']} waits for an answer: new, {offered}")
    if len(waiting) > TOLD:
        lines.append(f"… and {len(waiting) - TOLD} more questions")
    lines += [f"column left out, {one['kind']}: {one['column']}" for one in found["left_out"]]
    lines += [f"column not known: {name}" for name in found["unknown_columns"]]
    counts = ", ".join(f"{name} {number}" for name, number in seen.counts().items())
    return "\n".join([*lines, f"{counts}.", last])


def _sentence(problem: dict[str, Any]) -> str:
    where = f"line {problem['line']}" if problem["line"] else "the file"
    column = f", {problem['column']}" if problem["column"] else ""
    got = f", got {problem['got']}" if problem["got"] else ""
    aside = "" if problem["is_grave"] else " (the cell is left out)"
    return f"{where}{column}: expected {problem['expected']}{got}{aside}"
