"""What a reviewer should look at: figures of a school that are too good, a guest, a day without sleep."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from lms_tracker.demo.citizens import LANGUAGES, SCHOOL, STRANGERS
from lms_tracker.demo.courses import KOREAN, TYPING
from lms_tracker.demo.diaries import SEED, Diary
from lms_tracker.demo.parcels import Parcel, Statement, batch, batches

HOUR = 3600
VERBS = "http://adlnet.gov/expapi/verbs/"
ALIKE, TIMES = 12, 6


def at_the_computer_school(diaries: Sequence[Diary]) -> list[Parcel]:
    """Everybody four hours to the second, a dozen of them at the same ones; all complete in one afternoon."""
    now = diaries[0].now.replace(hour=14, minute=0, second=0)
    sessions = [
        _statement(number, "terminated", f"buoi-{day}", now - timedelta(days=day), 4)
        for day in range(3, 3 + TIMES)
        for number in range(1, ALIKE + 1)
    ]
    completions = [
        _statement(number, "completed", "", now - timedelta(days=2, seconds=7 * number))
        for number in range(1, STRANGERS + 1)
    ]
    return list(batches([*sessions, *completions], 50))


def _statement(number: int, verb: str, unit: str, at: datetime, hours: int = 0) -> Statement:
    found: dict[str, Any] = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{SCHOOL}/{SEED}/{number}/{verb}/{unit}")),
        "actor": {
            "name": f"Học viên {number:03}",
            "account": {"homePage": SCHOOL, "name": f"pv-{number:03}"},
        },
        "verb": {"id": VERBS + verb, "display": {"en": verb}},
        "object": {
            "id": f"{TYPING.iri}{unit}",
            "definition": {"name": {"vi": f"{TYPING.title} {unit}".strip()}},
        },
        "timestamp": at.isoformat(),
    }
    if hours:
        found["result"] = {"duration": f"PT{hours}H"}
    return found


def at_the_school(diaries: Sequence[Diary]) -> list[Parcel]:
    """An account for visitors in six rooms at once; and somebody who, they say, learned for 18 hours."""
    last = diaries[-1]
    visitors = {"name": "Khách", "account": {"homePage": LANGUAGES, "name": "guest"}}
    crowd = [
        _korean(last, visitors, room, last.now - timedelta(days=4, minutes=10 * room), 2) for room in range(6)
    ]
    day = last.now.replace(hour=5, minute=0, second=0) - timedelta(days=6)
    sleepless = [
        _korean(last, last.citizen.at_language_centre, 20 + part, day + timedelta(hours=6 * part), 6)
        for part in range(1, 4)
    ]
    return [batch(crowd), batch(sleepless)]


def _korean(diary: Diary, actor: dict[str, Any], unit: int, at: datetime, hours: int) -> Statement:
    return {
        "id": diary.uuid(),
        "actor": actor,
        "verb": {"id": f"{VERBS}terminated", "display": {"en": "terminated"}},
        "object": {
            "id": f"{KOREAN.iri}tu-hoc/{unit:02d}",
            "definition": {"name": {"vi": f"{KOREAN.title}: tự học {unit}"}},
        },
        "timestamp": at.isoformat(),
        "result": {"duration": f"PT{hours}H"},
    }
