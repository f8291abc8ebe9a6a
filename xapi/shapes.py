"""Builders of checkers for the shapes that statements are made of: objects, arrays, strings, numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from xapi.faults import MOST_FAULTS_OF_ONE
from xapi.findings import Checker, Findings, at_index, broken, missing, together, under, wrong_type
from xapi.strict_json import Boundless

DATA_TYPES = "xAPI-Data 2.2"
_NUMBERS = frozenset({int, float, Decimal, Boundless})
_GREATEST_DOUBLE = 1.7976931348623157e308


def record(
    clause: str,
    rules: Mapping[str, Checker],
    *,
    required: Iterable[str] = (),
    further: Checker | None = None,
    called: str = "this object",
) -> Checker:
    """An object whose properties are those of `rules` and no others (xAPI-Data 2.2).

    `further` looks at several properties together; it is called for every object, faulty ones too.
    """
    rule_of = dict(rules).get
    needed = tuple(required)
    known = tuple(rules)

    def check(value: Any) -> Findings:
        if type(value) is not dict:
            return wrong_type("an object", value, clause)
        found: Findings = None
        for key, item in value.items():
            rule = rule_of(key)
            bad = _unknown(key, item, known, called, clause) if rule is None else rule(item)
            if bad is not None:
                found = together(found, under(key, bad))
                if len(found or ()) >= MOST_FAULTS_OF_ONE:
                    return found
        for name in needed:
            if name not in value:
                found = together(found, missing(name, f"{called} needs the property {name!r}", clause))
        if further is not None:
            found = together(found, further(value))
        return found

    return check


def _unknown(key: str, item: object, known: tuple[str, ...], called: str, clause: str) -> Findings:
    alike = next((name for name in known if name.lower() == key.lower()), None)
    if alike is not None:
        return broken("property-case", f"the property is written {alike!r}; case matters", key, DATA_TYPES)
    names = ", ".join(known)
    return broken("property-unknown", f"{called} has no such property; it may hold {names}", item, clause)


def array_of(rule: Checker, clause: str, *, least: int = 0) -> Checker:
    """An array of at least `least` values that satisfy `rule`."""

    def check(value: Any) -> Findings:
        if type(value) is not list:
            return wrong_type("an array", value, clause)
        found: Findings = None
        for index, item in enumerate(value):
            bad = rule(item)
            if bad is not None:
                found = together(found, at_index(index, bad))
                if len(found or ()) >= MOST_FAULTS_OF_ONE:
                    return found
        if len(value) < least:
            return broken("array-empty", f"expected an array of at least {least}", value, clause)
        return found

    return check


def text(clause: str) -> Checker:
    """Any string, the empty one included."""

    def check(value: Any) -> Findings:
        return None if type(value) is str else wrong_type("a string", value, clause)

    return check


def boolean(clause: str) -> Checker:
    """true or false; not a string, not a number (xAPI-Data 2.2)."""

    def check(value: Any) -> Findings:
        return None if value is True or value is False else wrong_type("a boolean", value, clause)

    return check


def one_of(words: Iterable[str], clause: str) -> Checker:
    """One of an enumeration, case included (xAPI-Data 2.2)."""
    allowed = frozenset(words)
    message = f"expected {'one of ' if len(allowed) > 1 else ''}{', '.join(sorted(allowed))}"

    def check(value: Any) -> Findings:
        if type(value) is not str:
            return wrong_type("a string", value, clause)
        if value in allowed:
            return None
        return broken("enumeration", message, value, clause)

    return check


def number(clause: str, least: float | None = None, greatest: float | None = None) -> Checker:
    """A number that a double can hold, between `least` and `greatest` inclusive."""
    low = -_GREATEST_DOUBLE if least is None else least
    high = _GREATEST_DOUBLE if greatest is None else greatest
    bounds = "that a 64-bit float can hold" if least is None else f"between {least:g} and {greatest:g}"

    def check(value: Any) -> Findings:
        kind = type(value)
        if (kind is float or kind is int) and low <= value <= high:
            return None
        if not is_number(value):
            return wrong_type("a number", value, clause)
        return broken("number-range", f"expected a number {bounds}", value, clause)

    return check


def is_number(value: object) -> bool:
    """True for every value that a JSON number is decoded to."""
    return type(value) in _NUMBERS


def whole_number(clause: str) -> Checker:
    """A non-negative integer that 64 bits can hold."""

    def check(value: Any) -> Findings:
        if type(value) is int and 0 <= value < 2**63:
            return None
        if not is_number(value):
            return wrong_type("an integer", value, clause)
        return broken("type-integer", "expected an integer of at least 0 and less than 2**63", value, clause)

    return check
