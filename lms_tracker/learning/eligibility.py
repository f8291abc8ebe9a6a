"""The first step of crediting: which intervals and completions may take part at all.

A statement has up to two pieces: its interval (placed) and, when it completes a course of stated hours, those
hours (nominal). What concerns the whole statement (voided, future timestamp, duplicate content) refuses both.
An impossible duration or a timestamp that the LRS set refuses the interval only.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from lms_tracker.learning import catalogue as catalogues
from lms_tracker.learning.catalogue import Catalogue, Course, Matched
from lms_tracker.learning.days import LocalDays
from lms_tracker.learning.evidence import COMPLETION, HAS_DURATION, IMPOSSIBLE_DURATION, OWN_TIME, Evidence
from lms_tracker.learning.late import Closing
from lms_tracker.learning.reasons import Reason
from lms_tracker.learning.verdicts import NOMINAL, PLACED, Verdict

MICROSECONDS = 1_000_000
_PLAIN_MASK = OWN_TIME | COMPLETION | IMPOSSIBLE_DURATION


@dataclass(slots=True)
class Sifted:
    """What goes on to the next steps, and the verdicts on what does not."""

    intervals: list[tuple[Evidence, Matched]] = field(default_factory=list)
    completions: list[tuple[Evidence, Course, int]] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)


class Sieve:
    """Sifts one learner's evidence. `tolerance` is how far, in seconds, a clock may run ahead of ours."""

    def __init__(self, catalogue: Catalogue, days: LocalDays, tolerance: int, closing: Closing) -> None:
        self._catalogue = catalogue
        self._days = days
        self._tolerance = tolerance
        self._closing = closing

    def sift(self, evidence: Iterable[Evidence]) -> Sifted:
        """A group's statement may come once for each of a person's identities; it is one piece."""
        unique = {piece.statement_id: piece for piece in evidence}
        copies = self._copies(unique.values())
        sifted = Sifted()
        matched_of, tolerance = self._catalogue.matched, self._tolerance
        for piece in unique.values():
            matched = matched_of(piece)
            start = piece.start
            if (
                # The usual case at once: an interval of its own time and nothing against it.
                piece.flags & _PLAIN_MASK == OWN_TIME
                and start is not None
                and start < piece.at <= piece.position // MICROSECONDS + tolerance
                and not (piece.voided or matched.refusal or piece.statement_id in copies)
            ):
                sifted.intervals.append((piece, matched))
            else:
                self._weigh(piece, matched, piece.statement_id in copies, sifted)
        return sifted

    def _copies(self, evidence: Iterable[Evidence]) -> set[bytes]:
        """The statements whose content is said already by another that stands.

        Of several with one content the smallest id stands. One that could earn goes before one that could
        not, so that nobody takes another's credit by repeating a statement, and where the LRS set the
        timestamps the earlier one, so that sending again moves nothing to a later day. One that came in time
        goes before one that came after its year was closed, and of those the one that came first.
        """
        first: dict[bytes, Evidence] = {}
        repeated: dict[bytes, list[Evidence]] = {}
        for piece in evidence:
            if not piece.voided:
                known = first.setdefault(piece.digest, piece)
                if known is not piece:
                    repeated.setdefault(piece.digest, [known]).append(piece)
        copies: set[bytes] = set()
        for alike in repeated.values():
            standing = min(alike, key=self._precedence)
            copies.update(piece.statement_id for piece in alike if piece is not standing)
        return copies

    def _precedence(self, piece: Evidence) -> tuple[bool, int, int, bytes]:
        booked = self._closing.booked(self._days.day(piece.at), piece.position)
        return self._is_barred(piece), piece.at, booked, piece.statement_id

    def _is_barred(self, piece: Evidence) -> bool:
        course, _ = self._catalogue.match(piece, self._days.day(piece.at))
        return course is None or self._is_future(piece)

    def _is_future(self, piece: Evidence) -> bool:
        return piece.at > piece.position // MICROSECONDS + self._tolerance

    def _weigh(self, piece: Evidence, matched: Matched, is_copy: bool, sifted: Sifted) -> None:
        day = self._days.day(piece.at)
        whole = Reason.CREDITED
        if piece.voided:
            whole = Reason.VOIDED
        elif self._is_future(piece):
            whole = Reason.FUTURE_TIMESTAMP
        elif is_copy:
            whole = Reason.DUPLICATE_CONTENT
        completed = _completed(piece, matched, day)
        if completed is not None:
            if whole:
                hours = completed.seconds or 0
                sifted.verdicts.append(_refused(piece, completed, day, NOMINAL, whole, hours))
            else:
                sifted.completions.append((piece, completed, day))
        reason = _of_interval(piece, whole, matched, day, completed is not None)
        if reason is Reason.CREDITED:
            sifted.intervals.append((piece, matched))
        elif reason is not None:
            course = matched.nearest(day)
            sifted.verdicts.append(_refused(piece, course, day, PLACED, reason, claimed_seconds(piece)))


def claimed_seconds(piece: Evidence) -> int:
    """The length of the interval; 0 without a usable one."""
    return 0 if piece.start is None else max(piece.at - piece.start, 0)


def _completed(piece: Evidence, matched: Matched, day: int) -> Course | None:
    """The course of stated hours that the statement completes: the course itself, not a part of it."""
    if not piece.flags & COMPLETION or matched.refusal:
        return None
    course = matched.on(day)
    if course is None or course.basis != catalogues.NOMINAL or not course.is_itself(piece.object):
        return None
    return course


def _of_interval(
    piece: Evidence, whole: Reason, matched: Matched, day: int, completes: bool
) -> Reason | None:
    """CREDITED lets the interval go on, another reason refuses it, None says that there is none to judge."""
    is_impossible = piece.flags & IMPOSSIBLE_DURATION
    has_length = claimed_seconds(piece) > 0
    if completes and not has_length and not is_impossible:
        return None
    if whole is Reason.VOIDED:
        return whole
    if is_impossible:
        return Reason.IMPOSSIBLE_DURATION
    if whole is Reason.FUTURE_TIMESTAMP:
        return whole
    if piece.flags & HAS_DURATION and not piece.flags & OWN_TIME:
        return Reason.NO_TIME_OF_ITS_OWN
    if whole:
        return whole
    if has_length:
        return Reason(matched.refusal)
    return _without_length(piece, matched, day)


def _without_length(piece: Evidence, matched: Matched, day: int) -> Reason:
    """A completion could still earn once its course is known; anything else without length never can."""
    if piece.flags & COMPLETION:
        if matched.refusal:
            return Reason(matched.refusal)
        if matched.on(day) is None:
            return Reason.OUTSIDE_VALIDITY
    return Reason.NO_DURATION


def _refused(
    piece: Evidence, course: Course | None, day: int, kind: int, reason: Reason, seconds: int
) -> Verdict:
    course_id = None if course is None else course.id
    return Verdict(piece.statement_id, piece.provider_id, course_id, day, kind, int(reason), seconds)
