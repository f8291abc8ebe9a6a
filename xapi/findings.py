"""Findings of a checker, before it is known which statement they belong to.

A checker takes a decoded JSON value and returns None when it is right, else a list of findings whose paths
are relative to that value. Nothing is allocated and no path is built while everything is right.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from xapi.faults import MOST_FAULTS_OF_ONE

ABSENT = "nothing"
_LONGEST_EXCERPT = 80


class Finding(NamedTuple):
    """One broken rule at a path relative to the value that was checked."""

    path: str
    rule: str
    message: str
    got: str
    clause: str


type_names = {
    dict: "an object",
    list: "an array",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    Decimal: "a number",
    type(None): "null",
}

Findings = list[Finding] | None
Checker = Callable[[Any], Findings]


def excerpt(value: object) -> str:
    """At most 80 characters of JSON-like text; cheap and safe for values of any size and depth.

    It holds neither control characters nor halves of surrogate pairs, so it can be stored and sent.
    """
    text = _sketch(value, 2).encode("utf-8", "replace").decode()
    return text if len(text) <= _LONGEST_EXCERPT else text[: _LONGEST_EXCERPT - 1] + "…"


def _sketch(value: object, levels: int) -> str:
    if isinstance(value, str):
        return json.dumps(value[:_LONGEST_EXCERPT], ensure_ascii=False)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, dict):
        if not levels:
            return "{…}"
        pairs = [f"{_sketch(k, 0)}: {_sketch(value[k], levels - 1)}" for k in _first(value)]
        return "{" + ", ".join(pairs) + (", …}" if len(value) > len(pairs) else "}")
    if isinstance(value, list):
        if not levels:
            return "[…]"
        items = [_sketch(item, levels - 1) for item in value[:4]]
        return "[" + ", ".join(items) + (", …]" if len(value) > len(items) else "]")
    if isinstance(value, int) and abs(value) >= 10**_LONGEST_EXCERPT:
        return "an integer of more than 80 digits"
    return format(value, "g") if isinstance(value, Decimal) else str(value)


def _first(value: dict[str, Any]) -> list[str]:
    return [key for key, _ in zip(value, range(6), strict=False)]


def broken(rule: str, message: str, got: object, clause: str, path: str = "") -> list[Finding]:
    """One finding; `got` is the value that came."""
    return [Finding(path, rule, message, excerpt(got), clause)]


def missing(path: str, message: str, clause: str) -> list[Finding]:
    """One finding for a property that has to be there."""
    return [Finding(path, "required", message, ABSENT, clause)]


def wrong_type(expected: str, value: object, clause: str) -> list[Finding]:
    """The value is of another JSON type than `expected` (a noun: "an object", "a string")."""
    if value is None:
        return broken(
            "null-value",
            f"expected {expected}; null is allowed inside extensions only",
            value,
            "xAPI-Data 2.2",
        )
    noun = expected.split()[1] if " " in expected else expected
    came = type_names.get(type(value), "a number")
    return broken(f"type-{noun}", f"expected {expected}, not {came}", value, clause)


def under(key: str, findings: list[Finding]) -> list[Finding]:
    """The same findings seen from the object that holds `key`."""
    step = step_to(key)
    return [finding._replace(path=_join(step, finding.path)) for finding in findings]


def at_index(index: int, findings: list[Finding]) -> list[Finding]:
    """The same findings seen from the array."""
    return [finding._replace(path=_join(f"[{index}]", finding.path)) for finding in findings]


def step_to(key: str) -> str:
    """`key` as a step of a path: plain when it is a plain name, else quoted in brackets."""
    if key.isidentifier() and len(key) <= 40:
        return key
    return f"[{_sketch(key, 0).encode('utf-8', 'replace').decode()}]"


def _join(step: str, rest: str) -> str:
    return step + rest if not rest or rest.startswith("[") else f"{step}.{rest}"


def together(first: Findings, second: Findings) -> Findings:
    """Both lists, bounded."""
    if first is None or second is None:
        return second if first is None else first
    return (first + second)[:MOST_FAULTS_OF_ONE]
