"""The text of a statement as the LRS keeps it: what came, but for what the specification has an LRS change.

`stored` and `authority` are the LRS's own (xAPI-Data 2.4.8, 2.4.9), and a single Activity among the
contextActivities is returned as an array of one (2.4.6.2). Every other value keeps its bytes.
"""

from __future__ import annotations

from typing import Any

import msgspec

_open = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode = msgspec.json.Encoder().encode
_SET_BY_US = ("stored", "authority")


def as_kept(text: bytes, value: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """Text and value of a valid statement as they are kept; the very same when nothing has to change."""
    ours = "stored" in value or "authority" in value
    singles = _has_single(value) or _has_single(value["object"])
    if not ours and not singles:
        return text, value
    parts = _parts(text)
    for name in _SET_BY_US:
        parts.pop(name, None)
        value.pop(name, None)
    if singles:
        if _has_single(value):
            parts["context"] = _with_arrays(parts["context"], value)
        if _has_single(value["object"]):
            inner = _parts(parts["object"])
            inner["context"] = _with_arrays(inner["context"], value["object"])
            parts["object"] = _join(inner)
    return _join(parts), value


def _has_single(value: dict[str, Any]) -> bool:
    context = value.get("context")
    if context is None or "contextActivities" not in context:
        return False
    for activities in context["contextActivities"].values():  # noqa: SIM110 - on the hot path
        if type(activities) is dict:
            return True
    return False


def _with_arrays(context: bytes, holder: dict[str, Any]) -> bytes:
    """The text of a context with arrays of one for single activities; changes `holder` alike."""
    around = holder["context"]["contextActivities"]
    parts = _parts(context)
    kinds = _parts(parts["contextActivities"])
    for kind, activities in around.items():
        if type(activities) is dict:
            around[kind] = [activities]
            kinds[kind] = b"[" + kinds[kind] + b"]"
    parts["contextActivities"] = _join(kinds)
    return _join(parts)


def _parts(text: bytes) -> dict[str, bytes]:
    return {key: bytes(raw) for key, raw in _open(text).items()}


def _join(parts: dict[str, bytes]) -> bytes:
    return b"{" + b",".join(_encode(key) + b":" + raw for key, raw in parts.items()) + b"}"
