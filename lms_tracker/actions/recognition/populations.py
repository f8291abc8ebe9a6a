"""The population group by whose table somebody is assessed, changed until they are reviewed."""

from sqlalchemy import Connection

from lms_tracker.actions import clock
from lms_tracker.actions.recognition import criteria, grids, registrations, scores
from lms_tracker.actions.recognition.scopes import RecognitionRefused
from lms_tracker.actions.rights import Viewer
from lms_tracker.learning.criteria import AnySet
from lms_tracker.store import cases, database
from lms_tracker.store.recognition import assessments
from lms_tracker.store.recognition.assessments import Assessment


def change(viewer: Viewer, number: int, revision: int, population: str) -> None:
    """Put somebody into another group, as an officer does. Raises NotAllowed and RecognitionRefused."""
    with database.writing() as connection:
        row, found = grids.open_row(connection, viewer, grids.SELF, number)
        registrations.check_population(connection, found, population)
        used = criteria.held(connection, found.criteria_set_id).criteria
        _change(connection, viewer, used, row, revision, population)


def change_own(viewer: Viewer, number: int, revision: int, population: str) -> None:
    """Put oneself into another group. Raises RecognitionRefused and NotFound."""
    with database.writing() as connection:
        row, found, used = scores.own(connection, viewer, number)
        registrations.check_population(connection, found, population)
        _change(connection, viewer, used, row, revision, population)


def _change(
    connection: Connection, viewer: Viewer, used: AnySet, row: Assessment, revision: int, population: str
) -> None:
    if row.revision != revision:
        raise RecognitionRefused("changed")
    if population == row.population:
        return
    values = registrations.regrouped(used, row, population)
    if not assessments.change(connection, row, **values):
        raise RecognitionRefused("changed")
    cases.add_step(connection, (cases.ASSESSMENT, row.id), "regrouped", clock.now_us(), viewer.key)
