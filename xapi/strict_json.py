"""JSON by the letter: the exact and slow way, used when the fast one cannot tell or has refused.

Refuses what most libraries let pass: a property given twice, NaN and Infinity, halves of surrogate pairs,
endless nesting. Numbers that no double or machine integer can hold are kept as Decimal or Boundless.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from itertools import chain
from typing import Any, NoReturn

from xapi.findings import step_to

# What a sender is told and may rely on.
DEEPEST = 256
# One more is let in, here and in what is kept: keeping makes a single Activity an array of one, and what was
# let in once has to be let in again as it is given back. Keeping adds nothing to what it has kept before.
DEEPEST_KEPT = DEEPEST + 1
_MOST_DIGITS_OF_INT = 4_000
_SURROGATE = re.compile("[\ud800-\udfff]")
_BLANK = re.compile(r"[ \t\r\n]*")
_Step = str | int


class NotJson(ValueError):
    """What is wrong with a text: the rule, a sentence, the `path` within the value and what stands `near` it,
    as far as they are known; `clause` is the place in the specification."""

    def __init__(
        self, rule: str, message: str, *, path: str = "", near: str = "", clause: str = "xAPI-Data 2.2"
    ) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.path = path
        self.near = near
        self.clause = clause


class Boundless(str):
    """The digits of a number whose exponent even Decimal cannot hold."""

    __slots__ = ()


class _Repeating(dict[str, Any]):
    """An object that gave the property `twice` more than once."""

    __slots__ = ("twice",)
    twice: str


def decode(body: bytes) -> Any:
    """The value of one JSON text; NotJson says what is wrong, with line and column where there is one."""
    text = read_text(body)
    value, end = decode_at(text, _skip(text, 0))
    end = _skip(text, end)
    if end != len(text):
        raise _not_json("more text after the end of the value", text, end)
    return value


def decode_kept(text: bytes) -> Any:
    """The value of a text that was decoded before and found right; nothing is looked at again."""
    return _decoder.decode(text.decode())


def decode_items(body: bytes) -> Iterator[Any]:
    """The values of a JSON array one by one, so that whoever asks can count how far it went."""
    text = read_text(body)
    at = _skip(text, text.index("[") + 1)
    if text[at : at + 1] == "]":
        return _end_of(text, at + 1)
    while True:
        value, at = decode_at(text, at)
        yield value
        at = _skip(text, at)
        if text[at : at + 1] == "]":
            return _end_of(text, at + 1)
        if text[at : at + 1] != ",":
            raise _not_json("expected a comma or the end of the array", text, at)
        at = _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    return _BLANK.match(text, at).end()  # type: ignore[union-attr]


def _end_of(text: str, at: int) -> None:
    at = _skip(text, at)
    if at != len(text):
        raise _not_json("more text after the end of the array", text, at)


def read_text(body: bytes) -> str:
    """The text of a body in UTF-8 without byte-order mark (RFC 8259 8.1)."""
    if body.startswith(b"\xef\xbb\xbf"):
        raise NotJson("encoding-bom", "the text begins with a byte-order mark; send UTF-8 without one")
    if body.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in body[:4]:
        raise NotJson("encoding-utf8", "the text is in UTF-16 or UTF-32; send UTF-8")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as problem:
        line = body.count(b"\n", 0, problem.start) + 1
        raise NotJson(
            "encoding-utf8",
            f"the text is not UTF-8: byte 0x{body[problem.start]:02x} at offset {problem.start}, line {line}",
        ) from None


def decode_at(text: str, at: int) -> tuple[Any, int]:
    """The value that begins at `at`, and where it ends."""
    try:
        value, end = _decoder.raw_decode(text, at)
    except json.JSONDecodeError as problem:
        raise _not_json(problem.msg, text, problem.pos) from None
    except RecursionError:
        raise too_deep() from None
    # Depth first: what follows walks the value by loops that a deep value cannot break.
    if nesting(value) > DEEPEST_KEPT:
        raise too_deep()
    _refuse_repetition(value)
    if not text.isascii() or text.find("\\u", at, end) >= 0:
        _refuse_surrogates(value)
    return value, end


def _not_json(why: str, text: str, at: int) -> NotJson:
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    near = text[max(0, at - 30) : at + 30]
    return NotJson("json", f"not JSON: {why}, at line {line} column {column}", near=near)


def too_deep() -> NotJson:
    """The refusal of endless nesting."""
    return NotJson("nesting-depth", f"expected at most {DEEPEST} levels of nested objects and arrays")


def nesting(value: object) -> int:
    """How many levels of objects and arrays a value has; a plain value has none. Does not recurse."""
    return max((len(steps) + 1 for _, steps in _containers(value)), default=0)


def _refuse_repetition(value: object) -> None:
    for item, steps in _containers(value):
        if isinstance(item, _Repeating):
            message = "this property is given more than once in one object"
            raise NotJson("property-twice", message, path=_path([*steps, item.twice]), near=item.twice[:60])


def _refuse_surrogates(value: object) -> None:
    for item, steps in chain([([value], ())], _containers(value)):
        strings = chain(item, item.values()) if isinstance(item, dict) else item
        if any(isinstance(word, str) and _SURROGATE.search(word) for word in strings):
            raise NotJson("json-surrogate", "a string holds half of a surrogate pair", path=_path(steps))


def _containers(value: object) -> Iterator[tuple[Any, Sequence[_Step]]]:
    """Every object and array within a value in the order of the text, each with the steps that lead to it.

    The steps are one list that changes as the walk goes on. Does not recurse, and holds one iterator for each
    level: nothing for the siblings that wait, of which there may be as many as a body has bytes.
    """
    if not isinstance(value, dict | list):
        return
    steps: list[_Step] = []
    yield value, steps
    levels = [_within(value)]
    while levels:
        for step, item in levels[-1]:
            # Faster than with a union of both: most of what is walked is neither.
            if isinstance(item, dict) or isinstance(item, list):  # noqa: SIM101
                steps.append(step)
                yield item, steps
                levels.append(_within(item))
                break
        else:
            levels.pop()
            if steps:
                steps.pop()


def _within(item: dict[str, Any] | list[Any]) -> Iterator[tuple[_Step, Any]]:
    return iter(item.items()) if isinstance(item, dict) else enumerate(item)


def _path(steps: Sequence[_Step]) -> str:
    """The steps as one path: a name of a property or an index each."""
    path = ""
    for step in steps:
        text = f"[{step}]" if isinstance(step, int) else step_to(step)
        path += f".{text}" if path and not text.startswith("[") else text
    return path


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) == len(pairs):
        return result
    repeating = _Repeating(result)
    seen: set[str] = set()
    repeating.twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return repeating


def _integer(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= _MOST_DIGITS_OF_INT else Decimal(digits)


def _real(digits: str) -> float | Decimal | Boundless:
    value = float(digits)
    if not math.isinf(value):
        return value
    try:
        return Decimal(digits)
    except InvalidOperation:
        return Boundless(digits)


def _constant(word: str) -> NoReturn:
    raise NotJson("json", f"not JSON: {word} is not a number that JSON knows")


_decoder = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_real, parse_constant=_constant
)
