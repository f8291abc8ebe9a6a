"""Results and scores (xAPI-Data 2.4.5)."""

from __future__ import annotations

from typing import Any

from xapi.durations import duration
from xapi.findings import Checker, Findings, broken
from xapi.iris import extensions
from xapi.shapes import boolean, number, record, text

RESULT = "xAPI-Data 2.4.5"
SCORE = "xAPI-Data 2.4.5.1"


def _in_order(score: dict[str, Any]) -> Findings:
    """min is less than max, and raw lies between them."""
    raw, least, most = _comparable(score, "raw"), _comparable(score, "min"), _comparable(score, "max")
    if least is not None and most is not None and least >= most:
        return broken("score-min-max", "expected min to be less than max", least, SCORE, "min")
    if raw is None:
        return None
    if least is not None and raw < least:
        return broken("score-raw", "expected raw to be at least min", raw, SCORE, "raw")
    if most is not None and raw > most:
        return broken("score-raw", "expected raw to be at most max", raw, SCORE, "raw")
    return None


def _comparable(score: dict[str, Any], name: str) -> int | float | None:
    value = score.get(name)
    return value if type(value) is int or type(value) is float else None


_score = record(
    SCORE,
    {"scaled": number(SCORE, -1, 1), "raw": number(SCORE), "min": number(SCORE), "max": number(SCORE)},
    further=_in_order,
    called="a score",
)

result: Checker = record(
    RESULT,
    {
        "score": _score,
        "success": boolean(RESULT),
        "completion": boolean(RESULT),
        "response": text(RESULT),
        "duration": duration("xAPI-Data 4.6"),
        "extensions": extensions("xAPI-Data 4.1"),
    },
    called="a result",
)
