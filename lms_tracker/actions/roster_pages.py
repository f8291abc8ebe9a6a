"""A roster as its page shows it: what is asked about, some at a time, with whom a line may mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from lms_tracker.actions import names, rosters
from lms_tracker.actions.rights import Viewer
from lms_tracker.actions.rosters import Seen
from lms_tracker.learning.roster_likeness import Known
from lms_tracker.learning.roster_lines import RosterLine
from lms_tracker.learning.roster_matching import Match
from lms_tracker.store import database, places
from lms_tracker.store.places import Place
from lms_tracker.store.rosters import RosterRow

# Questions, people who are missing, and lines on a page.
PAGE = 25


@dataclass(frozen=True, slots=True)
class Earlier:
    """A roster in a list, with who handed it in."""

    row: RosterRow
    by: str
    place: Place


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a preview; `seen` is None, and `done` filled, once the roster is settled.

    `known` and `lines` are whom the questions of this page may mean; `unplaced` are words that no place has,
    with how many lines have them.
    """

    row: RosterRow
    place: Place
    by: str
    seen: Seen | None
    done: Mapping[str, int]
    counts: Mapping[str, int]
    questions: Sequence[Match]
    absent: Sequence[Known]
    unplaced: Sequence[tuple[str, int]]
    lines_shown: Sequence[Match]
    known: Mapping[bytes, Known]
    lines: Mapping[int, RosterLine]
    at: Mapping[int, Place]
    page: int
    pages: int


def page(viewer: Viewer, number: int, wanted: int) -> Page:
    """Raises rights.NotAllowed and rosters.NoRoster. Looks at people who are known are logged."""
    row, seen = rosters.preview(viewer, number)
    with database.reading() as connection:
        place = rosters.demand_place(connection, row.place_id)
        by = names.of(connection, [row.by_person]).get(row.by_person, "")
    if seen is None:
        done = msgspec.json.decode(row.summary, type=dict[str, int]) if row.summary else {}
        return Page(row, place, by, None, done, {}, (), (), (), (), {}, {}, {}, 1, 1)
    start, end = (wanted - 1) * PAGE, wanted * PAGE
    questions, missing, lines = (
        seen.questions[start:end], seen.absent[start:end], seen.matches[start:end],
    )  # fmt: skip
    unplaced = [(words, count) for words, count in seen.unplaced.items() if words][:PAGE]
    longest = max(len(seen.questions), len(seen.absent), len(seen.matches))
    asked = {candidate.key for one in questions for candidate in one.candidates}
    decided = {one.key for one in questions}
    known = {one.key: one for one in seen.commune.known if one.key in asked or one.key in decided}
    rosters.log_shown(viewer, [*known, *(one.key for one in missing)])
    with database.reading() as connection:
        ids = {one.place_id for one in known.values()} | {one.place_id for one in missing}
        at = {**places.by_ids(connection, ids), **seen.commune.spots}
    return Page(
        row, place, by, seen, {}, seen.counts(), questions, missing, unplaced, lines, known,
        {one.line: one for one in seen.kept.roster.lines}, at, wanted, max(1, -(-longest // PAGE)),
    )  # fmt: skip


def newest(viewer: Viewer, place_id: int) -> list[Earlier]:
    """The newest rosters of a place and of all below it. Raises rights.NotAllowed and RosterRefused."""
    rows = rosters.newest(viewer, place_id)
    with database.reading() as connection:
        by = names.of(connection, [one.by_person for one in rows])
        at = places.by_ids(connection, {one.place_id for one in rows})
    return [Earlier(one, by.get(one.by_person, ""), at[one.place_id]) for one in rows]
