"""How long it takes to count a learner: all their evidence read, decided, and the difference written."""

from __future__ import annotations

import csv
import io
import json
import time
from typing import Any

from flask import current_app

from bench import statements
from bench.connections import ServiceFailed
from bench.databases import Databases, application
from bench.measures import percentiles
from lms_tracker.actions import crediting
from lms_tracker.actions.courses import import_courses
from lms_tracker.actions.providers import authenticate
from lms_tracker.actions.rights import Caller
from xapi import batches

STATEMENTS_AT_ONCE = 1_000


def time_to_credit(databases: Databases, pieces: int, learners: int) -> dict[str, Any]:
    """Milliseconds to count a learner of so many pieces of evidence, at first and after one more came.

    One learner at a time, in this process; the counts go on as the jobs do them, one transaction to read and
    one to write.
    """
    database = databases.fresh()
    first: list[float] = []
    again: list[float] = []
    try:
        with application(database.url):
            caller = authenticate(database.credential.key, database.credential.secret)
            if caller is None:
                raise ServiceFailed("the bench's credential is not known")
            import_catalogue(caller.provider_id)
            for number in range(learners + 1):
                history = statements.of_learner(number, pieces + 1, seed=7)
                _record(caller, history[:-1])
                first.append(_timed_count())
                _record(caller, history[-1:])
                again.append(_timed_count())
    finally:
        databases.drop(database)
    # The first learner also pays for reading the catalogue and the names of activities.
    return {
        "pieces": pieces,
        "learners": learners,
        "first_ms": percentiles(first[1:]),
        "one_more_ms": percentiles(again[1:]),
    }


def import_catalogue(provider_id: int) -> None:
    """All courses that statements of the bench name."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(("provider", "course", "title", "activity", "match", "category", "basis"))
    for course in range(statements.COURSES):
        iri = statements.course(course)
        lines.writerow((provider_id, f"C{course}", f"Khóa {course}", iri, "context", "other", "measured"))
    outcome = import_courses(text.getvalue().encode())
    if outcome.errors:
        raise ServiceFailed(f"the bench's courses were refused: {outcome.errors}")


def _record(caller: Caller, history: list[dict[str, Any]]) -> None:
    recorder = current_app.extensions["lms_tracker.recorder"]
    for start in range(0, len(history), STATEMENTS_AT_ONCE):
        body = json.dumps(history[start : start + STATEMENTS_AT_ONCE], ensure_ascii=False).encode()
        recorder.record(batches.read(body, version="1.0.3"), caller, "1.0.3")


def _timed_count() -> float:
    started = time.perf_counter()
    counted = crediting.recount_due()
    milliseconds = 1000 * (time.perf_counter() - started)
    if counted != 1:
        raise ServiceFailed(f"expected one learner to be counted, got {counted}")
    return milliseconds
