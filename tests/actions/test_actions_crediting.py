"""From statements to the ledger, through the store, on both databases."""

import inspect
import itertools
import json
import threading
from collections.abc import Iterator
from dataclasses import astuple
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from lms_tracker.actions import crediting, deciding, figures, holding_back, people
from lms_tracker.actions.searching import Reader
from lms_tracker.learning.reasons import Reason
from lms_tracker.store import database, dialects, due, passage
from lms_tracker.store.schema import ledger
from tests import databases
from tests.actions import learners
from tests.actions.learners import COMPLETED, add_course, agent, provider, record, recount, studied, voiding

AN = "an"
HOUR = 3600


@pytest.fixture
def in_app(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


def test_an_hour_that_a_course_measured_is_credited(in_app: Flask) -> None:
    caller = provider()
    add_course(caller)
    record(in_app, caller, studied(AN, "2026-10-01T09:00:00Z", "PT1H"))
    recount()
    assert learners.placed_seconds(learners.key_of(AN)) == HOUR
    learners.assert_ledger_is_right()


def test_i7_a_mapping_that_is_added_later_credits_earlier_statements(in_app: Flask) -> None:
    caller = provider()
    record(in_app, caller, studied(AN, "2026-10-01T09:00:00Z", "PT1H"))
    recount()
    person = learners.key_of(AN)
    assert learners.placed_seconds(person) == 0
    assert learners.refused_reasons(person) == {Reason.UNKNOWN_COURSE: HOUR}
    add_course(caller)
    recount()
    assert learners.placed_seconds(person) == HOUR
    assert learners.refused_reasons(person) == {}
    learners.assert_ledger_is_right()


def test_i8_two_providers_at_one_time_are_credited_once(in_app: Flask) -> None:
    one, other = provider("Một"), provider("Hai")
    add_course(one, "A", "https://mot.example.vn/a")
    add_course(other, "B", "https://hai.example.vn/b")
    record(in_app, one, studied(AN, "2026-10-01T09:00:00Z", "PT1H", "https://mot.example.vn/a"))
    record(in_app, other, studied(AN, "2026-10-01T09:30:00Z", "PT1H", "https://hai.example.vn/b"))
    recount()
    person = learners.key_of(AN)
    assert learners.placed_seconds(person) == HOUR + HOUR // 2
    assert learners.refused_reasons(person) == {Reason.OVERLAPS: HOUR // 2}


def test_i9_voiding_takes_credit_back_by_opposite_entries(in_app: Flask) -> None:
    caller = provider()
    add_course(caller)
    statement = studied(AN, "2026-10-01T09:00:00Z", "PT1H")
    record(in_app, caller, statement)
    recount()
    record(in_app, caller, voiding(statement["id"]))
    recount()
    person = learners.key_of(AN)
    assert learners.placed_seconds(person) == 0
    assert learners.refused_reasons(person) == {Reason.VOIDED: HOUR}
    with database.reading() as connection:
        entries = connection.execute(
            select(ledger.c.seconds, ledger.c.pieces, ledger.c.reason, ledger.c.because).order_by(
                ledger.c.entry
            )
        ).all()
    assert [tuple(entry) for entry in entries] == [
        (HOUR, 1, Reason.CREDITED, 0),
        (-HOUR, -1, Reason.CREDITED, Reason.VOIDED),
        (HOUR, 1, Reason.VOIDED, 0),
    ]
    learners.assert_ledger_is_right()


def test_i4_a_voiding_that_comes_before_its_target_has_the_same_effect(in_app: Flask) -> None:
    caller = provider()
    add_course(caller)
    statement = studied(AN, "2026-10-01T09:00:00Z", "PT1H")
    record(in_app, caller, voiding(statement["id"]))
    recount()
    record(in_app, caller, statement)
    recount()
    assert learners.placed_seconds(learners.key_of(AN)) == 0
    assert learners.refused_reasons(learners.key_of(AN)) == {Reason.VOIDED: HOUR}


def test_i4_another_providers_early_voiding_takes_no_credit(in_app: Flask) -> None:
    caller, stranger = provider("Một"), provider("Hai")
    add_course(caller)
    statement = studied(AN, "2026-10-01T09:00:00Z", "PT1H")
    record(in_app, stranger, voiding(statement["id"]))
    record(in_app, caller, statement)
    recount()
    assert learners.placed_seconds(learners.key_of(AN)) == HOUR


def test_i10_a_provider_earns_nothing_for_a_course_of_another(in_app: Flask) -> None:
    owner, stranger = provider("Một"), provider("Hai")
    add_course(owner)
    record(in_app, stranger, studied(AN, "2026-10-01T09:00:00Z", "PT1H"))
    recount()
    person = learners.key_of(AN)
    assert learners.placed_seconds(person) == 0
    assert learners.refused_reasons(person) == {Reason.PROVIDER_NOT_ALLOWED: HOUR}


def test_a_nominal_course_is_credited_once_whatever_is_sent_again(in_app: Flask) -> None:
    caller = provider()
    add_course(caller, basis="nominal", hours="20", match="exact")
    done = studied(AN, "2026-10-01T09:00:00Z", None, verb={"id": COMPLETED})
    again = {**done}
    del again["id"]
    later = studied(AN, "2026-10-02T09:00:00Z", None, verb={"id": COMPLETED})
    person = learners.key_of(AN)
    for statement in (done, done, again, again, later):
        record(in_app, caller, statement)
        recount()
        assert learners.nominal_seconds(person) == 20 * HOUR
    assert learners.placed_seconds(person) == 0
    assert learners.refused_reasons(person) == {
        Reason.DUPLICATE_CONTENT: 40 * HOUR,
        Reason.OVER_A_CAP: 20 * HOUR,
    }
    learners.assert_ledger_is_right()


def test_i12_an_evening_over_local_midnight_is_split_between_two_days(in_app: Flask) -> None:
    caller = provider()
    add_course(caller)
    # 23:30 to 01:00 in Hanoi.
    record(in_app, caller, studied(AN, "2026-10-01T18:00:00Z", "PT1H30M"))
    recount()
    seconds = sorted(learners.net(learners.key_of(AN)).values())
    assert seconds == [HOUR // 2, HOUR]


def test_a_statement_without_a_time_of_its_own_is_evidence_but_not_credited(in_app: Flask) -> None:
    caller = provider()
    add_course(caller)
    statement = studied(AN, "", "PT10M")
    del statement["timestamp"]
    record(in_app, caller, statement)
    recount()
    assert learners.refused_reasons(learners.key_of(AN)) == {Reason.NO_TIME_OF_ITS_OWN: 600}


def test_members_of_a_group_earn_and_the_group_does_not(in_app: Flask) -> None:
    caller = provider()
    add_course(caller)
    group = {"objectType": "Group", "member": [agent("an"), agent("binh")], "mbox": "mailto:lop@example.vn"}
    record(in_app, caller, studied(AN, "2026-10-01T09:00:00Z", "PT1H", actor=group))
    recount()
    assert [learners.placed_seconds(learners.key_of(name)) for name in ("an", "binh")] == [HOUR, HOUR]
    assert crediting.verify().people == 2


def test_i8_linked_identifiers_share_one_clock_and_the_former_ledger_comes_to_nothing(in_app: Flask) -> None:
    caller = provider()
    add_course(caller)
    record(in_app, caller, studied("moodle-7", "2026-10-01T09:00:00Z", "PT1H"))
    record(in_app, caller, studied("edx-9", "2026-10-01T09:30:00Z", "PT1H"))
    recount()
    moodle, edx = learners.key_of("moodle-7"), learners.key_of("edx-9")
    assert [learners.placed_seconds(key) for key in (moodle, edx)] == [HOUR, HOUR]
    person = people.add_person(
        "Nguyễn Văn An",
        "an.nguyen",
        "một mật khẩu dài",
        [json.dumps(agent("moodle-7")), json.dumps(agent("edx-9"))],
    )
    recount()
    assert learners.placed_seconds(person.key) == HOUR + HOUR // 2
    assert [learners.placed_seconds(key) for key in (moodle, edx)] == [0, 0]
    learners.assert_ledger_is_right()


def test_a_mark_stays_until_its_effect_is_written(in_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    caller = provider()
    add_course(caller)
    record(in_app, caller, studied(AN, "2026-10-01T09:00:00Z", "PT1H"))

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(crediting.kept_totals, "write_first", die)
        with pytest.raises(KeyboardInterrupt):
            crediting.recount_due()
    person = learners.key_of(AN)
    assert learners.placed_seconds(person) == 0
    with database.reading() as connection:
        assert due.marks(connection, [person])
    recount()
    assert learners.placed_seconds(person) == HOUR
    learners.assert_ledger_is_right()


def test_what_is_posted_between_reading_and_writing_brings_the_learner_back(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = provider()
    add_course(caller)
    record(in_app, caller, studied(AN, "2026-10-01T09:00:00Z", "PT1H"))
    writing = crediting._put

    def interrupted(*given: object) -> bool:
        monkeypatch.setattr(crediting, "_put", writing)
        return writing(*given)  # type: ignore[arg-type]

    decide = crediting._seen

    def posted_after_reading(connection: object, persons: object) -> object:
        decided = decide(connection, persons)  # type: ignore[arg-type]
        monkeypatch.setattr(crediting, "_seen", decide)
        thread = threading.Thread(target=_post_later, args=(in_app, caller))
        thread.start()
        thread.join()
        return decided

    monkeypatch.setattr(crediting, "_put", interrupted)
    monkeypatch.setattr(crediting, "_seen", posted_after_reading)
    crediting.recount_due()
    person = learners.key_of(AN)
    assert learners.placed_seconds(person) == HOUR
    with database.reading() as connection:
        assert due.marks(connection, [person])
    recount()
    assert learners.placed_seconds(person) == 2 * HOUR


def _post_later(app: Flask, caller: object) -> None:
    with app.app_context():
        record(app, caller, studied(AN, "2026-10-01T12:00:00Z", "PT1H"))  # type: ignore[arg-type]


def test_i9_workers_side_by_side_write_each_persons_differences_once(in_app: Flask) -> None:
    caller = provider()
    add_course(caller)
    names = [f"hoc-vien-{number}" for number in range(30)]
    record(in_app, caller, *(studied(name, "2026-10-01T09:00:00Z", "PT1H") for name in names))
    settings = in_app.config["SETTINGS"]
    failures: list[BaseException] = []

    def work() -> None:
        with databases.application(settings) as other, other.app_context():
            try:
                recount()
            except BaseException as error:
                failures.append(error)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    recount()
    assert not failures
    assert [learners.placed_seconds(learners.key_of(name)) for name in names] == [HOUR] * 30
    learners.assert_ledger_is_right()


def test_i4_a_target_and_its_voiding_at_the_same_instant_leave_no_credit(in_app: Flask) -> None:
    caller = provider()
    add_course(caller)
    settings = in_app.config["SETTINGS"]
    with databases.application(settings) as other, databases.application(settings) as worker:
        stop = threading.Event()

        def recount_all_the_time() -> None:
            with worker.app_context():
                while not stop.is_set():
                    crediting.recount_due()

        counting = threading.Thread(target=recount_all_the_time)
        counting.start()
        try:
            for number in range(15):
                _post_at_once(in_app, other, caller, number)
        finally:
            stop.set()
            counting.join()
        recount()
    for number in range(15):
        assert learners.placed_seconds(learners.key_of(f"an-{number}")) == 0
    learners.assert_ledger_is_right()


def _post_at_once(one: Flask, other: Flask, caller: object, number: int) -> None:
    statement = studied(f"an-{number}", "2026-10-01T09:00:00Z", "PT1H")
    start = threading.Barrier(2)

    def post(app: Flask, what: dict[str, object]) -> None:
        with app.app_context():
            start.wait()
            record(app, caller, what)  # type: ignore[arg-type]

    threads = [
        threading.Thread(target=post, args=(one, statement)),
        threading.Thread(target=post, args=(other, voiding(statement["id"]))),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_rebuilding_writes_nothing_where_nothing_is_wrong(in_app: Flask) -> None:
    caller = provider()
    add_course(caller)
    record(
        in_app,
        caller,
        studied(AN, "2026-10-01T09:00:00Z", "PT1H"),
        studied("binh", "2026-10-01T09:00:00Z", "PT2H"),
    )
    recount()
    seen: list[tuple[int, int]] = []
    outcome = crediting.rebuild(lambda done, total: seen.append((done, total)))
    assert (outcome.people, outcome.changed, outcome.entries) == (2, 0, 0)
    assert seen[-1] == (2, 2)


def test_i7_everybody_is_rebuilt_as_they_were_counted_whoever_is_linked_and_in_whatever_parts(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crediting, "PERSONS_AT_ONCE", 2)
    monkeypatch.setattr(passage, "ROWS_AT_ONCE", 3)
    caller = provider()
    add_course(caller)
    names = [f"hoc-vien-{number}" for number in range(9)]
    for number, name in enumerate(names):
        hours = [studied(name, f"2026-10-0{day}T09:0{number}:00Z", "PT1H") for day in range(1, 1 + number)]
        record(in_app, caller, *hours, studied(name, "2026-10-09T09:00:00Z", "PT1H"))
    recount()
    # Two with several identifiers, who earned as persons of their own before; and one whose time was voided.
    for login, of_one in (("an.nguyen", names[:3]), ("binh.nguyen", names[4:6])):
        identifiers = [json.dumps(agent(name)) for name in of_one]
        people.add_person("Nguyễn Văn An", login, "một mật khẩu dài", identifiers)
    voided = studied(names[7], "2026-10-10T09:00:00Z", "PT1H")
    record(in_app, caller, voided)
    recount()
    record(in_app, caller, voiding(voided["id"]))
    recount()
    before = {key: learners.net(key) for key in map(learners.person_of, names)}
    with database.reading() as connection:
        if passage.is_quicker(connection):
            monkeypatch.delattr(crediting, "_recount")
    assert (crediting.rebuild().people, crediting.rebuild().changed) == (6, 0)
    with database.writing() as connection:
        for table in ("ledger", "totals", "credit_states"):
            dialects.change(connection, f"DELETE FROM {table}", ())
    bounds = [b"", b"\x40" + b"\0" * 15, b"\x90" + b"\0" * 15, None]
    outcomes = [crediting.rebuild(first=a or b"", last=b) for a, b in itertools.pairwise(bounds)]
    assert sum(outcome.changed for outcome in outcomes) == 6
    assert {key: learners.net(key) for key in before} == before
    learners.assert_ledger_is_right()


def test_a_passage_gives_nobody_the_rows_of_somebody_else(in_app: Flask) -> None:
    caller = provider()
    for name in ("an", "binh", "cuc"):
        record(in_app, caller, studied(name, "2026-10-01T09:00:00Z", "PT1H"))
    with database.snapshot() as connection:
        if not passage.is_quicker(connection):
            return
        first, _, third = sorted(map(learners.key_of, ("an", "binh", "cuc")))
        with dialects.pipelined(connection):
            rows = passage.Passage(connection, None)
            assert [row[0] for row in rows.rows_of({first: [first]})[first]] == [first]
            with pytest.raises(passage.OutOfOrder):
                rows.rows_of({third: [third]})


def test_verify_names_a_ledger_that_was_tampered_with(in_app: Flask) -> None:
    caller = provider()
    add_course(caller)
    record(in_app, caller, studied(AN, "2026-10-01T09:00:00Z", "PT1H"))
    recount()
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE totals SET placed_seconds = placed_seconds + 60")
    found = crediting.verify().differing
    assert [(one.person, one.what) for one in found] == [
        (learners.key_of(AN).hex(), "totals are not the sum of the ledger")
    ]


def test_i5_consistent_through_never_goes_back_when_the_clock_does(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = provider()
    first = record(in_app, caller, studied(AN, "2026-10-01T09:00:00Z", "PT1H")).through
    monkeypatch.setattr("lms_tracker.actions.clock.now_us", lambda: first - 3_600_000_000)
    assert Reader().through() == first
    second = record(in_app, caller, studied(AN, "2026-10-01T10:00:00Z", "PT1H")).through
    assert second > first
    assert Reader().through() == second


def test_i7_a_course_of_one_provider_changes_why_anothers_statement_is_refused(in_app: Flask) -> None:
    owner, stranger = provider("Một"), provider("Hai")
    record(in_app, stranger, studied(AN, "2026-10-01T09:00:00Z", "PT1H"))
    recount()
    person = learners.key_of(AN)
    assert learners.refused_reasons(person) == {Reason.UNKNOWN_COURSE: HOUR}
    add_course(owner)
    recount()
    assert learners.refused_reasons(person) == {Reason.PROVIDER_NOT_ALLOWED: HOUR}
    learners.assert_ledger_is_right()


def test_i7_a_course_that_is_imported_while_a_learner_is_counted_counts(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller, owner = provider("Một"), provider("Hai")
    record(in_app, caller, studied(AN, "2026-10-01T09:00:00Z", "PT1H"))
    decide = crediting._seen

    def imported_after_reading(connection: object, persons: object) -> object:
        decided = decide(connection, persons)  # type: ignore[arg-type]
        monkeypatch.setattr(crediting, "_seen", decide)
        thread = threading.Thread(target=_import_later, args=(in_app, owner))
        thread.start()
        thread.join()
        return decided

    monkeypatch.setattr(crediting, "_seen", imported_after_reading)
    recount()
    recount()
    assert learners.refused_reasons(learners.key_of(AN)) == {Reason.PROVIDER_NOT_ALLOWED: HOUR}
    learners.assert_ledger_is_right()


def _import_later(app: Flask, owner: object) -> None:
    with app.app_context():
        add_course(owner)  # type: ignore[arg-type]


def test_i7_a_provider_that_is_added_later_may_speak_for_its_courses_at_once(in_app: Flask) -> None:
    first = provider("Một")
    add_course(first, "A", "https://mot.example.vn/")
    record(in_app, first, studied(AN, "2026-10-01T09:00:00Z", "PT1H", "https://mot.example.vn/1"))
    # Now this process has read the catalogue.
    recount()
    second = provider("Hai")
    record(in_app, second, studied(AN, "2026-10-02T09:00:00Z", "PT1H", "https://hai.example.vn/1"))
    recount()
    assert learners.refused_reasons(learners.key_of(AN)) == {Reason.UNKNOWN_COURSE: HOUR}
    with databases.application(in_app.config["SETTINGS"]) as fresh, fresh.app_context():
        learners.assert_ledger_is_right()


def test_i8_an_actor_that_is_linked_while_it_is_counted_keeps_nothing_of_its_own(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = provider()
    add_course(caller)
    record(in_app, caller, studied(AN, "2026-10-01T09:00:00Z", "PT1H"))
    decide = crediting._seen

    def linked_and_counted_after_reading(connection: object, persons: object) -> object:
        decided = decide(connection, persons)  # type: ignore[arg-type]
        monkeypatch.setattr(crediting, "_seen", decide)
        thread = threading.Thread(target=_link_and_count, args=(in_app,))
        thread.start()
        thread.join()
        return decided

    monkeypatch.setattr(crediting, "_seen", linked_and_counted_after_reading)
    crediting.recount_due()
    recount()
    assert learners.placed_seconds(learners.key_of(AN)) == 0
    assert learners.placed_seconds(learners.person_of(AN)) == HOUR
    learners.assert_ledger_is_right()


def _link_and_count(app: Flask) -> None:
    with app.app_context():
        people.add_person("Nguyễn Văn An", "an.nguyen", "một mật khẩu dài", [json.dumps(agent(AN))])
        recount()


def test_a_person_with_two_identifiers_is_one_person(in_app: Flask) -> None:
    caller = provider()
    add_course(caller)
    record(in_app, caller, studied("moodle-7", "2026-10-01T09:00:00Z", "PT1H"))
    record(in_app, caller, studied("edx-9", "2026-10-01T12:00:00Z", "PT1H"))
    identifiers = [json.dumps(agent(name)) for name in ("moodle-7", "edx-9")]
    people.add_person("Nguyễn Văn An", "an.nguyen", "một mật khẩu dài", identifiers)
    recount()
    assert crediting.verify().people == 1
    assert crediting.rebuild().people == 1


def test_verify_names_entries_that_were_taken_back_and_do_not_cancel_out(in_app: Flask) -> None:
    caller = provider()
    add_course(caller)
    statement = studied(AN, "2026-10-01T09:00:00Z", "PT1H")
    record(in_app, caller, statement)
    recount()
    record(in_app, caller, voiding(statement["id"]))
    recount()
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE ledger SET seconds = seconds + 1 WHERE pieces = -1")
    found = [one.what for one in crediting.verify().differing]
    assert found == [f"entries of statement {learners.id_of(statement).hex()} do not cancel out"]


LAN = "lan"


def failing_for(monkeypatch: pytest.MonkeyPatch, person: bytes) -> None:
    """A fault in the program that shows with one person's evidence alone."""
    decide = deciding.part_rows

    def part_rows(rows: Any, *given: Any) -> Any:
        if any(row[0] == person for row in rows):
            raise ZeroDivisionError
        return decide(rows, *given)

    monkeypatch.setattr(deciding, "part_rows", part_rows)


def test_who_cannot_be_counted_holds_up_nobody_else_and_is_tried_again(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = provider()
    add_course(caller)
    for learner in (AN, LAN):
        record(in_app, caller, studied(learner, "2026-10-01T09:00:00Z", "PT1H"))
    an, lan = learners.key_of(AN), learners.key_of(LAN)
    with time_machine.travel("2026-10-02", tick=False) as now:
        with monkeypatch.context() as patched:
            failing_for(patched, an)
            assert crediting.recount_due() == 1
            assert learners.placed_seconds(lan) == HOUR
            assert figures.now()["credit_held_back"][1] == 1
            ((key, attempts, _, kind),) = [astuple(one) for one in holding_back.first()]
            assert (key, attempts, kind) == (an, 1, "ZeroDivisionError")
            # Nothing is tried in the pause, which grows; the others' marks are not behind.
            record(in_app, caller, studied(LAN, "2026-10-01T12:00:00Z", "PT1H"))
            assert [crediting.recount_due() for _ in range(2)] == [1, 0]
            now.shift(11)
            assert crediting.recount_due() == 0
            assert [one.attempts for one in holding_back.first()] == [2]
            now.shift(11)
            assert crediting.recount_due() == 0
            assert [one.attempts for one in holding_back.first()] == [2]
            assert crediting.rebuild().failed == 1
            assert [one.what for one in crediting.verify().differing if one.person == an.hex()] == [
                f"could not be decided: ZeroDivisionError in {one_line_of(failing_for)}"
            ]
        with database.reading() as connection:
            assert due.marks(connection, [an])
        now.shift(60)
        assert crediting.recount_due() == 1
    assert learners.placed_seconds(an) == HOUR
    assert not holding_back.first()
    learners.assert_ledger_is_right()


def one_line_of(fault: Any) -> str:
    first = inspect.getsourcelines(fault)[1]
    lines = inspect.getsource(fault).splitlines()
    return f"part_rows:{first + next(n for n, line in enumerate(lines) if 'raise' in line)}"


def test_who_is_rebuilt_and_cannot_be_counted_is_due(in_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    caller = provider()
    add_course(caller)
    record(in_app, caller, studied(AN, "2026-10-01T09:00:00Z", "PT1H"))
    recount()
    an = learners.key_of(AN)
    with monkeypatch.context() as patched:
        failing_for(patched, an)
        assert crediting.rebuild().failed == 1
    with database.reading() as connection:
        assert due.marks(connection, [an])
    assert learners.placed_seconds(an) == HOUR


def test_one_with_very_much_evidence_does_not_hold_up_the_others(
    in_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = provider()
    add_course(caller)
    monkeypatch.setattr(crediting, "MANY_ENTRIES", 3)
    for day in (1, 2, 3):
        for learner in (AN, LAN):
            record(in_app, caller, studied(learner, f"2026-10-0{day}T09:00:00Z", "PT1H"))
    recount()
    taken: list[set[bytes]] = []
    seen = crediting._seen

    def noted(connection: Any, persons: Any) -> Any:
        taken.append(set(persons))
        return seen(connection, persons)

    monkeypatch.setattr(crediting, "_seen", noted)
    for learner in (AN, LAN, "hoa", "khanh"):
        record(in_app, caller, studied(learner, "2026-10-05T09:00:00Z", "PT1H"))
    assert [crediting.recount_due() for _ in range(3)] == [3, 1, 0]
    an, lan = ({learners.key_of(one)} for one in (AN, LAN))
    assert taken[0] == {learners.key_of("hoa"), learners.key_of("khanh")}
    assert taken[1:] in ([an, lan], [lan, an])
    learners.assert_ledger_is_right()
