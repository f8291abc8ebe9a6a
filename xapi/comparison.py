"""Whether two statements are the same as the specification means it (xAPI-Data 2.3.1).

Both are brought to one canonical form, so that what is the same also has one digest. The form leaves out or
evens out what the clause calls exceptions:

- `id`, `stored`, `authority`, `version`, which an LRS may set (and `timestamp` where only one side has it);
- activity definitions and the display of verbs;
- how a timestamp is written, as long as it is the same instant;
- the order of a Group's members;
- the case of UUIDs, hexadecimal hashes, language tags, media types and the domain of e-mail addresses;
- a single Activity among contextActivities or an array of one (2.4.6.2); an objectType that says the default;
- precision of durations beyond 0.01 second (4.6). Otherwise a duration is compared as text.

Numbers are equal by value: 1 is 1.0. Other arrays keep their order, and no other text is rewritten.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from hashlib import blake2b
from typing import Any

import msgspec

from xapi import durations, timestamps
from xapi.strict_json import Boundless
from xapi.versions import V1

_SET_BY_LRS = frozenset({"id", "stored", "authority", "version"})
_SET_BY_LRS_AND_TIME = _SET_BY_LRS | {"timestamp"}
_Canonical = Callable[[Any], Any]
_encode = msgspec.json.Encoder(order="deterministic").encode
# Integers from here on are written with an exponent, as numbers beyond the doubles are.
_LONG = 10**300
_EXACT = 2.0**53


def same(a: Any, b: Any) -> bool:
    """Whether two valid, decoded statements are the same.

    A timestamp that one of them lacks is one an LRS has set or would set: then it is not compared.
    """
    if not isinstance(a, dict) or not isinstance(b, dict):
        return bool(_encode(_plain(a)) == _encode(_plain(b)))
    without = "timestamp" not in a or "timestamp" not in b
    return _text(a, without) == _text(b, without)


def digest(value: dict[str, Any], *, without_timestamp: bool) -> bytes:
    """16 bytes for the content of a valid statement: equal for statements that are `same`.

    `without_timestamp` leaves out a timestamp, as has to be done when it was the LRS that set it.
    """
    return blake2b(_text(value, without_timestamp), digest_size=16, person=b"xapi-content").digest()


def _text(statement: dict[str, Any], without_timestamp: bool) -> bytes:
    left_out = _SET_BY_LRS_AND_TIME if without_timestamp else _SET_BY_LRS
    return _encode(_statement({key: item for key, item in statement.items() if key not in left_out}))


def _statement(value: Any) -> Any:
    return _object_with(_IN_STATEMENT, value)


def _object_with(rules: dict[str, _Canonical], value: Any) -> Any:
    if type(value) is not dict:
        return _plain(value)
    rule_of = rules.get
    result = {}
    for key, item in value.items():
        rule = rule_of(key)
        if rule is not None:
            result[key] = rule(item)
        else:
            result[key] = item if type(item) is str else _plain(item)
    return result


def _plain(value: Any) -> Any:
    """Any JSON value with numbers by value; as deep as the decoder lets in (256 levels)."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is dict:
        result = {}
        for key, item in value.items():
            result[key] = item if type(item) is str else _plain(item)
        return result
    if kind is list:
        return list(map(_plain, value))
    return _number(value)


def _number(value: int | float | Decimal | Boundless) -> int | float | msgspec.Raw:
    """Whole numbers as integers, so that 1.0 is 1; very great ones as digits and exponent, 1e400."""
    if isinstance(value, float):
        if not value.is_integer():
            return value
        # Beyond 2**53 the shortest text that gives this double is meant: 1e23, not 99999999999999991611392.
        value = int(value) if abs(value) < _EXACT else int(Decimal(repr(value)))
    if isinstance(value, int):
        if -_LONG < value < _LONG:
            return value
        digits, exponent = str(value), 0
    elif isinstance(value, Decimal):
        written, _, power = str(value).partition("E")
        whole, _, part = written.partition(".")
        digits, exponent = whole + part, int(power or 0) - len(part)
    else:
        return msgspec.Raw(value.lower().encode())
    short = digits.rstrip("0")
    return msgspec.Raw(f"{short}e{exponent + len(digits) - len(short)}".encode())


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else _plain(value)


def _instant(value: Any) -> Any:
    # Whatever the version, 1.0.3 reads all that 2.0 reads, and alike.
    return str(timestamps.parse(value, V1)) if isinstance(value, str) else _plain(value)


def _duration(value: Any) -> Any:
    return durations.comparable(value) if isinstance(value, str) else _plain(value)


def _mailbox(value: Any) -> Any:
    if not isinstance(value, str):
        return _plain(value)
    local, _, domain = value.rpartition("@")
    return f"{local}@{domain.lower()}"


def _media_type(value: Any) -> Any:
    if not isinstance(value, str):
        return _plain(value)
    kind, semicolon, parameters = value.partition(";")
    return kind.strip().lower() + semicolon + parameters.strip()


def _language_map(value: Any) -> Any:
    return (
        {tag.lower(): _plain(words) for tag, words in value.items()}
        if isinstance(value, dict)
        else _plain(value)
    )


def _actor(value: Any) -> Any:
    actor = _object_with(_IN_ACTOR, value)
    if isinstance(actor, dict):
        actor.setdefault("objectType", "Agent")
    return actor


def _members(value: Any) -> Any:
    """The members in an order of their own: they are not an ordered list (xAPI-Data 2.4.2.2)."""
    if not isinstance(value, list):
        return _plain(value)
    return sorted(map(_actor, value), key=_encode)


def _verb(value: Any) -> Any:
    return {"id": value.get("id")} if isinstance(value, dict) else _plain(value)


def _activity(value: Any) -> Any:
    if not isinstance(value, dict):
        return _plain(value)
    return {"objectType": "Activity", "id": value.get("id")}


def _object(value: Any) -> Any:
    kind = value.get("objectType", "Activity") if isinstance(value, dict) else None
    if kind in ("Agent", "Group"):
        return _actor(value)
    if kind == "SubStatement":
        return _statement(value)
    if kind == "StatementRef":
        return _object_with({"id": _lower}, value)
    return _activity(value)


def _context_activities(value: Any) -> Any:
    if not isinstance(value, dict):
        return _plain(value)
    return {
        kind: [_activity(one) for one in (several if isinstance(several, list) else [several])]
        for kind, several in value.items()
    }


def _each(rules: dict[str, _Canonical]) -> _Canonical:
    return lambda value: (
        [_object_with(rules, one) for one in value] if isinstance(value, list) else _plain(value)
    )


_IN_ACTOR: dict[str, _Canonical] = {
    "mbox": _mailbox,
    "mbox_sha1sum": _lower,
    "member": _members,
}
_IN_CONTEXT: dict[str, _Canonical] = {
    "registration": _lower,
    "instructor": _actor,
    "team": _actor,
    "contextActivities": _context_activities,
    "contextAgents": _each({"agent": _actor}),
    "contextGroups": _each({"group": _actor}),
    "language": _lower,
    "statement": lambda value: _object_with({"id": _lower}, value),
}
_IN_STATEMENT: dict[str, _Canonical] = {
    "actor": _actor,
    "verb": _verb,
    "object": _object,
    "result": lambda value: _object_with({"duration": _duration}, value),
    "context": lambda value: _object_with(_IN_CONTEXT, value),
    "timestamp": _instant,
    "attachments": _each(
        {"display": _language_map, "description": _language_map, "contentType": _media_type, "sha2": _lower}
    ),
}
