"""The rules of statements that are about more than the type of one property."""

from __future__ import annotations

from typing import Any

import pytest

from tests.xapi.statement_examples import (
    AGENT,
    activity,
    attachments,
    context,
    definition,
    faults_of,
    found_in,
    group,
    maximal,
    reference,
    result,
    small,
    with_sub_statement,
)
from xapi.activities import COMPONENT_LISTS, INTERACTION_TYPES
from xapi.faults import MOST_FAULTS_OF_ONE

VERSIONS = pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
VOIDED = {"id": "http://adlnet.gov/expapi/verbs/voided"}


def changed(statement: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The statement with one property set, or taken away when the value is `...`."""
    *way, last = path.split(".")
    holder = statement
    for step in way:
        holder = holder[step]
    if value is ...:
        del holder[last]
    else:
        holder[last] = value
    return statement


@VERSIONS
@pytest.mark.parametrize("name", ["actor", "verb", "object"])
def test_actor_verb_and_object_are_required(name: str, version: str) -> None:
    assert found_in(changed(small(), name, ...), version) == [(name, "required")]


@VERSIONS
@pytest.mark.parametrize(
    "path",
    [
        "verb.id", "object.id", "context.team.objectType", "context.statement.objectType",
        "context.statement.id",
        "authority.member",
    ],
)  # fmt: skip
def test_what_an_object_cannot_do_without_is_required(path: str, version: str) -> None:
    assert found_in(changed(maximal(version), path, ...), version) == [(path, "required")]


@VERSIONS
def test_who_has_members_has_to_say_that_it_is_a_group(version: str) -> None:
    faults = found_in(changed(maximal(version), "actor.objectType", ...), version)
    assert faults == [("actor.member", "property-unknown")]


@pytest.mark.parametrize("name", ["usageType", "display", "contentType", "length", "sha2"])
def test_an_attachment_needs_what_describes_it(name: str) -> None:
    (attachment,) = attachments()
    del attachment[name]
    assert found_in({**small(), "attachments": [attachment]}) == [(f"attachments[0].{name}", "required")]


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("contentType", "", "media-type"),
        ("contentType", "text", "media-type"),
        ("contentType", "text/plain; charset", "media-type"),
        ("contentType", "text/plain" + " " * 50_000 + "x", "media-type"),
        ("contentType", "text/plain;" + "; " * 50_000 + "\n", "media-type"),
        ("length", -1, "type-integer"),
        ("length", 27.0, "type-integer"),
        ("length", 2**63, "type-integer"),
        ("sha2", "", "sha2"),
        ("sha2", "0" * 63, "sha2"),
        ("sha2", "g" * 64, "sha2"),
        ("sha2", "0" * 64 + "\n", "sha2"),
        ("usageType", "certificate", "iri-absolute"),
        ("fileUrl", "example.org/x", "iri-absolute"),
    ],
)
def test_an_attachment_that_is_described_wrongly_is_refused(name: str, value: Any, rule: str) -> None:
    (attachment,) = attachments()
    attachment[name] = value
    assert found_in({**small(), "attachments": [attachment]}) == [(f"attachments[0].{name}", rule)]


@pytest.mark.parametrize(
    "media_type",
    ["text/plain", "text/plain; charset=utf-8", 'a/b;c="d;\\"e" ; f=g', "image/svg+xml ", "a/b;"],
)
@pytest.mark.parametrize("digits", [56, 64, 96, 128])
def test_media_types_with_parameters_and_every_sha_2_are_accepted(media_type: str, digits: int) -> None:
    (attachment,) = attachments()
    attachment |= {"contentType": media_type, "sha2": "A" * digits, "length": 0}
    assert faults_of({**small(), "attachments": [attachment]}) == []


def test_an_attachment_without_data_and_without_address_is_refused() -> None:
    (attachment,) = attachments()
    del attachment["fileUrl"]
    assert found_in({**small(), "attachments": [attachment]}) == [("attachments[0]", "attachment-data")]


@VERSIONS
@pytest.mark.parametrize(
    ("score", "path"),
    [
        ({"scaled": 1.0000001}, "scaled"),
        ({"scaled": -1.01}, "scaled"),
        ({"scaled": 10**400}, "scaled"),
        ({"raw": 10**400}, "raw"),
        ({"raw": -(10**400)}, "raw"),
        ({"min": 1, "max": 1}, "min"),
        ({"min": 2, "max": 1}, "min"),
        ({"raw": 0, "min": 1}, "raw"),
        ({"raw": 2, "max": 1}, "raw"),
        ({"raw": 11, "min": 0, "max": 10}, "raw"),
    ],
)
def test_a_score_keeps_within_its_bounds(score: dict[str, Any], path: str, version: str) -> None:
    faults = found_in({**small(), "result": {"score": score}}, version)
    assert [at for at, _ in faults] == [f"result.score.{path}"]


@pytest.mark.parametrize(
    "score",
    [{}, {"scaled": -1}, {"scaled": 1.0}, {"raw": 1e308}, {"raw": 10**300}, {"raw": 0, "min": 0, "max": 1}],
)
def test_a_score_at_its_bounds_is_accepted(score: dict[str, Any]) -> None:
    assert faults_of({**small(), "result": {"score": score}}) == []


@pytest.mark.parametrize("name", ["success", "completion"])
@pytest.mark.parametrize("value", [0, 1, 0.0, 1.0, "true", "false", ""])
def test_only_true_and_false_are_booleans(name: str, value: Any) -> None:
    assert found_in({**small(), "result": {name: value}}) == [(f"result.{name}", "type-boolean")]


@pytest.mark.parametrize("kind", INTERACTION_TYPES)
def test_every_interaction_type_is_accepted(kind: str) -> None:
    about = {"id": "a:b", "definition": {**definition(), "interactionType": kind}}
    assert faults_of({**small(), "object": about}) == []
    assert faults_of({**small(), "object": {"id": "a:b", "definition": {"interactionType": kind}}}) == []


@pytest.mark.parametrize("kind", ["", "Choice", "true_false", "trueFalse", "essay"])
def test_any_other_interaction_type_is_refused(kind: str) -> None:
    about = {"id": "a:b", "definition": {"interactionType": kind}}
    assert found_in({**small(), "object": about}) == [("object.definition.interactionType", "enumeration")]


@pytest.mark.parametrize("name", ["correctResponsesPattern", *COMPONENT_LISTS])
def test_interaction_properties_need_an_interaction_type(name: str) -> None:
    about = {"id": "a:b", "definition": {name: []}}
    assert found_in({**small(), "object": about}) == [("object.definition.interactionType", "required")]


@pytest.mark.parametrize("name", COMPONENT_LISTS)
@pytest.mark.parametrize(
    ("components", "path", "rule"),
    [
        ([{"id": "a"}, {"id": "b"}, {"id": "a"}], "[2].id", "component-id-distinct"),
        ([{"description": {"vi": "x"}}], "[0].id", "required"),
        ([{"id": "a", "name": "x"}], "[0].name", "property-unknown"),
        (["a"], "[0]", "type-object"),
    ],
)
def test_interaction_components_have_ids_of_their_own(
    name: str, components: list[Any], path: str, rule: str
) -> None:
    about = {"id": "a:b", "definition": {"interactionType": "other", name: components}}
    assert found_in({**small(), "object": about}) == [(f"object.definition.{name}{path}", rule)]


@VERSIONS
@pytest.mark.parametrize("name", ["revision", "platform"])
@pytest.mark.parametrize("about", [AGENT, group(), reference(), with_sub_statement("1.0.3")["object"]])
def test_revision_and_platform_are_for_activities_only(
    about: dict[str, Any], name: str, version: str
) -> None:
    statement = {**small(), "object": about, "context": {name: "x"}}
    assert found_in(statement, version) == [(f"context.{name}", "context-of-activity")]
    inside = {"objectType": "SubStatement", **small(), "object": dict(AGENT), "context": {name: "x"}}
    faults = found_in({**small(), "object": inside}, version)
    assert faults == [(f"object.context.{name}", "context-of-activity")]
    assert found_in({**small(), "context": {name: "x"}}, version) == []


@VERSIONS
def test_voiding_takes_a_reference_to_a_statement(version: str) -> None:
    assert found_in({**small(), "verb": VOIDED, "object": reference()}, version) == []
    for about in (activity(), dict(AGENT), group()):
        faults = found_in({**small(), "verb": VOIDED, "object": about}, version)
        assert faults == [("object.objectType", "voiding-object")]


@VERSIONS
@pytest.mark.parametrize("name", ["id", "stored", "version", "authority"])
def test_a_sub_statement_has_no_properties_of_a_kept_statement(name: str, version: str) -> None:
    statement = with_sub_statement(version)
    statement["object"][name] = maximal(version)[name]
    assert found_in(statement, version) == [(f"object.{name}", "property-unknown")]


@VERSIONS
def test_sub_statements_are_not_nested(version: str) -> None:
    inside = {"objectType": "SubStatement", **small()}
    statement = {**small(), "object": {"objectType": "SubStatement", **small(), "object": inside}}
    assert found_in(statement, version) == [("object.object.objectType", "enumeration")]


@VERSIONS
def test_an_agent_as_object_has_to_say_so(version: str) -> None:
    about = {"mbox": "mailto:a@b.vn"}
    assert ("object.mbox", "property-unknown") in found_in({**small(), "object": about}, version)
    assert found_in({**small(), "object": {"objectType": "Agent", **about}}, version) == []


@VERSIONS
@pytest.mark.parametrize("kind", ["Verb", "activity", "Statement", "", "substatement"])
def test_any_other_type_of_object_is_refused(kind: str, version: str) -> None:
    faults = found_in({**small(), "object": {"objectType": kind, "id": "a:b"}}, version)
    assert faults == [("object.objectType", "enumeration")]


@pytest.mark.parametrize(
    ("version", "accepted", "refused"),
    [
        (
            "1.0.3",
            ["1.0", "1.0.0", "1.0.3", "1.0.9", "1.0.12"],
            ["2.0.0", "0.9.9", "1.1.0", "1", "", "1.0.", "v1.0.0"],
        ),
        (
            "2.0.0",
            ["2.0", "2.0.0", "2.0.7", "1.0.3", "1.0"],
            ["3.0.0", "2.1.0", "0.95", "2", "", "2.0.x", "2.0.0\n"],
        ),
    ],
)
def test_a_statement_says_a_version_we_speak(version: str, accepted: list[str], refused: list[str]) -> None:
    for text in accepted:
        assert faults_of({**small(), "version": text}, version) == []
    for text in refused:
        assert found_in({**small(), "version": text}, version) == [("version", "version")]


@VERSIONS
@pytest.mark.parametrize("kind", ["contextAgent", "contextGroup"])
def test_relevant_people_of_2_0_are_checked_only_there(kind: str, version: str) -> None:
    one = "agent" if kind == "contextAgent" else "group"
    who = dict(AGENT) if one == "agent" else group()
    right: dict[str, Any] = {"objectType": kind, one: who, "relevantTypes": ["https://example.org/t"]}
    wrong = [
        ({**right, "relevantTypes": []}, ".relevantTypes"),
        ({**right, "relevantTypes": ["abc"]}, ".relevantTypes[0]"),
        ({**right, "objectType": "Agent"}, ".objectType"),
        ({key: value for key, value in right.items() if key != "objectType"}, ".objectType"),
        ({key: value for key, value in right.items() if key != one}, f".{one}"),
        ({**right, one: {"objectType": "Group" if one == "agent" else "Agent", "mbox": "mailto:a@b.vn"}},
         f".{one}.objectType"),
    ]  # fmt: skip
    for entry, path in [(right, None), *wrong]:
        faults = found_in({**small(), "context": {f"{kind}s": [entry]}}, version)
        if version == "1.0.3":
            assert faults == [(f"context.{kind}s", "property-unknown")]
        else:
            assert [at for at, _ in faults] == ([f"context.{kind}s[0]{path}"] if path else [])


@VERSIONS
def test_an_authority_is_an_agent_or_an_oauth_pair(version: str) -> None:
    consumer = {"account": {"homePage": "https://example.org/oauth", "name": "key"}}
    pair = {"objectType": "Group", "member": [consumer, dict(AGENT)]}
    assert found_in({**small(), "authority": dict(AGENT)}, version) == []
    assert found_in({**small(), "authority": pair}, version) == []
    for wrong in (
        {**pair, "mbox": "mailto:a@b.vn"},
        {**pair, "member": [consumer]},
        {**pair, "member": [consumer, AGENT, AGENT]},
        {**pair, "member": [AGENT, AGENT]},
        group(),
    ):
        faults = faults_of({**small(), "authority": wrong}, version)
        assert [fault.rule for fault in faults] == ["authority-group"]


@pytest.mark.parametrize("kind", ["parent", "grouping", "category", "other"])
def test_context_activities_are_one_or_several_activities(kind: str) -> None:
    for right in (activity(), [activity()], []):
        assert faults_of({**small(), "context": {"contextActivities": {kind: right}}}) == []
    for wrong in (AGENT, [AGENT], [[activity()]], reference()):
        assert faults_of({**small(), "context": {"contextActivities": {kind: wrong}}})
    faults = found_in({**small(), "context": {"contextActivities": {"siblings": []}}})
    assert faults == [("context.contextActivities.siblings", "property-unknown")]


@VERSIONS
def test_extensions_hold_anything_under_iris(version: str) -> None:
    values: list[Any] = [None, "", {}, [], {"": None}, 10**400, {"id": "x"}]
    anything = {f"a:{n}": value for n, value in enumerate(values)}
    whole = {**small(), "result": {"extensions": anything}, "context": {"extensions": anything}}
    whole["object"]["definition"] = {"extensions": anything}
    assert faults_of(whole, version) == []
    assert found_in({**small(), "result": {"extensions": {"x": 1}}}, version) == [
        ("result.extensions.x", "iri-absolute")
    ]


def test_every_fault_of_a_statement_is_told_up_to_a_bound() -> None:
    statement = {**small(), "result": {**result(), "success": "yes", "duration": "PT"}, "verb": {"id": "x"}}
    assert found_in(statement) == [
        ("verb.id", "iri-absolute"),
        ("result.success", "type-boolean"),
        ("result.duration", "duration"),
    ]
    many = {f"x{n}": n for n in range(1000)}
    assert len(faults_of({**small(), **many})) == MOST_FAULTS_OF_ONE
    assert (
        len(faults_of({**small(), "context": context("1.0.3") | {"extensions": many}})) == MOST_FAULTS_OF_ONE
    )


def test_excerpts_of_enormous_values_stay_short() -> None:
    enormous: list[Any] = [
        "x" * 10**6,
        list(range(10**5)),
        {str(n): n for n in range(10**5)},
        10**3000,
        [[[[]]]],
    ]
    for value in enormous:
        (fault,) = faults_of({**small(), "timestamp": value})
        assert len(fault.got) <= 80


def test_null_is_called_by_its_name() -> None:
    (fault,) = faults_of({**small(), "result": None})
    assert (fault.rule, fault.got, fault.clause) == ("null-value", "null", "xAPI-Data 2.2")
    assert str(fault) == (
        "statement 0: result: expected an object; null is allowed inside extensions only; got null "
        "(null-value, xAPI-Data 2.2)"
    )
