"""The farming channel's player, after the xAPI video profile: each stretch played has its duration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lms_tracker.demo.citizens import Agent
from lms_tracker.demo.courses import FILMING, RICE, DemoCourse
from lms_tracker.demo.diaries import Diary
from lms_tracker.demo.parcels import Parcel, Statement, batch, duration, single

PROFILE = "https://w3id.org/xapi/video"
ADL = "http://adlnet.gov/expapi/verbs/"


@dataclass(frozen=True, slots=True)
class Showing:
    """One video of `seconds`, opened by somebody at `begun`."""

    actor: Agent
    course: DemoCourse
    number: int
    session: str
    begun: datetime
    seconds: int


def parcels(diaries: Sequence[Diary]) -> list[Parcel]:
    """The player tells at once when a showing begins, and the rest when it ends."""
    found: list[Parcel] = []
    for diary in diaries:
        for statements in _of_citizen(diary):
            found += [single(statements[0]), batch(statements[1:])]
    return found


def _of_citizen(diary: Diary) -> Iterator[list[Statement]]:
    for course, likely in ((RICE, 0.6), (FILMING, 0.5)):
        if diary.eager(likely):
            for number, begun in enumerate(diary.evenings(diary.some(1, 3)), 1):
                yield watched(diary, showing(diary, course, number, begun, diary.seconds(8, 35)))


def showing(diary: Diary, course: DemoCourse, number: int, begun: datetime, seconds: int) -> Showing:
    return Showing(diary.citizen.on_video_channel, course, number, diary.uuid(), begun, seconds)


def watched(diary: Diary, shown: Showing) -> list[Statement]:
    """Played with pauses; most see the end."""
    stops = sorted(diary.chance.sample(range(60, shown.seconds - 60), diary.chance.randrange(0, 3)))
    sees_the_end = diary.chance.random() < 0.8
    statements = [_statement(diary, shown, "initialized", shown.begun, 0)]
    at, position, segments = shown.begun + timedelta(seconds=4), 0, []
    for place, stop in enumerate(ends := [*stops, shown.seconds]):
        statements.append(_statement(diary, shown, "played", at, position))
        at += timedelta(seconds=stop - position)
        segments.append(f"{position}[.]{stop}")
        is_end = place == len(ends) - 1 and sees_the_end
        stopped = _statement(diary, shown, "completed" if is_end else "paused", at, stop)
        stopped["result"] |= {"duration": duration(stop - position)} | (
            {"completion": True} if is_end else {}
        )
        stopped["result"]["extensions"] |= {
            f"{PROFILE}/extensions/played-segments": "[,]".join(segments),
            f"{PROFILE}/extensions/progress": round(stop / shown.seconds, 3),
        }
        statements.append(stopped)
        at, position = at + timedelta(seconds=diary.chance.randrange(20, 400)), stop
    return statements


def _statement(diary: Diary, shown: Showing, verb: str, at: datetime, position: int) -> Statement:
    """`position` is where in the video it stands, in seconds."""
    time: dict[str, Any] = {f"{PROFILE}/extensions/time": position}
    return {
        "id": diary.uuid(),
        "actor": shown.actor,
        "verb": {
            "id": ADL + verb if verb in ("initialized", "completed") else f"{PROFILE}/verbs/{verb}",
            "display": {"en": verb},
        },
        "object": {
            "objectType": "Activity",
            "id": f"{shown.course.iri}{shown.number:02d}",
            "definition": {
                "type": f"{PROFILE}/activity-type/video",
                "name": {"vi": f"{shown.course.title}, phần {shown.number}"},
            },
        },
        "timestamp": at.isoformat(),
        "result": {"extensions": time},
        "context": {
            "contextActivities": {"category": [{"id": PROFILE}]},
            "extensions": {
                f"{PROFILE}/extensions/length": shown.seconds,
                f"{PROFILE}/extensions/session-id": shown.session,
            },
        },
    }
