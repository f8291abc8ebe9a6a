"""Subjects in rounds: who is registered, what they and the reviewers scored. In the order of lists."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from lms_tracker.store import dialects, schema

_TABLE = schema.assessments
REGISTERED, SCORED, REVIEWED, WITHDRAWN = "registered", "scored", "reviewed", "withdrawn"
SELF, PAPER, PROPOSED = "self", "paper", "proposed"

# Where a list goes on: the sort key and number of the last row shown.
After = tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """A row of `assessments`; the three kinds of points are JSON text, empty before."""

    id: int
    round_id: int
    person_key: bytes | None
    subject_id: int | None
    name: str
    local_place_id: int | None
    sort_key: str
    population: str
    came_by: str
    registered_us: int
    registered_by: bytes
    proposed_points: str
    self_points: str
    reviewed_points: str
    self_total: int | None
    reviewed_total: int | None
    self_us: int | None
    self_by: bytes | None
    reviewed_us: int | None
    reviewed_by: bytes | None
    state: str
    proposed_result: str
    proposed_level: int | None
    note: str
    revision: int


@dataclass(frozen=True, slots=True)
class Entrant:
    """A subject that is about to be registered."""

    person_key: bytes | None
    subject_id: int | None
    name: str
    local_place_id: int | None
    sort_key: str
    population: str = ""


@dataclass(frozen=True, slots=True)
class Inside:
    """That a subject is in a round, or was: the row by number, and its state."""

    id: int
    person_key: bytes | None
    subject_id: int | None
    state: str


@dataclass(frozen=True, slots=True)
class Counted:
    """How many subjects of a round, of one local place and state, with one proposed result."""

    local_place_id: int | None
    state: str
    proposed_result: str
    count: int


_NAMES = tuple(Assessment.__dataclass_fields__)
_COLUMNS = [_TABLE.c[name] for name in _NAMES]
_KEYS = tuple(_NAMES.index(name) for name in ("person_key", "registered_by", "self_by", "reviewed_by"))


def _read(connection: Connection, chosen: Any) -> list[Assessment]:
    found = []
    for row in connection.execute(chosen):
        values = list(row)
        for at in _KEYS:
            values[at] = None if values[at] is None else bytes(values[at])
        found.append(Assessment(*values))
    return found


def by_id(connection: Connection, number: int) -> Assessment | None:
    return by_ids(connection, [number]).get(number)


def by_ids(connection: Connection, numbers: Collection[int]) -> dict[int, Assessment]:
    found: dict[int, Assessment] = {}
    for part in dialects.chunks(list(numbers), dialects.CHUNK):
        rows = _read(connection, select(*_COLUMNS).where(_TABLE.c.id.in_(part)))
        found |= {one.id: one for one in rows}
    return found


def of_persons(connection: Connection, person_keys: Sequence[bytes], limit: int = 50) -> list[Assessment]:
    """The newest of whoever has these keys, of whatever round."""
    chosen = select(*_COLUMNS).where(_TABLE.c.person_key.in_(person_keys))
    return _read(connection, chosen.order_by(_TABLE.c.id.desc()).limit(limit))


def in_round(
    connection: Connection,
    round_id: int,
    person_keys: Collection[bytes] = (),
    subject_ids: Collection[int] = (),
) -> list[Assessment]:
    """Those of these subjects that are in a round, also those that withdrew."""
    found: list[Assessment] = []
    for column, asked in ((_TABLE.c.person_key, person_keys), (_TABLE.c.subject_id, subject_ids)):
        for part in dialects.chunks(list(asked), dialects.CHUNK):
            found += _read(
                connection, select(*_COLUMNS).where(_TABLE.c.round_id == round_id, column.in_(part))
            )
    return found


def those_in(
    connection: Connection, round_id: int, person_keys: Sequence[bytes], subject_ids: Sequence[int]
) -> list[Inside]:
    """The same of very many, told in short."""
    names = "id, person_key, subject_id, state"
    found = dialects.rows_by_key(
        connection,
        f"SELECT {names} FROM assessments WHERE person_key {{keys}} AND round_id = ?",
        person_keys,
        round_id,
    )
    columns = [_TABLE.c[name] for name in names.split(", ")]
    for part in dialects.chunks(subject_ids, dialects.CHUNK):
        inside = select(*columns).where(_TABLE.c.round_id == round_id, _TABLE.c.subject_id.in_(part))
        found += [tuple(row) for row in connection.execute(inside)]
    return [Inside(*row) for row in found]


def page(
    connection: Connection,
    round_id: int,
    limit: int,
    after: After = None,
    *,
    local_place_id: int | None = None,
    states: Sequence[str] = (),
    result: str | None = None,
) -> list[Assessment]:
    """Subjects of a round by thôn and given name, after the one where the list stopped."""
    conditions = _of(round_id, local_place_id, states, result)
    if after is not None:
        key, number = after
        beyond = and_(_TABLE.c.sort_key == key, _TABLE.c.id > number)
        conditions.append(or_(_TABLE.c.sort_key > key, beyond))
    chosen = select(*_COLUMNS).where(*conditions).order_by(_TABLE.c.sort_key, _TABLE.c.id)
    return _read(connection, chosen.limit(limit))


def every(
    connection: Connection,
    round_id: int,
    *,
    local_place_id: int | None = None,
    states: Sequence[str] = (),
) -> list[Assessment]:
    """All subjects of a round in the order of lists, for its documents and its decision."""
    chosen = select(*_COLUMNS).where(*_of(round_id, local_place_id, states, None))
    return _read(connection, chosen.order_by(_TABLE.c.sort_key, _TABLE.c.id))


def parts(
    connection: Connection, round_id: int, states: Sequence[str], size: int
) -> Iterator[list[Assessment]]:
    """The same, so many at once, one part after the other."""
    after: After = None
    while found := page(connection, round_id, size, after, states=states):
        yield found
        after = found[-1].sort_key, found[-1].id


def _of(
    round_id: int, local_place_id: int | None, states: Sequence[str], result: str | None
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [_TABLE.c.round_id == round_id]
    if local_place_id is not None:
        conditions.append(_TABLE.c.local_place_id == local_place_id)
    if states:
        conditions.append(_TABLE.c.state.in_(states))
    if result is not None:
        conditions.append(_TABLE.c.proposed_result == result)
    return conditions


def counts(connection: Connection, round_ids: Sequence[int]) -> dict[int, list[Counted]]:
    """How many subjects these rounds have, by local place, state and proposed result."""
    found: dict[int, list[Counted]] = {number: [] for number in round_ids}
    grouped = (_TABLE.c.round_id, _TABLE.c.local_place_id, _TABLE.c.state, _TABLE.c.proposed_result)
    rows = connection.execute(
        select(*grouped, func.count()).where(_TABLE.c.round_id.in_(round_ids)).group_by(*grouped)
    )
    for round_id, *counted in rows:
        found[round_id].append(Counted(*counted))
    return found


def local_places(connection: Connection, round_id: int) -> list[int]:
    """The local places of which there is anybody in a round."""
    chosen = select(_TABLE.c.local_place_id).where(_TABLE.c.round_id == round_id).distinct()
    return [number for number in connection.execute(chosen).scalars() if number is not None]


def register(
    connection: Connection,
    round_id: int,
    entrants: Sequence[Entrant],
    came_by: str,
    by_person: bytes,
    now_us: int,
) -> int:
    """Put subjects into a round that is locked and does not hold them; answers how many there are."""
    numbers = dialects.new_numbers(connection, _TABLE, len(entrants))
    rows = [
        (
            number, round_id, one.person_key, one.subject_id, one.name, one.local_place_id, one.sort_key,
            one.population, came_by, now_us, by_person, "", "", "", None, None, None, None, None, None,
            REGISTERED, "", None, "", 0,
        )
        for number, one in zip(numbers, entrants, strict=True)
    ]  # fmt: skip
    dialects.insert(connection, _TABLE, rows)
    return len(rows)


def subjects_in(connection: Connection, round_id: int) -> set[int]:
    """The subjects in a round that are no persons and did not withdraw."""
    subject = _TABLE.c.subject_id
    chosen = select(subject).where(
        _TABLE.c.round_id == round_id, _TABLE.c.state != WITHDRAWN, subject.is_not(None)
    )
    return set(connection.execute(chosen).scalars())


def standing_in(connection: Connection, round_ids: Collection[int]) -> set[tuple[bytes | None, int | None]]:
    """Who is in one of these rounds and did not withdraw, as (person key, id of another subject)."""
    if not round_ids:
        return set()
    chosen = select(_TABLE.c.person_key, _TABLE.c.subject_id).where(
        _TABLE.c.round_id.in_(round_ids), _TABLE.c.state != WITHDRAWN
    )
    found = connection.execute(chosen)
    return {(None if key is None else bytes(key), subject) for key, subject in found}


def merged(connection: Connection, round_id: int) -> set[bytes]:
    """People who are in a round by a record that was merged into theirs, and did not withdraw."""
    link = schema.links
    rows = connection.execute(
        select(link.c.person_key)
        .join(_TABLE, _TABLE.c.person_key == link.c.actor_key)
        .where(_TABLE.c.round_id == round_id, _TABLE.c.state != WITHDRAWN)
    )
    return {bytes(key) for key in rows.scalars()}


def change(connection: Connection, one: Assessment, **values: Any) -> bool:
    """Change a subject's row unless somebody changed it since it was read; answers whether this one did."""
    done = connection.execute(
        update(_TABLE)
        .where(_TABLE.c.id == one.id, _TABLE.c.revision == one.revision)
        .values(**values, revision=one.revision + 1)
    )
    return done.rowcount == 1


def lock(connection: Connection, numbers: Sequence[int]) -> dict[int, Assessment]:
    """These rows as they are now, which nobody else changes until this transaction ends.

    Locked in the order of their numbers, so that two who lock many wait for each other and none for ever.
    """
    found: dict[int, Assessment] = {}
    for part in dialects.chunks(sorted(numbers), dialects.CHUNK):
        chosen = select(*_COLUMNS).where(_TABLE.c.id.in_(part)).order_by(_TABLE.c.id)
        found |= {one.id: one for one in _read(connection, chosen.with_for_update())}
    return found


def change_locked(connection: Connection, changes: Mapping[int, Mapping[str, Any]]) -> None:
    """Change many rows that are locked, each with the same columns."""
    if not changes:
        return
    names = tuple(next(iter(changes.values())))
    sets = ", ".join(f"{_TABLE.c[name].name} = ?" for name in names)
    rows = [(*(values[name] for name in names), number) for number, values in changes.items()]
    dialects.change_many(
        connection, f"UPDATE assessments SET {sets}, revision = revision + 1 WHERE id = ?", rows
    )


def propose(connection: Connection, points: Iterable[tuple[int, str]]) -> None:
    """Keep what evidence proposed for these rows, (number, JSON text), when the list was made."""
    rows = [(text, number) for number, text in points]
    dialects.change_many(connection, "UPDATE assessments SET proposed_points = ? WHERE id = ?", rows)
