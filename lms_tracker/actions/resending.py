"""Dead letters are sent once more, when somebody asks for it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from lms_tracker.actions import clock, forwards
from lms_tracker.actions.delivering import Standstill, deliver
from lms_tracker.actions.forwards import Wrong
from lms_tracker.actions.packing import post
from lms_tracker.store import database, dead_letters, outgoing
from lms_tracker.store.dead_letters import DeadLetter
from lms_tracker.store.forwards import Forward
from xapi import keys
from xapi.client import Client

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Resent:
    """How many were taken, refused again, and are not stored here any more; `stopped` says why not all."""

    sent: int = 0
    refused: int = 0
    gone: int = 0
    stopped: str | None = None


def resend(name: str, statement: str | None, progress: Progress | None = None) -> Resent:
    """Send the dead letters of a forward, or one, in the order of `stored`, each by itself.

    What is taken is a dead letter no longer. Raises Wrong and sealing.CannotSeal.
    """
    forward, waiting = _waiting(name, statement)
    outcome = Resent()
    with forwards.client_of(forward) as client:
        for done, letter in enumerate(waiting):
            try:
                outcome = _again(forward, client, letter, outcome)
            except Standstill as standstill:
                return replace(outcome, stopped=standstill.reason)
            if progress is not None:
                progress(done + 1, len(waiting))
    return outcome


def _waiting(name: str, statement: str | None) -> tuple[Forward, list[DeadLetter]]:
    """The forward and those of its dead letters that are meant."""
    with database.reading() as connection:
        forward = forwards.by_name(connection, name)
        letters = forwards.letters_of(connection, forward)
    if statement is None:
        return forward, letters
    wanted = keys.statement_id_bytes(statement)
    found = [letter for letter in letters if letter.statement_id == wanted]
    if not found:
        raise Wrong(f"{name} has no dead letter {statement}")
    return forward, found


def _again(forward: Forward, client: Client, letter: DeadLetter, before: Resent) -> Resent:
    with database.reading() as connection:
        kept = outgoing.bodies(connection, [letter.statement_id])
    refusal = None
    for step in deliver(kept, lambda statements: post(client, statements), client.statement):
        refusal = step.refusal
    with database.writing() as connection:
        if refusal is None:
            dead_letters.drop(connection, forward.id, [letter.statement_id])
        else:
            again = replace(letter, failed_us=clock.now_us(), status=refusal.status, answer=refusal.answer)
            dead_letters.note_attempt(connection, forward.id, again)
    if not kept:
        return replace(before, gone=before.gone + 1)
    if refusal is not None:
        return replace(before, refused=before.refused + 1)
    return replace(before, sent=before.sent + 1)
