"""The steps of a round: on, one back with a reason, cancelled. Each is kept with who made it."""

from sqlalchemy import Connection

from lms_tracker.actions import clock
from lms_tracker.actions.recognition import scopes
from lms_tracker.actions.recognition.scopes import RecognitionRefused
from lms_tracker.actions.rights import Right, Viewer
from lms_tracker.learning.recognition import rounds as rules
from lms_tracker.learning.recognition.rounds import State
from lms_tracker.store import cases, database
from lms_tracker.store.recognition import rounds
from lms_tracker.store.recognition.rounds import Round

MOST_REASON = 500


def back(viewer: Viewer, number: int, revision: int, reason: str) -> None:
    """Take a round one step back. Raises rights.NotAllowed and RecognitionRefused."""
    with database.writing() as connection:
        found, _ = scopes.locked(connection, viewer, Right.APPROVE, number, revision)
        said = said_why(reason)
        to = rules.BACK.get(State(found.state))
        if to is None:
            raise RecognitionRefused("state")
        step_to(connection, viewer, found, to, f"back-{to.value}", said)


def cancel(viewer: Viewer, number: int, revision: int, reason: str) -> None:
    """Cancel a round that was not decided. Raises rights.NotAllowed and RecognitionRefused."""
    with database.writing() as connection:
        found, _ = scopes.locked(connection, viewer, Right.APPROVE, number, revision)
        said = said_why(reason)
        step_to(connection, viewer, found, State.CANCELLED, "cancelled", said)
        scopes.mark_totals(connection, found)


def step_to(
    connection: Connection,
    viewer: Viewer,
    found: Round,
    to: State,
    what: str,
    note: str = "",
    **values: object,
) -> None:
    """Move a locked round to another state and keep the step. Raises RecognitionRefused."""
    if not rules.may_follow(found.state, to):
        raise RecognitionRefused("state")
    if not rounds.change(connection, found, state=to, **values):
        raise RecognitionRefused("changed")
    cases.add_step(connection, (cases.ROUND, found.id), what, clock.now_us(), viewer.key, note=note)


def said_why(reason: str) -> str:
    """A reason as it is kept. Raises RecognitionRefused."""
    said = " ".join(reason.replace("\x00", "").split())
    if not said:
        raise RecognitionRefused("reason", "reason")
    if len(said) > MOST_REASON:
        raise RecognitionRefused("reason-long", "reason")
    return said


def changed(connection: Connection, found: Round, **values: object) -> bool:
    """Change a locked round that stays where it stands; answers whether that was done."""
    return rounds.change(connection, found, **values)


def note(connection: Connection, viewer: Viewer, number: int, what: str, words: str = "") -> None:
    """Keep a step of a round."""
    cases.add_step(connection, (cases.ROUND, number), what, clock.now_us(), viewer.key, note=words)
