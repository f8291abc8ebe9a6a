"""Evidence read again from the statements that are stored, because this version reads more in them.

A run goes through all statements in the order in which they were stored, some in a transaction, and notes in
that transaction how far it came. Interrupted, the next one goes on there. What is as it was is left alone;
learners of whom anything changed are marked due in the same transaction, so that their credit follows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lms_tracker import logs
from lms_tracker.actions import accepting, clock
from lms_tracker.store import database, due, evidence, horizon, statements
from lms_tracker.store.dialects import Row
from lms_tracker.store.evidence import Stored

log = logs.logger(__name__)

STATEMENTS_AT_ONCE = 1_000
BYTES_AT_ONCE = 8_000_000

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Rederived:
    """`resumed`: an earlier run had begun; only what it left is counted. `learners` are those marked due,
    once for each time that something of theirs changed."""

    statements: int
    learners: int
    resumed: bool


def rederive(progress: Progress | None = None) -> Rederived:
    """Read the evidence of all statements again, or of those that an interrupted run left."""
    with database.reading() as connection:
        reached = evidence.rederived_to(connection)
        total = evidence.count_after(connection, reached)
    resumed, done, learners = reached > 0, 0, 0
    while part := _next(reached):
        learners += _write(part)
        reached, done = part[-1].position, done + len(part)
        if progress:
            progress(done, max(done, total))
    with database.writing() as connection:
        evidence.set_rederived_to(connection, 0)
    log.info("evidence read again", statements=done, learners=learners)
    return Rederived(done, learners, resumed)


def _next(after: int) -> list[Stored]:
    with database.reading() as connection:
        found = evidence.stored_after(connection, after, STATEMENTS_AT_ONCE)
    size = 0
    for index, one in enumerate(found):
        size += one.size
        if index and size > BYTES_AT_ONCE:
            return found[:index]
    return found


def _write(part: Sequence[Stored]) -> int:
    rows = _rows(part)
    with database.writing() as connection:
        learners = evidence.put(connection, rows)
        if learners:
            due.mark(connection, horizon.take(connection, clock.now_us()), learners)
        evidence.set_rederived_to(connection, part[-1].position)
    return len(learners)


def _rows(part: Sequence[Stored]) -> list[Row]:
    # Statements never change: they are read before the right to write is taken.
    with database.reading() as connection:
        kept = statements.kept(connection, [one.statement_id for one in part]).statements
        found: list[Row] = []
        for one in part:
            statement = kept[one.statement_id]
            received = accepting.reread_kept(statement)
            found += accepting.evidence_again(received, one.statement_id, statement.provider_id, one.position)
    return sorted(found, key=lambda row: (row[0], row[1]))
