"""A learner's record: how many hours, from what, and why each minute stands as it does.

The page costs the same however long somebody has been learning: sums come from the totals, entries from a few
days of the ledger at a time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import Connection

from lms_tracker.actions import catalogue, clock, names, recounts, rights
from lms_tracker.actions.readable import Sent, outline
from lms_tracker.actions.recognition import criteria
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.catalogue import Catalogue
from lms_tracker.learning.criteria import IndicatorProposal, PointsSet, propose
from lms_tracker.learning.days import FIRST_DAY, LAST_DAY
from lms_tracker.learning.evidence import OWN_TIME
from lms_tracker.learning.places import holds
from lms_tracker.learning.records import Entry, Hours, by_category, by_month, course_of, parts_of, together
from lms_tracker.store import courses, database, due, looks, records, residences, shown
from lms_tracker.store.looks import Look

# Entries shown at once.
PAGE = 20
# Looks by others that their owner is shown.
LOOKS = 20
# Days with entries looked at for one page.
DAYS_AT_ONCE = 31


class NotFound(Exception):
    """There is no such person, year or entry."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page of entries begins: at this day, after `skip` of its entries."""

    day: int
    skip: int


@dataclass(frozen=True, slots=True)
class Entries:
    """`unknown` says, of entries without a course, what was sent."""

    shown: tuple[Entry, ...]
    next: Cursor | None
    unknown: Mapping[bytes, Sent] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    person_key: bytes
    name: str
    is_own: bool
    pending: bool
    year: int
    years: tuple[int, ...]
    this_year: Hours
    ever: Hours
    categories: tuple[tuple[str, Hours], ...]
    months: tuple[Hours, ...]
    criteria: PointsSet | None
    proposals: tuple[IndicatorProposal, ...]
    entries: Entries
    looks: tuple[Look, ...]


def record(
    viewer: Viewer, person_key: bytes, year: int | None = None, cursor: Cursor | None = None
) -> Record:
    """The record of a person for a local year: the current one unless another with entries is given.

    Raises rights.NotAllowed and NotFound. A look at somebody else's record is logged first. Who looked is
    told to the record's owner alone.
    """
    demand_sight(viewer, person_key)
    this_year = clock.today().year
    if year is not None and not date.min.year <= year <= date.max.year:
        raise NotFound
    log_look(viewer, person_key, "record")
    is_own = viewer.key == person_key
    with database.reading() as connection:
        if not records.is_known(connection, person_key):
            raise NotFound
        years = _years(connection, person_key, this_year)
        wanted = year if year in years else this_year
        first, last = date(wanted, 1, 1).toordinal(), date(wanted, 12, 31).toordinal()
        current = catalogue.current(connection)
        actors = due.actor_keys(connection, [person_key])[person_key]
        sums = records.sums(connection, person_key, first, last)
        categories = by_category(sums, current.courses)
        found = criteria_in_force(connection, person_key, wanted)
        return Record(
            person_key=person_key,
            name=names.of(connection, [person_key]).get(person_key, ""),
            is_own=is_own,
            pending=recounts.is_pending(connection, [*actors, person_key]),
            year=wanted,
            years=years,
            this_year=together(sums),
            ever=Hours(*records.sum_of_all(connection, person_key)),
            categories=categories,
            months=by_month(sums),
            criteria=found,
            proposals=tuple(propose(found, {name: sum_.total for name, sum_ in categories})) if found else (),
            entries=_with_unknown(
                connection, _entries(connection, current, person_key, actors, first, last, cursor)
            ),
            looks=tuple(looks.newest(connection, [person_key, *actors], LOOKS)) if is_own else (),
        )


def criteria_in_force(connection: Connection, person_key: bytes, year: int) -> PointsSet | None:
    """The points by which a person is assessed for a year where they live: on its last day, or by now."""
    on = min(date(year, 12, 31), clock.today())
    lived = residences.of_person(connection, person_key)
    here = next((one.place_id for one in lived if holds(one.since, one.until, on)), None)
    return criteria.citizens_set(connection, year, here)


def demand_sight(viewer: Viewer | None, person_key: bytes) -> None:
    """Raise rights.NotAllowed where somebody may not see this person's data."""
    with database.reading() as connection:
        rights.demand_over(connection, viewer, Right.SEE, person_key)


def log_look(viewer: Viewer, person_key: bytes, what: str) -> None:
    """Keep, for the person, that somebody else looked; their own looks leave no line."""
    log_looks(viewer, [person_key], what)


def log_looks(viewer: Viewer, person_keys: Iterable[bytes], what: str) -> None:
    """The same for everybody on a list, before it is shown."""
    seen = [key for key in person_keys if rights.must_log_look(viewer, key)]
    if seen:
        with database.writing() as connection:
            looks.add_by_person(connection, seen, viewer.key, what, clock.now_us())


def _years(connection: Connection, person_key: bytes, this_year: int) -> tuple[int, ...]:
    """Years with entries, newest first, this year always among them."""
    years, before = {this_year}, LAST_DAY + 1
    for _step in range(records.MOST_YEARS):
        day = records.newest_day_before(connection, person_key, before)
        if day is None or day < FIRST_DAY:
            break
        year = date.fromordinal(day).year
        years.add(year)
        before = date(year, 1, 1).toordinal()
    return tuple(sorted(years, reverse=True))


def _entries(
    connection: Connection,
    current: Catalogue,
    person_key: bytes,
    actors: Sequence[bytes],
    first: int,
    last: int,
    cursor: Cursor | None,
) -> Entries:
    """One page of a year's entries, newest first, a day's rows in the order of the clock backwards."""
    begin = cursor or Cursor(last, 0)
    until = min(begin.day, last)
    busy = records.busy_days(connection, person_key, first, until, DAYS_AT_ONCE)
    providers = courses.provider_names(connection)
    gathered: list[Entry] = []
    for position, (day, _rows) in enumerate(busy):
        skip = begin.skip if day == begin.day else 0
        room = PAGE - len(gathered)
        ids = records.statements_of_day(connection, person_key, actors, day, skip, room + 1)
        gathered += _entries_of(connection, current, providers, person_key, actors, day, ids[:room])
        if len(ids) > room:
            return Entries(tuple(gathered), Cursor(day, skip + room))
        more = position + 1 < len(busy) or len(busy) == DAYS_AT_ONCE
        if len(gathered) == PAGE and more:
            return Entries(tuple(gathered), _before(day, first))
    return Entries(tuple(gathered), _before(busy[-1][0], first) if len(busy) == DAYS_AT_ONCE else None)


def _before(day: int, first: int) -> Cursor | None:
    """Where the entries before a day begin; None where the year begins with that day."""
    return Cursor(day - 1, 0) if day > first else None


def _with_unknown(connection: Connection, entries: Entries) -> Entries:
    ids = sorted({entry.statement_id for entry in entries.shown if entry.course is None})
    found = shown.shown(connection, ids) if ids else {}
    return replace(entries, unknown={key: outline(statement).sent for key, statement in found.items()})


def _entries_of(
    connection: Connection,
    current: Catalogue,
    providers: dict[int, str],
    person_key: bytes,
    actors: Sequence[bytes],
    day: int,
    ids: Sequence[bytes],
) -> list[Entry]:
    by_statement: dict[bytes, list[records.Piece]] = {statement_id: [] for statement_id in ids}
    for piece in records.pieces(connection, person_key, [day], ids):
        by_statement[piece.statement_id].append(piece)
    times = records.times(connection, actors, ids)
    found = []
    for statement_id, pieces in by_statement.items():
        when = times.get(statement_id)
        # Where the LRS set the timestamp, it says when we heard of it and not when somebody learned.
        if when is not None and not when.flags & OWN_TIME:
            when = None
        course = course_of(pieces, current.courses)
        found.append(
            Entry(
                statement_id=statement_id,
                day=day,
                course=course.title if course else None,
                provider=providers.get(pieces[0].provider_id, ""),
                parts=parts_of(pieces),
                start=when.start if when else None,
                at=when.at if when else None,
            )
        )
    return found
