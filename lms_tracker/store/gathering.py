"""Evidence as crediting asks for it: narrow rows of all of it, and whole what these do not decide."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Connection

from lms_tracker.learning.evidence import PRESENCE, Evidence
from lms_tracker.learning.plain import Place, Row
from lms_tracker.learning.readings import PRESENT_PROFILES
from lms_tracker.store import dialects
from lms_tracker.store.credit import State
from lms_tracker.store.names import Names

# The columns of learning.plain.Row.
NARROW = (
    "e.actor_key, e.statement_id, e.position, e.provider_id, e.activity_key, e.parents, e.groupings, e.at_s,"
    " e.start_s, e.flags, e.digest, e.profile"
)
_WHOLE = f"{NARROW}, e.verb_key, e.registration, e.role, e.session, e.segments"
_OF_ACTORS = "SELECT {columns} FROM evidence e WHERE e.actor_key {{keys}}"
_OF_PAIRS = (
    f"SELECT {_WHOLE} FROM {{asked}} JOIN evidence e"
    " ON e.actor_key = asked.one AND e.statement_id = asked.other"
)
_VOIDED = (
    "SELECT e.statement_id FROM evidence e JOIN voidings v ON v.target_id = e.statement_id"
    " WHERE e.actor_key {keys} AND (v.by_all OR v.provider_id = e.provider_id)"
)
# Statements that only say that somebody was there, unless a reading asks for them.
_PRESENT = (
    f" AND (e.flags & {PRESENCE} = 0 OR e.profile IN ({', '.join(map(str, PRESENT_PROFILES))}){{more}})"
)

# The IRIs of a statement's object, parents and groupings.
Whereabouts = tuple[str | None, tuple[str, ...], tuple[str, ...]]

_FIRST = itemgetter(0)
_WHOLE_PLACE = itemgetter(3, 4, 5, 6)


def evidence_of(
    connection: Connection,
    names: Names,
    actors: Mapping[bytes, Sequence[bytes]],
    present_providers: Collection[int] | None = None,
) -> dict[bytes, list[Evidence]]:
    """The evidence of each person, given each person's actor keys; see `rows_of` for `present_providers`."""
    owner = {actor: person for person, keys in actors.items() for actor in keys}
    keys = sorted(owner)
    select = _OF_ACTORS.format(columns=_WHOLE) + only_needed(present_providers)
    rows = dialects.rows_by_key(connection, select, keys)
    found: dict[bytes, list[Evidence]] = {person: [] for person in actors}
    of_rows = _evidence(connection, names, rows, barred(connection, keys), voided(connection, keys))
    for row, piece in zip(rows, of_rows, strict=True):
        found[owner[row[0]]].append(piece)
    return found


def rows_of(
    connection: Connection,
    actors: Mapping[bytes, Sequence[bytes]],
    present_providers: Collection[int] | None = None,
) -> dict[bytes, list[Row]]:
    """The evidence of each person in rows, given each person's actor keys.

    Statements that only say that somebody was there are left out where they count for nothing: those of
    providers other than `Catalogue.present_providers`, and of profiles without sessions. None asks for all.
    """
    owner = {actor: person for person, keys in actors.items() for actor in keys}
    select = _OF_ACTORS.format(columns=NARROW) + only_needed(present_providers)
    rows = dialects.rows_by_key(connection, select, sorted(owner))
    if len(actors) == 1:
        return dict.fromkeys(actors, rows)
    found: dict[bytes, list[Row]] = {person: [] for person in actors}
    for actor, of_actor in groupby(rows, _FIRST):
        found[owner[actor]].extend(of_actor)
    return found


def whole(
    connection: Connection,
    names: Names,
    rows: Sequence[Row],
    of: int,
    reasons: Mapping[bytes, int],
    void: Collection[bytes],
) -> dict[tuple[bytes, bytes], Evidence]:
    """These rows as Evidence by (actor key, statement id); `of` so many rows of their actors in all.

    `reasons` are those of `barred`, `void` of `voided`.
    """
    if not rows:
        return {}
    wanted = {row[:2] for row in rows}
    if 2 * len(rows) > of:
        select = _OF_ACTORS.format(columns=_WHOLE)
        found = dialects.rows_by_key(connection, select, sorted({row[0] for row in rows}))
        found = [row for row in found if row[:2] in wanted]
    else:
        found = dialects.rows_by_pair(connection, _OF_PAIRS, sorted(wanted))
    pieces = _evidence(connection, names, found, reasons, void)
    return {row[:2]: piece for row, piece in zip(found, pieces, strict=True)}


@dataclass(frozen=True, slots=True)
class Around:
    """What there is beside the evidence of some identifiers and persons.

    Marks (actor key, position), where each ledger stands that was written, `barred` and `voided`, and whose
    counting failed when last tried.
    """

    marks: dict[bytes, list[tuple[bytes, int]]] = field(default_factory=dict)
    states: dict[bytes, State] = field(default_factory=dict)
    barred: dict[bytes, int] = field(default_factory=dict)
    voided: set[bytes] = field(default_factory=set)
    held_back: set[bytes] = field(default_factory=set)


# In one message, because each costs a way to the database and back.
_AROUND = (
    "SELECT 0, actor_key, position, 0 FROM due_marks WHERE actor_key {keys}"
    " UNION ALL SELECT 1, person_key, revision, entries FROM credit_states WHERE person_key {keys}"
    " UNION ALL SELECT 2, actor_key, reason, 0 FROM barred_actors WHERE actor_key {keys}"
    " UNION ALL SELECT 3, actor_key, 0, 0 FROM held_back WHERE actor_key {keys}"
    f" UNION ALL SELECT 4, voided.statement_id, 0, 0 FROM ({_VOIDED}) AS voided"
)


def around(connection: Connection, keys: Sequence[bytes]) -> Around:
    found = Around({key: [] for key in keys})
    for kind, key, one, other in dialects.rows_by_key(connection, _AROUND, keys):
        if kind == 0:
            found.marks[key].append((key, one))
        elif kind == 1:
            found.states[key] = State(one, other)
        elif kind == 2:
            found.barred[key] = one
        elif kind == 3:
            found.held_back.add(key)
        else:
            found.voided.add(key)
    return found


def voided(connection: Connection, actor_keys: Sequence[bytes]) -> set[bytes]:
    """Ids of these learners' statements that somebody entitled to it voided."""
    return {row[0] for row in dialects.rows_by_key(connection, _VOIDED, actor_keys)}


def barred(connection: Connection, actor_keys: Sequence[bytes]) -> dict[bytes, int]:
    """The Reason for which each of these identifiers earns nothing now; those that may earn are left out."""
    select = "SELECT actor_key, reason FROM barred_actors WHERE actor_key {keys}"
    return dict(dialects.rows_by_key(connection, select, actor_keys))


def whereabouts(connection: Connection, names: Names, places: Collection[Place]) -> dict[Place, Whereabouts]:
    """What statements at these places are about, and their parents and groupings, as IRIs."""
    wanted = {activity for _, activity, _, _ in places if activity is not None}
    for _, _, parents, groupings in places:
        wanted.update(_parted(parents), _parted(groupings))
    iris = names.of_activities(connection, wanted)
    return {
        place: (
            None if place[1] is None else iris[place[1]],
            tuple(iris[key] for key in _parted(place[2])),
            tuple(iris[key] for key in _parted(place[3])),
        )
        for place in places
    }


def _parted(joined: bytes) -> Iterator[bytes]:
    return (joined[start : start + 16] for start in range(0, len(joined), 16))


def only_needed(present_providers: Collection[int] | None) -> str:
    """The condition that leaves out what `rows_of` leaves out, to be put after another one."""
    if present_providers is None:
        return ""
    numbers = ", ".join(str(int(number)) for number in sorted(present_providers))
    return _PRESENT.format(more=f" OR e.provider_id IN ({numbers})" if numbers else "")


def _evidence(
    connection: Connection,
    names: Names,
    rows: Sequence[dialects.Row],
    reasons: Mapping[bytes, int],
    void: Collection[bytes],
) -> list[Evidence]:
    """Rows with the columns of `_WHOLE` as Evidence, in their order."""
    wheres = whereabouts(connection, names, {_WHOLE_PLACE(row) for row in rows})
    verbs = names.of_verbs(connection, {row[12] for row in rows})
    return [
        _piece(row, verbs, wheres[_WHOLE_PLACE(row)], reasons.get(row[0], 0), row[1] in void) for row in rows
    ]


def _piece(
    row: dialects.Row, verbs: dict[bytes, str], where: Whereabouts, barred: int, is_voided: bool
) -> Evidence:
    return Evidence(
        statement_id=row[1],
        position=row[2],
        provider_id=row[3],
        object=where[0],
        parents=where[1],
        groupings=where[2],
        verb=verbs[row[12]],
        at=row[7],
        start=row[8],
        flags=row[9],
        digest=row[10],
        voided=is_voided,
        registration=row[13],
        profile=row[11],
        role=row[14],
        session=row[15],
        segments=row[16],
        barred=barred,
    )
