"""Credit as a pure function of a learner's evidence, the catalogue and the policy (I7)."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from lms_tracker.learning import declared, nominal
from lms_tracker.learning.caps import Allowances
from lms_tracker.learning.catalogue import Catalogue
from lms_tracker.learning.days import local_days
from lms_tracker.learning.eligibility import Sieve
from lms_tracker.learning.evidence import Evidence
from lms_tracker.learning.intervals import Segment, Timeline
from lms_tracker.learning.late import Closing
from lms_tracker.learning.plain import Place, PlainCourse, Row, part
from lms_tracker.learning.policy import Policy
from lms_tracker.learning.readings.applying import apply
from lms_tracker.learning.verdicts import NOMINAL, PLACED, Piece, Verdict, summed

__all__ = ["NOMINAL", "PLACED", "Verdict", "decide"]


def decide(evidence: Iterable[Evidence], catalogue: Catalogue, policy: Policy) -> list[Verdict]:
    """Verdicts on all of one person's evidence, in the order of statement ids.

    Order: eligibility, readings, statement cap, union, local midnight, then event, course, day and year caps
    in the order of time; what arrived after its year was closed comes after all that. For every statement
    with a possible duration the placed verdicts add up to the seconds it claims (of what was declared the
    nominal one does). Neither the order of the evidence nor repetitions change the result.
    """
    return sorted(map(Verdict._make, decide_with(evidence, (), catalogue, policy)))


def part_rows(
    rows: Sequence[Row],
    courses: Mapping[Place, PlainCourse | None],
    voided: Collection[bytes],
    policy: Policy,
) -> tuple[list[Segment], list[Row]]:
    """What is plain of one person's evidence, for `decide_with`, and the rows of what is not.

    `courses` knows `plain.plain_course` of the place of each row, else KeyError is raised; None is always
    right. `voided` are statements by id.
    """
    days = local_days(policy.timezone)
    closing = Closing(days, policy.closes, policy.first_closed_year)
    return part(rows, courses, voided, policy, days, closing)


def decide_with(
    evidence: Iterable[Evidence], segments: Iterable[Segment], catalogue: Catalogue, policy: Policy
) -> list[Piece]:
    """As `decide`, in no order, of evidence beside what is plain of the same person's."""
    days = local_days(policy.timezone)
    closing = Closing(days, policy.closes, policy.first_closed_year)
    sifted = Sieve(catalogue, days, policy.clock_tolerance, closing).sift(evidence)
    is_read = bool(sifted.waiting or sifted.untimed)
    if is_read:
        apply(sifted, policy)
    settled, earned = nominal.settle(sifted.completions, closing)
    timeline = Timeline(days, policy.statement_cap, earned, closing, policy.event_caps)
    timeline.add_segments(segments)
    timeline.add(sifted.intervals)
    timeline.credit(Allowances(policy))
    verdicts: list[Piece] = [
        *sifted.verdicts,
        *settled,
        *declared.settle(sifted.declared, policy),
        *timeline.verdicts,
    ]
    # Only a reading parts what a statement claims before the timeline does.
    return summed(verdicts) if is_read else verdicts
