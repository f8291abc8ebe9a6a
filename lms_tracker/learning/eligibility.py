"""The first step of crediting: which intervals and completions may take part at all.

A statement has up to two pieces: its interval (placed) and, when it completes a course of stated hours, those
hours (nominal). What concerns the whole statement (voided, future timestamp, duplicate content) refuses both.
An impossible duration or a timestamp that the LRS set refuses the interval only.

An interval that is not read plainly waits: what nothing speaks against is told apart by learning.readings,
together with the statements that only say that somebody was there. These have no verdict of their own.

SELF_ASSERTED is what nobody but the learner vouches for: time in which they are named as the instructor, and
what is said to be declared by them, unless it comes through our own provider, where reviewers accepted it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from lms_tracker.learning import catalogue as catalogues
from lms_tracker.learning.catalogue import Catalogue, Course, Matched
from lms_tracker.learning.days import LocalDays
from lms_tracker.learning.declared import Declared
from lms_tracker.learning.evidence import (
    COMPLETION,
    DECLARED,
    HAS_DURATION,
    IMPOSSIBLE_DURATION,
    OWN_TIME,
    PRESENCE,
    SELF_VOUCHED,
    Evidence,
    claimed_seconds,
    played_seconds,
)
from lms_tracker.learning.late import Closing
from lms_tracker.learning.readings import PRESENT, Reading
from lms_tracker.learning.reasons import Reason
from lms_tracker.learning.verdicts import NOMINAL, PLACED, Verdict

MICROSECONDS = 1_000_000
# These are told whatever else is wrong with a statement's time.
_OF_PEOPLE = frozenset({Reason.VOIDED, Reason.IDENTITY_DISPUTED, Reason.SHARED_ACCOUNT, Reason.SELF_ASSERTED})
# What stands so may still come to something, read with others.
_READ_ON = (None, Reason.CREDITED, Reason.NO_DURATION)
# The time alone is wrong, and the rest of the statement holds.
_UNTIMED = (Reason.NO_TIME_OF_ITS_OWN, Reason.IMPOSSIBLE_DURATION)


class Waiting(NamedTuple):
    """A piece that nothing speaks against, to be read with others; `owed` is the Reason that it stands under
    when nothing is found, 0 where it then has no verdict of its own. `late` is the year in which it is booked
    where it came after that of its beginning was closed, and else 0. The year in which it is booked closes
    at the position `closes`."""

    piece: Evidence
    matched: Matched
    day: int
    reading: Reading
    owed: int
    late: int
    closes: int


@dataclass(slots=True)
class Sifted:
    """What goes on to the next steps, and the verdicts on what does not."""

    intervals: list[tuple[Evidence, Matched]] = field(default_factory=list)
    completions: list[tuple[Evidence, Course, int]] = field(default_factory=list)
    declared: list[Declared] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    # Pieces of cmi5 whose own time is refused: of their session they still say the launch mode.
    untimed: list[Waiting] = field(default_factory=list)
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
        pieces = list(evidence)
        unique = {piece.statement_id: piece for piece in pieces}
        if len(unique) != len(pieces):
            # The identity that may earn goes before one that may not.
            pieces.sort(key=lambda piece: (piece.barred, piece.flags & SELF_VOUCHED), reverse=True)
            unique = {piece.statement_id: piece for piece in pieces}
        copies = self._copies(unique.values())
        sifted = Sifted()
        matched_of, tolerance = self._catalogue.matched, self._tolerance
        for piece in unique.values():
            matched = matched_of(piece)
            start = piece.start
            if (
                # The usual case at once: an interval of its own time and nothing against it.
                piece.flags & matched.asks == OWN_TIME
                and start is not None
                and start < piece.at <= piece.position // MICROSECONDS + tolerance
                and not (piece.voided or piece.profile or piece.barred or piece.statement_id in copies)
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
        return self._is_barred(piece), booked, piece.at, piece.statement_id

    def _is_barred(self, piece: Evidence) -> bool:
        course, _ = self._catalogue.match(piece, self._days.day(piece.at))
        return course is None or self._is_future(piece) or bool(piece.barred) or self._is_self_asserted(piece)

    def _is_future(self, piece: Evidence) -> bool:
        return piece.at > piece.position // MICROSECONDS + self._tolerance

    def _is_self_asserted(self, piece: Evidence) -> bool:
        if piece.flags & DECLARED:
            return piece.provider_id not in self._catalogue.own_providers
        return bool(piece.flags & SELF_VOUCHED)

    def _of_whole(self, piece: Evidence, is_copy: bool) -> Reason:
        """What concerns the whole statement; CREDITED where nothing does."""
        if piece.voided:
            return Reason.VOIDED
        if piece.barred:
            return Reason(piece.barred)
        if self._is_self_asserted(piece):
            return Reason.SELF_ASSERTED
        if self._is_future(piece):
            return Reason.FUTURE_TIMESTAMP
        return Reason.DUPLICATE_CONTENT if is_copy else Reason.CREDITED

    def _weigh(self, piece: Evidence, matched: Matched, is_copy: bool, sifted: Sifted) -> None:
        day = self._days.day(piece.at)
        whole = self._of_whole(piece, is_copy)
        reading = Reading.PLAIN
        if piece.profile or not matched.is_plain:
            reading = matched.reading(piece.profile, day)
        claimed = _claimed(piece, reading)
        if piece.flags & PRESENCE and not claimed:
            if reading in PRESENT and not whole and not matched.refusal:
                sifted.waiting.append(self._waiting(piece, matched, day, reading, 0))
            return
        completed = _completed(piece, matched, day)
        if completed is not None:
            if whole:
                hours = completed.seconds or 0
                sifted.verdicts.append(refused(piece, completed, day, NOMINAL, whole, hours))
            else:
                sifted.completions.append((piece, completed, day))
        reason = _of_interval(piece, whole, matched, day, completed is not None, claimed)
        if reading is Reading.CMI5 and reason in _UNTIMED and not (whole or matched.refusal):
            sifted.untimed.append(self._waiting(piece, matched, day, reading, 0))
        if piece.flags & DECLARED:
            self._weigh_declared(piece, matched, day, reason, sifted)
        elif reading is not Reading.PLAIN and not whole and reason in _READ_ON:
            owed = int(reason or Reason.CREDITED)
            sifted.waiting.append(self._waiting(piece, matched, day, reading, owed))
        elif reason is Reason.CREDITED:
            sifted.intervals.append((piece, matched))
        elif reason is not None:
            sifted.verdicts.append(refused(piece, matched.nearest(day), day, PLACED, reason, claimed))

    def _waiting(self, piece: Evidence, matched: Matched, day: int, reading: Reading, owed: int) -> Waiting:
        began = piece.at if piece.start is None else min(piece.start, piece.at)
        first = self._days.day(began)
        booked = self._closing.booked(first, piece.position)
        late = date.fromordinal(booked).year if booked else 0
        return Waiting(piece, matched, day, reading, owed, late, self._closing.closes_at(booked or first))

    def _weigh_declared(
        self, piece: Evidence, matched: Matched, day: int, reason: Reason | None, sifted: Sifted
    ) -> None:
        course = matched.on(day)
        if reason is Reason.CREDITED and course is not None:
            booked = self._closing.booked(day, piece.position)
            sifted.declared.append(Declared(piece, course, day, booked))
            return
        against = reason or Reason.OUTSIDE_VALIDITY
        seconds = claimed_seconds(piece)
        sifted.verdicts.append(refused(piece, matched.nearest(day), day, NOMINAL, against, seconds))


def _claimed(piece: Evidence, reading: Reading) -> int:
    """The seconds that the piece claims; of a video without a duration, what was played of it."""
    claimed = claimed_seconds(piece)
    if claimed or reading is not Reading.VIDEO or piece.flags & (IMPOSSIBLE_DURATION | DECLARED):
        return claimed
    return played_seconds(piece)


def _completed(piece: Evidence, matched: Matched, day: int) -> Course | None:
    """The course of stated hours that the statement completes: the course itself, not a part of it."""
    if not piece.flags & COMPLETION or piece.flags & DECLARED or matched.refusal:
        return None
    course = matched.on(day)
    if course is None or course.basis != catalogues.NOMINAL or not course.is_itself(piece.object):
        return None
    return course


def _of_interval(
    piece: Evidence, whole: Reason, matched: Matched, day: int, completes: bool, claimed: int
) -> Reason | None:
    """CREDITED lets the interval go on, another reason refuses it, None says that there is none to judge."""
    is_impossible = piece.flags & IMPOSSIBLE_DURATION
    if completes and not claimed and not is_impossible:
        return None
    if whole in _OF_PEOPLE:
        return whole
    if is_impossible:
        return Reason.IMPOSSIBLE_DURATION
    if whole is Reason.FUTURE_TIMESTAMP:
        return whole
    if (piece.flags & HAS_DURATION or claimed) and not piece.flags & OWN_TIME:
        return Reason.NO_TIME_OF_ITS_OWN
    if whole:
        return whole
    if claimed:
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


def refused(
    piece: Evidence, course: Course | None, day: int, kind: int, reason: Reason, seconds: int
) -> Verdict:
    course_id = None if course is None else course.id
    return Verdict(piece.statement_id, piece.provider_id, course_id, day, kind, int(reason), seconds)
