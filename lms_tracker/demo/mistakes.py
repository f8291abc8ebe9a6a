"""What goes wrong in the field: refused at the door, or kept and not credited, always with a reason."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from lms_tracker.demo import language_units, moodle, videos
from lms_tracker.demo.citizens import LANGUAGES, MOODLE, VIDEOS
from lms_tracker.demo.courses import ENGLISH, FILMING, KOREAN, LAND_LAW, SAFETY, SEARCHING, DemoCourse
from lms_tracker.demo.diaries import Diary
from lms_tracker.demo.parcels import Parcel, Statement, batch, raw, single

HOUR = 3600


def at_the_centre(diaries: Sequence[Diary], usual: Sequence[Parcel]) -> list[Parcel]:
    """Moodle's: a quiz left open, a course nobody registered, a log sent twice, and what its plugin mends."""
    first, last = diaries[0], diaries[-1]
    begun = first.evening()
    left_open = moodle.quiz_attempt(
        first.citizen, SEARCHING, _quiz(901), begun + timedelta(days=3), 3 * 24 * HOUR, 80
    )
    unknown = DemoCourse(0, "", "Lớp thử, chưa đăng ký", f"{MOODLE}/course/view.php?id=99", "", "", "", "")
    outside = moodle.quiz_attempt(
        last.citizen, LAND_LAW, _quiz(904),
        first.now.replace(year=first.now.year - 1, month=6, day=20, hour=20, minute=0), 40 * 60, 70,
    )  # fmt: skip
    timeless = list(moodle.session(first, SEARCHING, 6, first.evening(), 1200))
    for statement in timeless:
        del statement["timestamp"]
    broken = copy.deepcopy(usual[0].statements)
    broken[3]["verb"]["id"] = "completed"
    return [
        batch([left_open]),
        batch(moodle.session(last, unknown, 5, last.evening(), 25 * 60)),
        batch([outside]),
        batch(timeless),
        # The plugin saw no answer and sends the same events again.
        usual[1 % len(usual)],
        raw(broken, 400),
    ]


def _quiz(number: int) -> tuple[str, str, int]:
    return (
        f"{MOODLE}/mod/quiz/attempt.php?attempt={number}&cmid=1199",
        f"{MOODLE}/mod/quiz/view.php?id=1199",
        9,
    )


def at_the_school(diaries: Sequence[Diary]) -> list[Parcel]:
    """cmi5's: two tabs at once, a session sent twice, a wrong clock, a void, and what no LRS may take."""
    first, second = diaries[0], diaries[1 % len(diaries)]
    begun = first.evening()
    one_tab = language_units.session(language_units.launch(first, ENGLISH, 8, begun), 50 * 60, True)
    other_tab = language_units.session(
        language_units.launch(first, KOREAN, 8, begun + timedelta(minutes=20)), 45 * 60, False
    )
    ahead = language_units.launch(second, ENGLISH, 9, second.now + timedelta(days=3))
    regretted = language_units.session(
        language_units.launch(second, ENGLISH, 9, second.evening()), 30 * 60, False
    )
    impossible = language_units.terminated(language_units.launch(second, KOREAN, 9, second.evening()), 1800)
    impossible["result"]["duration"] = "P1M"
    return [
        batch(one_tab),
        batch(other_tab),
        # Sent again with their ids: a success that changes nothing.
        batch(one_tab),
        batch(language_units.session(ahead, 40 * 60, False)),
        batch(regretted),
        single(_voiding(second, regretted[-1])),
        # `tincan` would make 30 days of a month.
        raw(impossible, 200),
        batch([_in_anothers_course(second)]),
        *_refused(
            language_units.session(language_units.launch(first, ENGLISH, 10, first.evening()), 600, False)
        ),
        single(one_tab[-1] | {"result": {"duration": "PT9H"}}, status=409),
    ]


def _in_anothers_course(diary: Diary) -> Statement:
    """The school may not speak for the centre's course."""
    launched = language_units.launch(diary, ENGLISH, 11, diary.evening())
    found = language_units.terminated(launched, 30 * 60)
    found["object"]["id"] = SAFETY.iri
    found["context"]["contextActivities"].pop("grouping")
    return found


def _voiding(diary: Diary, target: Statement) -> Statement:
    return {
        "id": diary.uuid(),
        "actor": {
            "objectType": "Agent",
            "name": "Giáo vụ",
            "account": {"homePage": LANGUAGES, "name": "giao-vu"},
        },
        "verb": {"id": "http://adlnet.gov/expapi/verbs/voided", "display": {"en": "voided"}},
        "object": {"objectType": "StatementRef", "id": target["id"]},
        "timestamp": (diary.now - timedelta(hours=1)).isoformat(),
    }


def _refused(session: list[Statement]) -> list[Parcel]:
    """A verb that is no IRI, a duration that is none, no verb at all: a 400 each, nothing stored."""
    first, *_rest, last = session
    no_verb = {name: value for name, value in last.items() if name != "verb"}
    bad_duration: dict[str, Any] = last | {"result": {"duration": "PT1H30"}}
    return [
        raw([first | {"verb": {"id": "launched"}}, last], 400),
        raw(bad_duration, 400),
        raw([first, no_verb], 400),
    ]


def at_the_channel(diaries: Sequence[Diary]) -> list[Parcel]:
    """The player's: a telephone that played all day, and an address that is no mailto."""
    diary = diaries[2 % len(diaries)]
    begun = diary.evening().replace(hour=5, minute=0)
    all_day = [
        videos.showing(diary, FILMING, number, begun + timedelta(hours=4 * number), 3 * HOUR + 3000)
        for number in range(4)
    ]
    wrong = videos.watched(diary, videos.showing(diary, FILMING, 3, diary.evening(), 900))
    wrong[0] = wrong[0] | {"actor": {"mbox": f"{diary.citizen.login}@goquao.example"}}
    unregistered = DemoCourse(2, "", "Nuôi tôm", f"{VIDEOS}/tom/", "", "", "", "")
    return [
        *(batch(videos.watched(diary, shown)) for shown in all_day),
        batch(videos.watched(diary, videos.showing(diary, unregistered, 1, diary.evening(), 800))),
        raw(wrong, 400),
    ]
