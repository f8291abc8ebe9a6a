"""Statements come in: the one door for everybody, providers' programs and our own attendance alike.

Requests that arrive while a transaction is being written wait, and the next transaction writes them all:
one lock, one round of bulk writes and one commit serve many. Each request keeps its own outcome, as if it
had come alone: stored, the same as before, in conflict, or not permitted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from lms_tracker.actions import catalogue, clock, quotas, references
from lms_tracker.actions.accepting import (
    CONTEXT_ACTIVITIES,
    Submission,
    Writing,
    accept,
    asked_ids,
    prepare,
)
from lms_tracker.actions.availability import UNAVAILABLE
from lms_tracker.actions.definitions import Defining, Definitions, Merged
from lms_tracker.actions.grouping import Groups, Take
from lms_tracker.actions.rights import Caller
from lms_tracker.store import contents as stored_contents
from lms_tracker.store import database, dialects, due, evidence, horizon, statements
from lms_tracker.store.dialects import Row
from xapi import keys
from xapi.actors import Identified
from xapi.batches import Batch

# A transaction takes waiting requests up to this many statements, so that none waits long for the others.
STATEMENTS_PER_TRANSACTION = 2_000
# How many computed keys a process remembers as being in the store already.
KNOWN_KEYS = 200_000


@dataclass(frozen=True, slots=True)
class Recorded:
    """Ids in the order the statements came, how many of them were new, and Consistent-Through."""

    ids: list[bytes]
    new: int
    through: int


class Outdated(Exception):
    """What a process remembered of credentials holds no longer: who is asking must be asked for anew."""


class Recorder:
    """Writes submissions, those that wait together in one transaction. One for each process."""

    def __init__(self) -> None:
        self._groups = Groups(self._write_together, STATEMENTS_PER_TRANSACTION)
        self._known: set[bytes] = set()
        self._definitions = Definitions()

    def record(
        self,
        batch: Batch,
        caller: Caller,
        version: str,
        contents: Mapping[bytes, bytes] | None = None,
        *,
        changes: int | None = None,
    ) -> Recorded:
        """Store a request's statements, whole or not at all.

        `contents` are the keys of the data that came with them, by the SHA-2 that they name. `changes` says
        that the caller is known from memory, from when credentials had changed so many times.

        Returns after the commit. Raises Refusal with status 409 where an id is taken by another statement
        and 403 where a statement voids what belongs to somebody else, and Outdated where credentials have
        changed since; nothing is stored then.
        """
        submission = prepare(batch, caller, version, contents)
        submission.changes = changes
        self._groups.hand_in(submission, len(submission.statements))
        if submission.error is not None:
            raise submission.error
        ids = [statement.id for statement in submission.statements]
        return Recorded(ids, submission.new, submission.through)

    def _write_together(self, take: Take[Submission]) -> None:
        try:
            self._write(take)
        except UNAVAILABLE as error:
            # Not tried again here: where it was the commit that failed, it may have happened.
            for submission in take():
                submission.error = error
        except Exception as error:
            group = take()
            if len(group) == 1:
                group[0].error = error
                return
            # One request must not fail for its neighbour's sake: each is tried again alone.
            for submission in group:
                self._write_together(partial(list, (submission,)))

    def _write(self, take: Take[Submission]) -> None:
        names: tuple[list[Row], ...] = ()
        merged: Merged | None = None
        with database.writing() as connection:
            last, defined, changes = horizon.lock_and_see(connection)
            group = take()
            asked = asked_ids(statement for submission in group for statement in submission.statements)
            writing = Writing(max(last + 1, clock.now_us()), *statements.kept(connection, asked))
            writing.quotas = quotas.of(
                connection, [submission.caller for submission in group], writing.position
            )
            refusals = [
                accept(writing, submission) if submission.changes in (None, changes) else Outdated()
                for submission in group
            ]
            through = writing.position - 1 if writing.statements else last
            if writing.statements:
                names = self._new_names(writing)
                references.reach(connection, writing)
                if writing.quotas is not None:
                    writing.quotas.write(connection)
                _mark_present(connection, writing)
                merged = self._definitions.merge(connection, _defining(writing), defined, through)
                with dialects.together(
                    connection,
                    [
                        *names,
                        writing.actors,
                        writing.activities,
                        writing.evidence,
                        writing.reached,
                        writing.attachments,
                        writing.voidings,
                        writing.references,
                        writing.due,
                    ],
                ):
                    statements.add_names(connection, *names)
                    statements.add(
                        connection,
                        writing.statements,
                        writing.actors,
                        writing.activities,
                        writing.voidings,
                        writing.references,
                        writing.reached,
                    )
                    stored_contents.refer(connection, writing.attachments)
                    evidence.add(connection, writing.evidence)
                    due.mark(connection, through, writing.due)
                    dialects.commit(connection)
        # The commit has returned: only now may anybody be told.
        for submission, refusal in zip(group, refusals, strict=True):
            submission.error, submission.through = refusal, through
        self._remember(names)
        if merged is not None:
            self._definitions.remember(merged)

    def _new_names(self, writing: Writing) -> tuple[list[Row], list[Row], list[Row]]:
        known = self._known
        verbs: dict[bytes, str] = {}
        activities: dict[bytes, str] = {}
        actors: dict[bytes, Identified] = {}
        for statement, _ in writing.accepted.values():
            received = statement.received
            if statement.verb_key not in known:
                verbs[statement.verb_key] = received.verb
            if statement.activity_key is not None and statement.activity_key not in known:
                activities[statement.activity_key] = str(received.activity)
            for iri in (
                *sorted(received.parents)[:CONTEXT_ACTIVITIES],
                *sorted(received.groupings)[:CONTEXT_ACTIVITIES],
            ):
                key = statement.related_activities.get(iri) or keys.activity_key(iri)
                if key not in known:
                    activities[key] = iri
            for actor in (*received.actors, *received.related_actors):
                if actor.key not in known:
                    actors[actor.key] = actor
        return (
            sorted(verbs.items()),
            sorted(activities.items()),
            sorted((key, _storable(a.identifier), _storable(a.name)) for key, a in actors.items()),
        )

    def _remember(self, names: tuple[list[Row], ...]) -> None:
        if len(self._known) > KNOWN_KEYS:
            self._known = set()
        self._known.update(row[0] for rows in names for row in rows)


def _mark_present(connection: Connection, writing: Writing) -> None:
    """Mark those who were there, where that can earn. The horizon is held, and with it the catalogue."""
    if writing.present:
        asking = catalogue.current(connection).present_providers
        for provider_id, learners in writing.present.items():
            if provider_id in asking:
                writing.due |= learners


def _defining(writing: Writing) -> Iterator[Defining]:
    for statement, submission in writing.accepted.values():
        if statement.definitions:
            yield submission.caller.provider_id, statement.definitions, statement.received.text


def _storable(text: str | None) -> str | None:
    # PostgreSQL's text holds no NUL; the body, where it is escaped, keeps it.
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}") if text else text
