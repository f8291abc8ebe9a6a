"""The texts of JSON objects and arrays cut into the texts of what they hold, and joined again.

Whatever is not cut keeps its bytes, and so every digit of its numbers. The texts are of statements that were
let in: nothing is checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

# Both are taken where a text is wanted; the second lies within the text that it was cut from.
Text = bytes | msgspec.Raw
Parts = dict[str, Text]

_decode_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_array = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_string = msgspec.json.Decoder(str).decode
_encode = msgspec.json.Encoder().encode


def cut(text: Text) -> Parts:
    """The properties of an object, in their order."""
    found: Parts = {**_decode_object(text)}
    return found


def items(text: Text) -> list[msgspec.Raw]:
    """The items of an array."""
    return _decode_array(text)


def word(text: Text) -> str:
    """The string that a text is."""
    return _decode_string(text)


def join(parts: Mapping[str, Text]) -> bytes:
    """The text of an object."""
    return b"{" + b",".join([b"%b:%b" % (_encode(key), text) for key, text in parts.items()]) + b"}"


def join_items(texts: Iterable[Text]) -> bytes:
    """The text of an array."""
    return b"[" + b",".join(texts) + b"]"
