"""Decisions read off a string of bytes, which hypothesis draws and makes smaller when it finds something.

One draw a request instead of a hundred makes a million of them feasible. Zero, and whatever comes after the
end, decides for the first and plainest of what can be chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

# What the largest request decides by.
BYTES = 160


class Chance:
    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def below(self, count: int) -> int:
        """From 0 to `count` - 1."""
        size = 1 if count <= 64 else 2 if count <= 16_384 else 4
        taken = self._data[self._at : self._at + size]
        self._at += size
        return int.from_bytes(taken, "big") % count if count > 1 else 0

    def between(self, least: int, most: int) -> int:
        return least + self.below(most - least + 1)

    def pick(self, items: Sequence[T]) -> T:
        return items[self.below(len(items))]

    def coin(self) -> bool:
        return self.below(2) == 1

    def one_in(self, count: int) -> bool:
        return self.below(count) == count - 1

    def some(self, most: int) -> bytes:
        """Up to `most` bytes, any."""
        size = self.below(most + 1)
        taken = self._data[self._at : self._at + size]
        self._at += size
        return taken
