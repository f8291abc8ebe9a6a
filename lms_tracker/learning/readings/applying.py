"""Each waiting piece read as it says, as one step between eligibility and the timeline."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from lms_tracker.learning.eligibility import Sifted, Waiting, refused
from lms_tracker.learning.evidence import Evidence
from lms_tracker.learning.policy import Policy
from lms_tracker.learning.readings import Reading, cmi5, gaps, h5p, keeping_time, scorm, video
from lms_tracker.learning.readings.reading import Found, Given, length
from lms_tracker.learning.reasons import Reason
from lms_tracker.learning.verdicts import NOMINAL, PLACED, Verdict

_READ: dict[Reading, Callable[[Iterable[Given], Policy], Iterator[Found]]] = {
    Reading.CMI5: cmi5.read,
    Reading.SCORM: scorm.read,
    Reading.KEEPING_TIME: keeping_time.read,
    Reading.H5P: h5p.read,
    Reading.VIDEO: video.read,
    Reading.GAPS: gaps.read,
}


def apply(sifted: Sifted, policy: Policy) -> None:
    """Moves what waits on: time to the intervals, what is set aside to the verdicts.

    What is untimed has its verdicts already, and here only learns whether its session was practice.
    """
    waiting = {one.piece.statement_id: one for one in sifted.waiting}
    untimed = [one._replace(piece=replace(one.piece, start=None)) for one in sifted.untimed]
    practice: set[bytes] = set()
    for found in _found([*waiting.values(), *untimed], policy):
        if found.is_practice:
            practice.add(found.piece.statement_id)
        one = waiting.get(found.piece.statement_id)
        if one is None:
            continue
        if length(found):
            sifted.intervals.append((_placed(found), one.matched))
        sifted.verdicts += _verdicts(one, found)
    if practice:
        _complete_nothing(sifted, practice)


def _found(waiting: Iterable[Waiting], policy: Policy) -> Iterator[Found]:
    """What is booked in a year is read with all that came before that was closed, and with nothing later."""
    of_readings: dict[Reading, list[Waiting]] = {}
    for one in waiting:
        of_readings.setdefault(one.reading, []).append(one)
    for reading, pieces in of_readings.items():
        pieces.sort(key=lambda one: one.piece.position)
        positions = [one.piece.position for one in pieces]
        # Years in which the same was known are read together: mostly all of them.
        known_to = {closes: bisect_left(positions, closes) for closes in {one.closes for one in pieces}}
        for known in sorted(set(known_to.values())):
            booked = {one.piece.statement_id for one in pieces if known_to[one.closes] == known}
            found = _READ[reading](map(_given, pieces[:known]), policy)
            yield from (one for one in found if one.piece.statement_id in booked)


def _given(one: Waiting) -> Given:
    course = one.matched.nearest(one.day)
    return Given(one.piece, 0 if course is None else course.id, one.late)


def _placed(found: Found) -> Evidence:
    piece = found.piece
    if (found.start, found.end) == (piece.start, piece.at):
        return piece
    return replace(piece, start=found.start, at=found.end)


def _verdicts(one: Waiting, found: Found) -> Iterator[Verdict]:
    course = one.matched.nearest(one.day)
    for reason, seconds in ((Reason.OVERLAPS, found.overlaps), (Reason.OVER_A_CAP, found.over)):
        if seconds:
            yield refused(one.piece, course, one.day, PLACED, reason, seconds)
    if one.owed and not (length(found) or found.overlaps or found.over):
        yield refused(one.piece, course, one.day, PLACED, Reason(one.owed), 0)


def _complete_nothing(sifted: Sifted, practice: set[bytes]) -> None:
    for piece, course, day in sifted.completions:
        if piece.statement_id in practice:
            hours = course.seconds or 0
            sifted.verdicts.append(refused(piece, course, day, NOMINAL, Reason.OVER_A_CAP, hours))
    sifted.completions = [one for one in sifted.completions if one[0].statement_id not in practice]
