"""Who counts at a place in a year: people, and how many of them are recognised, registered and have credit.

Of merged records the surviving one counts, once. Somebody with several residences on a day lives in the one
that began last; what the surviving record says goes before what a merged one says.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from lms_tracker.learning.places import holds
from lms_tracker.learning.recognition.models import Model, Result
from lms_tracker.learning.recognition.shares import last_adult_birth_year
from lms_tracker.learning.reporting.measures import Measure, of_category
from lms_tracker.store import dialects
from lms_tracker.store.recognition.assessments import WITHDRAWN
from lms_tracker.store.recognition.shares import LEARNER, Asked

CANCELLED = "cancelled"

Totals = Counter[Measure]


@dataclass(frozen=True, slots=True)
class _Residence:
    place_id: int
    is_own: bool
    since: date | None
    until: date | None
    id: int

    def rank(self) -> tuple[bool, date, int]:
        return self.is_own, self.since or date.min, self.id


class People:
    """Everybody whom a place may count in some year, with what decides it: read once for all years."""

    def __init__(self, connection: Connection, place_id: int) -> None:
        self._connection = connection
        here = (
            "SELECT person_key FROM residences WHERE place_id = ? UNION"
            " SELECT person_key FROM recognitions WHERE place_id = ? AND person_key IS NOT NULL"
        )
        raw = sorted(bytes(row[0]) for row in dialects.rows(connection, here, (place_id, place_id)))
        linked = dict(
            _by_key(connection, "SELECT actor_key, person_key FROM links WHERE actor_key {keys}", raw)
        )
        self.keys = sorted({linked.get(key, key) for key in raw})
        self._survivor = {key: key for key in self.keys}
        for actor, person in _by_key(
            connection, "SELECT actor_key, person_key FROM links WHERE person_key {keys}", self.keys
        ):
            self._survivor[actor] = person
        self._residences = self._read_residences()
        facts = "SELECT person_key, birth_year, died_on FROM people WHERE person_key {keys}"
        self._facts = {
            key: (born, _as_date(died)) for key, born, died in _by_key(connection, facts, self.keys)
        }
        self._recognitions = self._read_recognitions()

    def survivor(self, key: bytes) -> bytes:
        found: bytes = self._survivor[key]
        return found

    def keys_of(self, persons: Iterable[bytes]) -> list[bytes]:
        """Every key of these people: their own, and those of records merged into theirs."""
        wanted = set(persons)
        return [key for key, person in self._survivor.items() if person in wanted]

    def _read_residences(self) -> Mapping[bytes, Sequence[_Residence]]:
        found: dict[bytes, list[_Residence]] = defaultdict(list)
        for key, place_id, since, until, number in _by_key(
            self._connection,
            "SELECT person_key, place_id, since, until, id FROM residences WHERE person_key {keys}",
            list(self._survivor),
        ):
            person = self._survivor[key]
            row = _Residence(place_id, key == person, _as_date(since), _as_date(until), number)
            found[person].append(row)
        return found

    def _read_recognitions(self) -> Mapping[tuple[bytes, int], int | None]:
        """By person and year the place that counts them, of those who hold a citizen's recognition."""
        rows = _by_key(
            self._connection,
            "SELECT person_key, year, place_id, id FROM recognitions WHERE person_key {keys}"
            f" AND model = '{Model.CITIZEN}' AND result = '{Result.ACHIEVED}' AND revoked_by IS NULL",
            list(self._survivor),
        )
        found: dict[tuple[bytes, int], int | None] = {}
        for key, year, place_id, _ in sorted(rows, key=lambda row: (row[2] is None, row[3])):
            found.setdefault((self._survivor[key], year), place_id)
        return found

    def home(self, key: bytes, on: date) -> int | None:
        """Where somebody lives on a day."""
        there = [one for one in self._residences.get(key, ()) if holds(one.since, one.until, on)]
        return max(there, key=_Residence.rank).place_id if there else None

    def lives(self, key: bytes, on: date) -> bool:
        died = self._facts.get(key, (None, None))[1]
        return died is None or died >= on

    def adult(self, key: bytes, year: int) -> bool | None:
        """None where no year of birth is known, which counts as yes."""
        born = self._facts.get(key, (None, None))[0]
        return None if born is None else born <= last_adult_birth_year(year)

    def counted_at(self, key: bytes, year: int, on: date) -> int | None:
        """Where a recognition of the year counts: where it says, else where they live; None without one."""
        if (key, year) not in self._recognitions:
            return None
        placed = self._recognitions[key, year]
        return self.home(key, on) if placed is None else placed


def count(connection: Connection, place_id: int, people: People, asked: Asked, found: Totals) -> None:
    """Add to `found` what a place itself counts of people."""
    here = [
        key for key in people.keys if people.lives(key, asked.on) and people.home(key, asked.on) == place_id
    ]
    for key in here:
        adult = people.adult(key, asked.year)
        found[Measure.PEOPLE] += 1
        found[Measure.ADULTS] += adult is not False
        found[Measure.ADULTS_UNKNOWN] += adult is None
    done = [key for key in people.keys if people.counted_at(key, asked.year, asked.on) == place_id]
    found[Measure.CITIZENS] = len(done)
    found[Measure.CITIZENS_ADULT] = sum(people.adult(key, asked.year) is not False for key in done)
    # Registered is counted where achieved is, so that one is never above the other.
    elsewhere = {key for key in here if people.counted_at(key, asked.year, asked.on) not in (None, place_id)}
    registered = set(_registered_people(connection, people, here, asked.year)) - elsewhere
    found[Measure.CITIZENS_REGISTERED] = len(registered | set(done))
    _count_credit(connection, here, asked.year, found)


def _registered_people(
    connection: Connection, people: People, here: Sequence[bytes], year: int
) -> Iterable[bytes]:
    # In two steps: a database that began with the rounds would look for everybody in each of them.
    rounds = {
        row[0]
        for row in dialects.rows(
            connection,
            "SELECT id FROM rounds WHERE year = ? AND model = ? AND state <> ?",
            (year, Model.CITIZEN.value, CANCELLED),
        )
    }
    for key, round_id in _by_key(
        connection,
        "SELECT person_key, round_id FROM assessments WHERE person_key {keys} AND state <> ?",
        people.keys_of(here) if rounds else [],
        WITHDRAWN,
    ):
        if round_id in rounds:
            yield people.survivor(key)


def _count_credit(connection: Connection, here: Sequence[bytes], year: int, found: Totals) -> None:
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    learners = set()
    for key, category, seconds in _by_key(
        connection,
        "SELECT t.person_key, c.category, CAST(sum(t.placed_seconds + t.nominal_seconds) AS BIGINT)"
        " FROM totals t JOIN courses c ON c.id = t.course_id"
        " WHERE t.person_key {keys} AND t.day BETWEEN ? AND ? GROUP BY t.person_key, c.category",
        here, first, last,
    ):  # fmt: skip
        if seconds:
            learners.add(key)
            found[of_category(category)] += seconds
            found[Measure.CREDITED] += seconds
    found[Measure.LEARNERS] = len(learners)


def of_organisation(connection: Connection, organisation_id: int, asked: Asked) -> Totals:
    """Each person once in an organisation itself: members and learners, and who of both is recognised."""
    rows = dialects.rows(
        connection,
        "SELECT person_key, capacity, since, until FROM organisation_members WHERE organisation_id = ?",
        (organisation_id,),
    )
    there = [
        (bytes(key), capacity)
        for key, capacity, since, until in rows
        if holds(_as_date(since), _as_date(until), asked.on)
    ]
    keys = sorted({key for key, _ in there})
    linked = dict(_by_key(connection, "SELECT actor_key, person_key FROM links WHERE actor_key {keys}", keys))
    persons = sorted({linked.get(key, key) for key in keys})
    actors = {key: key for key in persons} | dict(
        _by_key(connection, "SELECT actor_key, person_key FROM links WHERE person_key {keys}", persons)
    )
    done = _by_key(
        connection,
        "SELECT DISTINCT person_key FROM recognitions WHERE person_key {keys} AND model = ? AND year = ?"
        " AND result = ? AND revoked_by IS NULL",
        list(actors), Model.CITIZEN.value, asked.year, Result.ACHIEVED.value,
    )  # fmt: skip
    as_learners = {linked.get(key, key) for key, capacity in there if capacity == LEARNER}
    as_members = {linked.get(key, key) for key, capacity in there if capacity != LEARNER}
    return +Counter(
        {
            Measure.PEOPLE: len(persons),
            Measure.MEMBERS: len(as_members),
            Measure.PUPILS: len(as_learners),
            Measure.CITIZENS: len({actors[key] for (key,) in done}),
        }
    )


def _by_key(connection: Connection, chosen: str, keys: Sequence[bytes], *more: Any) -> list[Any]:
    return dialects.rows_by_key(connection, chosen, keys, *more) if keys else []


def _as_date(value: Any) -> date | None:
    """SQLite's driver answers text, PostgreSQL's a date."""
    return date.fromisoformat(value) if isinstance(value, str) else value
