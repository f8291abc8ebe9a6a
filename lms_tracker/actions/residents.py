"""The people of a place, their households and clans: who sees them, and what an officer writes of them.

Every look at somebody by another person is logged, those at lists for all who stand in them together (I17).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, identity, records, rights, roster_applying
from lms_tracker.actions.records import NotFound
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.actions.roster_communes import PURPOSE
from lms_tracker.actions.rosters import DIED, MOVED
from lms_tracker.learning.names import folded, has_marks, spelled
from lms_tracker.learning.places import Level
from lms_tracker.store import consents, database, kinships, people, places, residences, residents
from lms_tracker.store.consents import Consent
from lms_tracker.store.kinships import Counted, Membership
from lms_tracker.store.places import Place
from lms_tracker.store.residences import Listed, Residence
from lms_tracker.store.residents import Facts

log = logs.logger(__name__)

# People, households or clans on a page.
PAGE = 50
# Somebody who types marks is given who has the same ones: so many are looked through for a page.
AT_ONCE, MOST_LOOKED_AT = 500, 10_000
MOST_CHARACTERS = 100
# Places that are offered to begin with.
MOST_PLACES = 100

After = tuple[str, bytes] | None


class ResidentRefused(ValueError):
    """What cannot be written of somebody; `rule` is a stable name."""

    def __init__(self, rule: str, sentence: str) -> None:
        super().__init__(sentence)
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Here:
    """A place as its pages show it: what lies above and below it, and whether its people may be entered."""

    place: Place
    above: Sequence[Place]
    below: Sequence[Place]
    may_enter: bool


@dataclass(frozen=True, slots=True)
class People:
    """A page of who lives in a place; `count` is of everybody there, `next` where the list goes on."""

    here: Here
    shown: Sequence[Listed]
    at: Mapping[int, Place]
    consents: Mapping[bytes, Consent]
    count: int
    next: After


@dataclass(frozen=True, slots=True)
class Person:
    facts: Facts
    residences: Sequence[tuple[Residence, Place]]
    memberships: Sequence[Membership]
    consents: Sequence[tuple[Consent, str]]
    identifiers: int
    may_enter: bool


@dataclass(frozen=True, slots=True)
class Kinships:
    here: Here
    kind: str
    shown: Sequence[Counted]
    at: Mapping[int, Place]
    next: tuple[str, int] | None


def my_places(viewer: Viewer) -> list[Place]:
    """The places where somebody sees people, as they were granted. Raises rights.NotAllowed."""
    rights.demand_somewhere(viewer, Right.SEE)
    within = rights.reach(viewer, Right.SEE)
    with database.reading() as connection:
        found = places.by_ids(connection, within.places[:MOST_PLACES])
        if within.everywhere:
            found |= places.by_ids(connection, residences.places_with_people(connection, MOST_PLACES))
    communes = [one for one in found.values() if one.level <= Level.COMMUNE or not within.everywhere]
    return sorted(communes or found.values(), key=lambda one: (one.level, one.path))


def people_of(viewer: Viewer, place_id: int, text: str = "", after: After = None) -> People:
    """Who lives in a place now and is called so, by given name. Raises rights.NotAllowed and NotFound.

    A text without marks finds every name that it is without marks; one with marks those with the same.
    """
    on = clock.today()
    with database.reading() as connection:
        here = _here(connection, viewer, place_id, on)
        shown = _called(connection, here.place.path, on, text[:MOST_CHARACTERS], after)
        following = (shown[PAGE - 1].sort_key, shown[PAGE - 1].key) if len(shown) > PAGE else None
        shown = shown[:PAGE]
        found = People(
            here,
            shown,
            places.by_ids(connection, {one.place_id for one in shown}),
            consents.newest(connection, [one.key for one in shown], PURPOSE),
            residences.count(connection, here.place.path, on),
            following,
        )
    records.log_looks(viewer, [one.key for one in found.shown], "people")
    return found


def _called(connection: Connection, path: str, on: date, text: str, after: After) -> list[Listed]:
    words = folded(text).split()
    if not has_marks(text):
        return residences.listed(connection, path, on, words, after, PAGE + 1)
    wanted, found = spelled(text).split(), list[Listed]()
    for _ in range(MOST_LOOKED_AT // AT_ONCE):
        some = residences.listed(connection, path, on, words, after, AT_ONCE)
        found += [one for one in some if _begin_words(wanted, spelled(one.name).split())]
        if len(found) > PAGE or len(some) < AT_ONCE:
            break
        after = some[-1].sort_key, some[-1].key
    return found


def _begin_words(wanted: Sequence[str], words: Sequence[str]) -> bool:
    return all(any(word.startswith(one) for word in words) for one in wanted)


def here(viewer: Viewer, place_id: int) -> Here:
    """A place, for a page about it. Raises rights.NotAllowed and NotFound."""
    with database.reading() as connection:
        return _here(connection, viewer, place_id, clock.today())


def _here(connection: Connection, viewer: Viewer, place_id: int, on: date) -> Here:
    rights.demand_at(connection, viewer, Right.SEE, place_id)
    place = places.by_id(connection, place_id)
    if place is None:
        raise NotFound
    return Here(
        place,
        places.ancestors(connection, place),
        places.children(connection, place_id, on),
        place.level >= Level.COMMUNE and rights.may_at(connection, viewer, Right.ENTER, place_id),
    )


def person(viewer: Viewer, key: bytes) -> Person:
    """What is known of somebody. Raises rights.NotAllowed and NotFound."""
    with database.reading() as connection:
        rights.demand_over(connection, viewer, Right.SEE, key)
        facts = residents.of(connection, key)
        if facts is None:
            raise NotFound
        lived = residences.of_person(connection, key)
        at = places.by_ids(connection, {one.place_id for one in lived})
        answers = consents.of_person(connection, key, PURPOSE)
        asked_by = people.names(connection, [one.by_person for one in answers if one.by_person])
        found = Person(
            facts,
            [(one, at[one.place_id]) for one in lived],
            kinships.of_person(connection, key),
            [(one, asked_by.get(one.by_person or b"", ("", ""))[0]) for one in answers],
            residents.identifiers(connection, key),
            rights.may(connection, viewer, Right.ENTER, key),
        )
    records.log_look(viewer, key, "person")
    return found


def demand_enter(viewer: Viewer, key: bytes, *, where_they_live: bool = False) -> None:
    """Raises rights.NotAllowed, NotFound; `where_they_live` demands the right over that place itself."""
    with database.reading() as connection:
        _demand_enter(connection, viewer, key, where_they_live)


def _demand_enter(connection: Connection, viewer: Viewer, key: bytes, where_they_live: bool) -> None:
    rights.demand_over(connection, viewer, Right.ENTER, key)
    if identity.current(connection, key) != key or residents.of(connection, key) is None:
        raise NotFound
    for one in residences.of_person(connection, key) if where_they_live else ():
        if one.until is None:
            rights.demand_at(connection, viewer, Right.ENTER, one.place_id)


def leave(viewer: Viewer, key: bytes, what: str, last: date) -> None:
    """Write that somebody moved away or died, with the last day on which they lived there.

    That is for officers of the place: a school knows nothing of it. Raises rights.NotAllowed, NotFound and
    ResidentRefused.
    """
    if what not in (MOVED, DIED):
        raise ResidentRefused("what", "expected moved or died")
    if last > clock.today():
        raise ResidentRefused("day-future", "expected a day that has come")
    with database.writing() as connection:
        _demand_enter(connection, viewer, key, True)
        facts = residents.of(connection, key)
        if facts is not None and facts.birth_year is not None and last.year < facts.birth_year:
            raise ResidentRefused("day-before-birth", "expected a day of their life")
        lived = [one for one in residences.of_person(connection, key) if one.until is None]
        if any(one.since is not None and one.since > last for one in lived):
            raise ResidentRefused("day-before-since", "expected no day before they lived there")
        roster_applying.end(connection, key, what, last)
    log.info("residence ended", what=what)


def note_consent(viewer: Viewer, key: bytes, given: bool) -> None:
    """Keep what somebody answered on paper. Raises rights.NotAllowed and NotFound."""
    with database.writing() as connection:
        _demand_enter(connection, viewer, key, False)
        consents.add(connection, [(key, given)], PURPOSE, "paper", viewer.key, clock.now_us())


def kinships_of(viewer: Viewer, place_id: int, kind: str, after: tuple[str, int] | None = None) -> Kinships:
    """Households or clans of a place and of all below it. Raises rights.NotAllowed and NotFound."""
    if kind not in kinships.KINDS:
        raise NotFound
    on = clock.today()
    with database.reading() as connection:
        here = _here(connection, viewer, place_id, on)
        shown = kinships.listed(connection, here.place.path, kind, on, after, PAGE + 1)
        following = (shown[PAGE - 1].sort_key, shown[PAGE - 1].kinship.id) if len(shown) > PAGE else None
        at = places.by_ids(connection, {one.kinship.place_id for one in shown[:PAGE]})
        return Kinships(here, kind, shown[:PAGE], at, following)
