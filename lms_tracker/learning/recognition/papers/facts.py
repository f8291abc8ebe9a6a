"""What the papers of a round are about. Days are local; names are as they were entered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lms_tracker.learning.recognition.models import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """Who issues a paper, as documents write it, and who signs for it ("Chủ tịch"); `above` it in rank."""

    name: str
    signs_as: str
    above: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What is scored: an indicator of at most `most` points, or an item that is ticked (None)."""

    code: str
    title: str
    most: int | None
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """The criteria set of a round; `note` says what of it is not verified."""

    title: str
    number: str
    day: date
    issuer: str
    scored: tuple[Scored, ...]
    note: str = ""
    # The least points in total and of each indicator that hold in the round's area; None for a checklist.
    least: tuple[int, int] | None = None
    populations: tuple[tuple[str, str], ...] = ()

    @property
    def most_total(self) -> int | None:
        return None if self.least is None else sum(one.most or 0 for one in self.scored)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundFacts:
    """A round, its `where` in words ("xã Gò Quao, tỉnh An Giang") and its `seat`, where papers are dated."""

    model: Model
    year: int
    number: int
    where: str
    seat: str
    # What lists are parted by: "Thôn, tổ dân phố"; empty where they are not.
    grouped_by: str
    criteria: Criteria
    opens_on: date
    closes_on: date
    proposing: Body
    deciding: Body


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A subject in a round, in the order of lists. `points` are in the order of what is scored.

    `birth` is a year or a day, as far as it is known. `why` says what kept it from being achieved.
    """

    name: str
    group: str = ""
    birth: str = ""
    population: str = ""
    came_by: str = ""
    registered_on: date | None = None
    self_total: int | None = None
    total: int | None = None
    points: tuple[int | None, ...] = ()
    level: int | None = None
    note: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """A subject in a decision; `address` is where it is, for a certificate. `earlier` is the decision by
    which was recognised what is revoked, and `revoked_on` from when."""

    name: str
    group: str = ""
    birth: str = ""
    address: str = ""
    level: int | None = None
    points: int | None = None
    certificate: str = ""
    valid_to: date | None = None
    earlier: str = ""
    revoked_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How many subjects of a thôn, or of all, stand where."""

    group: str
    registered: int
    reviewed: int
    proposed: int
    not_achieved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """The meeting that proposes; what is None or "" is left to be written by hand."""

    held_on: date | None = None
    held_at: str = ""
    chair: str = ""
    secretary: str = ""
    present: str = ""
    votes_for: int | None = None
    votes_against: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The paper with which the list is sent."""

    number: str = ""
    sent_on: date | None = None
    to: str = ""
    signed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A numbered decision; before it is one, `number` is empty and `day` None."""

    number: str = ""
    day: date | None = None
    body: Body
    signed_by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Learned:
    """Credited time of a year, in seconds, of one course, or of what somebody declared and was accepted."""

    title: str
    category: str
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a form of self-assessment: `evidence` in words, `proposed` with the reason."""

    scored: Scored
    evidence: tuple[str, ...] = ()
    proposed: int | None = None
    why: str = ""
    own: int | None = None
    reviewed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form of self-assessment of one subject; blank where nothing is known."""

    name: str = ""
    birth: str = ""
    address: str = ""
    population: str = ""
    learned: Sequence[Learned] = ()
    lines: tuple[Line, ...]
    # What evidence says as a whole, in words: that hours are no condition.
    remark: str = ""
