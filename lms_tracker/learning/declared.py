"""What learners declared and reviewers accepted: it has no place on the clock, so all of it is nominal.

The caps of declared hours, of one claim and of one person and local year, hold for it alone.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from lms_tracker.learning.catalogue import Course
from lms_tracker.learning.evidence import Evidence, claimed_seconds
from lms_tracker.learning.policy import Policy
from lms_tracker.learning.reasons import Reason
from lms_tracker.learning.verdicts import NOMINAL, Note, Verdict


class Declared(NamedTuple):
    """A piece that nothing speaks against; `booked` is the day of its arrival where it came late, else 0.

    Its local day is `day`. It claims something: a piece without length has its verdict already.
    """

    piece: Evidence
    course: Course
    day: int
    booked: int

    @property
    def order(self) -> tuple[int, int, bytes, bytes]:
        """That of time; what came after its year was closed takes nothing from what came before."""
        year = date.fromordinal(self.booked).year if self.booked else 0
        return year, self.piece.at, self.piece.digest, self.piece.statement_id


def settle(declared: Iterable[Declared], policy: Policy) -> list[Verdict]:
    """Verdicts on all of it: each piece is credited up to what the caps leave, the rest is over a cap.

    The cap of a year belongs to the year in which the time is booked.
    """
    verdicts: list[Verdict] = []
    of_year: dict[int, int] = {}
    for one in sorted(declared, key=lambda one: one.order):
        claimed = claimed_seconds(one.piece)
        day = one.booked or one.day
        granted = claimed if policy.declared_cap is None else min(claimed, policy.declared_cap)
        if policy.declared_year_cap is not None:
            year = date.fromordinal(day).year
            left = of_year.get(year, policy.declared_year_cap)
            granted = min(granted, left)
            of_year[year] = left - granted
        parts = ((Reason.CREDITED, granted), (Reason.OVER_A_CAP, claimed - granted))
        verdicts += [_verdict(one, day, reason, seconds) for reason, seconds in parts if seconds]
    return verdicts


def _verdict(one: Declared, day: int, reason: Reason, seconds: int) -> Verdict:
    return Verdict(
        one.piece.statement_id,
        one.piece.provider_id,
        one.course.id,
        day,
        NOMINAL,
        int(reason),
        seconds,
        int(Note.LATE if one.booked else Note.NONE),
    )
