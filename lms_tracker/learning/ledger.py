"""The append-only account of what was decided: differences, what stands, totals.

Something taken back is an opposite entry, never a change (I9).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from operator import itemgetter
from typing import NamedTuple

from lms_tracker.learning.reasons import Reason
from lms_tracker.learning.verdicts import Piece, Verdict

_CREDITED = int(Reason.CREDITED)
_NOTHING = (0, 0)


class Key(NamedTuple):
    """What has one balance: a statement's piece by course, local day (ordinal), kind, reason and Note."""

    statement_id: bytes
    course_id: int | None
    day: int
    kind: int
    reason: int
    note: int = 0


# A plain tuple in the order of `Key`, which serves as one just as well.
AnyKey = tuple[bytes, int | None, int, int, int, int]
# What stands: net seconds by key. A piece of 0 seconds stands while its key is there.
Standing = Mapping[AnyKey, int]


class Entry(NamedTuple):
    """`seconds` is signed; `pieces` is +1, or -1 when it takes back an entry.

    `because` tells of a reversal the Reason under which the statement's time stands now; 0 when it is merely
    recounted or no longer there, and 0 on every other entry. `note` is a learning.verdicts.Note. The first
    eight are those of a Verdict, in its order.
    """

    statement_id: bytes
    provider_id: int
    course_id: int | None
    day: int
    kind: int
    reason: int
    seconds: int
    note: int = 0
    pieces: int = 1
    because: int = 0

    @property
    def key(self) -> Key:
        return Key(self.statement_id, self.course_id, self.day, self.kind, self.reason, self.note)


def differences(
    standing: Standing, decided: Iterable[Verdict], providers: Mapping[bytes, int] | None = None
) -> list[Entry]:
    """The entries that turn what stands into what is decided; none where nothing changed.

    `providers` names the provider of statements that stand but are no longer decided on (erased, or gone to
    another person). Raises KeyError for such a statement when it is not named.
    """
    known = dict(providers or {})
    wanted: dict[AnyKey, Verdict] = {}
    changed: list[Piece] = []
    for verdict in decided:
        known[verdict.statement_id] = verdict.provider_id
        key = (verdict.statement_id, *verdict[2:6], verdict.note)
        wanted[key] = verdict
        if standing.get(key) != verdict.seconds:
            changed.append(verdict)
    gone = [key for key, seconds in standing.items() if key not in wanted or wanted[key].seconds != seconds]
    return _entries([(key, standing[key], known[key[0]]) for key in gone], changed)


def row_differences(standing: set[Piece], decided: Collection[Piece]) -> list[Entry]:
    """As `differences`, where what stands is told in rows like verdicts: nothing is touched that is alike."""
    if not standing:
        return _entries((), list(decided))
    changed = [piece for piece in decided if piece not in standing]
    if not changed and len(decided) == len(standing):
        return []
    gone = standing.difference(decided)
    return _entries([((row[0], *row[2:6], row[7]), row[6], row[1]) for row in gone], changed)


def _entries(gone: Iterable[tuple[AnyKey, int, int]], changed: list[Piece]) -> list[Entry]:
    instead: dict[bytes, list[Piece]] = {}
    if gone:
        for piece in changed:
            instead.setdefault(piece[0], []).append(piece)
    reversals = [
        _reversal(key, seconds, provider_id, instead.get(key[0], ())) for key, seconds, provider_id in gone
    ]
    # A statement's piece of one day, kind, reason and note belongs to one course, of one provider.
    changed.sort(key=_order if gone else _statement)
    # Not by the name of the class, whose own way takes twice as long; a learner has thousands.
    return sorted(reversals, key=_order) + [_new_entry(Entry, piece + _ADDED) for piece in changed]


def _reversal(key: AnyKey, seconds: int, provider_id: int, instead: Iterable[Piece]) -> Entry:
    statement_id, course_id, day, kind, reason, note = key
    because = _because(reason, instead)
    return Entry(statement_id, provider_id, course_id, day, kind, reason, -seconds, note, -1, because)


def stand(entries: Iterable[Entry]) -> dict[AnyKey, int]:
    """What stands after these entries, from nothing."""
    seconds: Counter[AnyKey] = Counter()
    pieces: Counter[AnyKey] = Counter()
    for entry in entries:
        seconds[entry.key] += entry.seconds
        pieces[entry.key] += entry.pieces
    return {key: seconds[key] for key, count in pieces.items() if count}


def totals(entries: Iterable[Entry]) -> dict[tuple[int, int], tuple[int, int]]:
    """Changes of credited seconds (placed, nominal) by (day, course id), without those that cancel out."""
    sums: dict[tuple[int, int], tuple[int, int]] = {}
    for _, _, course_id, day, kind, reason, seconds, *_ in entries:
        if reason == _CREDITED and course_id is not None:
            placed, nominal = sums.get((day, course_id), _NOTHING)
            sums[day, course_id] = (placed, nominal + seconds) if kind else (placed + seconds, nominal)
    return {key: both for key, both in sums.items() if any(both)}


def _because(reversed_reason: int, instead: Iterable[Piece]) -> int:
    """Where the time went: the longest of the statement's new verdicts; a refusal when credit is taken."""
    others = [piece for piece in instead if piece[5] != reversed_reason]
    longest = max(others, key=lambda piece: (piece[6], -piece[5]), default=None)
    return int(Reason.CREDITED) if longest is None else longest[5]


_statement = itemgetter(0)
_order = itemgetter(0, 3, 4, 5, 7)
# What an entry that takes nothing back has beside its piece: `pieces` and `because`.
_ADDED = (1, 0)
_new_entry = tuple.__new__
