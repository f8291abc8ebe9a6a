"""Stated hours, earned by completing a course: once for each person and course row."""

from collections.abc import Iterable

from lms_tracker.learning.catalogue import Course
from lms_tracker.learning.evidence import Evidence
from lms_tracker.learning.reasons import Reason
from lms_tracker.learning.verdicts import NOMINAL, Verdict


def settle(completions: Iterable[tuple[Evidence, Course, int]]) -> tuple[list[Verdict], frozenset[int]]:
    """Verdicts on all completions (evidence, course, local day), and the ids of the courses that are earned.

    The earliest completion earns, then the smaller digest, then the smaller id; every other one is over a
    cap with the stated hours as its seconds, so that it shows what was not counted twice.
    """
    by_course: dict[int, list[tuple[Evidence, Course, int]]] = {}
    for completion in completions:
        by_course.setdefault(completion[1].id, []).append(completion)
    verdicts = []
    for alike in by_course.values():
        alike.sort(key=lambda completion: _order(completion[0]))
        for rank, (piece, course, day) in enumerate(alike):
            reason = int(Reason.OVER_A_CAP if rank else Reason.CREDITED)
            verdicts.append(
                Verdict(
                    statement_id=piece.statement_id,
                    provider_id=piece.provider_id,
                    course_id=course.id,
                    day=day,
                    kind=NOMINAL,
                    reason=reason,
                    seconds=course.seconds or 0,
                )
            )
    return verdicts, frozenset(by_course)


def _order(piece: Evidence) -> tuple[int, bytes, bytes]:
    return piece.at, piece.digest, piece.statement_id
