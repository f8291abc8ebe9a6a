"""What Moodle's logstore plugin sends: arrays without ids, accounts with numbers, durations of quizzes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.lrs_client import Lrs, add_course, recount

SITE = "https://moodle.hoctap.example.vn"
COURSE = f"{SITE}/course/view.php?id=31"
LEARNERS = 10
# How long each attempt at the quiz took.
MINUTES = 12


def activity(iri: str, kind: str, name: str) -> dict[str, Any]:
    return {"id": iri, "definition": {"type": kind, "name": {"vi": name}}}


def event(number: int, verb: str, aim: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A logged event of the user with this number, as the plugin's transformer lays it out."""
    return {
        "actor": {"name": f"Học viên {number}", "account": {"homePage": SITE, "name": str(number)}},
        "verb": {"id": verb, "display": {"en": verb.rsplit("/", 1)[-1]}},
        "object": aim,
        "context": {
            "platform": "Moodle",
            "language": "vi",
            "extensions": {
                "http://lrs.learninglocker.net/define/extensions/info": {
                    "http://moodle.org": "4.5.1+ (Build: 20250110)",
                    "https://github.com/xAPI-vle/moodle-logstore_xapi": "5.0.0",
                    "event_name": "\\mod_quiz\\event\\attempt_submitted",
                    "event_function": "\\src\\transformer\\events\\mod_quiz\\attempt_submitted",
                }
            },
            "contextActivities": {
                "parent": [activity(COURSE, "http://id.tincanapi.com/activitytype/lms/course", "Kỹ năng số")],
                "grouping": [activity(SITE, "http://id.tincanapi.com/activitytype/lms", "Học tập")],
                "category": [activity(SITE, "http://id.tincanapi.com/activitytype/source", "Moodle")],
            },
        },
        **more,
    }


def evening_of(number: int) -> list[dict[str, Any]]:
    """Looking at the course, beginning a quiz and handing it in."""
    attempt = activity(
        f"{SITE}/mod/quiz/attempt.php?attempt={number}&cmid=77",
        "http://adlnet.gov/expapi/activities/attempt",
        "Kiểm tra 1",
    )
    result = {
        "score": {"raw": 8, "min": 0, "max": 10, "scaled": 0.8},
        "completion": True,
        "success": True,
        "duration": f"PT{MINUTES * 60}S",
    }
    course = activity(COURSE, "http://id.tincanapi.com/activitytype/lms/course", "Kỹ năng số")
    return [
        event(number, "http://id.tincanapi.com/verb/viewed", course),
        event(number, "http://activitystrea.ms/start", attempt),
        event(number, "http://adlnet.gov/expapi/verbs/completed", attempt, result=result),
    ]


@pytest.fixture
def batch() -> list[dict[str, Any]]:
    found = [one for number in range(1, LEARNERS + 1) for one in evening_of(number)]
    assert len(found) == 30
    return found


def credit(lrs: Lrs, number: int) -> dict[str, Any]:
    agent = f'{{"account": {{"homePage": "{SITE}", "name": "{number}"}}}}'
    answer = lrs.call("GET", "/api/v1/credit", agent=agent)
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def test_durations_without_a_timestamp_are_evidence_but_have_no_time_of_their_own(
    lrs: Lrs, batch: list[dict[str, Any]]
) -> None:
    add_course(lrs, "KNS", COURSE, match="context")
    ids = lrs.stored(batch)
    assert len(set(ids)) == 30
    recount(lrs.app)
    for number in range(1, LEARNERS + 1):
        told = credit(lrs, number)
        (refused,) = told["refused"]
        assert refused == {
            "statement": ids[number * 3 - 1],
            "reason": "no time of its own",
            "seconds": MINUTES * 60,
        }
        assert (told["pending"], told["total_seconds"]) == (False, 0)


def test_with_their_timestamps_they_are_credited(lrs: Lrs, batch: list[dict[str, Any]]) -> None:
    add_course(lrs, "KNS", COURSE, match="context")
    for place, one in enumerate(batch):
        one["timestamp"] = f"2026-10-01T20:{place:02d}:00+07:00"
    lrs.stored(batch)
    recount(lrs.app)
    for number in range(1, LEARNERS + 1):
        told = credit(lrs, number)
        assert told["days"] == [
            {
                "date": "2026-10-01",
                "seconds": MINUTES * 60,
                "nominal_seconds": 0,
                "courses": {"KNS": MINUTES * 60},
            }
        ]
        assert told["refused"] == []


def test_what_was_merely_looked_at_is_no_evidence(lrs: Lrs, batch: list[dict[str, Any]]) -> None:
    add_course(lrs, "KNS", COURSE, match="context")
    recount(lrs.app)
    lrs.stored([one for one in batch if "result" not in one])
    assert credit(lrs, 1)["pending"] is False
    assert credit(lrs, 1)["refused_count"] == 0
