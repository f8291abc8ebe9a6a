"""Plans as JSON: what a file says, and what is wrong with one. Documented in docs/plan-format.md.

Numbers are text, exact, with a point before decimals ("23", "33.3"); days are ISO days; a target or a task
is of the plan as a whole. Targets are numbered from 1 in their order, and `part_of` names an earlier one.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from lms_tracker.learning.reporting.indicators import Register

MOST_BYTES = 1_000_000
MOST_PARTS = 500
# As JSON spells them in texts, be it behind backslashes; new lines and tabs are spelled otherwise.
_CONTROL = re.compile(r"(?<!\\)(?:\\\\)*\\(?:u00[01]|b|f)|\x7f")

Text = Annotated[str, Meta(min_length=1, max_length=1_000)]
MaybeText = Annotated[str, Meta(max_length=4_000)]
Code = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$(?!\n)")]
MaybeCode = Annotated[str, Meta(pattern=r"^([a-z0-9][a-z0-9-]{0,59})?$(?!\n)")]
NumberText = Annotated[str, Meta(pattern=r"^[0-9]{1,18}(\.[0-9]{1,6})?$(?!\n)")]
Year = Annotated[int, Meta(ge=1990, le=2100)]


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whatever a plan is made of."""


class PlacePart(Part, frozen=True, kw_only=True):
    """The unit that a national code means on a day (I13): codes are reused after 1 July 2025."""

    code: Annotated[str, Meta(pattern=r"^[0-9]{2,5}$(?!\n)")]
    on: date


class PhasePart(Part, frozen=True, kw_only=True):
    title: Text
    first_day: date
    last_day: date
    review: Literal["", "interim", "final"] = ""
    review_due: date | None = None
    reviewed_on: date | None = None
    findings: MaybeText = ""


class TargetPart(Part, frozen=True, kw_only=True):
    """`kind` "ratio": `value` is per cent of `base`; `base_words` are the plan's own words for it."""

    indicator: Code
    words: Text
    year: Year
    value: NumberText
    kind: Literal["ratio", "count"] = "ratio"
    bound: Literal["at-least", "about", "at-most"] = "at-least"
    base: MaybeCode = ""
    base_words: MaybeText = ""
    part_of: Annotated[int, Meta(ge=1, le=MOST_PARTS)] | None = None
    place: PlacePart | None = None
    note: MaybeText = ""


class TaskPart(Part, frozen=True, kw_only=True):
    heading: MaybeText = ""
    title: Text
    done_by: MaybeText = ""
    due_on: date | None = None
    done_on: date | None = None
    result: MaybeText = ""


class PlanFile(Part, frozen=True, kw_only=True):
    """Of a place, or of the organisation with this name at the top of the tree or at a place."""

    title: Text
    document: Annotated[str, Meta(min_length=1, max_length=120)]
    issuer: Text
    first_year: Year
    last_year: Year
    issued_on: date | None = None
    place: PlacePart | None = None
    organisation: Annotated[str, Meta(max_length=200)] = ""
    # The number of the document of the plan of a higher level.
    carries_out: Annotated[str, Meta(max_length=120)] = ""
    note: MaybeText = ""
    phases: Annotated[tuple[PhasePart, ...], Meta(max_length=MOST_PARTS)] = ()
    targets: Annotated[tuple[TargetPart, ...], Meta(max_length=MOST_PARTS)] = ()
    tasks: Annotated[tuple[TaskPart, ...], Meta(max_length=MOST_PARTS)] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """`where` names the member, as in "targets[2].indicator"; empty for the file as a whole."""

    where: str
    expected: str
    got: str


class PlanRefused(Exception):
    """The file is no plan, or one that does not hold together."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


def read(data: bytes, register: Register) -> PlanFile:
    """The plan of a file. Raises PlanRefused with all that is wrong with it."""
    if len(data) > MOST_BYTES:
        raise PlanRefused([Problem("", f"at most {MOST_BYTES} bytes", f"{len(data)} bytes")])
    try:
        found = msgspec.json.decode(data, type=PlanFile)
    except msgspec.ValidationError as error:
        sentence, _, where = str(error).partition(" - at `")
        raise PlanRefused(
            [Problem(where.rstrip("`").removeprefix("$."), sentence[:300], "another")]
        ) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise PlanRefused([Problem("", "JSON in UTF-8", str(error)[:200])]) from None
    problems = [
        *_of_texts(found),
        *_of_plan(found),
        *(one for number, phase in enumerate(found.phases) for one in _of_phase(number, phase)),
        *(
            one
            for number, target in enumerate(found.targets)
            for one in _of_target(found, number, target, register)
        ),
        *(one for number, task in enumerate(found.tasks) for one in _of_task(number, task)),
    ]
    if problems:
        raise PlanRefused(problems)
    return found


def _of_texts(found: PlanFile) -> list[Problem]:
    """Control characters stand in no document; one database keeps no NUL, and no spreadsheet any of them."""
    if _CONTROL.search(msgspec.json.encode(found).decode()):
        return [Problem("", "texts without control characters", "a control character")]
    return []


def _of_plan(found: PlanFile) -> list[Problem]:
    problems = []
    if (found.place is None) == (not found.organisation):
        problems.append(Problem("place", "either a place or an organisation", "both or neither"))
    if found.last_year < found.first_year:
        problems.append(Problem("last_year", f"{found.first_year} or later", str(found.last_year)))
    if not (found.phases or found.targets or found.tasks):
        problems.append(Problem("", "phases, targets or tasks", "none of them"))
    if found.carries_out and found.carries_out == found.document:
        problems.append(Problem("carries_out", "the number of another document", found.carries_out))
    return problems


def _of_phase(number: int, phase: PhasePart) -> list[Problem]:
    where, problems = f"phases[{number}]", []
    if phase.last_day < phase.first_day:
        problems.append(Problem(f"{where}.last_day", f"{phase.first_day} or later", str(phase.last_day)))
    if not phase.review and (phase.review_due or phase.reviewed_on or phase.findings):
        problems.append(Problem(f"{where}.review", '"interim" or "final", where there is a review', "none"))
    if phase.reviewed_on is not None and phase.reviewed_on < phase.first_day:
        problems.append(
            Problem(f"{where}.reviewed_on", f"{phase.first_day} or later", str(phase.reviewed_on))
        )
    return problems


def _of_target(found: PlanFile, number: int, target: TargetPart, register: Register) -> list[Problem]:
    where, problems = f"targets[{number}]", []
    if target.indicator not in register.indicators:
        problems.append(Problem(f"{where}.indicator", "a code of the register", target.indicator))
    if target.base and target.base not in register.bases:
        problems.append(Problem(f"{where}.base", "a base of the register", target.base))
    if target.kind == "ratio" and not (target.base or target.base_words):
        problems.append(Problem(f"{where}.base_words", "of what it is a part, in words", "nothing"))
    if target.kind == "ratio" and Decimal(target.value) > 100:
        problems.append(Problem(f"{where}.value", "at most 100 per cent", target.value))
    if not found.first_year <= target.year <= found.last_year:
        years = f"a year from {found.first_year} to {found.last_year}"
        problems.append(Problem(f"{where}.year", years, str(target.year)))
    if target.part_of is not None:
        problems += _of_part(found, number, target, where)
    return problems


def _of_part(found: PlanFile, number: int, target: TargetPart, where: str) -> list[Problem]:
    if target.part_of is None or target.part_of > number:
        return [Problem(f"{where}.part_of", "the number of an earlier target", str(target.part_of))]
    whole = found.targets[target.part_of - 1]
    alike = (whole.kind, whole.base, whole.year) == (target.kind, target.base, target.year)
    if alike and Decimal(target.value) > Decimal(whole.value):
        return [Problem(f"{where}.value", f"at most {whole.value}, the whole", target.value)]
    return []


def _of_task(number: int, task: TaskPart) -> list[Problem]:
    if task.result and task.done_on is None:
        return [Problem(f"tasks[{number}].done_on", "a day, where there is a result", "none")]
    return []
