"""What somebody shows for an indicator in a round: words, a file, or both."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from lms_tracker.store import schema

_TABLE = schema.assessment_proofs


@dataclass(frozen=True, slots=True)
class AssessmentProof:
    """A row of `assessment_proofs`; without a file its content, type, name and size are None."""

    id: int
    assessment_id: int
    item: str
    words: str
    content_key: bytes | None
    content_type: str | None
    name: str | None
    size: int | None
    made_us: int
    made_by: bytes


_COLUMNS = [_TABLE.c[name] for name in AssessmentProof.__dataclass_fields__]


def of(connection: Connection, assessment_ids: Collection[int]) -> dict[int, list[AssessmentProof]]:
    """The proofs of these rows of rounds, the oldest first."""
    found: dict[int, list[AssessmentProof]] = {number: [] for number in assessment_ids}
    chosen = select(*_COLUMNS).where(_TABLE.c.assessment_id.in_(assessment_ids)).order_by(_TABLE.c.id)
    for row in connection.execute(chosen).mappings():
        values: dict[str, Any] = dict(row)
        for name in ("content_key", "made_by"):
            values[name] = None if values[name] is None else bytes(values[name])
        found[values["assessment_id"]].append(AssessmentProof(**values))
    return found


def add(connection: Connection, **values: Any) -> int:
    done = connection.execute(insert(_TABLE).values(**values))
    key: Sequence[Any] = done.inserted_primary_key or ()
    return int(key[0])


def remove(connection: Connection, number: int) -> None:
    connection.execute(delete(_TABLE).where(_TABLE.c.id == number))
