"""A household in a round of this year, with an item to be ticked beside its threshold."""

from lms_tracker.actions import clock
from lms_tracker.learning.recognition.models import Model
from lms_tracker.store import database, kinships
from lms_tracker.store.recognition import assessments
from lms_tracker.store.recognition.assessments import Entrant
from tests.actions import checklists, recognitions


def put(number: int, commune: int) -> tuple[int, int]:
    """Put a household into a new round of the commune; answers the round's number and the row's."""
    items = [
        checklists.item("1", share=checklists.share("members", 70)),
        checklists.item("2"),
    ]
    set_id = checklists.adopt(Model.HOUSEHOLD, items, commune)
    round_id = recognitions.round_of(Model.HOUSEHOLD, clock.today().year, commune, set_id)
    with database.writing() as connection:
        found = kinships.of(connection, number)
        assert found is not None
        entrant = Entrant(None, number, found.name, found.place_id, "1")
        assessments.register(connection, round_id, [entrant], assessments.PAPER, recognitions.SOMEBODY, 0)
        (row,) = assessments.every(connection, round_id)
    return round_id, row.id


def join(number: int, person_key: bytes) -> None:
    """Let somebody be the head of a household."""
    with database.writing() as connection:
        kinships.join(connection, [(number, person_key, "head", None)])
