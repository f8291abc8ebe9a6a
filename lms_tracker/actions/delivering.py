"""Statements go to another record store, in their order; those that it will not have are found one by one.

A batch that is refused is halved and each half sent in its turn, so one wrong statement among a hundred
costs some fifteen requests and holds up none of the others. A statement is refused for good only where the
answer is about the statement; an answer about the address, the credential or the moment stops everything and
is no statement's fault. Nor is it where many are refused alike and none is taken: so answers who was set up
wrong, or cannot do with us at all. What was sent twice changes nothing: the receiver knows a statement by
its id.

Our own client sends, not the package `tincan`: that one decodes and writes anew what it sends (PT1H30M
becomes PT01H30M00S, nanoseconds are cut), which the receiver must take for another statement; it sends no
attachments and waits for ever.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from lms_tracker.actions.accepting import CAME_ID, CAME_TIMESTAMP
from lms_tracker.store.outgoing import Waiting
from xapi import keys
from xapi.client import Accepted, Conflict, NotRead, Outcome, Refused, Unavailable
from xapi.comparison import same
from xapi.rendering import render_for_sending
from xapi.timestamps import format_position

# Refusals that are about what was sent; of 403 see `_is_about_statements`. Any other is about who sent it
# where (401, 404, 405 …) and would be the same for every statement.
ABOUT_STATEMENTS = frozenset((400, 413, 415, 422, 431))
# Where so many are sent, and each is refused alone with one and the same of these, the receiver refuses
# everything; how the reason begins then.
EVERYTHING = 10
REFUSES_EVERYTHING = "refuses every statement"

Send = Callable[[Sequence[Waiting]], Outcome]
# The exact text of a statement as the receiver has it; raises NotRead.
Ask = Callable[[str], bytes | None]


class Standstill(Exception):
    """Nothing more can be sent for now; `retry_after` is in seconds, where the receiver named a time."""

    def __init__(self, reason: str, status: int | None = None, retry_after: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.status, self.retry_after = reason, status, retry_after


@dataclass(frozen=True, slots=True)
class Step:
    """Everything up to and with `last` is dealt with: taken, or, alone, refused for good."""

    last: Waiting
    refusal: Refused | None = None


def deliver(statements: Sequence[Waiting], send: Send, ask: Ask) -> Iterator[Step]:
    """Send all of them, a step after each answer that settles something. Raises Standstill.

    Refusals from the first statement on are not told before another answer comes, or all were sent.
    """
    held_back: list[Step] = []
    first: Refused | None = None
    steps = _steps(statements, send, ask)
    for step in steps:
        held_back.append(step)
        first = first or step.refusal
        if not _is_refused_like(step, first):
            yield from held_back
            yield from steps
            return
    if first is not None and len(held_back) >= EVERYTHING:
        raise Standstill(f"{REFUSES_EVERYTHING}: answered {first.status}: {first.answer}", first.status)
    yield from held_back


def _is_refused_like(step: Step, first: Refused | None) -> bool:
    """A conflict, or a voiding that is forbidden, is always that statement's own affair."""
    return (
        step.refusal is not None
        and first is not None
        and step.refusal.status == first.status
        and first.status in ABOUT_STATEMENTS
    )


def _steps(statements: Sequence[Waiting], send: Send, ask: Ask) -> Iterator[Step]:
    parts = list(reversed(_parts(statements)))
    while parts:
        part = parts.pop()
        outcome = send(part)
        if isinstance(outcome, Accepted):
            yield Step(part[-1])
        elif not _is_about_statements(outcome, part):
            raise _standstill(outcome)
        elif len(part) > 1:
            middle = len(part) // 2
            parts += [part[middle:], part[:middle]]
        else:
            yield Step(part[0], _refusal(part[0], outcome, ask))


def _parts(statements: Sequence[Waiting]) -> list[Sequence[Waiting]]:
    """What can go in one request: a statement with data by itself, all others together."""
    parts: list[list[Waiting]] = []
    for statement in statements:
        if statement.attached or not parts or parts[-1][-1].attached:
            parts.append([])
        parts[-1].append(statement)
    return list(parts)


def text_to_send(statement: Waiting) -> bytes:
    """The statement's own bytes, with the id and the time it has here where its sender gave none."""
    return render_for_sending(
        statement.body.encode(),
        id=None if statement.came & CAME_ID else keys.format_id(statement.statement_id),
        timestamp=None if statement.came & CAME_TIMESTAMP else format_position(statement.position),
    )


def _is_about_statements(outcome: Outcome, part: Sequence[Waiting]) -> bool:
    if isinstance(outcome, Refused) and outcome.status == 403:
        # A record store may forbid one voiding (xAPI-Data 2.3.2); whom it forbids to post, it forbids all.
        return any(statement.is_voiding for statement in part)
    return isinstance(outcome, Conflict) or (
        isinstance(outcome, Refused) and outcome.status in ABOUT_STATEMENTS
    )


def _standstill(outcome: Outcome) -> Standstill:
    if isinstance(outcome, Unavailable):
        return Standstill(outcome.reason, outcome.status, outcome.retry_after)
    if isinstance(outcome, Refused):
        return Standstill(f"answered {outcome.status}: {outcome.answer}", outcome.status)
    return Standstill("answered 409")


def _refusal(statement: Waiting, outcome: Outcome, ask: Ask) -> Refused | None:
    """Why one statement is not taken; None where the receiver has it already and the same."""
    if isinstance(outcome, Refused):
        return outcome
    said = outcome.answer if isinstance(outcome, Conflict) else ""
    try:
        theirs = ask(keys.format_id(statement.statement_id))
    except NotRead as failure:
        if isinstance(failure.outcome, Unavailable):
            raise _standstill(failure.outcome) from None
        return Refused(409, f"there already, and it could not be read whether it is the same: {said}")
    if theirs is not None and _is_same(text_to_send(statement), theirs):
        return None
    return Refused(409, f"another statement is there under this id: {said}")


def _is_same(ours: bytes, theirs: bytes) -> bool:
    try:
        return same(msgspec.json.decode(ours), msgspec.json.decode(theirs))
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError):
        # What a stranger answers need not be a statement, nor JSON.
        return False
