"""The language school's cmi5 units: launched by its platform, initialized, completed, passed, terminated."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lms_tracker.demo.citizens import Agent
from lms_tracker.demo.courses import ENGLISH, KOREAN, DemoCourse
from lms_tracker.demo.diaries import Diary
from lms_tracker.demo.parcels import Parcel, Statement, batch, duration

VERBS = "http://adlnet.gov/expapi/verbs/"
CMI5 = "https://w3id.org/xapi/cmi5/context"


@dataclass(frozen=True, slots=True)
class Launch:
    """One launch of a unit; all its statements share registration and session."""

    actor: Agent
    course: DemoCourse
    unit: int
    session: str
    begun: datetime

    @property
    def registration(self) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.course.iri}{self.actor['account']['name']}"))

    @property
    def iri(self) -> str:
        return f"{self.course.iri}bai/{self.unit:02d}"


def parcels(diaries: Sequence[Diary]) -> list[Parcel]:
    """One request for each session, as the platform passes them on."""
    return [parcel for diary in diaries for parcel in _of_citizen(diary)]


def _of_citizen(diary: Diary) -> Iterator[Parcel]:
    for course, likely in ((ENGLISH, 0.6), (KOREAN, 0.35)):
        if diary.eager(likely):
            for unit, begun in enumerate(diary.evenings(diary.some(2, 5)), 1):
                yield batch(
                    session(
                        launch(diary, course, unit, begun), diary.seconds(12, 70), diary.chance.random() < 0.8
                    )
                )


def launch(diary: Diary, course: DemoCourse, unit: int, begun: datetime) -> Launch:
    return Launch(diary.citizen.at_language_centre, course, unit, diary.uuid(), begun)


def session(launched: Launch, seconds: int, passes: bool) -> list[Statement]:
    """The statements of one session of so many seconds; it passes near its end, or is left before."""
    statements = [_launched(launched), statement(launched, "initialized", 5)]
    if passes:
        done = int(seconds * 0.9)
        statements.append(
            _with_result(statement(launched, "completed", done, moves=True), done, completion=True)
        )
        passed = statement(launched, "passed", done + 1, moves=True)
        passed = _with_result(passed, done + 1, success=True, score={"scaled": 0.85})
        passed["context"]["extensions"]["https://w3id.org/xapi/cmi5/context/extensions/masteryscore"] = 0.7
        statements.append(passed)
    return [*statements, terminated(launched, seconds)]


def terminated(launched: Launch, seconds: int) -> Statement:
    return _with_result(statement(launched, "terminated", seconds), seconds)


def _launched(launched: Launch) -> Statement:
    found = statement(launched, "launched", 0)
    found["context"]["extensions"] |= {
        f"{CMI5}/extensions/launchmode": "Normal",
        f"{CMI5}/extensions/launchurl": launched.iri,
        f"{CMI5}/extensions/moveon": "CompletedOrPassed",
    }
    return found


def statement(launched: Launch, verb: str, after: int, moves: bool = False) -> Statement:
    """`after` is in seconds since the launch; `moves` where the statement may satisfy moveOn (cmi5 9.6.2)."""
    categories = [{"id": f"{CMI5}/categories/cmi5"}]
    if moves:
        categories.append({"id": f"{CMI5}/categories/moveon"})
    return {
        "id": str(uuid.uuid5(uuid.UUID(launched.session), verb)),
        "actor": launched.actor,
        "verb": {"id": VERBS + verb, "display": {"en": verb}},
        "object": {
            "objectType": "Activity",
            "id": launched.iri,
            "definition": {
                "type": "http://adlnet.gov/expapi/activities/lesson",
                "name": {"vi": f"{launched.course.title}: bài {launched.unit}"},
            },
        },
        "timestamp": (launched.begun + timedelta(seconds=after)).isoformat(),
        "context": {
            "registration": launched.registration,
            "contextActivities": {
                "category": categories,
                "grouping": [{"id": f"{launched.course.iri}khoa-hoc"}],
            },
            "extensions": {f"{CMI5}/extensions/sessionid": launched.session},
        },
    }


def _with_result(found: Statement, seconds: int, **result: Any) -> Statement:
    found["result"] = result | {"duration": duration(seconds)}
    return found
