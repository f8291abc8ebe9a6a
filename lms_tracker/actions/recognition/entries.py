"""The list of who is in a round, a page at a time, of a thôn or of all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms_tracker.actions import records
from lms_tracker.actions.recognition import criteria, rounds, scopes
from lms_tracker.actions.recognition.scopes import Mine, Whose
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.criteria import AnySet
from lms_tracker.store import database, places
from lms_tracker.store.places import Place
from lms_tracker.store.recognition import assessments
from lms_tracker.store.recognition.assessments import After, Assessment
from lms_tracker.store.recognition.rounds import Round

PAGE = 100
STATES = (assessments.REGISTERED, assessments.SCORED, assessments.REVIEWED, assessments.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of who is in a round; `next` is the number of the last row shown, where the list goes on."""

    round: Round
    whose: Whose
    criteria: AnySet
    mine: Mine
    shown: Sequence[Assessment]
    at: Mapping[int, Place]
    places: Sequence[Place]
    place_id: int | None
    next: int | None


def listed(
    viewer: Viewer, number: int, place_id: int | None = None, state: str = "", after: After = None
) -> Page:
    """Who is in a round, in the order of lists; the looks are logged. Raises rights.NotAllowed."""
    with database.reading() as connection:
        found, whose = scopes.known(connection, viewer, Right.SEE, number)
        rows = assessments.page(
            connection,
            number,
            PAGE + 1,
            after,
            local_place_id=place_id,
            states=[state] if state else STATES,
        )
        shown = rows[:PAGE]
        made = Page(
            round=found,
            whose=whose,
            criteria=criteria.held(connection, found.criteria_set_id).criteria,
            mine=scopes.mine(connection, viewer, whose),
            shown=shown,
            at=places.by_ids(connection, {row.local_place_id for row in shown if row.local_place_id}),
            places=rounds.ordered(connection, assessments.local_places(connection, number)),
            place_id=place_id,
            next=shown[-1].id if len(rows) > PAGE else None,
        )
    records.log_looks(viewer, [row.person_key for row in shown if row.person_key is not None], "round")
    return made
