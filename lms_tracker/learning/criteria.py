"""Criteria sets, which are data, and what hours propose beside their indicators.

Hours are evidence: they propose points and confer nothing (I11). Where they cannot speak an indicator has not
been assessed, which is not the same as 0 points.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

ANY_CATEGORY = "*"

Status = Literal["verified", "draft"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One text in both languages."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where something is stated: document and publication in words, and an address only if it is complete."""

    told: Wording
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number and where it comes from: `verified` when a source states it, else `draft`."""

    value: int
    status: Status
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    number: str
    date: date
    issuer: Wording
    status: Status
    source: Source


class Window(msgspec.Struct, frozen=True, kw_only=True, rename={"since": "from", "until": "to"}):
    """The part of an assessment year whose evidence counts, both as inclusive "MM-DD"."""

    since: str
    until: str
    status: Status
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    name: Wording
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Titled:
    """An entry of a list: a population group, a competency, a result."""

    code: str
    title: Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    number: int
    competency: str
    title: Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaException:
    """Thresholds that hold in some areas instead of the usual ones."""

    area: str
    title: Wording
    total: Figure
    each: Figure
    note: Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """The least points in total and for each indicator."""

    total: Figure
    each: Figure
    exceptions: tuple[AreaException, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """From so many hours on, so many points."""

    hours: int
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Which categories speak for which indicators ("*": all), and the steps, rising."""

    indicators: tuple[int, ...]
    categories: tuple[str, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What a reader of one indicator's proposal should know."""

    indicator: int
    text: Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """How hours propose points: local, and replaceable, because no official rule does."""

    status: Literal["local-proposal", "local-rule"]
    title: Wording
    note: Wording
    rules: tuple[Rule, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CriteriaSet:
    """One version of a model's criteria; several live side by side, told apart by `id`.

    `most_points` is the greatest number of points of each indicator. `valid_from` and `valid_to` are
    inclusive dates, None is open.
    """

    id: str
    model: str
    title: Wording
    document: Document
    status: Status
    status_note: Wording
    valid_from: date | None
    valid_to: date | None
    window: Window
    process: Wording
    authority: Authority
    results: tuple[Titled, ...]
    groups: tuple[Titled, ...]
    groups_status: Status
    groups_source: Source
    competencies: tuple[Titled, ...]
    indicators: tuple[Indicator, ...]
    indicators_status: Status
    indicators_source: Source
    most_points: Figure
    thresholds: Thresholds
    proposal: Proposal

    @property
    def most_total(self) -> int:
        return self.most_points.value * len(self.indicators)


@dataclass(frozen=True, slots=True)
class IndicatorProposal:
    """What hours say of one indicator.

    `speaks`: hours can say something of it at all. `points` are proposed, None while not assessed (hours
    cannot speak, or no step is reached). `seconds` is the time that speaks. `missing_next` and `missing_most`
    are the seconds to the next step, which gives `next_points`, and to the last; None when none is ahead.
    `rule` names the text to show: "not-by-hours", "no-step-yet", "step-reached" or "last-step".
    """

    number: int
    points: int | None
    most_points: int
    speaks: bool
    seconds: int
    missing_next: int | None
    next_points: int | None
    missing_most: int | None
    rule: str
    categories: tuple[str, ...] = field(default=())


def parse(body: bytes) -> CriteriaSet:
    """A criteria set from JSON. Raises ValueError saying what is wrong with it."""
    found = msgspec.json.decode(body, type=CriteriaSet)
    competencies = {competency.code for competency in found.competencies}
    numbers = [indicator.number for indicator in found.indicators]
    if len(set(numbers)) != len(numbers):
        raise ValueError("indicators: each number once")
    if any(indicator.competency not in competencies for indicator in found.indicators):
        raise ValueError("indicators: each belongs to one of the competencies")
    spoken_for = [number for rule in found.proposal.rules for number in rule.indicators]
    if len(set(spoken_for)) != len(spoken_for) or not set(spoken_for) <= set(numbers):
        raise ValueError("proposal: at most one rule for each indicator, and for no others")
    if not {remark.indicator for remark in found.proposal.remarks} <= set(spoken_for):
        raise ValueError("proposal: remarks on indicators that a rule speaks for")
    if not all(_is_rising(rule.steps, found.most_points.value) for rule in found.proposal.rules):
        raise ValueError("proposal: steps rise in hours and points, within the greatest points")
    return found


def _is_rising(steps: tuple[Step, ...], most_points: int) -> bool:
    rises = all(
        earlier.hours < later.hours and earlier.points < later.points
        for earlier, later in itertools.pairwise(steps)
    )
    if not steps or not rises:
        return False
    first, last = steps[0], steps[-1]
    return first.hours > 0 and first.points >= 0 and last.points <= most_points


@cache
def shipped() -> tuple[CriteriaSet, ...]:
    """The sets that come with the program, by id."""
    folder = resources.files(__package__) / "criteria_sets"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".json"))
    return tuple(parse((folder / name).read_bytes()) for name in names)


def in_force(sets: tuple[CriteriaSet, ...], model: str, year: int) -> CriteriaSet | None:
    """The set of a model for an assessment year: of those in force during it the latest."""
    end = date(year, 12, 31)
    valid = [
        found
        for found in sets
        if found.model == model
        and (found.valid_from or date.min) <= end
        and (found.valid_to or date.max) >= date(year, 1, 1)
    ]
    return max(valid, key=lambda found: (found.valid_from or date.min, found.id), default=None)


def propose(criteria: CriteriaSet, seconds_by_category: Mapping[str, int]) -> list[IndicatorProposal]:
    """What credited time, in seconds by category, proposes for each indicator, in order."""
    rules = {number: rule for rule in criteria.proposal.rules for number in rule.indicators}
    most = criteria.most_points.value
    return [
        _propose(indicator.number, most, rules.get(indicator.number), seconds_by_category)
        for indicator in criteria.indicators
    ]


def _propose(number: int, most: int, rule: Rule | None, by_category: Mapping[str, int]) -> IndicatorProposal:
    if rule is None:
        return IndicatorProposal(number, None, most, False, 0, None, None, None, "not-by-hours")
    seconds = sum(
        length
        for category, length in by_category.items()
        if ANY_CATEGORY in rule.categories or category in rule.categories
    )
    reached = [step for step in rule.steps if step.hours * 3600 <= seconds]
    ahead = rule.steps[len(reached) :]
    return IndicatorProposal(
        number=number,
        points=reached[-1].points if reached else None,
        most_points=most,
        speaks=True,
        seconds=seconds,
        missing_next=ahead[0].hours * 3600 - seconds if ahead else None,
        next_points=ahead[0].points if ahead else None,
        missing_most=ahead[-1].hours * 3600 - seconds if ahead else None,
        rule=("step-reached" if ahead else "last-step") if reached else "no-step-yet",
        categories=rule.categories,
    )
