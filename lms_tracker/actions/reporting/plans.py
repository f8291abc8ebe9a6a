"""Plans: loaded from files, their tasks and reviews kept, and how far each target is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import msgspec
from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, places, rights
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.reporting import registers, subjects
from lms_tracker.actions.reporting.subjects import About, Subject
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning import names
from lms_tracker.learning.reporting import plan_files
from lms_tracker.learning.reporting.plan_files import PlanFile, PlanRefused, Problem
from lms_tracker.store import database, organisation_tree
from lms_tracker.store.reporting import plans
from lms_tracker.store.reporting import subjects as stored_subjects
from lms_tracker.store.reporting.plans import Plan

PAGE = 100
MOST_TEXT = 4_000

log = logs.logger(__name__)


class Wrong(StrEnum):
    """Why a change of a plan is refused; pages have a sentence for each."""

    DAY = "day"
    TEXT = "text"
    OVERTAKEN = "overtaken"


class ChangeRefused(Exception):
    def __init__(self, wrong: Wrong) -> None:
        super().__init__(wrong.value)
        self.wrong = wrong


@dataclass(frozen=True, slots=True)
class Listed:
    """A plan with what it is about, and how many tasks it has, are done, are overdue."""

    plan: Plan
    subject: Subject
    tasks: int
    done: int
    overdue: int


def check(data: bytes) -> list[Problem]:
    """What is wrong with a plan's file; nothing where it could be loaded."""
    with database.reading() as connection:
        try:
            file = plan_files.read(data, registers.held(connection))
            about, _, _ = _resolved(connection, file)
            _demand_new(connection, about, file)
        except PlanRefused as refusal:
            return refusal.problems
    return []


def load(viewer: Viewer | None, data: bytes) -> int:
    """Keep a plan from a file; answers its number. Raises NotAllowed and PlanRefused.

    The same document of the same place or organisation is loaded once; withdraw the old one to load it anew.
    """
    with database.writing() as connection:
        file = plan_files.read(data, registers.held(connection))
        about, target_places, above = _resolved(connection, file)
        subject = subjects.demand(connection, viewer, about, Right.ADMINISTER)
        # So that of two who load the same document the second sees the first.
        stored_subjects.lock(connection, subject.about)
        _demand_new(connection, about, file)
        number = plans.add(connection, _columns(file, about, above, viewer))
        plans.add_parts(
            connection,
            number,
            [msgspec.structs.asdict(one) for one in file.phases],
            [_target(one, target_places.get(index)) for index, one in enumerate(file.targets)],
            [{**msgspec.structs.asdict(one), "revision": 0} for one in file.tasks],
        )
    log.info("plan loaded", plan=number)
    return number


def _demand_new(connection: Connection, about: About, file: PlanFile) -> None:
    if plans.with_document(connection, about, file.document) is not None:
        raise PlanRefused([Problem("document", "a document that is not loaded yet", file.document)])


def _columns(file: PlanFile, about: About, above: int | None, viewer: Viewer | None) -> dict[str, object]:
    return {
        "title": file.title,
        "document": file.document,
        "issued_on": file.issued_on,
        "issuer": file.issuer,
        "place_id": about.place_id,
        "organisation_id": about.organisation_id,
        "first_year": file.first_year,
        "last_year": file.last_year,
        "carries_out": above,
        "note": file.note,
        "made_us": clock.now_us(),
        "made_by": None if viewer is None else viewer.key,
        "revision": 0,
    }


def _target(one: plan_files.TargetPart, place_id: int | None) -> dict[str, object]:
    values = msgspec.structs.asdict(one)
    values.pop("place")
    return {**values, "place_id": place_id}


def _resolved(connection: Connection, file: PlanFile) -> tuple[About, Mapping[int, int], int | None]:
    """What a file is about, the places of its targets by their index, and the plan it carries out."""
    problems: list[Problem] = []

    def place(where: str, part: plan_files.PlacePart) -> int | None:
        try:
            return places.coded(connection, part.code, part.on).id
        except places.PlacesRefused as error:
            problems.append(Problem(where, "a code of a unit on that day", str(error)))
            return None

    about = About()
    if file.place is not None:
        about = About(place_id=place("place", file.place))
    else:
        found = [
            one
            for one in organisation_tree.search(connection, file.organisation, clock.today())
            if names.spelled(one.name) == names.spelled(file.organisation)
        ]
        if len(found) != 1:
            problems.append(Problem("organisation", "one organisation of this name", f"{len(found)}"))
        else:
            about = About(organisation_id=found[0].id)
    target_places = {
        index: place(f"targets[{index}].place", one.place)
        for index, one in enumerate(file.targets)
        if one.place is not None
    }
    above = _above(connection, file, problems)
    if problems:
        raise PlanRefused(problems)
    return about, {index: one for index, one in target_places.items() if one is not None}, above


def _above(connection: Connection, file: PlanFile, problems: list[Problem]) -> int | None:
    if not file.carries_out:
        return None
    found = plans.having_document(connection, file.carries_out)
    if len(found) != 1:
        problems.append(Problem("carries_out", "one loaded plan with this document", f"{len(found)}"))
        return None
    return found[0].id


# --- looking ---------------------------------------------------------------------------------------------


def listed(viewer: Viewer | None, page: int = 1) -> tuple[list[Listed], bool]:
    """A page of the plans that somebody sees, and whether there are more. Raises NotAllowed."""
    rights.demand(viewer is None or rights.may_somewhere(viewer, Right.SEE))
    with database.reading() as connection:
        sight = subjects.sight(connection, viewer)
        found = plans.listed(connection, sight, PAGE + 1, (page - 1) * PAGE)
        shown, about = found[:PAGE], subjects.several(connection, [one.about for one in found])
        counts = plans.counts_of_tasks(connection, [one.id for one in shown], clock.today())
        rows = [Listed(one, about[one.about], *counts.get(one.id, (0, 0, 0))) for one in shown]
        return rows, len(found) > PAGE


def may_load(viewer: Viewer | None) -> bool:
    return viewer is None or rights.may_somewhere(viewer, Right.ADMINISTER)


def demand(
    connection: Connection, viewer: Viewer | None, number: int, right: Right | None, *, locked: bool = False
) -> tuple[Plan, Subject]:
    """A plan that was not withdrawn, where somebody may do this with it. Raises NotAllowed and NotFound."""
    plan = plans.of(connection, number, locked=locked)
    if plan is None or plan.withdrawn_us is not None:
        raise NotFound
    return plan, subjects.demand(connection, viewer, plan.about, right)


# --- changing --------------------------------------------------------------------------------------------


def settle_task(
    viewer: Viewer | None, number: int, task: int, revision: int, done_on: date | None, result: str
) -> None:
    """Say that a task is done, or with no day that it is not. Raises NotAllowed, NotFound, ChangeRefused."""
    said = _text(result)
    with database.writing() as connection:
        demand(connection, viewer, number, Right.ENTER, locked=True)
        _demand_past(done_on)
        if all(one.number != task for one in plans.tasks(connection, number)):
            raise NotFound
        if not plans.settle_task(connection, number, task, revision, done_on, said if done_on else ""):
            raise ChangeRefused(Wrong.OVERTAKEN)
    log.info("task settled", plan=number, task=task, done=done_on is not None)


def hold_review(
    viewer: Viewer | None, number: int, phase: int, revision: int, held_on: date | None, findings: str
) -> None:
    """Keep when a phase was reviewed and what it found. Raises NotAllowed, NotFound and ChangeRefused."""
    said = _text(findings)
    with database.writing() as connection:
        plan, _ = demand(connection, viewer, number, Right.ENTER, locked=True)
        if plan.revision != revision:
            raise ChangeRefused(Wrong.OVERTAKEN)
        _demand_past(held_on)
        if not plans.hold_review(connection, number, phase, held_on, said if held_on else ""):
            raise NotFound
        plans.raise_revision(connection, number)
    log.info("review kept", plan=number, phase=phase)


def withdraw(viewer: Viewer | None, number: int) -> None:
    """Take a plan back; twice is the same as once. Raises NotAllowed and NotFound."""
    with database.writing() as connection:
        plan = plans.of(connection, number, locked=True)
        if plan is None:
            raise NotFound
        subjects.demand(connection, viewer, plan.about, Right.ADMINISTER)
        plans.withdraw(connection, number, clock.now_us(), None if viewer is None else viewer.key)
    log.info("plan withdrawn", plan=number)


def _text(words: str) -> str:
    said = words.strip()
    if len(said) > MOST_TEXT:
        raise ChangeRefused(Wrong.TEXT)
    return said


def _demand_past(day: date | None) -> None:
    if day is not None and not date(1990, 1, 1) <= day <= clock.today():
        raise ChangeRefused(Wrong.DAY)


def overdue(due_on: date | None, done_on: date | None, today: date) -> int:
    """How many days late something is that was not done by its day; 0 where it is not."""
    if due_on is None or done_on is not None:
        return 0
    return max(0, (today - due_on).days)
