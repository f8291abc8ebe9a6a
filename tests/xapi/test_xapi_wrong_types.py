"""Every property of every object with a value of every wrong type, at every depth."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.xapi.statement_examples import (
    AGENT,
    faults_of,
    group,
    maximal,
    reference,
    small,
    with_sub_statement,
)

VERSIONS = ("1.0.3", "2.0.0")
WRONG: dict[str, Any] = {
    "null": None,
    "boolean": True,
    "integer": 7,
    "float": 0.5,
    "string": "should fail",
    "array": [],
    "object": {},
    "huge integer": 10**400,
    "array of an array": [[]],
    "array of null": [None],
    "object of null": {"": None},
}
# Where a value of that type is right after all: the last step of the path, and what may stand there.
FREE_TEXT = {"name", "response", "revision", "platform"}
BOOLEANS = {"success", "completion"}
LISTS_THAT_MAY_BE_EMPTY = {
    "attachments", "contextAgents", "contextGroups", "correctResponsesPattern", "member",
    "choices", "scale", "source", "target", "steps", "parent", "grouping", "category", "other",
}  # fmt: skip
OBJECTS_THAT_MAY_BE_EMPTY = {
    "result", "context", "score", "contextActivities", "definition", "extensions", "display", "description",
}  # fmt: skip

Path = tuple[str | int, ...]


def steps(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every place within a statement, extension values left out: those may be anything."""
    items: Any = ()
    if isinstance(value, dict) and (not path or path[-1] != "extensions"):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    for step, inner in items:
        yield (*path, step)
        yield from steps(inner, (*path, step))


def replaced(whole: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(whole)
    holder: Any = changed
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return changed


def is_right_after_all(whole: dict[str, Any], path: Path, wrong: str) -> bool:
    holder: Any = whole
    for step in path[:-1]:
        holder = holder[step]
    name = path[-1]
    in_language_map = (len(path) > 1 and path[-2] in ("display", "description")) or (
        len(path) > 2 and path[-2] == "name" and path[-3] == "definition"
    )
    if wrong == "string":
        is_text = in_language_map or (name in FREE_TEXT and path[-2:-1] != ("definition",))
        return is_text or path[-2:-1] == ("correctResponsesPattern",) or (name == "id" and is_component(path))
    if wrong == "array":
        # The Group of an authority has to have two members.
        return name in LISTS_THAT_MAY_BE_EMPTY and path[0] != "authority"
    if wrong == "object":
        return name in OBJECTS_THAT_MAY_BE_EMPTY or (name == "name" and path[-2] == "definition")
    if wrong in ("integer", "float"):
        whole_number = wrong == "integer"
        right = {
            "raw": True,
            "min": True,
            "scaled": not whole_number,
            "max": whole_number,
            "length": whole_number,
        }
        return right.get(str(name), False)
    return wrong == "boolean" and name in BOOLEANS


def is_component(path: Path) -> bool:
    return len(path) > 2 and path[-3] in ("choices", "scale", "source", "target", "steps")


def written(path: Path) -> str:
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step.isidentifier():
            text += f".{step}" if text else step
        else:
            text += f"[{json.dumps(step)}]"
    return text


def other_objects(version: str) -> dict[str, dict[str, Any]]:
    return {
        "about an activity": maximal(version),
        "about a sub-statement": with_sub_statement(version),
        "about an agent": {**small(), "object": dict(AGENT)},
        "about a group": {**small(), "object": group()},
        "about a statement": {**small(), "object": reference()},
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_the_examples_are_valid_as_they_are(version: str) -> None:
    for whole in other_objects(version).values():
        assert faults_of(whole, version) == []


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("about", other_objects("2.0.0"))
def test_a_value_of_a_wrong_type_is_refused_wherever_it_stands(about: str, version: str, wrong: str) -> None:
    whole = other_objects(version)[about]
    for path in steps(whole):
        faults = faults_of(replaced(whole, path, WRONG[wrong]), version)
        if is_right_after_all(whole, path, wrong):
            assert faults == [], f"{written(path)}: {wrong} is right and was refused"
            continue
        assert faults, f"{written(path)}: {wrong} was accepted"
        at, parent = written(path), written(path[:-1])
        # A max of 0.5 is of the right type; what is wrong is the raw score above it.
        near = {parent, "result.score.raw", "object.result.score.raw"} if path[-1] == "max" else {parent}
        assert any(fault.path.startswith(at) or fault.path in near for fault in faults), (at, faults)
        for fault in faults:
            assert fault.index == 0
            assert fault.rule
            assert fault.message
            assert 0 < len(fault.got) <= 80
            assert fault.clause


@pytest.mark.parametrize("version", VERSIONS)
def test_a_property_no_object_knows_is_refused_at_every_object(version: str) -> None:
    for whole in other_objects(version).values():
        for path in ((), *steps(whole)):
            holder: Any = whole
            for step in path:
                holder = holder[step]
            if not isinstance(holder, dict) or path[-1:] == ("extensions",):
                continue
            faults = faults_of(replaced(whole, (*path, "không có"), "x"), version)
            assert [fault.path for fault in faults if fault.path.endswith('["không có"]')], written(path)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_case_of_every_property_matters(version: str) -> None:
    for whole in other_objects(version).values():
        for path in steps(whole):
            name = path[-1]
            if isinstance(name, int) or not name.isidentifier() or path[-2:-1] == ("extensions",):
                continue
            parent: Any = whole
            for step in path[:-1]:
                parent = parent[step]
            if path[-2:-1] and path[-2] in ("display", "description", "name"):
                continue
            renamed = {name.upper() if key == name else key: value for key, value in parent.items()}
            changed = replaced(whole, path[:-1], renamed) if path[:-1] else renamed
            assert faults_of(changed, version), written(path)


@pytest.mark.parametrize("name", ["contextAgents", "contextGroups"])
def test_what_2_0_added_to_contexts_is_unknown_in_1_0_3(name: str) -> None:
    statement = {**small(), "context": {name: []}}
    assert [fault.path for fault in faults_of(statement, "1.0.3")] == [f"context.{name}"]
    assert faults_of(statement, "2.0.0") == []
