"""Statistics of a place and a year, from kept totals alone: what they cost does not grow with the people.

A year is asked of the units of its last day, or of today in the year that runs (I13). What stands under
places of another time is counted in the unit of that day that surely holds it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from lms_tracker.actions import clock, rights
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.reporting import dated_places, subjects
from lms_tracker.actions.reporting.dated_places import Territory
from lms_tracker.actions.reporting.subjects import About
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.places import holds
from lms_tracker.learning.reporting import ratios
from lms_tracker.learning.reporting.measures import MODELS, Counted, Measure, day_of
from lms_tracker.learning.reporting.numbers import Bound
from lms_tracker.learning.reporting.ratios import Change, Explained, ExplainedChange, Ratio
from lms_tracker.store import database, places
from lms_tracker.store.places import Place
from lms_tracker.store.reporting import due, figures, totals
from lms_tracker.store.reporting.figures import Figure
from lms_tracker.store.reporting.headcounts import Totals

PERIOD = "year"
FIRST_YEAR = 2000
MOST_BEGINNINGS = 200


@dataclass(frozen=True, slots=True)
class Published:
    """What was reported beside what is counted here; None for what was not given."""

    figure: Figure
    ratio: Ratio
    explained: Explained | None
    change: ExplainedChange | None


@dataclass(frozen=True, slots=True)
class Line:
    """A model's figures; `registered` is None where a line is only another denominator of the same."""

    counted: Counted
    ratio: Ratio
    registered: int | None
    levels: tuple[int, ...]
    change: Change | None
    published: Published | None


@dataclass(frozen=True, slots=True)
class Part:
    """A unit directly below; without `place` what is known of none of them, and is counted above alone."""

    place: Place | None
    totals: Totals
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Statistics:
    """`on` is the day whose units these are.

    `compared` are the units of the year before, none where it cannot be told which those were. `undecided`
    people live in units that were split, of which a part may be this.
    """

    place: Place
    above: tuple[Place, ...]
    year: int
    on: date
    totals: Totals
    lines: tuple[Line, ...]
    parts: tuple[Part, ...]
    compared: tuple[Place, ...]
    undecided: int
    # How many places wait to be counted again, and when the earliest of the others was counted.
    waiting: int
    counted_us: int | None
    years: tuple[int, ...]

    @property
    def is_running(self) -> bool:
        """Whether the year goes on after its day: what is recognised of it is not all that will be."""
        return self.on < date(self.year, 12, 31)


class NotThere(Exception):
    """A unit that was not there on the day of the year; `instead` are those that it became or was made of."""

    def __init__(self, place: Place, year: int, on: date, instead: Sequence[Place]) -> None:
        super().__init__(f"the unit was not there on {on.isoformat()}")
        self.place, self.year, self.on, self.instead = place, year, on, tuple(instead)


def of_place(viewer: Viewer | None, place_id: int, year: int | None = None) -> Statistics:
    """Of the year that runs, unless given. Raises NotAllowed, NotFound and NotThere."""
    with database.reading() as connection:
        place = subjects.demand(connection, viewer, About(place_id=place_id), None).place
        if place is None:
            raise NotFound
        today = clock.today()
        asked = today.year if year is None else year
        if not FIRST_YEAR <= asked <= today.year:
            raise NotFound
        on = day_of(asked, today)
        if not holds(place.valid_from, place.valid_to, on):
            raise NotThere(place, asked, on, dated_places.near_in_time(connection, place, on))
        return _statistics(connection, place, asked, on)


def counted(connection: Connection, place: Place, year: int) -> Mapping[str, Ratio]:
    """The ratios of a place by the codes of MODELS; none where it was not there or nothing is counted."""
    on = day_of(year, clock.today())
    if not FIRST_YEAR <= year <= clock.today().year or not holds(place.valid_from, place.valid_to, on):
        return {}
    found = _whole([_gathered(connection, _subtree(connection, place), year, on)])
    if Measure.COUNTED_US not in found:
        return {}
    return {one.indicator: _ratio(one, found, on) for one in MODELS}


def _statistics(connection: Connection, place: Place, year: int, on: date) -> Statistics:
    subtree = _subtree(connection, place)
    here = _gathered(connection, subtree, year, on)
    last_day = date(year - 1, 12, 31)
    compared = dated_places.as_on(connection, place, last_day) or []
    trees = [subtree if one.id == place.id else _subtree(connection, one) for one in compared]
    before = _whole([_gathered(connection, one, year - 1, last_day) for one in trees])
    reported = _reported(connection, place, year)
    total = _whole([here])
    is_comparable = bool(before.get(Measure.COUNTED_US))
    lines = _lines(total, on, before if is_comparable else None, last_day, reported)
    below = places.children(connection, place.id, on)
    parts = [Part(one, here.by_child.get(one.id, Counter()), ()) for one in below]
    rest = here.by_child.get(0, Counter())
    if below and any(rest[measure] for measure in Measure if measure not in _OWN):
        parts.append(Part(None, rest, ()))
    return Statistics(
        place=place,
        above=tuple(places.ancestors(connection, place)),
        year=year,
        on=on,
        totals=total,
        lines=lines,
        parts=tuple(Part(one.place, one.totals, _lines(one.totals, on, None, None, {})) for one in parts),
        compared=tuple(compared) if is_comparable else (),
        undecided=here.undecided,
        waiting=due.waiting_below(connection, [place.path], here.related),
        counted_us=total.get(Measure.COUNTED_US),
        years=tuple(range(clock.today().year, _first_year(connection, place, year) - 1, -1)),
    )


def _first_year(connection: Connection, place: Place, asked: int) -> int:
    kept = totals.first_year(connection, place.path)
    return min(asked, clock.today().year - 2, asked if kept is None else kept)


# --- sums of a subtree -----------------------------------------------------------------------------------

# What a commune counts of itself, which nobody looks for below it.
_OWN = frozenset(
    {
        Measure.COUNTED_US, Measure.COMMUNES, Measure.COMMUNES_REGISTERED, Measure.COMMUNES_ACHIEVED,
        Measure.COMMUNES_LEVEL_1, Measure.COMMUNES_LEVEL_2,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Gathered:
    """By unit directly below, 0 for what is known of none of them; `related` are places of other times."""

    by_child: Mapping[int, Totals]
    undecided: int
    related: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Subtree:
    """A unit with all below it, and the places of other times that may belong to it, of whatever year."""

    place: Place
    related: Sequence[Place]
    territory: Territory


def _subtree(connection: Connection, place: Place) -> _Subtree:
    related = totals.related(connection, place.path)
    return _Subtree(place, related, Territory(connection, related))


def _gathered(connection: Connection, subtree: _Subtree, year: int, on: date) -> _Gathered:
    path = subtree.place.path
    found = totals.sums(connection, path, year, on)
    for child, counts in totals.units(connection, path, on).items():
        _add(found.setdefault(child, Counter()), counts)
    adrift = [one.id for one in subtree.related if not holds(one.valid_from, one.valid_to, on)]
    loose = totals.of_places(connection, adrift, year)
    undecided = 0
    for number, belongs in subtree.territory.belonging(loose.keys(), on).items():
        if belongs.path.startswith(path):
            rest = belongs.path[len(path) :]
            _add(found.setdefault(int(rest.split("/")[0]) if rest else 0, Counter()), loose[number])
        elif any(may_be.startswith(path) for may_be in belongs.may_be):
            undecided += loose[number][Measure.PEOPLE]
    return _Gathered(found, undecided, tuple(loose))


def _whole(gathered: Sequence[_Gathered]) -> Totals:
    found: Totals = Counter()
    for one in gathered:
        for counts in one.by_child.values():
            _add(found, counts)
    return found


def _add(found: Totals, more: Totals) -> None:
    """Sums; of when it was counted the earliest."""
    for measure, value in more.items():
        if measure is Measure.COUNTED_US:
            found[measure] = min(found.get(measure, value), value)
        else:
            found[measure] += value


# --- ratios ----------------------------------------------------------------------------------------------


def _lines(
    now: Totals,
    on: date,
    before: Totals | None,
    last_day: date | None,
    reported: Mapping[tuple[str, int], Figure],
) -> tuple[Line, ...]:
    found = []
    for counted in MODELS:
        ratio = _ratio(counted, now, on)
        last = None if before is None else _ratio(counted, before, last_day)
        published = None
        if (counted.indicator, on.year) in reported:
            published = _published(
                reported[counted.indicator, on.year], reported.get((counted.indicator, on.year - 1))
            )
        found.append(
            Line(
                counted,
                ratio,
                None if counted.registered is None else now[counted.registered],
                tuple(now[level] for level in counted.levels),
                None if last is None else ratios.change(ratio, last),
                published,
            )
        )
    return tuple(found)


def _ratio(counted: Counted, found: Totals, on: date | None) -> Ratio:
    return Ratio(found[counted.achieved], found[counted.base], counted.counts, on)


def _reported(connection: Connection, place: Place, year: int) -> dict[tuple[str, int], Figure]:
    codes = [one.indicator for one in MODELS]
    held = figures.holding(connection, [About(place_id=place.id)], [year, year - 1], codes)
    return {(one.indicator, one.year): one for one in held if one.period == PERIOD}


def _published(figure: Figure, last: Figure | None) -> Published:
    ratio = reported_ratio(figure)
    change = None
    if figure.published_change and last is not None:
        change = ratios.explained_change(ratio, reported_ratio(last), Decimal(figure.published_change))
    share = figure.published_ratio
    return Published(figure, ratio, ratios.explained(ratio, Decimal(share)) if share else None, change)


def reported_ratio(figure: Figure) -> Ratio:
    """The ratio of a figure as it was reported, with its bound; without denominator it has none."""
    return Ratio(
        Decimal(figure.value),
        Decimal(figure.denominator) if figure.denominator else 0,
        figure.denominator_counts,
        figure.denominator_on,
        numerator_bound=Bound(figure.bound),
    )


# --- where to begin --------------------------------------------------------------------------------------


def beginnings(viewer: Viewer, year: int | None = None) -> list[Place]:
    """The places whose statistics somebody is likely to look for: theirs, with all above, highest first.

    Whoever sees everything is given the provinces of the year. Raises NotAllowed.
    """
    rights.demand_somewhere(viewer, Right.SEE)
    reach = rights.reach(viewer, Right.SEE)
    on = day_of(year or clock.today().year, clock.today())
    with database.reading() as connection:
        if reach.everywhere:
            return places.children(connection, None, on)
        ids = {int(part) for path in reach.place_paths for part in path.strip("/").split("/")}
        found = places.by_ids(connection, ids)
    there = [one for one in found.values() if holds(one.valid_from, one.valid_to, on)]
    return sorted(there, key=lambda one: (one.level, one.path))[:MOST_BEGINNINGS]
