"""Versions of criteria as they are kept: added, adopted, withdrawn, and never changed in between."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from lms_tracker.store import dialects, schema

# Sets that are listed or compared at once, the newest first.
MOST_LISTED = 1_000

_TABLE = schema.criteria_sets


@dataclass(frozen=True, slots=True)
class Kept:
    """`body` is JSON text as it was handed in. `place_id` None is everywhere; people are None for a shell.

    Adopted while `adopted_us` is set and `withdrawn_us` is not.
    """

    id: int
    code: str
    model: str
    body: str
    place_id: int | None
    is_shipped: bool
    made_us: int
    made_by: bytes | None
    adopted_us: int | None
    adopted_by: bytes | None
    withdrawn_us: int | None
    withdrawn_by: bytes | None

    @property
    def is_adopted(self) -> bool:
        return self.adopted_us is not None and self.withdrawn_us is None


_COLUMNS = tuple(_TABLE.c[name] for name in Kept.__slots__)


def by_id(connection: Connection, number: int) -> Kept | None:
    return next(iter(_read(connection, _TABLE.c.id == number)), None)


def by_code(connection: Connection, code: str) -> Kept | None:
    return next(iter(_read(connection, _TABLE.c.code == code)), None)


def everything(connection: Connection) -> list[Kept]:
    """All sets, the newest first."""
    return _read(connection)


def adopted(connection: Connection, model: str, place_ids: Collection[int]) -> list[Kept]:
    """The sets of a model that hold now at any of these places, or everywhere."""
    where = or_(_TABLE.c.place_id.is_(None), _TABLE.c.place_id.in_(place_ids))
    return _read(
        connection,
        _TABLE.c.model == model,
        _TABLE.c.adopted_us.is_not(None),
        _TABLE.c.withdrawn_us.is_(None),
        where,
    )


def count(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(_TABLE)).scalar_one())


def known(connection: Connection, codes: Sequence[str]) -> dict[str, int]:
    """The numbers of those of these sets that there are, by code."""
    chosen = select(_TABLE.c.code, _TABLE.c.id).where(_TABLE.c.code.in_(codes))
    return {row.code: row.id for row in connection.execute(chosen)}


def add(
    connection: Connection,
    code: str,
    model: str,
    body: str,
    place_id: int | None,
    by_person: bytes | None,
    now_us: int,
) -> int:
    """Answers its number; it holds nowhere yet. The caller holds the lock and knows that the code is new."""
    row = {"code": code, "model": model, "body": body, "place_id": place_id, "is_shipped": False}
    done = connection.execute(insert(_TABLE).values(**row, made_us=now_us, made_by=by_person))
    assert done.inserted_primary_key is not None
    return int(done.inserted_primary_key[0])


def add_shipped(connection: Connection, sets: Sequence[tuple[str, str, str]], now_us: int) -> None:
    """Adopt these (code, model, body) everywhere; those that are known already change nothing."""
    statement = (
        "INSERT INTO criteria_sets (code, model, body, is_shipped, made_us, adopted_us)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (code) DO NOTHING"
    )
    for code, model, body in sorted(sets):
        dialects.change(connection, statement, (code, model, body, True, now_us, now_us))


def adopt(connection: Connection, number: int, by_person: bytes | None, now_us: int) -> bool:
    """Answers whether it was neither adopted nor withdrawn before."""
    waiting = _TABLE.c.adopted_us.is_(None) & _TABLE.c.withdrawn_us.is_(None)
    changed = update(_TABLE).where(_TABLE.c.id == number, waiting)
    return connection.execute(changed.values(adopted_us=now_us, adopted_by=by_person)).rowcount == 1


def withdraw(connection: Connection, number: int, by_person: bytes | None, now_us: int) -> bool:
    """Answers whether it was not withdrawn before."""
    changed = update(_TABLE).where(_TABLE.c.id == number, _TABLE.c.withdrawn_us.is_(None))
    return connection.execute(changed.values(withdrawn_us=now_us, withdrawn_by=by_person)).rowcount == 1


def rounds_by(connection: Connection, number: int) -> int:
    """How many rounds are assessed by a set, those that were cancelled left out."""
    rounds = schema.rounds
    chosen = select(func.count()).where(rounds.c.criteria_set_id == number, rounds.c.state != "cancelled")
    return int(connection.execute(chosen).scalar_one())


def lock(connection: Connection) -> None:
    """Let nobody else add, adopt or withdraw until this transaction ends."""
    dialects.lock_table(connection, _TABLE)


def _read(connection: Connection, *conditions: ColumnElement[bool]) -> list[Kept]:
    chosen = select(*_COLUMNS).where(*conditions).order_by(_TABLE.c.id.desc()).limit(MOST_LISTED)
    return [Kept(*row) for row in connection.execute(chosen)]
