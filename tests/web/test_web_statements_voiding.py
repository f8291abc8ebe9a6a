"""Voiding as the LRS door shows it (I4; xAPI-Data 2.3.2, xAPI-Communication 2.1.4)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.web.lrs_client import VOIDED, Lrs, refusal_log, rows, statement, voiding


def is_void(lrs: Lrs, statement_id: str) -> bool:
    """Whether the statement is voided, by every way to read; fails where two contradict each other."""
    standing = lrs.get(statementId=statement_id).status_code
    voided = lrs.get(voidedStatementId=statement_id).status_code
    assert {standing, voided} == {200, 404}
    for filters in ({}, {"agent": '{"mbox":"mailto:lan@example.vn"}'}, {"ascending": "true"}):
        found = lrs.found(**filters)
        assert (statement_id in found) == (standing == 200)
    return voided == 200


def test_i4_a_voided_statement_is_found_by_voided_statement_id_alone_and_unchanged(lrs: Lrs) -> None:
    (target,) = lrs.stored(statement())
    before = lrs.get(statementId=target).data
    assert not is_void(lrs, target)
    (void,) = lrs.stored(voiding(target))
    assert is_void(lrs, target)
    assert lrs.get(voidedStatementId=target).data == before
    assert lrs.found() == [void]


def test_i4_a_voiding_before_its_target_has_the_same_effect(lrs: Lrs) -> None:
    target = str(uuid.uuid4())
    lrs.stored(voiding(target))
    assert lrs.get(voidedStatementId=target).status_code == 404
    lrs.stored(statement(id=target))
    assert is_void(lrs, target)


@pytest.mark.parametrize("target_first", [True, False])
def test_i4_a_voiding_and_its_target_in_one_batch_have_the_same_effect(lrs: Lrs, target_first: bool) -> None:
    target = str(uuid.uuid4())
    batch = [statement(id=target), voiding(target)]
    lrs.stored(batch if target_first else batch[::-1])
    assert is_void(lrs, target)


def test_i4_another_providers_voiding_is_403_and_nothing_of_its_batch_is_stored(
    lrs: Lrs, stranger: Lrs
) -> None:
    (target,) = lrs.stored(statement())
    counts = rows(lrs.app)
    answer = stranger.post([statement(), voiding(target)])
    assert answer.status_code == 403
    (fault,) = answer.json["faults"]
    assert (fault["index"], fault["path"], fault["rule"]) == (1, "object.id", "voiding-not-permitted")
    assert rows(lrs.app) == counts
    assert not is_void(lrs, target)
    assert refusal_log(stranger) == [(1, "object.id", "voiding-not-permitted", target)]
    assert refusal_log(lrs) == []


def test_i4_another_providers_voiding_that_comes_early_is_stored_without_effect(
    lrs: Lrs, stranger: Lrs
) -> None:
    target = str(uuid.uuid4())
    (early,) = stranger.stored(voiding(target))
    lrs.stored(statement(id=target))
    assert not is_void(lrs, target)
    assert stranger.one(early)["verb"]["id"] == VOIDED
    lrs.stored(voiding(target))
    assert is_void(lrs, target)


@pytest.mark.parametrize("early", [False, True])
def test_i4_scope_all_voids_what_any_provider_sent(lrs: Lrs, overseer: Lrs, early: bool) -> None:
    target = str(uuid.uuid4())
    for send in (overseer, lrs) if early else (lrs, overseer):
        send.stored(voiding(target) if send is overseer else statement(id=target))
    assert is_void(lrs, target)


def test_i4_a_voiding_statement_cannot_itself_be_voided(lrs: Lrs) -> None:
    (target,) = lrs.stored(statement())
    (void,) = lrs.stored(voiding(target))
    (again,) = lrs.stored(voiding(void))
    assert is_void(lrs, target)
    assert lrs.get(statementId=void).status_code == 200
    assert lrs.get(voidedStatementId=void).status_code == 404
    assert lrs.found() == [again, void]


def test_i4_a_voided_statement_sent_again_is_a_success_and_stays_voided(lrs: Lrs) -> None:
    sent = statement()
    lrs.stored(sent)
    lrs.stored(voiding(sent["id"]))
    assert lrs.stored(sent) == [sent["id"]]
    assert is_void(lrs, sent["id"])
    assert lrs.post({**sent, "result": {"success": True}}).status_code == 409


def test_i4_voiding_twice_is_voiding_once(lrs: Lrs) -> None:
    (target,) = lrs.stored(statement())
    lrs.stored([voiding(target), voiding(target)])
    lrs.stored(voiding(target))
    assert is_void(lrs, target)


@pytest.mark.parametrize(
    "aim",
    [
        {"id": "https://hoc.example.vn/khoa/tin-hoc"},
        {"objectType": "StatementRef"},
        {"objectType": "StatementRef", "id": "x"},
        {"mbox": "mailto:lan@example.vn", "objectType": "Agent"},
    ],
)
def test_a_voiding_that_aims_at_no_statement_is_400(lrs: Lrs, aim: dict[str, str]) -> None:
    answer = lrs.post(statement(verb={"id": VOIDED}, object=aim))
    assert answer.status_code == 400
    assert answer.json["faults"][0]["path"].startswith("object")
    assert not any(rows(lrs.app).values())


def test_a_reference_with_another_verb_voids_nothing(lrs: Lrs) -> None:
    (target,) = lrs.stored(statement())
    lrs.stored(statement(object={"objectType": "StatementRef", "id": target}))
    assert not is_void(lrs, target)


def test_the_deepest_statement_that_is_taken_can_be_sent_again_and_voided(lrs: Lrs) -> None:
    """Keeping adds a level where an Activity came alone; what is stored is not examined again."""
    deep: Any = []
    for _ in range(249):
        deep = [deep]
    parent = {"id": "https://e.vn/p", "definition": {"extensions": {"https://e.vn/x": deep}}}
    sent = statement(context={"contextActivities": {"parent": parent}})
    assert lrs.call("POST", body=sent).status_code == 200
    assert lrs.call("POST", body=sent).status_code == 200
    assert lrs.call("POST", body=voiding(sent["id"])).status_code == 200
    assert lrs.call("GET", statementId=sent["id"]).status_code == 404
