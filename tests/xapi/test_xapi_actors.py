"""Agents and Groups: which are valid, and which one they are."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from tests.xapi.statement_examples import found_in, read, small
from xapi.actors import identify, read_agent
from xapi.faults import Refusal
from xapi.keys import activity_key, actor_key, format_id, statement_id_bytes, verb_key

ACCOUNT = {"homePage": "https://example.org/users", "name": "lan"}
SHA1 = hashlib.sha1(b"mailto:lan@example.org").hexdigest()
IDENTIFIERS: dict[str, Any] = {
    "mbox": "mailto:lan@example.org",
    "mbox_sha1sum": SHA1,
    "openid": "https://lan.example.org/",
    "account": ACCOUNT,
}


def actor_faults(actor: Any) -> list[tuple[str, str]]:
    return found_in({**small(), "actor": actor})


@pytest.mark.parametrize("kind", IDENTIFIERS)
def test_one_identifier_of_any_kind_is_enough(kind: str) -> None:
    assert actor_faults({kind: IDENTIFIERS[kind]}) == []
    assert actor_faults({"objectType": "Group", kind: IDENTIFIERS[kind]}) == []


@pytest.mark.parametrize("kind", IDENTIFIERS)
@pytest.mark.parametrize("other", IDENTIFIERS)
@pytest.mark.parametrize("object_type", ["Agent", "Group"])
def test_two_identifiers_are_refused(kind: str, other: str, object_type: str) -> None:
    actor = {"objectType": object_type, kind: IDENTIFIERS[kind], other: IDENTIFIERS[other]}
    assert actor_faults(actor) == ([] if kind == other else [("actor", "ifi-exactly-one")])


def test_an_agent_without_identifier_is_refused() -> None:
    assert actor_faults({"name": "Lan"}) == [("actor", "ifi-exactly-one")]
    assert actor_faults({}) == [("actor", "ifi-exactly-one")]


def test_a_group_without_members_needs_an_identifier() -> None:
    assert actor_faults({"objectType": "Group"}) == [("actor.member", "required")]
    assert actor_faults({"objectType": "Group", "member": [{"mbox": "mailto:a@b.vn"}]}) == []


def test_the_members_of_a_group_are_agents() -> None:
    inner = {"objectType": "Group", "member": []}
    faults = actor_faults({"objectType": "Group", "member": [{"mbox": "mailto:a@b.vn"}, inner]})
    assert ("actor.member[1].objectType", "enumeration") in faults


def test_an_agent_has_no_members() -> None:
    faults = actor_faults({"mbox": "mailto:a@b.vn", "member": []})
    assert faults == [("actor.member", "property-unknown")]


@pytest.mark.parametrize("kind", ["agent", "AGENT", "Person", "Activity", ""])
def test_the_type_of_an_actor_is_agent_or_group(kind: str) -> None:
    assert actor_faults({"objectType": kind, "mbox": "mailto:a@b.vn"}) == [
        ("actor.objectType", "enumeration")
    ]


@pytest.mark.parametrize(
    "mbox",
    [
        "mailto:a@b", "mailto:nguyễn@ví-dụ.vn", "mailto:a+b.c'd/e=f@example.org", "mailto:a%20b@example.org",
        "mailto:a@[192.0.2.1]",
    ],
)  # fmt: skip
def test_an_e_mail_address_is_accepted(mbox: str) -> None:
    assert actor_faults({"mbox": mbox}) == []


@pytest.mark.parametrize(
    "mbox",
    [
        "", "a@b.vn", "mailto:", "mailto:a", "mailto:@b.vn", "mailto:a@", "mailto: a@b.vn", "mailto:a@b.vn\n",
        "MAILTO:a@b.vn", "mailto:a@b@c", "mailto:a b@c.vn", "mailto:a@b c.vn", "mailto:a@b.vn?subject=x",
        "mailto:<a@b.vn>", "mailto:a\x00@b.vn", "http://a@b.vn", "mailto://a@b.vn/c",
        "mailto:a\u2028@b.vn", "mailto:a@b.vn/c",
    ],
)  # fmt: skip
def test_what_is_no_e_mail_address_is_refused(mbox: str) -> None:
    assert actor_faults({"mbox": mbox}) == [("actor.mbox", "mbox")]


@pytest.mark.parametrize("digits", ["", "0" * 39, "0" * 41, "g" * 40, "0" * 40 + "\n", "٠" * 40])
def test_what_is_no_sha1_is_refused(digits: str) -> None:
    assert actor_faults({"mbox_sha1sum": digits}) == [("actor.mbox_sha1sum", "mbox-sha1sum")]


@pytest.mark.parametrize("name", ["homePage", "name"])
def test_an_account_needs_home_page_and_name(name: str) -> None:
    account = {key: value for key, value in ACCOUNT.items() if key != name}
    assert actor_faults({"account": account}) == [(f"actor.account.{name}", "required")]


def test_equal_identifiers_make_equal_actors_whatever_else_they_carry() -> None:
    plain = identify({"account": dict(ACCOUNT)})
    named = identify({"objectType": "Agent", "name": "Lan", "account": dict(reversed(ACCOUNT.items()))})
    assert (plain.key, plain.identifier) == (named.key, named.identifier)
    assert (plain.name, named.name) == (None, "Lan")
    assert plain.key == actor_key(plain.identifier)
    assert len(plain.key) == 16


def test_domains_and_hex_digits_have_no_case_and_local_parts_have() -> None:
    assert identify({"mbox": "mailto:Lan@EXAMPLE.org"}) == identify({"mbox": "mailto:Lan@example.ORG"})
    assert identify({"mbox": "mailto:Lan@example.org"}) != identify({"mbox": "mailto:lan@example.org"})
    assert identify({"mbox_sha1sum": SHA1.upper()}) == identify({"mbox_sha1sum": SHA1})


def test_different_kinds_of_identifier_are_different_actors() -> None:
    assert len({identify({kind: value}).key for kind, value in IDENTIFIERS.items()}) == 4


def test_account_names_cannot_be_made_to_look_like_another_account() -> None:
    page = "https://example.org/"
    names = ["a|b", "a\\|b", "a", "\\u007c", "|", "\x00", "\\u0000", "a\n", "a\\u000a", ""]
    assert len({identify({"account": {"homePage": page, "name": name}}).identifier for name in names}) == len(
        names
    )


def test_no_identifier_or_name_for_people_holds_a_nul() -> None:
    received = read({**small(), "actor": {"name": "a\x00b", "account": {**ACCOUNT, "name": "x\x00y"}}})
    (actor,) = received.actors
    assert "\x00" not in actor.identifier
    assert actor.name == "a\ufffdb"
    assert b"\x00" not in received.text
    assert received.value["actor"]["account"]["name"] == "x\x00y"


def test_the_key_of_an_actor_does_not_change_between_releases() -> None:
    who = identify({"account": dict(ACCOUNT)})
    assert who.identifier == "account:https://example.org/users|lan"
    assert who.key.hex() == "bbbd3fa56f93810001cd33b3dbad9116"
    assert verb_key("http://adlnet.gov/expapi/verbs/voided").hex() == "6b76e71a6e26b87c70950bbb309370cd"
    assert activity_key("http://adlnet.gov/expapi/verbs/voided").hex() == "efc614ea1ca258cceb284ba245ae3158"


def test_an_agent_parameter_is_read_as_json() -> None:
    assert read_agent(json.dumps({"account": ACCOUNT}), "1.0.3") == identify({"account": ACCOUNT})
    group = read_agent(json.dumps({"objectType": "Group", "account": ACCOUNT}), "2.0.0")
    assert group.is_group


@pytest.mark.parametrize(
    ("text", "path", "rule"),
    [
        ("", "agent", "json"),
        ("lan", "agent", "json"),
        ("{}", "agent", "ifi-exactly-one"),
        ("[]", "agent", "type-object"),
        ("null", "agent", "null-value"),
        ('"x"', "agent", "type-object"),
        ('{"mbox":"lan@example.org"}', "agent.mbox", "mbox"),
        ('{"mbox":"mailto:a@b.vn","mbox":"mailto:a@b.vn"}', "agent.mbox", "property-twice"),
        ('{"objectType":"Group","member":[]}', "agent", "ifi-exactly-one"),
        ('{"mbox":"mailto:a@b.vn","x":1}', "agent.x", "property-unknown"),
        ("\ud800", "agent", "encoding-utf8"),
        ("[" * 5000, "agent", "nesting-depth"),
    ],
)
def test_a_wrong_agent_parameter_is_refused_by_name(text: str, path: str, rule: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_agent(text, "1.0.3")
    assert [(fault.path, fault.rule) for fault in caught.value.faults] == [(path, rule)]


@pytest.mark.parametrize(
    "text",
    [
        "fd41c918-b88b-4b20-a0a5-a4c32391aaa0", "FD41C918-B88B-4B20-A0A5-A4C32391AAA0",
        "12345678-1234-5678-1234-567812345678", "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
    ],
)  # fmt: skip
def test_a_uuid_of_any_version_and_variant_is_read(text: str) -> None:
    key = statement_id_bytes(text)
    assert key is not None
    assert format_id(key) == text.lower()


@pytest.mark.parametrize(
    "text",
    [
        "", "fd41c918", "fd41c918b88b4b20a0a5a4c32391aaa0", "{fd41c918-b88b-4b20-a0a5-a4c32391aaa0}",
        "urn:uuid:fd41c918-b88b-4b20-a0a5-a4c32391aaa0", "fd41c918-b88b-4b20-a0a5-a4c32391aaa",
        "fd41c918-b88b-4b20-a0a5-a4c32391aaa00", "gd41c918-b88b-4b20-a0a5-a4c32391aaa0",
        "fd41c918-b88b-4b20-a0a5-a4c32391aaa0\n", " fd41c918-b88b-4b20-a0a5-a4c32391aaa0",
        "fd41c918b-88b-4b20-a0a5-a4c32391aaa0", "fd41c918-b88b-4b20-a0a5-a4c32391aaa٠",
    ],
)  # fmt: skip
def test_an_id_of_any_other_form_is_refused(text: str) -> None:
    assert statement_id_bytes(text) is None
    assert found_in({**small(), "id": text}) == [("id", "uuid")]
    assert found_in({**small(), "context": {"registration": text}}) == [("context.registration", "uuid")]
    assert found_in({**small(), "object": {"objectType": "StatementRef", "id": text}}) == [
        ("object.id", "uuid")
    ]
