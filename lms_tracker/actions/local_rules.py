"""What a local place may be called, from when to when it may stand, and how a wrong change is told."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from lms_tracker.actions.places import PlacesRefused
from lms_tracker.learning import names
from lms_tracker.learning.places import KINDS, Level, holds
from lms_tracker.store.places import Place

MOST_NAME = 100
MOST_DOCUMENT = 200
MOST_AT_ONCE = 30
FIRST_DAY = date(1900, 1, 1)
# A decision may be entered before the day from which it holds.
MOST_DAYS_AHEAD = 366


class Problem(StrEnum):
    """Why a change is refused; pages have a sentence for each."""

    NAME = "name"
    KIND = "kind"
    DAY = "day"
    DOCUMENT = "document"
    THERE_ALREADY = "there-already"
    ENDED = "ended"
    NO_COMMUNE = "no-commune"
    NO_PLACE = "no-place"
    TOO_FEW = "too-few"
    NO_HEIR = "no-heir"


SENTENCES = {
    Problem.NAME: f"expected a name of 1 to {MOST_NAME} characters that can be printed",
    Problem.KIND: "expected a kind of local place",
    Problem.DAY: "expected a day on which the place and its commune are there, at most a year ahead",
    Problem.DOCUMENT: f"expected the document it is decided by, of at most {MOST_DOCUMENT} characters",
    Problem.THERE_ALREADY: "the commune has a place of this kind and name at that time",
    Problem.ENDED: "the place ends already",
    Problem.NO_COMMUNE: "expected a commune",
    Problem.NO_PLACE: "expected local places of one commune",
    Problem.TOO_FEW: f"expected 2 to {MOST_AT_ONCE} places",
    Problem.NO_HEIR: "expected one of the communes that took over the place's own",
}


class LocalRefused(PlacesRefused):
    """A change that cannot be made; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(SENTENCES[problem])
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Called:
    """What a local place is called: a kind of learning.places and a name without it."""

    kind: str
    name: str


def clean(called: Called) -> Called:
    """As it is kept. Raises LocalRefused."""
    name = " ".join(called.name.split())
    if called.kind not in KINDS or KINDS[called.kind].level != Level.LOCAL:
        raise LocalRefused(Problem.KIND)
    if not 1 <= len(name) <= MOST_NAME or not name.isprintable() or not names.folded(name):
        raise LocalRefused(Problem.NAME)
    return Called(called.kind, names.composed(name))


def check_day(day: date, commune: Place, today: date) -> None:
    """A change may be of a day on which its commune is there. Raises LocalRefused."""
    ahead = today + timedelta(days=MOST_DAYS_AHEAD)
    if not FIRST_DAY <= day <= ahead or not holds(commune.valid_from, commune.valid_to, day):
        raise LocalRefused(Problem.DAY)


def check_document(document: str, needed: bool = True) -> None:
    """Raises LocalRefused."""
    if len(document) > MOST_DOCUMENT or not document.isprintable() or (needed and not document.strip()):
        raise LocalRefused(Problem.DOCUMENT)
