"""The steps of what people decide: claims, disputes, flags, rounds, assessments, providers. Append-only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from lms_tracker.store import dialects, schema

CLAIM, DISPUTE, FLAG = "claim", "dispute", "flag"
# Of recognition: a whole round, one subject in it, and a sample that a higher level drew.
ROUND, ASSESSMENT, INSPECTION = "round", "assessment", "inspection"
# A provider that was suspended or approved again.
PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class CaseStep:
    """Something that was done in a case at `at_us`; `by_name` is empty for what the service did by itself."""

    what: str
    note: str
    seconds: int | None
    by_person: bytes | None
    by_name: str
    at_us: int


def add_step(
    connection: Connection,
    case: tuple[str, int],
    what: str,
    at_us: int,
    by_person: bytes | None = None,
    *,
    note: str = "",
    seconds: int | None = None,
) -> None:
    """Keep a step of a case, which is its kind and its number."""
    kind, number = case
    connection.execute(
        insert(schema.case_steps).values(
            case_kind=kind,
            case_id=number,
            what=what,
            note=note,
            seconds=seconds,
            by_person=by_person,
            at_us=at_us,
        )
    )


def add_steps(
    connection: Connection,
    kind: str,
    noted: Iterable[tuple[int, str]],
    what: str,
    at_us: int,
    by_person: bytes | None,
) -> None:
    """Keep the same step of many cases of one kind, each with its own note: (number, note)."""
    # Everybody in a round of a commune has one: tens of thousands.
    rows = [(kind, number, what, note, by_person, at_us) for number, note in noted]
    names = ("case_kind", "case_id", "what", "note", "by_person", "at_us")
    dialects.insert_into(connection, "case_steps", names, rows)


def steps(connection: Connection, kind: str, numbers: Sequence[int]) -> dict[int, list[CaseStep]]:
    """Every step of these cases of one kind, the oldest first."""
    found: dict[int, list[CaseStep]] = {number: [] for number in numbers}
    table, people = schema.case_steps, schema.people
    rows = connection.execute(
        select(
            table.c.case_id,
            table.c.what,
            table.c.note,
            table.c.seconds,
            table.c.by_person,
            people.c.name,
            table.c.at_us,
        )
        .select_from(table.outerjoin(people, people.c.person_key == table.c.by_person))
        .where(table.c.case_kind == kind, table.c.case_id.in_(numbers))
        .order_by(table.c.id)
    )
    for number, what, note, seconds, by_person, name, at_us in rows:
        by = None if by_person is None else bytes(by_person)
        found[number].append(CaseStep(what, note, seconds, by, name or "", at_us))
    return found
