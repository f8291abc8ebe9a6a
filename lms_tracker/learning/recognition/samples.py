"""A sample that anybody can draw again, from a seed, on any machine."""

import hashlib
from collections.abc import Sequence

MOST_SEED = 60
MOST_SIZE = 500


def drawn(numbers: Sequence[int], size: int, seed: str) -> list[int]:
    """So many of these numbers, in rising order: those whose SHA-256 of "seed:number" is the least.

    The order in which they come does not matter, nor any state of a generator of random numbers.
    """
    ordered = sorted(numbers, key=lambda number: hashlib.sha256(f"{seed}:{number}".encode()).digest())
    return sorted(ordered[:size])
