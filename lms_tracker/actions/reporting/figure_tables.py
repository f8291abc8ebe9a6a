"""A register as rows of a table: every ratio with its numerator, denominator, source and rounding (I14)."""

from collections.abc import Callable
from decimal import Decimal

from lms_tracker.actions.reporting.figure_sheets import DIGITS, Row, Sheet
from lms_tracker.learning.places import called
from lms_tracker.learning.reporting.figure_checks import Finding
from lms_tracker.learning.reporting.ratios import ROUNDING
from lms_tracker.learning.reporting.tables import Value

COLUMNS = (
    "place",
    "place_code",
    "year",
    "period",
    "group",
    "indicator",
    "title",
    "unit",
    "value",
    "bound",
    "denominator",
    "denominator_counts",
    "denominator_on",
    "denominator_source",
    "percent",
    "rounding",
    "published_percent",
    "last_year",
    "difference",
    "relative_percent",
    "points",
    "published_change",
    "source",
    "note",
    "remarks",
)


def rows(sheet: Sheet, language: str, remark: Callable[[Finding], str]) -> list[dict[str, Value]]:
    """A row for each indicator that has a figure; `remark` says in words what does not add up."""
    found = []
    for group, ones in sheet.groups:
        title = group.title.of(language)
        found += [_row(sheet, title, one, language, remark) for one in ones if one.figure is not None]
    return found


def _row(
    sheet: Sheet, group: str, one: Row, language: str, remark: Callable[[Finding], str]
) -> dict[str, Value]:
    figure, share, place = one.figure, one.share, sheet.subject.place
    if figure is None:
        raise ValueError("only indicators with figures have rows")
    organisation = sheet.subject.organisation
    counts = share.counts if share else figure.denominator_counts
    if share and not counts and share.base:
        counts = sheet.register.bases[share.base].title.of(language)
    return {
        "place": called(place.kind, place.name) if place else organisation.name if organisation else "",
        "place_code": (place.code or "") if place else "",
        "year": sheet.year,
        "period": sheet.period,
        "group": group,
        "indicator": one.indicator.code,
        "title": one.indicator.title.of(language),
        "unit": sheet.register.units[one.indicator.unit].title.of(language),
        "value": Decimal(figure.value),
        "bound": figure.bound,
        "denominator": share.denominator if share else None,
        "denominator_counts": counts,
        "denominator_on": share.on if share else None,
        "denominator_source": (share.baseline.source if share.baseline else figure.source) if share else "",
        "percent": share.percent if share else None,
        "rounding": f"{ROUNDING}, {DIGITS}" if share else "",
        "published_percent": _decimal(figure.published_ratio),
        "last_year": None if one.last is None else one.last.value,
        "difference": one.difference,
        "relative_percent": one.relative,
        "points": one.points,
        "published_change": _decimal(figure.published_change),
        "source": figure.source,
        "note": figure.note,
        "remarks": " ".join(remark(finding) for finding in one.findings),
    }


def _decimal(text: str) -> Decimal | None:
    return Decimal(text) if text else None
