"""The community learning centre's Moodle, as its plugin logstore_xapi sends: arrays of 30, no statement ids.

Only a submitted quiz and a meeting in a room carry a duration; what somebody merely looked at does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from lms_tracker.demo.citizens import MOODLE, Citizen
from lms_tracker.demo.courses import LAND_LAW, PUBLIC_SERVICES, SAFETY, SEARCHING, DemoCourse
from lms_tracker.demo.diaries import Diary
from lms_tracker.demo.parcels import Parcel, Statement, batches, by_time, duration

BATCH = 30
COURSE_TYPE = "https://w3id.org/xapi/cmi5/activitytype/course"
VERBS = {
    "viewed": ("http://id.tincanapi.com/verb/viewed", "Viewed"),
    "started": ("http://activitystrea.ms/start", "Started"),
    "completed": ("http://adlnet.gov/expapi/verbs/completed", "Completed"),
    "attended": ("http://adlnet.gov/expapi/verbs/attended", "Attended"),
}


def parcels(diaries: Sequence[Diary]) -> list[Parcel]:
    """Everything the site's cron sends, in the order of its log."""
    statements = [statement for diary in diaries for statement in _of_citizen(diary)]
    return list(batches(by_time(statements), BATCH))


def _of_citizen(diary: Diary) -> Iterator[Statement]:
    for course, likely in ((SEARCHING, 0.7), (SAFETY, 0.5), (PUBLIC_SERVICES, 0.5), (LAND_LAW, 0.35)):
        if diary.eager(likely):
            yield from _of_course(diary, course)


def _of_course(diary: Diary, course: DemoCourse) -> Iterator[Statement]:
    evenings = diary.evenings(diary.some(1, 4))
    for number, begun in enumerate(evenings, 1):
        yield from session(diary, course, number, begun, diary.seconds(15, 75))
    ended = evenings[-1] + timedelta(hours=2)
    if course is LAND_LAW and diary.eager(0.6):
        yield _meeting(diary, course, diary.evening())
    if diary.eager(0.7):
        yield completion(diary.citizen, course, ended)


def session(
    diary: Diary, course: DemoCourse, number: int, begun: datetime, seconds: int
) -> Iterator[Statement]:
    """Looking at the course and a page of it, then a quiz of so many seconds."""
    who, quiz = diary.citizen, f"{MOODLE}/mod/quiz/view.php?id={course.iri.partition('=')[2]}{number:02d}"
    attempt = (
        f"{MOODLE}/mod/quiz/attempt.php?attempt={who.number * 1000 + number}&cmid={quiz.partition('=')[2]}"
    )
    first = begun - timedelta(minutes=diary.chance.randrange(4, 20))
    page = f"{MOODLE}/mod/page/view.php?id={course.iri.partition('=')[2]}{number + 50}"
    yield statement(who, "viewed", (course.iri, COURSE_TYPE, course.title), None, first)
    yield statement(
        who, "viewed", (page, "http://activitystrea.ms/page", f"Bài {number}"), course,
        first + timedelta(minutes=1),
    )  # fmt: skip
    yield statement(
        who,
        "started",
        (attempt, "http://adlnet.gov/expapi/activities/attempt", f"Kiểm tra {number}"),
        course,
        begun,
    )
    yield quiz_attempt(
        who,
        course,
        (attempt, quiz, number),
        begun + timedelta(seconds=seconds),
        seconds,
        diary.chance.randrange(50, 101),
    )


def quiz_attempt(
    who: Citizen, course: DemoCourse, quiz: tuple[str, str, int], at: datetime, seconds: int, points: int
) -> Statement:
    """A submitted attempt; its duration is the time from its opening, however long the tab stood open."""
    attempt, view, number = quiz
    found = statement(
        who,
        "completed",
        (attempt, "http://adlnet.gov/expapi/activities/attempt", f"Kiểm tra {number}"),
        course,
        at,
    )
    found["context"]["contextActivities"]["parent"].insert(
        0, _activity(view, "http://adlnet.gov/expapi/activities/assessment", f"Kiểm tra {number}")
    )
    found["result"] = {
        "completion": True,
        "success": points >= 50,
        "duration": f"PT{seconds}S",
        "score": {"raw": points, "min": 0, "max": 100, "scaled": points / 100},
    }
    return found


def completion(who: Citizen, course: DemoCourse, at: datetime) -> Statement:
    found = statement(who, "completed", (course.iri, COURSE_TYPE, course.title), None, at)
    found["result"] = {"completion": True}
    return found


def _meeting(diary: Diary, course: DemoCourse, begun: datetime) -> Statement:
    seconds = 60 * diary.chance.choice((90, 120, 150))
    place = (
        f"{MOODLE}/mod/facetoface/view.php?id=2190",
        "https://w3id.org/xapi/acrossx/activities/face-to-face-discussion",
        "Sinh hoạt pháp luật tại nhà văn hóa ấp",
    )
    found = statement(diary.citizen, "attended", place, course, begun + timedelta(seconds=seconds))
    found["result"] = {"duration": duration(seconds)}
    return found


def statement(
    who: Citizen, verb: str, aim: tuple[str, str, str], course: DemoCourse | None, at: datetime
) -> Statement:
    """`aim` is the object's id, type and name; `course` is that in which it lies, if any."""
    verb_id, display = VERBS[verb]
    around: dict[str, Any] = {
        "category": [_activity(MOODLE, "http://id.tincanapi.com/activitytype/lms", "Moodle")]
    }
    if course is not None:
        around["parent"] = [_activity(course.iri, COURSE_TYPE, course.title)]
    return {
        "actor": who.on_moodle,
        "verb": {"id": verb_id, "display": {"en": display}},
        "object": _activity(*aim),
        "timestamp": at.isoformat(),
        "context": {
            "platform": "Moodle",
            "language": "vi",
            "contextActivities": around,
            "extensions": {
                "http://lrs.learninglocker.net/define/extensions/info": {
                    "http://moodle.org": "5.0.2",
                    "https://github.com/xAPI-vle/moodle-logstore_xapi": "5.0.1",
                }
            },
        },
    }


def _activity(iri: str, kind: str, name: str) -> dict[str, Any]:
    return {"objectType": "Activity", "id": iri, "definition": {"type": kind, "name": {"vi": name}}}
