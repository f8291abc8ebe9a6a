"""The Person: what is known of an Agent, each property an array (xAPI-Communication 2.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from xapi.actors import IDENTIFIERS, Identified, read_agent
from xapi.faults import Fault, Refusal
from xapi.findings import excerpt
from xapi.strict_json import decode

PERSON = "xAPI-Communication 2.4"


@dataclass(frozen=True, slots=True)
class AskedAgent:
    """The Agent of a request, as it came and as it is identified."""

    value: dict[str, Any]
    identified: Identified


def read_asked(name: str, text: str, version: str) -> AskedAgent:
    """A reader of the parameter `agent`, which is no Group here. Raises Refusal."""
    identified = read_agent(text, version)
    if identified.is_group:
        message = "expected an Agent; a Group is no person"
        raise Refusal([Fault(None, f"{name}.objectType", "enumeration", message, excerpt("Group"), PERSON)])
    return AskedAgent(decode(text.encode()), identified)


def person(asked: AskedAgent, names: Iterable[str]) -> dict[str, Any]:
    """The Person Object of an Agent: the identifier that was asked for, the name that came with it, and then
    `names`, each once."""
    own = asked.value.get("name")
    known = dict.fromkeys([*([own] if own else []), *names])
    found: dict[str, Any] = {"objectType": "Person"}
    if known:
        found["name"] = list(known)
    for kind in IDENTIFIERS:
        if kind in asked.value:
            found[kind] = [asked.value[kind]]
    return found
