"""The rules of a whole statement (xAPI-Data 2.4), for each version."""

from __future__ import annotations

from typing import Any

from xapi.activities import activity
from xapi.actors import agent, agent_or_group, authority, group
from xapi.attachments import attachments
from xapi.contexts import CONTEXT, context, statement_reference
from xapi.findings import Checker, Findings, broken, together, wrong_type
from xapi.iris import iri
from xapi.keys import uuid
from xapi.languages import language_map
from xapi.results import result
from xapi.shapes import record
from xapi.timestamps import timestamp
from xapi.versions import V1, V2, version

STATEMENT = "xAPI-Data 2.4"
VERB = "xAPI-Data 2.4.3"
OBJECT = "xAPI-Data 2.4.4"
VOIDING = "xAPI-Data 2.3.2"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"

_verb = record(VERB, {"id": iri(VERB), "display": language_map(VERB)}, required=("id",), called="a verb")


def _across(value: dict[str, Any]) -> Findings:
    """Rules that look at verb, object and context together."""
    target = value.get("object")
    kind = target.get("objectType", "Activity") if isinstance(target, dict) else None
    found: Findings = None
    verb = value.get("verb")
    if isinstance(verb, dict) and verb.get("id") == VOIDED and kind is not None and kind != "StatementRef":
        message = "a voiding statement has a StatementRef as its object"
        found = broken("voiding-object", message, kind, VOIDING, "object.objectType")
    surroundings = value.get("context")
    if kind not in ("Agent", "Group", "StatementRef", "SubStatement") or not isinstance(surroundings, dict):
        return found
    for name in ("revision", "platform"):
        if name in surroundings:
            message = f"{name} is only for statements whose object is an Activity"
            bad = broken("context-of-activity", message, surroundings[name], CONTEXT, f"context.{name}")
            found = together(found, bad)
    return found


def _object(kinds: dict[str, Checker]) -> Checker:
    """A checker that chooses by objectType; without one it is an Activity (xAPI-Data 2.4.4)."""
    listed = ", ".join(kinds)

    def check(value: Any) -> Findings:
        if type(value) is not dict:
            return wrong_type("an object", value, OBJECT)
        kind = value.get("objectType", "Activity")
        if type(kind) is not str:
            return [found._replace(path="objectType") for found in wrong_type("a string", kind, OBJECT)]
        rule = kinds.get(kind)
        if rule is None:
            return broken("enumeration", f"expected one of {listed}", kind, OBJECT, "objectType")
        return rule(value)

    return check


def _statement(family: str) -> Checker:
    kinds: dict[str, Checker] = {
        "Activity": activity,
        "Agent": agent,
        "Group": group,
        "StatementRef": statement_reference,
    }
    time = timestamp(family, "xAPI-Data 4.5")
    shared: dict[str, Checker] = {
        "actor": agent_or_group,
        "verb": _verb,
        "result": result,
        "context": context(family),
        "timestamp": time,
        "attachments": attachments,
    }
    needed = ("actor", "verb", "object")
    inner = record(
        "xAPI-Data 2.4.4.3",
        {"objectType": lambda _: None, **shared, "object": _object(kinds)},
        required=needed,
        further=_across,
        called="a SubStatement",
    )
    return record(
        STATEMENT,
        {
            "id": uuid("xAPI-Data 2.4.1"),
            **shared,
            "object": _object({**kinds, "SubStatement": inner}),
            "stored": time,
            "authority": authority,
            "version": version(family),
        },
        required=needed,
        further=_across,
        called="a statement",
    )


_checkers = {V1: _statement(V1), V2: _statement(V2)}


def checker(family: str) -> Checker:
    """The checker of statements that come in a request of version "1.0.3" or "2.0.0"."""
    return _checkers[family]
