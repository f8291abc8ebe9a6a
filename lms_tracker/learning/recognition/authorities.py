"""Who proposes and who decides where nobody has said so: bodies as data, each from one day to another.

`authorities.json` says of each where it is laid down and whether that was verified. Districts decided about
communes until 30 June 2025; by whom they were followed was not found.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

from lms_tracker.learning.recognition.criteria_parts import Status
from lms_tracker.learning.recognition.models import Model


class Part(StrEnum):
    """What a body does in a recognition."""

    PROPOSING = "proposing"
    DECIDING = "deciding"


# What stands in place of a unit that is not known, as in "Ủy ban nhân dân cấp huyện".
GENERAL = {"commune": "cấp xã", "district": "cấp huyện", "province": "cấp tỉnh", "place": "cùng cấp"}


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`body` names units in braces: {commune}, {district}, {province}, or {place}, that of the round.

    From `valid_from` to `valid_to`, both included; None is open. `managed_by` as in criteria sets.
    """

    models: tuple[Model, ...]
    part: Part
    body: str
    signs_as: str
    status: Status
    source: str
    valid_from: date | None
    valid_to: date | None
    managed_by: Literal["commune", "province"] | None = None

    def named(self, units: Mapping[str, str]) -> str:
        """The body as documents write it, by the names of units ("commune": "xã Gò Quao")."""
        return self.body.format_map(GENERAL | dict(units))


class _Bodies(msgspec.Struct, frozen=True):
    authorities: tuple[Body, ...]


@cache
def shipped() -> tuple[Body, ...]:
    """The bodies that come with the program."""
    body = (resources.files(__package__) / "authorities.json").read_bytes()
    return msgspec.json.decode(body, type=_Bodies).authorities


def usual(model: str, part: str, on: date, managed_by: str) -> Body | None:
    """The body that is usual for a model on a day, where one is known."""
    for found in shipped():
        if (
            model in found.models
            and found.part == part
            and found.managed_by in (None, managed_by)
            and (found.valid_from or date.min) <= on <= (found.valid_to or date.max)
        ):
            return found
    return None
