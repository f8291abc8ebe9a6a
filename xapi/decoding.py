"""From a request's bytes to the exact text and the value of each statement, strictly and fast.

The fast way is two passes of msgspec, which is strict about everything but repeated properties; those are
found by counting. Whatever the fast way refuses or cannot tell goes the slow way (xapi.strict_json), which
decides and says what is wrong.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

import msgspec

from xapi.faults import Fault, Refusal
from xapi.findings import excerpt
from xapi.slicing import item_extents
from xapi.strict_json import (
    DEEPEST_KEPT,
    NotJson,
    decode,
    decode_items,
    decode_kept,
    nesting,
    read_text,
    too_deep,
)

_split = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode
_BLANK = b" \t\r\n"
_CLAUSE = "xAPI-Data 2.2"
_COMMAS_OF_ONE = 100
_ESCAPED_COLON = re.compile(rb"\\u003[aA]")

Statement = tuple[bytes, Any]


def decode_body(
    body: bytes, *, allow_array: bool, most: int, longest: int | None = None
) -> tuple[list[Statement | NotJson], bool]:
    """Text and value of every statement of a body, and whether it was an array.

    A statement that is not proper JSON by itself stands as the NotJson that says why; so does one of more
    than `longest` bytes, of which nothing is decoded. Refuses the whole body when it cannot be told apart
    into statements, or holds more than `most`.
    """
    trimmed = body.strip(_BLANK)
    if trimmed.startswith(b"{"):
        return [_too_large(trimmed, longest) or _one(trimmed)], False
    if not trimmed.startswith(b"["):
        raise _not_statements(body)
    if not allow_array:
        if longest is None or len(trimmed) <= longest:
            _read_through(body)
        raise _refusal("array-not-allowed", "expected one statement, not an array", "an array")
    if trimmed.count(b",") > _COMMAS_OF_ONE * most:
        _count(trimmed, most)
    try:
        texts = [bytes(raw) for raw in _split(trimmed)]
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as problem:
        _read_through(body) if longest is None else _read_until(body, trimmed, longest, problem)
        raise _refusal("json", "not JSON", _beginning(body)) from None
    if len(texts) > most:
        raise _too_many(most)
    if longest is not None and any(len(text) > longest for text in texts):
        return [_too_large(text, longest) or _one(text) for text in texts], True
    return _all(trimmed, texts), True


def _all(body: bytes, texts: list[bytes]) -> list[Statement | NotJson]:
    try:
        values = _decode(body)
        if not _may_repeat(body, values):
            return [
                (text, value) if is_shallow(text, value) else too_deep()
                for text, value in zip(texts, values, strict=True)
            ]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    return [_one(text) for text in texts]


def _one(text: bytes) -> Statement | NotJson:
    try:
        value = _decode(text)
        if not _may_repeat(text, value):
            return (text, value) if is_shallow(text, value) else too_deep()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        return text, decode(text)
    except NotJson as problem:
        return problem


def _too_large(text: bytes, longest: int | None) -> NotJson | None:
    if longest is None or len(text) <= longest:
        return None
    message = f"expected at most {longest} bytes in one statement; this one has {len(text)}"
    near = text[:100].decode("utf-8", "replace")
    return NotJson("statement-too-large", message, near=near, clause="xAPI-Communication 3.2")


def _may_repeat(text: bytes, value: object) -> bool:
    """False when no object in `text` gives a property twice; True when one does or it cannot be told.

    `value` kept one of each, so its encoding has fewer colons than the text if a property was repeated: one
    for each that was dropped, and those within what was dropped. All other colons, within strings too, stand
    in both, unless the text hides some as an escape.
    """
    if b"\\" in text and _ESCAPED_COLON.search(text):
        return True
    return text.count(b":") != _encode(value).count(b":")


def is_shallow(text: bytes, value: object) -> bool:
    """Whether a value, as `text` says it, has no more levels than may be kept."""
    return text.count(b"{") + text.count(b"[") <= DEEPEST_KEPT or nesting(value) <= DEEPEST_KEPT


def decode_again(text: bytes) -> Any:
    """The value of a statement's text that this module has let in before, at whatever depth."""
    try:
        return _decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return decode_kept(text)


def _not_statements(body: bytes) -> Refusal:
    """Why a body that begins with neither brace nor bracket is refused."""
    try:
        decode(body)
    except NotJson as problem:
        return _refusal(problem.rule, problem.message, _around(problem, body))
    return _refusal("type-object", "expected a statement or an array of statements", _beginning(body))


def _read_through(body: bytes, until: int | None = None) -> None:
    """Refuse a body that is not JSON, naming the statement that holds the first mistake; those from the index
    `until` on are not looked at."""
    index = 0
    try:
        read_text(body)
        for _ in islice(decode_items(body), until):
            index += 1
    except NotJson as problem:
        whole = problem.rule.startswith("encoding")
        near = _around(problem, body)
        fault = Fault(None if whole else index, problem.path, problem.rule, problem.message, near, _CLAUSE)
        raise Refusal([fault]) from None


def _read_until(body: bytes, array: bytes, longest: int, problem: Exception) -> None:
    """Refuse a body that is not JSON for `problem`, without decoding an item of more than `longest` bytes."""
    lengths = (end - begin for begin, end in item_extents(array))
    until = next((index for index, length in enumerate(lengths) if length > longest), None)
    _read_through(body, until)
    if until is None:
        return
    why = too_deep()
    if not isinstance(problem, RecursionError):
        message = f"not JSON: the mistake is in this statement of more than {longest} bytes, or after it"
        why = NotJson("json", message)
    raise Refusal([Fault(until, "", why.rule, why.message, _beginning(body), _CLAUSE)]) from None


def _around(problem: NotJson, body: bytes) -> str:
    return excerpt(problem.near) if problem.near else _beginning(body)


def _count(body: bytes, most: int) -> None:
    """Count the items of an array one by one, as its millions together might not fit into memory."""
    for index, _ in enumerate(item_extents(body)):
        if index >= most:
            raise _too_many(most)


def _too_many(most: int) -> Refusal:
    message = f"expected at most {most} statements in a request"
    return _refusal("too-many-statements", message, f"more than {most}")


def _beginning(body: bytes) -> str:
    return excerpt(body[:100].decode("utf-8", "replace")) if body.strip(_BLANK) else "an empty body"


def _refusal(rule: str, message: str, got: str) -> Refusal:
    return Refusal([Fault(None, "", rule, message, got, _CLAUSE)])
