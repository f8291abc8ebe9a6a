"""What becomes of requests that meet in two server processes, with delays inside their transactions."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest
from flask import Flask

from lms_tracker.actions import courses, crediting, providers
from lms_tracker.config import Settings
from lms_tracker.store import database, dialects
from tests import databases
from tests.actions import learners
from tests.actions.learners import COURSE, HEADER, studied, voiding
from tests.torture.programs import Answer, Program
from tests.torture.servers import Servers
from tests.web.lrs_client import basic

AT = "2026-10-01T09:00:00Z"
ROUNDS = 12


class Meeting:
    """Two programs, each at its own server process on one database, and the application to look inside."""

    def __init__(self, app: Flask, servers: Servers, authorization: str) -> None:
        self.app = app
        stop = threading.Event()
        self.programs = [Program(servers, authorization, number, stop) for number in range(2)]

    def post(self, *batches: list[dict[str, Any]]) -> list[Answer]:
        """Each batch by a program of its own, all at the same moment; their answers."""
        start, answers = threading.Barrier(len(batches)), dict[int, Answer]()

        def send(number: int) -> None:
            body = msgspec.json.encode(batches[number])
            start.wait()
            answers[number] = self.programs[number].ask("POST", "/xapi/statements", body)

        threads = [threading.Thread(target=send, args=(number,)) for number in range(len(batches))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return [answers[number] for number in range(len(batches))]

    def stored(self, *statements: dict[str, Any]) -> list[int]:
        """How many times each of these is stored."""
        with self.app.app_context(), database.reading() as connection:
            return [
                dialects.rows(
                    connection,
                    "SELECT count(*) FROM statements WHERE statement_id = ?",
                    (learners.id_of(statement),),
                )[0][0]
                for statement in statements
            ]

    def status(self, **parameters: str) -> int:
        (parameter,) = parameters.items()
        return self.programs[0].ask("GET", "/xapi/statements?{}={}".format(*parameter)).status


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def meeting(
    request: pytest.FixtureRequest, shared_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Meeting]:
    with ExitStack() as stack:
        if request.param == "sqlite":
            copy = tmp_path_factory.mktemp("torture") / "lms_tracker.db"
            shutil.copyfile(databases.sqlite_template(shared_folder), copy)
            url = f"sqlite:///{copy}"
        else:
            server = request.getfixturevalue("postgresql_url")
            run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
            template = databases.postgresql_template(server, shared_folder, run)
            url = stack.enter_context(databases.postgresql_database(server, template=template))
        settings = Settings(database_url=url, secret_key=databases.SECRET_KEY)
        app = stack.enter_context(databases.application(settings))
        with app.app_context():
            credential = providers.add_provider("Trung tâm")
            line = f"{credential.provider},K1,Khóa K1,{COURSE},prefix,other,,,measured,,,,\n"
            assert not courses.import_courses(f"{HEADER}\n{line}".encode()).errors
        servers = stack.enter_context(Servers(url, 2, 0.004, seed=3))
        made = Meeting(app, servers, basic(credential.key, credential.secret))
        yield made
        for program in made.programs:
            program.close()


def test_i4_a_statement_and_its_voiding_at_once_leave_it_voided_and_without_credit(meeting: Meeting) -> None:
    counting = threading.Event()

    def count() -> None:
        with meeting.app.app_context():
            while not counting.is_set():
                crediting.recount_due()

    worker = threading.Thread(target=count)
    worker.start()
    learned = []
    for number in range(ROUNDS):
        learned.append(studied(f"voided-{number}", AT, "PT1H"))
        answers = meeting.post([learned[-1]], [voiding(learned[-1]["id"])])
        assert [answer.status for answer in answers] == [200, 200]
    counting.set()
    worker.join()
    for statement in learned:
        assert meeting.status(statementId=statement["id"]) == 404
        assert meeting.status(voidedStatementId=statement["id"]) == 200
    with meeting.app.app_context():
        learners.recount()
        assert {learners.placed_seconds(learners.key_of(f"voided-{n}")) for n in range(ROUNDS)} == {0}
        learners.assert_ledger_is_right()


def test_i3_two_identical_batches_at_once_are_both_answered_and_stored_once(meeting: Meeting) -> None:
    for number in range(ROUNDS):
        batch = [studied(f"same-{number}-{item}", AT, "PT5M") for item in range(30)]
        answers = meeting.post(batch, batch)
        ids = [statement["id"] for statement in batch]
        assert [(answer.status, msgspec.json.decode(answer.body)) for answer in answers] == [(200, ids)] * 2
        assert meeting.stored(*batch) == [1] * len(batch)


def test_i2_of_two_different_statements_with_one_id_at_once_one_is_kept_and_one_refused(
    meeting: Meeting,
) -> None:
    for number in range(ROUNDS):
        one, beside = studied(f"one-{number}", AT, "PT5M"), studied(f"beside-{number}", AT, "PT5M")
        other = {**one, "verb": {"id": learners.COMPLETED}}
        answers = meeting.post([one], [beside, other])
        assert sorted(answer.status for answer in answers) == [200, 409]
        # The batch of the one that was refused is not stored in part.
        assert meeting.stored(one, beside) == [1, int(answers[1].status == 200)]


def test_i3_overlapping_batches_in_opposite_order_at_once_neither_lock_nor_double(meeting: Meeting) -> None:
    for number in range(ROUNDS):
        batch = [
            studied(f"overlap-{number}-{item}", AT, "PT5M", activity=f"{COURSE}/{number}/{item}")
            for item in range(60)
        ]
        answers = meeting.post(batch[:40], batch[:19:-1])
        assert [answer.status for answer in answers] == [200, 200]
        assert meeting.stored(*batch) == [1] * len(batch)
