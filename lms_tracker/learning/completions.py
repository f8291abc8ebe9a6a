"""Completions of courses that somebody stated in a file, and the statements that say the same.

A completion without a time of day happened on that local day, and nothing more is known: its statement
carries the day's first instant, which is never in the future once the day has begun. For a course of stated
hours the day is all that counts. A length of time has to be placed on the clock, so it needs the time of day.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from lms_tracker.learning.catalogue import Course

COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
FAILED = "http://adlnet.gov/expapi/verbs/failed"
_VERBS = {
    COMPLETED: {"vi": "đã hoàn thành", "en": "completed"},
    FAILED: {"vi": "chưa đạt", "en": "failed"},
}


@dataclass(frozen=True, slots=True)
class Score:
    """Points as they were given, and the most there were if that was stated."""

    points: Decimal
    most: Decimal | None


@dataclass(frozen=True, slots=True)
class Completion:
    """One line: `agent` as xAPI writes it, `learner` as people know them, `completed_at` with its zone.

    `seconds` is the time that was learned, up to `completed_at`. `passed` is None where nothing was said;
    who did not pass has not completed the course.
    """

    line: int
    agent: dict[str, Any]
    learner: str
    course: Course
    activity: str
    completed_at: datetime
    seconds: int | None = None
    passed: bool | None = None
    score: Score | None = None


def statement(completion: Completion) -> dict[str, Any]:
    """The statement of xAPI 1.0.3 that says the same; without an id."""
    verb = FAILED if completion.passed is False else COMPLETED
    result = _result(completion)
    return {
        "actor": completion.agent,
        "verb": {"id": verb, "display": _VERBS[verb]},
        "object": {"id": completion.activity, "definition": {"name": {"vi": completion.course.title}}},
        **({"result": result} if result else {}),
        "timestamp": completion.completed_at.isoformat(),
    }


def _result(completion: Completion) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if completion.passed is not False:
        result["completion"] = True
    if completion.passed is not None:
        result["success"] = completion.passed
    if completion.score is not None:
        points, most = completion.score.points, completion.score.most
        result["score"] = {"raw": _number(points)}
        if most is not None:
            result["score"] |= {"min": 0, "max": _number(most)}
    if completion.seconds is not None:
        result["duration"] = duration(completion.seconds)
    return result


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def duration(seconds: int) -> str:
    """A length in seconds as ISO 8601 has it: PT1H30M."""
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    parts = ((hours, "H"), (minutes, "M"), (rest, "S"))
    return "PT" + ("".join(f"{number}{unit}" for number, unit in parts if number) or "0S")
