"""Streams of every profile through the store: however they come, what stands is what is decided on them all.

The pure decision reads everything, also what only says that somebody was there; the store leaves out what
counts for nothing and decides the plain of it in rows. Both must come to the same (I7).
"""

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms_tracker.actions import catalogue, courses, readings
from lms_tracker.actions.rights import Caller
from lms_tracker.learning.credit import decide
from lms_tracker.learning.evidence import Evidence
from lms_tracker.learning.readings import Reading
from lms_tracker.store import database, gathering
from lms_tracker.store.names import Names
from tests.actions import learners
from tests.actions.learners import agent, provider, record, recount, voiding

START = datetime(2026, 10, 1, 15, tzinfo=UTC)
ADL = "http://adlnet.gov/expapi/verbs/"
VERBS = [
    ADL + word for word in ("launched", "initialized", "terminated", "suspended", "completed", "experienced")
]
VERBS.append("https://w3id.org/xapi/adl/verbs/abandoned")
CATEGORIES = (
    "https://w3id.org/xapi/cmi5/context/categories/cmi5",
    "https://w3id.org/xapi/video",
    "https://w3id.org/xapi/scorm",
    "http://h5p.org/libraries/H5P.Quiz-1.0",
)
ACTIVITIES = tuple(
    f"https://hoc.example.vn/{name}" for name in ("plain", "gaps", "keeping", "hours", "unknown")
)
GROWING = (
    *("statements", "statement_actors", "statement_references", "voidings", "evidence", "due_marks"),
    *("statement_activities", "ledger", "totals", "credit_states"),
)


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    category = draw(st.sampled_from([None, None, *CATEGORIES]))
    length = draw(st.sampled_from([None, None, 0, 60, 600, 4000, 20_000]))
    played = draw(st.sampled_from([None, "0[.]60", "30[.]900", "0[.]4000[,]5000[.]5100"]))
    result: dict[str, Any] = {} if length is None else {"duration": f"PT{length}S"}
    if played is not None:
        result["extensions"] = {"https://w3id.org/xapi/video/extensions/played-segments": played}
    context: dict[str, Any] = {"registration": str(uuid.UUID(int=draw(st.integers(1, 2)), version=4))}
    if category is not None:
        context["contextActivities"] = {"category": [{"id": category}]}
    if category == CATEGORIES[0]:
        extension = "https://w3id.org/xapi/cmi5/context/extensions/"
        context["extensions"] = {
            extension + "sessionid": draw(st.sampled_from(["một", "hai"])),
            extension + "launchmode": draw(st.sampled_from(["Normal", "Normal", "Browse"])),
        }
    when = START + timedelta(seconds=draw(st.integers(0, 12_000)))
    return {
        "id": str(uuid.UUID(int=draw(st.integers(1, 2**128 - 1)), version=4)),
        "actor": agent("an"),
        "verb": {"id": draw(st.sampled_from(VERBS))},
        "object": {"id": draw(st.sampled_from(ACTIVITIES))},
        "result": result,
        "context": context,
        "timestamp": when.isoformat(),
    }


@pytest.fixture
def in_app(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


@pytest.fixture
def caller(in_app: Flask) -> Caller:
    made = provider()
    lines = [
        f"{made.provider_id},{name},Khóa,{iri},prefix,other,{basis},{hours},{reading}"
        for name, iri, basis, hours, reading in (
            ("P", ACTIVITIES[0], "measured", "", ""),
            ("G", ACTIVITIES[1], "measured", "", "gaps"),
            ("K", ACTIVITIES[2], "measured", "", "keeping-time"),
            ("H", ACTIVITIES[3], "nominal", "10", ""),
        )
    ]
    header = "provider,course,title,activity,match,category,basis,hours,reading"
    outcome = courses.import_courses("\n".join([header, *lines]).encode())
    assert outcome.errors == []
    return made


@given(
    stream=st.lists(statements(), min_size=1, max_size=16, unique_by=lambda one: one["id"]),
    voided=st.sets(st.integers(0, 15), max_size=3),
    seed=st.integers(0, 2**32),
    reading=st.sampled_from([Reading.PLAIN, Reading.GAPS]),
)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_i7_what_stands_is_what_is_decided_on_all_that_came(
    in_app: Flask,
    caller: Caller,
    stream: list[dict[str, Any]],
    voided: set[int],
    seed: int,
    reading: Reading,
) -> None:
    _empty()
    readings.set_reading(caller.provider_id, reading)
    chance = random.Random(seed)
    gone = [one["id"] for index, one in enumerate(stream) if index in voided]
    messages = [*stream, *map(voiding, gone)]
    messages += chance.choices(messages, k=3)
    chance.shuffle(messages)
    while messages:
        batch = {body["id"]: body for body in (messages.pop() for _ in range(min(3, len(messages))))}
        record(in_app, caller, *batch.values())
        if chance.random() < 0.3:
            recount()
    recount()
    assert learners.net(learners.key_of("an")) == _decided(in_app)
    learners.assert_ledger_is_right()


def _decided(app: Flask) -> dict[tuple[int | None, int, int, int], int]:
    """Of everything that the store holds of the learner, as objects and by the pure decision."""
    person = learners.key_of("an")
    names: Names = app.extensions["lms_tracker.names"]
    with database.reading() as connection:
        evidence: list[Evidence] = gathering.evidence_of(connection, names, {person: [person]})[person]
        verdicts = decide(evidence, catalogue.current(connection), catalogue.policy(connection))
    sums: dict[tuple[int | None, int, int, int], int] = {}
    for verdict in verdicts:
        key = (verdict.course_id, verdict.day, verdict.kind, verdict.reason)
        sums[key] = sums.get(key, 0) + verdict.seconds
    return sums


def _empty() -> None:
    with database.writing() as connection:
        for table in GROWING:
            connection.exec_driver_sql(f"DELETE FROM {table}")
