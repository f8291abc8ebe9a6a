"""The append-only account of what was decided: differences, what stands, totals.

Something taken back is an opposite entry, never a change (I9).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from lms_tracker.learning.reasons import Reason
from lms_tracker.learning.verdicts import Verdict

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
# (statement id, provider id, course id, day, kind, reason, seconds, note): a piece that stands, as a Verdict.
Piece = tuple[bytes, int, int | None, int, int, int, int, int]
# What stands: net seconds by key. A piece of 0 seconds stands while its key is there.
Standing = Mapping[AnyKey, int]


class Entry(NamedTuple):
    """`seconds` is signed; `pieces` is +1, or -1 when it takes back an entry.

    `because` tells of a reversal the Reason under which the statement's time stands now; 0 when it is merely
    recounted or no longer there, and 0 on every other entry. `note` is a learning.verdicts.Note.
    """

    statement_id: bytes
    provider_id: int
    course_id: int | None
    day: int
    kind: int
    reason: int
    seconds: int
    pieces: int
    because: int
    note: int = 0

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
    changed: list[Verdict] = []
    for verdict in decided:
        known[verdict.statement_id] = verdict.provider_id
        key = (verdict.statement_id, *verdict[2:6], verdict.note)
        wanted[key] = verdict
        if standing.get(key) != verdict.seconds:
            changed.append(verdict)
    gone = [key for key, seconds in standing.items() if key not in wanted or wanted[key].seconds != seconds]
    return _entries([(key, standing[key], known[key[0]]) for key in gone], changed)


def row_differences(standing: set[Piece], decided: Collection[Verdict]) -> list[Entry]:
    """As `differences`, where what stands is told in rows like verdicts: nothing is touched that is alike."""
    changed = [verdict for verdict in decided if verdict not in standing]
    if not changed and len(decided) == len(standing):
        return []
    gone = standing.difference(decided)
    return _entries([((row[0], *row[2:6], row[7]), row[6], row[1]) for row in gone], changed)


def _entries(gone: Iterable[tuple[AnyKey, int, int]], changed: Sequence[Verdict]) -> list[Entry]:
    instead: dict[bytes, list[Verdict]] = {}
    if gone:
        for verdict in changed:
            instead.setdefault(verdict[0], []).append(verdict)
    reversals = [
        _reversal(key, seconds, provider_id, instead.get(key[0], ())) for key, seconds, provider_id in gone
    ]
    # Not by the name of the class, whose own way takes twice as long; a learner has thousands.
    additions = [_new_entry(Entry, (*verdict[:7], 1, 0, verdict[7])) for verdict in changed]
    return sorted(reversals, key=_order) + sorted(additions, key=_order)


def _reversal(key: AnyKey, seconds: int, provider_id: int, instead: Iterable[Verdict]) -> Entry:
    statement_id, course_id, day, kind, reason, note = key
    because = _because(reason, instead)
    return Entry(statement_id, provider_id, course_id, day, kind, reason, -seconds, -1, because, note)


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
    for _, _, course_id, day, kind, reason, seconds, _, _, _ in entries:
        if reason == _CREDITED and course_id is not None:
            placed, nominal = sums.get((day, course_id), _NOTHING)
            sums[day, course_id] = (placed, nominal + seconds) if kind else (placed + seconds, nominal)
    return {key: both for key, both in sums.items() if any(both)}


def _because(reversed_reason: int, instead: Iterable[Verdict]) -> int:
    """Where the time went: the longest of the statement's new verdicts; a refusal when credit is taken."""
    others = [verdict for verdict in instead if verdict.reason != reversed_reason]
    longest = max(others, key=lambda verdict: (verdict.seconds, -verdict.reason), default=None)
    return int(Reason.CREDITED) if longest is None else longest.reason


# A statement's piece of one day, kind, reason and note belongs to one course.
_order = itemgetter(0, 3, 4, 5, 9)
_new_entry = tuple.__new__
