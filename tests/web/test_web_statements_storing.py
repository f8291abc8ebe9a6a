"""POST and PUT statements: what is a success, what a conflict, and what comes back (I2, I3, I6)."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from tests.web.lrs_client import COMPLETED, Lrs, refusal_log, rows, statement

UUID = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"


def test_i2_the_same_statement_under_the_same_id_is_a_success_and_stored_once(lrs: Lrs) -> None:
    sent = statement(id=UUID)
    assert lrs.put(UUID, sent).status_code == 204
    stored = lrs.one(UUID)
    assert lrs.put(UUID, sent).status_code == 204
    assert lrs.post(sent).json == [UUID]
    assert lrs.post([sent]).json == [UUID]
    assert lrs.found() == [UUID]
    assert lrs.one(UUID) == stored


def test_i2_sameness_is_that_of_the_specification_and_not_of_the_text(lrs: Lrs) -> None:
    lrs.stored(statement(id=UUID, timestamp="2026-10-01T09:00:00+07:00", result={"score": {"raw": 1}}))
    written_otherwise = {
        "result": {"score": {"raw": 1.0}},
        "timestamp": "2026-10-01T02:00:00.000Z",
        "object": {"objectType": "Activity", "id": statement()["object"]["id"], "definition": {"name": {}}},
        "verb": {**statement()["verb"], "display": {"vi": "đã thử"}},
        "actor": {"objectType": "Agent", "mbox": "mailto:lan@EXAMPLE.vn"},
        "id": UUID.upper(),
        "stored": "2001-01-01T00:00:00Z",
        "authority": {"mbox": "mailto:ai@example.vn"},
    }
    assert lrs.post(written_otherwise).json == [UUID]
    assert lrs.found() == [UUID]


@pytest.mark.parametrize(
    "change",
    [
        {"verb": {"id": COMPLETED}},
        {"actor": {"mbox": "mailto:minh@example.vn"}},
        {"object": {"id": "https://hoc.example.vn/khoa/khac"}},
        {"result": {"completion": True}},
        {"timestamp": "2026-10-01T09:00:00.001Z"},
        {"context": {"platform": "Moodle"}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_i2_a_different_statement_under_the_same_id_is_409_and_nothing_changes(
    lrs: Lrs, change: dict[str, Any]
) -> None:
    sent = statement(id=UUID, timestamp="2026-10-01T09:00:00Z")
    lrs.stored(sent)
    before, counts = lrs.one(UUID), rows(lrs.app)
    for answer in (lrs.post({**sent, **change}), lrs.put(UUID, {**sent, **change})):
        assert answer.status_code == 409
        (fault,) = answer.json["faults"]
        assert (fault["index"], fault["path"], fault["rule"]) == (0, "id", "id-conflict")
        assert fault["got"] == UUID
    assert lrs.one(UUID) == before
    assert rows(lrs.app) == counts
    assert refusal_log(lrs) == [(0, "id", "id-conflict", UUID)] * 2


def test_i2_another_providers_statement_under_the_same_id_is_compared_too(lrs: Lrs, stranger: Lrs) -> None:
    sent = statement(id=UUID)
    lrs.stored(sent)
    assert stranger.post({**sent, "verb": {"id": COMPLETED}}).status_code == 409
    assert stranger.post(sent).status_code == 200
    assert lrs.one(UUID)["authority"]["name"] == "Trung tâm Ngoại ngữ"


def test_i2_one_id_twice_in_a_batch_is_400_even_when_the_statements_are_the_same(lrs: Lrs) -> None:
    sent = statement(id=UUID)
    for second in (sent, {**sent, "id": UUID.upper()}, {**sent, "verb": {"id": COMPLETED}}):
        answer = lrs.post([statement(), sent, second])
        assert answer.status_code == 400
        (fault,) = answer.json["faults"]
        assert (fault["index"], fault["path"], fault["rule"]) == (2, "id", "id-twice")
    assert not any(rows(lrs.app).values())


def test_i3_a_batch_with_one_faulty_statement_is_not_stored_at_all(lrs: Lrs) -> None:
    batch = [statement() for _ in range(5)]
    batch[3]["verb"] = {"id": "completed"}
    answer = lrs.post(batch)
    assert answer.status_code == 400
    (fault,) = answer.json["faults"]
    assert (fault["index"], fault["path"], fault["got"]) == (3, "verb.id", '"completed"')
    assert answer.json["error"].startswith("statement 3, verb.id: expected")
    assert not any(rows(lrs.app).values())


def test_i3_a_batch_with_one_conflict_is_not_stored_at_all(lrs: Lrs) -> None:
    lrs.stored(statement(id=UUID))
    counts = rows(lrs.app)
    answer = lrs.post([statement(), statement(id=UUID, verb={"id": COMPLETED}), statement()])
    assert answer.status_code == 409
    assert [fault["index"] for fault in answer.json["faults"]] == [1]
    assert rows(lrs.app) == counts


def test_i3_a_batch_that_was_stored_before_is_a_success_with_all_its_ids(lrs: Lrs) -> None:
    batch = [statement(verb={"id": COMPLETED}) for _ in range(4)]
    ids = [sent["id"] for sent in batch]
    assert lrs.stored(batch[1:3]) == ids[1:3]
    assert lrs.stored(batch) == ids
    counts = rows(lrs.app)
    assert lrs.stored(batch[::-1]) == ids[::-1]
    assert rows(lrs.app) == counts


def test_an_id_the_sender_left_out_is_a_new_one_for_each_statement(lrs: Lrs) -> None:
    ids = lrs.stored([statement(id=None) for _ in range(3)])
    assert len(set(ids)) == 3
    assert all(uuid.UUID(given).version == 4 for given in ids)
    assert [lrs.one(given)["id"] for given in ids] == ids


def test_put_gives_its_id_to_a_statement_without_one_and_refuses_a_different_one(lrs: Lrs) -> None:
    assert lrs.put(UUID, statement(id=None)).status_code == 204
    assert lrs.one(UUID)["id"] == UUID
    answer = lrs.put(str(uuid.uuid4()), statement(id=UUID))
    assert answer.status_code == 400
    assert answer.json["faults"][0]["path"] == "id"


@pytest.mark.parametrize("given", ["", "x", UUID + "0", "{" + UUID + "}", UUID.replace("-", ""), "null"])
def test_put_under_an_id_of_a_wrong_form_is_400(lrs: Lrs, given: str) -> None:
    answer = lrs.put(given, statement(id=None))
    assert answer.status_code == 400
    assert answer.json["faults"][0]["path"] == "statementId"


def test_put_takes_one_statement_under_one_id_and_nothing_else(lrs: Lrs) -> None:
    assert lrs.put(UUID, [statement(id=UUID)]).status_code == 400
    assert lrs.call("PUT", body=statement()).status_code == 400
    assert lrs.call("PUT", body=statement(id=None), statementId=UUID, attachments="true").status_code == 400
    twice = lrs.call("PUT", f"/xapi/statements?statementId={UUID}&statementId={UUID}", statement(id=None))
    assert twice.status_code == 400
    assert not any(rows(lrs.app).values())


def test_the_lrs_sets_stored_authority_version_and_a_missing_timestamp(lrs: Lrs) -> None:
    theirs = {"stored": "2001-01-01T00:00:00Z", "authority": {"mbox": "mailto:ai@example.vn"}}
    (given,) = lrs.stored(statement(**theirs))
    stored = lrs.one(given)
    assert stored["stored"].startswith("20")
    assert stored["stored"] > "2026"
    assert stored["timestamp"] == stored["stored"]
    assert stored["version"] == "1.0.0"
    assert stored["authority"] == {
        "objectType": "Agent",
        "name": "Trung tâm Ngoại ngữ",
        "account": {"homePage": "http://127.0.0.1:8000", "name": f"provider-{lrs.provider}"},
    }
    (given,) = lrs.speaking("2.0.0").stored(statement())
    assert lrs.one(given)["version"] == "2.0.0"
    (given,) = lrs.stored(statement(version="1.0.2", timestamp="2026-10-01T09:00:00.1+07:00"))
    stored = lrs.one(given)
    assert (stored["version"], stored["timestamp"]) == ("1.0.2", "2026-10-01T09:00:00.1+07:00")


EXACT = [
    '{"score":{"raw":1.0,"min":0.10,"max":1e2,"scaled":-0.0}}',
    '{"score":{"raw":1E+2},"duration":"PT1H30M"}',
    '{"duration":"P1DT36M0.125678S"}',
    '{"extensions":{"https://e.vn/x":123456789012345678901234567890}}',
    '{"extensions":{"https://e.vn/x":[1e999,-1E-999,0.1000000000000000055511151231257827,9007199254740993]}}',
    '{"extensions":{"https://e.vn/x":' + "9" * 5000 + "}}",
    '{"extensions":{"https://e.vn/x":{"null":null,"":[],"o":{}}}}',
    '{"response":"\\u0110\\u00e3 xong \\/ \\ud83d\\ude00 \\u0000"}',
    '{ "success" :\ttrue ,\n"completion": false }',
]


@pytest.mark.parametrize("result", EXACT)
@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_i6_what_came_comes_back_byte_for_byte(lrs: Lrs, version: str, result: str) -> None:
    lrs = lrs.speaking(version)
    sent = (
        f'{{"id":"{UUID.upper()}","timestamp":"2026-10-01T09:00:00.123456789+07:00","actor":'
        '{"name":"Nguyễn Thị Lan","mbox":"mailto:Lan@Example.VN"},'
        '"verb":{"id":"http://ADLNET.gov/expapi/../verbs/x"},"object":{"id":"https://e.vn/khóa%20học"},'
        f'"result":{result}}}'
    ).encode()
    assert lrs.post(sent).json == [UUID]
    one = lrs.get(statementId=UUID).data
    assert one.startswith(sent[:-1] + b",")
    assert set(json.loads(b"{" + one[len(sent) :])) == {"stored", "authority", "version"}
    page = lrs.get(statementId=UUID, format="exact").data
    assert page == one
    assert one in lrs.get().data
    # Sent once more as it came back, it is the same statement.
    assert lrs.post(one).json == [UUID]


def test_i6_only_an_activity_alone_among_context_activities_is_rewritten_into_an_array(lrs: Lrs) -> None:
    sent = (
        '{"actor":{"mbox":"mailto:lan@example.vn"},"verb":{"id":"http://e.vn/v"},"object":{"id":"http://e.vn/o"},'
        '"context":{"contextActivities":{"parent":{"id":"http://e.vn/p"},"grouping":[{"id":"http://e.vn/g"}]},'
        '"extensions":{"http://e.vn/x":1.50}}}'
    )
    (given,) = lrs.stored(sent.encode())
    kept = sent.replace('{"id":"http://e.vn/p"}', '[{"id":"http://e.vn/p"}]')
    assert lrs.get(statementId=given).text.startswith(kept[:-1] + ",")


def test_an_empty_batch_is_a_success_without_ids(lrs: Lrs) -> None:
    assert lrs.post([]).json == []
