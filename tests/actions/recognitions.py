"""Recognitions written straight into the tables, for tests of what is computed from them."""

import secrets
from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, Table, insert, select

from lms_tracker.actions import clock
from lms_tracker.actions.recognition.awards import Wanted
from lms_tracker.learning.recognition.models import Model, Result
from lms_tracker.store import database, schema
from lms_tracker.store.recognition import assessments, decisions, recognitions
from lms_tracker.store.recognition.assessments import Entrant

SOMEBODY = b"\1" * 16


def _added(connection: Connection, table: Table, **values: object) -> int:
    done = connection.execute(insert(table).values(**values))
    assert done.inserted_primary_key is not None
    return int(done.inserted_primary_key[0])


def criteria_set(model: Model, body: str = "{}") -> int:
    """The number of a new set that was adopted."""
    with database.writing() as connection:
        return _added(
            connection, schema.criteria_sets, code=secrets.token_hex(8), model=model, body=body,
            is_shipped=False, made_us=0, adopted_us=1,
        )  # fmt: skip


def _set_of(connection: Connection, model: Model) -> int:
    table = schema.criteria_sets.c
    found = connection.execute(select(table.id).where(table.model == model).limit(1)).scalar()
    if found is not None:
        return int(found)
    return _added(
        connection, schema.criteria_sets, code=secrets.token_hex(8), model=model, body="{}",
        is_shipped=False, made_us=0,
    )  # fmt: skip


def round_of(model: Model, year: int, place_id: int | None = None, set_id: int | None = None) -> int:
    """The number of a new round that is open."""
    with database.writing() as connection:
        return _round(connection, model, year, place_id, set_id)


def _round(connection: Connection, model: Model, year: int, place_id: int | None, set_id: int | None) -> int:
    return _added(
        connection, schema.rounds, model=model, year=year, place_id=place_id,
        number=secrets.randbelow(30_000), title="", area="", state="open", minutes="", submission="",
        criteria_set_id=set_id or _set_of(connection, model), opens_on=date(year, 1, 1),
        closes_on=date(year, 12, 31), made_us=0, made_by=SOMEBODY, revision=0,
    )  # fmt: skip


def recognise(
    model: Model,
    year: int,
    subjects: Sequence[bytes | int],
    *,
    result: Result = Result.ACHIEVED,
    level: int | None = None,
    valid_to: date | None = None,
    set_id: int | None = None,
    place_id: int | None = None,
) -> list[int]:
    """Write that these were decided upon by one decision of today; answers the recognitions' numbers."""
    entrants = [
        Entrant(one, None, "?", None, "") if isinstance(one, bytes) else Entrant(None, one, "?", None, "")
        for one in subjects
    ]
    with database.writing() as connection:
        chosen = set_id or _set_of(connection, model)
        round_id = _round(connection, model, year, place_id, chosen)
        assessments.register(connection, round_id, entrants, assessments.PROPOSED, SOMEBODY, 0)
        decision = _decision(connection, decisions.RECOGNITION, round_id, place_id)
        new = [
            recognitions.New(
                row.id, row.person_key, row.subject_id, place_id, None, row.name, result, level, None, None
            )
            for row in assessments.every(connection, round_id)
        ]
        recognitions.add(connection, decision, chosen, model, year, clock.today(), valid_to, new)
        return [one.id for one in recognitions.in_round(connection, round_id)]


def _decision(connection: Connection, kind: str, round_id: int | None, place_id: int | None) -> int:
    return decisions.add(
        connection, kind=kind, round_id=round_id, place_id=place_id, number=secrets.token_hex(4),
        decided_on=clock.today(), authority="UBND xã", signed_by="", why="", made_us=0, made_by=SOMEBODY,
        form_key=secrets.token_bytes(16),
    )  # fmt: skip


def revoke(*numbers: int, on: date | None = None) -> None:
    """Take recognitions back, from today on unless another day is given."""
    with database.writing() as connection:
        decision = _decision(connection, decisions.REVOCATION, None, None)
        for one in recognitions.by_ids(connection, numbers).values():
            assert recognitions.revoke(connection, one, decision, on or clock.today())


def honour() -> Wanted:
    """An honour of today, of somebody who is a name alone."""
    today = clock.today()
    return Wanted(
        "individual", "Lê Văn Tám", "", "giay-khen-chu-tich-xa", "", "Chủ tịch UBND xã", "", "7/QĐ", today,
        today.year,
    )  # fmt: skip
