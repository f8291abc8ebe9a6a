"""A rebuild by several processes, each of which takes ranges of person keys until none is left.

Keys are hashes, so that ranges of the same length hold about as many people.
"""

from __future__ import annotations

import multiprocessing
import signal
from typing import TYPE_CHECKING

from lms_tracker.cli.output import Progress, Refused

if TYPE_CHECKING:
    from lms_tracker.actions.crediting import RebuildOutcome

RANGES_OF_A_PROCESS = 4


def rebuild(processes: int, progress: Progress) -> RebuildOutcome:
    """The sum of what all processes did. Those of an interrupted run end with it; what they wrote stays."""
    from lms_tracker.actions.crediting import RebuildOutcome

    parts = processes * RANGES_OF_A_PROCESS
    bounds = [((part << 128) // parts).to_bytes(17, "big")[1:] for part in range(parts)]
    ranges = list(zip([b"", *bounds[1:]], [*bounds[1:], None], strict=True))
    people = changed = entries = failed = 0
    # Not forked: a child's copy of a connection would close the parent's.
    with multiprocessing.get_context("spawn").Pool(processes, _leave_interrupting_to_the_parent) as pool:
        for done, (outcome, refusal) in enumerate(pool.imap_unordered(_work, ranges), 1):
            if outcome is None:
                raise Refused(refusal)
            people += outcome.people
            changed += outcome.changed
            entries += outcome.entries
            failed += outcome.failed
            progress(done, parts)
    return RebuildOutcome(people, changed, entries, failed)


def _leave_interrupting_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _work(within: tuple[bytes, bytes | None]) -> tuple[RebuildOutcome | None, str]:
    from lms_tracker.actions import crediting
    from lms_tracker.cli.opening import opened

    try:
        with opened():
            return crediting.rebuild(first=within[0], last=within[1]), ""
    except Refused as refusal:
        # Its arguments do not travel between processes, its sentence does.
        return None, refusal.message
