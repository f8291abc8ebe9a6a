"""What hours propose beside the indicators of a set of points.

Hours are evidence: they propose points and confer nothing (I11). Where they cannot speak an indicator has not
been assessed, which is not the same as 0 points.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lms_tracker.learning.recognition.criteria_parts import PointsSet, Rule

ANY_CATEGORY = "*"


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


def propose(
    criteria: PointsSet, seconds_by_category: Mapping[str, int], population: str = ""
) -> list[IndicatorProposal]:
    """What credited time, in seconds by category, proposes for each indicator, in order.

    Steps are kept within the greatest points of a population group's own table when a set is checked.
    """
    rules = {number: rule for rule in criteria.proposal.rules for number in rule.indicators}
    return [
        _propose(number, most, rules.get(number), seconds_by_category)
        for number, most in criteria.most(population).items()
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
