"""Statements into the store by many writers at once, on both databases."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from flask import Flask

from lms_tracker.actions import recording
from lms_tracker.actions.availability import NotWritten
from lms_tracker.actions.rights import Caller
from lms_tracker.actions.searching import Reader
from lms_tracker.store import database, dialects, due, horizon, searches
from lms_tracker.store.searches import Search
from tests import databases
from tests.actions import learners
from tests.actions.learners import id_of, provider, record, studied, voiding
from xapi.faults import Refusal

AT = "2026-10-01T09:00:00Z"


@pytest.fixture
def in_app(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


@pytest.fixture
def processes(app: Flask) -> Iterator[list[Flask]]:
    """Applications that share nothing but the database, as processes do."""
    with ExitStack() as stack:
        yield [stack.enter_context(databases.application(app.config["SETTINGS"])) for _ in range(2)]


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run all at the same moment; answers what each returned or the Refusal it raised."""
    start = threading.Barrier(len(works))
    outcomes: list[Any] = [None] * len(works)

    def run(number: int, work: Callable[[], Any]) -> None:
        start.wait()
        try:
            outcomes[number] = work()
        except Refusal as refusal:
            outcomes[number] = refusal

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def posting(app: Flask, caller: Caller, *statements: dict[str, Any]) -> Callable[[], Any]:
    def post() -> Any:
        with app.app_context():
            return record(app, caller, *statements)

    return post


def stored() -> list[bytes]:
    with database.reading() as connection:
        return [
            found.statement_id for found in searches.page(connection, Search(ascending=True, limit=10**6))
        ]


def test_i2_of_two_different_statements_with_one_id_at_once_one_is_stored(
    in_app: Flask, processes: list[Flask]
) -> None:
    caller = provider()
    for _ in range(10):
        one = studied("an", AT, "PT1H")
        other = {**one, "verb": {"id": learners.COMPLETED}}
        outcomes = at_once(*(posting(app, caller, s) for app, s in zip(processes, (one, other), strict=True)))
        refusals = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
        assert [refusal.status for refusal in refusals] == [409]
        assert stored().count(id_of(one)) == 1


def test_i3_two_identical_batches_at_once_are_both_a_success_and_stored_once(
    in_app: Flask, processes: list[Flask]
) -> None:
    caller = provider()
    batch = [studied(f"hv-{number}", AT, "PT1H") for number in range(40)]
    outcomes = at_once(*(posting(app, caller, *batch) for app in processes))
    assert [outcome.ids for outcome in outcomes] == [[id_of(one) for one in batch]] * 2
    assert stored() == [id_of(one) for one in batch]


def test_storing_leaves_no_former_versions_of_the_row_that_every_transaction_looks_at(in_app: Flask) -> None:
    """While a dump holds an old snapshot, each of them would be stepped over by every transaction."""
    caller = provider()
    record(in_app, caller, studied("an", AT, "PT1H"))
    if database.db.engine.dialect.name == "sqlite":
        # It has no versions; that the page is not written again is what can be seen.
        select = "SELECT last FROM horizon"
    else:
        select = "SELECT ctid::text FROM horizon"
    with database.reading() as connection:
        before = dialects.rows(connection, select, ())
        through = horizon.read(connection)
    record(in_app, caller, studied("binh", AT, "PT1H"))
    with database.reading() as connection:
        assert dialects.rows(connection, select, ()) == before
        assert horizon.read(connection) > through


def test_overlapping_batches_in_opposite_order_do_not_deadlock(in_app: Flask, processes: list[Flask]) -> None:
    caller = provider()
    batch = [studied(f"hv-{number}", AT, "PT1H") for number in range(60)]
    forth, back = batch[:40], batch[:19:-1]
    outcomes = at_once(posting(processes[0], caller, *forth), posting(processes[1], caller, *back))
    assert [len(outcome.ids) for outcome in outcomes] == [40, 40]
    assert sorted(stored()) == sorted(id_of(one) for one in batch)


@contextmanager
def nobody_else_writes() -> Iterator[None]:
    with database.writing() as connection:
        horizon.lock(connection)
        yield


def test_i3_a_batch_with_a_conflict_stores_nothing_and_its_neighbours_are_not_harmed(in_app: Flask) -> None:
    caller = provider()
    taken = studied("an", AT, "PT1H")
    record(in_app, caller, taken)
    wrong = [studied("binh", AT, "PT1H"), {**taken, "timestamp": "2026-10-02T09:00:00Z"}]
    right = studied("chi", AT, "PT1H")
    recorder: recording.Recorder = in_app.extensions["lms_tracker.recorder"]
    # Nobody may write meanwhile, so that both wait and are written together.
    with nobody_else_writes():
        threads = [threading.Thread(target=posting(in_app, caller, *batch)) for batch in ([right],)]
        outcomes: list[Any] = []

        def wrong_one() -> None:
            try:
                posting(in_app, caller, *wrong)()
            except Refusal as refusal:
                outcomes.append(refusal)

        threads.append(threading.Thread(target=wrong_one))
        for thread in threads:
            thread.start()
        while len(recorder._groups) < 2:
            time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert [(fault.index, fault.rule) for fault in outcomes[0].faults] == [(1, "id-conflict")]
    assert stored() == [id_of(taken), id_of(right)]


def test_a_failure_of_one_request_does_not_fail_those_written_with_it(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = provider()
    right, cursed = studied("an", AT, "PT1H"), studied("binh", AT, "PT1H")
    add = recording.statements.add

    def add_unless_cursed(connection: Any, rows: Any, *more: Any) -> None:
        if any(row[0] == id_of(cursed) for row in rows):
            raise RuntimeError("cursed")
        add(connection, rows, *more)

    monkeypatch.setattr(recording.statements, "add", add_unless_cursed)
    recorder: recording.Recorder = in_app.extensions["lms_tracker.recorder"]
    failures: list[Exception] = []

    def failing() -> None:
        try:
            posting(in_app, caller, cursed)()
        except RuntimeError as error:
            failures.append(error)

    with nobody_else_writes():
        threads = [threading.Thread(target=posting(in_app, caller, right)), threading.Thread(target=failing)]
        for thread in threads:
            thread.start()
        while len(recorder._groups) < 2:
            time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert [str(error) for error in failures] == ["cursed"]
    assert stored() == [id_of(right)]


def test_i1_a_refused_request_leaves_no_evidence_and_no_mark(in_app: Flask) -> None:
    caller = provider()
    taken = studied("an", AT, "PT1H")
    record(in_app, caller, taken)
    with pytest.raises(Refusal):
        record(in_app, caller, studied("binh", AT, "PT1H"), {**taken, "timestamp": "2026-10-02T09:00:00Z"})
    with database.reading() as connection:
        assert due.marks(connection, [learners.key_of("binh")]) == []
        assert connection.exec_driver_sql("SELECT count(*) FROM evidence").scalar_one() == 1


def test_i4_nobody_but_the_provider_or_scope_all_voids_a_stored_statement(in_app: Flask) -> None:
    owner, stranger, steward = provider("Một"), provider("Hai"), provider("Ba", ["all"])
    kept, gone = studied("an", AT, "PT1H"), studied("binh", AT, "PT1H")
    record(in_app, owner, kept, gone)
    with pytest.raises(Refusal) as refused:
        record(in_app, stranger, voiding(kept["id"]))
    assert refused.value.status == 403
    record(in_app, steward, voiding(gone["id"]))
    assert id_of(kept) in stored()
    assert id_of(gone) not in stored()


def test_i5_a_follower_misses_nothing_while_slow_writers_write(
    in_app: Flask, processes: list[Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    """16 writers in two processes linger in their transactions; a reader goes on from what was promised."""
    caller = provider()
    add = recording.evidence.add
    random.seed(5)

    def slow(connection: Any, rows: Any) -> None:
        time.sleep(random.random() / 200)
        add(connection, rows)

    monkeypatch.setattr(recording.evidence, "add", slow)
    sent: list[bytes] = []

    def write(app: Flask, writer: int) -> None:
        for number in range(6):
            batch = [studied(f"w{writer}-{number}-{i}", AT, "PT1H") for i in range(random.randint(1, 5))]
            posting(app, caller, *batch)()
            sent.extend(id_of(one) for one in batch)

    writers = [threading.Thread(target=write, args=(processes[n % 2], n)) for n in range(16)]
    followed: list[bytes] = []
    order: list[int] = []
    since = -1
    for thread in writers:
        thread.start()
    while True:
        alive = any(thread.is_alive() for thread in writers)
        through = Reader().through()
        with database.reading() as connection:
            found = searches.page(connection, Search(after=since, until=through, ascending=True, limit=10**6))
        followed += [statement.statement_id for statement in found]
        order += [statement.position for statement in found]
        assert through >= since
        since = through
        if not alive:
            break
    assert len(followed) == len(set(followed))
    assert sorted(followed) == sorted(sent)
    assert order == sorted(set(order))


def test_i5_an_idle_store_still_moves_on_for_those_who_wait(in_app: Flask) -> None:
    first = Reader().through()
    deadline = time.monotonic() + 10
    while Reader().through() <= first:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_i1_sqlite_waits_for_the_disk_and_postgresql_is_not_told_otherwise(in_app: Flask) -> None:
    with database.writing() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        else:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar_one() == "on"


def test_i1_nobody_is_told_of_success_when_whoever_wrote_for_them_was_interrupted(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = provider()
    recorder: recording.Recorder = in_app.extensions["lms_tracker.recorder"]
    outcomes: list[str] = []

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    def post(number: int) -> None:
        try:
            posting(in_app, caller, studied(f"hv-{number}", AT, "PT1H"))()
        except (KeyboardInterrupt, NotWritten) as error:
            outcomes.append(type(error).__name__)
        else:
            outcomes.append("success")

    monkeypatch.setattr(recording.statements, "add", interrupted)
    with nobody_else_writes():
        threads = [threading.Thread(target=post, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        while len(recorder._groups) < 2:
            time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["KeyboardInterrupt", "NotWritten"]
    assert stored() == []


def test_a_group_of_thousands_is_recorded_whole(in_app: Flask) -> None:
    caller = provider()
    members = [learners.agent(f"hv-{number}") for number in range(6_000)]
    group = {"objectType": "Group", "member": members}
    statement = studied("an", AT, "PT1H", actor=group)
    record(in_app, caller, statement)
    assert stored() == [id_of(statement)]
    with database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM evidence").scalar_one() == 6_000


def test_i4_a_voiding_that_came_early_is_a_success_when_sent_again(in_app: Flask) -> None:
    owner, stranger = provider("Một"), provider("Hai")
    target = studied("an", AT, "PT1H")
    early = voiding(target["id"])
    record(in_app, stranger, early)
    record(in_app, owner, target)
    assert record(in_app, stranger, early, studied("binh", AT, "PT1H")).ids[0] == id_of(early)
    assert id_of(target) in stored()


def test_readers_do_not_wait_for_whoever_writes(in_app: Flask, processes: list[Flask]) -> None:
    """A backup or a shell that holds SQLite, or a slow writer that holds PostgreSQL's horizon."""
    answers: list[int] = []

    def read() -> None:
        with in_app.app_context():
            answers.append(Reader().through())

    reader = threading.Thread(target=read)
    with processes[0].app_context(), database.db.engine.begin() as outside:
        horizon.lock(outside)
        reader.start()
        # Who waits for the writer waits until this block has ended.
        reader.join(10)
        seen = list(answers)
    reader.join()
    assert seen == [0]


def test_evidence_of_a_group_stays_small_however_many_parents_a_statement_names(in_app: Flask) -> None:
    caller = provider()
    learners.add_course(caller, match="context", activity="https://hoc.example.vn/0000")
    parents = [{"id": f"https://hoc.example.vn/{number:04}"} for number in range(3_000)]
    group = {"objectType": "Group", "member": [learners.agent(f"hv-{number}") for number in range(50)]}
    record(
        in_app,
        caller,
        studied("an", AT, "PT1H", actor=group, context={"contextActivities": {"parent": parents}}),
    )
    with database.reading() as connection:
        longest = connection.exec_driver_sql("SELECT max(length(parents)) FROM evidence").scalar_one()
    assert longest <= 50 * 16
    learners.recount()
    assert learners.placed_seconds(learners.key_of("hv-7")) == 3600
