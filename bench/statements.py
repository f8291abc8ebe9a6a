"""Statements as a learning platform sends them: about 1 kB each, 5,000 learners, all of them evidence."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

LEARNERS = 5_000
COURSES = 40
UNITS_OF_A_COURSE = 12
# A block for reading: each learner has two registrations of so many statements, the last of which is a
# teacher's and refers to one of the others.
BLOCK = 20_000
LEARNERS_OF_A_BLOCK = 400
STATEMENTS_OF_A_REGISTRATION = 25
TEACHERS = 20
CONFIRMED = "http://adlnet.gov/expapi/verbs/attested"

FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 300

HOME = "https://hoc.example.vn"
VERBS = (
    ("http://adlnet.gov/expapi/verbs/completed", "đã hoàn thành"),
    ("http://adlnet.gov/expapi/verbs/passed", "đã đạt"),
    ("http://adlnet.gov/expapi/verbs/terminated", "đã kết thúc"),
    ("http://adlnet.gov/expapi/verbs/experienced", "đã học"),
)
FAMILY_NAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Danh", "Thị")
GIVEN_NAMES = ("An", "Bình", "Cường", "Dung", "Hạnh", "Khánh", "Lan", "Minh", "Phượng", "Sơn", "Thảo", "Yến")


def learner(number: int) -> dict[str, Any]:
    """The agent of a learner, identified as Moodle does: by a home page and a number."""
    return {"objectType": "Agent", "account": {"homePage": HOME, "name": str(100_000 + number)}}


def course(number: int) -> str:
    return f"{HOME}/course/{number:03d}"


def activity(number: int, unit: int) -> str:
    return f"{course(number)}/unit/{unit:02d}"


def registration(number: int, place: int) -> str:
    """One for each learner and course, as launches give them."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{HOME}/registration/{number}/{place}"))


def stream(seed: int, learners: int = LEARNERS) -> Iterator[dict[str, Any]]:
    """Endless statements, the same ones for the same seed."""
    chance = random.Random(seed)
    while True:
        yield _statement(chance, chance.randrange(learners))


def of_learner(number: int, count: int, seed: int) -> list[dict[str, Any]]:
    """`count` statements of one learner, for measuring how long their credit takes."""
    chance = random.Random(f"{seed}/{number}")
    return [_statement(chance, number) for _ in range(count)]


def block(seed: int = 11) -> list[dict[str, Any]]:
    """Statements to read: 20,000 of 400 learners, 25 of them in each registration, in no order."""
    chance = random.Random(seed)
    made: list[dict[str, Any]] = []
    references: list[dict[str, Any]] = []
    for number in range(LEARNERS_OF_A_BLOCK):
        for place in (number % COURSES, (number + 1 + number // COURSES) % COURSES):
            own = [
                _statement(chance, number, (place, count % UNITS_OF_A_COURSE))
                for count in range(STATEMENTS_OF_A_REGISTRATION - 1)
            ]
            made += own
            # The first unit's, so that some activities are referred to often.
            references.append(_reference(chance, own[0]["id"]))
    chance.shuffle(made)
    for reference in references:
        made.insert(chance.randrange(len(made)), reference)
    return made


def _reference(chance: random.Random, target: str) -> dict[str, Any]:
    number = chance.randrange(TEACHERS)
    return {
        "id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        "actor": {"objectType": "Agent", "account": {"homePage": HOME, "name": f"giao-vien-{number}"}},
        "verb": {"id": CONFIRMED, "display": {"vi": "đã xác nhận"}},
        "object": {"objectType": "StatementRef", "id": target},
        "timestamp": FIRST_DAY.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _statement(chance: random.Random, number: int, where: tuple[int, int] | None = None) -> dict[str, Any]:
    """Of a learner, in a course and unit of it, by chance where they are not given."""
    place, unit = where or (chance.randrange(COURSES), chance.randrange(UNITS_OF_A_COURSE))
    verb_id, display = chance.choice(VERBS)
    name = f"{FAMILY_NAMES[number % len(FAMILY_NAMES)]} Văn {GIVEN_NAMES[number % len(GIVEN_NAMES)]}"
    at = FIRST_DAY + timedelta(days=chance.randrange(DAYS), seconds=chance.randrange(86_400))
    right = chance.randrange(0, 21)
    return {
        "id": str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        "actor": {"name": f"{name} {number}", **learner(number)},
        "verb": {"id": verb_id, "display": {"vi": display, "en": verb_id.rpartition("/")[2]}},
        "object": {
            "objectType": "Activity",
            "id": activity(place, unit),
            "definition": {
                "type": "http://adlnet.gov/expapi/activities/lesson",
                "name": {"vi": f"Bài {unit + 1}: Kỹ năng số cho người dân"},
                "description": {"vi": "Nhận biết thông tin sai lệch và bảo vệ tài khoản cá nhân"},
            },
        },
        "result": {
            "score": {"scaled": right / 20, "raw": right, "min": 0, "max": 20},
            "success": right >= 10,
            "completion": True,
            "duration": f"PT{chance.randrange(5, 60)}M{chance.randrange(60)}.{chance.randrange(100):02d}S",
        },
        "context": {
            "registration": registration(number, place),
            "platform": "Moodle",
            "language": "vi",
            "contextActivities": {
                "parent": [{"objectType": "Activity", "id": course(place)}],
                "grouping": [{"objectType": "Activity", "id": f"{HOME}/programme/{place // 10}"}],
            },
            "extensions": {
                f"{HOME}/ext/session": f"{chance.getrandbits(128):032x}",
                f"{HOME}/ext/attempt": chance.randrange(1, 4),
            },
        },
        "timestamp": at.strftime("%Y-%m-%dT%H:%M:%S") + f".{chance.randrange(1000):03d}Z",
    }
