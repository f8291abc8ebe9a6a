"""What there is to be done, each piece safe to do twice and safe to be killed in."""

from collections.abc import Callable
from dataclasses import dataclass

from lms_tracker.actions import (
    claim_reviews,
    contents,
    crediting,
    dispute_reviews,
    forwarding,
    letters,
    old_proofs,
    proving,
    quotas,
    refusals,
    rosters,
    watch_memory,
    watching,
)
from lms_tracker.actions.reporting import figure_imports, totals


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is looked for every so many seconds; `work` answers how much was done.

    It runs `at_once` times beside itself at most: what waits for others must not keep the rest waiting.
    """

    name: str
    seconds: float
    work: Callable[[], int]
    at_once: int = 1


def recount() -> int:
    """Recount until nobody is waiting any more."""
    done = 0
    while count := crediting.recount_due():
        done += count
    return done


JOBS = (
    Job("credit", 0.25, recount),
    Job("refusal log", 3600, refusals.drop_old),
    Job("quotas", 3600, quotas.drop_old),
    Job("contents", 3600, contents.sweep),
    Job("rosters", 3600, rosters.drop_old),
    Job("figure files", 3600, figure_imports.drop_old),
    Job("watching", 60, watching.watch_due),
    Job("old claims of the watch", 3600, watch_memory.forget_old),
    Job("totals", 5, totals.recount_due),
    Job("totals of the day", 600, totals.refresh),
    Job("claims", 30, claim_reviews.settle_due),
    Job("proofs of withdrawn claims", 3600, old_proofs.drop_old),
    Job("disputes", 30, dispute_reviews.settle_due),
    Job("forwarding", 1, forwarding.send_due, at_once=4),
    Job("letters", 2, letters.send_due),
    Job("old letters", 3600, letters.drop_old),
    Job("old codes", 3600, proving.drop_old),
)
