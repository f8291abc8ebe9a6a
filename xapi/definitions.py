"""What statements say their activities are, merged into one definition of each (xAPI-Data 2.4.4.1).

Definitions are merged as texts, so that no digit of a number in an extension is lost.
"""

from __future__ import annotations

from typing import Any

import msgspec

from xapi.activities import COMPONENT_LISTS, INTERACTION
from xapi.formats import activity_texts
from xapi.parts import Parts, Text, cut, items, join, join_items, word

# A definition of more bytes is no definition to go by, and nothing is merged into one that would have more.
LONGEST = 65_536
_LANGUAGE_MAPS = ("name", "description")
_NOTHING = {**dict.fromkeys((*_LANGUAGE_MAPS, "extensions"), b"{}"), **dict.fromkeys(COMPONENT_LISTS, b"[]")}

_encode = msgspec.json.Encoder().encode


def carried(statement: dict[str, Any]) -> dict[str, bytes]:
    """The activities that a valid statement, decoded, defines; bytes by IRI that are equal for equal
    definitions. They serve for comparing alone: numbers may have lost digits."""
    found: dict[str, bytes] = {}
    _note_object(statement, found)
    return found


def _note_object(statement: dict[str, Any], found: dict[str, bytes]) -> None:
    target = statement["object"]
    kind = target.get("objectType", "Activity")
    if kind == "Activity":
        if "definition" in target:
            _note(target, found)
    elif kind == "SubStatement":
        _note_object(target, found)
    around = statement.get("context", {}).get("contextActivities")
    if around:
        for several in around.values():
            for one in several:
                if "definition" in one:
                    _note(one, found)


def _note(activity: dict[str, Any], found: dict[str, bytes]) -> None:
    definition, iri = activity["definition"], activity["id"]
    if definition:
        found[iri] = found.get(iri, b"") + _encode(definition)


def texts(statement: bytes) -> list[tuple[str, bytes]]:
    """IRI and exact definition of the activities that a statement defines, in their order; one may come more
    often than once. Definitions of more than `LONGEST` bytes are left out, and empty ones."""
    found = []
    for activity in activity_texts(statement):
        parts = cut(activity)
        if "definition" in parts:
            definition = bytes(parts["definition"])
            if len(definition) <= LONGEST and cut(definition):
                found.append((word(parts["id"]), definition))
    return found


def merge(old: bytes | None, new: bytes) -> bytes:
    """The definition after `new` has come, both as JSON text; the very same bytes where it says nothing new.

    Language maps are merged entry by entry and extensions key by key; what both have is `new`'s. The
    properties of an interaction belong together: those of another interactionType go as the new ones come.
    Where the whole would have more than `LONGEST` bytes, `new` stands alone.
    """
    merged, came = cut(b"{}" if old is None else old), cut(new)
    if "interactionType" in came and not _same_type(merged, came):
        for name in INTERACTION:
            merged.pop(name, None)
    for name, text in came.items():
        before = merged.get(name, _NOTHING.get(name, text))
        if name in _LANGUAGE_MAPS:
            text = _merged_language_map(before, text)
        elif name == "extensions":
            text = join(cut(before) | cut(text))
        elif name in COMPONENT_LISTS:
            text = _merged_components(before, text)
        merged[name] = text
    whole = join(merged)
    return merge(None, new) if len(whole) > LONGEST and old is not None else whole


def _same_type(old: Parts, new: Parts) -> bool:
    return "interactionType" in old and word(old["interactionType"]) == word(new["interactionType"])


def _merged_language_map(old: Text, new: Text) -> bytes:
    merged = cut(old)
    # Tags are compared without case (RFC 5646 2.1.1).
    known = {tag.lower(): tag for tag in merged}
    for tag, text in cut(new).items():
        before = known.get(tag.lower(), tag)
        if before != tag:
            merged.pop(before, None)
        known[tag.lower()] = tag
        merged[tag] = text
    return join(merged)


def _merged_components(old: Text, new: Text) -> bytes:
    """The new components, each with what the old one of its id said in other languages."""
    before = {word(parts["id"]): parts for parts in map(cut, items(old))}
    merged = []
    for component in map(cut, items(new)):
        known = before.get(word(component["id"]), {})
        if "description" in known or "description" in component:
            description = known.get("description", b"{}"), component.get("description", b"{}")
            component["description"] = _merged_language_map(*description)
        merged.append(join(component))
    return join_items(merged)
