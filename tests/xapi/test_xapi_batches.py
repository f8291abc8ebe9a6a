"""What a batch gives: the statements' exact text, and what the rest of the project wants to know of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.xapi.statement_examples import (
    AGENT,
    faults_of,
    found_in,
    group,
    maximal,
    read,
    reference,
    small,
    with_sub_statement,
)
from xapi import batches
from xapi.actors import Identified, identify
from xapi.facts import Received
from xapi.faults import MOST_FAULTY_STATEMENTS

ID = "fd41c918-b88b-4b20-a0a5-a4c32391aaa0"


def one(text: bytes) -> Received:
    return batches.read(text, version="1.0.3").statements[0]


def names(found: list[Identified]) -> list[str]:
    return [who.identifier for who in found]


LAN = "mbox:mailto:lan@example.org"
BICH = "mbox:mailto:bich@example.org"
TEAM = ["account:https://example.org/groups|to-3", "openid:https://lan.example.org/",
        "mbox_sha1sum:cd9b00a5611f94eaa7b1661edab976068e364975"]  # fmt: skip


def test_one_statement_and_an_array_are_told_apart() -> None:
    text = json.dumps(small()).encode()
    alone = batches.read(text, version="1.0.3")
    listed = batches.read(b" [" + text + b" , " + text + b"]\n", version="1.0.3")
    assert (alone.is_array, len(alone.statements)) == (False, 1)
    assert (listed.is_array, len(listed.statements)) == (True, 2)
    assert listed.statements[1].text == text
    assert batches.read(b"[ ]", version="2.0.0") == batches.Batch([], True)


def test_i6_the_text_of_a_statement_is_what_came_byte_for_byte() -> None:
    text = (
        b'{ "actor":{"mbox":"mailto:lan@example.org"},\n\t"verb" : {"id":"http:\\/\\/example.org\\/v"},'
        b'"object":{"id":"https://example.org/b\\u00e0i"},"result":{"score":{"raw":1.50e1},'
        b'"extensions":{"a:b":123456789012345678901234567890.10}} }'
    )
    for body in (text, b"\n " + text + b" "):
        assert one(body).text == text
    assert one(b"[" + text + b"," + text + b"]").text == text


def test_i6_stored_and_authority_are_taken_out_and_nothing_else_changes() -> None:
    text = (
        b'{"stored":"2026-01-01T00:00:00Z" ,"actor":{ "mbox":"mailto:lan@example.org" }, "verb":{"id":"a:b"},'
        b' "authority":{"mbox":"mailto:x@y.vn"}, "object":{"id":"a:c"},"result":{"score":{"raw":1.50e1},'
        b'"extensions":{"a:b":1e400, "a:\\u0063": 12345678901234567890123}}}'
    )
    received = one(text)
    assert received.text == (
        b'{"actor":{ "mbox":"mailto:lan@example.org" },"verb":{"id":"a:b"},"object":{"id":"a:c"},'
        b'"result":{"score":{"raw":1.50e1},"extensions":{"a:b":1e400, "a:\\u0063": 12345678901234567890123}}}'
    )
    assert "stored" not in received.value
    assert "authority" not in received.value


def test_a_wrong_stored_or_authority_is_refused_although_it_is_not_kept() -> None:
    assert found_in({**small(), "stored": "yesterday"}) == [("stored", "timestamp")]
    assert found_in({**small(), "authority": {"name": "x"}}) == [("authority", "ifi-exactly-one")]


def test_single_context_activities_become_arrays_and_nothing_else_changes() -> None:
    inner = (
        b'"context":{ "contextActivities":{"parent": {"id":"a:p" } ,"other":[ {"id":"a:o"} ]},"platform":"x"}'
    )
    kept = (
        b'"context":{"contextActivities":{"parent":[{"id":"a:p" }],"other":[ {"id":"a:o"} ]},"platform":"x"}'
    )
    rest = b'"actor":{"mbox":"mailto:lan@example.org"},"verb":{"id":"a:b"},"object":{"id":"a:c" }'
    received = one(b"{" + rest + b", " + inner + b"}")
    assert received.text == b"{" + rest + b"," + kept + b"}"
    assert received.parents == ("a:p",)
    assert received.value["context"]["contextActivities"]["parent"] == [{"id": "a:p"}]
    nested = b'{"objectType":"SubStatement",' + rest + b"," + inner + b"}"
    received = one(
        b'{"actor":{"mbox":"mailto:lan@example.org"},"verb":{"id":"a:b"},"object":' + nested + b"}"
    )
    assert received.text.endswith(b'"object":{"objectType":"SubStatement",' + rest + b"," + kept + b"}}")
    assert received.value == json.loads(received.text)


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_the_facts_of_a_full_statement(version: str) -> None:
    received = read(maximal(version), version)
    assert received.id is not None
    assert received.id.hex() == ID.replace("-", "")
    assert received.version == maximal(version)["version"]
    assert names(received.actors) == TEAM
    assert names(received.related_actors) == [BICH]
    assert names(received.learners) == TEAM[1:]
    assert received.verb == "http://adlnet.gov/expapi/verbs/answered"
    assert received.activity == "https://courses.example.org/tin-hoc/bài-1"
    assert received.parents == (received.activity,)
    assert received.groupings == ("https://courses.example.org/c/1",)
    assert received.categories == ("https://w3id.org/xapi/cmi5",)
    assert received.registration is not None
    assert received.registration.hex() == "ec531277b57b4c158d91d292c5b2b8f7"
    assert (received.reference, received.voids) == (None, None)
    assert received.timestamp_ns == 1_795_356_000_123_456_789
    assert received.duration is not None
    assert received.duration.text == "PT1H30M0.25S"
    assert (received.completion, received.success) == (True, True)


def test_the_facts_of_the_smallest_statement() -> None:
    received = read(small())
    for name in (
        "id",
        "version",
        "registration",
        "timestamp_ns",
        "duration",
        "success",
        "reference",
        "voids",
    ):
        assert getattr(received, name) is None
    assert names(received.actors) == names(received.learners) == [LAN]
    assert received.related_actors == []
    assert (received.parents, received.groupings, received.categories) == ((), (), ())
    assert received.completion is False


def test_the_actor_the_members_and_an_object_that_is_a_person_match_the_agent_filter() -> None:
    about_agent = read({**small(), "object": dict(AGENT)})
    assert names(about_agent.actors) == [LAN, BICH]
    assert names(about_agent.learners) == [LAN]
    assert about_agent.activity is None
    assert names(read({**small(), "object": group()}).actors) == [LAN, *TEAM]
    assert names(read({**small(), "actor": group(), "object": group()}).actors) == TEAM


def test_the_members_of_a_nameless_group_are_its_learners() -> None:
    crowd = {"objectType": "Group", "member": [dict(AGENT), {"mbox": "mailto:lan@example.org"}, dict(AGENT)]}
    received = read({**small(), "actor": crowd})
    assert names(received.actors) == names(received.learners) == [BICH, LAN]
    assert not any(who.is_group for who in received.actors)
    identified = read({**small(), "actor": {"objectType": "Group", "mbox": "mailto:to3@example.org"}})
    assert [who.is_group for who in identified.actors] == [True]
    assert identified.learners == []


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_everyone_else_in_a_statement_is_related(version: str) -> None:
    received = read(with_sub_statement(version), version)
    assert names(received.actors) == [BICH]
    assert names(received.related_actors) == TEAM
    assert names(received.learners) == [BICH]
    assert received.activity is None
    assert received.duration is None
    about = {"objectType": "SubStatement", **small(), "object": dict(AGENT)}
    assert names(read({**small(), "actor": group(), "object": about}).related_actors) == [LAN, BICH]


def test_only_in_2_0_context_agents_and_groups_are_related() -> None:
    entries = {
        "contextAgents": [{"objectType": "contextAgent", "agent": dict(AGENT)}],
        "contextGroups": [{"objectType": "contextGroup", "group": group()}],
    }
    assert names(read({**small(), "context": entries}, "2.0.0").related_actors) == [BICH, *TEAM]


def test_a_reference_voids_only_with_the_verb_that_voids() -> None:
    target = bytes.fromhex("e05aa883acaf40adbf5402c8ce485fb0")
    commented = read({**small(), "object": reference()})
    assert (commented.reference, commented.voids) == (target, None)
    voiding = {**small(), "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"}, "object": reference()}
    assert (read(voiding).reference, read(voiding).voids) == (target, target)
    planned = {"objectType": "SubStatement", **voiding}
    assert read({**small(), "object": planned}).voids is None


def test_i2_one_id_twice_in_a_batch_is_refused_at_its_second_place() -> None:
    batch = [{**small(), "id": ID}, small(), {**small(), "id": ID.upper()}, {**small(), "id": ID}]
    faults = faults_of(batch)
    assert [(fault.index, fault.path, fault.rule) for fault in faults] == [
        (2, "id", "id-twice"),
        (3, "id", "id-twice"),
    ]
    assert "statement 0" in faults[0].message


def test_all_faulty_statements_are_told_up_to_fifty() -> None:
    right, wrong = small(), {**small(), "timestamp": "x", "verb": {}}
    faults = faults_of([right, wrong, right, wrong])
    assert [(fault.index, fault.path) for fault in faults] == [
        (1, "verb.id"), (1, "timestamp"), (3, "verb.id"), (3, "timestamp"),
    ]  # fmt: skip
    indexes = {fault.index for fault in faults_of([wrong] * 500)}
    assert indexes == set(range(MOST_FAULTY_STATEMENTS))


def test_statements_with_repeated_properties_stand_beside_other_faults() -> None:
    text = json.dumps(small()).encode()
    body = b"[" + text[:-1] + b',"actor":1},' + text + b',{"actor":' + b"[" * 400 + b"]" * 400 + b"},{}]"
    faults = faults_of(body)
    assert {(fault.index, fault.rule) for fault in faults} >= {
        (0, "property-twice"), (2, "nesting-depth"), (3, "required"),
    }  # fmt: skip
    assert 1 not in {fault.index for fault in faults}


def test_attachments_that_came_along_need_no_address() -> None:
    sha2 = "672FA5FA658017F1B72D65036F13379C6AB05D4AB3B6664908D8ACF0B6A0C634"
    (attachment,) = maximal("1.0.3")["attachments"]
    attachment["sha2"] = sha2
    del attachment["fileUrl"]
    body = json.dumps({**small(), "attachments": [attachment]}).encode()
    assert batches.read(body, version="1.0.3", attached={sha2.lower()}).statements


def test_actors_are_the_same_through_the_door_and_by_themselves() -> None:
    actor: dict[str, Any] = {"account": {"homePage": "https://example.org/" + "x" * 400, "name": "y" * 400}}
    assert read({**small(), "actor": actor}).actors == [identify(actor)]
