"""Those of the sixteen pitfalls of crediting that show only through the store, on both databases."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from lms_tracker.actions import crediting, recounts
from lms_tracker.learning.reasons import Reason
from lms_tracker.store import database, dialects
from lms_tracker.store.schema import ledger
from tests.actions import learners
from tests.actions.learners import COURSE, add_course, agent, provider, record, recount, studied, voiding
from xapi.faults import Refusal

HOUR = 3600


@pytest.fixture
def in_app(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


def test_pitfall_3_a_batch_without_ids_that_is_sent_again_is_one_event(in_app: Flask) -> None:
    caller = provider()
    add_course(caller)
    batch = [studied("an", f"2026-10-0{day}T09:00:00Z", "PT1H") for day in (1, 2, 3)]
    for statement in batch:
        del statement["id"]
    record(in_app, caller, *batch)
    record(in_app, caller, *batch)
    recount()
    assert learners.placed_seconds(learners.key_of("an")) == 3 * HOUR
    assert learners.refused_reasons(learners.key_of("an")) == {Reason.DUPLICATE_CONTENT: 3 * HOUR}


def test_pitfall_4_another_body_under_an_id_is_a_conflict_and_changes_no_credit(in_app: Flask) -> None:
    caller = provider()
    add_course(caller)
    statement = studied("an", "2026-10-01T09:00:00Z", "PT1H30M")
    record(in_app, caller, statement)
    recount()
    assert record(in_app, caller, statement).new == 0
    # The same length in another text is not the same statement (xAPI-Data 2.3.1).
    for duration in ("PT01H30M00S", "PT9H"):
        with pytest.raises(Refusal) as refused:
            record(in_app, caller, {**statement, "result": {"duration": duration}})
        assert refused.value.status == 409
    recount()
    assert learners.placed_seconds(learners.key_of("an")) == HOUR + HOUR // 2
    learners.assert_ledger_is_right()


@pytest.mark.parametrize("early", [True, False])
def test_pitfall_5_a_voiding_has_its_effect_whenever_it_comes_and_is_itself_not_voided(
    in_app: Flask, early: bool
) -> None:
    caller = provider()
    add_course(caller)
    statement = studied("an", "2026-10-01T09:00:00Z", "PT1H")
    void = voiding(statement["id"])
    about = {
        **studied("an", "2026-10-01T12:00:00Z", "PT10M"),
        "object": {"objectType": "StatementRef", "id": statement["id"]},
    }
    for one in [void, statement] if early else [statement, void]:
        record(in_app, caller, one)
        recount()
    person = learners.key_of("an")
    assert learners.placed_seconds(person) == 0
    # A voiding statement cannot be voided (xAPI-Data 2.3.2), nor does a reference to what was voided earn.
    record(in_app, caller, voiding(void["id"]), about)
    recount()
    assert learners.placed_seconds(person) == 0
    assert learners.refused_reasons(person) == {Reason.VOIDED: HOUR, Reason.UNKNOWN_COURSE: 600}
    learners.assert_ledger_is_right()


def test_pitfall_8_what_tells_no_time_is_stored_and_earns_nothing(in_app: Flask) -> None:
    caller = provider()
    add_course(caller)
    record(
        in_app,
        caller,
        *(studied("an", "2026-10-01T09:00:00Z", text) for text in ("PT0S", "P1Y", "PT99999999999H", "P1M")),
        studied("an", "2026-10-04T09:00:00Z", "PT259200S"),
    )
    recount()
    assert learners.placed_seconds(learners.key_of("an")) == 4 * HOUR
    assert learners.refused_reasons(learners.key_of("an")) == {
        Reason.NO_DURATION: 0,
        Reason.IMPOSSIBLE_DURATION: 0,
        Reason.OVER_A_CAP: 68 * HOUR,
    }


def test_pitfall_10_members_of_a_group_are_credited_but_not_the_one_who_teaches(in_app: Flask) -> None:
    caller = provider()
    add_course(caller)
    group = {"objectType": "Group", "member": [agent("an"), agent("binh"), agent("thay")]}
    class_ = studied("", "2026-10-01T09:00:00Z", "PT1H", actor=group, context={"instructor": agent("thay")})
    record(in_app, caller, class_)
    recount()
    assert [learners.placed_seconds(learners.key_of(name)) for name in ("an", "binh", "thay")] == [
        HOUR,
        HOUR,
        0,
    ]
    assert learners.refused_reasons(learners.key_of("thay")) == {Reason.SELF_ASSERTED: HOUR}


def test_pitfall_14_a_statement_of_somebody_who_may_not_speak_for_the_course_earns_nothing(
    in_app: Flask,
) -> None:
    owner, stranger = provider("Một"), provider("Hai")
    add_course(owner)
    record(in_app, stranger, studied("an", "2026-10-01T09:00:00Z", "PT1H"))
    recount()
    assert learners.refused_reasons(learners.key_of("an")) == {Reason.PROVIDER_NOT_ALLOWED: HOUR}


def test_pitfall_16_who_loses_the_right_to_speak_loses_the_credit_and_the_ledger_tells_how_I9(
    in_app: Flask,
) -> None:
    caller = provider()
    add_course(caller)
    record(in_app, caller, studied("an", "2026-10-01T09:00:00Z", "PT1H"))
    recount()
    person = learners.key_of("an")
    for approved, seconds in ((False, 0), (True, HOUR)):
        with database.writing() as connection:
            change = "UPDATE providers SET approved = ? WHERE id = ?"
            dialects.change(connection, change, (approved, caller.provider_id))
            recounts.begin_for_catalogue(connection, [caller.provider_id], 1)
        _count_all()
        assert learners.placed_seconds(person) == seconds
    with database.reading() as connection:
        entries = connection.execute(
            select(ledger.c.seconds, ledger.c.reason, ledger.c.because).order_by(ledger.c.entry)
        ).all()
    lost = Reason.PROVIDER_NOT_ALLOWED
    assert [tuple(entry) for entry in entries] == [
        (HOUR, Reason.CREDITED, 0),
        (-HOUR, Reason.CREDITED, lost),
        (HOUR, lost, 0),
        (-HOUR, lost, 0),
        (HOUR, Reason.CREDITED, 0),
    ]
    learners.assert_ledger_is_right()


def test_pitfall_16_a_mapping_that_is_corrected_moves_the_credit(in_app: Flask) -> None:
    caller = provider()
    add_course(caller, "SAI", COURSE)
    record(in_app, caller, studied("an", "2026-10-01T09:00:00Z", "PT1H", COURSE + "/bai-1"))
    recount()
    add_course(caller, "DUNG", COURSE + "/bai-1")
    _count_all()
    person = learners.key_of("an")
    assert learners.placed_seconds(person) == HOUR
    assert len({key[0] for key, seconds in learners.net(person).items() if seconds}) == 1
    learners.assert_ledger_is_right()


def _count_all() -> None:
    while recounts.advance() or crediting.recount_due():
        pass
