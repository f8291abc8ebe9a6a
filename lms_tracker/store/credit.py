"""The ledger: where each person's stands, what stands in it, and writing what changes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Connection

from lms_tracker.learning.ledger import AnyKey, Entry
from lms_tracker.learning.verdicts import Piece
from lms_tracker.store import dialects

# Of a person with so many entries they are asked for apart: a row then need not say whose it is.
MANY_ENTRIES = 300
_STATES_AT_ONCE = 500
_FIRST = itemgetter(0)
# An entry's number and the fields of learning.ledger.Entry in their order.
_ENTRY = (
    *("person_key", "entry", "statement_id", "provider_id", "course_id", "day", "kind", "reason", "seconds"),
    *("note", "pieces", "because", "policy", "written_us"),
)


@dataclass(frozen=True, slots=True)
class State:
    """Where a person's credit stands: how often it was written, and how many ledger entries there are."""

    revision: int
    entries: int


NEW = State(0, 0)

# A ledger by its person key, where it stood, and what is to be added.
Change = tuple[bytes, State, Sequence[Entry]]


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


PIECE = "statement_id, provider_id, course_id, day, kind, reason, seconds, note"
_STANDING = f"SELECT person_key, {PIECE} FROM ledger WHERE person_key {{keys}} AND pieces"
_OF_ONE = f"SELECT {PIECE} FROM ledger WHERE person_key {{keys}} AND pieces > 0"


def standing_rows(
    connection: Connection, seen: Mapping[bytes, State], added: Mapping[bytes, list[Piece]] | None = None
) -> dict[bytes, set[Piece]]:
    """What stands in these ledgers, as rows; the same as `standing`, for comparing with what is decided.

    `added` is what was ever added to them, where that is known.
    """
    if added is None:
        added = _added(connection, seen)
    found = {person: set(added.get(person, ())) for person in seen}
    # Whose entries were all added has nothing taken back.
    reversed_ = [person for person, state in seen.items() if len(added.get(person, ())) != state.entries]
    if reversed_:
        found |= _left(connection, reversed_, added)
    return found


def _added(connection: Connection, seen: Mapping[bytes, State]) -> dict[bytes, list[Piece]]:
    added: dict[bytes, list[Piece]] = {
        person: dialects.rows_by_key(connection, _OF_ONE, [person])
        for person, state in seen.items()
        if state.entries >= MANY_ENTRIES
    }
    others = [person for person, state in seen.items() if 0 < state.entries < MANY_ENTRIES]
    rows = dialects.rows_by_key(connection, _STANDING + " > 0", others)
    for person, of_person in groupby(rows, _FIRST):
        # PostgreSQL may read the table in its own order, so that a person's rows come in several groups.
        added.setdefault(person, []).extend([row[1:] for row in of_person])
    return added


def _left(
    connection: Connection, persons: Sequence[bytes], added: Mapping[bytes, Sequence[Piece]]
) -> dict[bytes, set[Piece]]:
    """What was added and is not taken back."""
    counts: dict[bytes, Counter[Piece]] = {person: Counter(added.get(person, ())) for person in persons}
    for row in dialects.rows_by_key(connection, _STANDING + " < 0", persons):
        counts[row[0]][*row[1:7], -row[7], row[8]] -= 1
    found = {}
    for person, of_person in counts.items():
        if min(of_person.values(), default=0) < 0:
            # What was taken back is not what was written; `uneven` names it.
            found[person] = _summed(standing(connection, [person])[person])
        else:
            found[person] = {piece for piece, times in of_person.items() if times}
    return found


def _summed(stands: Stands) -> set[Piece]:
    return {
        (key[0], stands.providers[key[0]], *key[1:5], seconds, key[5])
        for key, seconds in stands.seconds.items()
    }


def begin_writing(
    connection: Connection, wanted: Mapping[bytes, Sequence[Change]], now_us: int
) -> set[bytes]:
    """Take the right to write each person's ledgers, all of them or none; answers who lost it.

    Another worker wrote one of theirs since it was seen.
    """
    lost = _changed_since(connection, wanted)
    made = _make(connection, {key: wanted[key] for key in wanted if key not in lost}, now_us)
    overtaken = {
        person
        for person, ledgers in wanted.items()
        if any(state is NEW and key not in made for key, state, _ in ledgers)
    } - lost
    if overtaken:
        own = [key for person in overtaken for key, _, _ in wanted[person] if key in made]
        dialects.change_by_key(connection, "DELETE FROM credit_states WHERE person_key {keys}", sorted(own))
    lost |= overtaken
    known = [
        (len(entries), now_us, key)
        for person, ledgers in sorted(wanted.items())
        if person not in lost
        for key, state, entries in ledgers
        if state is not NEW
    ]
    dialects.change_rows(connection, _RAISE, _RAISE_ALL, ("bigint", "bigint", "bytea"), known)
    return lost


_RAISE = (
    "UPDATE credit_states SET revision = revision + 1, entries = entries + ?, decided_us = ?"
    " WHERE person_key = ?"
)
# Their rows are locked already.
_RAISE_ALL = (
    "UPDATE credit_states SET revision = revision + 1, entries = credit_states.entries + more.entries,"
    " decided_us = more.at"
    " FROM {rows} AS more(entries, at, key) WHERE person_key = more.key"
)


def _changed_since(connection: Connection, wanted: Mapping[bytes, Sequence[Change]]) -> set[bytes]:
    """Whose ledgers are not at the revision that was seen; nobody changes the others before this ends."""
    seen = {key: state for ledgers in wanted.values() for key, state, _ in ledgers if state is not NEW}
    # In the order of keys, so that of two workers one waits for the other and never both.
    select = "SELECT person_key, revision FROM credit_states WHERE person_key {keys} ORDER BY person_key"
    if dialects.is_postgresql(connection):
        select += " FOR UPDATE"
    now: dict[bytes, int] = dict(dialects.rows_by_key(connection, select, sorted(seen))) if seen else {}
    return {
        person
        for person, ledgers in wanted.items()
        if any(state is not NEW and now.get(key) != state.revision for key, state, _ in ledgers)
    }


def _make(connection: Connection, wanted: Mapping[bytes, Sequence[Change]], now_us: int) -> set[bytes]:
    """Rows for ledgers that have none; answers those that nobody else made."""
    new = sorted(
        (key, 1, len(entries), now_us)
        for ledgers in wanted.values()
        for key, state, entries in ledgers
        if state is NEW
    )
    made: set[bytes] = set()
    for part in dialects.chunks(new, _STATES_AT_ONCE):
        listed, values = dialects.listed(connection, ("bytea", "bigint", "bigint", "bigint"), part)
        statement = (
            f"INSERT INTO credit_states (person_key, revision, entries, decided_us) {listed}"
            " ON CONFLICT DO NOTHING RETURNING person_key"
        )
        made.update(row[0] for row in dialects.rows(connection, statement, values))
    return made


def append(connection: Connection, ledgers: Sequence[Change], policy: int, now_us: int) -> None:
    """Write entries into several ledgers, each numbered from where its state says that it ends."""
    written = (policy, now_us)
    dialects.insert_into(
        connection,
        "ledger",
        _ENTRY,
        [
            (person_key, number, *entry, *written)
            for person_key, state, entries in ledgers
            for number, entry in enumerate(entries, state.entries + 1)
        ],
    )


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
