"""Statistics as rows of a table, for files and programs: each ratio with all that it was made of (I14)."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from lms_tracker.actions.reporting.statistics import Line, Published, Statistics
from lms_tracker.learning.places import called
from lms_tracker.learning.reporting import ratios
from lms_tracker.learning.reporting.measures import DEFINITIONS, Measure, counts, title
from lms_tracker.learning.reporting.tables import Value

COLUMNS = (
    "place",
    "place_code",
    "year",
    "model",
    "title",
    "registered",
    "numerator",
    "denominator",
    "denominator_counts",
    "definition",
    "on",
    "percent",
    "rounding",
    "points",
    "relative_percent",
    "published_numerator",
    "published_bound",
    "published_denominator",
    "published_percent",
    "remarks",
)

Remark = Callable[[Published], str]


def rows(found: Statistics, language: str, remark: Remark, rest: str) -> list[dict[str, Value]]:
    """A row for each model of the place, then of each unit below it.

    `remark` says what a published ratio is; `rest` is what is said of those of no unit below.
    """
    named = called(found.place.kind, found.place.name)
    listed = [_row(found, named, found.place.code, line, language, remark) for line in found.lines]
    for part in found.parts:
        name = called(part.place.kind, part.place.name) if part.place else f"{named}: {rest}"
        code = part.place.code if part.place else None
        listed += [_row(found, name, code, line, language, remark) for line in part.lines]
    return listed


def _row(
    found: Statistics, name: str, code: str | None, line: Line, language: str, remark: Remark
) -> dict[str, Value]:
    change, ratio, published = line.change, line.ratio, line.published
    return {
        "place": name,
        "place_code": code or "",
        "year": found.year,
        "model": line.counted.indicator,
        "title": title(line.counted.indicator, language),
        "registered": line.registered,
        "numerator": int(ratio.numerator),
        "denominator": int(ratio.denominator),
        "denominator_counts": counts(ratio.counts, language),
        "definition": DEFINITIONS[ratio.counts].of(language),
        "on": found.on,
        "percent": ratio.percent,
        "rounding": f"{ratios.ROUNDING}, {ratio.digits}",
        "points": change.points if change else None,
        "relative_percent": change.relative if change else None,
        **_published(published),
        "remarks": remark(published) if published else "",
    }


def _published(published: Published | None) -> Mapping[str, Value]:
    figure = published.figure if published else None
    return {
        "published_numerator": Decimal(figure.value) if figure else None,
        "published_bound": figure.bound if figure else "",
        "published_denominator": Decimal(figure.denominator) if figure and figure.denominator else None,
        "published_percent": Decimal(figure.published_ratio) if figure and figure.published_ratio else None,
    }


def described(found: Statistics, listed: list[dict[str, Value]]) -> dict[str, Any]:
    """As JSON for programs: the rows, with the day, the rule of rounding and what is not counted yet."""
    counted = found.counted_us
    return {
        "place": {
            "id": found.place.id,
            "code": found.place.code,
            "kind": found.place.kind,
            "name": found.place.name,
            "above": [one.name for one in found.above],
        },
        "year": found.year,
        "on": found.on.isoformat(),
        "counted": counted
        and datetime.fromtimestamp(counted // 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "waiting": found.waiting,
        "undecided": found.undecided,
        "compared_with": [{"id": one.id, "code": one.code, "name": one.name} for one in found.compared],
        "rounding": {"rule": ratios.ROUNDING, "digits": ratios.DIGITS},
        "measures": {
            measure.name.lower(): value
            for measure, value in sorted(found.totals.items())
            if measure is not Measure.COUNTED_US
        },
        "rows": listed,
    }


def verdicts(published: Published) -> str:
    """The findings by their stable names, for programs."""
    found = [published.explained.verdict.value] if published.explained else []
    return ", ".join([*found, *([f"change-{published.change.meant.value}"] if published.change else [])])
