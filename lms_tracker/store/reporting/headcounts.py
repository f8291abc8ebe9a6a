"""Who counts at a place in a year: people, and how many of them are recognised, registered and have credit.

Of merged records the surviving one counts, once. Somebody with several residences on a day lives in the one
that began last; what the surviving record says goes before what a merged one says.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence, Set
from datetime import date
from typing import Any, NamedTuple

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


class _Residence(NamedTuple):
    """In the order of which one of a day is somebody's: of two the greater."""

    is_own: bool
    since: date
    id: int
    place_id: int
    until: date


class People:
    """Everybody whom one of these places may count in some year, with what decides it: read once for all."""

    def __init__(self, connection: Connection, place_ids: Collection[int]) -> None:
        self._connection = connection
        here = (
            "SELECT person_key FROM residences WHERE place_id {keys} UNION"
            " SELECT person_key FROM recognitions WHERE place_id {keys} AND person_key IS NOT NULL"
        )
        raw = sorted({bytes(row[0]) for row in dialects.rows_by_key(connection, here, sorted(place_ids))})
        linked = dict(
            _by_key(connection, "SELECT actor_key, person_key FROM links WHERE actor_key {keys}", raw)
        )
        self.keys = sorted({linked.get(key, key) for key in raw})
        self._survivor = {key: key for key in self.keys} | dict(
            _by_key(connection, "SELECT actor_key, person_key FROM links WHERE person_key {keys}", self.keys)
        )
        self._all_keys = list(self._survivor)
        self._residences = self._read_residences()
        facts = "SELECT person_key, birth_year, died_on FROM people WHERE person_key {keys}"
        self._facts = {
            key: (born, _as_date(died)) for key, born, died in _by_key(connection, facts, self.keys)
        }
        self._recognitions = self._read_recognitions()
        self._registered = self._read_registered()

    def _read_residences(self) -> Mapping[bytes, Sequence[_Residence]]:
        found: dict[bytes, list[_Residence]] = defaultdict(list)
        for key, place_id, since, until, number in _by_key(
            self._connection,
            "SELECT person_key, place_id, since, until, id FROM residences WHERE person_key {keys}",
            self._all_keys,
        ):
            person = self._survivor[key]
            first, last = _as_date(since) or date.min, _as_date(until) or date.max
            found[person].append(_Residence(key == person, first, number, place_id, last))
        return found

    def _read_recognitions(self) -> Mapping[tuple[bytes, int], int | None]:
        """By person and year the place that counts them, of those who hold a citizen's recognition."""
        # Without statistics SQLite would look through all recognitions of the model.
        of_model = dialects.equals_without_index(self._connection, "model")
        rows = _by_key(
            self._connection,
            "SELECT person_key, year, place_id, id FROM recognitions WHERE person_key {keys}"
            f" AND {of_model} AND result = ? AND revoked_by IS NULL",
            self._all_keys, Model.CITIZEN.value, Result.ACHIEVED.value,
        )  # fmt: skip
        found: dict[tuple[bytes, int], int | None] = {}
        for key, year, place_id, _ in sorted(rows, key=lambda row: (row[2] is None, row[3])):
            found.setdefault((self._survivor[key], year), place_id)
        return found

    def _read_registered(self) -> Set[tuple[bytes, int]]:
        """Who stands in a citizens' round of which year, and has not withdrawn."""
        # In two steps: a database that began with the rounds would look for everybody in each of them.
        stand = _by_key(
            self._connection,
            "SELECT person_key, round_id FROM assessments WHERE person_key {keys} AND state <> ?",
            self._all_keys, WITHDRAWN,
        )  # fmt: skip
        rounds = dict(
            _by_key(
                self._connection,
                "SELECT id, year FROM rounds WHERE id {keys} AND model = ? AND state <> ?",
                sorted({number for _, number in stand}), Model.CITIZEN.value, CANCELLED,
            )
        )  # fmt: skip
        return {(self._survivor[key], rounds[number]) for key, number in stand if number in rounds}

    def home(self, key: bytes, on: date) -> int | None:
        """Where somebody lives on a day."""
        there = [one for one in self._residences.get(key, ()) if one.since <= on <= one.until]
        return max(there).place_id if there else None

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

    def is_registered(self, key: bytes, year: int) -> bool:
        return (key, year) in self._registered


def count(connection: Connection, people: People, asked: Asked, found: Mapping[int, Totals]) -> None:
    """Add what each of these places itself counts of people; `people` are of these places or of more."""
    homes: dict[bytes, int] = {}
    for key in people.keys:
        home = people.home(key, asked.on) if people.lives(key, asked.on) else None
        at = people.counted_at(key, asked.year, asked.on)
        adult = people.adult(key, asked.year)
        if home is not None and home in found:
            homes[key] = home
            here = found[home]
            here[Measure.PEOPLE] += 1
            here[Measure.ADULTS] += adult is not False
            here[Measure.ADULTS_UNKNOWN] += adult is None
        if at is not None and at in found:
            found[at][Measure.CITIZENS] += 1
            found[at][Measure.CITIZENS_ADULT] += adult is not False
        # Registered is counted where achieved is, so that one is never above the other.
        standing = at if at is not None else home
        if (
            standing is not None
            and standing in found
            and (at is not None or people.is_registered(key, asked.year))
        ):
            found[standing][Measure.CITIZENS_REGISTERED] += 1
    _count_credit(connection, homes, asked.year, found)


def _count_credit(
    connection: Connection, homes: Mapping[bytes, int], year: int, found: Mapping[int, Totals]
) -> None:
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    learners = set()
    for key, category, seconds in _by_key(
        connection,
        "SELECT t.person_key, c.category, CAST(sum(t.placed_seconds + t.nominal_seconds) AS BIGINT)"
        " FROM totals t JOIN courses c ON c.id = t.course_id"
        " WHERE t.person_key {keys} AND t.day BETWEEN ? AND ? GROUP BY t.person_key, c.category",
        list(homes), first, last,
    ):  # fmt: skip
        if seconds:
            here = found[homes[key]]
            learners.add(key)
            here[of_category(category)] += seconds
            here[Measure.CREDITED] += seconds
    for key in learners:
        found[homes[key]][Measure.LEARNERS] += 1


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
