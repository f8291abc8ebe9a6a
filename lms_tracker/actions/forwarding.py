"""Chosen statements are sent on to other record stores: what is due, how far it came, when to try again.

All of it stands in rows (I16). A forward knows the position up to which everything is dealt with, and follows
up to Consistent-Through, so nothing is missed for the order in which transactions end (I5). A process has a
forward in hand until an instant that it moves on while it works; killed at any moment, it leaves at most
statements sent and not noted, which are sent again. Two forwards that send to each other come to rest: a
statement that is there already is not stored again.
"""

from collections.abc import Sequence

from lms_tracker import logs
from lms_tracker.actions import clock, sealing
from lms_tracker.actions.delivering import REFUSES_EVERYTHING, Standstill, Step, deliver
from lms_tracker.actions.forwards import choice, client_of
from lms_tracker.actions.packing import post
from lms_tracker.store import database, dead_letters, forwards, horizon, outgoing
from lms_tracker.store.dead_letters import DeadLetter
from lms_tracker.store.forwards import Forward
from lms_tracker.store.outgoing import Part, Waiting
from xapi.client import Client, Outcome
from xapi.transport import SECONDS

STATEMENTS_AT_ONCE = 100
BYTES_AT_ONCE = 2_000_000
# How long a forward stays with who has it in hand; before each request and each piece of data so much time
# must be left that it cannot end while they are under way.
HELD_US = 240_000_000
LEFT_US = int(2 * SECONDS * 1_000_000)
# After so long the forward is left, so that others have their turn and a process may end.
SLICE_US = 5_000_000
LONGEST_PAUSE_SECONDS = 900
# Who asks for more is asked once an hour: what it says may be a mistake, and statements wait.
LONGEST_RETRY_AFTER_SECONDS = 3_600

log = logs.logger(__name__)


class _Lost(Exception):
    """Somebody else has the forward in hand, or it was paused, changed or removed."""


def send_due() -> int:
    """Send what waits for each forward that nobody else has in hand; how many statements were dealt with."""
    with database.reading() as connection:
        due = forwards.due(connection, clock.now_us())
    return sum(_send(forward) for forward in due)


def _send(forward: Forward) -> int:
    # Who refuses everything is not too small for it; of a small part, the refusals would be believed.
    refuses = forward.last_error.startswith(REFUSES_EVERYTHING)
    part = _next_part(forward, forward.sent_to, 0 if refuses else forward.failures)
    # Where nothing was chosen of few, nothing is written: the next look costs as little.
    if not part.statements and part.is_last:
        return 0
    held_us = clock.now_us() + HELD_US
    with database.writing() as connection:
        if not forwards.take(connection, forward.id, forward.next_us, held_us):
            return 0
    try:
        with client_of(forward) as client:
            return _Sending(forward, held_us, client).run(part)
    except sealing.CannotSeal as error:
        standstill = Standstill(str(error), retry_after=LONGEST_PAUSE_SECONDS)
        _fail(forward, held_us, standstill, forward.failures + 1)
        return 0


def _next_part(forward: Forward, after: int, failures: int) -> Part:
    """What comes next; after failures less and less, since the part may be too large for who receives it."""
    most, most_bytes = max(1, STATEMENTS_AT_ONCE >> failures), BYTES_AT_ONCE >> failures
    with database.reading() as connection:
        through = horizon.read(connection)
        return outgoing.next_part(connection, choice(forward), after, through, most, most_bytes)


class _Sending:
    """One process's turn at a forward."""

    def __init__(self, forward: Forward, held_us: int, client: Client) -> None:
        self._forward, self._held_us, self._client = forward, held_us, client
        self._failures = forward.failures

    def run(self, part: Part) -> int:
        """Send part after part until nothing is left or the time is over; how many were dealt with."""
        done = 0
        until = clock.now_us() + SLICE_US
        try:
            while True:
                for step in deliver(part.statements, self._post, self._ask):
                    self._note(step)
                done += len(part.statements)
                if part.is_last or clock.now_us() >= until:
                    self._reach(part.end, clock.now_us())
                    return done
                part = _next_part(self._forward, self._reach(part.end, self._held_us), 0)
        except Standstill as standstill:
            _fail(self._forward, self._held_us, standstill, self._failures + 1)
        except _Lost:
            log.info("forward left to others", forward=self._forward.id)
        return done

    def _post(self, statements: Sequence[Waiting]) -> Outcome:
        self._hold()
        return post(self._client, statements, self._hold)

    def _ask(self, statement_id: str) -> bytes | None:
        self._hold()
        return self._client.statement(statement_id)

    def _hold(self) -> None:
        now = clock.now_us()
        if self._held_us - now >= LEFT_US:
            return
        with database.writing() as connection:
            if not forwards.take(connection, self._forward.id, self._held_us, now + HELD_US):
                raise _Lost
        self._held_us = now + HELD_US

    def _note(self, step: Step) -> None:
        letter = None
        if step.refusal is not None:
            refusal, now = step.refusal, clock.now_us()
            letter = DeadLetter(
                step.last.statement_id, step.last.position, now, 1, refusal.status, refusal.answer
            )
            log.info("statement refused by another store", forward=self._forward.id, status=refusal.status)
        self._reach(step.last.position, self._held_us, letter)

    def _reach(self, position: int, until_us: int, letter: DeadLetter | None = None) -> int:
        with database.writing() as connection:
            if not forwards.reach(connection, self._forward.id, self._held_us, position, until_us):
                raise _Lost
            if letter is not None:
                dead_letters.bury(connection, self._forward.id, letter)
        self._held_us = until_us
        if self._failures:
            log.info("forward works again", forward=self._forward.id)
        self._failures = 0
        return position


def _fail(forward: Forward, held_us: int, standstill: Standstill, failures: int) -> None:
    """Leave it until the pause is over: the longer, the more failures in a row."""
    asked, reason = standstill.retry_after or 0, standstill.reason
    if asked > LONGEST_RETRY_AFTER_SECONDS:
        reason += f"; it asks to wait for {asked} seconds and is tried again in {LONGEST_RETRY_AFTER_SECONDS}"
        asked = LONGEST_RETRY_AFTER_SECONDS
    seconds = max(asked, min(LONGEST_PAUSE_SECONDS, 2 ** min(failures - 1, 30)))
    next_us = clock.now_us() + seconds * 1_000_000
    with database.writing() as connection:
        forwards.fail(connection, forward.id, held_us, failures, next_us, reason)
    # The reason may quote the receiver, who may quote a statement.
    log.warning(
        "forward failed",
        forward=forward.id,
        status=standstill.status,
        failures=failures,
        again_in_seconds=seconds,
    )
