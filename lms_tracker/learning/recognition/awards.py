"""Honours (khen thưởng): to whom they are given, and in which forms, which are data."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources

import msgspec

from lms_tracker.learning.recognition.criteria_parts import Wording


class SubjectKind(StrEnum):
    """Whom an honour names."""

    COLLECTIVE = "collective"
    INDIVIDUAL = "individual"
    HOUSEHOLD = "household"


class AwardForm(msgspec.Struct, frozen=True, kw_only=True):
    """A form of honour; `level` is that of who gives it: "country", "province", "commune" or "any"."""

    code: str
    title: Wording
    level: str


class _Forms(msgspec.Struct, frozen=True):
    forms: tuple[AwardForm, ...]


@cache
def forms() -> Mapping[str, AwardForm]:
    """The forms by their code, the highest first."""
    body = (resources.files(__package__) / "award_forms.json").read_bytes()
    return {one.code: one for one in msgspec.json.decode(body, type=_Forms).forms}
