"""Criteria sets, which are data: read, checked, and what points, hours and members come to by them.

`docs/criteria-format.md` documents the format for whoever writes a set.
"""

from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from lms_tracker.learning.recognition.criteria_parts import (
    AREAS,
    COUNTED,
    AnySet,
    AreaException,
    Checklist,
    CriteriaSet,
    Figure,
    Group,
    Indicator,
    Item,
    PointsSet,
    ShareRule,
    Source,
    Thresholds,
    Titled,
    Wording,
)
from lms_tracker.learning.recognition.outcomes import (
    ItemVerdict,
    Share,
    Verdict,
    checked,
    kept_until,
    level_2_from,
    outcome,
    required_of,
    verdict,
)
from lms_tracker.learning.recognition.proposals import ANY_CATEGORY, IndicatorProposal, propose

__all__ = [
    "ANY_CATEGORY",
    "AREAS",
    "COUNTED",
    "AnySet",
    "AreaException",
    "Checklist",
    "CriteriaSet",
    "Figure",
    "Group",
    "Indicator",
    "IndicatorProposal",
    "Item",
    "ItemVerdict",
    "PointsSet",
    "Share",
    "ShareRule",
    "Source",
    "Thresholds",
    "Titled",
    "Verdict",
    "Wording",
    "checked",
    "holds_in",
    "in_force",
    "kept_until",
    "level_2_from",
    "outcome",
    "parse",
    "propose",
    "required_of",
    "schema",
    "shipped",
    "shipped_texts",
    "verdict",
]

_DECODER: msgspec.json.Decoder[AnySet] = msgspec.json.Decoder(AnySet)


def parse(body: bytes | str) -> AnySet:
    """A criteria set that was checked before it was kept, from its JSON. Raises ValueError.

    What is handed in goes through `learning.recognition.criteria_check`, which says all that is wrong.
    """
    return _DECODER.decode(body)


@cache
def shipped_texts() -> tuple[bytes, ...]:
    """The sets that come with the program, as they are written, by the names of their files."""
    folder = resources.files(__package__) / "criteria_sets"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".json"))
    return tuple((folder / name).read_bytes() for name in names)


@cache
def shipped() -> tuple[AnySet, ...]:
    """The sets that come with the program, by id."""
    return tuple(sorted((parse(text) for text in shipped_texts()), key=lambda found: found.id))


def holds_in(criteria: CriteriaSet, year: int) -> bool:
    """Whether a set is valid on some day of an assessment year."""
    first, last = criteria.valid_from or date.min, criteria.valid_to or date.max
    return first <= date(year, 12, 31) and last >= date(year, 1, 1)


def in_force(sets: Iterable[AnySet], model: str, year: int, managed_by: str = "commune") -> AnySet | None:
    """The set of a model for an assessment year: of those valid during it the one that began last.

    Of units those of a commune or of a province (`managed_by`) are asked about.
    """
    valid = [
        found
        for found in sets
        if found.model == model and holds_in(found, year) and found.managed_by in (None, managed_by)
    ]
    return max(valid, key=lambda found: (found.valid_from or date.min, found.id), default=None)


def schema() -> dict[str, Any]:
    """A JSON Schema (2020-12) of the format, for editors; `criteria_check` knows more than it can say."""
    found = msgspec.json.schema(AnySet)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "criteria set", **found}
