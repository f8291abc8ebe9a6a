"""Random streams of statements: however they arrive, the balances are the same (I7, I8)."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms_tracker.actions.rights import Caller
from lms_tracker.store import database
from tests.actions import learners
from tests.actions.learners import COMPLETED, add_course, provider, record, recount, studied, voiding

NAME = "an"
# Two local midnights of Hanoi, at 17:00 UTC, lie among these three days.
START = datetime(2026, 9, 30, 6, tzinfo=UTC)
SPAN_MS = 3 * 86_400_000
HOURS = 7 * 3600
ACTIVITIES = {
    "measured": "https://mot.example.vn/do",
    "other": "https://hai.example.vn/do",
    "nominal": "https://mot.example.vn/dinh-muc",
    "unknown": "https://mot.example.vn/la",
}
GROWING = (
    *("statements", "statement_actors", "statement_references", "voidings", "evidence", "due_marks"),
    *("ledger", "totals", "credit_states"),
)


@dataclass(frozen=True)
class Posted:
    """A statement as the test knows it: who posts it and what it says, for the naive count."""

    owner: str
    body: dict[str, Any]
    course: str
    end_ms: int
    milliseconds: int
    completes: bool
    voided: bool


@st.composite
def streams(draw: st.DrawFn) -> list[Posted]:
    found = []
    for _ in range(draw(st.integers(1, 14))):
        course = draw(st.sampled_from(sorted(ACTIVITIES)))
        completes = draw(st.booleans()) and course == "nominal"
        end = draw(st.integers(0, SPAN_MS))
        length = draw(st.one_of(st.integers(0, 30_000), st.integers(0, 6 * 3_600_000)))
        when = (START + timedelta(milliseconds=end)).isoformat(timespec="milliseconds")
        duration = f"PT{length // 1000}.{length % 1000:03d}S"
        body = studied(NAME, when, duration, ACTIVITIES[course])
        body["id"] = str(uuid.UUID(int=draw(st.integers(1, 2**128 - 1)), version=4))
        if completes:
            body["verb"] = {"id": COMPLETED}
        owner = "two" if course == "other" else "one"
        found.append(
            Posted(owner, body, course, end, length, completes, draw(st.sampled_from([0, 0, 0, 1])) == 1)
        )
    return list({posted.body["id"]: posted for posted in found}.values())


@pytest.fixture
def in_app(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


@pytest.fixture
def callers(in_app: Flask) -> dict[str, Caller]:
    one, two = provider("Một"), provider("Hai")
    add_course(one, "DO", ACTIVITIES["measured"])
    add_course(one, "DM", ACTIVITIES["nominal"], basis="nominal", hours="20", match="exact")
    add_course(two, "DO", ACTIVITIES["other"])
    return {"one": one, "two": two}


@given(stream=streams(), seed=st.integers(0, 2**32))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_i7_arrival_order_batches_duplicates_and_replays_do_not_matter(
    in_app: Flask, callers: dict[str, Caller], stream: list[Posted], seed: int
) -> None:
    chance = random.Random(seed)
    person = learners.key_of(NAME)
    messages = [(posted.owner, posted.body) for posted in stream]
    messages += [(p.owner, {**voiding(p.body["id"]), "id": str(uuid.uuid4())}) for p in stream if p.voided]
    _empty()
    for owner, body in messages:
        record(in_app, callers[owner], body)
    recount()
    plainly = learners.net(person)

    _empty()
    shuffled = messages + chance.choices(messages, k=len(messages) // 2)
    chance.shuffle(shuffled)
    while shuffled:
        owner = shuffled[0][0]
        batch = []
        while shuffled and shuffled[0][0] == owner and len(batch) < 5:
            batch.append(shuffled.pop(0)[1])
        record(in_app, callers[owner], *{body["id"]: body for body in batch}.values())
        if chance.random() < 0.4:
            recount()
    recount()
    assert learners.net(person) == plainly
    learners.assert_ledger_is_right()

    assert _placed_by_day(plainly) == _counted_naively(stream)
    assert sum(_nominal(plainly)) == (20 * 3600 if _completed(stream) else 0)


def _empty() -> None:
    with database.writing() as connection:
        for table in GROWING:
            connection.exec_driver_sql(f"DELETE FROM {table}")


def _placed_by_day(net: dict[tuple[int | None, int, int, int], int]) -> dict[int, int]:
    days: dict[int, int] = {}
    for (_, day, kind, reason), seconds in net.items():
        if kind == 0 and reason == 0 and seconds:
            days[day] = days.get(day, 0) + seconds
    return days


def _nominal(net: dict[tuple[int | None, int, int, int], int]) -> list[int]:
    return [seconds for (_, _, kind, reason), seconds in net.items() if kind == 1 and reason == 0]


def _completed(stream: list[Posted]) -> bool:
    return any(posted.completes and not posted.voided for posted in stream)


def _counted_naively(stream: list[Posted]) -> dict[int, int]:
    """Every second by itself: whether any statement that counts covers it, at most 12 hours a local day."""
    seconds: set[int] = set()
    for posted in stream:
        if posted.voided or posted.course == "unknown" or (posted.course == "nominal" and _completed(stream)):
            continue
        end = Fraction(int(START.timestamp()) * 1000 + posted.end_ms, 1000)
        first, last = (end - Fraction(posted.milliseconds, 1000)) // 1, end // 1
        seconds.update(range(max(first, last - 4 * 3600), last))
    days: dict[int, int] = {}
    for second in seconds:
        day = datetime(1970, 1, 1).toordinal() + (second + HOURS) // 86_400
        days[day] = days.get(day, 0) + 1
    return {day: min(count, 12 * 3600) for day, count in days.items()}
