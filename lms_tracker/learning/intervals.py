"""Placed time: the statement cap, the cut at local midnight, the union, and the caps, in that order."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from lms_tracker.learning.caps import Allowances, Event
from lms_tracker.learning.catalogue import CAPPED, Course, Matched
from lms_tracker.learning.days import LocalDays
from lms_tracker.learning.evidence import ATTENDED, Evidence
from lms_tracker.learning.late import MICROSECONDS, NEVER, Closing, Covered
from lms_tracker.learning.reasons import Reason
from lms_tracker.learning.verdicts import PLACED, Note, Piece

# (start, start of the whole interval, digest, statement id, end, day, cut, course, provider id): the part of
# an interval on one local day, in epoch seconds; `cut` is what the statement cap took from before it.
# A plain tuple whose order is the order of precedence: a part starts later than its interval only at a
# midnight, where every earlier interval that goes on starts too.
Segment = tuple[int, int, bytes, bytes, int, int, int, Course, int]

_CREDITED = int(Reason.CREDITED)
_OVERLAPS = int(Reason.OVERLAPS)
_OVER_A_CAP = int(Reason.OVER_A_CAP)
_OUTSIDE_VALIDITY = int(Reason.OUTSIDE_VALIDITY)


class Timeline:
    """Collects one learner's intervals as segments and credits their union.

    `earned` are the course rows whose stated hours are credited already: their measured time is over a cap
    and does not contest time with other courses. `closing` tells what came too late for the year of its day,
    `event_caps` are those of the policy.
    """

    def __init__(
        self,
        days: LocalDays,
        statement_cap: int,
        earned: Collection[int],
        closing: Closing,
        event_caps: Mapping[int, int],
    ) -> None:
        self._days = days
        self._statement_cap = statement_cap
        self._earned = earned
        self._closing = closing
        self._event_caps = event_caps
        # Statements of attendance whose role has a cap.
        self._events: dict[bytes, Event] = {}
        self._segments: list[Segment] = []
        # With the year and the day under which they are booked, as they arrived late.
        self._late: list[tuple[int, Segment, int]] = []
        self.verdicts: list[Piece] = []

    def add_segments(self, segments: Iterable[Segment]) -> None:
        """Takes what `learning.plain` parted already: of courses that are not earned, and came in time."""
        self._segments.extend(segments)

    def add(self, intervals: Iterable[tuple[Evidence, Matched]]) -> None:
        """Takes eligible intervals; each must have a length and some course.

        A statement longer than the statement cap counts its last seconds; what is cut is one verdict on the
        local day of its last second, however long it is.
        """
        cap, span, earned, segments = self._statement_cap, self._days.span, self._earned, self._segments
        least, open_until = self._closing.least, self._closing.open_until
        for piece, matched in intervals:
            at, start = piece.at, piece.start
            assert start is not None
            cut = 0
            if at - start > cap:
                cut = at - cap - start
                start = at - cap
            day, end = span(start)
            course = matched.always
            in_time = piece.position < open_until or piece.position // MICROSECONDS - at < least
            if piece.flags & ATTENDED and piece.role in self._event_caps and piece.object is not None:
                self._events[piece.statement_id] = piece.object, self._event_caps[piece.role]
            if at <= end and in_time and course is not None and course.id not in earned:
                segments.append(
                    (start, start, piece.digest, piece.statement_id, at, day, cut, course, piece.provider_id)
                )
            else:
                self._add_by_day(piece, matched, start, cut)

    def _add_by_day(self, piece: Evidence, matched: Matched, start: int, cut: int) -> None:
        """Each local day has the course that is valid on it; without one it is outside validity."""
        since = start
        while True:
            day, end = self._days.span(since)
            until = min(end, piece.at)
            is_last = until == piece.at
            course = matched.on(day)
            before = cut if is_last else 0
            if course is None or course.id in self._earned:
                self._refuse(piece, matched.nearest(day), course is None, day, until - since, before)
            else:
                self._add_segment(
                    (
                        since,
                        start,
                        piece.digest,
                        piece.statement_id,
                        until,
                        day,
                        before,
                        course,
                        piece.provider_id,
                    ),
                    self._closing.booked(day, piece.position),
                )
            if is_last:
                return
            since = until

    def _add_segment(self, segment: Segment, booked: int) -> None:
        if booked:
            self._late.append((date.fromordinal(booked).year, segment, booked))
        else:
            self._segments.append(segment)

    def _refuse(
        self, piece: Evidence, course: Course | None, is_outside: bool, day: int, seconds: int, cut: int
    ) -> None:
        course_id = None if course is None else course.id
        outside, over = (seconds, cut) if is_outside else (0, seconds + cut)
        for reason, length in ((_OUTSIDE_VALIDITY, outside), (_OVER_A_CAP, over)):
            if length:
                self.verdicts.append(
                    (piece.statement_id, piece.provider_id, course_id, day, PLACED, reason, length, 0)
                )

    def credit(self, allowances: Allowances) -> None:
        """Adds a verdict for every second of every segment.

        Contested time goes to the earlier start, then the smaller digest, then the smaller id. All segments
        that precede another one start no later, so what they cover of it is everything up to the farthest of
        their ends. Time that a cap cuts is not handed to another claimant. What arrived late comes after all
        that did not, and what was booked in a later year after what was in an earlier one.
        """
        grant, of_day, day_cap = allowances.grant, allowances.of_day, allowances.day_cap
        events = self._events
        is_daily = allowances.is_daily and not events
        add = self.verdicts.append
        reached = -NEVER
        for start, _, _, statement_id, end, day, cut, course, provider_id in sorted(self._segments):
            free = start if reached < start else reached if reached < end else end
            course_id = course.id
            if free > start:
                add((statement_id, provider_id, course_id, day, PLACED, _OVERLAPS, free - start, 0))
            over = cut
            if free < end:
                reached = end
                wanted = granted = end - free
                if is_daily and course.basis != CAPPED:
                    left = of_day.get(day, day_cap)
                    if left < wanted:
                        granted = left
                    of_day[day] = left - granted
                else:
                    granted = grant(course, day, wanted, 0, events.get(statement_id))
                over += wanted - granted
                if granted:
                    add((statement_id, provider_id, course_id, day, PLACED, _CREDITED, granted, 0))
            if over:
                add((statement_id, provider_id, course_id, day, PLACED, _OVER_A_CAP, over, 0))
        if self._late:
            self._credit_late(allowances)

    def _credit_late(self, allowances: Allowances) -> None:
        covered = Covered((segment[0], segment[4]) for segment in sorted(self._segments))
        # Parts of one statement on several days are booked on one: they are one verdict for each reason.
        sums: Counter[tuple[bytes, int, int, int, int]] = Counter()
        for _, (start, _, _, statement_id, end, day, cut, course, provider_id), booked in sorted(self._late):
            free = covered.take(start, end)
            granted = (
                allowances.grant(course, day, free, booked, self._events.get(statement_id)) if free else 0
            )
            for reason, seconds in (
                (_OVERLAPS, end - start - free),
                (_CREDITED, granted),
                (_OVER_A_CAP, free - granted + cut),
            ):
                if seconds:
                    sums[statement_id, provider_id, course.id, booked, reason] += seconds
        self.verdicts += [
            (statement_id, provider_id, course_id, booked, PLACED, reason, seconds, int(Note.LATE))
            for (statement_id, provider_id, course_id, booked, reason), seconds in sums.items()
        ]
