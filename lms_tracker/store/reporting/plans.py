"""Plans with their phases, targets and tasks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from lms_tracker.store import dialects, schema
from lms_tracker.store.reporting.subjects import About, Sight, is_about, is_seen

_PLANS, _PHASES = schema.plans, schema.plan_phases
_TARGETS, _TASKS = schema.targets, schema.tasks


@dataclass(frozen=True, slots=True)
class Plan:
    id: int
    title: str
    document: str
    issued_on: date | None
    issuer: str
    about: About
    first_year: int
    last_year: int
    carries_out: int | None
    note: str
    revision: int
    withdrawn_us: int | None


@dataclass(frozen=True, slots=True)
class Phase:
    """`review` is "interim" (sơ kết), "final" (tổng kết) or empty."""

    id: int
    plan_id: int
    number: int
    title: str
    first_day: date
    last_day: date
    review: str
    review_due: date | None
    reviewed_on: date | None
    findings: str


@dataclass(frozen=True, slots=True)
class Target:
    """`kind` is "ratio" (per cent of the base) or "count"; `value` an exact decimal as text."""

    id: int
    plan_id: int
    number: int
    indicator: str
    words: str
    place_id: int | None
    year: int
    kind: str
    value: str
    bound: str
    base: str
    base_words: str
    part_of: int | None
    note: str


@dataclass(frozen=True, slots=True)
class Task:
    id: int
    plan_id: int
    number: int
    heading: str
    title: str
    done_by: str
    due_on: date | None
    done_on: date | None
    result: str
    revision: int


def add(connection: Connection, values: Mapping[str, Any]) -> int:
    """Write a plan from the values of its columns; answers its number."""
    return int(connection.execute(insert(_PLANS).values(**values).returning(_PLANS.c.id)).scalar_one())


def add_parts(
    connection: Connection,
    plan_id: int,
    phases: Sequence[Mapping[str, Any]],
    targets: Sequence[Mapping[str, Any]],
    tasks: Sequence[Mapping[str, Any]],
) -> None:
    """Write the parts of a new plan, numbered from 1; `part_of` is the number of an earlier target."""
    for table, rows in ((_PHASES, phases), (_TASKS, tasks)):
        if rows:
            numbered = [{**row, "plan_id": plan_id, "number": n} for n, row in enumerate(rows, 1)]
            connection.execute(insert(table), numbered)
    if not targets:
        return
    ids = dialects.new_numbers(connection, _TARGETS, len(targets))
    rows_ = []
    for number, row in enumerate(targets, 1):
        whole = row["part_of"]
        rows_.append(
            {
                **row,
                "id": ids[number - 1],
                "plan_id": plan_id,
                "number": number,
                "part_of": None if whole is None else ids[whole - 1],
            }
        )
    connection.execute(insert(_TARGETS), rows_)


def listed(connection: Connection, sight: Sight | None, limit: int, offset: int = 0) -> list[Plan]:
    """Plans that somebody sees, or all for None, and were not withdrawn; those that begin latest first."""
    chosen = select(_PLANS).where(_PLANS.c.withdrawn_us.is_(None))
    if sight is not None:
        chosen = chosen.where(is_seen(_PLANS, sight))
    ordered = chosen.order_by(_PLANS.c.first_year.desc(), _PLANS.c.id)
    return _plans(connection, ordered.limit(limit).offset(offset))


def of(connection: Connection, plan_id: int, *, locked: bool = False) -> Plan | None:
    """With `locked`, nobody else changes it until the transaction ends."""
    chosen = select(_PLANS).where(_PLANS.c.id == plan_id)
    return next(iter(_plans(connection, chosen.with_for_update() if locked else chosen)), None)


def having_document(connection: Connection, document: str) -> list[Plan]:
    """The plans of anybody with this number of a document that were not withdrawn."""
    chosen = select(_PLANS).where(_PLANS.c.document == document, _PLANS.c.withdrawn_us.is_(None))
    return _plans(connection, chosen.order_by(_PLANS.c.first_year.desc(), _PLANS.c.id))


def with_document(connection: Connection, about: About, document: str) -> Plan | None:
    """The plan of a place or an organisation with this number of a document."""
    chosen = select(_PLANS).where(
        is_about(_PLANS, [about]), _PLANS.c.document == document, _PLANS.c.withdrawn_us.is_(None)
    )
    return next(iter(_plans(connection, chosen)), None)


def carried_out_by(connection: Connection, plan_id: int) -> list[Plan]:
    """The plans that carry this one out."""
    chosen = select(_PLANS).where(_PLANS.c.carries_out == plan_id, _PLANS.c.withdrawn_us.is_(None))
    return _plans(connection, chosen.order_by(_PLANS.c.id))


def _plans(connection: Connection, chosen: Any) -> list[Plan]:
    found = []
    for row in connection.execute(chosen).mappings():
        values = {name: row[name] for name in Plan.__slots__ if name != "about"}
        found.append(Plan(about=About(row["place_id"], row["organisation_id"]), **values))
    return found


def phases(connection: Connection, plan_id: int) -> list[Phase]:
    chosen = select(_PHASES).where(_PHASES.c.plan_id == plan_id).order_by(_PHASES.c.number)
    return [Phase(**row) for row in connection.execute(chosen).mappings()]


def targets(connection: Connection, plan_id: int) -> list[Target]:
    chosen = select(_TARGETS).where(_TARGETS.c.plan_id == plan_id).order_by(_TARGETS.c.number)
    return [Target(**row) for row in connection.execute(chosen).mappings()]


def targets_of(
    connection: Connection, about: Collection[About], year: int, indicators: Collection[str] | None = None
) -> list[Target]:
    """The targets of a year in plans of these that were not withdrawn."""
    chosen = (
        select(_TARGETS)
        .join(_PLANS, _PLANS.c.id == _TARGETS.c.plan_id)
        .where(is_about(_PLANS, about), _PLANS.c.withdrawn_us.is_(None), _TARGETS.c.year == year)
    )
    if indicators is not None:
        chosen = chosen.where(_TARGETS.c.indicator.in_(indicators))
    rows = connection.execute(chosen.order_by(_TARGETS.c.plan_id, _TARGETS.c.number)).mappings()
    return [Target(**row) for row in rows]


def tasks(connection: Connection, plan_id: int) -> list[Task]:
    chosen = select(_TASKS).where(_TASKS.c.plan_id == plan_id).order_by(_TASKS.c.number)
    return [Task(**row) for row in connection.execute(chosen).mappings()]


def counts_of_tasks(
    connection: Connection, plan_ids: Collection[int], today: date
) -> dict[int, tuple[int, int, int]]:
    """How many tasks each plan has, how many are done, and how many are overdue."""
    table = _TASKS
    late = table.c.done_on.is_(None) & (table.c.due_on < today)
    chosen = (
        select(
            table.c.plan_id,
            func.count(),
            func.count(table.c.done_on),
            func.count().filter(late),
        )
        .where(table.c.plan_id.in_(plan_ids))
        .group_by(table.c.plan_id)
    )
    return {row[0]: (row[1], row[2], row[3]) for row in connection.execute(chosen)}


def settle_task(
    connection: Connection, plan_id: int, number: int, revision: int, done_on: date | None, result: str
) -> bool:
    """Whether it was written: False where somebody else changed the task since that revision."""
    done = connection.execute(
        update(_TASKS)
        .where(_TASKS.c.plan_id == plan_id, _TASKS.c.number == number, _TASKS.c.revision == revision)
        .values(done_on=done_on, result=result, revision=revision + 1)
    )
    return bool(done.rowcount)


def hold_review(
    connection: Connection, plan_id: int, number: int, held_on: date | None, findings: str
) -> bool:
    """Write when the review of a phase was held, with what it found; False where there is none."""
    done = connection.execute(
        update(_PHASES)
        .where(_PHASES.c.plan_id == plan_id, _PHASES.c.number == number, _PHASES.c.review != "")
        .values(reviewed_on=held_on, findings=findings)
    )
    return bool(done.rowcount)


def raise_revision(connection: Connection, plan_id: int) -> None:
    connection.execute(update(_PLANS).where(_PLANS.c.id == plan_id).values(revision=_PLANS.c.revision + 1))


def withdraw(connection: Connection, plan_id: int, at_us: int, by: bytes | None) -> bool:
    """Whether this took it back: False where somebody did before."""
    done = connection.execute(
        update(_PLANS)
        .where(_PLANS.c.id == plan_id, _PLANS.c.withdrawn_us.is_(None))
        .values(withdrawn_us=at_us, withdrawn_by=by)
    )
    return bool(done.rowcount)
