"""The ledger, its totals, and the evidence they are decided from."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, islice
from operator import itemgetter

from sqlalchemy import Connection

from lms_tracker.learning.evidence import PRESENCE, Evidence
from lms_tracker.learning.ledger import AnyKey, Entry, Piece
from lms_tracker.learning.plain import Place, place_of
from lms_tracker.learning.plain import Row as EvidenceRow
from lms_tracker.learning.readings import PRESENT_PROFILES
from lms_tracker.store import dialects, schema
from lms_tracker.store.key_scans import next_keys

_EVIDENCE = (
    "SELECT e.actor_key, e.statement_id, e.position, e.provider_id, e.verb_key, e.activity_key, e.parents,"
    " e.groupings, e.at_s, e.start_s, e.flags, e.digest,"
    " EXISTS (SELECT 1 FROM voidings v WHERE v.target_id = e.statement_id"
    " AND (v.by_all OR v.provider_id = e.provider_id)),"
    " e.registration, e.profile, e.role, e.session, e.segments"
    " FROM evidence e WHERE e.actor_key {keys}"
)
# Statements that only say that somebody was there, unless a reading asks for them.
_PRESENT = (
    f" AND (e.flags & {PRESENCE} = 0 OR e.profile IN ({', '.join(map(str, PRESENT_PROFILES))}){{more}})"
)


# The IRIs of a statement's object, parents and groupings.
Whereabouts = tuple[str | None, tuple[str, ...], tuple[str, ...]]

_FIRST = itemgetter(0)


@dataclass(frozen=True, slots=True)
class State:
    """Where a person's credit stands: how often it was written, and how many ledger entries there are."""

    revision: int
    entries: int


NEW = State(0, 0)


class Names:
    """From computed keys to IRIs. A key's text never changes, so a process keeps what it has read."""

    def __init__(self, limit: int = 200_000) -> None:
        self._limit = limit
        self._verbs: dict[bytes, str] = {}
        self._activities: dict[bytes, str] = {}

    def of_verbs(self, connection: Connection, keys: set[bytes]) -> dict[bytes, str]:
        """IRIs by key, those of `keys` among them."""
        select = "SELECT verb_key, iri FROM verbs WHERE verb_key {keys}"
        self._verbs = self._with(connection, self._verbs, keys, select)
        return self._verbs

    def of_activities(self, connection: Connection, keys: set[bytes]) -> dict[bytes, str]:
        """IRIs by key, those of `keys` among them."""
        select = "SELECT activity_key, iri FROM activities WHERE activity_key {keys}"
        self._activities = self._with(connection, self._activities, keys, select)
        return self._activities

    def _with(
        self, connection: Connection, known: dict[bytes, str], keys: set[bytes], select: str
    ) -> dict[bytes, str]:
        # A dictionary only grows; when it is too big a new one takes its place, and whoever still reads the
        # old one finds everything in it.
        if len(known) + len(keys) > self._limit and not keys <= known.keys():
            known = {}
        missing = sorted(keys - known.keys())
        known.update(dialects.rows_by_key(connection, select, missing))
        return known


def _parted(joined: bytes) -> Iterator[bytes]:
    return (joined[start : start + 16] for start in range(0, len(joined), 16))


def evidence_of(
    connection: Connection,
    names: Names,
    actors: Mapping[bytes, Sequence[bytes]],
    present_providers: Collection[int] | None = None,
) -> dict[bytes, list[Evidence]]:
    """The evidence of each person, given each person's actor keys; see `rows_of` for `present_providers`."""
    rows = rows_of(connection, actors, present_providers)
    reasons = barred(connection, sorted(set(chain(*actors.values()))))
    together = list(chain(*rows.values()))
    found = iter(evidence_in(connection, names, together, reasons))
    return {person: list(islice(found, len(of_person))) for person, of_person in rows.items()}


def rows_of(
    connection: Connection,
    actors: Mapping[bytes, Sequence[bytes]],
    present_providers: Collection[int] | None = None,
) -> dict[bytes, list[EvidenceRow]]:
    """The evidence of each person in rows, given each person's actor keys.

    Statements that only say that somebody was there are left out where they count for nothing: those of
    providers other than `Catalogue.present_providers`, and of profiles without sessions. None asks for all.
    """
    owner = {actor: person for person, keys in actors.items() for actor in keys}
    rows = dialects.rows_by_key(connection, _EVIDENCE + _only_needed(present_providers), sorted(owner))
    found: dict[bytes, list[EvidenceRow]] = {person: [] for person in actors}
    for actor, of_actor in groupby(rows, _FIRST):
        found[owner[actor]].extend(of_actor)
    return found


def evidence_in(
    connection: Connection, names: Names, rows: Sequence[EvidenceRow], reasons: Mapping[bytes, int]
) -> list[Evidence]:
    """Rows as Evidence, in their order; `reasons` are those of `barred`."""
    wheres = whereabouts(connection, names, {place_of(row) for row in rows})
    verbs = names.of_verbs(connection, {row[4] for row in rows})
    return [_evidence(row, verbs, wheres[place_of(row)], reasons.get(row[0], 0)) for row in rows]


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


def barred(connection: Connection, actor_keys: Sequence[bytes]) -> dict[bytes, int]:
    """The Reason for which each of these identifiers earns nothing now; those that may earn are left out."""
    select = "SELECT actor_key, reason FROM barred_actors WHERE actor_key {keys}"
    return dict(dialects.rows_by_key(connection, select, actor_keys))


def _only_needed(present_providers: Collection[int] | None) -> str:
    if present_providers is None:
        return ""
    numbers = ", ".join(str(int(number)) for number in sorted(present_providers))
    return _PRESENT.format(more=f" OR e.provider_id IN ({numbers})" if numbers else "")


def _evidence(row: EvidenceRow, verbs: dict[bytes, str], where: Whereabouts, barred: int) -> Evidence:
    return Evidence(
        statement_id=row[1],
        position=row[2],
        provider_id=row[3],
        object=where[0],
        parents=where[1],
        groupings=where[2],
        verb=verbs[row[4]],
        at=row[8],
        start=row[9],
        flags=row[10],
        digest=row[11],
        voided=bool(row[12]),
        registration=row[13],
        profile=row[14],
        role=row[15],
        session=row[16],
        segments=row[17],
        barred=barred,
    )


def states(connection: Connection, persons: Sequence[bytes]) -> dict[bytes, State]:
    rows = dialects.rows_by_key(
        connection,
        "SELECT person_key, revision, entries FROM credit_states WHERE person_key {keys}",
        persons,
    )
    return {row[0]: State(row[1], row[2]) for row in rows}


@dataclass(frozen=True, slots=True)
class Stands:
    """What stands in a ledger: net seconds by `learning.ledger.Key`, and each statement's provider."""

    seconds: dict[AnyKey, int]
    providers: dict[bytes, int]


def standing(connection: Connection, persons: Sequence[bytes]) -> dict[bytes, Stands]:
    """What stands in the ledgers of these persons, taken-back entries netted away."""
    found = {person: Stands({}, {}) for person in persons}
    rows = dialects.rows_by_key(
        connection,
        "SELECT person_key, statement_id, course_id, day, kind, reason, note, provider_id, sum(seconds)"
        " FROM ledger WHERE person_key {keys}"
        " GROUP BY person_key, statement_id, course_id, day, kind, reason, note, provider_id"
        " HAVING sum(pieces) > 0",
        persons,
    )
    for person_key, *key, provider_id, seconds in rows:
        stands = found[person_key]
        stands.seconds[tuple(key)] = int(seconds)
        stands.providers[key[0]] = provider_id
    return found


_STANDING = (
    "SELECT person_key, statement_id, provider_id, course_id, day, kind, reason, seconds, note FROM ledger"
    " WHERE person_key {keys} AND pieces"
)


def standing_rows(connection: Connection, persons: Sequence[bytes]) -> dict[bytes, set[Piece]]:
    """What stands in these ledgers, as rows; the same as `standing`, for comparing with what is decided."""
    found: dict[bytes, set[Piece]] = {person: set() for person in persons}
    added = dialects.rows_by_key(connection, _STANDING + " > 0", persons)
    for person_key, rows in groupby(added, _FIRST):
        found[person_key].update([row[1:] for row in rows])
    taken = dialects.rows_by_key(connection, _STANDING + " < 0", persons)
    if taken:
        counts: dict[bytes, Counter[Piece]] = {row[0]: Counter() for row in taken}
        for row in added:
            if row[0] in counts:
                counts[row[0]][row[1:]] += 1
        for row in taken:
            counts[row[0]][*row[1:7], -row[7], row[8]] -= 1
        for person_key, of_person in counts.items():
            if min(of_person.values()) < 0:
                # What was taken back is not what was written; `uneven` names it.
                found[person_key] = _summed(standing(connection, [person_key])[person_key])
            else:
                found[person_key] = {piece for piece, times in of_person.items() if times}
    return found


def _summed(stands: Stands) -> set[Piece]:
    return {
        (key[0], stands.providers[key[0]], *key[1:5], seconds, key[5])
        for key, seconds in stands.seconds.items()
    }


def begin_writing(connection: Connection, person_key: bytes, seen: State, now_us: int, entries: int) -> bool:
    """Take the right to write this person's credit; False where another worker wrote since `seen`."""
    if seen is NEW:
        statement = (
            "INSERT INTO credit_states (person_key, revision, entries, decided_us) VALUES (?, 1, ?, ?)"
            " ON CONFLICT DO NOTHING"
        )
        return dialects.change(connection, statement, (person_key, entries, now_us)) == 1
    statement = (
        "UPDATE credit_states SET revision = revision + 1, entries = entries + ?, decided_us = ?"
        " WHERE person_key = ? AND revision = ?"
    )
    return dialects.change(connection, statement, (entries, now_us, person_key, seen.revision)) == 1


def append(
    connection: Connection, person_key: bytes, after: int, entries: Sequence[Entry], policy: int, now_us: int
) -> None:
    """Write entries into the ledger, numbered from `after` + 1."""
    append_all(connection, [(person_key, State(0, after), entries)], policy, now_us)


def append_all(
    connection: Connection,
    ledgers: Iterable[tuple[bytes, State, Sequence[Entry]]],
    policy: int,
    now_us: int,
) -> None:
    """Write entries into several ledgers, each numbered from where its state says that it ends."""
    dialects.insert(
        connection,
        schema.ledger,
        [
            (person_key, number, *entry[:9], entry[9], policy, now_us)
            for person_key, state, entries in ledgers
            for number, entry in enumerate(entries, state.entries + 1)
        ],
    )


def add_to_totals(
    connection: Connection,
    person_key: bytes,
    changes: Mapping[tuple[int, int], tuple[int, int]],
    is_new: bool = False,
) -> None:
    """Add (placed, nominal) seconds by (day, course); a day that comes to nothing leaves no row.

    Nobody who `is_new` has any yet.
    """
    rows = [(person_key, *place, *seconds) for place, seconds in sorted(changes.items())]
    if is_new:
        dialects.insert(connection, schema.totals, rows)
        return
    dialects.change_many(
        connection,
        "INSERT INTO totals (person_key, day, course_id, placed_seconds, nominal_seconds)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT (person_key, day, course_id) DO UPDATE SET"
        " placed_seconds = totals.placed_seconds + excluded.placed_seconds,"
        " nominal_seconds = totals.nominal_seconds + excluded.nominal_seconds",
        rows,
    )
    if any(placed < 0 or nominal < 0 for placed, nominal in changes.values()):
        dialects.change(
            connection,
            "DELETE FROM totals WHERE person_key = ? AND placed_seconds = 0 AND nominal_seconds = 0",
            (person_key,),
        )


def kept_totals(connection: Connection, person_key: bytes) -> dict[tuple[int, int], tuple[int, int]]:
    rows = dialects.rows(
        connection,
        "SELECT day, course_id, placed_seconds, nominal_seconds FROM totals WHERE person_key = ?",
        (person_key,),
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


_SOURCES = (("evidence", "actor_key"), ("links", "person_key"), ("credit_states", "person_key"))


def everyone(connection: Connection, after: bytes, limit: int) -> list[bytes]:
    """Keys in order, above `after`: every actor with evidence, and whoever has a link or a ledger."""
    found = (next_keys(connection, table, key, after, limit) for table, key in _SOURCES)
    return sorted(set().union(*found))[:limit]


def count_everyone(connection: Connection) -> int:
    """How many persons there are: linked actors count with their person."""
    known = " UNION ".join(f"SELECT {key} AS person_key FROM {table}" for table, key in _SOURCES)
    select = (
        f"SELECT count(*) FROM ({known}) AS known"
        " WHERE NOT EXISTS (SELECT 1 FROM links l WHERE l.actor_key = known.person_key)"
    )
    return int(dialects.rows(connection, select, ())[0][0])


def uneven(connection: Connection, person_key: bytes) -> list[bytes]:
    """Statements with entries that were all taken back and yet do not come to nothing."""
    rows = dialects.rows(
        connection,
        "SELECT statement_id FROM ledger WHERE person_key = ?"
        " GROUP BY statement_id, course_id, day, kind, reason, note"
        " HAVING sum(pieces) = 0 AND sum(seconds) <> 0",
        (person_key,),
    )
    return [row[0] for row in rows]
