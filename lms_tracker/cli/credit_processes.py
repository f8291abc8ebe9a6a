"""A rebuild by several processes, each of which takes a range of person keys.

Keys are hashes, so that ranges of the same length hold about as many people. One range for each process,
because a passage through a range may read all there is.
"""

from __future__ import annotations

import multiprocessing
import signal
from typing import TYPE_CHECKING, Any

from lms_tracker.cli.output import Progress, Refused

if TYPE_CHECKING:
    from lms_tracker.actions.crediting import RebuildOutcome

SECONDS_BETWEEN_LOOKS = 0.5

# In a process of the pool: how many people all of them have looked at.
_looked_at: Any = None


def rebuild(processes: int, progress: Progress, people: int = 0) -> RebuildOutcome:
    """The sum of what all processes did; of about so many `people`, for the progress.

    Those of an interrupted run end with it; what they wrote stays.
    """
    from lms_tracker.actions.crediting import RebuildOutcome

    bounds = [((part << 128) // processes).to_bytes(17, "big")[1:] for part in range(processes)]
    ranges = list(zip([b"", *bounds[1:]], [*bounds[1:], None], strict=True))
    # Not forked: a child's copy of a connection would close the parent's.
    context = multiprocessing.get_context("spawn")
    looked_at = context.Value("q", 0)
    with context.Pool(processes, _begin, [looked_at]) as pool:
        working = pool.map_async(_work, ranges, chunksize=1)
        while not working.ready():
            working.wait(SECONDS_BETWEEN_LOOKS)
            progress(looked_at.value, max(people, looked_at.value))
        found = working.get()
    done: list[RebuildOutcome] = []
    for outcome, refusal in found:
        if outcome is None:
            raise Refused(refusal)
        done.append(outcome)
    return RebuildOutcome(
        sum(one.people for one in done),
        sum(one.changed for one in done),
        sum(one.entries for one in done),
        sum(one.failed for one in done),
    )


def _begin(looked_at: Any) -> None:
    """Leave interrupting to the parent."""
    global _looked_at
    _looked_at = looked_at
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _work(within: tuple[bytes, bytes | None]) -> tuple[RebuildOutcome | None, str]:
    from lms_tracker.actions import crediting
    from lms_tracker.cli.opening import opened

    told = 0

    def tell(people: int, _total: int) -> None:
        nonlocal told
        with _looked_at.get_lock():
            _looked_at.value += people - told
        told = people

    try:
        with opened():
            return crediting.rebuild(tell, first=within[0], last=within[1]), ""
    except Refused as refusal:
        # Its arguments do not travel between processes, its sentence does.
        return None, refusal.message
