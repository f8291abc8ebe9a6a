"""What is counted of a place or an organisation and a year, and which ratio each model of learning has.

The numbers are stored. A person counts once for each place and year: where they live on the day of the year,
which is its last, or today in the year that runs. Achieved is counted where the recognition stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from lms_tracker.learning.recognition.models import Model
from lms_tracker.learning.reporting.indicators import Wording, shipped


class Measure(IntEnum):
    """Numbers of people are of distinct people, never of attendances (I15)."""

    # When the others were counted, in microseconds: of several places the earliest.
    COUNTED_US = 0
    PEOPLE = 1
    # Adults by learning.recognition.shares, and how many of them only because no year of birth is known.
    ADULTS = 2
    ADULTS_UNKNOWN = 3
    HOUSEHOLDS = 4
    CLANS = 5
    # These two are counted from the places of the day and not kept.
    COMMUNITIES = 6
    COMMUNES = 7
    UNITS = 8
    # Of an organisation: everybody but learners, and those.
    MEMBERS = 9
    PUPILS = 10
    # People with credited time of the year, and the seconds that were credited to them, also by category.
    LEARNERS = 20
    CREDITED = 21
    CREDITED_DIGITAL = 22
    CREDITED_LANGUAGE = 23
    CREDITED_LAW = 24
    CREDITED_AGRICULTURE = 25
    CREDITED_OTHER = 26
    # At events: attendances (lượt người), and the people behind them. Nothing writes them yet.
    ATTENDANCES = 30
    ATTENDING = 31
    # By model: registered, achieved, and achieved at each level where the model has levels.
    CITIZENS_REGISTERED = 100
    CITIZENS = 101
    # Those of them who are adults.
    CITIZENS_ADULT = 104
    HOUSEHOLDS_REGISTERED = 110
    HOUSEHOLDS_ACHIEVED = 111
    CLANS_REGISTERED = 120
    CLANS_ACHIEVED = 121
    COMMUNITIES_REGISTERED = 130
    COMMUNITIES_ACHIEVED = 131
    COMMUNITIES_LEVEL_1 = 132
    COMMUNITIES_LEVEL_2 = 133
    COMMUNES_REGISTERED = 140
    COMMUNES_ACHIEVED = 141
    COMMUNES_LEVEL_1 = 142
    COMMUNES_LEVEL_2 = 143
    UNITS_REGISTERED = 150
    UNITS_ACHIEVED = 151
    UNITS_LEVEL_1 = 152
    UNITS_LEVEL_2 = 153


# Categories are data: what is not named here is counted as another field.
CATEGORIES: Mapping[str, Measure] = {
    "digital-skills": Measure.CREDITED_DIGITAL,
    "foreign-language": Measure.CREDITED_LANGUAGE,
    "law": Measure.CREDITED_LAW,
    "agriculture": Measure.CREDITED_AGRICULTURE,
    "other": Measure.CREDITED_OTHER,
}


def of_category(code: str) -> Measure:
    return CATEGORIES.get(code, Measure.CREDITED_OTHER)


@dataclass(frozen=True, slots=True)
class Counted:
    """The ratio of a model: `indicator` is its code of the register, `counts` a base of the register."""

    indicator: str
    model: Model
    registered: Measure | None
    achieved: Measure
    counts: str
    base: Measure
    levels: tuple[Measure, ...] = ()


# In the order of reports. Of citizens two denominators are in use: everybody (QĐ 1373), and adults (QĐ 677).
MODELS = (
    Counted(
        "household", Model.HOUSEHOLD, Measure.HOUSEHOLDS_REGISTERED, Measure.HOUSEHOLDS_ACHIEVED,
        "households", Measure.HOUSEHOLDS,
    ),
    Counted(
        "clan", Model.CLAN, Measure.CLANS_REGISTERED, Measure.CLANS_ACHIEVED, "clans", Measure.CLANS
    ),
    Counted(
        "community", Model.COMMUNITY, Measure.COMMUNITIES_REGISTERED, Measure.COMMUNITIES_ACHIEVED,
        "communities", Measure.COMMUNITIES, (Measure.COMMUNITIES_LEVEL_1, Measure.COMMUNITIES_LEVEL_2),
    ),
    Counted(
        "commune", Model.COMMUNE, Measure.COMMUNES_REGISTERED, Measure.COMMUNES_ACHIEVED,
        "communes", Measure.COMMUNES, (Measure.COMMUNES_LEVEL_1, Measure.COMMUNES_LEVEL_2),
    ),
    Counted(
        "unit", Model.UNIT, Measure.UNITS_REGISTERED, Measure.UNITS_ACHIEVED,
        "units", Measure.UNITS, (Measure.UNITS_LEVEL_1, Measure.UNITS_LEVEL_2),
    ),
    Counted(
        "citizen", Model.CITIZEN, Measure.CITIZENS_REGISTERED, Measure.CITIZENS, "population", Measure.PEOPLE
    ),
    Counted(
        "citizen-adult", Model.CITIZEN, None, Measure.CITIZENS_ADULT, "adults", Measure.ADULTS
    ),
)  # fmt: skip
OF_MODEL: Mapping[Model, Counted] = {one.model: one for one in reversed(MODELS)}


def day_of(year: int, today: date) -> date:
    """The local day that decides who and what counts: the last of a year, or today in the one that runs."""
    return min(date(year, 12, 31), today)


def _said(vi: str, en: str) -> Wording:
    return Wording(vi=vi, en=en)


# What each denominator counts, in full.
DEFINITIONS: Mapping[str, Wording] = {
    "households": _said(
        "hộ gia đình có người thuộc hộ vào ngày của số liệu",
        "families to which somebody belongs on the day of the figures",
    ),
    "clans": _said(
        "dòng họ có người thuộc dòng họ vào ngày của số liệu",
        "clans to which somebody belongs on the day of the figures",
    ),
    "communities": _said(
        "thôn, bản, tổ dân phố có vào ngày của số liệu",
        "villages and residential groups that are there on the day of the figures",
    ),
    "communes": _said(
        "xã, phường, đặc khu có vào ngày của số liệu; trước 01/07/2025 là xã, phường, thị trấn",
        "communes, wards and special zones that are there on the day of the figures",
    ),
    "units": _said(
        "đơn vị, trường học đóng tại đây vào ngày của số liệu",
        "units and schools that stand here on the day of the figures",
    ),
    "population": _said(
        "người sống ở đây vào ngày của số liệu, mỗi người một lần",
        "people who live here on the day of the figures, each once",
    ),
    "adults": _said(
        "người sống ở đây, đủ 18 tuổi trong năm; người chưa rõ năm sinh được tính là người lớn",
        "people who live here and turn 18 in the year or did before; of unknown age counts as adult",
    ),
}
# Of lines that are no indicator of the register.
TITLES: Mapping[str, Wording] = {
    "citizen-adult": _said("Công dân học tập là người lớn", "Learning citizens who are adults"),
}


def title(indicator: str, language: str) -> str:
    said = TITLES[indicator] if indicator in TITLES else shipped().indicators[indicator].title
    return said.of(language)


def counts(base: str, language: str) -> str:
    """What a denominator counts, in two or three words."""
    return shipped().bases[base].title.of(language)
