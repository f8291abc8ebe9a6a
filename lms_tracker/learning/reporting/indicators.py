"""The register of what can be reported: shipped as data, with what administrators add to it.

An indicator says what it counts (`unit`), of what it is a part (`base`, which gives a ratio, and `part_of`,
trong đó) and whether it is only ever an aggregate. People and attendances (lượt người) are units of their own
and are never compared (I15). A local indicator as JSON:

    {
     "code": "reading-clubs",
     "title": {"vi": "Câu lạc bộ đọc sách", "en": "Reading clubs"},
     "unit": "units",
     "kind": "count",
     "group": "local",
     "base": "",
     "part_of": "",
     "note": {"vi": "...", "en": "..."}
    }

`base`, `part_of`, `attendances_of`, `aggregate_only` and `note` may be left out; codes are those of the
register.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from lms_tracker.learning.reporting.numbers import Kind

MOST_BYTES = 64 * 1024
MOST_LOCAL = 500

Code = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$(?!\n)")]
MaybeCode = Annotated[str, Meta(pattern=r"^([a-z0-9][a-z0-9-]{0,59})?$(?!\n)")]
Words = Annotated[str, Meta(min_length=1, max_length=300)]


class Wording(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One text in both languages."""

    vi: Words
    en: Words

    def of(self, language: str) -> str:
        return self.en if language == "en" else self.vi


class Named(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A unit or a group of indicators."""

    code: Code
    title: Wording


class Base(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a denominator counts."""

    code: Code
    title: Wording
    unit: Code


class Indicator(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`kind` is how its values are written; a count with a `base` has a ratio."""

    code: Code
    title: Wording
    unit: Code
    kind: Literal["count", "ratio", "money"]
    group: Code = "local"
    base: MaybeCode = ""
    part_of: MaybeCode = ""
    # The number of events of which this counts the attendances.
    attendances_of: MaybeCode = ""
    # No table may ever hold it person by person: party membership is sensitive.
    aggregate_only: bool = False
    note: Wording | None = None

    @property
    def number_kind(self) -> Kind:
        return Kind(self.kind)


class _Shipped(Struct, frozen=True, forbid_unknown_fields=True):
    units: tuple[Named, ...]
    groups: tuple[Named, ...]
    bases: tuple[Base, ...]
    indicators: tuple[Indicator, ...]


class IndicatorRefused(ValueError):
    """What is wrong with an indicator that somebody adds, as an English sentence."""

    def __init__(self, rule: str, sentence: str) -> None:
        super().__init__(sentence)
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Register:
    """All indicators, bases, units and groups by their codes, in the order in which they are shown."""

    units: Mapping[str, Named]
    groups: Mapping[str, Named]
    bases: Mapping[str, Base]
    indicators: Mapping[str, Indicator]

    def grouped(self) -> list[tuple[Named, list[Indicator]]]:
        """Groups that have indicators, each with them; those of an unknown group are local ones."""
        found: dict[str, list[Indicator]] = {code: [] for code in self.groups}
        for one in self.indicators.values():
            found[one.group if one.group in found else "local"].append(one)
        return [(self.groups[code], ones) for code, ones in found.items() if ones]

    def parts_of(self, code: str) -> list[Indicator]:
        return [one for one in self.indicators.values() if one.part_of == code]


@cache
def shipped() -> Register:
    """The register as it comes with the program."""
    file = resources.files(__package__) / "indicator_data" / "indicators.json"
    found = msgspec.json.decode(file.read_bytes(), type=_Shipped)
    register = Register(
        {one.code: one for one in found.units},
        {one.code: one for one in found.groups},
        {one.code: one for one in found.bases},
        {one.code: one for one in found.indicators},
    )
    for one in found.indicators:
        _demand_fits(register, one)
    return register


def with_local(local: Iterable[Indicator]) -> Register:
    """The shipped register with indicators that were added to it, or that replace one of it."""
    base = shipped()
    return Register(
        base.units, base.groups, base.bases, {**base.indicators, **{one.code: one for one in local}}
    )


def parsed(data: bytes, register: Register) -> Indicator:
    """An indicator from JSON, as it can be added to the register. Raises IndicatorRefused."""
    if len(data) > MOST_BYTES:
        raise IndicatorRefused("file-size", f"expected at most {MOST_BYTES} bytes")
    try:
        found = msgspec.json.decode(data, type=Indicator)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise IndicatorRefused("file-json", str(error)[:300]) from None
    _demand_fits(register, found)
    return found


def _demand_fits(register: Register, one: Indicator) -> None:
    """Raises IndicatorRefused where codes are not those of the register, or do not fit each other."""
    known = register.indicators
    for rule, code, codes in (
        ("unit-known", one.unit, register.units),
        ("base-known", one.base, register.bases),
        ("part-known", one.part_of, known),
        ("events-known", one.attendances_of, known),
    ):
        if code and code not in codes:
            raise IndicatorRefused(rule, f"{one.code}: {code!r} is not in the register")
    if (one.kind == "money") != (one.unit == "vnd") or (one.kind == "ratio") != (one.unit == "percent"):
        raise IndicatorRefused(
            "kind-unit", f"{one.code}: money is in vnd, a ratio in percent, a count in others"
        )
    if one.base and register.bases[one.base].unit != one.unit:
        counted = register.bases[one.base].unit
        raise IndicatorRefused("base-unit", f"{one.code}: {one.unit} are no part of {one.base}, {counted}")
    if one.part_of and known[one.part_of].unit != one.unit:
        counted = known[one.part_of].unit
        raise IndicatorRefused("part-unit", f"{one.code}: {one.unit} are no part of {one.part_of}, {counted}")
    above, parent = {one.code}, one.part_of
    while parent:
        if parent in above:
            raise IndicatorRefused("part-circle", f"{one.code}: is a part of itself")
        above.add(parent)
        parent = known[parent].part_of
    if any(part.unit != one.unit for part in register.parts_of(one.code)):
        raise IndicatorRefused("part-unit", f"{one.code}: its parts are not counted in {one.unit}")
    old = known.get(one.code)
    if old is not None and old.aggregate_only and not one.aggregate_only:
        raise IndicatorRefused("aggregate-only", f"{one.code}: is only ever an aggregate")
