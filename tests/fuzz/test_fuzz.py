"""In small what `python -m tests.fuzz` does in full: no request, whatever it holds, is answered with 5xx."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fuzz import rounds
from tests.fuzz.chance import Chance
from tests.fuzz.door import Answer, Request, complaint, environ
from tests.fuzz.marathon import Memory
from tests.fuzz.requests import request

CASES = 300
SEED = 20261122


@pytest.fixture(autouse=True)
def without_a_log_line_for_each_request() -> Iterator[None]:
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


def test_no_request_is_answered_with_an_error_of_ours(
    migrated_database_url: str, database_kind: str, tmp_path: Path
) -> None:
    # Content stands in a folder for one of both.
    folder = tmp_path if database_kind == "postgresql" else None
    with rounds.service(migrated_database_url, folder) as (app, authorizations):
        found = rounds.run(app, authorizations, SEED, CASES)
    assert found.failure is None, f"{found.failure.key}\n{found.failure.request}\n{found.failure.frames}"
    assert found.cases >= CASES
    # Neither is everything refused: what is right is taken and found again.
    assert {200, 204, 400, 401, 403, 404} <= set(found.statuses)


def test_a_failure_is_found_and_made_small(migrated_database_url: str) -> None:
    with rounds.service(migrated_database_url) as (app, authorizations):
        app.view_functions["about.get"] = lambda: 1 / 0
        found = rounds.run(app, authorizations, SEED, CASES)
    assert found.failure is not None
    assert found.failure.complaint == "answered with 500"
    smallest = found.failure.request
    assert (smallest.method, smallest.path, smallest.query, smallest.body) == ("GET", "/xapi/about", "", b"")
    assert "ZeroDivisionError" in found.failure.key


def test_the_plainest_decisions_make_a_request_that_is_right() -> None:
    plain = request(Chance(b""), ["Basic x"])
    assert (plain.method, plain.path, plain.query) == ("POST", "/xapi/statements", "")
    assert environ(plain)["CONTENT_LENGTH"] == str(len(plain.body))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(501, [], b""), "501"),
        (Answer(200, [("X", "a\r\nSet-Cookie: b")], b""), "line of its own"),
        (Answer(200, [("X", "ế")], b""), "cannot be sent"),
        (Answer(200, [("Content-Length", "3")], b"ab"), "Content-Length"),
        (Answer(400, [("Content-Type", "application/json")], b"<html>"), "no JSON"),
        (Answer(400, [], b'{"message":"x"}'), "shape of its own"),
    ],
)
def test_what_no_answer_may_be_is_seen(answer: Answer, said: str) -> None:
    found = complaint(Request("GET", "/xapi/statements"), answer)
    assert found is not None
    assert said in found


def test_memory_that_grows_is_told_from_memory_that_is_flat() -> None:
    memory = Memory()
    memory.samples = [80.0 + number / 10 for number in range(20)] + [
        150.0 + number % 3 for number in range(200)
    ]
    assert memory.growth() is None
    memory.samples = [150.0 + number for number in range(200)]
    assert memory.growth() == "memory grew from 218 to 331 MB"
