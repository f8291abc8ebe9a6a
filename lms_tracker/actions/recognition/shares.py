"""What is counted of subjects of recognition: how many of their members are recognised in a year.

Computed anew whenever it is asked for, from memberships and recognitions: a recognition that is given or
revoked shows at once, and nothing has to be brought up to date.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date

from sqlalchemy import Connection

from lms_tracker.actions import clock
from lms_tracker.learning.recognition.models import Model
from lms_tracker.learning.recognition.shares import COUNTED_OF, Counted, last_adult_birth_year
from lms_tracker.store.recognition import shares, standings
from lms_tracker.store.recognition.shares import Asked, People, Subjects, Things

PEOPLE = frozenset({"members", "adults", "learners"})


def asked_of(year: int, on: date) -> Asked:
    return Asked(year, on, clock.today(), last_adult_birth_year(year))


def shares_of(
    connection: Connection, model: Model, subject_id: int, year: int, on: date
) -> Mapping[str, Counted]:
    """What can be counted of one subject, by what is counted (learning.recognition.shares.COUNTED_OF).

    Who belongs is as of the local day `on`; the recognitions of `year` are as they stand today.
    """
    chosen = standings.these(model, [subject_id])
    return of_many(connection, model, chosen, year, on, COUNTED_OF[model])[subject_id]


class _NothingCounted(dict[int, Mapping[str, Counted]]):
    """Answers of a subject to whom nobody belongs that nobody of them is recognised."""

    def __init__(self, wanted: Collection[str], on: date) -> None:
        super().__init__()
        self._empty = {name: Counted(0, 0, name, on) for name in wanted}

    def __missing__(self, subject: int) -> Mapping[str, Counted]:
        return self._empty


def of_many(
    connection: Connection, model: Model, chosen: Subjects, year: int, on: date, wanted: Collection[str]
) -> Mapping[int, Mapping[str, Counted]]:
    """The same of many subjects at once, of what is `wanted` of it, with one query for each kind of count."""
    asked = asked_of(year, on)
    names = [name for name in COUNTED_OF[model] if name in wanted]
    columns: dict[str, Mapping[int, Counted]] = {}
    if PEOPLE.intersection(names):
        for name, counted in _people(connection, model, chosen, asked).items():
            columns[name] = counted
    for name in names:
        if name in _THINGS:
            counts = _THINGS[name](connection, chosen, asked)
            columns[name] = {
                number: Counted(one.recognised, one.all, name, on) for number, one in counts.items()
            }
    found = _NothingCounted(names, on)
    empty = found[0]
    for number in {number for counted in columns.values() for number in counted}:
        found[number] = {name: columns[name].get(number, empty[name]) for name in names}
    return found


def _people(
    connection: Connection, model: Model, chosen: Subjects, asked: Asked
) -> Mapping[str, Mapping[int, Counted]]:
    if model is Model.UNIT:
        both = shares.of_units(connection, chosen, asked)
        return {
            name: {
                number: Counted(people.recognised, people.all, name, asked.on)
                for (number, as_learners), people in both.items()
                if as_learners == (name == "learners")
            }
            for name in ("members", "learners")
        }
    count = shares.of_kinships if model in (Model.HOUSEHOLD, Model.CLAN) else shares.of_places
    counts = count(connection, chosen, asked)
    return {
        "members": {number: _members(people, asked.on) for number, people in counts.items()},
        "adults": {number: _adults(people, asked.on) for number, people in counts.items()},
    }


def _members(people: People, on: date) -> Counted:
    return Counted(people.recognised, people.all, "members", on)


def _adults(people: People, on: date) -> Counted:
    return Counted(people.adults_recognised, people.adults, "adults", on, people.unknown)


_THINGS: Mapping[str, Callable[[Connection, Subjects, Asked], Mapping[int, Things]]] = {
    "households": lambda connection, chosen, asked: shares.kinships_of_places(
        connection, chosen, Model.HOUSEHOLD, asked
    ),
    "clans": lambda connection, chosen, asked: shares.kinships_of_places(
        connection, chosen, Model.CLAN, asked
    ),
    "communities": shares.communities_of_places,
    "units": shares.units_of_places,
}
