"""The context of a statement (xAPI-Data 2.4.6), with contextAgents and contextGroups in 2.0."""

from __future__ import annotations

from typing import Any

from xapi.activities import context_activities
from xapi.actors import agent, agent_or_group, group
from xapi.findings import Checker, Findings, missing
from xapi.iris import extensions, iri
from xapi.keys import uuid
from xapi.languages import tag
from xapi.shapes import array_of, one_of, record, text
from xapi.versions import V2

CONTEXT = "xAPI-Data 2.4.6"
REFERENCE = "xAPI-Data 2.4.4.3"
CONTEXT_2_0 = "IEEE 9274.1.1 4.2.2.5"

statement_reference: Checker = record(
    REFERENCE,
    {"objectType": one_of(["StatementRef"], REFERENCE), "id": uuid(REFERENCE)},
    required=("objectType", "id"),
    called="a StatementRef",
)


def _team(value: Any) -> Findings:
    if type(value) is dict and "objectType" not in value:
        return missing("objectType", 'a team is a Group and has to say "objectType": "Group"', CONTEXT)
    return group(value)


def _relevant(kind: str, name: str, who: Checker) -> Checker:
    """A contextAgent or contextGroup: who, and the types of activity they matter to."""
    return record(
        CONTEXT_2_0,
        {
            "objectType": one_of([kind], CONTEXT_2_0),
            name: who,
            "relevantTypes": array_of(iri(CONTEXT_2_0), CONTEXT_2_0, least=1),
        },
        required=("objectType", name),
        called=f"a {kind}",
    )


def context(version: str) -> Checker:
    """A checker for the context of a statement or sub-statement of a version."""
    rules: dict[str, Checker] = {
        "registration": uuid("xAPI-Data 2.4.6.1"),
        "instructor": agent_or_group,
        "team": _team,
        "contextActivities": context_activities,
        "revision": text(CONTEXT),
        "platform": text(CONTEXT),
        "language": tag(CONTEXT),
        "statement": statement_reference,
        "extensions": extensions("xAPI-Data 4.1"),
    }
    if version == V2:
        rules["contextAgents"] = array_of(_relevant("contextAgent", "agent", agent), CONTEXT_2_0)
        rules["contextGroups"] = array_of(_relevant("contextGroup", "group", group), CONTEXT_2_0)
    return record(CONTEXT, rules, called="a context")
