"""What organisers see of everybody together: learners, hours, providers, and why time was not credited."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from lms_tracker.actions import catalogue, clock, names, people, records, rights
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.records import Hours
from lms_tracker.store import arrivals, courses, database, due, overview, reach
from lms_tracker.store import people as rows
from lms_tracker.store.reach import Reach

DAYS = 30
DAY_US = 86_400_000_000
PAGE = 50


@dataclass(frozen=True, slots=True)
class CategorySum:
    category: str
    courses: int
    hours: Hours


@dataclass(frozen=True, slots=True)
class ProviderSum:
    """`learners` and `seconds` are credited in the year, in the provider's courses.

    The rest is of the last `DAYS` days; `newest` is the position of the newest statement.
    """

    name: str
    learners: int
    seconds: int
    arrived: int
    newest: int | None
    refused: int


@dataclass(frozen=True, slots=True)
class ReasonSum:
    reason: int
    pieces: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Learner:
    key: str
    name: str
    hours: Hours


@dataclass(frozen=True, slots=True)
class Overview:
    year: int
    this_year: int
    learners: int
    hours: Hours
    categories: tuple[CategorySum, ...]
    providers: tuple[ProviderSum, ...]
    # None, like what arrived from the providers, where only a part of the country is shown.
    reasons: tuple[ReasonSum, ...] | None


@dataclass(frozen=True, slots=True)
class Learners:
    year: int
    this_year: int
    shown: tuple[Learner, ...]
    page: int
    more: bool


def overview_of(viewer: Viewer | None, year: int | None = None) -> Overview:
    """Sums of a local year, the current one unless given, over whoever is within reach.

    What arrived from providers is of everybody and shown to who sees everybody. Raises rights.NotAllowed,
    records.NotFound.
    """
    rights.demand_somewhere(viewer, Right.SEE)
    within = rights.reach(viewer, Right.SEE)
    this_year = clock.today().year
    year, first, last = _year(year, this_year)
    since = clock.now_us() - DAYS * DAY_US
    with database.reading() as connection:
        known = catalogue.current(connection).courses
        providers = courses.provider_names(connection)
        by_course = overview.by_course(connection, within, first, last)
        found: dict[str, CategorySum] = {}
        for one in by_course:
            name = known[one.course_id].category if one.course_id in known else "other"
            before = found.get(name, CategorySum(name, 0, Hours()))
            hours = before.hours + Hours(one.placed, one.nominal)
            found[name] = CategorySum(name, before.courses + 1, hours)
        return Overview(
            year=year,
            this_year=this_year,
            learners=overview.learners(connection, within, first, last),
            hours=sum((one.hours for one in found.values()), Hours()),
            categories=tuple(sorted(found.values(), key=lambda one: -one.hours.total)),
            providers=_provider_sums(connection, within, providers, first, last, since),
            reasons=(
                _reasons(arrivals.reasons_since(connection, list(providers), since))
                if within.everywhere
                else None
            ),
        )


def _provider_sums(
    connection: Connection, within: Reach, providers: Mapping[int, str], first: int, last: int, since: int
) -> tuple[ProviderSum, ...]:
    credited = {one.provider_id: one for one in overview.by_provider(connection, within, first, last)}
    arrived = overview.arrived_since(connection, since) if within.everywhere else {}
    refused = overview.refused_since(connection, since) if within.everywhere else {}
    return tuple(
        ProviderSum(
            name,
            credited[number].learners if number in credited else 0,
            credited[number].seconds if number in credited else 0,
            arrived.get(number, (0, 0))[0],
            arrived[number][1] if number in arrived else None,
            refused.get(number, 0),
        )
        for number, name in sorted(providers.items(), key=lambda pair: pair[1])
        if within.everywhere or number in credited
    )


def _reasons(found: dict[tuple[int, int], tuple[int, int]]) -> tuple[ReasonSum, ...]:
    sums: dict[int, ReasonSum] = {}
    for (_provider, reason), (pieces, seconds) in found.items():
        before = sums.get(reason, ReasonSum(reason, 0, 0))
        sums[reason] = ReasonSum(reason, before.pieces + pieces, before.seconds + seconds)
    return tuple(sorted(sums.values(), key=lambda one: (-one.seconds, -one.pieces, one.reason)))


def learners(viewer: Viewer | None, year: int | None = None, page: int = 1) -> Learners:
    """Who learned in a year, those with most hours first. Raises rights.NotAllowed, records.NotFound.

    A look at everybody shown is logged first.
    """
    viewer = rights.demand_somewhere(viewer, Right.SEE)
    within, this_year = rights.reach(viewer, Right.SEE), clock.today().year
    year, first, last = _year(year, this_year)
    with database.reading() as connection:
        found = overview.by_learner(connection, within, first, last, PAGE + 1, (page - 1) * PAGE)
        more, found = len(found) > PAGE, found[:PAGE]
        called = names.of(connection, [one.person_key for one in found])
    records.log_looks(viewer, (one.person_key for one in found), f"list of learners {year}")
    return Learners(
        year=year,
        this_year=this_year,
        shown=tuple(
            Learner(one.person_key.hex(), called.get(one.person_key, ""), Hours(one.placed, one.nominal))
            for one in found
        ),
        page=page,
        more=more,
    )


def named(viewer: Viewer | None, text: str, year: int | None = None) -> Learners:
    """Whoever is meant by a text, with their hours of a year.

    That is the one with this login or identifier (see `find`), else everybody of that name; nobody where
    nothing fits. Whoever is found is a look at them, and logged. Raises rights.NotAllowed, records.NotFound.
    """
    viewer = rights.demand_somewhere(viewer, Right.SEE)
    key = find(viewer, text)
    this_year = clock.today().year
    year, first, last = _year(year, this_year)
    with database.reading() as connection:
        keys = [bytes.fromhex(key)] if key else _within(connection, viewer, names.find(connection, text))
        hours = {
            one.person_key: Hours(one.placed, one.nominal)
            for one in overview.of_learners(connection, first, last, keys)
        }
        called = names.of(connection, keys)
    if key is None:
        records.log_looks(viewer, keys, "search")
    shown = tuple(Learner(one.hex(), called.get(one, ""), hours.get(one, Hours())) for one in keys)
    return Learners(year=year, this_year=this_year, shown=shown, page=1, more=False)


def find(viewer: Viewer | None, text: str) -> str | None:
    """The person key, in hexadecimal, behind a login, an e-mail address or an Agent as JSON; None if unknown.

    Raises rights.NotAllowed. That somebody was found is a look at them, and logged.
    """
    viewer = rights.demand_somewhere(viewer, Right.SEE)
    with database.reading() as connection:
        key = _sought(connection, text.strip())
        # Whoever is beyond reach is as unknown as somebody who does not exist.
        if key is None or not rights.may(connection, viewer, Right.SEE, key):
            return None
    records.log_look(viewer, key, "search")
    return key.hex()


def _within(connection: Connection, viewer: Viewer, keys: list[bytes]) -> list[bytes]:
    """Those of these people whom the viewer may see, in the same order."""
    seen = reach.within(connection, rights.reach(viewer, Right.SEE), keys)
    return [key for key in keys if key in seen]


def _sought(connection: Connection, text: str) -> bytes | None:
    person = people.with_login(connection, text)
    if person is not None:
        return person.key
    is_agent = text.startswith(("mailto:", "{"))
    try:
        actor = people.identified(text if is_agent else f"mailto:{text}").key
    except people.PersonRefused:
        return None
    key = due.person_keys(connection, [actor])[actor]
    return key if rows.names(connection, [key]) else None


def _year(year: int | None, this_year: int) -> tuple[int, int, int]:
    wanted = this_year if year is None else year
    if not date.min.year <= wanted <= date.max.year:
        raise records.NotFound
    return wanted, date(wanted, 1, 1).toordinal(), date(wanted, 12, 31).toordinal()
