"""Who could be in a round: who lives where it is held, or belongs there, in the order of lists."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Connection

from lms_tracker.actions import clock
from lms_tracker.actions.recognition import scopes
from lms_tracker.actions.recognition.scopes import Whose
from lms_tracker.learning import names
from lms_tracker.learning.places import Level
from lms_tracker.learning.recognition.models import Model
from lms_tracker.learning.recognition.rounds import counted_on
from lms_tracker.store import places
from lms_tracker.store.recognition import subjects
from lms_tracker.store.recognition.assessments import Entrant
from lms_tracker.store.recognition.rounds import Round
from lms_tracker.store.recognition.subjects import EVERYBODY, Among

# Of the sort keys of a place and of a name in it, which an index holds together.
MOST_KEY = 300


def candidates(
    connection: Connection,
    found: Round,
    whose: Whose,
    place_id: int | None = None,
    among: Among = EVERYBODY,
) -> list[Entrant]:
    """Everybody and everything that a round could hold, in the order of lists; of one place if it is given.

    `among` narrows people alone: of other subjects there are few.
    """
    on = counted_on(found.year, clock.today())
    paths = scopes.paths(connection, whose, on)
    if place_id is not None and whose.organisation is None:
        paths = _inside(connection, paths, place_id)
    entrants = [
        one
        for one in _candidates(connection, found.model, whose, paths, on, among)
        if place_id is None or one.local_place_id == place_id
    ]
    order = subjects.order_of_places(
        connection, {one.local_place_id for one in entrants if one.local_place_id is not None}
    )
    return sorted(
        (placed(one, order) for one in entrants),
        key=lambda one: (one.sort_key, one.person_key or b"", one.subject_id or 0),
    )


def _inside(connection: Connection, paths: Sequence[str], place_id: int) -> tuple[str, ...]:
    """The path of a place below these; none where it lies elsewhere."""
    place = places.by_id(connection, place_id)
    return (place.path,) if place is not None and place.path.startswith(tuple(paths)) else ()


def _candidates(
    connection: Connection, model: str, whose: Whose, paths: Sequence[str], on: date, among: Among
) -> Iterable[Entrant]:
    if model == Model.CITIZEN:
        find = subjects.members if whose.organisation is not None else subjects.residents
        for person in find(connection, paths, on, among):
            yield Entrant(person.key, None, person.name, person.place_id, person.sort_key)
    elif model in (Model.HOUSEHOLD, Model.CLAN):
        for number, name, place_id, sort_key in subjects.kinships(connection, model, paths):
            yield Entrant(None, number, name, place_id, sort_key)
    elif model in (Model.COMMUNITY, Model.COMMUNE):
        level = Level.LOCAL if model == Model.COMMUNITY else Level.COMMUNE
        for path in paths:
            for place in places.subtree(connection, path, on):
                if place.level == level:
                    yield Entrant(None, place.id, place.name, place.id, "")
    else:
        for unit in subjects.units(connection, paths, on, is_tree=whose.organisation is not None):
            yield Entrant(None, unit.id, unit.name, unit.place_id, names.sort_key(unit.name))


def placed(one: Entrant, order: dict[int, str]) -> Entrant:
    """With the sort key of its list: thôn first ("-" sorts before every digit), then the name."""
    place = order.get(one.local_place_id or 0, "")[:MOST_KEY]
    key = f"{place}-{one.sort_key[:MOST_KEY]}"
    return Entrant(one.person_key, one.subject_id, one.name, one.local_place_id, key, one.population)
