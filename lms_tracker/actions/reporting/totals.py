"""Counting kept totals again: of some places or one organisation at a time, as marks in rows say (I16).

Whoever counts holds the places, removes the marks it saw, reads the rows and writes the totals, all in one
transaction: killed anywhere, the marks stand and they are counted again. Of two workers one counts a place,
and what is committed while it counts has left a mark of its own.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from flask import current_app
from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock
from lms_tracker.actions.recognition.shares import asked_of
from lms_tracker.learning.days import local_days
from lms_tracker.learning.reporting.measures import Measure, day_of
from lms_tracker.store import database, places
from lms_tracker.store.recognition.shares import Asked
from lms_tracker.store.reporting import counting, due, headcounts, totals
from lms_tracker.store.reporting.due import ORGANISATION, PLACE, Due
from lms_tracker.store.reporting.headcounts import Totals

# Subjects looked up at a time, and places that a new day has counted again at a time.
AT_ONCE, REFRESHED_AT_ONCE = 500, 1_000
# Places are counted together while so many people live there, so that others who write wait for moments only.
PEOPLE_AT_ONCE = 10_000

Progress = Callable[[int, int], None]

log = logs.logger(__name__)


@dataclass(frozen=True, slots=True)
class Recounted:
    """How many places and organisations were counted."""

    places: int = 0
    organisations: int = 0


def unseen(done: int, total: int) -> None:
    """For whoever does not look on."""


def recount_due() -> int:
    """Count whatever has a mark; answers how many places and organisations that were."""
    found = recount()
    return found.places + found.organisations


def recount(progress: Progress = unseen) -> Recounted:
    """The same, telling how many of how many are done. Interrupted, the marks say where to go on."""
    counted, held = Counter[str](), set[tuple[str, int]]()
    with database.asking() as connection:
        total = due.count(connection)
    while True:
        with database.reading() as connection:
            waiting = due.oldest(connection, held, AT_ONCE)
        if not waiting:
            return Recounted(counted[PLACE], counted[ORGANISATION])
        for kind, ids in _together(waiting):
            taken = _recount_some(kind, ids)
            counted[kind] += len(taken)
            progress(counted.total(), max(total, counted.total()))
            # Another worker has the rest; who comes after sees their marks gone.
            held |= {(kind, number) for number in ids} - {(kind, one.subject_id) for one in taken}


def _together(waiting: Collection[Due]) -> Iterator[tuple[str, list[int]]]:
    """What one transaction counts: an organisation, or places in which few enough people live."""
    ids = sorted(one.subject_id for one in waiting if one.kind == PLACE)
    with database.reading() as connection:
        residents = counting.residents(connection, ids)
    some, people = list[int](), 0
    for number in ids:
        if some and people + residents.get(number, 0) > PEOPLE_AT_ONCE:
            yield PLACE, some
            some, people = [], 0
        some.append(number)
        people += residents.get(number, 0)
    if some:
        yield PLACE, some
    for one in waiting:
        if one.kind == ORGANISATION:
            yield ORGANISATION, [one.subject_id]


def _recount_some(kind: str, ids: Collection[int]) -> list[Due]:
    """Count subjects of one kind; answers those that had marks and were held by nobody else."""
    with database.writing() as connection:
        taken = due.take(connection, kind, ids)
        if kind == PLACE:
            count_places(connection, taken)
        else:
            for one in taken:
                _count_organisation(connection, one)
    return taken


def count_places(connection: Connection, taken: Collection[Due]) -> None:
    """Write the totals of places that are held, of the years that a mark asks for."""
    known = places.by_ids(connection, [one.subject_id for one in taken])
    if not known:
        return
    kept = counting.years(connection, known)
    asked: dict[int, list[places.Place]] = {}
    for one in taken:
        if one.subject_id in known:
            for year in _years(kept[one.subject_id], one.year):
                asked.setdefault(year, []).append(known[one.subject_id])
    for year, some in sorted(asked.items()):
        found = counting.of_places(connection, some, _asked(year))
        totals.write_places(connection, year, {number: _stamped(one) for number, one in found.items()})


def counted_now(connection: Connection, place_id: int, year: int) -> Mapping[Measure, int]:
    """What a place itself counts as its rows are, whatever is kept: for comparing."""
    place = places.by_id(connection, place_id)
    if place is None:
        return {}
    return counting.of_places(connection, [place], _asked(year))[place_id]


def _count_organisation(connection: Connection, taken: Due) -> None:
    """An organisation's own totals; where it stands and where its people live is to be counted as well."""
    for year in _years(set(), taken.year):
        found = headcounts.of_organisation(connection, taken.subject_id, _asked(year))
        totals.write_organisation(connection, taken.subject_id, year, _stamped(found))
    due.mark_places_of(connection, taken.subject_id, taken.year)


def _years(known: set[int], first: int | None) -> list[int]:
    """A recognition may be kept for years and a residence goes on: with a year all later ones are counted."""
    running = clock.today().year
    if first is None:
        return sorted({*known, running, running - 1})
    return sorted({year for year in known if year >= first} | {first, running})


def _asked(year: int) -> Asked:
    today = clock.today()
    return replace(asked_of(year, day_of(year, today)), today=today)


def _stamped(found: Totals) -> dict[Measure, int]:
    return {**found, Measure.COUNTED_US: clock.now_us()}


def refresh() -> int:
    """Mark what a new day or a new year may have changed: totals of this year counted on an earlier day.

    Those of the year before are final once they were counted after its end. Answers how many were marked.
    """
    days, today = local_days(current_app.config["SETTINGS"].timezone), clock.today()
    moments = {
        today.year: days.start(today.toordinal()),
        today.year - 1: days.start(today.replace(month=1, day=1).toordinal()),
    }
    marked = 0
    with database.reading() as connection:
        found = {
            year: totals.stale(connection, year, second * 1_000_000, REFRESHED_AT_ONCE)
            for year, second in moments.items()
        }
    for year, ids in found.items():
        if ids:
            with database.writing() as connection:
                due.mark_places(connection, ids, year)
            marked += len(ids)
    return marked


def mark_below(place_id: int | None, year: int | None) -> int:
    """Have a place and all below it counted again, or everything for None; answers how many places."""
    with database.writing() as connection:
        place = None if place_id is None else places.by_id(connection, place_id)
        return due.mark_below(connection, None if place is None else place.path, year)
