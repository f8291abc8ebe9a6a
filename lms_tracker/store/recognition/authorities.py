"""Who proposes and who decides, by model, place or organisation, and day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, insert, or_, select, update

from lms_tracker.store import dialects, schema

MOST_LISTED = 1_000

_TABLE = schema.authorities


@dataclass(frozen=True, slots=True)
class AuthorityRow:
    """From `valid_from` to `valid_to`, both included, None is open.

    It holds everywhere without a place and an organisation. `made_by` is None where the shell entered it.
    """

    id: int
    model: str
    part: str
    place_id: int | None
    organisation_id: int | None
    body: str
    signs_as: str
    valid_from: date | None
    valid_to: date | None
    source: str
    made_us: int
    made_by: bytes | None
    revision: int


_COLUMNS = tuple(_TABLE.c[name] for name in AuthorityRow.__slots__)


def by_id(connection: Connection, number: int) -> AuthorityRow | None:
    return next(iter(_read(connection, _TABLE.c.id == number)), None)


def everything(connection: Connection) -> list[AuthorityRow]:
    """All of them, those entered last first."""
    return _read(connection)


def holding(
    connection: Connection,
    model: str,
    part: str,
    on: date,
    place_ids: Collection[int],
    organisation_ids: Collection[int],
) -> list[AuthorityRow]:
    """Those that hold on a local day at any of these places or organisations, or everywhere."""
    first, last = _TABLE.c.valid_from, _TABLE.c.valid_to
    nowhere = _TABLE.c.place_id.is_(None) & _TABLE.c.organisation_id.is_(None)
    return _read(
        connection,
        _TABLE.c.model == model,
        _TABLE.c.part == part,
        or_(first.is_(None), first <= on),
        or_(last.is_(None), last >= on),
        or_(nowhere, _TABLE.c.place_id.in_(place_ids), _TABLE.c.organisation_id.in_(organisation_ids)),
    )


def of_the_same(
    connection: Connection, model: str, part: str, place_id: int | None, organisation_id: int | None
) -> list[AuthorityRow]:
    """All that were ever entered for a model and part at just this place or organisation."""
    where = (_TABLE.c.place_id.is_not_distinct_from(place_id), _TABLE.c.model == model)
    same = _TABLE.c.organisation_id.is_not_distinct_from(organisation_id)
    return _read(connection, *where, same, _TABLE.c.part == part)


def add(
    connection: Connection,
    *,
    model: str,
    part: str,
    place_id: int | None,
    organisation_id: int | None,
    body: str,
    signs_as: str,
    valid_from: date | None,
    valid_to: date | None,
    source: str,
    made_us: int,
    made_by: bytes | None,
) -> int:
    """Answers its number. The caller holds the lock and knows that no other holds in these days."""
    done = connection.execute(
        insert(_TABLE).values(
            model=model,
            part=part,
            place_id=place_id,
            organisation_id=organisation_id,
            body=body,
            signs_as=signs_as,
            valid_from=valid_from,
            valid_to=valid_to,
            source=source,
            made_us=made_us,
            made_by=made_by,
            revision=1,
        )
    )
    assert done.inserted_primary_key is not None
    return int(done.inserted_primary_key[0])


def end(connection: Connection, number: int, revision: int, last: date) -> bool:
    """Answers whether nobody changed it before."""
    changed = update(_TABLE).where(_TABLE.c.id == number, _TABLE.c.revision == revision)
    return connection.execute(changed.values(valid_to=last, revision=revision + 1)).rowcount == 1


def lock(connection: Connection) -> None:
    """Let nobody else add or end one until this transaction ends."""
    dialects.lock_table(connection, _TABLE)


def _read(connection: Connection, *conditions: ColumnElement[bool]) -> list[AuthorityRow]:
    chosen = select(*_COLUMNS).where(*conditions).order_by(_TABLE.c.id.desc()).limit(MOST_LISTED)
    return [AuthorityRow(*row) for row in connection.execute(chosen)]
