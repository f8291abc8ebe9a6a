"""Filters reach through references: a statement about another is found by what the other is found by.

The rule is recursive and a reference may come before its target (xAPI-Communication 2.1.3). So that a reader
need not follow chains, the writer does: for every pair of a statement and what it refers to, directly or
along a chain, `reached` holds a row for each key of the target. A statement refers to one other at most, so
there is one path between two statements; a pair is complete when the last statement on its path is stored,
and whoever stores that one writes the pair's rows. All of it happens under the lock of the horizon, so two
transactions that each store one end see one another.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy import Connection

from lms_tracker.actions.accepting import Writing, reread_kept
from lms_tracker.store import references, statements
from lms_tracker.store.references import Kind, provider_key
from xapi import keys
from xapi.batches import Received

# How long a chain is followed. Chains that people make have two or three statements; a hostile one of n
# statements would write n * n / 2 pairs.
LONGEST_CHAIN = 10
# By how many keys one target is reached, for a statement can name thousands of people.
MOST_KEYS = 1_000
# All writers wait for whoever holds the lock. So a transaction writes so many rows, give or take: where it
# completes many pairs each gets fewer keys, but no fewer than a statement about one learner and one activity
# has, which come first; and of what refers to one statement before that came, no more is led to it.
MOST_ROWS = 30_000
FEWEST_KEYS = 5
MOST_REFERRERS = 5_000


@dataclass(slots=True)
class _Target:
    """A stored or new statement: what it is found by, and what it refers to in turn."""

    found_by: list[tuple[bytes, Kind]]
    reference: bytes | None


@dataclass(slots=True)
class _Chains:
    """The part of the graph of references that new statements complete."""

    connection: Connection
    writing: Writing
    # What new statements refer to; whether that is stored was asked already.
    asked: set[bytes]
    targets: dict[bytes, _Target | None] = field(default_factory=dict)
    # Source, its position, and target.
    pairs: list[tuple[bytes, int, bytes]] = field(default_factory=list)


def reach(connection: Connection, writing: Writing) -> None:
    """Gather the rows of `reached` that the accepted statements of `writing` complete."""
    new = {source for _, source in writing.references}
    new.update(target for target in writing.awaited if target in writing.accepted)
    if not new:
        return
    positions = {row[0]: row[1] for row in writing.statements}
    chains = _Chains(connection, writing, {target for target, _ in writing.references})
    for statement_id in sorted(new):
        below = list(_down(chains, statement_id))
        _gather(chains, statement_id, positions[statement_id], below, 0)
        if statement_id in writing.awaited:
            below.insert(0, statement_id)
            for source, position, above in _up(chains, statement_id):
                _gather(chains, source, position, below, above)
    _write(chains)


def _gather(chains: _Chains, source: bytes, position: int, below: list[bytes], above: int) -> None:
    """Pairs of a statement and what is below a new one that it leads to in `above` steps."""
    first = 0 if above else 1
    for depth, statement_id in enumerate(below, first):
        if statement_id != source and above + depth <= LONGEST_CHAIN:
            chains.pairs.append((source, position, statement_id))


def _write(chains: _Chains) -> None:
    """Rows of all pairs."""
    most = _most_keys(chains)
    for source, position, statement_id in chains.pairs:
        target = _target(chains, statement_id)
        if target is not None:
            chains.writing.reached += [
                (key, position, statement_id, kind, source) for key, kind in target.found_by[:most]
            ]


def _most_keys(chains: _Chains) -> int:
    """For each of the pairs that are known by now; it falls as there are more."""
    return min(MOST_KEYS, max(FEWEST_KEYS, MOST_ROWS // max(1, len(chains.pairs))))


def _down(chains: _Chains, statement_id: bytes) -> Iterator[bytes]:
    """What a statement leads to, nearest first, as far as it is stored."""
    seen = {statement_id}
    current = _target(chains, statement_id)
    while current is not None and len(seen) <= LONGEST_CHAIN:
        target = current.reference
        if target is None or target in seen:
            return
        current = _target(chains, target)
        if current is not None:
            seen.add(target)
            yield target


def _up(chains: _Chains, statement_id: bytes) -> Iterator[tuple[bytes, int, int]]:
    """The stored statements that lead to a new one, with their positions and the number of steps.

    Only through stored ones: the pairs of a new statement further up are gathered where that one is.
    """
    seen, level = {statement_id}, [statement_id]
    for steps in range(1, LONGEST_CHAIN + 1):
        found = references.referrers(chains.connection, level, MOST_REFERRERS)
        above = [one for one in found if one.statement_id not in seen]
        if not above:
            return
        level = [one.statement_id for one in above]
        seen.update(level)
        for one in above:
            yield one.statement_id, one.position, steps


def _target(chains: _Chains, statement_id: bytes) -> _Target | None:
    """What is known of a statement; None where it is not stored."""
    if statement_id not in chains.targets:
        chains.targets[statement_id] = _read_target(chains, statement_id)
    return chains.targets[statement_id]


def _read_target(chains: _Chains, statement_id: bytes) -> _Target | None:
    accepted = chains.writing.accepted.get(statement_id)
    if accepted is not None:
        statement, submission = accepted
        received, provider_id = statement.received, submission.caller.provider_id
    else:
        kept = chains.writing.kept.get(statement_id)
        if kept is None and statement_id not in chains.asked:
            kept = statements.kept(chains.connection, [statement_id]).statements.get(statement_id)
        if kept is None:
            return None
        received, provider_id = reread_kept(kept), kept.provider_id
    return _Target(list(islice(_found_by(received, provider_id), _most_keys(chains))), received.reference)


def _found_by(received: Received, provider_id: int) -> Iterator[tuple[bytes, Kind]]:
    yield provider_key(provider_id), Kind.PROVIDER
    yield keys.verb_key(received.verb), Kind.VERB
    if received.registration is not None:
        yield received.registration, Kind.REGISTRATION
    if received.activity is not None:
        yield keys.activity_key(received.activity), Kind.ACTIVITY
    yield from ((actor.key, Kind.ACTOR) for actor in received.actors)
    yield from ((keys.activity_key(iri), Kind.RELATED_ACTIVITY) for iri in received.related_activities)
    yield from ((actor.key, Kind.RELATED_ACTOR) for actor in received.related_actors)
