"""How the households, clans, communities and units of a place stand to the thresholds of a year.

Nothing is kept: it is computed whenever it is looked at. A recognition that was decided stays as it is when a
member's is revoked, and is shown as one that meets its thresholds no longer.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from lms_tracker.actions import clock
from lms_tracker.actions.recognition import criteria, shares
from lms_tracker.learning.criteria import AnySet, Checklist
from lms_tracker.learning.recognition import standings as rules
from lms_tracker.learning.recognition.models import Model
from lms_tracker.learning.recognition.shares import COUNTED_OF, Counted, counted_on
from lms_tracker.learning.recognition.standings import LevelStanding, State
from lms_tracker.store.recognition import standings
from lms_tracker.store.recognition.assessments import Assessment
from lms_tracker.store.recognition.rounds import Round
from lms_tracker.store.recognition.shares import Subjects
from lms_tracker.store.recognition.standings import Held, Subject

Ticks = Mapping[int, Mapping[str, bool]]
MOST_NUMBERS = 1_000


@dataclass(frozen=True, slots=True)
class Standing:
    """How one subject stands in a year: by the set in force, or by that of the recognition of the year."""

    subject: Subject
    criteria: AnySet | None
    shares: Mapping[str, Counted]
    ticks: Mapping[str, bool]
    levels: tuple[LevelStanding, ...]
    held: Held | None
    state: State

    @property
    def first(self) -> LevelStanding | None:
        return self.levels[0] if self.levels else None

    @property
    def missing(self) -> int:
        """How many must still be recognised for level 1, or for the level that is held."""
        held = self.held.level if self.held and self.held.level else 1
        return next((one.missing for one in self.levels if one.level == held), 0)


@dataclass(frozen=True, slots=True)
class Standings:
    """Many subjects of a model, in the order of lists; `on` is the day that decides who belongs."""

    model: Model
    year: int
    on: date
    criteria: AnySet | None
    shown: Sequence[Standing]

    @property
    def counts(self) -> Mapping[State, int]:
        return Counter(one.state for one in self.shown)


def in_place(
    connection: Connection, model: Model, place_id: int, path: str, year: int, limit: int = standings.MOST
) -> Standings:
    """All subjects of a model at a place and below it."""
    used = criteria.perhaps_in_force(connection, model, year, place_id)
    on = _day(used.criteria if used else None, year)
    chosen = standings.below(model, path, on)
    return _standings(connection, model, chosen, used.criteria if used else None, year, on, limit=limit)


def of_subject(connection: Connection, model: Model, subject_id: int, year: int) -> Standings:
    """One subject with all that can be counted of it; nothing in `shown` where there is none."""
    chosen = standings.these(model, [subject_id])
    found = standings.subjects(connection, model, chosen)
    place_id = found[0].place_id if found else None
    unit = subject_id if found and model is Model.UNIT else None
    used = criteria.perhaps_in_force(connection, model, year, place_id, unit)
    on = _day(used.criteria if used else None, year)
    return _standings(
        connection, model, chosen, used.criteria if used else None, year, on, wanted=COUNTED_OF[model]
    )


def of_rows(connection: Connection, found: Round, rows: Sequence[Assessment], ticks: Ticks) -> Standings:
    """The subjects of these rows of a round, by its set, with what was ticked by their numbers."""
    used = criteria.held(connection, found.criteria_set_id).criteria
    model, on = Model(found.model), _day(used, found.year)
    numbers = [row.subject_id for row in rows if row.subject_id is not None]
    # Databases take so many numbers at once and no more; of the whole round the others do no harm.
    is_few = len(numbers) <= MOST_NUMBERS
    chosen = standings.these(model, numbers) if is_few else standings.of_round(found.id)
    return _standings(connection, model, chosen, used, found.year, on, ticks=ticks)


def _day(used: AnySet | None, year: int) -> date:
    return counted_on(used.window.until if used else "12-31", year, clock.today())


def _standings(
    connection: Connection,
    model: Model,
    chosen: Subjects,
    used: AnySet | None,
    year: int,
    on: date,
    *,
    ticks: Ticks | None = None,
    wanted: Sequence[str] = (),
    limit: int = standings.MOST,
) -> Standings:
    subjects = standings.subjects(connection, model, chosen, limit)
    held = standings.held(connection, model, chosen, shares.asked_of(year, on))
    sets = {
        number: criteria.held(connection, number).criteria
        for number in {one.criteria_set_id for one in held.values() if one.year == year}
    }
    needed = {name for one in (used, *sets.values()) if one is not None for name in rules.counted_by(one)}
    counts = shares.of_many(connection, model, chosen, year, on, needed | set(wanted))
    shown = []
    for subject in subjects:
        holds = held.get(subject.id)
        # Of an earlier year's recognition that is kept, the thresholds of that year were met.
        by = used if holds is None or holds.year != year else sets[holds.criteria_set_id]
        shown.append(
            _standing(subject, by, counts[subject.id], holds, (ticks or {}).get(subject.id, {}), year)
        )
    return Standings(model, year, on, used, shown)


def _standing(
    subject: Subject,
    used: AnySet | None,
    counts: Mapping[str, Counted],
    holds: Held | None,
    ticks: Mapping[str, bool],
    year: int,
) -> Standing:
    numbers = used.levels if isinstance(used, Checklist) else ()
    found = (rules.level_of(used, counts, ticks, number) for number in numbers) if used else ()
    levels = tuple(one for one in found if one is not None)
    if holds is not None and holds.year != year:
        return Standing(subject, used, counts, ticks, levels, holds, State.HELD)
    level = holds.level if holds is not None and holds.level else 1
    standing = next((one for one in levels if one.level == level), None)
    state = rules.state_of(standing, holds=holds is not None)
    return Standing(subject, used, counts, ticks, levels, holds, state)


def by_set(standing: Standing, used: Checklist) -> tuple[LevelStanding, ...]:
    """How a subject stands by another set than that of the recognition that it holds."""
    if standing.criteria is used:
        return standing.levels
    found = (rules.level_of(used, standing.shares, standing.ticks, number) for number in used.levels)
    return tuple(one for one in found if one is not None)
