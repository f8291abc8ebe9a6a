"""What activities are said to be, kept as statements say it (xAPI-Data 2.4.4.1).

A provider's definitions are merged in the order in which its statements were stored, under the lock of
`store.horizon`: whatever came last counts, however many processes there are. Most statements repeat what the
ones before them said, so each process remembers the definitions it saw last, as numbers, and what is
remembered costs no look into the database. `horizon.defined` rises when any process changes a definition;
whoever finds it higher than it left it forgets what was changed since, because the last word was another's.
It is read with the lock, so asking costs nothing.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection

from lms_tracker.actions.rights import Caller
from lms_tracker.store import definitions as store
from lms_tracker.store import dialects, horizon
from xapi import definitions, keys
from xapi.facts import Received
from xapi.formats import activities_in

# How many activities of providers a process remembers, and how long their IRIs may be.
MOST_REMEMBERED = 50_000
LONGEST_REMEMBERED = 300
# Where others changed more than so many at once, everything is forgotten.
MOST_CHANGED = 1_000

# How many activities of one answer are looked up, and how many bytes their definitions may add to it.
MOST_LOOKED_UP = 5_000
MOST_ADDED = 8_000_000

# A provider, the fingerprints of the definitions of a statement, and its text.
Defining = tuple[int, dict[str, int], bytes]


@dataclass(frozen=True, slots=True)
class Merged:
    """What a process may remember once its transaction has been committed: fingerprints by provider and IRI.

    `defined` is the horizon's as it was left.
    """

    fingerprints: dict[int, dict[str, int]]
    defined: int


def fingerprints(received: Received) -> dict[str, int]:
    """By IRI a number for each definition a statement carries, good within this process alone."""
    return {iri: hash(said) for iri, said in definitions.carried(received.value).items()}


class Definitions:
    """What one process remembers. Used by one thread at a time: whoever has the turn to write."""

    def __init__(self) -> None:
        # By provider and IRI the fingerprint of what was said last.
        self._known: dict[int, dict[str, int]] = {}
        self._defined = 0

    def merge(
        self, connection: Connection, defining: Iterable[Defining], defined: int, position: int
    ) -> Merged:
        """Merge what the statements of a transaction say, in their order; its last one has `position`.

        `defined` is the horizon's, read with the lock, which this transaction holds.
        """
        if defined != self._defined:
            self._forget_changed(connection)
        came: dict[int, dict[str, int]] = {}
        said: dict[int, dict[str, list[bytes]]] = {}
        for provider_id, prints, text in defining:
            known, later = self._known.get(provider_id, {}), came.get(provider_id, {})
            if not later and prints.items() <= known.items():
                continue
            new = {iri: number for iri, number in prints.items() if later.get(iri, known.get(iri)) != number}
            if new:
                came.setdefault(provider_id, {}).update(new)
                own = said.setdefault(provider_id, {})
                for iri, definition in definitions.texts(text):
                    if iri in new:
                        own.setdefault(iri, []).append(definition)
        changed = [_merge(connection, provider_id, own, position) for provider_id, own in said.items()]
        if any(changed):
            horizon.note_defined(connection, position)
            defined = position
        return Merged(came, defined)

    def _forget_changed(self, connection: Connection) -> None:
        """Forget what others have changed; done at once, for what is forgotten is only asked for again."""
        if not self._known:
            return
        changed = store.changed_after(connection, self._defined, MOST_CHANGED + 1)
        if len(changed) > MOST_CHANGED or any(iri is None for _, iri in changed):
            self._known = {}
        for provider_id, iri in changed:
            self._known.get(provider_id, {}).pop(iri or "", None)

    def remember(self, merged: Merged) -> None:
        """Called when the transaction has been committed, and only then."""
        if sum(map(len, self._known.values())) > MOST_REMEMBERED:
            self._known = {}
        self._defined = merged.defined
        for provider_id, prints in merged.fingerprints.items():
            short = {iri: number for iri, number in prints.items() if len(iri) <= LONGEST_REMEMBERED}
            self._known.setdefault(provider_id, {}).update(short)


def _merge(connection: Connection, provider_id: int, said: dict[str, list[bytes]], position: int) -> bool:
    """Write what has changed of one provider's definitions; whether anything has."""
    by_key = {keys.activity_key(iri): texts for iri, texts in said.items()}
    changed = False
    for part in dialects.chunks(sorted(by_key), store.AT_ONCE):
        before = store.of_provider(connection, provider_id, part)
        rows = []
        for key in part:
            whole = before.get(key)
            for text in by_key[key]:
                whole = definitions.merge(whole, text)
            if whole is not None and whole != before.get(key):
                rows.append((key, provider_id, whole.decode(), position))
        store.save(connection, rows)
        changed = changed or bool(rows)
    return changed


def shown_in(connection: Connection, statements: Iterable[bytes], caller: Caller) -> dict[str, bytes]:
    """Definitions by IRI of the activities of rendered statements, for `xapi.formats.canonical`.

    Of the first `MOST_LOOKED_UP` activities as many as add no more than `MOST_ADDED` bytes to all statements
    together, each counted as often as it comes. Those that are left out keep the definitions they came with.
    """
    times = Counter(iri for statement in statements for iri in activities_in(statement))
    iris = {keys.activity_key(iri): iri for iri in islice(times, MOST_LOOKED_UP)}
    found: dict[str, bytes] = {}
    room = MOST_ADDED
    for key, text in store.shown_to(connection, caller.provider_id, iris):
        room -= len(text) * times[iris[key]]
        if room < 0:
            break
        found[iris[key]] = text
    return found
