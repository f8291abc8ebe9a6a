"""What a provider's program sends in one request."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Statement = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parcel:
    """Statements for one request, and the status with which it should be answered.

    A single one is PUT under its id. `raw` goes out as it is, because `tincan` would not send it: it knows
    some mistakes, and mends others.
    """

    statements: tuple[Statement, ...] = ()
    single: bool = False
    raw: bytes | None = None
    status: int = 200


def single(statement: Statement, status: int = 204) -> Parcel:
    return Parcel((statement,), single=True, status=status)


def batch(statements: Iterable[Statement]) -> Parcel:
    return Parcel(tuple(statements))


def batches(statements: Sequence[Statement], size: int) -> Iterator[Parcel]:
    return (batch(statements[start : start + size]) for start in range(0, len(statements), size))


def raw(statements: Statement | Sequence[Statement], status: int) -> Parcel:
    return Parcel(raw=json.dumps(statements, ensure_ascii=False).encode(), status=status)


def duration(seconds: float) -> str:
    """Seconds as programs write them, such as PT25M10S."""
    minutes, left = divmod(seconds, 60)
    return f"PT{int(minutes)}M{left:g}S" if minutes else f"PT{left:g}S"


def by_time(statements: Iterable[Statement]) -> list[Statement]:
    """In the order in which a site's log has them."""
    return sorted(statements, key=lambda statement: datetime.fromisoformat(statement["timestamp"]))
