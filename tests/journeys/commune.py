"""A small commune for the pages: two citizens, an organiser, two providers, and what the providers sent.

Everything enters by the doors that the world uses. Times are told from the day the test runs on, so that
"this year" has something to show; the year of the statements is the year of `DAY`.
"""

import base64
import json
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask

from lms_tracker.actions import (
    courses,
    crediting,
    grants,
    local_places,
    memberships,
    organisations,
    people,
    place_loading,
    places,
    providers,
)
from lms_tracker.actions.local_rules import Called
from lms_tracker.actions.organisations import Wanted
from lms_tracker.actions.providers import NewCredential
from tests.journeys import flagged
from tests.some_places import FEW

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
PASSWORD = "đi học mỗi ngày"
COLUMNS = (
    "provider,course,title,activity,match,category,domain,level,basis,hours"
    ",hour_minutes,valid_from,valid_to\n"
)
SAFE = "https://hoc.xa.example.vn/khoa/an-toan-so"
KOREAN = "https://tienghan.example.vn/khoa/so-cap-1"
RICE = "https://hoc.xa.example.vn/khoa/trong-lua"
COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
TERMINATED = "http://adlnet.gov/expapi/verbs/terminated"
HOA = "mailto:hoa@example.vn"
TAM = "mailto:tam@example.vn"


@dataclass
class Commune:
    """Names and keys that tests ask for. `day` is the newest day of learning."""

    app: Flask
    centre: NewCredential
    school: NewCredential
    day: date
    people: dict[str, bytes] = field(default_factory=dict)
    statements: dict[str, str] = field(default_factory=dict)
    # Numbers of claims and disputes, by the names that tests call them.
    cases: dict[str, int] = field(default_factory=dict)
    # The numbers of the commune Gò Quao, of one hamlet in it and of a school there.
    places: dict[str, int] = field(default_factory=dict)
    # The number of a flag of each kind.
    flags: dict[str, int] = field(default_factory=dict)


def learning_day() -> date:
    """A day of this year that lies behind us; on New Year's Day itself, that day."""
    today = datetime.now(HERE).date()
    return max(today - timedelta(days=3), date(today.year, 1, 1))


def settle(app: Flask) -> Commune:
    """Everybody and everything, counted; needs a migrated and empty database."""
    with app.app_context():
        commune = Commune(
            app,
            providers.add_provider("Trung tâm học tập cộng đồng xã Đông Hòa"),
            providers.add_provider("Trường Hàn ngữ Sông Hàn"),
            learning_day(),
        )
        _catalogue(commune)
        _everybody(commune)
        _territory(commune)
        send(commune, commune.centre, _from_centre(commune))
        send(commune, commune.school, _from_school(commune))
        refused = [{**studied(commune.day, HOA, "14:00", "PT20M", SAFE), "actor": {"mbox": "hoa@example.vn"}}]
        assert post(commune, commune.centre, refused) == 400
        while crediting.recount_due():
            pass
        commune.flags = flagged.raise_each(commune.people["hoa"], commune.statements["long"], commune.day)
    return commune


def _territory(commune: Commune) -> None:
    """A few places of An Giang, and hamlets of one commune."""
    place_loading.load(FEW, lambda done, total: None)
    (found,) = places.find("Gò Quao")
    officer = people.viewer(commune.people["thuha"])
    for name in ("Phước Hưng", "Phước Thới"):
        hamlet = local_places.add(officer, found.place.id, Called("ap", name))
        commune.places |= {"commune": found.place.id, "hamlet": hamlet.id}
    school = organisations.add(None, Wanted("school", "Trường THPT Gò Quao", None, found.place.id)).id
    memberships.join(None, school, "tam", "learner")
    commune.places["school"] = school


def _catalogue(commune: Commune) -> None:
    centre, school = commune.centre.provider, commune.school.provider
    rows = (
        f"{centre},ATS,An toàn trên môi trường số,{SAFE},prefix,digital-skills,4.2,2,measured,,,,\n"
        f"{centre},TL,Kỹ thuật trồng lúa tiết kiệm nước,{RICE},exact,agriculture,,,nominal,20,45,,\n"
        f"{school},TH1,Tiếng Hàn sơ cấp 1,{KOREAN},prefix,foreign-language,ko,1,measured,,,,\n"
    )
    outcome = courses.import_courses((COLUMNS + rows).encode())
    assert not outcome.errors, outcome.errors


def _everybody(commune: Commune) -> None:
    for name, login, identifiers in (
        ("Nguyễn Thị Hoa", "hoa", [HOA]),
        ("Trần Văn Tám", "tam", [TAM]),
        ("Lê Thu Hà", "thuha", []),
        ("Phạm Minh Đức", "duc", []),
    ):
        commune.people[login] = people.add_person(name, login, PASSWORD, identifiers).key
    grants.grant_role("thuha", "organiser")
    grants.grant_role("duc", "provider", commune.centre.provider)
    grants.grant_role("duc", "provider", commune.school.provider)


def _from_centre(commune: Commune) -> list[dict[str, Any]]:
    day = commune.day
    long = studied(day, HOA, "09:45", "PT2H15M", f"{SAFE}/bai-1", "Bài 1: Mật khẩu mạnh")
    commune.statements["long"] = long["id"]
    without_time = studied(day, HOA, "15:00", "PT30M", f"{SAFE}/bai-2", "Bài 2: Tin giả")
    del without_time["timestamp"]
    completed = studied(day, HOA, "16:00", None, RICE, "Kỹ thuật trồng lúa")
    completed["verb"] = {"id": COMPLETED, "display": {"vi": "đã hoàn thành", "en": "completed"}}
    earlier = [
        studied(day - timedelta(days=days), HOA, "20:00", "PT45M12S", f"{SAFE}/bai-{days}", f"Bài {days}")
        for days in range(1, 45)
        if (day - timedelta(days=days)).year == day.year
    ]
    return [
        long,
        without_time,
        completed,
        studied(day, HOA, "21:00", "PT1H", "https://la.example.vn/video", "Video lạ"),
        studied(day, TAM, "10:00", "PT1H30M", SAFE, "An toàn số"),
        *earlier,
    ]


def _from_school(commune: Commune) -> list[dict[str, Any]]:
    # Half of it lies inside the longer session at the centre.
    overlapping = studied(commune.day, HOA, "10:30", "PT1H30M", f"{KOREAN}/bai-7", "Bài 7: Đi chợ")
    commune.statements["overlapping"] = overlapping["id"]
    return [overlapping]


def studied(
    day: date, mbox: str, end: str, duration: str | None, activity: str, name: str = ""
) -> dict[str, Any]:
    """A statement of time that ended on a day at a local time such as "09:45"."""
    aim: dict[str, Any] = {"id": activity}
    if name:
        aim["definition"] = {"name": {"vi": name}}
    statement: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "actor": {"mbox": mbox},
        "verb": {"id": TERMINATED, "display": {"vi": "đã học xong", "en": "terminated"}},
        "object": aim,
        "timestamp": f"{day.isoformat()}T{end}:00+07:00",
    }
    if duration is not None:
        statement["result"] = {"duration": duration}
    return statement


def send(commune: Commune, credential: NewCredential, statements: list[dict[str, Any]]) -> None:
    assert post(commune, credential, statements) == 200


def post(commune: Commune, credential: NewCredential, statements: list[dict[str, Any]]) -> int:
    """The status that the LRS answers a batch with."""
    basic = base64.b64encode(f"{credential.key}:{credential.secret}".encode()).decode()
    response = commune.app.test_client().post(
        "/xapi/statements",
        data=json.dumps(statements),
        content_type="application/json",
        headers={"Authorization": f"Basic {basic}", "X-Experience-API-Version": "1.0.3"},
    )
    return response.status_code
