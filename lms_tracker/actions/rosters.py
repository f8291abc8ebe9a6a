"""Rosters of a commune's people: handed in, looked at, decided about. `roster_applying` writes them.

A preview is kept with what was decided about it; who is known is looked up anew each time it is seen and
again when it is applied, so that it never tells of a commune of yesterday.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection

from lms_tracker import logs
from lms_tracker.actions import clock, records, rights
from lms_tracker.actions.places import coded
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.actions.roster_communes import Commune, commune_of
from lms_tracker.learning.course_sheets import Bounds
from lms_tracker.learning.names import spelled
from lms_tracker.learning.places import Level
from lms_tracker.learning.roster_files import BOUNDS, read_roster
from lms_tracker.learning.roster_likeness import Known, Placed
from lms_tracker.learning.roster_lines import Roster, RosterProblem
from lms_tracker.learning.roster_matching import LINE, PERSON, SOMEBODY_NEW, Match, Verdict, absent, match
from lms_tracker.learning.roster_places import Spot, Spots
from lms_tracker.store import database, places, residences, residents, rosters
from lms_tracker.store.places import Place
from lms_tracker.store.rosters import RosterRow

log = logs.logger(__name__)

# What people send by a browser is read while they wait.
PAGE_BOUNDS = Bounds(bytes=8 * 1024 * 1024, unpacked_bytes=96 * 1024 * 1024, tags=4_000_000, lines=30_001)
# Previews of one officer that wait at once, and days after which one is thrown away.
MOST_WAITING = 20
PREVIEW_DAYS = 30
DAY_US = 86_400_000_000
LONGEST_NAME = 120
MOVED, DIED = "moved", "died"

# How much is done, and of how much.
Progress = Callable[[int, int], None]


def unseen(done: int, total: int) -> None:
    """Nobody watches."""


class RosterRefused(ValueError):
    """What cannot be done with a roster; `rule` is a stable name, the text an English sentence."""

    def __init__(self, rule: str, sentence: str) -> None:
        super().__init__(sentence)
        self.rule = rule


class NoRoster(LookupError):
    """There is no such roster."""


class Settled(RosterRefused):
    """Somebody has applied or thrown away this roster before."""

    def __init__(self) -> None:
        super().__init__("settled", "expected a preview; it was applied or thrown away before")


class Kept(msgspec.Struct, kw_only=True):
    """What the database keeps of a preview, as JSON.

    `as_of` is the local day of which the list speaks. `decisions` are those of `roster_matching`, by line;
    `meant` tells by their words which places are meant; `gone` who is in the list no longer: (moved or died,
    last day), by the person's key in hex.
    """

    roster: Roster
    as_of: date
    decisions: dict[int, str] = {}
    meant: dict[str, int] = {}
    gone: dict[str, tuple[str, date]] = {}


@dataclass(frozen=True, slots=True)
class Seen:
    """A roster against the people who are known. `unplaced` counts lines by the words nobody knows."""

    commune: Commune
    kept: Kept
    matches: Sequence[Match]
    absent: Sequence[Known]
    problems: Sequence[RosterProblem]
    unplaced: Mapping[str, int]

    def of(self, *verdicts: Verdict) -> list[Match]:
        return [one for one in self.matches if one.verdict in verdicts]

    @property
    def questions(self) -> list[Match]:
        """Lines about which an officer is or was asked, in their order."""
        return [one for one in self.matches if one.candidates or one.placed.line.line in self.kept.decisions]

    def counts(self) -> dict[str, int]:
        known = self.of(Verdict.KNOWN)
        wrong = {one.line for one in self.problems if one.is_grave}
        return {
            "new": len(self.of(Verdict.NEW)),
            "changed": sum(1 for one in known if one.changes),
            "unchanged": sum(1 for one in known if not one.changes),
            "twice": len(self.of(Verdict.TWICE)),
            "waiting": len(self.of(Verdict.ASK)),
            "wrong": len(wrong),
            "absent": len(self.absent),
            "gone": sum(1 for one in self.absent if one.key.hex() in self.kept.gone),
        }


# --- handing in ------------------------------------------------------------------------------------------


def hand_in(viewer: Viewer, place_id: int, data: bytes, name: str, as_of: date | None = None) -> int:
    """Read a roster and keep its preview; answers its number.

    `as_of` is the local day of which it speaks, today unless given. Raises rights.NotAllowed, RosterRefused
    and learning.roster_lines.RosterRefusal.
    """
    with database.reading() as connection:
        rights.demand_at(connection, viewer, Right.ENTER, place_id)
        place = demand_place(connection, place_id)
        if rosters.waiting(connection, viewer.key) >= MOST_WAITING:
            raise RosterRefused("too-many-previews", f"expected at most {MOST_WAITING} previews that wait")
        needs_place = _has_local_places(connection, place)
    kept = read(data, needs_place, as_of, PAGE_BOUNDS)
    with database.writing() as connection:
        text = msgspec.json.encode(kept).decode()
        return rosters.add(connection, place_id, viewer.key, clock.now_us(), name[:LONGEST_NAME], text)


def place_with_code(code: str) -> int:
    """The unit of today with a national code. Raises actions.places.PlacesRefused."""
    with database.reading() as connection:
        return coded(connection, code, clock.today()).id


def demand_place(connection: Connection, place_id: int) -> Place:
    """A commune or a place in one. Raises RosterRefused."""
    place = places.by_id(connection, place_id)
    if place is None or place.level < Level.COMMUNE:
        raise RosterRefused("place-level", "expected a commune, or a place in one")
    return place


def _has_local_places(connection: Connection, place: Place) -> bool:
    return place.level == Level.COMMUNE and bool(places.children(connection, place.id, clock.today()))


def read(data: bytes, needs_place: bool, as_of: date | None, bounds: Bounds = BOUNDS) -> Kept:
    """Raises RosterRefused and learning.roster_lines.RosterRefusal."""
    today = clock.today()
    if as_of is not None and as_of > today:
        raise RosterRefused("as-of-future", "expected a day that has come as the day of the list")
    roster = read_roster(data, today=today, needs_place=needs_place, bounds=bounds)
    return Kept(roster=roster, as_of=as_of or today)


def checked(place_id: int, data: bytes, as_of: date | None, decisions: Mapping[int, str]) -> Seen:
    """A roster against the people who are known; stores nothing. Raises as `hand_in` does."""
    with database.reading() as connection:
        place = demand_place(connection, place_id)
        kept = read(data, _has_local_places(connection, place), as_of)
        kept.decisions = dict(decisions)
        return see(commune_of(connection, place), kept)


# --- looking ---------------------------------------------------------------------------------------------


def preview(viewer: Viewer, number: int) -> tuple[RosterRow, Seen | None]:
    """A roster, and against whom is known now; None once it is settled. Raises NotAllowed and NoRoster."""
    with database.reading() as connection:
        row = _demand(connection, viewer, rosters.of(connection, number))
        if row.state != rosters.PREVIEW:
            return row, None
        place = demand_place(connection, row.place_id)
        return row, see(commune_of(connection, place, viewer), decoded(row))


def log_shown(viewer: Viewer, keys: Iterable[bytes]) -> None:
    """Keep that somebody looked at people whom a preview shows beside its lines."""
    records.log_looks(viewer, dict.fromkeys(keys), "roster")


def decoded(row: RosterRow) -> Kept:
    return msgspec.json.decode(row.rows, type=Kept)


def _demand(connection: Connection, viewer: Viewer, row: RosterRow | None) -> RosterRow:
    if row is None:
        raise NoRoster
    rights.demand_at(connection, viewer, Right.ENTER, row.place_id)
    return row


def see(commune: Commune, kept: Kept) -> Seen:
    """What becomes of each line as things stand."""
    finder = Spots(Spot(one.id, one.kind, one.name) for one in commune.spots.values())
    has_choice = len(commune.spots) > 1
    placed, problems, unplaced = [], list(kept.roster.problems), dict[str, int]()
    for line in kept.roster.lines:
        place_id: int | None = commune.place.id
        if has_choice or (line.place and commune.place.level > Level.COMMUNE):
            place_id = kept.meant.get(spelled(line.place)) or finder.meant(line.place)
        if place_id is not None and place_id in commune.spots:
            placed.append(Placed(line, place_id))
            continue
        unplaced[line.place] = unplaced.get(line.place, 0) + 1
        rule = "place-unknown" if line.place else "place-needed"
        problems.append(
            RosterProblem(
                line=line.line,
                column="place",
                rule=rule,
                expected="a place of this commune",
                got=line.place[:80],
            )
        )
    matches = match(placed, commune.known, kept.decisions)
    missing = absent(commune.known, matches)
    problems.sort(key=lambda one: one.line)
    return Seen(commune, kept, matches, missing, problems, unplaced)


# --- deciding --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decisions:
    """What an officer says on one page of a preview; an empty answer takes an earlier one back."""

    lines: Mapping[int, str]
    places: Mapping[str, int | None]
    gone: Mapping[bytes, tuple[str, date] | None]


def decide(viewer: Viewer, number: int, said: Decisions) -> None:
    """Keep decisions about a preview. Raises NotAllowed, NoRoster, Settled and RosterRefused."""
    with database.writing() as connection:
        row = _demand(connection, viewer, rosters.locked(connection, number))
        kept = demand_preview(row)
        numbers = {line.line for line in kept.roster.lines}
        for line, answer in said.lines.items():
            if line in numbers and (
                not answer or answer == SOMEBODY_NEW or answer.startswith((PERSON, LINE))
            ):
                _keep(kept.decisions, line, answer[:60] or None)
        words = {line.place for line in kept.roster.lines}
        for text, place_id in said.places.items():
            if text in words:
                _keep(kept.meant, spelled(text), place_id)
        today = clock.today()
        for key, what in said.gone.items():
            if what is not None and (what[0] not in (MOVED, DIED) or what[1] > today):
                raise RosterRefused("gone-day", "expected moved or died, and a day that has come")
            if not rights.may(connection, viewer, Right.ENTER, key):
                # Of them nothing would be written, and nothing is told.
                continue
            if what is not None and not _lived_there(connection, key, what[1]):
                raise RosterRefused("gone-day", "expected a day on which they lived there")
            _keep(kept.gone, key.hex(), what)
        rosters.keep(connection, number, msgspec.json.encode(kept).decode())


def _lived_there(connection: Connection, person_key: bytes, day: date) -> bool:
    """Whether a day can be the last on which somebody lived where they do: not before it, nor their birth."""
    facts = residents.of(connection, person_key)
    born = facts.birth_year if facts is not None and facts.birth_year is not None else date.min.year
    begun = [one.since for one in residences.of_person(connection, person_key) if one.until is None]
    return born <= day.year and all(since is None or since <= day for since in begun)


def demand_preview(row: RosterRow) -> Kept:
    """Raises Settled."""
    if row.state != rosters.PREVIEW:
        raise Settled
    return decoded(row)


def _keep(where: dict[Any, Any], key: object, value: object) -> None:
    if value is None:
        where.pop(key, None)
    else:
        where[key] = value


def throw_away(viewer: Viewer, number: int) -> None:
    """Forget a preview and the people in it. Raises NotAllowed, NoRoster and Settled."""
    with database.writing() as connection:
        row = _demand(connection, viewer, rosters.locked(connection, number))
        demand_preview(row)
        rosters.settle(connection, number, rosters.DISCARDED, "", clock.now_us())


def drop_old() -> int:
    """Throw away previews that nobody settled for long; how many there were."""
    now = clock.now_us()
    with database.writing() as connection:
        found = rosters.old_previews(connection, now - PREVIEW_DAYS * DAY_US, 20)
        for number in found:
            rosters.settle(connection, number, rosters.DISCARDED, "", now)
    return len(found)


def newest(viewer: Viewer, place_id: int, limit: int = 20) -> list[RosterRow]:
    """The newest rosters of a place and of all below it. Raises rights.NotAllowed."""
    with database.reading() as connection:
        rights.demand_at(connection, viewer, Right.ENTER, place_id)
        place = demand_place(connection, place_id)
        inside = [one.id for one in places.subtree(connection, place.path)]
        return rosters.newest(connection, inside, limit)
