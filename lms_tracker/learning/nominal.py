"""Stated hours, earned by completing a course: once for each person and course row."""

from collections.abc import Iterable
from datetime import date

from lms_tracker.learning.catalogue import Course
from lms_tracker.learning.evidence import Evidence
from lms_tracker.learning.late import Closing
from lms_tracker.learning.reasons import Reason
from lms_tracker.learning.verdicts import NOMINAL, Note, Verdict


def settle(
    completions: Iterable[tuple[Evidence, Course, int]], closing: Closing
) -> tuple[list[Verdict], frozenset[int]]:
    """Verdicts on all completions (evidence, course, local day), and the ids of the courses that are earned.

    The earliest completion earns, then the smaller digest, then the smaller id; every other one is over a
    cap with the stated hours as its seconds, so that it shows what was not counted twice. One that came after
    its year was closed earns only where none came in time.
    """
    by_course: dict[int, list[tuple[Evidence, Course, int]]] = {}
    for completion in completions:
        by_course.setdefault(completion[1].id, []).append(completion)
    verdicts = []
    for alike in by_course.values():
        for rank, (_, piece, course, day, booked) in enumerate(sorted(_ordered(alike, closing), key=_first)):
            reason = int(Reason.OVER_A_CAP if rank else Reason.CREDITED)
            verdicts.append(
                Verdict(
                    statement_id=piece.statement_id,
                    provider_id=piece.provider_id,
                    course_id=course.id,
                    day=booked or day,
                    kind=NOMINAL,
                    reason=reason,
                    seconds=course.seconds or 0,
                    note=int(Note.LATE if booked else Note.NONE),
                )
            )
    return verdicts, frozenset(by_course)


Order = tuple[int, int, bytes, bytes]


def _ordered(
    alike: Iterable[tuple[Evidence, Course, int]], closing: Closing
) -> Iterable[tuple[Order, Evidence, Course, int, int]]:
    for piece, course, day in alike:
        booked = closing.booked(day, piece.position)
        year = date.fromordinal(booked).year if booked else 0
        yield (year, piece.at, piece.digest, piece.statement_id), piece, course, day, booked


def _first(completion: tuple[Order, Evidence, Course, int, int]) -> Order:
    return completion[0]
