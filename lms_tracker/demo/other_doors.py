"""Learning that comes by other ways: H5P pages within Moodle, and courses of a platform such as Open edX."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from lms_tracker.demo.courses import DATA, FIRST_AID
from lms_tracker.demo.diaries import Diary
from lms_tracker.demo.moodle import COURSE_TYPE
from lms_tracker.demo.parcels import Parcel, Statement, batch, duration

COMPLETED, TERMINATED = "completed", "terminated"
VERBS = "http://adlnet.gov/expapi/verbs/"


def on_pages(diaries: Sequence[Diary]) -> list[Parcel]:
    """H5P counts from the opening of a page, so that a second try's duration holds the first one's."""
    return [batch(_page(diary)) for diary in diaries if diary.eager(0.4)]


def _page(diary: Diary) -> Iterator[Statement]:
    begun = diary.evening()
    for attempt, minutes in enumerate((9, 16), 1):
        seconds = 60 * minutes + diary.chance.randrange(60)
        yield {
            "id": diary.uuid(),
            "actor": diary.citizen.on_moodle,
            "verb": {"id": VERBS + COMPLETED, "display": {"en": COMPLETED}},
            "object": {
                "objectType": "Activity",
                "id": f"{FIRST_AID.iri}#h5p-bang-bo",
                "definition": {"name": {"vi": f"Băng bó vết thương, lần {attempt}"}},
            },
            "timestamp": (begun + timedelta(seconds=seconds)).isoformat(),
            "result": {"completion": attempt == 2, "duration": duration(seconds)},
            "context": {
                "contextActivities": {
                    "parent": [{"id": FIRST_AID.iri, "definition": {"type": COURSE_TYPE}}],
                    "category": [{"id": "http://h5p.org/libraries/H5P.QuestionSet-1.20"}],
                }
            },
        }


def on_platform(diaries: Sequence[Diary]) -> list[Parcel]:
    """Some evenings of three people, one of them at the hours of another course of hers."""
    found = []
    for diary in diaries[:3]:
        sessions = [_session(diary, number, begun) for number, begun in enumerate(diary.evenings(3), 1)]
        found.append(batch(sessions))
    return found


def _session(diary: Diary, number: int, begun: datetime) -> Statement:
    seconds = diary.seconds(20, 50)
    return {
        "id": diary.uuid(),
        "actor": diary.citizen.on_mooc,
        "verb": {"id": VERBS + TERMINATED, "display": {"en": TERMINATED}},
        "object": {
            "objectType": "Activity",
            "id": f"{DATA.iri}bai-{number}",
            "definition": {"name": {"vi": f"Bài {number}: Bảng và biểu đồ"}},
        },
        "timestamp": (begun + timedelta(seconds=seconds)).isoformat(),
        "result": {"duration": duration(seconds)},
    }
