"""Which place of a commune the words of a roster mean."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lms_tracker.learning.names import folded, spelled
from lms_tracker.learning.places import sought


@dataclass(frozen=True, slots=True)
class Spot:
    """The commune, or a place in it, of the day of the roster."""

    id: int
    kind: str
    name: str


class Spots:
    """Finds the place that a text means, if it means one alone."""

    def __init__(self, spots: Iterable[Spot]) -> None:
        self._by_name: dict[str, list[Spot]] = {}
        for spot in spots:
            self._by_name.setdefault(_number(folded(spot.name)), []).append(spot)
        self._kept: dict[str, int | None] = {}

    def meant(self, text: str) -> int | None:
        """The id of the place, or None where there is none or more than one. "Thôn 03" is thôn 3."""
        if text not in self._kept:
            parts = [text, *text.split(",")]
            self._kept[text] = next((one for part in parts if (one := self._found(part)) is not None), None)
        return self._kept[text]

    def _found(self, text: str) -> int | None:
        for way in sought(text):
            named = _told_apart(self._by_name.get(_number(way.folded), []), way.spelled)
            of_kind = [spot for spot in named if way.kinds is None or spot.kind in way.kinds]
            # A list that says thôn where the commune says ấp means the one place of that name.
            for found in (of_kind, named):
                if len(found) == 1:
                    return found[0].id
        return None


def _told_apart(spots: Sequence[Spot], typed: str | None) -> list[Spot]:
    """Of namesakes but for their marks the one that was typed; all of them for a text without marks."""
    if typed is None:
        return list(spots)
    return [spot for spot in spots if spelled(spot.name) == typed]


def _number(name: str) -> str:
    return " ".join(word.lstrip("0") or "0" if word.isdigit() else word for word in name.split())
