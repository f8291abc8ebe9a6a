"""What a criteria set is made of, as it is written in JSON (docs/criteria-format.md).

A set is of points (`PointsSet`: indicators, each with its greatest points, and thresholds) or a checklist
(`Checklist`: items met or not, some of level 1 and some of level 2). Every figure says whether it was
verified and where it is stated.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from lms_tracker.learning.recognition.models import Model

MOST_TEXT = 2_000
MOST_ENTRIES = 200
MOST_FIGURE = 10_000
MOST_HOURS = 9_000

# Areas with thresholds of their own.
AREAS = ("difficult", "remote", "ethnic-minority", "border", "island")

# What the members of a subject are counted as, and as which model they are recognised.
COUNTED: Mapping[str, Model] = {
    "members": Model.CITIZEN,
    "adults": Model.CITIZEN,
    "learners": Model.CITIZEN,
    "households": Model.HOUSEHOLD,
    "clans": Model.CLAN,
    "communities": Model.COMMUNITY,
    "units": Model.UNIT,
}

Status = Literal["verified", "draft"]
Text = Annotated[str, Meta(min_length=1, max_length=MOST_TEXT)]
Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,79}$(?!\n)")]
Day = Annotated[str, Meta(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$(?!\n)")]
Number = Annotated[int, Meta(ge=1, le=MOST_ENTRIES)]
Address = Annotated[str, Meta(pattern=r"^https?://[^\s<>\"]{1,990}$(?!\n)")]
LevelNumber = Literal[1, 2]


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whatever a set is made of."""


class Wording(Part, frozen=True, kw_only=True):
    """One text in both languages."""

    vi: Text
    en: Text


class Source(Part, frozen=True, kw_only=True):
    """Where something is stated: document and publication in words, and an address only if it is complete."""

    told: Wording
    address: Address | None = None


class Figure(Part, frozen=True, kw_only=True):
    """A number and where it comes from: `verified` when a source states it, else `draft`."""

    value: Annotated[int, Meta(ge=0, le=MOST_FIGURE)]
    status: Status
    source: Source


class Document(Part, frozen=True, kw_only=True):
    """What the set was issued by."""

    number: Text
    date: date
    issuer: Wording
    status: Status
    source: Source


class Window(Part, frozen=True, kw_only=True, rename={"since": "from", "until": "to"}):
    """The part of an assessment year whose evidence counts, both as inclusive "MM-DD"."""

    since: Day
    until: Day
    status: Status
    source: Source


class Authority(Part, frozen=True, kw_only=True):
    """Who decides, in words; who it is at a place on a day is a setting of its own."""

    name: Wording
    status: Status


class Titled(Part, frozen=True, kw_only=True):
    """An entry of a list: a competency, a heading, a result."""

    code: Code
    title: Wording


class Indicator(Part, frozen=True, kw_only=True):
    """What is scored; without greatest points of its own it has those of the set."""

    number: Number
    competency: Code
    title: Wording
    most_points: Figure | None = None


class Group(Part, frozen=True, kw_only=True):
    """A population group, with a table of its own where its indicators read or score otherwise.

    Such a table has the same numbers as the set's.
    """

    code: Code
    title: Wording
    indicators: Annotated[tuple[Indicator, ...], Meta(max_length=MOST_ENTRIES)] = ()


class AreaException(Part, frozen=True, kw_only=True):
    """Thresholds that hold in some areas instead of the usual ones."""

    area: Literal["difficult", "remote", "ethnic-minority", "border", "island"]
    title: Wording
    total: Figure
    each: Figure
    note: Wording


class Thresholds(Part, frozen=True, kw_only=True):
    """The least points in total and for each indicator."""

    total: Figure
    each: Figure
    exceptions: Annotated[tuple[AreaException, ...], Meta(max_length=MOST_ENTRIES)] = ()


class Step(Part, frozen=True, kw_only=True):
    """From so many hours on, so many points."""

    hours: Annotated[int, Meta(ge=1, le=MOST_HOURS)]
    points: Annotated[int, Meta(ge=0, le=MOST_FIGURE)]


class Rule(Part, frozen=True, kw_only=True):
    """Which categories speak for which indicators ("*": all), and the steps, rising."""

    indicators: Annotated[tuple[Number, ...], Meta(min_length=1, max_length=MOST_ENTRIES)]
    categories: Annotated[tuple[Text, ...], Meta(min_length=1, max_length=MOST_ENTRIES)]
    steps: Annotated[tuple[Step, ...], Meta(min_length=1, max_length=MOST_ENTRIES)]


class Remark(Part, frozen=True, kw_only=True):
    """What a reader of one indicator's proposal should know."""

    indicator: Number
    text: Wording


class Proposal(Part, frozen=True, kw_only=True):
    """How hours propose points: local, and replaceable, because no official rule does."""

    status: Literal["local-proposal", "local-rule"]
    title: Wording
    note: Wording
    rules: Annotated[tuple[Rule, ...], Meta(max_length=MOST_ENTRIES)] = ()
    remarks: Annotated[tuple[Remark, ...], Meta(max_length=MOST_ENTRIES)] = ()


class ShareRule(Part, frozen=True, kw_only=True):
    """What is counted of a subject's members and at least how many of them are recognised.

    `percent` or `count`, exactly one of them. With `if_any` the item does not apply where there is nobody to
    count, as learners in an office.
    """

    of: Literal["members", "adults", "learners", "households", "clans", "communities", "units"]
    recognised_as: Literal["citizen", "household", "clan", "community", "commune", "unit"]
    percent: Figure | None = None
    count: Figure | None = None
    if_any: bool = False


class Item(Part, frozen=True, kw_only=True):
    """What is met or not: by a person's tick, or by a share that is computed where `share` is given.

    For level 2 an item may stand in place of one of level 1 (`instead_of`), with a higher share.
    """

    code: Code
    heading: Code
    title: Wording
    level: LevelNumber
    status: Status
    source: Source
    instead_of: Code | None = None
    share: ShareRule | None = None


class CriteriaSet(Part, frozen=True, kw_only=True, tag_field="form"):
    """One version of a model's criteria; several live side by side, told apart by `id`.

    `valid_from` and `valid_to` are inclusive dates, None is open. `replaces` is the id of the set that this
    one takes over from. A recognition is kept for `valid_months` after the recognised year, where given.
    `managed_by`, of units alone: whose units it is for; None is all.
    """

    id: Code
    model: Literal["citizen", "household", "clan", "community", "commune", "unit"]
    title: Wording
    document: Document
    status: Status
    status_note: Wording
    valid_from: date | None
    valid_to: date | None
    window: Window
    process: Wording
    authority: Authority
    results: Annotated[tuple[Titled, ...], Meta(min_length=2, max_length=2)]
    replaces: Code | None = None
    valid_months: Figure | None = None
    managed_by: Literal["commune", "province"] | None = None


class PointsSet(CriteriaSet, frozen=True, kw_only=True, tag_field="form", tag="points"):
    """A set of points.

    `most_points` is the greatest number of points of an indicator that has none of its own. `total`, where it
    is stated, is what the greatest points of all indicators add up to.
    """

    groups: Annotated[tuple[Group, ...], Meta(max_length=MOST_ENTRIES)]
    groups_status: Status
    groups_source: Source
    competencies: Annotated[tuple[Titled, ...], Meta(min_length=1, max_length=MOST_ENTRIES)]
    indicators: Annotated[tuple[Indicator, ...], Meta(min_length=1, max_length=MOST_ENTRIES)]
    indicators_status: Status
    indicators_source: Source
    most_points: Figure
    thresholds: Thresholds
    proposal: Proposal
    total: Figure | None = None

    def table(self, population: str = "") -> tuple[Indicator, ...]:
        """The indicators as a population group has them; those of the set where it has none of its own."""
        own = (group.indicators for group in self.groups if group.code == population)
        return next(own, ()) or self.indicators

    def most(self, population: str = "") -> dict[int, int]:
        """The greatest points of each indicator, by number, as a population group has them."""
        return {one.number: (one.most_points or self.most_points).value for one in self.table(population)}

    @property
    def most_total(self) -> int:
        return sum(self.most().values())

    def least(self, area: str = "") -> tuple[int, int]:
        """The least points in total and for each indicator in an area; the usual ones in any other."""
        found = next((one for one in self.thresholds.exceptions if one.area == area), self.thresholds)
        return found.total.value, found.each.value


class Checklist(CriteriaSet, frozen=True, kw_only=True, tag_field="form", tag="checklist"):
    """A set of items that are met or not.

    A set has two levels when one of its items is of level 2; from the recognition of level 1 to that of level
    2 `months_between` must pass, where given.
    """

    headings: Annotated[tuple[Titled, ...], Meta(min_length=1, max_length=MOST_ENTRIES)]
    items: Annotated[tuple[Item, ...], Meta(min_length=1, max_length=MOST_ENTRIES)]
    months_between: Figure | None = None

    @property
    def levels(self) -> tuple[int, ...]:
        """(1,) or (1, 2)."""
        return (1, 2) if any(item.level == 2 for item in self.items) else (1,)

    def of_level(self, level: int) -> tuple[Item, ...]:
        """The items that must be met for a level, in order; those of level 1 hold for 2 unless replaced."""
        replaced = {item.instead_of for item in self.items if level == 2 and item.level == 2}
        return tuple(item for item in self.items if item.level <= level and item.code not in replaced)


AnySet = PointsSet | Checklist
