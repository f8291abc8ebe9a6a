"""Claims of offline learning, and the proofs that came with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, exists, func, insert, select, update

from lms_tracker.store import dialects, schema
from lms_tracker.store.cases import CLAIM
from lms_tracker.store.reach import Reach, persons

# Claims of one person that a page shows.
MOST_OF_ONE = 200
# Claims settled by one run of the job that writes their statements.
MOST_DUE = 100


@dataclass(frozen=True, slots=True)
class Claim:
    """A row of `claims`; lengths in seconds, instants in microseconds, days local and inclusive."""

    id: int
    person_key: bytes
    category: str
    title: str
    taught_by: str
    first_day: date
    last_day: date
    seconds: int
    description: str
    state: str
    accepted_seconds: int | None
    statement_id: bytes | None
    voids_id: bytes | None
    is_due: bool
    made_us: int
    made_by: bytes
    is_assisted: bool
    decided_us: int | None
    decided_by: bytes | None
    revision: int


@dataclass(frozen=True, slots=True)
class Proof:
    number: int
    content_key: bytes
    content_type: str
    name: str
    size: int


_COLUMNS = [schema.claims.c[name] for name in Claim.__dataclass_fields__]
_KEYS = ("person_key", "statement_id", "voids_id", "made_by", "decided_by")


def _claims(
    connection: Connection, *conditions: ColumnElement[bool], order: Any = (), limit: int = 1, offset: int = 0
) -> list[Claim]:
    asked = select(*_COLUMNS).where(*conditions).order_by(*order).limit(limit).offset(offset)
    found = []
    for row in connection.execute(asked).mappings():
        values = dict(row)
        for name in _KEYS:
            values[name] = None if values[name] is None else bytes(values[name])
        found.append(Claim(**values))
    return found


def by_id(connection: Connection, claim_id: int) -> Claim | None:
    return next(iter(_claims(connection, schema.claims.c.id == claim_id)), None)


def by_form(connection: Connection, form_key: bytes) -> Claim | None:
    """The claim that was made of this form."""
    return next(iter(_claims(connection, schema.claims.c.form_key == form_key)), None)


def by_statement(connection: Connection, statement_id: bytes) -> Claim | None:
    """The claim of which this statement carries what was accepted."""
    return next(iter(_claims(connection, schema.claims.c.statement_id == statement_id)), None)


def of_persons(connection: Connection, person_keys: Sequence[bytes]) -> list[Claim]:
    """The newest claims kept under these keys, drafts among them."""
    table = schema.claims
    return _claims(
        connection, table.c.person_key.in_(person_keys), order=(table.c.id.desc(),), limit=MOST_OF_ONE
    )


def drafts_by(connection: Connection, made_by: Sequence[bytes]) -> list[Claim]:
    """What an officer entered for others and has not handed in yet, the newest first."""
    table = schema.claims
    conditions = table.c.state == "draft", table.c.is_assisted, table.c.made_by.in_(made_by)
    return _claims(connection, *conditions, order=(table.c.id.desc(),), limit=MOST_OF_ONE)


def of_days(
    connection: Connection, person_keys: Sequence[bytes], first: date, last: date, besides: int
) -> list[Claim]:
    """Other claims of a person of which a day lies within these days; drafts and what was withdrawn aside."""
    table = schema.claims
    return _claims(
        connection,
        table.c.person_key.in_(person_keys),
        table.c.id != besides,
        table.c.state.not_in(("draft", "withdrawn")),
        table.c.first_day <= last,
        table.c.last_day >= first,
        order=(table.c.id.desc(),),
        limit=MOST_OF_ONE,
    )


def count_open(connection: Connection, person_keys: Sequence[bytes]) -> int:
    """How many claims of a person are drafts or wait."""
    table = schema.claims
    asked = select(func.count()).where(
        table.c.person_key.in_(person_keys), table.c.state.in_(("draft", "waiting"))
    )
    return int(connection.execute(asked).scalar_one())


def draft_bytes(connection: Connection, person_keys: Sequence[bytes]) -> int:
    """How many bytes the proofs of a person's drafts have together."""
    claim, proof = schema.claims, schema.claim_proofs
    asked = (
        select(func.coalesce(func.sum(proof.c.size), 0))
        .join(claim, claim.c.id == proof.c.claim_id)
        .where(claim.c.person_key.in_(person_keys), claim.c.state == "draft")
    )
    return int(connection.execute(asked).scalar_one())


def waiting(
    connection: Connection, reach: Reach, besides: Sequence[bytes], limit: int, offset: int
) -> list[Claim]:
    """Claims that wait for a review, of people within reach, the oldest first.

    Not those of, or entered by, anybody of `besides`: the reviewer under each of their keys.
    """
    table = schema.claims
    return _claims(
        connection,
        *_reviewed(reach, besides),
        order=(table.c.made_us, table.c.id),
        limit=limit,
        offset=offset,
    )


def count_waiting(connection: Connection, reach: Reach, besides: Sequence[bytes]) -> int:
    """How many claims `waiting` has in all."""
    asked = select(func.count()).select_from(schema.claims).where(*_reviewed(reach, besides))
    return int(connection.execute(asked).scalar_one())


def _reviewed(reach: Reach, besides: Sequence[bytes]) -> list[ColumnElement[bool]]:
    table = schema.claims
    return [
        table.c.state == "waiting",
        persons(reach, owner(table.c.person_key)),
        owner(table.c.person_key).not_in(besides),
        table.c.made_by.not_in(besides),
    ]


def owner(person_key: ColumnElement[bytes]) -> ColumnElement[bytes]:
    """Who the person key of a case stands for now: after a merge, the survivor."""
    links = schema.links
    linked = select(links.c.person_key).where(links.c.actor_key == person_key).scalar_subquery()
    return func.coalesce(linked, person_key)


def add(connection: Connection, form_key: bytes, values: Mapping[str, Any]) -> int | None:
    """A new claim's number; None where the form made one before, also one that is just being written."""
    row = {"form_key": form_key, "revision": 0, **values}
    names = tuple(row)
    marks = ", ".join("?" * len(names))
    added = dialects.rows(
        connection,
        f"INSERT INTO claims ({', '.join(names)}) VALUES ({marks})"
        " ON CONFLICT (form_key) DO NOTHING RETURNING id",
        [value.isoformat() if isinstance(value, date) else value for value in row.values()],
    )
    return int(added[0][0]) if added else None


def change(connection: Connection, claim: Claim, **values: Any) -> bool:
    """Change a claim unless somebody changed it since it was read; answers whether this one did."""
    table = schema.claims
    done = connection.execute(
        update(table)
        .where(table.c.id == claim.id, table.c.revision == claim.revision)
        .values(**values, revision=claim.revision + 1)
    )
    return done.rowcount == 1


def settled(connection: Connection, claim: Claim) -> None:
    """Note that the statements of this revision are written; nothing where a later one came meanwhile."""
    table = schema.claims
    connection.execute(
        update(table)
        .where(table.c.id == claim.id, table.c.revision == claim.revision)
        .values(is_due=False, voids_id=None)
    )


def due(connection: Connection) -> list[Claim]:
    """Claims whose statements are yet to be written, the oldest first."""
    table = schema.claims
    return _claims(connection, table.c.is_due, order=(table.c.id,), limit=MOST_DUE)


def proofs(connection: Connection, claim_ids: Sequence[int]) -> dict[int, list[Proof]]:
    """The proofs of these claims, by number."""
    found: dict[int, list[Proof]] = {claim_id: [] for claim_id in claim_ids}
    table = schema.claim_proofs
    rows = connection.execute(
        select(
            table.c.claim_id,
            table.c.number,
            table.c.content_key,
            table.c.content_type,
            table.c.name,
            table.c.size,
        )
        .where(table.c.claim_id.in_(claim_ids))
        .order_by(table.c.claim_id, table.c.number)
    )
    for claim_id, number, content_key, content_type, name, size in rows:
        found[claim_id].append(Proof(number, bytes(content_key), content_type, name, size))
    return found


def add_proof(connection: Connection, claim_id: int, proof: Proof) -> None:
    connection.execute(
        insert(schema.claim_proofs).values(
            claim_id=claim_id,
            number=proof.number,
            content_key=proof.content_key,
            content_type=proof.content_type,
            name=proof.name,
            size=proof.size,
        )
    )


def remove_proof(connection: Connection, claim_id: int, number: int) -> None:
    table = schema.claim_proofs
    connection.execute(delete(table).where(table.c.claim_id == claim_id, table.c.number == number))


def withdrawn_with_proofs(
    connection: Connection, before_us: int, limit: int, *, is_decided: bool
) -> list[int]:
    """Claims with proofs, withdrawn before this moment; those that somebody had decided on, or the others."""
    claim, proof, step = schema.claims, schema.claim_proofs, schema.case_steps
    asked = (
        select(claim.c.id)
        .where(
            claim.c.state == "withdrawn",
            claim.c.decided_us.is_not(None) if is_decided else claim.c.decided_us.is_(None),
            exists().where(proof.c.claim_id == claim.c.id),
            exists().where(
                step.c.case_kind == CLAIM,
                step.c.case_id == claim.c.id,
                step.c.what == "withdrawn",
                step.c.at_us < before_us,
            ),
        )
        .order_by(claim.c.id)
        .limit(limit)
    )
    return list(connection.scalars(asked))
