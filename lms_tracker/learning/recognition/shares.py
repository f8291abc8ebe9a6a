"""What is counted of a household, clan, village, commune or unit, and by which rules.

The day that decides who belongs is the last of the window of the year, or today while the window is open. An
adult is whoever turns 18 in the year at the latest (article 20 of the Civil Code of 2015 has 18 years; lists
often know the year of birth alone). Whoever has no known year of birth is counted as an adult, so that nobody
drops out of a denominator because a list has a gap; how many these are stands beside the figure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from lms_tracker.learning.recognition.models import Model
from lms_tracker.learning.recognition.outcomes import Share

ADULT_AGE = 18

# What criteria sets can ask of each model (criteria_parts.COUNTED), in the order of pages.
COUNTED_OF: Mapping[Model, tuple[str, ...]] = {
    Model.CITIZEN: (),
    Model.HOUSEHOLD: ("members", "adults"),
    Model.CLAN: ("members", "adults"),
    Model.COMMUNITY: ("adults", "members", "households", "clans"),
    Model.COMMUNE: ("adults", "members", "households", "clans", "communities", "units"),
    Model.UNIT: ("members", "learners"),
}


@dataclass(frozen=True, slots=True)
class Counted(Share):
    """A share with what is said of it wherever it is shown (I14).

    `counts` is what the denominator counts, a key of COUNTED_OF. `on` is the local day that decides who
    belongs, `unknown` how many of the denominator are adults only because no year of birth is known.
    """

    counts: str
    on: date
    unknown: int = 0

    @property
    def missing(self) -> int:
        return self.denominator - self.numerator


def last_adult_birth_year(year: int) -> int:
    """Whoever was born in this year or before is an adult in an assessment year."""
    return year - ADULT_AGE


def counted_on(until: str, year: int, today: date) -> date:
    """The day that decides who belongs: the last of the window ("MM-DD") of a year, or today before that."""
    month, day = int(until[:2]), int(until[3:])
    first_of_next = date(year + month // 12, month % 12 + 1, 1)
    last = min(date(year, month, 1) + timedelta(days=day - 1), first_of_next - timedelta(days=1))
    return min(last, today)
