"""The parameters of GET statements, versions, and statements as they are returned."""

from __future__ import annotations

import json

import pytest

from tests.xapi.statement_examples import read, small
from xapi.actors import identify
from xapi.faults import Refusal
from xapi.queries import Query, read_statement_id
from xapi.queries import read as read_query
from xapi.rendering import render
from xapi.versions import negotiate

ID = "FD41C918-B88B-4B20-A0A5-A4C32391AAA0"
KEY = bytes.fromhex("fd41c918b88b4b20a0a5a4c32391aaa0")
AGENT = '{"mbox":"mailto:lan@example.org"}'
NOON = 1_795_348_800_000_000_000


def query(*parameters: tuple[str, str], version: str = "1.0.3") -> Query:
    return read_query(parameters, version)


def refused(*parameters: tuple[str, str], version: str = "1.0.3") -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as caught:
        read_query(parameters, version)
    assert caught.value.status == 400
    assert all(
        fault.index is None and fault.message and len(fault.got) <= 80 for fault in caught.value.faults
    )
    assert all(text.isprintable() for fault in caught.value.faults for text in (fault.path, fault.got))
    return [(fault.path, fault.rule) for fault in caught.value.faults]


def test_no_parameters_ask_for_everything() -> None:
    assert query() == Query()
    assert query().format == "exact"


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("statementId", ID, "statement_id", KEY),
        ("voidedStatementId", ID.lower(), "voided_statement_id", KEY),
        ("agent", AGENT, "agent", identify(json.loads(AGENT))),
        ("verb", "http://example.org/v", "verb", "http://example.org/v"),
        ("activity", "https://example.org/bài", "activity", "https://example.org/bài"),
        ("registration", ID, "registration", KEY),
        ("related_activities", "true", "related_activities", True),
        ("related_agents", "false", "related_agents", False),
        ("since", "2026-11-22T12:00:00Z", "since", NOON),
        ("since", "2026-11-22T19:00:00+07:00", "since", NOON),
        ("since", "2026-11-22T19:00:00 07:00", "since", NOON),
        ("since", "2026-11-22 12:00:00+00:00", "since", NOON),
        ("until", "2026-11-22 12:00:00.000000001Z", "until", NOON + 1),
        ("limit", "0", "limit", 0),
        ("limit", "25", "limit", 25),
        ("limit", "0" * 99 + "25", "limit", 25),
        ("limit", "9" * 18, "limit", 10**18 - 1),
        ("limit", "9" * 19, "limit", 0),
        ("limit", "9" * 9_999, "limit", 0),
        ("format", "canonical", "format", "canonical"),
        ("attachments", "true", "attachments", True),
        ("ascending", "true", "ascending", True),
        ("ascending", "True", "ascending", True),
        ("ascending", "False", "ascending", False),
    ],
)
@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_each_parameter_is_read(name: str, text: str, field: str, value: object, version: str) -> None:
    assert getattr(query((name, text), version=version), field) == value


@pytest.mark.parametrize(
    ("name", "text", "path", "rule"),
    [
        ("statementId", "x", "statementId", "uuid"),
        ("voidedStatementId", "", "voidedStatementId", "uuid"),
        ("registration", f"{{{ID}}}", "registration", "uuid"),
        ("agent", "lan", "agent", "json"),
        ("agent", '{"mbox":"lan"}', "agent.mbox", "mbox"),
        ("verb", "completed", "verb", "iri-absolute"),
        ("activity", "", "activity", "iri-absolute"),
        ("activity", "http://example.org/a b", "activity", "iri-characters"),
        ("related_activities", "TRUE", "related_activities", "type-boolean"),
        ("related_agents", "1", "related_agents", "type-boolean"),
        ("attachments", "", "attachments", "type-boolean"),
        ("ascending", "yes", "ascending", "type-boolean"),
        ("since", "yesterday", "since", "timestamp"),
        ("until", "2026-11-22", "until", "timestamp"),
        ("until", "", "until", "timestamp"),
        ("since", "2026-11-22T12:00:00-00:00", "since", "timestamp"),
        ("limit", "-1", "limit", "type-integer"),
        ("limit", "1.0", "limit", "type-integer"),
        ("limit", "", "limit", "type-integer"),
        ("limit", "٣", "limit", "type-integer"),
        ("format", "Exact", "format", "enumeration"),
        ("format", "", "format", "enumeration"),
        ("unknown", "x", "unknown", "parameter-unknown"),
        ("StatementId", ID, "StatementId", "parameter-case"),
        ("related_Agents", "true", "related_Agents", "parameter-case"),
        ("", "", '[""]', "parameter-unknown"),
        ("a\x00b", "\x00\ud800", '["a\\u0000b"]', "parameter-unknown"),
    ],
)
def test_each_refusal_names_its_parameter(name: str, text: str, path: str, rule: str) -> None:
    assert refused((name, text)) == [(path, rule)]


def test_all_wrong_parameters_are_named_at_once() -> None:
    assert refused(("limit", "x"), ("verb", "x"), ("x", "x")) == [
        ("limit", "type-integer"),
        ("verb", "iri-absolute"),
        ("x", "parameter-unknown"),
    ]


def test_a_parameter_given_twice_is_refused() -> None:
    assert refused(("limit", "1"), ("limit", "1")) == [("limit", "parameter-twice")]


@pytest.mark.parametrize("by", ["statementId", "voidedStatementId"])
def test_beside_an_id_only_attachments_and_format_may_stand(by: str) -> None:
    assert query((by, ID), ("attachments", "false"), ("format", "ids")).format == "ids"
    others = {"agent": AGENT, "verb": "a:b", "activity": "a:b", "registration": ID, "limit": "1", "since":
              "2026-11-22T12:00:00Z", "until": "2026-11-22T12:00:00Z", "ascending": "true",
              "related_agents": "true", "related_activities": "true"}  # fmt: skip
    for name, text in others.items():
        assert refused((by, ID), (name, text)) == [(name, "parameter-combination")]


def test_two_ids_are_refused() -> None:
    faults = refused(("statementId", ID), ("voidedStatementId", ID))
    assert faults == [("voidedStatementId", "parameter-combination")]


def test_parameters_of_our_own_are_left_alone() -> None:
    assert read_query([("cursor", "x"), ("limit", "2")], "1.0.3", own={"cursor"}) == Query(limit=2)


def test_the_id_of_a_put_is_read_alike() -> None:
    assert read_statement_id(ID) == KEY
    with pytest.raises(Refusal):
        read_statement_id("x")


@pytest.mark.parametrize(
    ("header", "family"),
    [("1.0", "1.0.3"), ("1.0.0", "1.0.3"), ("1.0.3", "1.0.3"), ("1.0.9", "1.0.3"), (" 1.0.3 ", "1.0.3"),
     ("2.0", "2.0.0"), ("2.0.0", "2.0.0"), ("2.0.1", "2.0.0")],
)  # fmt: skip
def test_a_version_we_speak_is_negotiated(header: str, family: str) -> None:
    assert negotiate(header, None) == family
    assert negotiate(None, header) == family


@pytest.mark.parametrize("header", ["", "1", "0.9", "0.95", "1.1.0", "2.1.0", "3.0.0", "1.0.x",
"1.0.3, 2.0.0", "v1.0",
                                    "1.0.", "1.0.3\n", "１.0", "latest"])  # fmt: skip
def test_any_other_version_is_refused(header: str) -> None:
    with pytest.raises(Refusal) as caught:
        negotiate(header, "1.0.3")
    assert caught.value.faults[0].path == "X-Experience-API-Version"


def test_a_missing_version_is_refused_unless_there_is_a_default() -> None:
    with pytest.raises(Refusal):
        negotiate(None, None)


def test_what_the_lrs_adds_stands_at_the_end_and_nothing_else_changes() -> None:
    received = read({**small(), "result": {"extensions": {"a:b": 10**30}}})
    rendered = render(
        received.text,
        id="fd41c918-b88b-4b20-a0a5-a4c32391aaa0",
        stored="2026-11-22T12:00:00.000001Z",
        authority=b'{"mbox":"mailto:p@example.org"}',
        version="1.0.0",
        timestamp="2026-11-22T12:00:00.000001Z",
        id_came=False,
        version_came=False,
    )
    assert rendered.startswith(received.text[:-1])
    assert json.loads(rendered) == {
        **received.value,
        "id": "fd41c918-b88b-4b20-a0a5-a4c32391aaa0",
        "stored": "2026-11-22T12:00:00.000001Z",
        "authority": {"mbox": "mailto:p@example.org"},
        "version": "1.0.0",
        "timestamp": "2026-11-22T12:00:00.000001Z",
    }


def test_what_came_with_the_statement_is_not_repeated() -> None:
    came = {"id": ID, "version": "1.0.1", "timestamp": "2026-11-22T19:00:00+07:00"}
    received = read({**small(), **came})
    rendered = render(
        received.text,
        id=ID.lower(),
        stored="2026-11-22T12:00:00.000001Z",
        authority=b"{}",
        version="1.0.0",
        timestamp=None,
        id_came=True,
        version_came=True,
    )
    assert rendered == received.text[:-1] + b',"stored":"2026-11-22T12:00:00.000001Z","authority":{}}'
