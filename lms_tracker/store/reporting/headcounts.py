"""Who counts at places in a year: people, and how many of them are recognised, registered and have credit.

Of merged records the surviving one counts, once. Somebody with several residences on a day lives in the one
that began last; what the surviving record says goes before what a merged one says.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
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

# CROSS JOIN has SQLite begin with the people, of whom it knows nothing. `who` are all keys of each person.
_PEOPLE = """
WITH here(person_key) AS (
    SELECT person_key FROM residences WHERE place_id {keys}
    UNION SELECT person_key FROM recognitions WHERE place_id {keys} AND person_key IS NOT NULL
), persons(person) AS MATERIALIZED (
    SELECT DISTINCT coalesce(l.person_key, h.person_key)
    FROM here h LEFT JOIN links l ON l.actor_key = h.person_key
), who(actor, person) AS MATERIALIZED (
    SELECT person, person FROM persons
    UNION SELECT l.actor_key, l.person_key FROM persons p CROSS JOIN links l WHERE l.person_key = p.person
), lived(person, place_id, rank) AS (
    SELECT w.person, r.place_id, row_number() OVER (
        PARTITION BY w.person ORDER BY CASE WHEN w.actor = w.person THEN 0 ELSE 1 END,
        coalesce(r.since, '0001-01-01') DESC, r.id DESC
    )
    FROM who w CROSS JOIN residences r
    WHERE r.person_key = w.actor AND (r.since IS NULL OR r.since <= ?) AND (r.until IS NULL OR r.until >= ?)
), done(person, place_id, rank) AS (
    SELECT w.person, t.place_id, row_number() OVER (
        PARTITION BY w.person ORDER BY CASE WHEN t.place_id IS NULL THEN 1 ELSE 0 END, t.id
    )
    FROM who w CROSS JOIN recognitions t
    WHERE t.person_key = w.actor AND t.year = ? AND t.model = ? AND t.result = ? AND t.revoked_by IS NULL
), registered(person) AS (
    SELECT DISTINCT w.person FROM who w CROSS JOIN assessments a CROSS JOIN rounds r
    WHERE a.person_key = w.actor AND a.state <> ? AND r.id = a.round_id
        AND r.year = ? AND r.model = ? AND r.state <> ?
), standing(person, home, counted_at, is_adult, is_registered) AS MATERIALIZED (
    SELECT w.person,
        CASE WHEN p.died_on < ? THEN NULL ELSE l.place_id END,
        CASE WHEN d.person IS NOT NULL THEN coalesce(d.place_id, l.place_id) END,
        CASE WHEN p.birth_year <= ? THEN 1 WHEN p.birth_year IS NOT NULL THEN 0 END,
        CASE WHEN g.person IS NULL THEN 0 ELSE 1 END
    FROM persons w
    LEFT JOIN people p ON p.person_key = w.person
    LEFT JOIN lived l ON l.person = w.person AND l.rank = 1
    LEFT JOIN done d ON d.person = w.person AND d.rank = 1
    LEFT JOIN registered g ON g.person = w.person
), credited(person, home, category, seconds) AS MATERIALIZED (
    SELECT s.person, s.home, c.category, CAST(sum(t.placed_seconds + t.nominal_seconds) AS BIGINT)
    FROM standing s CROSS JOIN totals t CROSS JOIN courses c
    WHERE s.home IS NOT NULL AND t.person_key = s.person AND t.day BETWEEN ? AND ? AND c.id = t.course_id
    GROUP BY s.person, s.home, c.category
)
"""
# Of people the last column is how many, of credit seconds; of learners each category is counted at once.
_COUNTS = """
SELECT 'people', home, counted_at, is_adult, is_registered, NULL, CAST(count(*) AS BIGINT)
FROM standing GROUP BY home, counted_at, is_adult, is_registered
UNION ALL
SELECT 'credit', home, NULL, NULL, NULL, category, CAST(sum(seconds) AS BIGINT)
FROM credited GROUP BY home, category
UNION ALL
SELECT 'learners', home, NULL, NULL, NULL, NULL, count(DISTINCT person)
FROM credited WHERE seconds <> 0 GROUP BY home
"""


def count(connection: Connection, asked: Asked, found: Mapping[int, Totals]) -> None:
    """Add what each of these places itself counts of people; so many places as one statement names."""
    on, year, citizen = asked.on.isoformat(), asked.year, Model.CITIZEN.value
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    rows = dialects.rows_by_key(
        connection,
        _PEOPLE + _COUNTS,
        sorted(found),
        *(on, on, year, citizen, Result.ACHIEVED.value, WITHDRAWN, year, citizen, CANCELLED),
        *(on, last_adult_birth_year(year), first, last),
        prepare=False,
    )
    for what, home, at, is_adult, is_registered, category, number in rows:
        if what == "people":
            _add_people(found, (home, at), is_adult, is_registered, number)
        elif home in found and what == "credit":
            found[home][of_category(category)] += number
            found[home][Measure.CREDITED] += number
        elif home in found:
            found[home][Measure.LEARNERS] += number


def _add_people(
    found: Mapping[int, Totals],
    where: tuple[int | None, int | None],
    is_adult: int | None,
    is_registered: int,
    number: int,
) -> None:
    """People who live in one place and are counted in one, None for none; `is_adult` of whom it is known."""
    home, at = where
    # Who is of unknown age counts as adult.
    adults = 0 if is_adult == 0 else number
    if home is not None and home in found:
        found[home][Measure.PEOPLE] += number
        found[home][Measure.ADULTS] += adults
        found[home][Measure.ADULTS_UNKNOWN] += number if is_adult is None else 0
    if at is not None and at in found:
        found[at][Measure.CITIZENS] += number
        found[at][Measure.CITIZENS_ADULT] += adults
    # Registered is counted where achieved is, so that one is never above the other.
    standing = home if at is None else at
    if standing is not None and standing in found and (at is not None or is_registered):
        found[standing][Measure.CITIZENS_REGISTERED] += number


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
        if holds(dialects.as_date(since), dialects.as_date(until), asked.on)
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
